//! Sequences: connectors, stages, groups, modifiers.

use super::{Parsed, Parser};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::{
    Apart, Body, Connector, ConnectorKind, Gap, Inner, InnerModifier, Modifiers, Repeat, RepeatKind,
    Sequence, Stage, Step, Target,
};

const CONNECTOR_WORDS: [&str; 4] = ["begin", "next", "followed", "not"];
const MODIFIER_WORDS: [&str; 9] =
    ["one", "times", "optional", "greedy", "consecutive", "allow", "at", "where", "until"];

impl Parser<'_> {
    /// Steps up to the first word that is no connector.
    pub(super) fn sequence(&mut self) -> Sequence {
        let mut steps = Vec::new();
        let start = self.span();
        let first = self.begin().and_then(|connector| self.step(connector, start));
        self.push_step(&mut steps, first);
        self.more_steps(&mut steps);
        Sequence { steps }
    }

    /// Steps with their connectors.
    pub(super) fn more_steps(&mut self, steps: &mut Vec<Step>) {
        while self.connector_word() {
            let start = self.span();
            let step = self.connector().and_then(|connector| self.step(connector, start));
            self.push_step(steps, step);
        }
    }

    fn push_step(&mut self, steps: &mut Vec<Step>, step: Parsed<Step>) {
        match step {
            Ok(step) => steps.push(step),
            Err(_) => self.skip_step(),
        }
    }

    /// Whether a connector stands next, however it is written.
    pub(super) fn connector_word(&mut self) -> bool {
        self.and_before_connector();
        if self.at("and") {
            self.drop_and();
        }
        self.keyword_call();
        self.arrow();
        self.glued();
        self.lower_case(&CONNECTOR_WORDS);
        self.word(0).is_some_and(|word| CONNECTOR_WORDS.contains(&word))
    }

    /// The `begin` of a sequence, or what stands in its place.
    fn begin(&mut self) -> Parsed<Connector> {
        self.keyword_call();
        self.lower_case(&["begin"]);
        let start = self.span();
        if self.eat("begin").is_none() {
            return self.missing_begin();
        }
        self.gap_on_begin();
        self.every();
        Ok(Connector { kind: ConnectorKind::Begin, gap: None, span: start })
    }

    fn connector(&mut self) -> Parsed<Connector> {
        let start = self.span();
        let word = self.word(0);
        self.bump();
        let (kind, gap) = match word {
            Some("begin") => self.second_begin(start),
            Some("next") => {
                let gap = self.gap()?;
                let negated = self.negated_late(start);
                (if negated { ConnectorKind::NotNext } else { ConnectorKind::Next }, gap)
            }
            Some("followed") => self.followed(start)?,
            _ => self.negation(start)?,
        };
        Ok(Connector { kind, gap, span: self.since(start) })
    }

    fn gap(&mut self) -> Parsed<Option<Gap>> {
        let start = self.span();
        if self.eat("within").is_none() {
            return Ok(None);
        }
        let length = self.length()?;
        Ok(Some(Gap { length, span: self.since(start) }))
    }

    fn followed(&mut self, start: Span) -> Parsed<(ConnectorKind, Option<Gap>)> {
        let gap = self.gap()?;
        self.by()?;
        let any = self.eat("any").is_some();
        self.misplaced_gap(gap.is_some());
        if self.negated_late(start) {
            return Ok((ConnectorKind::NotFollowedBy, gap));
        }
        Ok((if any { ConnectorKind::FollowedByAny } else { ConnectorKind::FollowedBy }, gap))
    }

    fn negation(&mut self, start: Span) -> Parsed<(ConnectorKind, Option<Gap>)> {
        if self.eat("next").is_some() {
            self.gap_on_not_next();
            return Ok((ConnectorKind::NotNext, None));
        }
        if self.eat("followed").is_none() {
            return self.bad_negation(start).map(|kind| (kind, None));
        }
        let gap = self.gap()?;
        self.by()?;
        self.not_followed_by_any();
        self.misplaced_gap(gap.is_some());
        Ok((ConnectorKind::NotFollowedBy, gap))
    }

    fn by(&mut self) -> Parsed<()> {
        if self.eat("by").is_some() {
            return Ok(());
        }
        if !self.is_name(0) && !self.at_mark("(") {
            self.expect("by")?;
        }
        let diagnostic = self.expected("`by`").help("write `by`").edit(self.span().before(), "by ");
        self.report(diagnostic);
        Ok(())
    }

    fn step(&mut self, connector: Connector, start: Span) -> Parsed<Step> {
        let target = if self.at_mark("(") {
            if connector.kind.is_negated() {
                self.negated_group(connector.span);
            }
            self.nested(Self::group)?
        } else {
            self.stage()?
        };
        Ok(Step { connector, target, span: self.since(start) })
    }

    fn group(&mut self) -> Parsed<Target> {
        let open = self.span();
        self.bump();
        let mut sequence = self.sequence();
        while !self.at_mark(")") && !self.at_end() && !self.at_mark("}") {
            let before = self.position;
            self.unexpected("a connector or `)`");
            self.skip_step();
            self.more_steps(&mut sequence.steps);
            if self.position == before {
                break;
            }
        }
        let close = self.expect_close(")", open)?;
        let body = Body::Group { open, sequence, close };
        self.rest_of_target(body, open)
    }

    fn stage(&mut self) -> Parsed<Target> {
        self.missing_stage_name()?;
        let name = self.name("a stage name or `(`")?;
        let start = name.span;
        let stream = match self.at_mark(":") || self.at_mark("=") && self.is_name(1) {
            true => {
                self.colon()?;
                Some(self.name("a stream")?)
            }
            false => None,
        };
        self.rest_of_target(Body::Stage(Stage { name, stream, condition: None }), start)
    }

    /// Modifiers and conditions, in whatever order they stand; a wrong order is reported.
    fn rest_of_target(&mut self, body: Body, start: Span) -> Parsed<Target> {
        let mut target = Target { body, modifiers: Modifiers::default(), until: None, span: start };
        self.sign_quantifier();
        let mut order = super::conditions::Order::default();
        loop {
            self.keyword_call();
            self.glued();
            self.lower_case(&MODIFIER_WORDS);
            self.foreign_modifier();
            match self.word(0) {
                Some("where") => self.where_condition(&mut target, &mut order)?,
                Some("until") => self.until_condition(&mut target, &mut order)?,
                _ if self.at_modifier() => self.modifier_run(&mut target.modifiers, &order)?,
                _ if self.missing_where(&mut target)? => {}
                _ => break,
            }
        }
        target.span = self.since(start);
        Ok(target)
    }

    pub(super) fn at_modifier(&self) -> bool {
        matches!(self.word(0), Some("one" | "times" | "optional" | "greedy" | "consecutive" | "allow"))
            || self.at_words(&["at", "most"])
    }

    /// Takes one modifier.
    pub(super) fn modifier(&mut self, modifiers: &mut Modifiers) -> Parsed<()> {
        let start = self.span();
        let word = self.word(0);
        self.bump();
        match word {
            Some("one") => {
                self.expect("or")?;
                self.expect("more")?;
                self.set_repeat(modifiers, RepeatKind::OneOrMore, start);
            }
            Some("times") => {
                let kind = self.times()?;
                self.set_repeat(modifiers, kind, start);
            }
            Some("optional") => self.set_word(&mut modifiers.optional, "optional", start),
            Some("greedy") => self.set_word(&mut modifiers.greedy, "greedy", start),
            Some("consecutive") => self.set_inner(modifiers, Inner::Consecutive, start),
            Some("allow") => {
                self.expect("combinations")?;
                self.set_inner(modifiers, Inner::Combinations, start);
            }
            _ => self.apart(modifiers, start)?,
        }
        Ok(())
    }

    fn times(&mut self) -> Parsed<RepeatKind> {
        let from = self.count()?;
        self.sign_after_count();
        if self.eat("to").is_some() {
            return Ok(RepeatKind::Range(from, self.count()?));
        }
        if self.eat("or").is_some() {
            self.expect("more")?;
            return Ok(RepeatKind::OrMore(from));
        }
        Ok(RepeatKind::Times(from))
    }

    fn set_repeat(&mut self, modifiers: &mut Modifiers, kind: RepeatKind, start: Span) {
        let span = self.since(start);
        match &modifiers.repeat {
            Some(first) => {
                let first = first.span;
                self.conflict("a stage has one quantifier", first, span);
            }
            None => modifiers.repeat = Some(Repeat { kind, span }),
        }
    }

    fn set_word(&mut self, place: &mut Option<Span>, what: &str, start: Span) {
        match *place {
            Some(first) => self.repeated(Code::RepeatedModifier, what, first, start),
            None => *place = Some(start),
        }
    }

    fn set_inner(&mut self, modifiers: &mut Modifiers, kind: Inner, start: Span) {
        let span = self.since(start);
        match modifiers.inner {
            Some(first) if first.kind == kind => {
                let what = if kind == Inner::Consecutive { "consecutive" } else { "allow combinations" };
                self.repeated(Code::RepeatedModifier, what, first.span, start);
            }
            Some(first) => {
                self.conflict("`consecutive` and `allow combinations` exclude each other", first.span, span);
            }
            None => modifiers.inner = Some(InnerModifier { kind, span }),
        }
    }

    fn apart(&mut self, modifiers: &mut Modifiers, start: Span) -> Parsed<()> {
        self.expect("most")?;
        let length = self.length()?;
        self.expect("apart")?;
        let span = self.since(start);
        match &modifiers.apart {
            Some(first) => {
                let first = first.span;
                self.repeated(Code::RepeatedModifier, "at most … apart", first, start);
            }
            None => modifiers.apart = Some(Apart { length, span }),
        }
        Ok(())
    }

    fn conflict(&mut self, message: &str, first: Span, again: Span) {
        self.report(
            Diagnostic::new(Code::ConflictingModifiers, again, message)
                .and_at(first, "said here")
                .help("leave one out")
                .edit(self.with_space_before(again), "")
                .guess(),
        );
    }
}
