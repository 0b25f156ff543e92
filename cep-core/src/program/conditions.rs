//! The conditions on the events of one stream, taken apart: what patterns have in common, down to a comparison, is there
//! once and tested once a batch; what costs little is tested first.

use std::collections::HashMap;

use super::constants::{Among, Collected, Constants, Key, Sought, sought};
use crate::event::{DataType, Schema, Value};
use crate::expr::{BinaryOp, Expr, Function, Node, UnaryOp};
use crate::ids::ColumnId;

/// A condition, or a part of one, by its place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct StepId(u32);

impl StepId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// How a condition is tested. Conditions are true or false: null counts as false.
#[derive(Debug)]
pub(crate) enum Step {
    /// For every event alike.
    Always(bool),
    /// A column against a constant, by a loop over the column.
    Compare(BinaryOp, ColumnId, Value),
    /// A column against constants that are looked up for all conditions at once.
    Among(Among),
    /// All of some, the cheapest first.
    All(Box<[StepId]>),
    /// Any of some, the cheapest first.
    Any(Box<[StepId]>),
    /// Not so.
    Not(StepId),
    /// Row by row.
    Rows(Node),
}

/// The conditions of a stream.
#[derive(Debug, Default)]
pub(crate) struct Conditions {
    steps: Vec<Step>,
    constants: Vec<Constants>,
}

/// Collects the conditions of a stream.
#[derive(Debug, Default)]
pub(super) struct Draft {
    steps: Vec<Step>,
    /// By text.
    known: HashMap<String, StepId>,
    equalities: Vec<Equality>,
}

/// A comparison with constants that may be looked up.
#[derive(Debug)]
struct Equality {
    step: StepId,
    column: ColumnId,
    keys: Vec<Key>,
    is_not: bool,
    /// Whether it names a list.
    lists: bool,
}

impl Conditions {
    /// A condition alone, and where it is.
    pub(super) fn of(expr: &Expr, node: &Node, schema: &Schema) -> (Self, StepId) {
        let mut draft = Draft::default();
        let root = draft.add(expr, node, schema);
        (draft.finish(schema), root)
    }

    pub(crate) fn step(&self, id: StepId) -> &Step {
        &self.steps[id.index()]
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.steps.len()
    }

    /// The constants of columns, by place.
    pub(crate) fn constants(&self) -> &[Constants] {
        &self.constants
    }

    /// The condition, if it is that a column is, or is not, one of some constants.
    pub(crate) fn among(&self, id: StepId) -> Option<&Among> {
        if let Step::Among(among) = self.step(id) { Some(among) } else { None }
    }
}

impl Draft {
    /// Adds a condition, which is both as written and as it runs.
    pub(super) fn add(&mut self, expr: &Expr, node: &Node, schema: &Schema) -> StepId {
        match (expr, node) {
            (Expr::Unary(UnaryOp::Not, expr), Node::Not(node)) => {
                let inner = self.add(expr, node, schema);
                self.intern(format!("not {inner:?}"), || Step::Not(inner))
            }
            (Expr::Binary(op @ (BinaryOp::And | BinaryOp::Or), ..), Node::Binary(..)) => {
                let mut parts = Vec::new();
                parts_of(*op, expr, node, &mut parts);
                let parts = parts.into_iter().map(|(expr, node)| self.add(expr, node, schema)).collect();
                self.join(*op, parts)
            }
            _ => self.leaf(expr, node, schema),
        }
    }

    /// Takes a condition that asks the partial match apart: what depends on the event alone, if anything does, and the
    /// rest, the cheapest part first.
    pub(super) fn split(&mut self, expr: &Expr, node: &Node, schema: &Schema) -> Option<(StepId, Node)> {
        let mut conjuncts = Vec::new();
        parts_of(BinaryOp::And, expr, node, &mut conjuncts);
        let (mut asked, own): (Vec<_>, Vec<_>) =
            conjuncts.into_iter().partition(|(_, node)| node.is_iterative());
        let own: Vec<_> = own.into_iter().map(|(expr, node)| self.add(expr, node, schema)).collect();
        asked.sort_by_key(|(_, node)| effort(node));
        let both = |left, right| Node::Binary(BinaryOp::And, Box::new(left), Box::new(right));
        let rest = asked.into_iter().map(|(_, node)| node.clone()).reduce(both)?;
        (!own.is_empty()).then(|| (self.join(BinaryOp::And, own), rest))
    }

