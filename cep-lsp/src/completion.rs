//! What may come next, told from the words before and the symbols of the file: names where names stand, connectors and
//! modifiers behind a stage, fields behind a point.

use cep_dsl::symbols::{Symbol, SymbolId, SymbolKind};
use lsp_types::{
    CompletionItem, CompletionItemKind, Documentation, InsertTextFormat, MarkupContent, MarkupKind,
};

use crate::documents::Analysis;
use crate::hover::explained;
use crate::navigation::written;
use crate::phrases;
use crate::words::{self, Word};

/// What begins an item, and what is to be filled in.
const ITEMS: [(&str, &str); 7] = [
    ("stream", "stream ${1:name} {\n  ${2:key}: string\n  ${3:ts}: timestamp\n} key ${2:key} time ${3:ts}"),
    (
        "pattern",
        "pattern ${1:name} on ${2:stream} by ${3:key} {\n  begin ${4:first}\n  followed by ${5:second}\n  within ${6:10m}\n}",
    ),
    ("table", "table ${1:name} {\n  ${2:key}: string\n} key ${2:key} from \"${3:file:rows.csv}\""),
    ("param", "param ${1:name}: ${2:float} = ${3:1.0}"),
    ("const", "const ${1:name} = ${2:1}"),
    ("use", "use \"${1:file.cep}\""),
    ("stream … = …", "stream ${1:name} = ${2:source} where ${3:condition}"),
];

const CONNECTORS: [&str; 5] = ["next", "followed by", "followed by any", "not next", "not followed by"];

const MODIFIERS: [(&str, &str); 9] = [
    ("one or more", "one or more"),
    ("times", "times ${1:2}"),
    ("times 2 to 4", "times ${1:2} to ${2:4}"),
    ("times 2 or more", "times ${1:2} or more"),
    ("optional", "optional"),
    ("greedy", "greedy"),
    ("consecutive", "consecutive"),
    ("allow combinations", "allow combinations"),
    ("until", "until ${1:condition}"),
];

const CLAUSES: [(&str, &str); 6] = [
    ("within", "within ${1:10m}"),
    ("after match skip past last event", "after match skip past last event"),
    ("after match skip to next", "after match skip to next"),
    ("limit", "limit ${1:1000} partial matches per key drop ${2|oldest,newest|}"),
    ("emit", "emit ${1:name} { ${2:column}: ${3:value} }"),
    ("on timeout emit", "on timeout emit ${1:name} { ${2:column}: ${3:value} }"),
];

const OPTIONS: [(&str, &str); 6] = [
    ("key", "key ${1:field}"),
    ("time", "time ${1:field}"),
    ("lateness", "lateness ${1:5s}"),
    ("idle after", "idle after ${1:30s}"),
    ("late to", "late to ${1:name}"),
    ("from", "from \"${1:file:events.csv}\""),
];

const TYPES: [&str; 8] = ["bool", "int", "float", "string", "timestamp", "duration", "list", "map"];

const OPERATORS: [&str; 7] = ["and", "or", "not", "in", "true", "false", "null"];

/// What may stand at a byte.
pub(crate) fn at(analysis: &Analysis, offset: usize) -> Vec<CompletionItem> {
    let around = words::around(analysis.file().text(), offset);
    if around.is_text {
        return Vec::new();
    }
    let place = Place { analysis, before: &around.before, offset };
    place.items()
}

struct Place<'a> {
    analysis: &'a Analysis,
    before: &'a [Word<'a>],
    offset: usize,
}

