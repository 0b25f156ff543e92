//! What a picture is made of: shapes in places. Knows nothing of patterns.

/// A place with an extent, in pixels.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Rect {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
}

/// What a shape stands for, which decides its looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Look {
    Stage,
    Negated,
    Emit,
    Timeout,
    Group,
    Window,
    NoWindow,
    Wire,
    Waiting,
    Bypass,
    Cross,
}

impl Look {
    /// The class in the style sheet.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::Negated => "negated",
            Self::Emit => "emit",
            Self::Timeout => "timeout",
            Self::Group => "group",
            Self::Window => "window",
            Self::NoWindow => "no-window",
            Self::Wire => "wire",
            Self::Waiting => "waiting",
            Self::Bypass => "bypass",
            Self::Cross => "cross",
        }
    }
}

/// How a text is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Font {
    Title,
    Name,
    Plain,
    Label,
}

impl Font {
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Name => "name",
            Self::Plain => "plain",
            Self::Label => "label",
        }
    }
}

/// Where a text's place is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Anchor {
    Start,
    Middle,
}

/// Something to be drawn.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Shape {
    Box { look: Look, at: Rect },
    Line { look: Look, path: String, arrow: bool },
    Dot { x: i32, y: i32 },
    Text { font: Font, anchor: Anchor, x: i32, y: i32, text: String },
}

/// All of a pattern.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Scene {
    pub(super) shapes: Vec<Shape>,
    /// How far it goes.
    pub(super) right: i32,
    pub(super) bottom: i32,
}

impl Scene {
    pub(super) fn rect(&mut self, look: Look, at: Rect) {
        self.reach(at.x + at.width, at.y + at.height);
        self.shapes.push(Shape::Box { look, at });
    }

    pub(super) fn arrow(&mut self, look: Look, path: String) {
        self.shapes.push(Shape::Line { look, path, arrow: true });
    }

    pub(super) fn line(&mut self, look: Look, path: String) {
        self.shapes.push(Shape::Line { look, path, arrow: false });
    }

    pub(super) fn dot(&mut self, x: i32, y: i32) {
        self.shapes.push(Shape::Dot { x, y });
    }

    pub(super) fn text(&mut self, font: Font, anchor: Anchor, (x, y): (i32, i32), text: impl Into<String>) {
        let text = text.into();
        let width = super::words::width(&text);
        let right = if anchor == Anchor::Middle { x + width / 2 } else { x + width };
        self.reach(right, y);
        self.shapes.push(Shape::Text { font, anchor, x, y, text });
    }

    fn reach(&mut self, right: i32, bottom: i32) {
        self.right = self.right.max(right);
        self.bottom = self.bottom.max(bottom);
    }
}
