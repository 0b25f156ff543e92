//! The names of our keys. All begin with `cep:`, so that one pattern can allow them (`~cep:*`); all of a group share a hash
//! tag, so that they lie in one slot of a cluster.

use cep_engine::store::{GroupId, Namespace};

use crate::slot::Slot;

/// The pattern of the root keys, and of no others of ours.
pub(crate) const ROOTS: &str = "cep:{*}";

/// The key of a namespace: what it says of itself, and whether it is there.
#[derive(Clone, Debug)]
pub(crate) struct RootKey {
    pub(crate) name: String,
    pub(crate) slot: Slot,
}

impl RootKey {
    pub(crate) fn of(namespace: &Namespace) -> Self {
        Self { name: format!("cep:{{{namespace}}}"), slot: Slot::of(namespace.as_str()) }
    }
}

/// The namespace that a root key is of, if it is one.
pub(crate) fn namespace_of(root: &[u8]) -> Option<Namespace> {
    let name = root.strip_prefix(b"cep:{")?.strip_suffix(b"}")?;
    std::str::from_utf8(name).ok()?.parse().ok()
}

/// The keys of a group.
#[derive(Clone, Debug)]
pub(crate) struct GroupKeys {
    /// Hash: birth, version, outbox numbers, the engine's bytes.
    pub(crate) header: String,
    /// Hash: values by key.
    pub(crate) values: String,
    /// Sorted set: keys by deadline.
    pub(crate) deadlines: String,
    /// List: the outbox from its first number on.
    pub(crate) outbox: String,
    /// List: parts of a commit too large to be sent at once.
    pub(crate) staged: String,
    pub(crate) slot: Slot,
}

impl GroupKeys {
    pub(crate) fn of(namespace: &Namespace, group: GroupId) -> Self {
        let tag = format!("{namespace}:{}", group.0);
        let key = |what: char| format!("cep:{{{tag}}}:{what}");
        Self {
            header: key('h'),
            values: key('v'),
            deadlines: key('d'),
            outbox: key('o'),
            staged: key('s'),
            slot: Slot::of(&tag),
        }
    }

    /// All of them, in the order in which scripts take them.
    pub(crate) fn all(&self) -> [&str; 5] {
        [&self.header, &self.values, &self.deadlines, &self.outbox, &self.staged]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_key_tells_its_namespace_and_no_other_key_does() {
        let name: Namespace = "fraud-2".parse().unwrap();
        assert_eq!(namespace_of(RootKey::of(&name).name.as_bytes()), Some(name.clone()));
        let keys = GroupKeys::of(&name, GroupId(3));
        assert_eq!(keys.header, "cep:{fraud-2:3}:h");
        for key in keys.all().into_iter().chain(["cep:{}", "cep:{fraud-2:3}", "cep:x", "{x}"]) {
            assert_eq!(namespace_of(key.as_bytes()), None, "{key}");
        }
    }
}
