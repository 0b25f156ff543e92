//! What `cep why` tells people.

use std::fmt::Write as _;

use cep_core::time::{Timestamp, Watermark};
use cep_core::why::{
    Attempt, CapturedBy, Cause, KeyReach, Late, Near, Remedy, Report, Seen, Standing, Waiting, key_text,
};

use super::Subject;
use super::words;

/// Whether there are colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Style {
    /// None.
    Plain,
    /// Those of terminals.
    Coloured,
}

/// A report.
#[must_use]
pub fn report_as_text(subject: &Subject, report: &Report, style: Style) -> String {
    let mut teller = Teller { subject, style, text: String::new() };
    teller.head();
    for (index, attempt) in report.attempts.iter().enumerate() {
        teller.attempt(index + 1, attempt);
    }
    if report.more_attempts > 0 {
        let more = counted(report.more_attempts, "attempt");
        teller.line(0, &format!("\n{more} more came less far; `--most` tells of more."));
    }
    teller.missed(report);
    report.late.iter().for_each(|late| teller.late(late));
    report.waiting.iter().for_each(|waiting| teller.waiting(waiting));
    if let Some(time) = report.given_up {
        let what = "there are too many partial matches to follow one by one; nothing later is told of";
        teller.line(0, &format!("\nAt {time} {what}."));
    }
    if let Some(why) = &report.stopped {
        teller.line(0, &format!("\nThe run stopped: {why}."));
    }
    teller.text
}

/// A key that does not occur, and those that may be meant.
#[must_use]
pub fn absent_as_text(subject: &Subject, near: &[String], style: Style) -> String {
    let mut teller = Teller { subject, style, text: String::new() };
    let name = teller.cause("no-such-key");
    let key = key_text(&subject.key);
    teller.line(0, &format!("pattern {}, key {key}: {name}", subject.pattern));
    let streams =
        subject.streams.iter().map(|(name, _, all)| format!("`{name}` has {}", counted_events(*all)));
    let streams: Vec<_> = streams.collect();
    teller.line(2, &format!("No event has that key: {}.", streams.join(", ")));
    if !near.is_empty() {
        teller.line(2, &format!("Did you mean {}?", near.join(", ")));
    }
    teller.text
}

/// The keys that came nearest.
#[must_use]
pub fn keys_as_text(subject: &Subject, keys: &[KeyReach], all: usize) -> String {
    let mut text =
        format!("pattern {}: of {} these came nearest to a match\n", subject.pattern, counted(all, "key"));
    let rows = keys.iter().map(|key| {
        let furthest = key.furthest.clone().unwrap_or_else(|| "nothing began".to_owned());
        [
            key_text(&key.key),
            furthest,
            key.captured.to_string(),
            key.events.to_string(),
            key.matches.to_string(),
        ]
    });
    let head = ["key", "furthest stage", "captured", "events", "matches"].map(str::to_owned);
    let rows: Vec<_> = std::iter::once(head).chain(rows).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<_> = (0..5).map(width).collect();
    for row in &rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        let _ = writeln!(text, "  {}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
    text.push_str("`--key KEY` tells of one.\n");
    text
}

struct Teller<'a> {
    subject: &'a Subject,
    style: Style,
    text: String,
}

