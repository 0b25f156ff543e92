//! Where everything of a pattern stands: a line from left to right with the stages on it, its window around them, what a
//! match emits to the right, and what a timeout emits below.

use cep_core::pattern::{Body, Element, Pattern};

use super::blocks::{
    BYPASS, Card, Extent, FRAME, LINE, LOOP, OPTIONAL, PAD, chain, connector, core, extent, foot, gap,
    repeats, wire,
};
use super::scene::{Anchor, Font, Look, Rect, Scene};
use super::words::wrapped;
use crate::explain::prose;

const MARGIN: i32 = 16;
/// From the beginning of the line to the first stage, and from the last to the edge of the window.
const LEAD: i32 = 36;
/// From the window to what is emitted.
const OUT: i32 = 72;
const BETWEEN: i32 = 14;

/// A scene that is being filled.
pub(super) struct Layout {
    scene: Scene,
    top: i32,
}

impl Layout {
    /// One whose scene begins that far down.
    pub(super) fn new(top: i32) -> Self {
        Self { scene: Scene { bottom: top, ..Scene::default() }, top: top + MARGIN }
    }

    pub(super) fn pattern(mut self, pattern: &Pattern) -> Scene {
        self.heading(pattern);
        let emits: Vec<_> = pattern.emits.iter().map(|emit| Card::of_emit("emit", emit)).collect();
        let window = self.window(pattern, stack(&emits));
        let axis = self.axis(pattern, stack(&emits));
        self.line(pattern, axis);
        self.outputs(window, axis, &emits);
        self.timeouts(pattern, window);
        self.notes(pattern);
        self.scene.right += MARGIN;
        self.scene.bottom += MARGIN;
        self.scene
    }

    fn heading(&mut self, pattern: &Pattern) {
        self.top += LINE;
        self.scene.text(Font::Title, Anchor::Start, (MARGIN, self.top), format!("pattern {}", pattern.name));
        for line in wrapped(&prose::inputs(&pattern.inputs)) {
            self.top += LINE;
            self.scene.text(Font::Plain, Anchor::Start, (MARGIN, self.top), line);
        }
        self.top += PAD;
    }

    /// Where the line runs. What is emitted may be higher than the stages.
    fn axis(&self, pattern: &Pattern, emitted: Extent) -> i32 {
        let stages = chain(&pattern.sequence).up + FRAME + LINE;
        self.top + stages.max(emitted.up)
    }

    fn window(&mut self, pattern: &Pattern, emitted: Extent) -> Rect {
        let axis = self.axis(pattern, emitted);
        let stages = chain(&pattern.sequence);
        let (words, look) = match pattern.window() {
            Some(window) => (format!("within {window}"), Look::Window),
            None => ("no window".to_owned(), Look::NoWindow),
        };
        let y = axis - stages.up - FRAME - LINE;
        let width = (stages.width + 2 * LEAD).max(super::words::width(&words) + 2 * PAD);
        let at = Rect { x: MARGIN, y, width, height: stages.up + stages.down + 2 * FRAME + LINE };
        self.scene.rect(look, at);
        self.scene.text(Font::Label, Anchor::Start, (at.x + PAD, at.y + LINE), words);
        at
    }

    /// The stages from left to right.
    fn line(&mut self, pattern: &Pattern, axis: i32) {
        let begin = MARGIN + PAD;
        self.scene.dot(begin, axis);
        self.scene.arrow(Look::Wire, format!("M{begin} {axis}H{}", MARGIN + LEAD));
        self.sequence(&pattern.sequence, MARGIN + LEAD, axis);
    }

    fn sequence(&mut self, elements: &[Element], mut x: i32, axis: i32) {
        for (index, element) in elements.iter().enumerate() {
            if index > 0 {
                let long = wire(element);
                self.wire(element, x, long, axis);
                x += long;
            }
            x += self.element(element, x, axis);
        }
    }

    /// The arrow to an element, with what is said of it.
    fn wire(&mut self, element: &Element, x: i32, long: i32, axis: i32) {
        let negated = element.contiguity.is_negated();
        let look = if negated { Look::Cross } else { Look::Wire };
        self.scene.arrow(look, format!("M{x} {axis}H{}", x + long));
        let middle = x + long / 2;
        if negated {
            let (left, right, up, down) = (middle - 5, middle + 5, axis - 5, axis + 5);
            self.scene.line(look, format!("M{left} {up}L{right} {down}M{left} {down}L{right} {up}"));
        }
        self.scene.text(Font::Label, Anchor::Middle, (middle, axis - PAD), connector(element));
        if let Some(gap) = gap(element) {
            self.scene.text(Font::Label, Anchor::Middle, (middle, axis + LINE), gap);
        }
    }

