package cep.rivals.flink;

import cep.rivals.Matches;
import cep.rivals.event.Event;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.cep.nfa.NFA;
import org.apache.flink.cep.nfa.NFAState;
import org.apache.flink.cep.nfa.NFAStateSerializer;
import org.apache.flink.cep.nfa.aftermatch.AfterMatchSkipStrategy;
import org.apache.flink.cep.nfa.compiler.NFACompiler;
import org.apache.flink.cep.nfa.sharedbuffer.SharedBuffer;
import org.apache.flink.cep.nfa.sharedbuffer.SharedBufferAccessor;
import org.apache.flink.cep.pattern.Pattern;

/** One pattern over its own keyed state: what Flink's operator does with an event, less its queue and timers. */
final class NfaLane {
    private static final String STATE = "nfa";

    private final HeapState state = new HeapState();
    private final NFA<Event> nfa;
    private final AfterMatchSkipStrategy skip;
    private final ValueState<NFAState> partials;
    private final SharedBuffer<Event> buffer;
    private final Matches matches;

    NfaLane(Pattern<Event, ?> pattern, TypeSerializer<Event> serializer, Matches matches) throws Exception {
        // Not opened: no condition here is a rich function.
        nfa = NFACompiler.compileFactory(pattern, false).createNFA();
        skip = pattern.getAfterMatchSkipStrategy();
        var store = state.store();
        partials = store.getState(new ValueStateDescriptor<>(STATE, new NFAStateSerializer()));
        buffer = new SharedBuffer<>(store, serializer);
        this.matches = matches;
    }

    /** Time reaches the event's, then the event is matched. */
    void event(String key, Event event) throws Exception {
        state.key(key);
        var partial = partial();
        try (var accessor = buffer.getAccessor()) {
            advance(accessor, partial, event.ts);
        }
        try (var accessor = buffer.getAccessor()) {
            count(nfa.process(accessor, partial, event, event.ts, skip, System::currentTimeMillis));
        }
        keep(partial);
    }

    /** Time reaches its end for all keys. */
    void finish() throws Exception {
        for (var key : state.keys(STATE)) {
            state.key(key);
            try (var accessor = buffer.getAccessor()) {
                advance(accessor, partial(), Long.MAX_VALUE);
            }
        }
        buffer.releaseCacheStatisticsTimer();
    }

    private NFAState partial() throws Exception {
        var partial = partials.value();
        return partial != null ? partial : nfa.createInitialNFAState();
    }

    private void advance(SharedBufferAccessor<Event> accessor, NFAState partial, long time) throws Exception {
        count(nfa.advanceTime(accessor, partial, time, skip).f0);
    }

    private void keep(NFAState partial) throws Exception {
        if (partial.isStateChanged()) {
            partial.resetStateChanged();
            partial.resetNewStartPartialMatch();
            partials.update(partial);
        }
        if (partial.getPartialMatches().size() == 1 && partial.getCompletedMatches().isEmpty()) {
            partials.clear();
        }
    }

    private void count(Iterable<Map<String, List<Event>>> found) {
        for (var match : found) {
            MatchEvents.add(match, matches);
        }
    }
}
