import com.hazelcast.map.EventJournalMapEvent;
import java.io.Serializable;
import java.util.function.Predicate;

/** Chooses the events of even keys. */
public class KeyIsEven implements Predicate<EventJournalMapEvent<Integer, Integer>>, Serializable {
    private int divisor;

    @Override
    public boolean test(EventJournalMapEvent<Integer, Integer> event) {
        return event.getKey() % divisor == 0;
    }
}
