package cep.rivals.flink;

import cep.rivals.event.Event;
import java.util.List;
import java.util.Map;
import org.apache.flink.cep.functions.PatternProcessFunction;
import org.apache.flink.util.Collector;

/** Counts matches where they are found. Operators of one slot run in threads of their own, hence the lock. */
final class CountMatches extends PatternProcessFunction<Event, Void> {
    @Override
    public void processMatch(Map<String, List<Event>> match, Context context, Collector<Void> out) {
        synchronized (JobRun.class) {
            MatchEvents.add(match, JobRun.matches);
        }
    }

    @Override
    public void close() {
        JobRun.ended();
    }
}
