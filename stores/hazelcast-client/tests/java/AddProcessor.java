import com.hazelcast.map.EntryProcessor;
import java.util.Map;

/** Adds to a number, and gives what it was. */
public class AddProcessor implements EntryProcessor<Object, Long, Long> {
    private long amount;

    @Override
    public Long process(Map.Entry<Object, Long> entry) {
        Long old = entry.getValue();
        entry.setValue((old == null ? 0 : old) + amount);
        return old;
    }
}
