import com.hazelcast.map.EventJournalMapEvent;
import java.io.Serializable;
import java.util.function.Predicate;

/** Chooses the events whose keys are multiples of a number. */
public class KeyIsMultiple implements Predicate<EventJournalMapEvent<Integer, Integer>>, Serializable {
    private int divisor;

    @Override
    public boolean test(EventJournalMapEvent<Integer, Integer> event) {
        return event.getKey() % divisor == 0;
    }
}
