package cep.rivals.event;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads rows of a generated file. The files quote nothing. */
public final class EventFile {
    private EventFile() {}

    /** So many rows from the first one wanted on, as events. */
    public static List<Event> read(Path path, long first, long rows, Function<String[], ? extends Event> parse) throws IOException {
        try (var lines = Files.lines(path)) {
            return lines.skip(1 + first).limit(rows).map(line -> parse.apply(line.split(","))).collect(Collectors.toList());
        }
    }
}
