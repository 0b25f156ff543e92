//! The schemas that a client has met, and which of them members have.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::Schema;

/// All schemas, by number and by type.
#[derive(Debug, Default)]
pub(crate) struct Schemas {
    by_id: RwLock<HashMap<i64, Known>>,
    by_type: RwLock<HashMap<TypeId, Arc<Schema>>>,
}

#[derive(Clone, Debug)]
struct Known {
    schema: Arc<Schema>,
    is_sent: bool,
}

impl Schemas {
    pub(crate) fn get(&self, id: i64) -> Option<Arc<Schema>> {
        let by_id = self.by_id.read().unwrap_or_else(PoisonError::into_inner);
        by_id.get(&id).map(|known| Arc::clone(&known.schema))
    }

    /// Whether all members have it.
    pub(crate) fn is_sent(&self, id: i64) -> bool {
        let by_id = self.by_id.read().unwrap_or_else(PoisonError::into_inner);
        by_id.get(&id).is_some_and(|known| known.is_sent)
    }

    /// From now on known, though perhaps not to members.
    pub(crate) fn add(&self, schema: impl Into<Arc<Schema>>) -> Arc<Schema> {
        let schema = schema.into();
        if let Some(known) = self.get(schema.id()) {
            return known;
        }
        let mut by_id = self.by_id.write().unwrap_or_else(PoisonError::into_inner);
        let id = schema.id();
        let new = || Known { schema, is_sent: false };
        Arc::clone(&by_id.entry(id).or_insert_with(new).schema)
    }

    /// Members have it.
    pub(crate) fn sent(&self, id: i64) {
        let mut by_id = self.by_id.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = by_id.get_mut(&id) {
            known.is_sent = true;
        }
    }

    /// The schema of a type of Rust, which is made once.
    pub(crate) fn of_type(&self, id: TypeId, make: impl FnOnce() -> Schema) -> Arc<Schema> {
        let by_type = self.by_type.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(schema) = by_type.get(&id) {
            return Arc::clone(schema);
        }
        drop(by_type);
        let schema = self.add(make());
        let mut by_type = self.by_type.write().unwrap_or_else(PoisonError::into_inner);
        by_type.insert(id, Arc::clone(&schema));
        schema
    }

    /// All that members have been told: a cluster that was started again knows none of them.
    pub(crate) fn all_sent(&self) -> Vec<Arc<Schema>> {
        let by_id = self.by_id.read().unwrap_or_else(PoisonError::into_inner);
        by_id.values().filter(|known| known.is_sent).map(|known| Arc::clone(&known.schema)).collect()
    }
}
