package cep.rivals.event;

/** One row. Public fields and a constructor without arguments: what Flink's POJO serializer and Esper's accessors want. */
public abstract class Event {
    /** Event time in milliseconds. */
    public long ts;

    /** The value the workload is keyed by; one and the same where it has no key. */
    public abstract String key();
}
