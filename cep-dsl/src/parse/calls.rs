//! Calls of other languages' interfaces: keywords as methods of Flink's Pattern API, lengths of time as calls, functions
//! as methods of a value. Each is read as what it means.

use super::expr::Tall;
use super::lexer::unit_meant;
use super::{Parsed, Parser};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::{ExprKind, Name, TokenKind};

/// Methods with fixed words, however their arguments are.
const WITHOUT_ARGUMENTS: [(&str, &[&str]); 5] = [
    ("oneormore", &["one", "or", "more"]),
    ("optional", &["optional"]),
    ("greedy", &["greedy"]),
    ("consecutive", &["consecutive"]),
    ("allowcombinations", &["allow", "combinations"]),
];

/// Methods that take the name of a stage.
const CONNECTORS: [(&str, &[&str]); 6] = [
    ("begin", &["begin"]),
    ("next", &["next"]),
    ("followedby", &["followed", "by"]),
    ("followedbyany", &["followed", "by", "any"]),
    ("notnext", &["not", "next"]),
    ("notfollowedby", &["not", "followed", "by"]),
];

/// What other languages call a function as a method of its first argument.
const METHODS: [(&str, &str); 14] = [
    ("tostring", "string"),
    ("abs", "abs"),
    ("startswith", "starts_with"),
    ("endswith", "ends_with"),
    ("contains", "contains"),
    ("tolowercase", "lower"),
    ("lower", "lower"),
    ("touppercase", "upper"),
    ("upper", "upper"),
    ("trim", "trim"),
    ("length", "length"),
    ("size", "length"),
    ("substring", "substring"),
    ("split", "split"),
];

/// A call and the words it stands for.
struct Call<'a> {
    /// How many tokens it has.
    length: usize,
    /// What it means.
    kinds: Vec<TokenKind<'a>>,
    /// The same as text.
    text: String,
}

/// A name without underscores and capitals.
fn plain(word: &str) -> String {
    word.replace('_', "").to_ascii_lowercase()
}

fn words<'a>(known: &[(&str, &[&'static str])], method: &str) -> Option<Vec<TokenKind<'a>>> {
    let found = known.iter().find(|(name, _)| *name == method)?;
    Some(found.1.iter().map(|word| TokenKind::Word(word)).collect())
}

impl<'a> Parser<'a> {
    /// Whether a method of the Pattern API is called next, so that an expression ends here.
    pub(super) fn at_keyword_call(&self) -> bool {
        let condition = matches!(self.word(1), Some("where" | "until")) && self.is_mark(2, "(");
        self.at_mark(".") && (condition || self.call_ahead().is_some())
    }

    /// Where a method of the Pattern API is called, reports it and reads it as the keywords it stands for.
    pub(super) fn keyword_call(&mut self) {
        if self.at_mark(".") && matches!(self.word(1), Some("where" | "until")) {
            let dot = self.span();
            self.report(
                Diagnostic::new(Code::KeywordCall, dot, "keywords are not joined by `.`")
                    .help("leave it out")
                    .edit(dot, " "),
            );
            return self.bump();
        }
        let Some(call) = self.call_ahead() else { return };
        let start = self.span();
        let span = start.to(self.token(call.length - 1).span);
        let glued = self.with_space_before(start) == start && !self.starts_line(0);
        let text = format!("{}{}", if glued { " " } else { "" }, call.text);
        self.report(
            Diagnostic::new(Code::KeywordCall, span, "keywords are words, not calls")
                .help(format!("write `{}`", call.text))
                .edit(span, text),
        );
        self.reads_run_as(call.length, call.kinds);
    }

