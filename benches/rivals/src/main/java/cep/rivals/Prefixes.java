package cep.rivals;

/** How many events an engine gets by default where a million would take more than about twenty seconds. */
final class Prefixes {
    private Prefixes() {}

    static long of(String engine, Workload workload) {
        return switch (engine) {
            case "flink-nfa" -> flinkNfa(workload);
            case "flink-job" -> flinkJob(workload);
            default -> esper(workload);
        };
    }

    private static long flinkNfa(Workload workload) {
        return switch (workload) {
            case W4 -> 100_000;
            case W6 -> 2_000;
            case W6b -> 1_000;
            case W7 -> 50_000;
            default -> Long.MAX_VALUE;
        };
    }

    private static long flinkJob(Workload workload) {
        return switch (workload) {
            case W4 -> 100_000;
            case W6 -> 2_000;
            case W6b -> 1_000;
            case W7 -> 20_000;
            default -> Long.MAX_VALUE;
        };
    }

    private static long esper(Workload workload) {
        return switch (workload) {
            case W6b -> 10_000;
            case W7 -> 500_000;
            default -> Long.MAX_VALUE;
        };
    }
}