impl Place<'_> {
    /// A word before, counted backwards from 0.
    fn back(&self, count: usize) -> &str {
        self.before.len().checked_sub(count + 1).map_or("", |at| self.before[at].text)
    }

    fn items(&self) -> Vec<CompletionItem> {
        match (self.back(0), self.back(1)) {
            (".", _) => return self.members(),
            ("followed", _) => return vec![keyword("by"), keyword("by any"), keyword("within")],
            ("by", "followed") => return vec![keyword("any")],
            ("begin" | "next" | "any", _) => return Vec::new(),
            ("after", _) => {
                return ["no skip", "skip past last event", "skip to next"]
                    .map(|it| keyword(&format!("match {it}")))
                    .into();
            }
            ("match", "after") => {
                return ["no skip", "skip past last event", "skip to next", "skip to first", "skip to last"]
                    .map(keyword)
                    .into();
            }
            ("first" | "last", "to") => return self.stages(),
            ("late" | "emit", _) => return Vec::new(),
            _ => {}
        }
        let depth = self.depth();
        match self.item() {
            Some(Kind::Stream | Kind::Table) if depth > 0 => self.types(),
            Some(Kind::Stream | Kind::Table) => self.option(),
            Some(Kind::Pattern) if depth == 0 => self.header(),
            Some(Kind::Pattern) => self.body(depth),
            _ if depth == 0 && self.is_item_start() => {
                ITEMS.iter().map(|(label, text)| snippet(label, text)).collect()
            }
            _ => self.expression(&[], false),
        }
    }

    fn is_item_start(&self) -> bool {
        let line = self.analysis.file().text().get(..self.offset).and_then(|text| text.rsplit('\n').next());
        line.is_none_or(|line| line.trim_start().chars().all(char::is_alphanumeric))
    }

    /// How many braces are open, of the item that the place is in.
    fn depth(&self) -> usize {
        self.before.iter().fold(0_usize, |depth, word| match word.text {
            "{" => depth + 1,
            "}" => depth.saturating_sub(1),
            _ => depth,
        })
    }

    /// The kind of the item that the place is in, which may have been ended.
    fn item(&self) -> Option<Kind> {
        let mut depth = 0_usize;
        let mut item = None;
        let mut previous = "";
        for word in self.before {
            match word.text {
                "{" => depth += 1,
                "}" => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 && item == Some(Kind::Pattern) {
                        item = None;
                    }
                }
                "stream" if depth == 0 && previous != ":" => item = Some(Kind::Stream),
                "table" if depth == 0 => item = Some(Kind::Table),
                "pattern" if depth == 0 => item = Some(Kind::Pattern),
                "param" | "const" | "use" if depth == 0 => item = Some(Kind::Other),
                "=" if depth == 0 && item == Some(Kind::Stream) => item = Some(Kind::Other),
                _ => {}
            }
            previous = word.text;
        }
        // A new line at the left begins something new where an item may have ended.
        let is_over = item == Some(Kind::Other) && self.is_item_start();
        item.filter(|_| !is_over)
    }

    fn types(&self) -> Vec<CompletionItem> {
        if self.back(0) == ":" || self.back(0) == "<" { TYPES.map(keyword).into() } else { Vec::new() }
    }

    fn option(&self) -> Vec<CompletionItem> {
        match (self.back(0), self.back(1)) {
            ("key" | "time" | "(", _) => self.fields_of_last(),
            (",", _) => self.fields_of_last(),
            _ => {
                let options = OPTIONS.iter().map(|(label, text)| snippet(label, text));
                let items =
                    ITEMS.iter().filter(|_| self.is_item_start()).map(|(label, text)| snippet(label, text));
                options.chain(items).collect()
            }
        }
    }

    /// The fields of the stream or table whose options are written.
    fn fields_of_last(&self) -> Vec<CompletionItem> {
        let symbols = self.analysis.symbols.all().filter(|it| it.span.source == self.analysis.main);
        let holders = symbols.filter(|it| matches!(it.kind, SymbolKind::Stream | SymbolKind::Table));
        let last = holders.filter(|it| it.span.range().start < self.offset).max_by_key(|it| it.span.start);
        last.map(|last| self.named(self.analysis.symbols.members(last.id))).unwrap_or_default()
    }

    fn header(&self) -> Vec<CompletionItem> {
        match self.back(0) {
            "on" | "," => self.streams(),
            "by" | "(" => {
                let stream =
                    self.before.iter().rev().skip(1).find(|word| word.text != "(" && word.text != "by");
                let stream =
                    stream.and_then(|word| self.analysis.symbols.stream(word.text.trim_matches('`')));
                stream.map(|it| self.named(self.analysis.symbols.members(it.id))).unwrap_or_default()
            }
            "pattern" => Vec::new(),
            _ => [keyword("on"), keyword("by")].into(),
        }
    }

    fn body(&self, depth: usize) -> Vec<CompletionItem> {
        let last = self.back(0);
        if depth == 1 && (last == "{" || last == "(") {
            return vec![connector("begin")];
        }
        match last {
            ":" if depth == 1 => self.streams(),
            ":" => self.expression(&[], true),
            "where" | "until" | "and" | "or" | "not" | "in" | "(" | "," | "[" | "=" | "<" | ">" | "~"
            | "+" | "-" | "*" | "/" | "%" | "?" => self.expression(&self.stage_fields(), true),
            _ if depth == 1 => self.after_stage(),
            _ => Vec::new(),
        }
    }

    /// What may follow a stage, its condition, or a clause.
    fn after_stage(&self) -> Vec<CompletionItem> {
        let is_break =
            |word: &&Word<'_>| matches!(word.text, "begin" | "next" | "by" | "any" | "where" | "until");
        let in_condition =
            self.before.iter().rev().find(is_break).is_some_and(|it| matches!(it.text, "where" | "until"));
        let mut items: Vec<_> = CONNECTORS.iter().map(|words| connector(words)).collect();
        if in_condition {
            items.extend(["and", "or", "until"].map(keyword));
        } else {
            items.push(snippet("where", "where ${1:condition}"));
            items.extend(MODIFIERS.iter().map(|(label, text)| snippet(label, text)));
        }
        items.extend(CLAUSES.iter().map(|(label, text)| snippet(label, text)));
        items
    }

    /// The pattern that the place is in.
    fn pattern(&self) -> Option<&Symbol> {
        let symbols = self.analysis.symbols.all();
        let before = symbols.filter(|it| {
            it.kind == SymbolKind::Pattern
                && it.span.source == self.analysis.main
                && it.span.range().start < self.offset
        });
        before.max_by_key(|it| it.span.start)
    }

    fn stages(&self) -> Vec<CompletionItem> {
        self.pattern().map(|it| self.named(self.analysis.symbols.members(it.id))).unwrap_or_default()
    }

    /// The streams of whose events the stage takes one whose condition is written.
    fn stage_fields(&self) -> Vec<SymbolId> {
        let Some(pattern) = self.pattern() else { return Vec::new() };
        let symbols = &self.analysis.symbols;
        let stages = symbols.members(pattern.id).filter(|it| it.span.range().end < self.offset);
        let of = stages.max_by_key(|it| it.span.start).map_or(pattern.id, |stage| stage.id);
        symbols.streams_of(of).map(|stream| stream.id).collect()
    }

    /// Values: fields of these streams, stages, params, consts, tables and functions.
    fn expression(&self, streams: &[SymbolId], with_stages: bool) -> Vec<CompletionItem> {
        let symbols = &self.analysis.symbols;
        let mut items = Vec::new();
        for stream in streams {
            items.extend(self.named(symbols.members(*stream)));
        }
        if with_stages {
            items.extend(self.stages());
        }
        let is_value =
            |it: &&Symbol| matches!(it.kind, SymbolKind::Param | SymbolKind::Const | SymbolKind::Table);
        items.extend(self.named(symbols.all().filter(is_value)));
        items.extend(phrases::functions().map(|phrase| {
            let name = phrase.written.split('(').next().unwrap_or_default();
            CompletionItem {
                kind: Some(CompletionItemKind::FUNCTION),
                detail: Some(phrase.written.clone()),
                documentation: Some(markdown(phrase.meaning.clone())),
                ..snippet(name, &format!("{name}($1)"))
            }
        }));
        items.extend(OPERATORS.map(keyword));
        items.dedup_by(|one, two| one.label == two.label);
        items
    }

    /// What has a name behind a point: the fields of a stage's event, or of a table's row.
    fn members(&self) -> Vec<CompletionItem> {
        // Over what is in brackets, and which of a stage's events is meant, back to the name.
        let mut depth = 0_usize;
        let name = self.before.iter().rev().skip(1).find(|word| {
            match word.text {
                "]" => depth += 1,
                "[" => depth = depth.saturating_sub(1),
                "." | "first" | "last" => {}
                _ => return depth == 0,
            }
            false
        });
        let name = name.map_or("", |word| word.text.trim_matches('`'));
        let symbols = &self.analysis.symbols;
        let stage = self.pattern().and_then(|pattern| symbols.members(pattern.id).find(|it| it.name == name));
        let table = symbols.all().find(|it| it.kind == SymbolKind::Table && it.name == name);
        let holders: Vec<SymbolId> = match (stage, table) {
            (Some(stage), _) => symbols.streams_of(stage.id).map(|stream| stream.id).collect(),
            (None, Some(table)) => vec![table.id],
            (None, None) => Vec::new(),
        };
        let mut items: Vec<_> = holders.into_iter().flat_map(|id| self.named(symbols.members(id))).collect();
        items.dedup_by(|one, two| one.label == two.label);
        if stage.is_some() && !matches!(self.back(1), "first" | "last" | "]") {
            items.extend(["first", "last"].map(keyword));
        }
        items
    }

    fn streams(&self) -> Vec<CompletionItem> {
        self.named(self.analysis.symbols.all().filter(|it| it.kind == SymbolKind::Stream))
    }

    fn named<'s>(&self, symbols: impl Iterator<Item = &'s Symbol>) -> Vec<CompletionItem> {
        symbols.map(of_symbol).collect()
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Stream,
    Table,
    Pattern,
    Other,
}

