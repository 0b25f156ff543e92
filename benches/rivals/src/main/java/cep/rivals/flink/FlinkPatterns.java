package cep.rivals.flink;

import cep.rivals.Workload;
import cep.rivals.event.Event;
import cep.rivals.event.Letter;
import cep.rivals.event.Sensor;
import cep.rivals.event.Stock;
import cep.rivals.event.Txn;
import java.time.Duration;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.stream.IntStream;
import org.apache.flink.cep.nfa.aftermatch.AfterMatchSkipStrategy;
import org.apache.flink.cep.pattern.Pattern;
import org.apache.flink.cep.pattern.conditions.IterativeCondition;
import org.apache.flink.cep.pattern.conditions.SimpleCondition;

/** The workloads in Flink's pattern API. */
final class FlinkPatterns {
    private FlinkPatterns() {}

    static List<Pattern<Event, ?>> of(Workload workload) {
        return switch (workload) {
            case W1, W8 -> List.of(fraud(1, 500));
            case W2 -> List.of(rising());
            case W3 -> List.of(hot(false));
            case W3b -> List.of(hot(true));
            case W4 -> List.of(abc().within(Duration.ofMillis(100)));
            case W5 -> List.of(open());
            case W6 -> List.of(abcz(200));
            case W6b -> List.of(abcz(1000));
            case W7 -> IntStream.rangeClosed(1, 100).<Pattern<Event, ?>>mapToObj(i -> fraud(0.01 * i, 500 + 5 * i)).toList();
        };
    }

    private static Pattern<Event, ?> fraud(double small, double large) {
        return Pattern.<Event>begin("small")
                .where(SimpleCondition.of(event -> ((Txn) event).amount < small))
                .followedBy("large")
                .where(SimpleCondition.of(event -> ((Txn) event).amount > large))
                .within(Duration.ofSeconds(600));
    }

    private static Pattern<Event, ?> rising() {
        return Pattern.<Event>begin("a")
                .next("b")
                .where(new Captured("a", (stock, a) -> stock.price > a.price))
                .next("c")
                .where(new Captured("b", (stock, b) -> stock.price > b.price))
                .next("d")
                .where(new Captured("c", (stock, c) -> stock.price > c.price))
                .where(new Captured("a", (stock, a) -> stock.price - a.price > 5))
                .within(Duration.ofSeconds(10));
    }

    private static Pattern<Event, ?> hot(boolean greedy) {
        var loop = Pattern.<Event>begin("start", AfterMatchSkipStrategy.skipPastLastEvent())
                .where(status("start"))
                .followedBy("hot")
                .where(SimpleCondition.of(event -> ((Sensor) event).temp > 95))
                .oneOrMore();
        return (greedy ? loop.greedy() : loop).followedBy("stop").where(status("stop")).within(Duration.ofSeconds(100));
    }

    private static Pattern<Event, ?> open() {
        return Pattern.<Event>begin("o")
                .where(status("open"))
                .notFollowedBy("c")
                .where(status("close"))
                .within(Duration.ofSeconds(30));
    }

    private static Pattern<Event, Event> abc() {
        return Pattern.<Event>begin("a")
                .where(letter("A"))
                .followedByAny("b")
                .where(letter("B"))
                .followedByAny("c")
                .where(letter("C"));
    }

    private static Pattern<Event, ?> abcz(long millis) {
        return abc().followedByAny("z").where(letter("Z")).within(Duration.ofMillis(millis));
    }

    private static SimpleCondition<Event> status(String status) {
        return SimpleCondition.of(event -> ((Sensor) event).status.equals(status));
    }

    private static SimpleCondition<Event> letter(String type) {
        return SimpleCondition.of(event -> ((Letter) event).type.equals(type));
    }

    /** Compares a price with the one captured by a stage. */
    private static final class Captured extends IterativeCondition<Event> {
        private final String stage;
        private final Comparison comparison;

        Captured(String stage, Comparison comparison) {
            this.stage = stage;
            this.comparison = comparison;
        }

        @Override
        public boolean filter(Event event, Context<Event> context) throws Exception {
            for (var captured : context.getEventsForPattern(stage)) {
                return comparison.test((Stock) event, (Stock) captured);
            }
            return false;
        }
    }

    private interface Comparison extends BiPredicate<Stock, Stock>, java.io.Serializable {}
}
