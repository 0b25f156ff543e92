import java.io.Serializable;
import java.util.Comparator;
import java.util.Map;

/** Orders entries by the last digits of their values, then by their values, the greatest first. */
public class ByLastDigit implements Comparator<Map.Entry<Integer, Integer>>, Serializable {
    private int digits;

    @Override
    public int compare(Map.Entry<Integer, Integer> one, Map.Entry<Integer, Integer> other) {
        int modulus = (int) Math.pow(10, digits);
        int order = Integer.compare(one.getValue() % modulus, other.getValue() % modulus);
        return order != 0 ? order : Integer.compare(other.getValue(), one.getValue());
    }
}