fn of_symbol(symbol: &Symbol) -> CompletionItem {
    let kind = match symbol.kind {
        SymbolKind::Stream => CompletionItemKind::INTERFACE,
        SymbolKind::Table => CompletionItemKind::STRUCT,
        SymbolKind::Param => CompletionItemKind::VARIABLE,
        SymbolKind::Const => CompletionItemKind::CONSTANT,
        SymbolKind::Pattern => CompletionItemKind::CLASS,
        SymbolKind::Stage => CompletionItemKind::EVENT,
        SymbolKind::Field => CompletionItemKind::FIELD,
    };
    CompletionItem {
        label: symbol.name.clone(),
        kind: Some(kind),
        detail: Some(symbol.says.clone()),
        documentation: symbol.doc.clone().map(markdown),
        insert_text: Some(written(&symbol.name)),
        ..CompletionItem::default()
    }
}

fn keyword(words: &str) -> CompletionItem {
    CompletionItem {
        label: words.to_owned(),
        kind: Some(CompletionItemKind::KEYWORD),
        documentation: phrases::find(words).map(|phrase| markdown(explained(phrase))),
        ..CompletionItem::default()
    }
}

fn connector(words: &str) -> CompletionItem {
    snippet(words, &format!("{words} ${{1:stage}}"))
}

fn snippet(label: &str, text: &str) -> CompletionItem {
    CompletionItem {
        insert_text: Some(text.to_owned()),
        insert_text_format: Some(InsertTextFormat::SNIPPET),
        ..keyword(label)
    }
}

fn markdown(value: String) -> Documentation {
    Documentation::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value })
}
