//! Scenes as SVG. Colours follow the reader's choice of light or dark; texts are escaped; each pattern has a title and its
//! prose as a description.

use std::fmt::Write as _;

use super::scene::{Anchor, Scene, Shape};

/// A pattern's picture, and what it is in words.
pub(super) struct Drawing<'a> {
    pub(super) name: &'a str,
    pub(super) told: String,
    pub(super) scene: Scene,
}

/// Colours stand in each rule, as many viewers know no variables; those who know no dark scheme show the light one.
const STYLE: &str = "\
svg { background: #ffffff; }
text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #1f2328; }
text.title { font-weight: bold; font-size: 15px; }
text.name { font-weight: bold; fill: #0550ae; }
text.label { fill: #59636e; font-size: 12px; }
rect { fill: #f6f8fa; stroke: #59636e; rx: 6px; }
rect.stage { stroke: #0550ae; stroke-width: 1.5; }
rect.negated { stroke: #cf222e; stroke-width: 1.5; stroke-dasharray: 5 3; }
rect.emit { stroke: #1a7f37; stroke-width: 1.5; rx: 14px; }
rect.timeout { stroke: #9a6700; stroke-width: 1.5; rx: 14px; }
rect.group, rect.window { fill: none; }
rect.no-window { fill: none; stroke-dasharray: 1 4; }
path { fill: none; stroke: #59636e; stroke-width: 1.3; }
path.cross { stroke: #cf222e; }
path.waiting { stroke: #9a6700; stroke-dasharray: 4 3; }
path.bypass { stroke-dasharray: 4 3; }
circle, marker path { fill: #59636e; stroke: none; }
@media (prefers-color-scheme: dark) {
  svg { background: #0d1117; }
  text { fill: #e6edf3; }
  text.name { fill: #79c0ff; }
  text.label { fill: #9198a1; }
  rect { fill: #161b22; stroke: #9198a1; }
  rect.group, rect.window, rect.no-window { fill: none; }
  rect.stage { stroke: #79c0ff; }
  path { stroke: #9198a1; }
  rect.negated, path.cross { stroke: #ff7b72; }
  rect.emit { stroke: #56d364; }
  rect.timeout, path.waiting { stroke: #e3b341; }
  circle, marker path { fill: #9198a1; stroke: none; }
}
";

/// One picture of all of them.
pub(super) fn document(drawings: &[Drawing<'_>]) -> String {
    let width = drawings.iter().map(|drawing| drawing.scene.right).max().unwrap_or(0);
    let height = drawings.iter().map(|drawing| drawing.scene.bottom).max().unwrap_or(0);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\">\n<style>\n{STYLE}</style>\n\
         <defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" \
         orient=\"auto\"><path d=\"M0 0L8 4L0 8z\"/></marker></defs>\n"
    );
    for (index, drawing) in drawings.iter().enumerate() {
        put(&mut text, index + 1, drawing);
    }
    text.push_str("</svg>\n");
    text
}

fn put(text: &mut String, number: usize, drawing: &Drawing<'_>) {
    let _ = write!(
        text,
        "<g role=\"img\" aria-labelledby=\"title-{number} desc-{number}\">\n<title id=\"title-{number}\">pattern {}</title>\n\
         <desc id=\"desc-{number}\">{}</desc>\n",
        escaped(drawing.name),
        escaped(drawing.told.trim_end()),
    );
    for shape in &drawing.scene.shapes {
        shaped(text, shape);
    }
    text.push_str("</g>\n");
}

fn shaped(text: &mut String, shape: &Shape) {
    let _ = match shape {
        Shape::Box { look, at } => writeln!(
            text,
            "<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
            look.class(),
            at.x,
            at.y,
            at.width,
            at.height
        ),
        Shape::Line { look, path, arrow } => {
            let end = if *arrow { " marker-end=\"url(#arrow)\"" } else { "" };
            writeln!(text, "<path class=\"{}\" d=\"{path}\"{end}/>", look.class())
        }
        Shape::Dot { x, y } => writeln!(text, "<circle cx=\"{x}\" cy=\"{y}\" r=\"5\"/>"),
        Shape::Text { font, anchor, x, y, text: words } => {
            let anchor = if *anchor == Anchor::Middle { " text-anchor=\"middle\"" } else { "" };
            let (class, words) = (font.class(), escaped(words));
            writeln!(text, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\"{anchor}>{words}</text>")
        }
    };
}

/// A text as XML can hold it: what XML has no way to write becomes U+FFFD.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(c),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c if c < ' ' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_reads_otherwise_is_escaped() {
        assert_eq!(
            escaped("a < b & c > \"d\"\u{1}\u{ffff}"),
            "a &lt; b &amp; c &gt; &quot;d&quot;\u{fffd}\u{fffd}"
        );
    }
}
