//! The parts of a picture before they have a place: how large each is around the line that runs through all of them, and what
//! stands on and between them.

use cep_core::pattern::{Body, Contiguity, Element, Emit, Inner, Quantifier, Repeat};

use super::words::{width, wrapped};

pub(super) const LINE: i32 = 18;
pub(super) const PAD: i32 = 10;
/// Room over a block that repeats, for the way back and what it is called.
pub(super) const LOOP: i32 = 44;
/// Room under a block that may be left out, for the way around it.
pub(super) const BYPASS: i32 = 36;
/// What a block that may be left out says on the way around it.
pub(super) const OPTIONAL: &str = "optional";
/// Room around what is in a group.
pub(super) const FRAME: i32 = 18;
const LEAST_WIRE: i32 = 56;
const LEAST_BOX: i32 = 64;

/// How far something reaches around the line through it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Extent {
    pub(super) width: i32,
    pub(super) up: i32,
    pub(super) down: i32,
}

/// A text of several lines, the first of which is a name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Card {
    pub(super) name: String,
    pub(super) lines: Vec<String>,
}

impl Card {
    pub(super) fn of_stage(element: &Element) -> Self {
        let mut lines = Vec::new();
        if let Body::Stage { stream, condition, .. } = &element.body {
            lines.extend(stream.iter().flat_map(|stream| wrapped(&format!("of {stream}"))));
            lines.extend(condition.iter().flat_map(|condition| wrapped(&format!("where {condition}"))));
        }
        lines.extend(until(element));
        let mut name = wrapped(element.name().unwrap_or_default());
        let rest = name.split_off(1);
        Self { name: name.concat(), lines: [rest, lines].concat() }
    }

    pub(super) fn of_emit(words: &str, emit: &Emit) -> Self {
        let columns = emit.columns.iter().flat_map(|(name, value)| wrapped(&format!("{name}: {value}")));
        let mut name = wrapped(&format!("{words} {}", emit.stream));
        let rest = name.split_off(1);
        let to = emit.to.iter().flat_map(|to| wrapped(&format!("to {to}")));
        Self { name: name.concat(), lines: rest.into_iter().chain(columns).chain(to).collect() }
    }

    pub(super) fn width(&self) -> i32 {
        let widest = self.lines.iter().chain([&self.name]).map(|line| width(line)).max().unwrap_or(0);
        (widest + 2 * PAD).max(LEAST_BOX)
    }

    pub(super) fn height(&self) -> i32 {
        (1 + i32::try_from(self.lines.len()).unwrap_or(0)) * LINE + 2 * PAD
    }
}

fn until(element: &Element) -> Vec<String> {
    element.until.iter().flat_map(|until| wrapped(&format!("until {until}"))).collect()
}

/// What is said on the way back of a block that repeats.
pub(super) fn repeats(quantifier: &Quantifier) -> Option<String> {
    let often = match quantifier.repeat {
        Repeat::Once => return None,
        Repeat::Times { from, to } if from.max(1) == to => format!("{to} times"),
        Repeat::Times { from, to } => format!("{} to {to} times", from.max(1)),
        Repeat::AtLeast(0 | 1) => "one or more".to_owned(),
        Repeat::AtLeast(from) => format!("{from} times or more"),
    };
    let inner = match quantifier.inner {
        Inner::Relaxed => "",
        Inner::Consecutive => ", consecutive",
        Inner::Combinations => ", in all combinations",
    };
    let greedy = if quantifier.greedy { ", greedy" } else { "" };
    let apart = quantifier.apart.map(|apart| format!(", at most {apart} apart")).unwrap_or_default();
    Some(format!("{often}{greedy}{inner}{apart}"))
}

/// A block's extent: its own, and the room for the ways back and around.
pub(super) fn extent(element: &Element) -> Extent {
    let core = core(element);
    let back = repeats(&element.quantifier);
    let around = element.quantifier.may_be_absent();
    let words = [back.as_deref(), around.then_some(OPTIONAL)].into_iter().flatten().map(width).max();
    Extent {
        width: core.width.max(words.unwrap_or(0)),
        up: core.up + if back.is_some() { LOOP } else { 0 },
        down: core.down + if around { BYPASS } else { 0 },
    }
}

/// The extent of the box or frame itself.
pub(super) fn core(element: &Element) -> Extent {
    match &element.body {
        Body::Stage { .. } => {
            let card = Card::of_stage(element);
            let up = card.height() / 2;
            Extent { width: card.width(), up, down: card.height() - up }
        }
        Body::Group(inner) => {
            let within = chain(inner);
            let until = until(element);
            let below = i32::try_from(until.len()).unwrap_or(0) * LINE;
            let widest = until.iter().map(|line| width(line)).max().unwrap_or(0);
            Extent {
                width: within.width.max(widest) + 2 * FRAME,
                up: within.up + FRAME,
                down: within.down + FRAME + below,
            }
        }
    }
}

/// The lines that stand at the bottom of a group's frame.
pub(super) fn foot(element: &Element) -> Vec<String> {
    match element.body {
        Body::Group(_) => until(element),
        Body::Stage { .. } => Vec::new(),
    }
}

/// The extent of elements with what leads from one to the next.
pub(super) fn chain(elements: &[Element]) -> Extent {
    let mut all = Extent::default();
    for (index, element) in elements.iter().enumerate() {
        let own = extent(element);
        all.width += own.width + if index == 0 { 0 } else { wire(element) };
        all.up = all.up.max(own.up);
        all.down = all.down.max(own.down);
    }
    // What is written over and under the arrows.
    Extent { up: all.up.max(LINE + PAD), down: all.down.max(LINE + PAD), ..all }
}

/// How long the arrow to an element is.
pub(super) fn wire(element: &Element) -> i32 {
    let words = [Some(connector(element)), gap(element)].into_iter().flatten();
    words.map(|text| width(&text) + 3 * PAD).max().unwrap_or(0).max(LEAST_WIRE)
}

/// What is said over the arrow to an element.
pub(super) fn connector(element: &Element) -> String {
    match element.contiguity {
        Contiguity::Begin => String::new(),
        other => other.words().to_owned(),
    }
}

/// What is said under it.
pub(super) fn gap(element: &Element) -> Option<String> {
    element.gap.map(|gap| format!("within {gap}"))
}
