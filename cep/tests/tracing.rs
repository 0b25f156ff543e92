//! What is told through `tracing`. By itself in its process: what other threads do at the same places, with nobody to tell it
//! to, may keep it from being told here.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

mod pairs;

use std::sync::{Arc, Mutex};

use cep::Timestamp;
use pairs::{matcher, push};
use serde_json::json;

/// What was told: target and name of spans, target and message of events.
#[derive(Default)]
struct Told(Mutex<Vec<String>>);

struct Subscriber(Arc<Told>);

struct Message(String);

impl tracing::field::Visit for Message {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

impl tracing::Subscriber for Subscriber {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target().starts_with("cep::")
    }

    fn new_span(&self, span: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        let metadata = span.metadata();
        self.0.0.lock().unwrap().push(format!("{} {}", metadata.target(), metadata.name()));
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        let mut message = Message(String::new());
        event.record(&mut message);
        self.0.0.lock().unwrap().push(format!("{}: {}", event.metadata().target(), message.0));
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

#[test]
fn batches_and_programs_are_told_and_single_events_are_not() {
    let told = Arc::new(Told::default());
    tracing::subscriber::with_default(Subscriber(Arc::clone(&told)), || {
        let mut matcher = matcher();
        push(&mut matcher, "x", 1, 0);
        let events = [json!({ "k": "x", "n": 1, "ts": 1 }), json!({ "k": "x", "n": 2, "ts": 2 })];
        matcher.push_all("s", events).unwrap().for_each(drop);
        matcher.set_idle("other", true).unwrap().for_each(drop);
        matcher.advance_to(Timestamp(10)).unwrap().for_each(drop);
        matcher.finish().unwrap().for_each(drop);
    });
    assert_eq!(
        *told.0.lock().unwrap(),
        [
            "cep::compile check",
            "cep::compile compile",
            "cep::compile: compiled",
            "cep::matcher: batch",
            "cep::matcher: stream",
            "cep::matcher: time advances",
            "cep::matcher: end of input",
        ]
    );
}
