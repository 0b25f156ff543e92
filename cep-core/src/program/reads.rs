//! Which columns of a stream a program reads: what need not be read of its source. Whether a value that nobody reads is
//! looked at all the same is the host's decision.

use std::collections::BTreeSet;

use super::predicate::Test;
use super::streams::{Derivation, Origin, Stream};
use super::{Family, Program};
use crate::expr::{Node, NodePick};
use crate::ids::{ColumnId, StreamId};

impl Program {
    /// The columns of a stream that anything reads, in order: its time and tie-breaks, the keys and conditions of patterns
    /// over it, what captured events keep, the streams derived from it, and all of them where late events are handed out.
    #[must_use]
    pub fn columns_read(&self, stream: StreamId) -> Vec<ColumnId> {
        let mut read = BTreeSet::new();
        let definition = self.streams().get(stream);
        of_stream(definition, &mut read);
        if self.hands_out_late(definition) {
            read.extend((0..definition.schema.fields().len()).map(ColumnId::new));
        }
        self.families().iter().for_each(|family| of_family(family, stream, &mut read));
        for (id, derived) in self.streams().iter() {
            if let Origin::Derived(derivation) = &derived.origin
                && derivation.source == stream
            {
                of_derivation(derivation, &mut read);
                // The source's columns come first in a derived stream, in their order.
                let own = self.columns_read(id).into_iter();
                read.extend(own.filter(|column| column.index() < definition.schema.fields().len()));
            }
        }
        read.into_iter().collect()
    }

    fn hands_out_late(&self, stream: &Stream) -> bool {
        let declared = self.definitions().streams.iter().find(|declared| declared.name == stream.name);
        declared.is_some_and(|declared| declared.late_to.is_some())
    }
}

fn of_stream(stream: &Stream, read: &mut BTreeSet<ColumnId>) {
    read.extend(stream.tie_break.iter().map(|(column, _)| *column));
    if let Origin::Declared { time, .. } = &stream.origin {
        read.extend(time);
    }
}

fn of_family(family: &Family, stream: StreamId, read: &mut BTreeSet<ColumnId>) {
    let Some(index) = family.input_of(stream) else { return };
    read.extend(family.inputs[index].key.iter().chain(&family.inputs[index].kept));
    for predicate in &family.predicates {
        if let Test::Event(node) | Test::Iterative(node) = &predicate.inputs[index] {
            of_node(node, read);
        }
    }
}

fn of_derivation(derivation: &Derivation, read: &mut BTreeSet<ColumnId>) {
    derivation.condition.iter().chain(&derivation.columns).for_each(|node| of_node(node, read));
}

fn of_node(node: &Node, read: &mut BTreeSet<ColumnId>) {
    match node {
        Node::Column(column) => drop(read.insert(*column)),
        Node::Literal(_) | Node::Time | Node::Count(_) | Node::Aggregate { .. } => {}
        Node::Captured { pick: NodePick::First | NodePick::Last, .. } => {}
        Node::Captured { pick: NodePick::At(index), .. } => of_node(index, read),
        Node::Running(running) => of_node(&running.of, read),
        Node::List(items) | Node::Call(_, items) | Node::Lookup { keys: items, .. } => {
            items.iter().for_each(|item| of_node(item, read));
        }
        Node::Host(call) => call.1.iter().for_each(|item| of_node(item, read)),
        Node::Exists(inner) | Node::Not(inner) | Node::Neg(inner) | Node::Matches(inner, _) => {
            of_node(inner, read);
        }
        Node::Binary(_, left, right) | Node::Index(left, right) => {
            of_node(left, read);
            of_node(right, read);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{DataType, Schema};
    use crate::expr::{field, stage};
    use crate::pattern::{Definitions, DerivedStream, Pattern, PatternBuilder, StreamDef, TieBreak};

    fn stream() -> StreamDef {
        let columns = ["key", "tie", "tested", "kept", "derived", "free", "group"];
        let schema = columns.into_iter().fold(Schema::new(), |schema, name| schema.with(name, DataType::Int));
        StreamDef::new("s", schema.with("ts", DataType::Timestamp), "ts")
    }

    fn emitting() -> PatternBuilder {
        Pattern::begin("a").filter(field("tested").gt(5)).emit("out", [("kept", stage("a").last("kept"))])
    }

    fn read(definitions: Definitions) -> Vec<String> {
        let program = Program::compile(definitions, &Default::default()).expect("it compiles");
        let stream = program.streams().id("s").expect("it is declared");
        let schema = &program.streams().get(stream).schema;
        let name = |column: ColumnId| schema.fields()[column.index()].name.clone();
        program.columns_read(stream).into_iter().map(name).collect()
    }

    fn with(stream: StreamDef, pattern: PatternBuilder, derived: Vec<DerivedStream>) -> Vec<String> {
        let patterns = vec![pattern.build("p").expect("it is sound")];
        read(Definitions { streams: vec![stream], derived, patterns, ..Definitions::default() })
    }

    #[test]
    fn keys_ties_conditions_and_what_is_emitted_are_read() {
        let mut tied = stream();
        tied.time.as_mut().expect("it has one").tie_break =
            vec![TieBreak { field: "tie".into(), descending: true }];
        let keyed = with(tied, emitting().on_keyed("s", ["key"]), Vec::new());
        assert_eq!(keyed, ["key", "tie", "tested", "kept", "ts"]);
        let iterative = emitting().next("b").filter(field("group").eq(stage("a").last("key")));
        assert_eq!(with(stream(), iterative.on("s"), Vec::new()), ["key", "tested", "kept", "group", "ts"]);
    }

    #[test]
    fn whole_events_and_late_ones_are_read_whole() {
        assert_eq!(with(stream(), Pattern::begin("a").on("s"), Vec::new()).len(), 8);
        let late = StreamDef { late_to: Some("late".into()), ..stream() };
        assert_eq!(with(late, emitting().on("s"), Vec::new()).len(), 8);
    }

    #[test]
    fn a_derived_stream_reads_of_its_source_what_is_read_of_it() {
        let derived = DerivedStream {
            name: "d".into(),
            source: "s".into(),
            condition: Some(field("group").gt(1)),
            with: vec![("more".into(), field("derived").mul(2))],
            doc: None,
        };
        let found = with(stream(), emitting().on_keyed("d", ["more"]), vec![derived]);
        assert_eq!(found, ["tested", "kept", "derived", "group", "ts"]);
    }
}
