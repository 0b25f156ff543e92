package cep.rivals.event;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads the first rows of a generated file. The files quote nothing. */
public final class EventFile {
    private EventFile() {}

    /** The first rows as events. */
    public static List<Event> read(Path path, long rows, Function<String[], ? extends Event> parse) throws IOException {
        try (var lines = Files.lines(path)) {
            return lines.skip(1).limit(rows).map(line -> parse.apply(line.split(","))).collect(Collectors.toList());
        }
    }
}
