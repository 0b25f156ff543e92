package cep.rivals;

import cep.rivals.event.Event;
import cep.rivals.event.Letter;
import cep.rivals.event.Sensor;
import cep.rivals.event.Stock;
import cep.rivals.event.Txn;
import java.util.function.Function;

/** A workload by name. Its patterns are with each engine. */
public enum Workload {
    W1(Txn.class, Txn::of),
    W2(Stock.class, Stock::of),
    W3(Sensor.class, Sensor::of),
    W3b(Sensor.class, Sensor::of),
    W4(Letter.class, Letter::of),
    W5(Sensor.class, Sensor::of),
    W6(Letter.class, Letter::of),
    W6b(Letter.class, Letter::of),
    W7(Txn.class, Txn::of),
    W8(Txn.class, Txn::of);

    private final Class<? extends Event> type;
    private final Function<String[], ? extends Event> parse;

    <E extends Event> Workload(Class<E> type, Function<String[], E> parse) {
        this.type = type;
        this.parse = parse;
    }

    /** The class of its events. */
    public Class<? extends Event> type() {
        return type;
    }

    /** Makes an event from the cells of a row. */
    public Function<String[], ? extends Event> parse() {
        return parse;
    }
}
