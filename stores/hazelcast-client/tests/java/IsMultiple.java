import com.hazelcast.core.IFunction;

/** Chooses the multiples of a number. */
public class IsMultiple implements IFunction<Long, Boolean> {
    private int divisor;

    @Override
    public Boolean apply(Long item) {
        return item % divisor == 0;
    }
}
