package cep.rivals.esper;

import cep.rivals.Workload;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** The workloads in Esper's language: patterns, or `match_recognize` where events must be contiguous or matches skip. */
final class EsperStatements {
    private EsperStatements() {}

    static List<String> of(Workload workload) {
        return switch (workload) {
            case W1, W8 -> List.of(fraud(1, 500));
            case W2 -> List.of(RISING);
            case W3 -> List.of(HOT);
            case W3b -> List.of(HOT_GREEDY);
            case W4 -> List.of(ABC);
            case W5 -> List.of(OPEN);
            case W6 -> List.of(abcz(200));
            case W6b -> List.of(abcz(1000));
            case W7 -> IntStream.rangeClosed(1, 100).mapToObj(i -> fraud(0.01 * i, 500 + 5 * i)).toList();
        };
    }

    private static String fraud(double small, double large) {
        return String.format(
                Locale.ROOT,
                """
                select small, large from pattern [
                  every small=Txn(amount < %s)
                  -> (large=Txn(card = small.card and amount > %s) where timer:within(600 sec))
                ]""",
                small, large);
    }

    private static final String RISING =
            """
            select a, b, c, d from Stock match_recognize (
              partition by symbol
              measures a as a, b as b, c as c, d as d
              all matches
              after match skip to next row
              pattern (a b c d)
              define
                b as b.price > a.price,
                c as c.price > b.price,
                d as d.price > c.price and d.price - a.price > 5 and d.ts - a.ts < 10000
            )""";

    /** Of the matches that end at the first stop, Flink keeps the one with all hot readings before it. */
    private static final String HOT =
            """
            select s, f, h, e from Sensor match_recognize (
              partition by machine
              measures s as s, f as f, h as h, e as e
              after match skip past last row
              pattern (s x* f (h | y)* e)
              define
                s as s.status = 'start',
                x as x.temp <= 95 and x.ts - s.ts < 100000,
                f as f.temp > 95 and f.ts - s.ts < 100000,
                h as h.temp > 95 and h.status != 'stop' and h.ts - s.ts < 100000,
                y as y.temp <= 95 and y.status != 'stop' and y.ts - s.ts < 100000,
                e as e.status = 'stop' and e.ts - s.ts < 100000
            )""";

    private static final String HOT_GREEDY =
            """
            select s, h, e from Sensor match_recognize (
              partition by machine
              measures s as s, h as h, e as e
              after match skip past last row
              pattern (s x* h (h | y)* e)
              define
                s as s.status = 'start',
                x as x.temp <= 95 and x.ts - s.ts < 100000,
                h as h.temp > 95 and h.ts - s.ts < 100000,
                y as y.temp <= 95 and y.status != 'stop' and y.ts - s.ts < 100000,
                e as e.temp <= 95 and e.status = 'stop' and e.ts - s.ts < 100000
            )""";

    private static final String ABC =
            """
            select a, b, c from pattern [
              every a=Letter(type = 'A')
              -> ((every b=Letter(type = 'B') -> every c=Letter(type = 'C')) where timer:within(100 msec))
            ]""";

    private static final String OPEN =
            """
            select o from pattern [
              every o=Sensor(status = 'open')
              -> (timer:interval(30 sec) and not Sensor(machine = o.machine and status = 'close'))
            ]""";

    private static String abcz(long millis) {
        return """
               select a, b, c, z from pattern [
                 every a=Letter(type = 'A')
                 -> ((every b=Letter(type = 'B') -> every c=Letter(type = 'C') -> every z=Letter(type = 'Z'))
                     where timer:within(%d msec))
               ]"""
                .formatted(millis);
    }
}
