//! `// cep: allow W0412`: warnings that somebody has seen and means. The comment stands in an item, or before one, and holds
//! for that item. One that allows what nobody says is a warning itself.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::source::{SourceMap, Span};
use crate::syntax::{Comment, File};

const WORDS: &str = "cep: allow ";

/// A code that a comment allows, and where.
struct Allowed {
    code: Option<Code>,
    /// The code as it is written.
    span: Span,
    text: String,
    /// The item; none behind the last.
    within: Option<Span>,
    used: bool,
}

/// What is left to say, once what is allowed has been taken out.
pub(crate) fn without_allowed(sources: &SourceMap, files: &[File], said: Diagnostics) -> Diagnostics {
    let mut allowed: Vec<_> = files.iter().flat_map(|file| in_file(sources, file)).collect();
    let mut left = Diagnostics::new();
    // Where there are errors, warnings may not have been looked for.
    let complete = !said.has_errors();
    for diagnostic in said.iter() {
        let at = diagnostic.primary.span;
        let meant = allowed.iter_mut().find(|allowed| {
            let inside = allowed.within.is_some_and(|item| {
                item.source == at.source && item.start <= at.start && at.start <= item.end
            });
            inside && diagnostic.severity() == Severity::Warning && allowed.code == Some(diagnostic.code)
        });
        match meant {
            Some(allowed) => allowed.used = true,
            None => left.push(diagnostic.clone()),
        }
    }
    for allowed in allowed.iter().filter(|allowed| complete && !allowed.used || allowed.code.is_none()) {
        left.push(nothing(allowed));
    }
    left.sort();
    left
}

fn nothing(allowed: &Allowed) -> Diagnostic {
    let message = match allowed.code {
        Some(_) => format!("nothing gives {} here", allowed.text),
        None => format!("there is no warning `{}`", allowed.text),
    };
    Diagnostic::new(Code::AllowsNothing, allowed.span, message)
        .note("the comment holds for the item that it stands in, or before")
        .help("leave it out")
}

fn in_file(sources: &SourceMap, file: &File) -> Vec<Allowed> {
    let text = sources.file(file.span.source).text();
    file.comments.iter().flat_map(|comment| in_comment(text, file, comment)).collect()
}

fn in_comment(text: &str, file: &File, comment: &Comment) -> Vec<Allowed> {
    let range = comment.span.range();
    let line = text.get(range.clone()).unwrap_or_default();
    let rest = line.trim_start_matches('/').trim_start();
    let Some(codes) = rest.strip_prefix(WORDS) else { return Vec::new() };
    let within = file.items.iter().map(|item| item.span).find(|item| item.end > comment.span.start);
    let mut at = range.end - codes.len();
    let mut allowed = Vec::new();
    for word in codes.split([' ', ',']) {
        let is_code = word.len() == 5 && word.bytes().skip(1).all(|digit| digit.is_ascii_digit());
        if is_code {
            let code = Code::by_str(word).filter(|code| code.severity() == Severity::Warning);
            let span = Span::new(comment.span.source, at..at + word.len());
            allowed.push(Allowed { code, span, text: word.to_owned(), within, used: false });
        } else if !word.is_empty() {
            // What follows the codes is the reason.
            break;
        }
        at += word.len() + 1;
    }
    allowed
}

#[cfg(test)]
mod tests {
    use crate::check;

    const STREAM: &str = "stream s { a: int  ts: timestamp } time ts\n";
    const PATTERN: &str = "pattern p on s { begin x one or more where a > 1 within 1m }\n";

    fn codes(text: &str) -> Vec<&'static str> {
        check("p.cep", text).diagnostics.iter().map(|it| it.code.as_str()).collect()
    }

    #[test]
    fn what_is_allowed_is_not_said_of_the_item_that_follows() {
        assert_eq!(codes(&format!("{STREAM}{PATTERN}")), ["W0412"]);
        let allow = "// cep: allow W0412, W0202 all are wanted\n";
        assert_eq!(codes(&format!("{STREAM}// cep: allow W0412\n{PATTERN}")), [""; 0]);
        assert_eq!(codes(&format!("{STREAM}{allow}{PATTERN}")), ["W0102"]);
        let inside = PATTERN.replace("where", "// cep: allow W0412\n where");
        assert_eq!(codes(&format!("{STREAM}{inside}")), [""; 0]);
        let other = PATTERN.replace(" p ", " q ");
        assert_eq!(codes(&format!("{STREAM}// cep: allow W0412\n{PATTERN}{other}")), ["W0412"]);
        assert_eq!(codes(&format!("{STREAM}{PATTERN}// cep: allow W0412\n")), ["W0412", "W0102"]);
    }

    #[test]
    fn errors_and_what_is_no_warning_cannot_be_allowed() {
        assert_eq!(codes("// cep: allow E0129\nconst big = 5;\n"), ["W0102", "E0129"]);
        assert_eq!(codes("// cep: allow W9999\nconst big = 5\n"), ["W0102"]);
        // Not every comment that begins so is about codes.
        assert_eq!(codes("// cep: allow everything\nconst big = 5\n"), [""; 0]);
    }
}
