//! Where keys lie.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::cluster::Core;
use crate::data::Data;
use crate::error::Error;
use crate::invocation::Target;
use crate::serialization::ToData;

/// What goes to each partition.
pub(super) type Parts<'a, T> = HashMap<i32, Vec<&'a T>, RandomState>;

impl Core {
    /// A key's bytes, and where it lies.
    pub(super) async fn place<Q: ToData + ?Sized>(&self, key: &Q) -> Result<(Data, Target), Error> {
        let key = self.to_data(key).await?;
        let target = self.target(&key);
        Ok((key, target))
    }

    /// Where a key lies.
    pub(super) fn target(&self, key: &Data) -> Target {
        Target::Partition(key.partition(self.partition_count()))
    }

    /// What has keys, by where these lie.
    pub(super) fn by_partition<'a, T>(&self, items: &'a [T], key: impl Fn(&T) -> &Data) -> Parts<'a, T> {
        let count = self.partition_count();
        let mut parts = Parts::default();
        for item in items {
            parts.entry(key(item).partition(count)).or_default().push(item);
        }
        parts
    }
}