    /// All of some conditions, or any of them.
    fn join(&mut self, op: BinaryOp, mut parts: Vec<StepId>) -> StepId {
        parts.sort_unstable();
        parts.dedup();
        if let [only] = parts[..] {
            return only;
        }
        let make = if op == BinaryOp::And { Step::All } else { Step::Any };
        self.intern(format!("{op:?} {parts:?}"), || make(parts.into()))
    }

    fn leaf(&mut self, expr: &Expr, node: &Node, schema: &Schema) -> StepId {
        let key = format!("{expr:?}");
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let of = |column: ColumnId| &schema.fields()[column.index()].ty.data;
        let step = match node {
            Node::Literal(value) => Step::Always(*value == Value::Bool(true)),
            Node::Binary(op, left, right) => match (&**left, &**right) {
                (Node::Column(column), Node::Literal(value)) if compares(*op, of(*column), value) => {
                    Step::Compare(*op, *column, value.clone())
                }
                (Node::Literal(value), Node::Column(column)) => match op.mirrored() {
                    Some(op) if compares(op, of(*column), value) => Step::Compare(op, *column, value.clone()),
                    _ => Step::Rows(node.clone()),
                },
                _ => Step::Rows(node.clone()),
            },
            _ => Step::Rows(node.clone()),
        };
        let equality = match &step {
            Step::Compare(op, column, value) => equality(*op, *column, std::slice::from_ref(value), schema),
            Step::Rows(Node::Binary(op, column, list)) => match (&**column, constants(list)) {
                (Node::Column(column), Some(values)) => equality(*op, *column, &values, schema),
                _ => None,
            },
            _ => None,
        };
        let id = self.intern(key, || step);
        self.equalities.extend(equality.map(|equality| Equality { step: id, ..equality }));
        id
    }

    fn intern(&mut self, key: String, step: impl FnOnce() -> Step) -> StepId {
        let next = StepId(u32::try_from(self.steps.len()).expect("a stream has fewer than 2^32 conditions"));
        let id = *self.known.entry(key).or_insert(next);
        if id == next {
            self.steps.push(step());
        }
        id
    }

    /// Once all conditions are known: which columns' constants are looked up, and what is tested first.
    pub(super) fn finish(mut self, schema: &Schema) -> Conditions {
        let mut constants = Vec::new();
        for column in (0..schema.fields().len()).map(ColumnId::new) {
            let of_column = || self.equalities.iter().filter(|equality| equality.column == column);
            let mut collected = Collected::default();
            for key in of_column().flat_map(|equality| &equality.keys) {
                collected.id(key.clone());
            }
            let is_text = schema.fields()[column.index()].ty.data == DataType::String;
            // A loop over numbers for each constant is faster than a look-up for longer than one over texts.
            let least = if is_text { Constants::MANY / 2 } else { Constants::MANY };
            if collected.count() < least && !of_column().any(|equality| equality.lists) {
                continue;
            }
            for equality in of_column() {
                let ids = equality.keys.iter().map(|key| collected.id(key.clone())).collect();
                let among = Among::new(constants.len(), ids, equality.is_not);
                self.steps[equality.step.index()] = Step::Among(among);
            }
            constants.push(collected.finish(column));
        }
        self.put_in_order();
        Conditions { steps: self.steps, constants }
    }

    /// The cheapest parts come first. Parts stand before what they are parts of.
    fn put_in_order(&mut self) {
        let mut efforts: Vec<u32> = Vec::new();
        for step in &mut self.steps {
            let sum = |parts: &[StepId]| {
                parts.iter().fold(0, |sum: u32, part| sum.saturating_add(efforts[part.index()]))
            };
            let effort = match step {
                Step::Always(_) => 0,
                Step::Among(_) => 1,
                Step::Compare(..) => 2,
                Step::Not(inner) => efforts[inner.index()],
                Step::Rows(node) => effort(node),
                Step::All(parts) | Step::Any(parts) => {
                    parts.sort_by_key(|part| efforts[part.index()]);
                    sum(parts)
                }
            };
            efforts.push(effort);
        }
    }
}

