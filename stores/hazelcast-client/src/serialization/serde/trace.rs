//! Which kinds the fields of a type have: found out by asking its `Deserialize` for one field after the other, and noting what
//! it wants there. It is given zeros and empty texts, and stopped as soon as it has said what is wanted: what it says of them
//! does not matter.

use ::serde::de::value::StrDeserializer;
use ::serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor,
};

use crate::serialization::DataError;
use crate::serialization::compact::FieldKind;
use FieldKind as K;

/// All structs that a type has within it; the first is the type itself.
#[derive(Debug, Default)]
pub(super) struct Trace {
    nodes: Vec<Node>,
}

#[derive(Debug)]
struct Node {
    name: &'static str,
    fields: &'static [&'static str],
    /// A field each; none where it is not known.
    shapes: Vec<Option<Shape>>,
}

/// What a field is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    pub(super) kind: FieldKind,
    /// The struct that it has.
    pub(super) node: Option<usize>,
}

/// A field whose kind is to be found out: which fields lead there from the type on, and where it is noted.
struct Step {
    path: Vec<&'static str>,
    node: usize,
    field: usize,
}

impl Trace {
    pub(super) fn of<T: DeserializeOwned>() -> Self {
        let (mut trace, mut waiting) = (Self::default(), Vec::new());
        let root = Probe {
            trace: &mut trace,
            waiting: &mut waiting,
            step: None,
            depth: 0,
            is_optional: false,
            is_item: false,
        };
        // It is stopped each time; what counts is what has been noted.
        drop(T::deserialize(root));
        while let Some(step) = waiting.pop() {
            let step = Some(&step);
            let probe = Probe {
                trace: &mut trace,
                waiting: &mut waiting,
                step,
                depth: 0,
                is_optional: false,
                is_item: false,
            };
            drop(T::deserialize(probe));
        }
        trace
    }

    /// The struct that the type itself is.
    pub(super) fn root(&self) -> Option<usize> {
        (!self.nodes.is_empty()).then_some(0)
    }

    pub(super) fn shape(&self, node: Option<usize>, field: &str) -> Option<Shape> {
        let node = self.nodes.get(node?)?;
        let index = node.fields.iter().position(|name| *name == field)?;
        node.shapes[index]
    }

    /// The struct of this name with these fields, and whether it is new.
    fn node(&mut self, name: &'static str, fields: &'static [&'static str]) -> (usize, bool) {
        let known = self.nodes.iter().position(|node| node.name == name && node.fields == fields);
        if let Some(known) = known {
            return (known, false);
        }
        self.nodes.push(Node { name, fields, shapes: vec![None; fields.len()] });
        (self.nodes.len() - 1, true)
    }
}

/// What is asked for.
enum Wanted {
    Plain { plain: FieldKind, optional: FieldKind, array: FieldKind, array_optional: FieldKind },
    Struct(usize),
}

struct Probe<'t> {
    trace: &'t mut Trace,
    waiting: &'t mut Vec<Step>,
    /// The field that is looked for; none for the type itself.
    step: Option<&'t Step>,
    /// How many fields have led here.
    depth: usize,
    is_optional: bool,
    is_item: bool,
}

fn stop<T>() -> Result<T, DataError> {
    Err(DataError::custom("that is all that was to be found out"))
}

impl Probe<'_> {
    fn is_there(&self) -> bool {
        self.step.is_none_or(|step| step.path.len() == self.depth)
    }

    fn note(self, wanted: Wanted) {
        let Some(step) = self.step.filter(|_| self.is_there()) else { return };
        let (kind, node) = match wanted {
            Wanted::Plain { plain, optional, array, array_optional } => {
                let kind = match (self.is_item, self.is_optional) {
                    (false, false) => plain,
                    (false, true) => optional,
                    (true, false) => array,
                    (true, true) => array_optional,
                };
                (kind, None)
            }
            Wanted::Struct(node) => (if self.is_item { K::ArrayOfCompact } else { K::Compact }, Some(node)),
        };
        self.trace.nodes[step.node].shapes[step.field] = Some(Shape { kind, node });
    }

    fn sequence<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DataError> {
        // There are no lists of lists.
        if self.is_item || self.step.is_none() {
            return stop();
        }
        visitor.visit_seq(OneItem(Some(Probe { is_item: true, is_optional: false, ..self })))
    }
}

