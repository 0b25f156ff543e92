//! Patterns: a line a stage, modifiers and clauses in canonical order.

use super::{Printer, WIDTH, item::keys, name};
use crate::source::Span;
use crate::syntax::{
    Body, Connector, ConnectorKind, Emit, Inner, Limit, Modifiers, Overflow, Pattern, RepeatKind, Sequence,
    Skip, Step, Target,
};

impl Printer<'_> {
    pub(super) fn pattern(&mut self, pattern: &Pattern, span: Span) {
        let inputs = pattern.inputs.iter().map(|input| {
            let by = input.by.as_ref().map(|by| format!(" by {}", keys(by))).unwrap_or_default();
            format!("{}{by}", name(&input.stream))
        });
        let inputs = inputs.collect::<Vec<_>>().join(", ");
        self.line(span.to(pattern.open), 0, format!("pattern {} on {inputs} {{", name(&pattern.name)));
        self.sequence(&pattern.sequence, 1);
        self.clauses(pattern);
        self.line(pattern.close, 0, "}");
    }

    fn sequence(&mut self, sequence: &Sequence, indent: usize) {
        for step in &sequence.steps {
            self.step(step, indent);
        }
    }

    fn step(&mut self, step: &Step, indent: usize) {
        let connector = self.connector(&step.connector);
        let rest = self.after_name(&step.target);
        match &step.target.body {
            Body::Stage(stage) => {
                let stream = stage.stream.as_ref().map(|it| format!(": {}", name(it))).unwrap_or_default();
                let text = format!("{connector} {}{stream}{rest}", name(&stage.name));
                self.line(step.span, indent, text);
            }
            Body::Group { open, sequence, close } => {
                self.line(step.span.to(*open), indent, format!("{connector} ("));
                self.sequence(sequence, indent + 1);
                self.line(close.to(step.span), indent, format!("){rest}"));
            }
        }
    }

    fn connector(&self, connector: &Connector) -> String {
        let Some(gap) = &connector.gap else { return connector.kind.words().to_owned() };
        let length = self.valued(&gap.length);
        match connector.kind {
            ConnectorKind::Next => format!("next within {length}"),
            ConnectorKind::FollowedByAny => format!("followed within {length} by any"),
            ConnectorKind::NotFollowedBy => format!("not followed within {length} by"),
            _ => format!("followed within {length} by"),
        }
    }

    /// Modifiers and conditions.
    fn after_name(&self, target: &Target) -> String {
        let mut text = self.modifiers(&target.modifiers);
        if let Body::Stage(stage) = &target.body
            && let Some(condition) = &stage.condition
        {
            text.push_str(&format!(" where {}", self.expr(condition)));
        }
        if let Some(until) = &target.until {
            text.push_str(&format!(" until {}", self.expr(until)));
        }
        text
    }

    fn modifiers(&self, modifiers: &Modifiers) -> String {
        let repeat = modifiers.repeat.as_ref().map(|repeat| match &repeat.kind {
            RepeatKind::OneOrMore => " one or more".to_owned(),
            RepeatKind::Times(n) => format!(" times {}", self.valued(n)),
            RepeatKind::Range(n, m) => format!(" times {} to {}", self.valued(n), self.valued(m)),
            RepeatKind::OrMore(n) => format!(" times {} or more", self.valued(n)),
        });
        let apart = modifiers.apart.as_ref().map(|it| format!(" at most {} apart", self.valued(&it.length)));
        let inner = modifiers.inner.map(|inner| match inner.kind {
            Inner::Consecutive => " consecutive",
            Inner::Combinations => " allow combinations",
        });
        let optional = modifiers.optional.map(|_| " optional");
        let greedy = modifiers.greedy.map(|_| " greedy");
        let words = [optional, greedy, inner].into_iter().flatten();
        repeat.into_iter().chain(apart).chain(words.map(str::to_owned)).collect()
    }

    fn clauses(&mut self, pattern: &Pattern) {
        let clauses = &pattern.clauses;
        if let Some(within) = &clauses.within {
            self.line(within.span, 1, format!("within {}", self.valued(&within.length)));
        }
        if let Some(skip) = &clauses.skip {
            self.line(skip.span, 1, format!("after match {}", skip_words(&skip.kind)));
        }
        if let Some(limit) = &clauses.limit {
            let text = self.limit(limit);
            self.line(limit.span, 1, text);
        }
        for emit in &clauses.emits {
            self.emit("emit", emit);
        }
        for emit in &clauses.timeout_emits {
            self.emit("on timeout emit", emit);
        }
    }

    fn limit(&self, limit: &Limit) -> String {
        let overflow = match limit.overflow {
            Overflow::DropOldest => "drop oldest",
            Overflow::DropNewest => "drop newest",
            Overflow::Fail => "fail",
        };
        format!("limit {} partial matches per key {overflow}", self.valued(&limit.count))
    }

    /// In one line if that fits and no comment is inside.
    fn emit(&mut self, words: &str, emit: &Emit) {
        let head = format!("{words} {} {{", name(&emit.name));
        let to = emit.to.as_ref().map(|to| format!(" to {}", self.text(to))).unwrap_or_default();
        let columns: Vec<_> = emit.object.assigns.iter().map(|it| self.assign(it)).collect();
        let short = match columns.is_empty() {
            true => format!("{head}}}{to}"),
            false => format!("{head} {} }}{to}", columns.join(", ")),
        };
        let object = emit.object.span;
        if 2 + short.len() <= WIDTH && !self.has_comment(Span { start: object.start, ..emit.span }) {
            return self.line(emit.span, 1, short);
        }
        let open = Span { end: object.start + 1, ..object };
        self.line(emit.span.to(open), 1, head);
        for (assign, text) in emit.object.assigns.iter().zip(columns) {
            self.line(assign.span, 2, format!("{text},"));
        }
        let close = Span { start: object.end.saturating_sub(1), ..object };
        self.line(close.to(emit.span), 1, format!("}}{to}"));
    }
}

fn skip_words(skip: &Skip) -> String {
    let fail = |or_fail: &Option<Span>| if or_fail.is_some() { " or fail" } else { "" };
    match skip {
        Skip::NoSkip => "no skip".to_owned(),
        Skip::ToNext => "skip to next".to_owned(),
        Skip::PastLastEvent => "skip past last event".to_owned(),
        Skip::ToFirst { stage, or_fail } => format!("skip to first {}{}", name(stage), fail(or_fail)),
        Skip::ToLast { stage, or_fail } => format!("skip to last {}{}", name(stage), fail(or_fail)),
    }
}
