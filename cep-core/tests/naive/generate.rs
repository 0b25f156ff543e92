//! Patterns and streams for the small worlds: all of a kind, or random ones from a seed.

use crate::expr::{Compare, Event, Expr, Fold, Value};
use crate::pattern::{Body, Connector, Count, Element, Pattern};

/// A small generator of pseudo-random numbers (splitmix64).
#[derive(Debug)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        let length = u64::try_from(of.len()).unwrap();
        of[usize::try_from(self.next() % length).unwrap()].clone()
    }

    pub(crate) fn percent(&mut self, share: u64) -> bool {
        self.next() % 100 < share
    }
}

pub(crate) const CONNECTORS: [Connector; 3] =
    [Connector::Next, Connector::FollowedBy, Connector::FollowedByAny];

fn letter(letter: &str) -> Expr {
    let value = Expr::Value(Some(Value::Text(letter.into())));
    Expr::Compare(Compare::Eq, Box::new(Expr::Field("type".to_owned())), Box::new(value))
}

/// Any of the letters.
pub(crate) fn letters(of: &str) -> Expr {
    Expr::Any(of.split("").filter(|each| !each.is_empty()).map(letter).collect())
}

/// A stage without a quantifier.
pub(crate) fn stage(connector: Connector, name: &str, condition: Expr) -> Element {
    bare(connector, Body::Stage { name: name.to_owned(), condition })
}

fn bare(connector: Connector, body: Body) -> Element {
    let (count, inner) = (Count::Once, Connector::FollowedBy);
    Element {
        connector,
        body,
        count,
        optional: false,
        greedy: false,
        inner,
        until: None,
        gap: None,
        apart: None,
    }
}

/// The element with every quantifier, `until` the letter `c`.
pub(crate) fn quantified(element: &Element) -> Vec<Element> {
    let counts =
        [Count::Times(2, 2), Count::Times(1, 2), Count::Times(2, 3), Count::OrMore(1), Count::OrMore(2)];
    let inner = [
        (Connector::FollowedBy, false),
        (Connector::Next, false),
        (Connector::FollowedByAny, false),
        (Connector::FollowedBy, true),
        (Connector::Next, true),
    ];
    let mut all = Vec::new();
    for optional in [false, true] {
        all.push(Element { optional, ..element.clone() });
        for (count, (inner, greedy)) in counts.iter().flat_map(|count| inner.map(|inner| (*count, inner))) {
            let element = Element { count, optional, inner, greedy, ..element.clone() };
            if count.is_open() {
                all.push(Element { until: Some(letters("c")), ..element.clone() });
            }
            all.push(element);
        }
    }
    all
}

/// A random pattern: `length` top-level elements, groups up to `depth` deep.
pub(crate) fn pattern(random: &mut Random, length: usize, depth: usize) -> Pattern {
    let mut names = Vec::new();
    let sequence = sequence(random, length, depth, &mut names);
    let ends_absent = sequence.last().is_some_and(Element::is_absence);
    let within = random.pick(&[None, Some(4), Some(8)]);
    Pattern { sequence, within: within.or(ends_absent.then_some(6)) }
}

fn sequence(random: &mut Random, length: usize, depth: usize, names: &mut Vec<String>) -> Vec<Element> {
    let mut all: Vec<Element> = Vec::new();
    while all.len() < length {
        let connector = random.pick(&CONNECTORS);
        let negated = all.last().is_some_and(|last| !last.optional) && random.percent(25);
        let mut next = if negated {
            let connector =
                random.pick(&[Connector::NotNext, Connector::NotFollowedBy, Connector::NotFollowedBy]);
            named(random, connector, names)
        } else if depth > 0 && random.percent(30) {
            let length = random.pick(&[1, 2, 2, 3]);
            let body = sequence(random, length, depth - 1, names);
            modified(random, bare(connector, Body::Group(body)), names)
        } else {
            let stage = named(random, connector, names);
            modified(random, stage, names)
        };
        if all.is_empty() {
            next.connector = Connector::Next;
        }
        all.push(next);
    }
    all
}

fn named(random: &mut Random, connector: Connector, names: &mut Vec<String>) -> Element {
    let name = format!("s{}", names.len());
    let condition = condition(random, names);
    names.push(name.clone());
    stage(connector, &name, condition)
}