    fn call_ahead(&self) -> Option<Call<'a>> {
        let mut at = 0;
        if self.word(0) == Some("Pattern") && self.is_mark(1, ".") {
            at = 1;
        }
        at += usize::from(self.is_mark(at, "."));
        let method = plain(self.word(at)?);
        if !self.is_mark(at + 1, "(") {
            return None;
        }
        let inside = at + 2;
        let (mut kinds, arguments) = self.meaning(&method, inside)?;
        let texts = kinds.iter().map(|kind| match kind {
            TokenKind::Word(word) => (*word).to_owned(),
            TokenKind::Quoted(name) => format!("`{name}`"),
            TokenKind::Int(value) => value.to_string(),
            _ => self.source(self.token(inside).span.to(self.token(inside + arguments - 1).span)),
        });
        let mut text = texts.collect::<Vec<_>>().join(" ");
        if let Some((length, duration)) = self.time_call(inside).filter(|_| method == "within") {
            debug_assert_eq!(length, arguments);
            text = format!("within {duration}");
            kinds = vec![TokenKind::Word("within"), TokenKind::Duration(1)];
        }
        self.is_mark(inside + arguments, ")").then_some(Call { length: inside + arguments + 1, kinds, text })
    }

    /// What a method means with the arguments that start `inside` tokens from here, and how many tokens those are.
    fn meaning(&self, method: &str, inside: usize) -> Option<(Vec<TokenKind<'a>>, usize)> {
        if let Some(kinds) = words(&WITHOUT_ARGUMENTS, method) {
            return Some((kinds, 0));
        }
        if let Some(mut kinds) = words(&CONNECTORS, method) {
            let TokenKind::Str(name) = &self.token(inside).kind else { return None };
            let span = self.token(inside).span.range();
            let written = self.text.get(span.start + 1..span.end - 1).filter(|text| text == name)?;
            let bare = written.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            kinds.push(if bare { TokenKind::Word(written) } else { TokenKind::Quoted(written) });
            return Some((kinds, 1));
        }
        let first = self.token(inside).kind.clone();
        let second = self.is_mark(inside + 1, ",").then(|| self.token(inside + 2).kind.clone());
        match (method, first, second) {
            ("times", count @ TokenKind::Int(_), None) => Some((vec![TokenKind::Word("times"), count], 1)),
            ("times", from @ TokenKind::Int(_), Some(to @ TokenKind::Int(_))) => {
                Some((vec![TokenKind::Word("times"), from, TokenKind::Word("to"), to], 3))
            }
            ("timesormore", count @ TokenKind::Int(_), None) => {
                let (or, more) = (TokenKind::Word("or"), TokenKind::Word("more"));
                Some((vec![TokenKind::Word("times"), count, or, more], 1))
            }
            ("within", length @ TokenKind::Duration(_), None) => {
                Some((vec![TokenKind::Word("within"), length], 1))
            }
            ("within", _, None) => self.time_call(inside).map(|(length, _)| (Vec::new(), length)),
            _ => None,
        }
    }

    /// `Time.minutes(10)`, `Duration.ofMinutes(10)` so many tokens from here: its length, and the duration it stands for.
    fn time_call(&self, at: usize) -> Option<(usize, String)> {
        let class = matches!(self.word(at), Some("Time" | "Duration")) && self.is_mark(at + 1, ".");
        let method = plain(self.word(at + 2)?);
        let unit = unit_meant(method.strip_prefix("of").unwrap_or(&method))?;
        let TokenKind::Int(count) = self.token(at + 4).kind else { return None };
        let call = class && self.is_mark(at + 3, "(") && self.is_mark(at + 5, ")");
        call.then(|| (6, format!("{count}{unit}")))
    }

    /// Where a length of time is written as a call, reports it and reads it as a duration.
    pub(super) fn length_call(&mut self) {
        let Some((length, duration)) = self.time_call(0) else { return };
        let span = self.span().to(self.token(length - 1).span);
        self.report(
            Diagnostic::new(Code::KeywordCall, span, "a duration is a number and its unit, not a call")
                .help(format!("write `{duration}`"))
                .edit(span, duration),
        );
        self.reads_run_as(length, vec![TokenKind::Duration(1)]);
    }

    /// `base.name(…)`, at the parenthesis: reported, and read as the function or field that is meant.
    pub(super) fn method_call(&mut self, base: Tall, name: Name) -> Parsed<Tall> {
        let start = base.expr.span;
        let open = self.span();
        self.bump();
        let (mut args, height) = self.nested(|this| this.args(")", open))?;
        let span = self.since(start);
        let method = plain(&name.text);
        if let Some(field) = getter(&name.text).filter(|_| args.is_empty()) {
            let call = name.span.to(span.after());
            self.report(
                Diagnostic::new(Code::MethodCall, call, "a field is read by its name")
                    .help(format!("write `{field}`"))
                    .edit(call, &field),
            );
            let field = Name { text: field, span: name.span, quoted: false };
            let height = base.height();
            return self.inner(ExprKind::Member(Box::new(base.expr), field), span, height);
        }
        if method == "equals" && args.len() == 1 {
            self.equals_method(start, name.span, open);
            return Ok(base);
        }
        let known = METHODS.iter().find(|(other, _)| *other == method).map(|(_, known)| *known);
        let function = known.unwrap_or(&name.text).to_owned();
        let separator = if args.is_empty() { "" } else { ", " };
        let diagnostic =
            Diagnostic::new(Code::MethodCall, name.span, "values have no methods; functions take them")
                .help(format!("write `{function}(…)`"))
                .edit(start.before(), format!("{function}("))
                .edit(start.after().to(open), separator);
        self.report(if known.is_some() { diagnostic } else { diagnostic.guess() });
        args.insert(0, base.expr);
        let function = Name { text: function, span: name.span, quoted: false };
        self.inner(ExprKind::Call { function, args }, span, height.max(1))
    }

    fn equals_method(&mut self, base: Span, name: Span, open: Span) {
        self.report(
            Diagnostic::new(Code::MethodCall, name, "equality is written `==`")
                .help("write `==`")
                .edit(base.after().to(open), " == ")
                .edit(self.last_span(), ""),
        );
    }
}

/// The field that `getName` reads.
fn getter(name: &str) -> Option<String> {
    let field = name.strip_prefix("get")?;
    let first = field.chars().next().filter(char::is_ascii_uppercase)?;
    Some(format!("{}{}", first.to_ascii_lowercase(), &field[1..]))
}
