//! The classes of Portable records that were written: one of a version has always the same fields.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::serialization::DataError;

/// A class in one version: the names of its fields and the numbers of their kinds, in the order in which they are written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Class {
    pub(crate) factory_id: i32,
    pub(crate) class_id: i32,
    pub(crate) version: i32,
    pub(crate) fields: Vec<(String, u8)>,
}

/// All of them, by factory, class and version.
#[derive(Debug, Default)]
pub(crate) struct Classes(RwLock<HashMap<(i32, i32, i32), Arc<Class>>>);

impl Classes {
    /// Whoever writes a class first says which fields it has.
    pub(super) fn written(&self, class: &Arc<Class>) -> Result<(), DataError> {
        let id = (class.factory_id, class.class_id, class.version);
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
        let known = known.unwrap_or_else(|| {
            let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry(id).or_insert_with(|| Arc::clone(class)))
        });
        if Arc::ptr_eq(&known, class) || known == *class {
            return Ok(());
        }
        let (factory, class, version) = id;
        Err(DataError::Custom(format!(
            "Portable class {class} of factory {factory} was written with other fields in version {version}: \
             a class with other fields has another version"
        )))
    }
}
