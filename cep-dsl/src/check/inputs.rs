//! The inputs of a pattern: known streams, keys that agree, tie-breaks that agree.

use super::Checker;
use super::model::Time;
use super::scope::View;
use crate::catalog::Type;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::Pattern;
use crate::text::{article, plural, written};

/// What is known of a pattern's inputs.
pub(super) struct Inputs {
    pub(super) view: View,
    pub(super) times: Vec<Option<Time>>,
    /// The streams and the fields of their keys.
    pub(super) keys: Vec<(String, Vec<String>)>,
}

/// The key of one input.
struct InputKey {
    span: Span,
    /// Its fields with their types; none where one of them is wrong.
    fields: Option<Vec<(String, Type)>>,
}

impl Checker<'_> {
    pub(super) fn inputs(&mut self, pattern: &Pattern) -> Inputs {
        let mut inputs = Inputs { view: View::default(), times: Vec::new(), keys: Vec::new() };
        let mut keys: Vec<InputKey> = Vec::new();
        for input in &pattern.inputs {
            let name = &input.stream;
            if inputs.keys.iter().any(|(known, _)| *known == name.text) {
                let message = format!("`{}` is an input already", name.text);
                self.report(Diagnostic::new(Code::RepeatedInput, name.span, message));
                continue;
            }
            let entry = self.stream_named(name);
            let (schema, time) = entry.map_or((None, None), |it| (it.schema.clone(), it.time.clone()));
            let view = View::of(&name.text, schema.clone());
            let found = input.by.as_ref().map(|by| self.key_fields(by, &view));
            let names = found.iter().flatten().map(|(name, _)| name.clone()).collect();
            let whole =
                found.filter(|found| input.by.as_ref().is_some_and(|by| by.names.len() == found.len()));
            keys.push(InputKey { span: input.span, fields: whole });
            inputs.keys.push((name.text.clone(), names));
            inputs.view.streams.push((name.text.clone(), schema));
            inputs.times.push(time);
        }
        self.all_keyed(pattern);
        self.keys_agree(&keys);
        self.ties_agree(pattern, &inputs);
        inputs
    }

    /// Either every input has `by` or none.
    fn all_keyed(&mut self, pattern: &Pattern) {
        let with = pattern.inputs.iter().find(|input| input.by.is_some());
        let without = pattern.inputs.iter().find(|input| input.by.is_none());
        let (Some(with), Some(without)) = (with, without) else { return };
        let message = format!("`{}` has no key, but `{}` has", without.stream.text, with.stream.text);
        let diagnostic = Diagnostic::new(Code::PartlyKeyed, without.span, message)
            .and_at(with.span, "keyed")
            .note("a pattern has one matcher a key of all its inputs, or one for all events")
            .help(format!("say which field of `{}` is the key: `by …`", without.stream.text));
        let declared = self.program.streams.iter().find(|stream| stream.name == without.stream.text);
        let key = declared.map(|stream| stream.key.as_slice()).unwrap_or_default();
        let key = key.iter().map(|name| written(name)).collect::<Vec<_>>();
        self.report(match key.as_slice() {
            [] => diagnostic,
            [only] => diagnostic.edit(without.span.after(), format!(" by {only}")).guess(),
            several => diagnostic.edit(without.span.after(), format!(" by ({})", several.join(", "))).guess(),
        });
    }

    /// Keys agree in number and type, by position.
    fn keys_agree(&mut self, keys: &[InputKey]) {
        let mut known = keys.iter().filter_map(|key| key.fields.as_ref().map(|fields| (key.span, fields)));
        let Some((first_span, first)) = known.next() else { return };
        for (span, key) in known {
            let number =
                format!("the key of this input has {}, not {}", plural(key.len(), "field"), first.len());
            let differ = first.iter().zip(key).find(|((_, left), (_, right))| left.data != right.data);
            let message = match differ {
                _ if first.len() != key.len() => number,
                Some(((left, left_ty), (right, right_ty))) => {
                    format!(
                        "the keys differ: `{left}` is {}, `{right}` is {}",
                        article(left_ty),
                        article(right_ty)
                    )
                }
                None => continue,
            };
            self.report(
                Diagnostic::new(Code::KeysDiffer, span, message).and_at(first_span, "the first input"),
            );
        }
    }

    fn ties_agree(&mut self, pattern: &Pattern, inputs: &Inputs) {
        let mut known = pattern.inputs.iter().zip(&inputs.times).zip(&inputs.view.streams);
        let Some(((first, first_time), (_, Some(_)))) = known.next() else { return };
        let ties = |time: &Option<Time>| time.as_ref().map(|time| time.ties.clone()).unwrap_or_default();
        for ((input, time), (_, schema)) in known {
            if schema.is_some() && ties(time) != ties(first_time) {
                let message = format!(
                    "`{}` orders events of equal time otherwise than `{}`",
                    input.stream.text, first.stream.text
                );
                self.report(
                    Diagnostic::new(Code::TiesDiffer, input.stream.span, message)
                        .and_at(first.stream.span, "the first input")
                        .note("the fields after the time field are the same on all inputs, or on none"),
                );
            }
        }
    }
}
