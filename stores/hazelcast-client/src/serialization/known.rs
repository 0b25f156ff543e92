//! What a serializer has met until now: schemas of Compact types, and classes of Portable ones.

use super::compact::Schemas;
use super::portable::Classes;

#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(super) schemas: Schemas,
    pub(super) classes: Classes,
}
