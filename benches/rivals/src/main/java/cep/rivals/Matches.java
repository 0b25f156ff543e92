package cep.rivals;

/**
 * Counts matches and sums a hash of each, in any order: benches/README.md describes it. For a match: {@code begin}, {@code
 * event} for each captured event in order, {@code end}.
 */
public final class Matches {
    private static final long START = 0x9E3779B97F4A7C15L;

    private long count;
    private long checksum;
    private long hash;

    /** A match begins. */
    public void begin() {
        hash = START;
    }

    /** The time of the match's next event. */
    public void event(long ts) {
        hash = mix(hash ^ ts);
    }

    /** The match ends. */
    public void end() {
        count++;
        checksum += hash;
    }

    public long count() {
        return count;
    }

    public long checksum() {
        return checksum;
    }

    /** The finalizer of splitmix64. */
    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
