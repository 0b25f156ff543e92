//! The notation of `docs/semantics.md`: patterns in the part of the language its examples use, and streams such as
//! `a1 c b2@9`. A stage without `where` takes the events whose type is the first letter of its name.

use std::rc::Rc;

use cep_core::pattern::Skip;

use crate::expr::{Compare, Event, Expr, Fold, Value};
use crate::pattern::{Body, Connector, Count, Element, Pattern};

/// A pattern of an example, and its after-match strategy.
pub(crate) fn pattern(text: &str) -> (Pattern, Skip) {
    let mut words = Words::of(text);
    let sequence = words.sequence();
    let (mut within, mut skip) = (None, Skip::NoSkip);
    while !words.rest.is_empty() {
        if words.eat("within") {
            within = Some(words.duration());
        } else {
            words.expect("after match");
            skip = words.skip();
        }
    }
    (Pattern { sequence, within }, skip)
}

/// The events of an example, and how it calls them.
pub(crate) fn stream(text: &str) -> (Vec<Event>, Vec<&str>) {
    let mut time = 0;
    let event = |name: &str| {
        let (letter, rest) = name.split_at(1);
        let (value, at) = rest.split_once('@').unwrap_or((rest, ""));
        time = at.parse().unwrap_or(time + 1);
        let value = Value::Number(value.parse().unwrap_or(0.0));
        Event { time, fields: vec![("type".into(), Value::Text(letter.into())), ("value".into(), value)] }
    };
    (text.split_whitespace().map(event).collect(), text.split_whitespace().collect())
}

/// The words left to read.
struct Words<'t> {
    rest: Vec<&'t str>,
}

impl<'t> Words<'t> {
    fn of(text: &'t str) -> Self {
        let mut rest = Vec::new();
        for word in text.split_whitespace() {
            let mut left = word;
            while let Some(at) = left.find(['(', ')', '.']) {
                let (before, symbol) = left.split_at(at);
                rest.extend([before, &symbol[..1]].into_iter().filter(|part| !part.is_empty()));
                left = &symbol[1..];
            }
            rest.extend(Some(left).filter(|part| !part.is_empty()));
        }
        rest.reverse();
        Self { rest }
    }

    fn eat(&mut self, phrase: &str) -> bool {
        let words: Vec<&str> = phrase.split(' ').rev().collect();
        let found = self.rest.ends_with(&words);
        self.rest.truncate(self.rest.len() - if found { words.len() } else { 0 });
        found
    }

    fn expect(&mut self, phrase: &str) {
        assert!(self.eat(phrase), "`{phrase}` expected, left: {:?}", self.rest);
    }

