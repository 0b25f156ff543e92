//! Schemas: the fields of a Compact type, where each lies, and the number that stands for all that.

use super::kind::{FieldKind, Shape};
use crate::codec::WireSchema;

/// What a Compact type is made of. Two schemas with equal numbers are the same.
///
/// ```
/// use hazelcast_client::{FieldKind, Schema};
///
/// let schema = Schema::new("Ev", [("b".to_owned(), FieldKind::String), ("a".to_owned(), FieldKind::NullableInt32)]);
/// assert_eq!(schema.id(), 8_379_853_072_894_587_042);
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Schema {
    type_name: String,
    /// By name.
    fields: Vec<SchemaField>,
    id: i64,
    fixed_bytes: usize,
    variables: usize,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct SchemaField {
    pub(crate) name: String,
    pub(crate) kind: FieldKind,
    pub(crate) place: Place,
}

/// Where a field lies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// From this byte of the fixed part on.
    Fixed(usize),
    /// A bit of a byte of the fixed part.
    Bit(usize, u8),
    /// Where this entry of the table says.
    Variable(usize),
}

impl Schema {
    /// A schema of these fields. Where a name comes twice, the first counts.
    ///
    /// ```
    /// use hazelcast_client::{FieldKind, Schema};
    ///
    /// let schema = Schema::new("Ev", [("b".to_owned(), FieldKind::String), ("a".to_owned(), FieldKind::NullableInt32)]);
    /// ```
    pub fn new(type_name: impl Into<String>, fields: impl IntoIterator<Item = (String, FieldKind)>) -> Self {
        let place = Place::Fixed(0);
        let mut fields: Vec<_> =
            fields.into_iter().map(|(name, kind)| SchemaField { name, kind, place }).collect();
        fields.sort_by(|one, two| one.name.cmp(&two.name));
        fields.dedup_by(|two, one| two.name == one.name);
        let mut schema = Self { type_name: type_name.into(), fields, id: 0, fixed_bytes: 0, variables: 0 };
        schema.lay_out();
        schema.id = schema.fingerprint();
        schema
    }

    /// Large fields first, then by name; truth values are bits behind them.
    fn lay_out(&mut self) {
        let mut at = 0;
        for size in [8, 4, 2, 1] {
            for field in self.fields.iter_mut().filter(|field| field.kind.shape() == Shape::Fixed(size)) {
                field.place = Place::Fixed(at);
                at += size;
            }
        }
        let mut bits = 0_usize;
        for field in self.fields.iter_mut().filter(|field| field.kind.shape() == Shape::Bit) {
            field.place = Place::Bit(at + bits / 8, (bits % 8) as u8);
            bits += 1;
        }
        self.fixed_bytes = at + bits.div_ceil(8);
        for field in self.fields.iter_mut().filter(|field| field.kind.shape() == Shape::Variable) {
            field.place = Place::Variable(self.variables);
            self.variables += 1;
        }
    }

    fn fingerprint(&self) -> i64 {
        let mut print = Fingerprint::default();
        print.text(&self.type_name);
        print.number(self.fields.len() as i32);
        for field in &self.fields {
            print.text(&field.name);
            print.number(field.kind.id());
        }
        print.0.cast_signed()
    }

    /// The number that stands for it.
    ///
    /// ```
    /// use hazelcast_client::{FieldKind, Schema};
    ///
    /// let schema = Schema::new("Ev", [("b".to_owned(), FieldKind::String), ("a".to_owned(), FieldKind::NullableInt32)]);
    /// assert_eq!(schema.id(), 8_379_853_072_894_587_042);
    /// ```
    pub const fn id(&self) -> i64 {
        self.id
    }

    /// The name of the type: for members, that of a class.
    ///
    /// ```
    /// use hazelcast_client::{FieldKind, Schema};
    ///
    /// let schema = Schema::new("Ev", [("b".to_owned(), FieldKind::String), ("a".to_owned(), FieldKind::NullableInt32)]);
    /// assert_eq!(schema.type_name(), "Ev");
    /// ```
    pub fn type_name(&self) -> &str {
        &self.type_name
    }

    /// The fields by name.
    ///
    /// ```
    /// use hazelcast_client::{FieldKind, Schema};
    ///
    /// let schema = Schema::new("Ev", [("b".to_owned(), FieldKind::String), ("a".to_owned(), FieldKind::NullableInt32)]);
    /// assert_eq!(schema.fields().map(|(name, _)| name).collect::<Vec<_>>(), ["a", "b"]);
    /// ```
    pub fn fields(&self) -> impl Iterator<Item = (&str, FieldKind)> {
        self.fields.iter().map(|field| (field.name.as_str(), field.kind))
    }

