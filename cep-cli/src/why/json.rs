//! What `cep why` tells programs: one JSON object. docs/why.md says what is in it; names and meanings stay as they are.

use cep_core::event::Value;
use cep_core::time::Watermark;
use cep_core::why::{
    Attempt, CapturedBy, Cause, Change, KeyReach, Late, Near, Part, Remedy, Report, Seen, Waiting, Window,
    WindowKind,
};
use serde_json::{Map, Value as Json, json};

use super::Subject;
use super::words::change_name;
use crate::output::AsJson;

/// A report.
#[must_use]
pub fn report_as_json(subject: &Subject, report: &Report) -> String {
    let teller = Teller { subject };
    let mut told = teller.head();
    let attempts: Vec<_> = report.attempts.iter().map(|attempt| teller.attempt(attempt)).collect();
    told.insert("attempts".to_owned(), attempts.into());
    told.insert("more_attempts".to_owned(), report.more_attempts.into());
    let missed: Vec<_> = report.missed.iter().map(|near| teller.missed(near)).collect();
    told.insert("began_nothing".to_owned(), report.began_nothing.into());
    told.insert("missed".to_owned(), missed.into());
    told.insert("late".to_owned(), report.late.iter().map(|late| teller.late(late)).collect());
    told.insert(
        "waiting".to_owned(),
        report.waiting.as_ref().map_or(Json::Null, |waiting| teller.waiting(waiting)),
    );
    told.insert("given_up".to_owned(), report.given_up.map_or(Json::Null, |time| time.0.into()));
    told.insert("stopped".to_owned(), report.stopped.clone().map_or(Json::Null, Json::from));
    line(told)
}

/// A key that does not occur, and those that may be meant.
#[must_use]
pub fn absent_as_json(subject: &Subject, near: &[String]) -> String {
    let mut told = Teller { subject }.head();
    told.insert("cause".to_owned(), "no-such-key".into());
    told.insert("near".to_owned(), near.into());
    line(told)
}

/// The keys that came nearest.
#[must_use]
pub fn keys_as_json(subject: &Subject, keys: &[KeyReach], all: usize) -> String {
    let key = |reach: &KeyReach| {
        json!({
            "key": values(&reach.key),
            "events": reach.events,
            "matches": reach.matches,
            "furthest": reach.furthest,
            "captured": reach.captured,
        })
    };
    let mut told = Map::new();
    told.insert("pattern".to_owned(), subject.pattern.clone().into());
    told.insert("all_keys".to_owned(), all.into());
    told.insert("keys".to_owned(), keys.iter().map(key).collect());
    line(told)
}

fn line(told: Map<String, Json>) -> String {
    format!("{}\n", Json::Object(told))
}

fn value(value: &Value) -> Json {
    serde_json::to_value(AsJson(value.as_datum())).unwrap_or(Json::Null)
}

fn values(all: &[Value]) -> Json {
    all.iter().map(value).collect()
}

struct Teller<'a> {
    subject: &'a Subject,
}

