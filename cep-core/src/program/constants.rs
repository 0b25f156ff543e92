//! The constants that conditions ask a column to equal: which of them a row's value is, is found once for all
//! conditions, and each then compares small numbers.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::FixedState;

use super::group::Members;
use crate::event::{Column, DataType, EXACT, Texts, Value};
use crate::ids::ColumnId;

/// Which constant a value is; [`NULL`] and [`OTHER`] where it is none.
pub(crate) type ValueId = u32;
const NULL: ValueId = 0;
const OTHER: ValueId = 1;
const FIRST: ValueId = 2;

/// The constants that a column is compared with.
#[derive(Debug)]
pub(crate) struct Constants {
    column: ColumnId,
    table: Table,
    count: usize,
}

#[derive(Debug)]
enum Table {
    /// Close together: by the distance to the least.
    Dense {
        least: i64,
        ids: Box<[ValueId]>,
    },
    Ints(HashMap<i64, ValueId, FixedState>),
    /// By bits.
    Floats(HashMap<u64, ValueId, FixedState>),
    Texts(Texts),
}

/// A constant, in the form in which equal ones are the same.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Key {
    Int(i64),
    Float(u64),
    Text(Arc<str>),
}

/// What a constant is to a column.
pub(super) enum Sought {
    /// A value that it may hold.
    Key(Key),
    /// One that it never holds.
    Nowhere,
}

/// What a column of a type is compared with; none where values have to be compared one by one.
pub(super) fn sought(column: &DataType, constant: &Value) -> Option<Sought> {
    Some(match (column, constant) {
        (DataType::Int, Value::Int(value)) => Sought::Key(Key::Int(*value)),
        // Below that, one integer at most is the float; from there on, several are.
        (DataType::Int, Value::Float(value)) if value.abs() < EXACT => {
            if value.fract() == 0.0 {
                Sought::Key(Key::Int(*value as i64))
            } else {
                Sought::Nowhere
            }
        }
        (DataType::Float, Value::Int(value)) => Sought::Key(Key::Float(bits(*value as f64))),
        (DataType::Float, Value::Float(value)) if value.is_finite() => Sought::Key(Key::Float(bits(*value))),
        (DataType::String, Value::Str(text)) => Sought::Key(Key::Text(Arc::clone(text))),
        _ => return None,
    })
}

/// The bits of a float, those of both zeros being the same.
fn bits(value: f64) -> u64 {
    (value + 0.0).to_bits()
}

impl Constants {
    /// From this many on, a condition has no bit a row of its own.
    pub(super) const MANY: usize = 8;

    /// Constants of one column, each once; the id of the first is [`FIRST`].
    fn new(column: ColumnId, keys: Vec<Key>) -> Self {
        let count = keys.len();
        let (mut ints, mut floats, mut texts) = (HashMap::default(), HashMap::default(), Vec::new());
        for (id, key) in (FIRST..).zip(keys) {
            match key {
                Key::Int(value) => drop(ints.insert(value, id)),
                Key::Float(bits) => drop(floats.insert(bits, id)),
                Key::Text(text) => texts.push((*text).into()),
            }
        }
        let table = if !texts.is_empty() {
            Table::Texts(Texts::new(texts))
        } else if !floats.is_empty() {
            Table::Floats(floats)
        } else {
            dense(&ints).unwrap_or(Table::Ints(ints))
        };
        Self { column, table, count }
    }

    /// The column.
    pub(crate) fn column(&self) -> ColumnId {
        self.column
    }

    /// How many ids there are.
    pub(crate) fn ids(&self) -> usize {
        FIRST as usize + self.count
    }

    /// Whether a bit a row for each would be much.
    pub(crate) fn are_many(&self) -> bool {
        self.count >= Self::MANY
    }

    /// By row: which constant the value is.
    pub(crate) fn find(&self, column: &Column) -> Box<[ValueId]> {
        let found: Option<Box<[ValueId]>> = match &self.table {
            Table::Dense { least, ids } => column.ints().map(|values| {
                let id = |value: &i64| ids.get(value.wrapping_sub(*least).cast_unsigned() as usize);
                values.iter().map(|value| id(value).copied().unwrap_or(OTHER)).collect()
            }),
            Table::Ints(ids) => column
                .ints()
                .map(|values| values.iter().map(|value| ids.get(value).copied().unwrap_or(OTHER)).collect()),
            Table::Floats(ids) => column.floats().map(|values| {
                values.iter().map(|value| ids.get(&bits(*value)).copied().unwrap_or(OTHER)).collect()
            }),
            Table::Texts(texts) => column.strs().map(|values| {
                let id = |place: Option<usize>| place.map_or(OTHER, |place| FIRST + place as ValueId);
                values.find_each(texts, id)
            }),
        };
        // A column that is not filled holds nothing.
        let mut found = found.unwrap_or_else(|| vec![NULL; column.len()].into());
        if let Some(nulls) = column.nulls() {
            found.iter_mut().zip(nulls).filter(|(_, null)| **null).for_each(|(id, _)| *id = NULL);
        }
        found
    }
}