/// Letters, seldom with something about what was captured before.
fn condition(random: &mut Random, names: &[String]) -> Expr {
    let base = match random.pick(&[0, 0, 0, 1, 1, 2]) {
        0 => letters(random.pick(&["a", "b", "c"])),
        1 => letters(random.pick(&["ab", "bc", "ac"])),
        _ => Expr::Value(Some(Value::Bool(true))),
    };
    if names.is_empty() || random.percent(80) {
        return base;
    }
    let earlier = random.pick(names);
    let (left, right) = if random.percent(50) {
        let one = Expr::Value(Some(Value::Number(random.pick(&[1.0, 2.0]))));
        (Expr::Count(earlier), one)
    } else {
        (Expr::Captured(Fold::Last, earlier, "value".to_owned()), Expr::Field("value".to_owned()))
    };
    let operator = random.pick(&[Compare::Lt, Compare::Gt]);
    Expr::All(vec![base, Expr::Compare(operator, Box::new(left), Box::new(right))])
}

fn modified(random: &mut Random, element: Element, names: &[String]) -> Element {
    let is_group = element.group().is_some();
    let element = if random.percent(50) { random.pick(&quantified(&element)) } else { element };
    let loops = element.count != Count::Once;
    let greedy = element.greedy && !is_group;
    let until = element.until.is_some().then(|| condition(random, names));
    let gap = random.percent(12).then(|| random.pick(&[2, 3]));
    let apart = (loops && random.percent(15)).then(|| random.pick(&[2, 3]));
    Element { greedy, until, gap, apart, ..element }
}

/// The pattern, most of its stages asking for something of what it captured: of an earlier stage or, in a loop, of their
/// own.
pub(crate) fn asking(random: &mut Random, pattern: Pattern) -> Pattern {
    let mut names = Vec::new();
    let ask = |element| ask(random, element, &mut names);
    Pattern { sequence: pattern.sequence.into_iter().map(ask).collect(), ..pattern }
}

fn ask(random: &mut Random, element: Element, names: &mut Vec<String>) -> Element {
    let body = match element.body {
        Body::Group(inner) => {
            Body::Group(inner.into_iter().map(|element| ask(random, element, names)).collect())
        }
        Body::Stage { name, condition } => {
            let negated = matches!(element.connector, Connector::NotNext | Connector::NotFollowedBy);
            names.extend((!negated).then(|| name.clone()));
            let asks = !names.is_empty() && random.percent(70);
            let condition =
                if asks { Expr::All(vec![condition, question(random, names)]) } else { condition };
            Body::Stage { name, condition }
        }
    };
    Element { body, ..element }
}

fn question(random: &mut Random, names: &[String]) -> Expr {
    let of = random.pick(names);
    let (left, right) = if random.percent(20) {
        (Expr::Count(of), Expr::Value(Some(Value::Number(random.pick(&[1.0, 2.0])))))
    } else {
        let folds = [Fold::First, Fold::Last, Fold::Sum, Fold::Avg, Fold::Min, Fold::Max];
        (Expr::Captured(random.pick(&folds), of, "value".to_owned()), Expr::Field("value".to_owned()))
    };
    let operator = random.pick(&[Compare::Eq, Compare::Lt, Compare::Gt]);
    let compares = Expr::Compare(operator, Box::new(left), Box::new(right));
    // What compares with nothing captured is false: else loops would seldom begin.
    if random.percent(60) { Expr::Not(Box::new(compares)) } else { compares }
}

/// A random stream of up to six events.
pub(crate) fn stream(random: &mut Random) -> Vec<Event> {
    let mut time = 0;
    let length = random.pick(&[3, 4, 5, 6, 6, 6]);
    let event = |_| {
        time += random.pick(&[0, 1, 1, 1, 2, 3]);
        event(time, random.pick(&["a", "b", "c"]), random.pick(&[0.0, 1.0, 2.0]))
    };
    (0..length).map(event).collect()
}

/// All streams of that many events over three letters, one a millisecond.
pub(crate) fn all_streams(length: u32) -> Vec<Vec<Event>> {
    let stream = |number: usize| {
        let letter = |at: u32| ["a", "b", "c"][number / 3_usize.pow(at) % 3];
        (0..length).map(|at| event(i64::from(at), letter(at), 0.0)).collect()
    };
    (0..3_usize.pow(length)).map(stream).collect()
}

pub(crate) fn event(time: i64, letter: &str, value: f64) -> Event {
    let fields = vec![("type".into(), Value::Text(letter.into())), ("value".into(), Value::Number(value))];
    Event { time, fields }
}
