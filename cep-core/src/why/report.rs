//! What is told of the attempts at a pattern: data, of which text and JSON are made elsewhere.

use crate::event::Value;
use crate::time::{Duration, Timestamp, Watermark};

/// What became of a pattern for one key.
#[derive(Clone, PartialEq, Debug)]
pub struct Report {
    /// Events that began a match or a partial match, in the order of their times.
    pub attempts: Vec<Attempt>,
    /// How many more there are, that came less far.
    pub more_attempts: usize,
    /// Events that began nothing, those that came nearest.
    pub missed: Vec<Near>,
    /// How many events began nothing, in the time asked for.
    pub began_nothing: usize,
    /// Events that came too late.
    pub late: Vec<Late>,
    /// What waits for time to go on.
    pub waiting: Option<Waiting>,
    /// When there were too many partial matches to follow them further one by one.
    pub given_up: Option<Timestamp>,
    /// What stopped the run.
    pub stopped: Option<String>,
}

/// An event, for people.
#[derive(Clone, PartialEq, Debug)]
pub struct Seen {
    /// Its stream.
    pub stream: String,
    /// Its position in its stream.
    pub position: u64,
    /// The caller's number for it.
    pub tag: u64,
    /// Its time.
    pub time: Timestamp,
    /// The fields that the pattern's conditions read, with their values.
    pub fields: Vec<(String, Value)>,
}

/// A captured event.
#[derive(Clone, PartialEq, Debug)]
pub struct CapturedBy {
    /// The stage that has it.
    pub stage: String,
    /// The event.
    pub event: Seen,
}

/// An event that began a match or a partial match, and how far that came.
#[derive(Clone, PartialEq, Debug)]
pub struct Attempt {
    /// The event.
    pub began: Seen,
    /// What the one that came furthest captured, the event that began it first; of a match all of it.
    pub captured: Vec<CapturedBy>,
    /// The stages it waited for, none where it came to its end.
    pub awaited: Vec<String>,
    /// What became of it.
    pub cause: Cause,
    /// What would have made a match of it, the smallest change first.
    pub remedies: Vec<Remedy>,
    /// Whether changes were tried to the end: else there may be others, and a longer window may help.
    pub all_tried: bool,
}

/// What became of an attempt.
#[derive(Clone, PartialEq, Debug)]
pub enum Cause {
    /// It is a match.
    Matched {
        /// When the match was handed out.
        at: Timestamp,
        /// How many matches this event began.
        matches: usize,
    },
    /// Nothing that came before its window closed satisfied what it waited for, nor anything after.
    Condition {
        /// The window.
        window: Window,
        /// The event that satisfied most.
        nearest: Option<Near>,
    },
    /// A window closed before what would have satisfied it came.
    Window {
        /// The window.
        window: Window,
        /// The event that satisfied most while it was open.
        nearest: Option<Near>,
    },
    /// An event came in between where none may.
    StrictContiguity {
        /// The event, and what of the stage it does not satisfy.
        between: Near,
    },
    /// A forbidden event came.
    Negation {
        /// The stage that forbids it.
        stage: String,
        /// The event.
        event: Seen,
        /// What makes it forbidden.
        parts: Vec<Part>,
    },
    /// The event that ends a loop came, and nothing that could be next.
    Until {
        /// The loop, by its stage or the stage of a group that was waited for.
        stage: String,
        /// The event.
        event: Seen,
        /// What ended it.
        part: Part,
    },
    /// A greedy loop would have had the event: what follows the loop does not get it.
    Greedy {
        /// The loop.
        stage: String,
        /// The event.
        event: Seen,
    },
    /// A match dropped it.
    Skipped {
        /// What the match captured.
        by: Vec<CapturedBy>,
        /// When.
        at: Timestamp,
    },
    /// A limit dropped it, or stopped the run.
    Limit {
        /// The event that was one too many.
        event: Option<Seen>,
    },
    /// It is not over: it waits for more.
    Open {
        /// When its window closes.
        deadline: Option<Timestamp>,
        /// The event that satisfied most so far.
        nearest: Option<Near>,
    },
    /// It is complete, and an older partial match holds it back.
    HeldBack {
        /// The event the older one began with.
        by: Option<Seen>,
    },
    /// The run stopped.
    Stopped,
}

/// A window that closed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Window {
    /// Which one.
    pub which: WindowKind,
    /// Its length.
    pub length: Duration,
    /// When it closed.
    pub closed: Timestamp,
}

/// Which window.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum WindowKind {
    /// That of the whole pattern.
    Whole,
    /// That of the wait for a stage.
    Gap(String),
}

/// An event that did not do, and what of a stage it does not satisfy.
#[derive(Clone, PartialEq, Debug)]
pub struct Near {
    /// The event.
    pub event: Seen,
    /// The stage.
    pub stage: String,
    /// The stream that the stage takes events of, where the event is of another.
    pub other_stream: Option<String>,
    /// The parts of the stage's condition that `and` joins.
    pub parts: Vec<Part>,
    /// What would have made it do.
    pub remedies: Vec<Remedy>,
}

