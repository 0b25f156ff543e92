package cep.rivals.flink;

import cep.rivals.event.Event;
import org.apache.flink.streaming.api.functions.source.legacy.SourceFunction;

/** Emits the events, which are in memory already. */
final class ListSource implements SourceFunction<Event> {
    private volatile boolean cancelled;

    @Override
    public void run(SourceContext<Event> context) {
        JobRun.started();
        for (var event : JobRun.events) {
            if (cancelled) {
                return;
            }
            synchronized (context.getCheckpointLock()) {
                context.collect(event);
            }
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
    }
}
