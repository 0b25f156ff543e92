//! Names become ids: an expression of a pattern or derived stream becomes a [`Node`] with a type.

use std::collections::HashMap;

use regex_automata::meta::Regex;

use super::error::CompileErrorKind as Kind;
use super::running::RunningPlan;
use super::scope::{EventScope, StageScope};
use super::tables::Tables;
use crate::event::{DataType, Type, Value};
use crate::expr::{
    BinaryOp, Expr, Function, HostFunction, Node, NodePick, Pick, Running, UnaryOp, aggregate_type,
    binary_type, call_type, unary_type, unify,
};
use crate::time::Duration;

/// What names mean at some place of a program.
pub(super) struct Resolver<'a> {
    /// The event under test; none in an output.
    pub(super) event: Option<EventScope<'a>>,
    /// The pattern's stages; none in a derived stream.
    pub(super) stages: Option<&'a StageScope>,
    /// The values of parameters, with their types.
    pub(super) params: &'a HashMap<String, (Type, Value)>,
    /// The tables.
    pub(super) tables: &'a Tables,
    /// What nodes keep of what conditions read; none in an output.
    pub(super) running: Option<&'a RunningPlan>,
}

type Resolved = Result<(Node, Type), Kind>;

impl Resolver<'_> {
    /// A condition: an expression of type bool.
    pub(super) fn condition(&self, expr: &Expr) -> Result<Node, Kind> {
        let (node, ty) = self.resolve(expr)?;
        match ty.data {
            DataType::Bool => Ok(node),
            _ => Err(Kind::NotACondition(ty.to_string())),
        }
    }

    /// Any expression.
    pub(super) fn resolve(&self, expr: &Expr) -> Resolved {
        match expr {
            Expr::Literal(value) => {
                let ty = Type { data: value.data_type(), nullable: *value == Value::Null };
                Ok((Node::Literal(value.clone()), ty))
            }
            Expr::List(items) => self.list(items),
            Expr::Field(name) => self.field(name),
            Expr::Time => Ok((Node::Time, DataType::Timestamp.required())),
            Expr::Param(name) => self.param(name),
            Expr::Captured { stage, pick, field } => self.captured(stage, pick, field),
            Expr::Count(stage) => Ok((self.count(stage)?, DataType::Int.required())),
            Expr::StageExists(stage) => self.stage_exists(stage),
            Expr::Exists(inner) => {
                let (inner, _) = self.resolve(inner)?;
                Ok((Node::Exists(Box::new(inner)), DataType::Bool.required()))
            }
            Expr::Aggregate { .. } => self.aggregate(expr),
            Expr::Lookup { table, keys, field } => self.lookup(table, keys, field),
            Expr::Unary(op, inner) => self.unary(*op, inner),
            Expr::Binary(BinaryOp::Matches, text, pattern) => self.matches(text, pattern),
            Expr::Binary(op, left, right) => self.binary(*op, left, right),
            Expr::Index(from, index) => self.index(from, index),
            Expr::Call(function, args) => self.call(*function, args),
            Expr::Host(function, args) => self.host(function, args),
        }
    }

    fn stages(&self) -> Result<&StageScope, Kind> {
        self.stages.ok_or_else(|| Kind::Unknown { what: "stage", name: "here".to_owned() })
    }

    fn field(&self, name: &str) -> Resolved {
        let unknown = || Kind::Unknown { what: "field", name: name.to_owned() };
        let (column, ty) = self.event.as_ref().and_then(|event| event.field(name)).ok_or_else(unknown)?;
        Ok((Node::Column(column), ty))
    }

    fn param(&self, name: &str) -> Resolved {
        let unknown = || Kind::Unknown { what: "parameter", name: name.to_owned() };
        let (ty, value) = self.params.get(name).ok_or_else(unknown)?;
        Ok((Node::Literal(value.clone()), ty.clone()))
    }

    fn captured(&self, stage: &str, pick: &Pick, field: &str) -> Resolved {
        let stages = self.stages()?;
        let id = stages.id(stage)?;
        let (slots, mut ty) = stages.captured(id, field)?;
        let pick = match pick {
            Pick::First => NodePick::First,
            Pick::Last => NodePick::Last,
            Pick::At(index) => {
                let (index, index_type) = self.resolve(index)?;
                expect("index", &index_type, &DataType::Int)?;
                ty.nullable = true;
                NodePick::At(Box::new(index))
            }
        };
        Ok((self.kept(Node::Captured { stage: id, pick, slots }), ty))
    }

    fn count(&self, stage: &str) -> Result<Node, Kind> {
        Ok(self.kept(Node::Count(self.stages()?.id(stage)?)))
    }

    /// What reads a path, from where nodes keep it if they do.
    fn kept(&self, of: Node) -> Node {
        match self.running.and_then(|plan| plan.place(&of)) {
            Some(place) => Node::Running(Box::new(Running { of, place })),
            None => of,
        }
    }

    fn stage_exists(&self, stage: &str) -> Resolved {
        let count = self.count(stage)?;
        let exists = Node::Binary(BinaryOp::Gt, Box::new(count), Box::new(Node::Literal(Value::Int(0))));
        Ok((exists, DataType::Bool.required()))
    }

    fn aggregate(&self, expr: &Expr) -> Resolved {
        let Expr::Aggregate { function, stage, field } = expr else {
            return Err(Kind::NotACondition(String::new()));
        };
        let stages = self.stages()?;
        let id = stages.id(stage)?;
        let (slots, of) = stages.captured(id, field)?;
        let ty = aggregate_type(*function, &of)
            .map_err(|error| Kind::Type { operation: function.name().to_owned(), error })?;
        let zero = match of.data {
            DataType::Float => Value::Float(0.0),
            DataType::Duration => Value::Duration(Duration(0)),
            _ => Value::Int(0),
        };
        Ok((self.kept(Node::Aggregate { function: *function, stage: id, slots, zero }), ty))
    }

    fn lookup(&self, table: &str, keys: &[Expr], field: &str) -> Resolved {
        let (id, def) = self.tables.get(table)?;
        let column = def.column(field)?;
        let mut nodes = Vec::new();
        for (key, wanted) in keys.iter().zip(&def.key_types) {
            let (node, ty) = self.resolve(key)?;
            expect(table, &ty, wanted)?;
            nodes.push(node);
        }
        if keys.len() != def.key_types.len() {
            return Err(Kind::KeyMismatch);
        }
        let ty = def.schema.fields()[column.index()].ty.data.clone().nullable();
        Ok((Node::Lookup { table: id, keys: nodes.into(), column }, ty))
    }

    fn list(&self, items: &[Expr]) -> Resolved {
        let mut of = DataType::Null;
        let mut nodes = Vec::new();
        for item in items {
            let (node, ty) = self.resolve(item)?;
            of = unify(&of, &ty.data).ok_or_else(|| mismatch("[]", &of, &ty))?;
            nodes.push(node);
        }
        Ok((Node::List(nodes.into()), DataType::List(Box::new(of)).required()))
    }

    fn unary(&self, op: UnaryOp, inner: &Expr) -> Resolved {
        let (node, ty) = self.resolve(inner)?;
        let ty =
            unary_type(op, &ty).map_err(|error| Kind::Type { operation: op.symbol().to_owned(), error })?;
        Ok((if op == UnaryOp::Not { Node::Not(Box::new(node)) } else { negated(node) }, ty))
    }

    fn binary(&self, op: BinaryOp, left: &Expr, right: &Expr) -> Resolved {
        let (left, left_type) = self.resolve(left)?;
        let (right, right_type) = self.resolve(right)?;
        let ty = binary_type(op, &left_type, &right_type)
            .map_err(|error| Kind::Type { operation: op.symbol().to_owned(), error })?;
        let (left, right) = match op {
            BinaryOp::Coalesce => (widened(left, &left_type, &ty), widened(right, &right_type, &ty)),
            _ => (left, right),
        };
        Ok((Node::Binary(op, Box::new(left), Box::new(right)), ty))
    }

    fn matches(&self, text: &Expr, pattern: &Expr) -> Resolved {
        let (text, text_type) = self.resolve(text)?;
        expect("=~", &text_type, &DataType::String)?;
        let Expr::Literal(Value::Str(pattern)) = pattern else {
            return Err(Kind::Regex("it must be a literal".to_owned()));
        };
        let regex = Regex::new(pattern).map_err(|error| Kind::Regex(error.to_string()))?;
        Ok((Node::Matches(Box::new(text), Box::new(regex)), DataType::Bool.required()))
    }

    fn index(&self, from: &Expr, index: &Expr) -> Resolved {
        let (from, from_type) = self.resolve(from)?;
        let (index, index_type) = self.resolve(index)?;
        let of = match &from_type.data {
            DataType::List(of) => {
                expect("[]", &index_type, &DataType::Int)?;
                of
            }
            DataType::Map(of) => {
                expect("[]", &index_type, &DataType::String)?;
                of
            }
            _ => return Err(mismatch("[]", &from_type.data, &index_type)),
        };
        let ty = of.as_ref().clone().nullable();
        Ok((Node::Index(Box::new(from), Box::new(index)), ty))
    }

    fn call(&self, function: Function, args: &[Expr]) -> Resolved {
        let (mut nodes, types) = self.all(args)?;
        let ty = call_type(function, &types)
            .map_err(|error| Kind::Type { operation: function.name().to_owned(), error })?;
        let same_kind = matches!(function, Function::Coalesce | Function::If | Function::Min | Function::Max);
        if same_kind {
            nodes = nodes.into_iter().zip(&types).map(|(node, from)| widened(node, from, &ty)).collect();
        }
        Ok((Node::Call(function, nodes.into()), ty))
    }

    fn host(&self, function: &HostFunction, args: &[Expr]) -> Resolved {
        let (nodes, types) = self.all(args)?;
        let ty = function
            .call_type(&types)
            .map_err(|error| Kind::Type { operation: function.to_string(), error })?;
        Ok((Node::Host(Box::new((function.clone(), nodes.into()))), ty))
    }

    fn all(&self, args: &[Expr]) -> Result<(Vec<Node>, Vec<Type>), Kind> {
        let resolved = args.iter().map(|arg| self.resolve(arg)).collect::<Result<Vec<_>, _>>()?;
        Ok(resolved.into_iter().unzip())
    }
}

/// An int that stands where the result is a float becomes one.
fn widened(node: Node, from: &Type, to: &Type) -> Node {
    if from.data == DataType::Int && to.data == DataType::Float {
        Node::Call(Function::Float, Box::new([node]))
    } else {
        node
    }
}

fn mismatch(operation: &str, left: &DataType, right: &Type) -> Kind {
    let error = crate::expr::TypeError::Mismatch { left: left.clone().required(), right: right.clone() };
    Kind::Type { operation: operation.to_owned(), error }
}

fn expect(operation: &str, found: &Type, wanted: &DataType) -> Result<(), Kind> {
    if unify(wanted, &found.data).as_ref() == Some(wanted) {
        return Ok(());
    }
    Err(mismatch(operation, wanted, found))
}

/// A negative constant is one, not a calculation at every event.
fn negated(node: Node) -> Node {
    match node {
        Node::Literal(Value::Int(value)) if value != i64::MIN => Node::Literal(Value::Int(-value)),
        Node::Literal(Value::Float(value)) => Node::Literal(Value::Float(-value)),
        node => Node::Neg(Box::new(node)),
    }
}