/// A part of a condition, as it was for an event.
#[derive(Clone, PartialEq, Debug)]
pub struct Part {
    /// The part as the pattern has it.
    pub text: String,
    /// The same with values in the place of names.
    pub values: String,
    /// Whether it held.
    pub holds: bool,
}

/// A change that makes a match, as a run with it shows.
#[derive(Clone, PartialEq, Debug)]
pub struct Remedy {
    /// The change.
    pub change: Change,
    /// The match there is with it.
    pub found: Vec<CapturedBy>,
}

/// A change of a pattern, or of a stream it reads.
#[derive(Clone, PartialEq, Debug)]
pub enum Change {
    /// Another length of the whole window.
    Within {
        /// As it is.
        from: Duration,
        /// As it would have to be.
        to: Duration,
    },
    /// Another length of the wait for a stage.
    Gap {
        /// The stage.
        stage: String,
        /// As it is.
        from: Duration,
        /// As it would have to be.
        to: Duration,
    },
    /// Another `at most … apart` of a loop.
    Apart {
        /// The stage.
        stage: String,
        /// As it is.
        from: Duration,
        /// As it would have to be.
        to: Duration,
    },
    /// A part of a condition left out.
    WithoutCondition {
        /// The stage.
        stage: String,
        /// The part.
        text: String,
    },
    /// `followed by` in the place of `next`.
    FollowedBy {
        /// The stage, or the first of a group.
        stage: String,
    },
    /// A loop without `consecutive`.
    NotConsecutive {
        /// The stage, or the first of a group.
        stage: String,
    },
    /// Without a stage that must not match.
    WithoutAbsence {
        /// The stage.
        stage: String,
    },
    /// A loop without `until`.
    WithoutUntil {
        /// The stage, or the first of a group.
        stage: String,
    },
    /// A loop without `greedy`.
    NotGreedy {
        /// The stage.
        stage: String,
    },
    /// No match drops others.
    NoSkip,
    /// No limit.
    NoLimit,
    /// A stream that waits longer for what comes late.
    Lateness {
        /// The stream.
        stream: String,
        /// As it is.
        from: Duration,
        /// As it would have to be.
        to: Duration,
    },
}

/// An event that came too late.
#[derive(Clone, PartialEq, Debug)]
pub struct Late {
    /// The event.
    pub event: Seen,
    /// How far time had come.
    pub watermark: Watermark,
    /// The least lateness with which it would have been on time, and the stream's now; none of a stream that has none.
    pub lateness: Option<(Duration, Duration)>,
    /// A match that misses it.
    pub remedies: Vec<Remedy>,
    /// Whether all matches with late events were looked at.
    pub all_tried: bool,
}

/// What waits for time to go on.
#[derive(Clone, PartialEq, Debug)]
pub struct Waiting {
    /// Why time stands where it stands.
    pub why: Standing,
    /// How far it has come.
    pub clock: Watermark,
    /// The streams that hold it back, by name, each with how far it is.
    pub held_by: Vec<(String, Watermark)>,
    /// The events that wait.
    pub events: Vec<Seen>,
    /// How many there are.
    pub count: usize,
    /// The match there is once time goes on.
    pub found: Option<Vec<CapturedBy>>,
}

/// Why time stands where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// A stream has had no event, or none for long, while others went on.
    IdleSource,
    /// Streams wait for what may come late.
    Lateness,
    /// The latest moment waits for more events of it.
    Reordering,
}

impl Cause {
    /// Its name, which stays as it is.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Matched { .. } => "matched",
            Self::Condition { .. } => "condition",
            Self::Window { .. } => "window",
            Self::StrictContiguity { .. } => "strict-contiguity",
            Self::Negation { .. } => "negation",
            Self::Until { .. } => "until",
            Self::Greedy { .. } => "greedy",
            Self::Skipped { .. } => "skipped",
            Self::Limit { .. } => "limit",
            Self::Open { .. } => "open",
            Self::HeldBack { .. } => "held-back",
            Self::Stopped => "stopped",
        }
    }
}

impl Standing {
    /// Its name, which stays as it is.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::IdleSource => "idle-source",
            Self::Lateness => "lateness",
            Self::Reordering => "reordering",
        }
    }
}

impl Near {
    /// How many parts hold, and of how many.
    #[must_use]
    pub fn satisfied(&self) -> (usize, usize) {
        (self.parts.iter().filter(|part| part.holds).count(), self.parts.len())
    }

    /// The first part that does not hold.
    #[must_use]
    pub fn failed(&self) -> Option<&Part> {
        self.parts.iter().find(|part| !part.holds)
    }
}