impl Teller<'_> {
    fn line(&mut self, indent: usize, line: &str) {
        let _ = writeln!(self.text, "{:indent$}{line}", "");
    }

    fn head(&mut self) {
        let subject = self.subject;
        let key = if subject.key_fields.is_empty() {
            "all events".to_owned()
        } else {
            format!("key {}", key_text(&subject.key))
        };
        let streams = subject.streams.iter().map(|(name, own, _)| format!("{own} of {name}"));
        let streams: Vec<_> = streams.collect();
        self.line(0, &format!("pattern {}, {key}: {}", subject.pattern, streams.join(", ")));
    }

    /// The name of a cause: green where all is well, red where something is over.
    fn cause(&self, name: &str) -> String {
        let colour = match name {
            _ if self.style == Style::Plain => return name.to_owned(),
            "matched" => 32,
            "open" | "held-back" => 33,
            _ => 31,
        };
        format!("\u{1b}[1;{colour}m{name}\u{1b}[0m")
    }

    fn attempt(&mut self, number: usize, attempt: &Attempt) {
        let began = self.place(&attempt.began);
        let cause = self.cause(attempt.cause.name());
        self.line(0, &format!("\n{number}. began at {began}: {cause}"));
        self.captured(5, &attempt.captured);
        for stage in &attempt.awaited {
            self.line(5, &format!("{stage}: waited for"));
        }
        self.why(attempt);
        self.remedies(&attempt.remedies);
        let is_lost =
            !matches!(attempt.cause, Cause::Matched { .. } | Cause::Open { .. } | Cause::HeldBack { .. });
        if is_lost && attempt.remedies.is_empty() {
            self.line(3, words::none_found(attempt.all_tried));
        }
    }

    fn captured(&mut self, indent: usize, captured: &[CapturedBy]) {
        for CapturedBy { stage, event } in captured {
            let told = self.event(event);
            self.line(indent, &format!("{stage}: {told}"));
        }
    }

    fn why(&mut self, attempt: &Attempt) {
        let waited = waited_for(attempt);
        match &attempt.cause {
            Cause::Matched { at, matches } => {
                let more = if *matches > 1 {
                    format!(" It is the first of {matches} that began here.")
                } else {
                    String::new()
                };
                self.line(3, &format!("The match was found at {at}.{more}"));
            }
            Cause::Condition { window, nearest } => {
                let window = words::closed(window);
                let helped = if attempt.all_tried { "; a longer one would not have helped" } else { "" };
                self.line(3, &format!("{window} before {waited} came{helped}."));
                self.nearest(nearest.as_ref());
            }
            Cause::Window { window, nearest } => {
                let too_late = words::too_late(window, &attempt.remedies);
                self.line(3, &format!("{} before {waited} came{too_late}.", words::closed(window)));
                self.nearest(nearest.as_ref());
            }
            Cause::StrictContiguity { between } => self.between(between),
            Cause::Negation { stage, event, parts } => {
                let told = self.event(event);
                self.line(3, &format!("`{stage}` forbids {told}"));
                parts.iter().for_each(|part| self.line(5, &words::part(part)));
            }
            Cause::Until { stage, event, part } => {
                let told = self.event(event);
                self.line(3, &format!("The loop of `{stage}` was ended by {told}"));
                self.line(5, &words::part(part));
            }
            Cause::Greedy { stage, event } => {
                let told = self.event(event);
                self.line(
                    3,
                    &format!(
                        "The greedy loop `{stage}` accepts {told}; what follows it does not get that event."
                    ),
                );
            }
            Cause::Skipped { by, at } => {
                let skip = self.subject.skip.clone();
                self.line(3, &format!("`{skip}` dropped it at {at}, because of this match:"));
                self.captured(5, by);
            }
            Cause::Limit { event } => {
                let limit = &self.subject.limit;
                let what = if limit.ends_with("fail") { "stopped the run" } else { "dropped it" };
                let at = event.as_ref().map(|event| format!(" at {}", self.place(event)));
                let told = format!("`{limit}` {what}{}.", at.unwrap_or_default());
                self.line(3, &told);
            }
            Cause::Open { deadline, nearest } => self.open(attempt, *deadline, nearest.as_ref()),
            Cause::HeldBack { by } => {
                let older = by.as_ref().map(|event| format!(", begun at {},", self.place(event)));
                let skip = self.subject.skip.clone();
                let older = older.unwrap_or_default();
                self.line(3, &format!("It is complete, and `{skip}` holds it back while an older partial match{older} is alive."));
            }
            Cause::Stopped => self.line(3, "The run stopped before it was over."),
        }
    }

    fn open(&mut self, attempt: &Attempt, deadline: Option<Timestamp>, nearest: Option<&Near>) {
        let until = match deadline {
            Some(deadline) => format!("until {deadline}"),
            None => "without end, as no window closes".to_owned(),
        };
        let what = match &attempt.awaited[..] {
            [] => "Nothing forbidden may come".to_owned(),
            stages => format!("It waits for `{}`", stages.join("` or `")),
        };
        self.line(3, &format!("It is not over. {what} {until}."));
        self.nearest(nearest);
    }

    fn between(&mut self, between: &Near) {
        let told = self.event(&between.event);
        self.line(3, &format!("The very next event had to be `{}`, and is {told}", between.stage));
        self.failed(between);
    }

    fn nearest(&mut self, near: Option<&Near>) {
        let Some(near) = near else { return };
        let (satisfied, all) = near.satisfied();
        let told = self.event(&near.event);
        let stage = &near.stage;
        self.line(3, &format!("Nearest to `{stage}`, {satisfied} of {all} conditions, came {told}"));
        self.failed(near);
    }

    fn failed(&mut self, near: &Near) {
        if let Some(stream) = &near.other_stream {
            self.line(5, &format!("it is of stream `{}`, not of `{stream}`", near.event.stream));
        } else if let Some(part) = near.failed() {
            self.line(5, &words::part(part));
        }
    }

    fn remedies(&mut self, remedies: &[Remedy]) {
        for remedy in remedies {
            let change = capital(&words::change(&remedy.change));
            let events = remedy.found.iter().map(|one| format!("{} {}", one.stage, self.place(&one.event)));
            let events: Vec<_> = events.collect();
            self.line(3, &format!("{change} there would have been a match: {}.", events.join(", ")));
        }
    }

    fn missed(&mut self, report: &Report) {
        if report.missed.is_empty() {
            return;
        }
        let cause = self.cause("first-condition");
        let count = counted(report.began_nothing, "event");
        self.line(0, &format!("\n{cause}: {count} began nothing; nearest came"));
        for near in &report.missed {
            let told = self.event(&near.event);
            let (satisfied, all) = near.satisfied();
            self.line(3, &format!("{told}: {satisfied} of {all} conditions of `{}`", near.stage));
            self.failed(near);
            self.remedies(&near.remedies);
        }
    }

    fn late(&mut self, late: &Late) {
        let cause = self.cause("late");
        let told = self.event(&late.event);
        self.line(0, &format!("\n{cause}: {told}"));
        let behind = cep_core::time::Duration(late.watermark.0.saturating_sub(late.event.time.0));
        let watermark = Timestamp(late.watermark.0);
        self.line(3, &format!("Time had come to {watermark}, {behind} further, so it was not looked at."));
        if let Some((to, from)) = late.lateness {
            self.line(3, &format!("`lateness {to}` in the place of `{from}` would have kept it."));
        }
        self.remedies(&late.remedies);
        if late.remedies.is_empty() && late.all_tried {
            self.line(3, "No match misses it.");
        }
    }

    fn waiting(&mut self, waiting: &Waiting) {
        let cause = self.cause(waiting.why.name());
        let clock = if waiting.clock == Watermark::MIN {
            "time has not begun".to_owned()
        } else {
            format!("time stands at {}", Timestamp(waiting.clock.0))
        };
        self.line(0, &format!("\n{cause}: {clock}"));
        for (stream, watermark) in &waiting.held_by {
            let far = match *watermark {
                Watermark::MIN => "has had no event".to_owned(),
                watermark => format!("is at {}", Timestamp(watermark.0)),
            };
            self.line(3, &format!("stream `{stream}` {far}"));
        }
        let help = match waiting.why {
            Standing::IdleSource => "`idle after` at the stream lets the others go on without it.",
            Standing::Lateness => "A smaller `lateness` lets time follow sooner.",
            Standing::Reordering => "The next later event, or the end of the input, lets time go on.",
        };
        self.line(3, help);
        if waiting.count > 0 {
            self.line(
                3,
                &format!(
                    "{} of this key {}:",
                    counted(waiting.count, "event"),
                    if waiting.count == 1 { "waits" } else { "wait" }
                ),
            );
            for event in &waiting.events {
                let told = self.event(event);
                self.line(5, &told);
            }
        }
        if let Some(found) = &waiting.found {
            self.line(3, "Once time has come as far as the latest event, there is this match:");
            self.captured(5, found);
        }
    }

    fn place(&self, event: &Seen) -> String {
        self.subject.place(event)
    }

    fn event(&self, event: &Seen) -> String {
        let fields = event.fields.iter().map(|(name, value)| format!("{name} {}", plain(value)));
        let fields: Vec<_> = fields.collect();
        let fields = if fields.is_empty() { String::new() } else { format!("  {}", fields.join(", ")) };
        format!("{}  {}{fields}", self.place(event), event.time)
    }
}

fn plain(value: &cep_core::event::Value) -> String {
    match value {
        cep_core::event::Value::Timestamp(time) => time.to_string(),
        value => value.to_string(),
    }
}

/// What an attempt waited for.
fn waited_for(attempt: &Attempt) -> String {
    match &attempt.awaited[..] {
        [] => "its end".to_owned(),
        stages => format!("`{}`", stages.join("` or `")),
    }
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn counted_events(count: u64) -> String {
    counted(usize::try_from(count).unwrap_or(usize::MAX), "event")
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
