package cep.rivals;

/**
 * The events an engine gets: all, or where they would take more than about twenty seconds, some. The slices of the letters
 * hold the first Z, event 11,902, so that there are matches to compare.
 */
record Slice(long first, long count) {
    private static final Slice ALL = new Slice(0, Long.MAX_VALUE);

    static Slice of(String engine, Workload workload) {
        return engine.equals("esper") ? esper(workload) : flink(workload);
    }

    private static Slice flink(Workload workload) {
        return switch (workload) {
            case W4 -> new Slice(0, 50_000);
            case W6 -> new Slice(11_253, 660);
            case W6b -> new Slice(11_605, 300);
            case W7 -> new Slice(0, 20_000);
            default -> ALL;
        };
    }

    private static Slice esper(Workload workload) {
        return switch (workload) {
            case W6b -> new Slice(3_003, 9_000);
            case W7 -> new Slice(0, 300_000);
            default -> ALL;
        };
    }

    /** This slice, where the first so many events of the file have it; else as many from the beginning. */
    Slice within(long events) {
        var some = Math.min(count, events);
        return new Slice(first <= events - some ? first : 0, some);
    }
}
