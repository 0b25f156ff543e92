package cep.rivals;

import cep.rivals.esper.EsperEngine;
import cep.rivals.event.EventFile;
import cep.rivals.flink.FlinkJob;
import cep.rivals.flink.FlinkNfa;
import java.nio.file.Path;
import java.util.Locale;

/** Runs one engine over one workload and prints one JSON line: {@code ENGINE WORKLOAD FILE EVENTS [FIRST COUNT]}. */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws Exception {
        var name = args[0];
        var workload = Workload.valueOf(args[1]);
        var asked = Long.parseLong(args[3]);
        var given = args.length > 5 ? new Slice(Long.parseLong(args[4]), Long.parseLong(args[5])) : Slice.of(name, workload);
        var slice = given.within(asked);
        var events = EventFile.read(Path.of(args[2]), slice.first(), slice.count(), workload.parse());
        var matches = new Matches();
        var nanos = engine(name, workload).run(events, matches);
        System.out.printf(
                Locale.ROOT,
                "{\"engine\":\"%s\",\"workload\":\"%s\",\"first\":%d,\"events\":%d,\"events_per_s\":%.0f,\"matches\":%d,"
                        + "\"checksum\":\"%016x\",\"peak_memory_bytes\":%d,\"capped\":%b}%n",
                name, workload, slice.first(), events.size(), events.size() / (nanos / 1e9), matches.count(),
                matches.checksum(), Memory.peak(), events.size() < asked);
        // Engines leave threads behind.
        System.exit(0);
    }

    private static Engine engine(String name, Workload workload) throws Exception {
        return switch (name) {
            case "flink-nfa" -> new FlinkNfa(workload);
            case "flink-job" -> new FlinkJob(workload);
            case "esper" -> new EsperEngine(workload);
            default -> throw new IllegalArgumentException("no engine `" + name + "`");
        };
    }
}