    /// An element from `x` on; how wide it is.
    fn element(&mut self, element: &Element, x: i32, axis: i32) -> i32 {
        let (whole, core) = (extent(element), core(element));
        let at = Rect {
            x: x + (whole.width - core.width) / 2,
            y: axis - core.up,
            width: core.width,
            height: core.up + core.down,
        };
        // What is said of the ways back and around may be wider than the block.
        self.scene
            .line(Look::Wire, format!("M{x} {axis}H{}M{} {axis}H{}", at.x, at.x + at.width, x + whole.width));
        match &element.body {
            Body::Stage { .. } => {
                let look = if element.contiguity.is_negated() { Look::Negated } else { Look::Stage };
                self.card(look, at, &Card::of_stage(element));
            }
            Body::Group(inner) => {
                self.scene.rect(Look::Group, at);
                let mut y = at.y + at.height - PAD;
                for line in foot(element).iter().rev() {
                    self.scene.text(Font::Plain, Anchor::Middle, (at.x + at.width / 2, y), line);
                    y -= LINE;
                }
                self.sequence(inner, at.x + (at.width - chain(inner).width) / 2, axis);
            }
        }
        self.ways(element, at);
        whole.width
    }

    /// The way back of a block that repeats, over it, and the way around one that may be left out, under it.
    fn ways(&mut self, element: &Element, at: Rect) {
        let middle = at.x + at.width / 2;
        if let Some(often) = repeats(&element.quantifier) {
            let (from, to) = (middle + at.width / 4, middle - at.width / 4);
            let high = at.y - (LOOP - LINE - PAD);
            self.scene.arrow(Look::Wire, format!("M{from} {}C{from} {high} {to} {high} {to} {}", at.y, at.y));
            self.scene.text(Font::Label, Anchor::Middle, (middle, high - 2), often);
        }
        if element.quantifier.may_be_absent() {
            let (low, edge) = (at.y + at.height, at.x + at.width);
            let deep = low + (BYPASS - LINE);
            let path =
                format!("M{} {low}C{} {deep} {} {deep} {} {low}", at.x + 8, at.x + 8, edge - 8, edge - 8);
            self.scene.arrow(Look::Bypass, path);
            self.scene.text(Font::Label, Anchor::Middle, (middle, low + BYPASS - 6), OPTIONAL);
        }
    }

    fn card(&mut self, look: Look, at: Rect, card: &Card) {
        self.scene.rect(look, at);
        let mut y = at.y + PAD + LINE - 5;
        self.scene.text(Font::Name, Anchor::Start, (at.x + PAD, y), &*card.name);
        for line in &card.lines {
            y += LINE;
            self.scene.text(Font::Plain, Anchor::Start, (at.x + PAD, y), line);
        }
    }

    /// What a match emits, to the right of the window.
    fn outputs(&mut self, window: Rect, axis: i32, emits: &[Card]) {
        let (edge, x) = (window.x + window.width, window.x + window.width + OUT);
        let inner = edge - LEAD;
        self.scene.text(Font::Label, Anchor::Middle, (edge + OUT / 2, axis - PAD), "match");
        if emits.is_empty() {
            self.scene.arrow(Look::Wire, format!("M{inner} {axis}H{x}"));
            self.scene.dot(x + 6, axis);
            return;
        }
        let mut y = axis - stack(emits).up;
        let turn = x - PAD - 6;
        for card in emits {
            let at = Rect { x, y, width: card.width(), height: card.height() };
            let middle = at.y + at.height / 2;
            let way = if middle == axis { String::new() } else { format!("H{turn}V{middle}") };
            self.scene.arrow(Look::Wire, format!("M{inner} {axis}{way}H{x}"));
            self.card(Look::Emit, at, card);
            y += at.height + BETWEEN;
        }
    }

    /// What a timeout emits, below the window.
    fn timeouts(&mut self, pattern: &Pattern, window: Rect) {
        let mut x = window.x;
        let top = self.scene.bottom.max(window.y + window.height) + 2 * LINE;
        for emit in &pattern.timeout_emits {
            let card = Card::of_emit("emit", emit);
            let at = Rect { x, y: top, width: card.width(), height: card.height() };
            let from = x + at.width / 2;
            let edge = from.min(window.x + window.width - PAD);
            let bend = top - LINE + 4;
            let way = if edge == from { String::new() } else { format!("V{bend}H{from}") };
            self.scene.arrow(Look::Waiting, format!("M{edge} {}{way}V{top}", window.y + window.height));
            self.card(Look::Timeout, at, &card);
            x += at.width + BETWEEN;
        }
        if !pattern.timeout_emits.is_empty() {
            let below = window.y + window.height + LINE;
            self.scene.text(Font::Label, Anchor::Start, (window.x, below - 3), "on timeout");
        }
    }

    fn notes(&mut self, pattern: &Pattern) {
        let mut y = self.scene.bottom + LINE;
        for line in prose::rules(pattern) {
            y += LINE;
            self.scene.text(Font::Plain, Anchor::Start, (MARGIN, y), line);
        }
    }
}

/// The extent of cards one below the other.
fn stack(cards: &[Card]) -> Extent {
    let between = BETWEEN * (i32::try_from(cards.len()).unwrap_or(1) - 1).max(0);
    let height = cards.iter().map(Card::height).sum::<i32>() + between;
    let width = cards.iter().map(Card::width).max().unwrap_or(0);
    Extent { width, up: height / 2, down: height - height / 2 }
}

impl std::fmt::Debug for Layout {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Layout").field("scene", &self.scene).finish_non_exhaustive()
    }
}
