package cep.rivals.flink;

import cep.rivals.Matches;
import cep.rivals.event.Event;
import java.util.List;

/** What the one job of this process reads and writes. Static, because Flink copies functions by serializing them. */
final class JobRun {
    static List<Event> events;
    static Matches matches;

    private static long start;
    private static long end;

    private JobRun() {}

    static void begin(List<Event> input, Matches output) {
        events = input;
        matches = output;
    }

    /** The source emits its first event. */
    static void started() {
        start = System.nanoTime();
    }

    /** A matching operator has seen all events and the end of time. */
    static synchronized void ended() {
        end = System.nanoTime();
    }

    static synchronized long nanos() {
        return end - start;
    }
}
