package cep.rivals.flink;

import cep.rivals.Matches;
import cep.rivals.event.Event;
import java.util.List;
import java.util.Map;

/** Reads a match as Flink gives it: by stage, in the order of the stages. */
final class MatchEvents {
    private MatchEvents() {}

    static void add(Map<String, List<Event>> match, Matches matches) {
        matches.begin();
        for (var stage : match.values()) {
            for (var event : stage) {
                matches.event(event.ts);
            }
        }
        matches.end();
    }
}
