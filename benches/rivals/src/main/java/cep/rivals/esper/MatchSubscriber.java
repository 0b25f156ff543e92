package cep.rivals.esper;

import cep.rivals.Matches;
import cep.rivals.event.Event;

/** Gets each match as a row of events, or of arrays of events where a stage captures several, or null where it
 * captures none. */
public final class MatchSubscriber {
    private final Matches matches;

    MatchSubscriber(Matches matches) {
        this.matches = matches;
    }

    /** Called by Esper. */
    public void update(Object[] row) {
        matches.begin();
        for (var cell : row) {
            add(cell);
        }
        matches.end();
    }

    private void add(Object cell) {
        if (cell instanceof Event event) {
            matches.event(event.ts);
        } else if (cell instanceof Object[] several) {
            for (var each : several) {
                add(each);
            }
        }
    }
}
