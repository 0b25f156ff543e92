//! Names and what they mean: where each is defined and where it is used. Made of the trees alone, so that there is an answer
//! while a file is being written; what is wrong is for the checker to say.
//!
//! ```
//! use cep_dsl::{check, symbols::{SymbolKind, Symbols}};
//!
//! let text = "stream s { k: string  ts: timestamp } key k time ts";
//! let compiled = check("a.cep", text);
//! let symbols = Symbols::of(&compiled.sources, &compiled.files);
//! let key = text.find("key k").expect("it is there") + 4;
//! let (_, symbol) = symbols.at(compiled.files[0].span.source, key).expect("a field is named");
//! assert_eq!((symbol.kind, symbol.says.as_str()), (SymbolKind::Field, "k: string"));
//! assert_eq!(symbols.uses(symbol.id).count(), 2);
//! ```

mod define;
mod resolve;

use std::collections::HashMap;

use crate::source::{SourceId, SourceMap, Span};
use crate::syntax::File;

/// Names a symbol of a [`Symbols`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SymbolId(usize);

/// What a name may be the name of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SymbolKind {
    /// A stream: declared, derived, emitted, or of late events.
    Stream,
    /// A table.
    Table,
    /// A param.
    Param,
    /// A const.
    Const,
    /// A pattern.
    Pattern,
    /// A stage of a pattern.
    Stage,
    /// A field of a stream or table.
    Field,
}

/// Something that has a name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Symbol {
    /// Itself.
    pub id: SymbolId,
    /// What it is.
    pub kind: SymbolKind,
    /// Its name, without back quotes.
    pub name: String,
    /// The name where it is defined, back quotes included.
    pub span: Span,
    /// All of the definition.
    pub whole: Span,
    /// What it is, in a line of the language.
    pub says: String,
    /// Its doc comment.
    pub doc: Option<String>,
    /// The stream, table or pattern that it belongs to.
    pub within: Option<SymbolId>,
}

/// All symbols of a program, and where they are named.
#[derive(Clone, Debug, Default)]
pub struct Symbols {
    all: Vec<Symbol>,
    /// Every place where one is named, the definition included, in text order.
    uses: Vec<(Span, SymbolId)>,
    streams: HashMap<String, SymbolId>,
    /// Tables, params and consts.
    values: HashMap<String, SymbolId>,
    /// By stream, table or pattern: fields and stages in text order.
    members: HashMap<SymbolId, Vec<SymbolId>>,
    /// What a stream has the fields of, too.
    sources: HashMap<SymbolId, SymbolId>,
    /// The streams of whose events a stage takes one; the inputs of a pattern.
    views: HashMap<SymbolId, Vec<SymbolId>>,
}

impl Symbols {
    /// The symbols of the files of a program.
    #[must_use]
    pub fn of(sources: &SourceMap, files: &[File]) -> Self {
        let mut symbols = Self::default();
        define::all(&mut symbols, sources, files);
        resolve::all(&mut symbols, files);
        symbols.uses.sort_unstable();
        symbols.uses.dedup();
        symbols
    }

    /// All of them, in the order of their definitions.
    pub fn all(&self) -> impl Iterator<Item = &Symbol> {
        self.all.iter()
    }

    /// One of them.
    #[must_use]
    pub fn get(&self, id: SymbolId) -> &Symbol {
        &self.all[id.0]
    }

    /// What is named at a byte of a file, and where the name stands; the byte behind a name counts.
    #[must_use]
    pub fn at(&self, source: SourceId, offset: usize) -> Option<(Span, &Symbol)> {
        let holds = |span: &Span| {
            span.source == source && (span.range().contains(&offset) || span.range().end == offset)
        };
        self.uses.iter().find(|(span, _)| holds(span)).map(|(span, id)| (*span, self.get(*id)))
    }

