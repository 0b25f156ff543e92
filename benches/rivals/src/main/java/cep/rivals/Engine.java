package cep.rivals;

import cep.rivals.event.Event;
import java.util.List;

/** Something that finds matches. Made for one workload and run once. */
public interface Engine {
    /** Matches all events, to the end of their windows; gives the nanoseconds the matching took, starting up left out. */
    long run(List<Event> events, Matches matches) throws Exception;
}