/// The parts of a conjunction or disjunction, however it is nested.
fn parts_of<'a>(op: BinaryOp, expr: &'a Expr, node: &'a Node, found: &mut Vec<(&'a Expr, &'a Node)>) {
    match (expr, node) {
        (Expr::Binary(of, left, right), Node::Binary(_, left_node, right_node)) if *of == op => {
            parts_of(op, left, left_node, found);
            parts_of(op, right, right_node, found);
        }
        _ => found.push((expr, node)),
    }
}

/// Whether a comparison has a loop of its own.
fn compares(op: BinaryOp, column: &DataType, value: &Value) -> bool {
    let equals = matches!(op, BinaryOp::Eq | BinaryOp::Ne);
    let orders = matches!(op, BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge);
    match (column, value) {
        (DataType::Int | DataType::Float, Value::Int(_) | Value::Float(_)) => equals || orders,
        (DataType::String, Value::Str(_)) => equals,
        _ => false,
    }
}

/// The comparison with constants, if they may be looked up.
fn equality(op: BinaryOp, column: ColumnId, values: &[Value], schema: &Schema) -> Option<Equality> {
    let (is_not, lists) = match op {
        BinaryOp::Eq => (false, false),
        BinaryOp::Ne => (true, false),
        BinaryOp::In => (false, true),
        BinaryOp::NotIn => (true, true),
        _ => return None,
    };
    let mut keys = Vec::new();
    for value in values {
        match sought(&schema.fields()[column.index()].ty.data, value)? {
            Sought::Key(key) => keys.push(key),
            Sought::Nowhere => {}
        }
    }
    Some(Equality { step: StepId(0), column, keys, is_not, lists })
}

/// The elements of a list of constants.
fn constants(list: &Node) -> Option<Vec<Value>> {
    match list {
        Node::Literal(Value::List(items)) => Some(items.to_vec()),
        Node::List(items) => items
            .iter()
            .map(|item| if let Node::Literal(value) = item { Some(value.clone()) } else { None })
            .collect(),
        _ => None,
    }
}

/// About how much longer than a comparison of numbers it takes to find the value of an expression.
fn effort(node: &Node) -> u32 {
    const ROW: u32 = 8;
    const TEXT: u32 = 64;
    let sum = |nodes: &[Node]| nodes.iter().fold(ROW, |sum: u32, node| sum.saturating_add(effort(node)));
    match node {
        Node::Matches(text, _) => 4 * TEXT + effort(text),
        Node::Call(function, args) => sum(args) + if works_on_text(*function) { TEXT } else { 0 },
        Node::List(items) | Node::Lookup { keys: items, .. } => sum(items),
        // Nobody knows; whatever the language can do is likely to be cheaper.
        Node::Host(call) => sum(&call.1).saturating_add(8 * TEXT),
        Node::Exists(inner) | Node::Not(inner) | Node::Neg(inner) => ROW + effort(inner),
        Node::Binary(_, left, right) | Node::Index(left, right) => {
            ROW.saturating_add(effort(left)).saturating_add(effort(right))
        }
        Node::Literal(_) | Node::Column(_) | Node::Time => ROW,
        Node::Captured { .. } | Node::Count(_) | Node::Aggregate { .. } | Node::Running(_) => TEXT,
    }
}

fn works_on_text(function: Function) -> bool {
    use Function::{
        Contains, EndsWith, Length, Lower, Split, StartsWith, String, Substring, Timestamp, Trim, Upper,
    };
    matches!(
        function,
        Lower
            | Upper
            | Trim
            | Length
            | StartsWith
            | EndsWith
            | Contains
            | Substring
            | Split
            | String
            | Timestamp
    )
}