macro_rules! wanted {
    ($($method:ident $plain:ident $optional:ident $array:ident $array_optional:ident;)*) => {$(
        fn $method<V: Visitor<'de>>(self, _: V) -> Result<V::Value, DataError> {
            self.note(Wanted::Plain {
                plain: K::$plain,
                optional: K::$optional,
                array: K::$array,
                array_optional: K::$array_optional,
            });
            stop()
        }
    )*};
}

macro_rules! unknown {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, _: V) -> Result<V::Value, DataError> {
            stop()
        }
    )*};
}

impl<'de> Deserializer<'de> for Probe<'_> {
    type Error = DataError;

    wanted! {
        deserialize_bool Boolean NullableBoolean ArrayOfBoolean ArrayOfNullableBoolean;
        deserialize_i8 Int8 NullableInt8 ArrayOfInt8 ArrayOfNullableInt8;
        // Bytes, where there are many.
        deserialize_u8 Int16 NullableInt16 ArrayOfInt8 ArrayOfNullableInt16;
        deserialize_i16 Int16 NullableInt16 ArrayOfInt16 ArrayOfNullableInt16;
        deserialize_u16 Int32 NullableInt32 ArrayOfInt32 ArrayOfNullableInt32;
        deserialize_i32 Int32 NullableInt32 ArrayOfInt32 ArrayOfNullableInt32;
        deserialize_u32 Int64 NullableInt64 ArrayOfInt64 ArrayOfNullableInt64;
        deserialize_i64 Int64 NullableInt64 ArrayOfInt64 ArrayOfNullableInt64;
        deserialize_u64 Int64 NullableInt64 ArrayOfInt64 ArrayOfNullableInt64;
        deserialize_f32 Float32 NullableFloat32 ArrayOfFloat32 ArrayOfNullableFloat32;
        deserialize_f64 Float64 NullableFloat64 ArrayOfFloat64 ArrayOfNullableFloat64;
        deserialize_char String String ArrayOfString ArrayOfString;
        deserialize_str String String ArrayOfString ArrayOfString;
        deserialize_string String String ArrayOfString ArrayOfString;
    }

    unknown!(deserialize_any deserialize_ignored_any deserialize_identifier deserialize_map deserialize_unit
        deserialize_i128 deserialize_u128);

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DataError> {
        self.deserialize_byte_buf(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, _: V) -> Result<V::Value, DataError> {
        if !self.is_item {
            let bytes = K::ArrayOfInt8;
            self.note(Wanted::Plain { plain: bytes, optional: bytes, array: bytes, array_optional: bytes });
        }
        stop()
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DataError> {
        visitor.visit_some(Probe { is_optional: true, ..self })
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, _: V) -> Result<V::Value, DataError> {
        stop()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DataError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DataError> {
        self.sequence(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, DataError> {
        self.sequence(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, DataError> {
        self.sequence(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DataError> {
        let (node, is_new) = self.trace.node(name, fields);
        if let Some(step) = self.step.filter(|_| !self.is_there()) {
            let name = step.path[self.depth];
            let probe = Probe { depth: self.depth + 1, is_optional: false, is_item: false, ..self };
            return visitor.visit_map(OneField { name: Some(name), probe: Some(probe) });
        }
        if is_new {
            let path = self.step.map(|step| step.path.clone()).unwrap_or_default();
            let step = |(field, name): (usize, &&'static str)| Step {
                path: path.iter().copied().chain([*name]).collect(),
                node,
                field,
            };
            self.waiting.extend(fields.iter().enumerate().map(step));
        }
        self.note(Wanted::Struct(node));
        stop()
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DataError> {
        self.deserialize_str(visitor)
    }
}

/// A list of one item.
struct OneItem<'t>(Option<Probe<'t>>);

impl<'de> SeqAccess<'de> for OneItem<'_> {
    type Error = DataError;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, DataError> {
        self.0.take().map(|probe| seed.deserialize(probe)).transpose()
    }
}

/// A struct of which one field is there.
struct OneField<'t> {
    name: Option<&'static str>,
    probe: Option<Probe<'t>>,
}

impl<'de> MapAccess<'de> for OneField<'_> {
    type Error = DataError;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, DataError> {
        self.name.take().map(|name| seed.deserialize(StrDeserializer::new(name))).transpose()
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, DataError> {
        self.probe.take().map_or_else(stop, |probe| seed.deserialize(probe))
    }
}