    /// A field's kind, where there is such a field.
    ///
    /// ```
    /// use hazelcast_client::{FieldKind, Schema};
    ///
    /// let schema = Schema::new("Ev", [("b".to_owned(), FieldKind::String), ("a".to_owned(), FieldKind::NullableInt32)]);
    /// assert_eq!((schema.kind("b"), schema.kind("c")), (Some(FieldKind::String), None));
    /// ```
    pub fn kind(&self, field: &str) -> Option<FieldKind> {
        self.field(field).map(|field| field.kind)
    }

    pub(crate) fn field(&self, name: &str) -> Option<&SchemaField> {
        self.index(name).map(|index| &self.fields[index])
    }

    /// Which field by name it is.
    pub(crate) fn index(&self, name: &str) -> Option<usize> {
        self.fields.binary_search_by(|field| field.name.as_str().cmp(name)).ok()
    }

    /// Which fields have a variable size, and which entries of the table theirs are.
    pub(crate) fn variable_fields(&self) -> impl Iterator<Item = (usize, usize)> {
        let fields = self.fields.iter().map(|field| field.place).enumerate();
        fields.filter_map(|(field, place)| match place {
            Place::Variable(index) => Some((field, index)),
            _ => None,
        })
    }

    pub(crate) fn places(&self) -> impl Iterator<Item = Place> {
        self.fields.iter().map(|field| field.place)
    }

    pub(crate) const fn fixed_bytes(&self) -> usize {
        self.fixed_bytes
    }

    pub(crate) const fn variables(&self) -> usize {
        self.variables
    }

    pub(crate) fn to_wire(&self) -> WireSchema {
        let fields = self.fields.iter().map(|field| (field.name.clone(), field.kind.id())).collect();
        WireSchema { type_name: self.type_name.clone(), fields }
    }

    /// None where a kind is unknown.
    pub(crate) fn from_wire(wire: WireSchema) -> Option<Self> {
        let kinds = wire.fields.into_iter().map(|(name, kind)| Some((name, FieldKind::from_id(kind)?)));
        Some(Self::new(wire.type_name, kinds.collect::<Option<Vec<_>>>()?))
    }
}

/// Rabin's fingerprint of 64 bits.
struct Fingerprint(u64);

const EMPTY: u64 = 0xc15d_213a_a4d7_a795;

const TABLE: [u64; 256] = table();

const fn table() -> [u64; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut print = index as u64;
        let mut bit = 0;
        while bit < 8 {
            print = (print >> 1) ^ (EMPTY & (print & 1).wrapping_neg());
            bit += 1;
        }
        table[index] = print;
        index += 1;
    }
    table
}

impl Default for Fingerprint {
    fn default() -> Self {
        Self(EMPTY)
    }
}

impl Fingerprint {
    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 >> 8) ^ TABLE[usize::from(self.0 as u8 ^ byte)];
        }
    }

    fn number(&mut self, number: i32) {
        self.bytes(&number.to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as i32);
        self.bytes(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(fields: &[(&str, FieldKind)]) -> Schema {
        Schema::new("Ev", fields.iter().map(|(name, kind)| ((*name).to_owned(), *kind)))
    }

    #[test]
    fn the_number_is_the_one_that_members_compute() {
        let schema = schema(&[("b", FieldKind::String), ("a", FieldKind::NullableInt32)]);
        assert_eq!(schema.id(), 8_379_853_072_894_587_042);
        assert_eq!(Schema::from_wire(schema.to_wire()), Some(schema));
    }

    #[test]
    fn large_fields_lie_first_and_bits_last() {
        let kinds =
            [FieldKind::Boolean, FieldKind::Int8, FieldKind::Int64, FieldKind::Int16, FieldKind::Int32];
        let names = ["e", "d", "c", "b", "a"];
        let schema = schema(&names.into_iter().zip(kinds).collect::<Vec<_>>());
        let places: Vec<_> = schema.fields.iter().map(|field| field.place).collect();
        use Place::{Bit, Fixed};
        assert_eq!(places, [Fixed(8), Fixed(12), Fixed(0), Fixed(14), Bit(15, 0)]);
        assert_eq!(schema.fixed_bytes(), 16);
    }
}