impl Teller<'_> {
    fn head(&self) -> Map<String, Json> {
        let Subject { pattern, key, streams, .. } = self.subject;
        let streams =
            streams.iter().map(|(name, own, all)| json!({"stream": name, "of_key": own, "all": all}));
        let mut told = Map::new();
        told.insert("pattern".to_owned(), pattern.clone().into());
        told.insert("key".to_owned(), values(key));
        told.insert("streams".to_owned(), streams.collect());
        told
    }

    fn event(&self, event: &Seen) -> Json {
        let fields: Map<_, _> = event.fields.iter().map(|(name, of)| (name.clone(), value(of))).collect();
        let place = self.subject.file_and_line(event);
        json!({
            "stream": event.stream,
            "position": event.position,
            "file": place.map(|(file, _)| file),
            "line": place.map(|(_, line)| line),
            "time": event.time.0,
            "fields": fields,
        })
    }

    fn captured(&self, captured: &[CapturedBy]) -> Json {
        let one = |one: &CapturedBy| json!({"stage": one.stage, "event": self.event(&one.event)});
        captured.iter().map(one).collect()
    }

    fn attempt(&self, attempt: &Attempt) -> Json {
        let mut told = Map::new();
        told.insert("began".to_owned(), self.event(&attempt.began));
        told.insert("captured".to_owned(), self.captured(&attempt.captured));
        told.insert("awaited".to_owned(), attempt.awaited.clone().into());
        told.insert("cause".to_owned(), attempt.cause.name().into());
        if let Json::Object(details) = self.details(&attempt.cause) {
            told.extend(details);
        }
        told.insert("remedies".to_owned(), self.remedies(&attempt.remedies));
        told.insert("all_tried".to_owned(), attempt.all_tried.into());
        Json::Object(told)
    }

    /// What there is to say of a cause beside its name.
    fn details(&self, cause: &Cause) -> Json {
        let near = |near: &Option<Near>| near.as_ref().map_or(Json::Null, |near| self.near(near));
        let event = |event: &Option<Seen>| event.as_ref().map_or(Json::Null, |event| self.event(event));
        match cause {
            Cause::Matched { at, matches } => json!({"at": at.0, "matches": matches}),
            Cause::Condition { window: closed, nearest } | Cause::Window { window: closed, nearest } => {
                json!({"window": window(closed), "nearest": near(nearest)})
            }
            Cause::StrictContiguity { between } => json!({"between": self.near(between)}),
            Cause::Negation { stage, event, parts } => {
                let parts: Vec<_> = parts.iter().map(part).collect();
                json!({"stage": stage, "event": self.event(event), "conditions": parts})
            }
            Cause::Until { stage, event, part: until } => {
                json!({"stage": stage, "event": self.event(event), "conditions": [part(until)]})
            }
            Cause::Greedy { stage, event } => json!({"stage": stage, "event": self.event(event)}),
            Cause::Skipped { by, at } => json!({"by": self.captured(by), "at": at.0}),
            Cause::Limit { event: of } => json!({"event": event(of)}),
            Cause::Open { deadline, nearest } => {
                json!({"deadline": deadline.map(|deadline| deadline.0), "nearest": near(nearest)})
            }
            Cause::HeldBack { by } => json!({"by": event(by)}),
            Cause::Stopped => json!({}),
        }
    }

    fn near(&self, near: &Near) -> Json {
        let parts: Vec<_> = near.parts.iter().map(part).collect();
        json!({
            "event": self.event(&near.event),
            "stage": near.stage,
            "other_stream": near.other_stream,
            "conditions": parts,
        })
    }

    fn missed(&self, near: &Near) -> Json {
        let mut told = self.near(near);
        told["cause"] = "first-condition".into();
        told["remedies"] = self.remedies(&near.remedies);
        told
    }

    fn late(&self, late: &Late) -> Json {
        json!({
            "cause": "late",
            "event": self.event(&late.event),
            "watermark": late.watermark.0,
            "lateness": late.lateness.map(|(to, from)| json!({"from": from.0, "to": to.0})),
            "remedies": self.remedies(&late.remedies),
            "all_tried": late.all_tried,
        })
    }

    fn waiting(&self, waiting: &Waiting) -> Json {
        let far = |watermark: Watermark| (watermark != Watermark::MIN).then_some(watermark.0);
        let held: Vec<_> = waiting
            .held_by
            .iter()
            .map(|(stream, watermark)| json!({"stream": stream, "watermark": far(*watermark)}))
            .collect();
        json!({
            "cause": waiting.why.name(),
            "watermark": far(waiting.clock),
            "held_by": held,
            "events": waiting.events.iter().map(|event| self.event(event)).collect::<Vec<_>>(),
            "count": waiting.count,
            "found": waiting.found.as_ref().map(|found| self.captured(found)),
        })
    }

    fn remedies(&self, remedies: &[Remedy]) -> Json {
        let one = |remedy: &Remedy| json!({"change": change(&remedy.change), "found": self.captured(&remedy.found)});
        remedies.iter().map(one).collect()
    }
}

fn part(part: &Part) -> Json {
    json!({"text": part.text, "values": part.values, "holds": part.holds})
}

fn window(window: &Window) -> Json {
    let stage = match &window.which {
        WindowKind::Whole => Json::Null,
        WindowKind::Gap(stage) => stage.clone().into(),
    };
    json!({"stage": stage, "length": window.length.0, "closed": window.closed.0})
}

fn change(change: &Change) -> Json {
    let mut told = json!({"kind": change_name(change)});
    match change {
        Change::Within { from, to } => (told["from"], told["to"]) = (from.0.into(), to.0.into()),
        Change::Gap { stage, from, to } | Change::Apart { stage, from, to } => {
            (told["stage"], told["from"], told["to"]) = (stage.clone().into(), from.0.into(), to.0.into());
        }
        Change::Lateness { stream, from, to } => {
            (told["stream"], told["from"], told["to"]) = (stream.clone().into(), from.0.into(), to.0.into());
        }
        Change::WithoutCondition { stage, text } => {
            (told["stage"], told["text"]) = (stage.clone().into(), text.clone().into());
        }
        Change::FollowedBy { stage }
        | Change::NotConsecutive { stage }
        | Change::WithoutAbsence { stage }
        | Change::WithoutUntil { stage }
        | Change::NotGreedy { stage } => told["stage"] = stage.clone().into(),
        Change::NoSkip | Change::NoLimit => {}
    }
    told
}
