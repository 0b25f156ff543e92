package cep.rivals;

import cep.rivals.esper.EsperEngine;
import cep.rivals.event.EventFile;
import cep.rivals.flink.FlinkJob;
import cep.rivals.flink.FlinkNfa;
import java.nio.file.Path;
import java.util.Locale;

/** Runs one engine over one workload and prints one JSON line: {@code ENGINE WORKLOAD FILE EVENTS [PREFIX]}. */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws Exception {
        var name = args[0];
        var workload = Workload.valueOf(args[1]);
        var asked = Long.parseLong(args[3]);
        var prefix = args.length > 4 ? Long.parseLong(args[4]) : Prefixes.of(name, workload);
        var events = EventFile.read(Path.of(args[2]), Math.min(asked, prefix), workload.parse());
        var matches = new Matches();
        var nanos = engine(name, workload).run(events, matches);
        System.out.printf(
                Locale.ROOT,
                "{\"engine\":\"%s\",\"workload\":\"%s\",\"events\":%d,\"events_per_s\":%.0f,\"matches\":%d,"
                        + "\"checksum\":\"%016x\",\"peak_memory_bytes\":%d,\"capped\":%b}%n",
                name, workload, events.size(), events.size() / (nanos / 1e9), matches.count(),
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