    fn word(&mut self) -> &'t str {
        self.rest.pop().expect("a word more")
    }

    fn duration(&mut self) -> i64 {
        self.word().strip_suffix("ms").and_then(|digits| digits.parse().ok()).expect("a duration in ms")
    }

    fn number(&mut self) -> u32 {
        self.word().parse().expect("a count")
    }

    fn skip(&mut self) -> Skip {
        if self.eat("no skip") {
            Skip::NoSkip
        } else if self.eat("skip to next") {
            Skip::ToNext
        } else if self.eat("skip past last event") {
            Skip::PastLastEvent
        } else if self.eat("skip to first") {
            Skip::ToFirst { stage: self.word().to_owned(), or_fail: false }
        } else {
            self.expect("skip to last");
            Skip::ToLast { stage: self.word().to_owned(), or_fail: false }
        }
    }

    fn sequence(&mut self) -> Vec<Element> {
        self.expect("begin");
        let mut sequence = vec![self.element(Connector::Next, None)];
        while let Some((connector, gap)) = self.connector() {
            sequence.push(self.element(connector, gap));
        }
        sequence
    }

    fn connector(&mut self) -> Option<(Connector, Option<i64>)> {
        if self.eat("next") {
            return Some((Connector::Next, None));
        }
        if self.eat("not next") {
            return Some((Connector::NotNext, None));
        }
        let negated = self.eat("not followed");
        if !negated && !self.eat("followed") {
            return None;
        }
        let gap = self.eat("within").then(|| self.duration());
        self.expect("by");
        let any = !negated && self.eat("any");
        let connector = if negated {
            Connector::NotFollowedBy
        } else if any {
            Connector::FollowedByAny
        } else {
            Connector::FollowedBy
        };
        Some((connector, gap))
    }

    fn element(&mut self, connector: Connector, gap: Option<i64>) -> Element {
        let body = if self.eat("(") { Body::Group(self.sequence()) } else { self.name() };
        let inner = Connector::FollowedBy;
        let mut element = Element {
            connector,
            body,
            count: Count::Once,
            optional: false,
            greedy: false,
            inner,
            until: None,
            gap,
            apart: None,
        };
        if element.group().is_some() {
            self.expect(")");
        }
        while self.modifier(&mut element) {}
        if self.eat("where") {
            let given = self.any_of();
            match &mut element.body {
                Body::Stage { condition, .. } => *condition = given,
                Body::Group(_) => panic!("where on a group"),
            }
        }
        element.until = self.eat("until").then(|| self.any_of());
        element
    }

    fn name(&mut self) -> Body {
        let name = self.word().to_owned();
        let letter = Expr::Value(Some(Value::Text(Rc::from(&name[..1]))));
        let field = Expr::Field("type".to_owned());
        Body::Stage { name, condition: Expr::Compare(Compare::Eq, Box::new(field), Box::new(letter)) }
    }

    fn modifier(&mut self, element: &mut Element) -> bool {
        if self.eat("one or more") {
            element.count = Count::OrMore(1);
        } else if self.eat("times") {
            self.times(element);
        } else if self.eat("optional") {
            element.optional = true;
        } else if self.eat("greedy") {
            element.greedy = true;
        } else if self.eat("consecutive") {
            element.inner = Connector::Next;
        } else if self.eat("allow combinations") {
            element.inner = Connector::FollowedByAny;
        } else if self.eat("at most") {
            element.apart = Some(self.duration());
            self.expect("apart");
        } else {
            return false;
        }
        true
    }

    fn times(&mut self, element: &mut Element) {
        let least = self.number();
        element.optional |= least == 0;
        element.count = if self.eat("or more") {
            Count::OrMore(least)
        } else {
            let most = if self.eat("to") { self.number() } else { least };
            Count::Times(least.max(1), most)
        };
    }

    fn any_of(&mut self) -> Expr {
        let mut parts = vec![self.all_of()];
        while self.eat("or") {
            parts.push(self.all_of());
        }
        Expr::Any(parts)
    }

    fn all_of(&mut self) -> Expr {
        let mut parts = vec![self.comparison()];
        while self.eat("and") {
            parts.push(self.comparison());
        }
        Expr::All(parts)
    }

    fn comparison(&mut self) -> Expr {
        let left = self.atom();
        let operators = [
            ("==", Compare::Eq),
            ("!=", Compare::Ne),
            ("<", Compare::Lt),
            ("<=", Compare::Le),
            (">", Compare::Gt),
            (">=", Compare::Ge),
        ];
        match operators.into_iter().find(|(sign, _)| self.eat(sign)) {
            Some((_, operator)) => Expr::Compare(operator, Box::new(left), Box::new(self.atom())),
            None => left,
        }
    }

    fn atom(&mut self) -> Expr {
        if self.eat("(") {
            let inner = self.any_of();
            self.expect(")");
            return inner;
        }
        let word = self.word();
        if let Ok(number) = word.parse() {
            return Expr::Value(Some(Value::Number(number)));
        }
        if let Some(text) = word.strip_prefix('"') {
            return Expr::Value(Some(Value::Text(text.trim_end_matches('"').into())));
        }
        match word {
            "true" => Expr::Value(Some(Value::Bool(true))),
            "count" => {
                self.expect("(");
                let stage = self.word().to_owned();
                self.expect(")");
                Expr::Count(stage)
            }
            name if self.eat(".") => self.captured(name),
            name => Expr::Field(name.to_owned()),
        }
    }

    fn captured(&mut self, stage: &str) -> Expr {
        let field = self.word();
        let (fold, field) = match field {
            "first" | "last" => {
                self.expect(".");
                (if field == "first" { Fold::First } else { Fold::Last }, self.word())
            }
            field => (Fold::Last, field),
        };
        Expr::Captured(fold, stage.to_owned(), field.to_owned())
    }
}
