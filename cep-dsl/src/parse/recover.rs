//! Where reading goes on after a mistake: at the next connector, clause, field or item.

use super::Parser;
use crate::syntax::TokenKind;

/// Words that may follow a complete expression or stage, and so cannot be taken for a name after a connector word.
pub(super) const AFTER_OPERAND: [&str; 17] = [
    "and", "or", "in", "not", "where", "until", "next", "followed", "within", "after", "limit", "emit", "on",
    "one", "times", "optional", "greedy",
];

impl Parser<'_> {
    /// Whether an item starts here: its keyword and enough of what follows to be sure.
    pub(super) fn at_item(&self) -> bool {
        let named = |mark: &str| self.is_name(1) && self.is_mark(2, mark);
        match self.word(0) {
            Some("use") => matches!(self.token(1).kind, TokenKind::Str(_)),
            Some("param") => named(":"),
            Some("const") => named("="),
            Some("stream") => named("{") || named("="),
            Some("table") => named("{"),
            Some("pattern") => self.is_name(1) && self.word(2) == Some("on"),
            _ => self.at_mark("@") && self.is_name(1),
        }
    }

    /// Whether an item starts on a line of its own here, so that whatever is open has been left open.
    pub(super) fn at_next_item(&self) -> bool {
        self.at_item() && self.starts_line(0)
    }

    /// Whether a connector starts here.
    pub(super) fn at_connector(&self) -> bool {
        let target = |ahead| self.is_target(ahead);
        match self.word(0) {
            Some("begin" | "next") => target(1),
            Some("followed") => matches!(self.word(1), Some("by" | "within")),
            Some("not") => match self.word(1) {
                Some("next") => target(2),
                Some("followed") => matches!(self.word(2), Some("by" | "within")),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether a stage or group can start `ahead` places from here.
    fn is_target(&self, ahead: usize) -> bool {
        let name = match self.token(ahead).kind {
            TokenKind::Word(word) => !AFTER_OPERAND.contains(&word) || word == "within",
            TokenKind::Quoted(_) => true,
            _ => false,
        };
        name || self.is_mark(ahead, "(")
    }

    /// Whether a clause starts here.
    pub(super) fn at_clause(&self) -> bool {
        let next = &self.token(1).kind;
        match self.word(0) {
            Some("within") => {
                let length = matches!(next, TokenKind::Duration(_) | TokenKind::Int(_) | TokenKind::Word(_));
                length || self.starts_line(0)
            }
            Some("after") => self.word(1) == Some("match"),
            Some("limit") => matches!(next, TokenKind::Int(_)) || self.word(2) == Some("partial"),
            Some("emit") => self.is_name(1) && self.is_mark(2, "{") || self.is_mark(1, "{"),
            Some("on") => self.word(1) == Some("timeout"),
            _ => false,
        }
    }

    /// Whether a connector, clause or item starts here, so that no name is meant.
    pub(super) fn at_structure(&self) -> bool {
        self.at_connector() || self.at_clause() && self.starts_line(0) || self.at_next_item()
    }

    /// Passes over tokens until `stop` holds outside brackets opened on the way, or an item starts on a line.
    pub(super) fn skip_until(&mut self, stop: impl Fn(&Self) -> bool) {
        let mut open = 0_usize;
        while !self.at_end() && !self.at_next_item() {
            if open == 0 && stop(self) {
                return;
            }
            match self.kind() {
                TokenKind::Mark("(" | "[" | "{") => open += 1,
                TokenKind::Mark(")" | "]" | "}") => open = open.saturating_sub(1),
                _ => {}
            }
            self.bump();
        }
    }

    /// Passes over the rest of a stage or clause.
    pub(super) fn skip_step(&mut self) {
        self.skip_until(|this| {
            this.at_connector()
                || this.at_clause() && this.starts_line(0)
                || this.at_mark("}")
                || this.at_mark(")")
        });
    }

    /// Passes over the rest of a field or an assignment.
    pub(super) fn skip_field(&mut self) {
        self.skip_until(|this| this.at_mark("}") || this.is_name(0) && this.is_mark(1, ":"));
    }

    /// Passes over everything up to the next item, at least one token.
    pub(super) fn skip_item(&mut self) {
        self.bump();
        self.skip_until(|_| false);
    }
}