/// A table by distance, where that is not much larger than the constants are many.
fn dense(ints: &HashMap<i64, ValueId, FixedState>) -> Option<Table> {
    const ROOM: usize = 1024;
    let least = *ints.keys().min()?;
    let width = ints.keys().max()?.checked_sub(least)?;
    let width = usize::try_from(width).ok().filter(|width| *width < ROOM + 4 * ints.len())?;
    let mut ids = vec![OTHER; width + 1].into_boxed_slice();
    ints.iter().for_each(|(value, id)| ids[(value - least) as usize] = *id);
    Some(Table::Dense { least, ids })
}

/// Collects the constants of one column.
#[derive(Debug, Default)]
pub(super) struct Collected {
    ids: HashMap<Key, ValueId>,
    keys: Vec<Key>,
}

impl Collected {
    pub(super) fn id(&mut self, key: Key) -> ValueId {
        *self.ids.entry(key.clone()).or_insert_with(|| {
            self.keys.push(key);
            FIRST + ValueId::try_from(self.keys.len() - 1).expect("a program has fewer than 2^32 constants")
        })
    }

    pub(super) fn count(&self) -> usize {
        self.keys.len()
    }

    pub(super) fn finish(self, column: ColumnId) -> Constants {
        Constants::new(column, self.keys)
    }
}

/// The condition that a column's value is, or is not, one of some constants. It holds for no null.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Among {
    /// The place of the column's constants.
    pub(crate) constants: usize,
    /// Ascending.
    ids: Ids,
    is_not: bool,
}

/// Some ids; as a rule, one.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Ids {
    Only(ValueId),
    Some(Arc<[ValueId]>),
}

impl Among {
    pub(super) fn new(constants: usize, mut ids: Vec<ValueId>, is_not: bool) -> Self {
        ids.sort_unstable();
        ids.dedup();
        let ids = if let [only] = ids[..] { Ids::Only(only) } else { Ids::Some(ids.into()) };
        Self { constants, ids, is_not }
    }

    /// Whether it holds for a value.
    pub(crate) fn has(&self, id: ValueId) -> bool {
        let is = match &self.ids {
            Ids::Only(only) => *only == id,
            Ids::Some(ids) => ids.binary_search(&id).is_ok(),
        };
        is != self.is_not && id != NULL
    }

    /// The rows for which it holds, a bit each, by the values of all rows.
    pub(crate) fn rows(&self, values: &[ValueId]) -> Box<[u64]> {
        match &self.ids {
            Ids::Only(only) if !self.is_not => words(values, |id| id == *only),
            _ => words(values, |id| self.has(id)),
        }
    }

    /// The only values it holds for; none where it holds for all others.
    pub(crate) fn only(&self) -> Option<&[ValueId]> {
        match &self.ids {
            _ if self.is_not => None,
            Ids::Only(only) => Some(std::slice::from_ref(only)),
            Ids::Some(ids) => Some(ids),
        }
    }
}

fn words(values: &[ValueId], has: impl Fn(ValueId) -> bool) -> Box<[u64]> {
    let word =
        |values: &[ValueId]| (0..).zip(values).fold(0, |word, (bit, id)| word | u64::from(has(*id)) << bit);
    values.chunks(64).map(word).collect()
}

/// For which patterns of a group a value is what each of them asks for.
#[derive(Debug)]
pub struct Equals {
    pub(crate) constants: usize,
    /// The values that any of them names, ascending.
    ids: Box<[ValueId]>,
    /// For whom it holds at each of these.
    members: Box<[Members]>,
    /// For whom it holds at all other values.
    others: Members,
}

impl Equals {
    /// The index over such conditions on one column.
    pub(super) fn over(each: &[&Among]) -> Option<Self> {
        let constants = each.first()?.constants;
        if each.iter().any(|among| among.constants != constants) {
            return None;
        }
        let mut ids: Vec<ValueId> = each
            .iter()
            .flat_map(|among| match &among.ids {
                Ids::Only(only) => std::slice::from_ref(only),
                Ids::Some(ids) => ids,
            })
            .copied()
            .collect();
        ids.sort_unstable();
        ids.dedup();
        let holds = |id: ValueId| {
            let places = each.iter().enumerate().filter(|(_, among)| among.has(id));
            places.fold(Members::NONE, |all, (place, _)| all.or(Members::only(place)))
        };
        let members = ids.iter().map(|id| holds(*id)).collect();
        Some(Self { constants, members, others: holds(OTHER), ids: ids.into() })
    }

    /// For whom it holds at a value.
    pub(crate) fn holds(&self, id: ValueId) -> Members {
        match self.ids.binary_search(&id) {
            Ok(place) => self.members[place],
            Err(_) if id == NULL => Members::NONE,
            Err(_) => self.others,
        }
    }

    /// The only values at which it holds for any; none where it does for all others.
    pub(crate) fn only(&self) -> Option<&[ValueId]> {
        self.others.is_empty().then_some(&*self.ids)
    }
}