    /// Where a symbol is named, its definition included.
    pub fn uses(&self, id: SymbolId) -> impl Iterator<Item = Span> + '_ {
        self.uses.iter().filter(move |(_, of)| *of == id).map(|(span, _)| *span)
    }

    /// A stream by its name.
    #[must_use]
    pub fn stream(&self, name: &str) -> Option<&Symbol> {
        self.streams.get(name).map(|id| self.get(*id))
    }

    /// The fields of a stream or table, inherited ones included; the stages of a pattern.
    pub fn members(&self, id: SymbolId) -> impl Iterator<Item = &Symbol> {
        let chain = std::iter::successors(Some(id), |id| self.sources.get(id).copied()).take(self.all.len());
        chain.flat_map(|id| self.members.get(&id).into_iter().flatten()).map(|id| self.get(*id))
    }

    /// The streams that a pattern reads, or those of which a stage takes an event.
    pub fn streams_of(&self, id: SymbolId) -> impl Iterator<Item = &Symbol> {
        self.views.get(&id).into_iter().flatten().map(|id| self.get(*id))
    }

    /// The pattern that is defined there.
    fn pattern_at(&self, whole: Span) -> Option<SymbolId> {
        let is_this = |it: &&Symbol| it.kind == SymbolKind::Pattern && it.whole == whole;
        self.all.iter().find(is_this).map(|it| it.id)
    }

    fn member(&self, of: SymbolId, name: &str) -> Option<SymbolId> {
        self.members(of).find(|member| member.name == name).map(|member| member.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "
const large = 500.0
param most: int = 3
table cards { card: string  limit: float } key card from \"cards.csv\"
/// Payments.
stream txn { card: string  amount: float  ts: timestamp } key card time ts late to tardy
stream big = txn where amount > large with over: cards[card].limit - amount
pattern p on txn by card, big by card {
  begin small: txn where amount < 1 and most > 0 times 2
  followed by (begin peak where small.last.amount < amount)
  not followed by none: big where over > small[0].amount
  followed by end
  within 1h
  after match skip to last small
  emit found { card: small[0].card, peak: peak.amount }
}
pattern q on found { begin a where peak > 1 followed by b where b.card == a.card }
";

    /// What stands at each use of the symbol that is named at a piece of the text.
    fn lines(needle: &str, skip: usize) -> (String, Vec<usize>) {
        let compiled = crate::check("a.cep", TEXT);
        let symbols = Symbols::of(&compiled.sources, &compiled.files);
        let source = compiled.files[0].span.source;
        let at = TEXT.find(needle).unwrap() + skip;
        let (_, symbol) = symbols.at(source, at).unwrap_or_else(|| panic!("nothing at `{needle}`"));
        let line = |span: Span| compiled.sources.file(source).line_column(span.start).0;
        (symbol.says.clone(), symbols.uses(symbol.id).map(line).collect())
    }

    fn told(says: &str, lines: &[usize]) -> (String, Vec<usize>) {
        (says.to_owned(), lines.to_vec())
    }

    #[test]
    fn names_are_found_wherever_they_are_used() {
        assert_eq!(lines("> large", 2), told("const large = 500.0", &[2, 7]));
        assert_eq!(lines("most >", 0), told("param most: int = 3", &[3, 9]));
        assert_eq!(lines("cards[", 0), told("table cards", &[4, 7]));
        assert_eq!(lines("].limit", 2), told("limit: float", &[4, 7]));
        assert_eq!(lines("on txn", 3), told("stream txn", &[6, 7, 8, 9]));
        assert_eq!(lines("amount < 1", 0), told("amount: float", &[6, 7, 7, 9, 10, 10, 11, 15]));
        assert_eq!(lines("over >", 0), told("over: cards[card].limit - amount", &[7, 11]));
        assert_eq!(lines("last small", 5), told("stage small of p: an event of txn", &[9, 10, 11, 14, 15]));
        assert_eq!(lines("on found", 3), told("stream found, emitted by p", &[15, 17]));
        assert_eq!(lines("a where peak", 8), told("peak: peak.amount", &[15, 17]));
        assert_eq!(lines("peak.amount", 0), told("stage peak of p: an event of txn or big", &[10, 15]));
        assert_eq!(lines("== a.card", 5), told("card: small[0].card", &[15, 17, 17]));
        assert_eq!(lines("to tardy", 3), told("stream tardy, late events of txn", &[6]));
    }

    #[test]
    fn docs_and_places_are_told() {
        let compiled = crate::check("a.cep", TEXT);
        let symbols = Symbols::of(&compiled.sources, &compiled.files);
        let txn = symbols.stream("txn").unwrap();
        assert_eq!(txn.doc.as_deref(), Some("Payments."));
        assert_eq!(compiled.sources.slice(txn.span), "txn");
        let names = |id| symbols.members(id).map(|it| it.name.as_str()).collect::<Vec<_>>();
        assert_eq!(names(symbols.stream("big").unwrap().id), ["over", "card", "amount", "ts"]);
        let pattern = symbols.all().find(|it| it.kind == SymbolKind::Pattern).unwrap();
        assert_eq!(names(pattern.id), ["small", "peak", "none", "end"]);
    }

    #[test]
    fn a_file_that_is_being_written_has_symbols() {
        let text = "stream s { k: string } pattern p on s { begin a where k == followed by b where a.";
        let compiled = crate::check("a.cep", text);
        let symbols = Symbols::of(&compiled.sources, &compiled.files);
        assert!(symbols.stream("s").is_some());
    }

    #[test]
    fn streams_made_of_one_another_have_an_end() {
        let compiled = crate::check("a.cep", "stream a = b stream b = a");
        let symbols = Symbols::of(&compiled.sources, &compiled.files);
        assert_eq!(symbols.members(symbols.stream("a").unwrap().id).count(), 0);
    }
}
