//! Indexes of maps, by which members find entries without looking at all.

use super::Map;
use crate::codec::{MapAddIndex, WireIndex};
use crate::error::{Error, ErrorKind};
use crate::invocation::Target;

/// An index over attributes of values, of keys (`__key`, `__key.name`), or over values themselves (`this`).
///
/// ```
/// use hazelcast_client::{Index, UniqueKey};
///
/// let by_amount = Index::sorted(["amount"]);
/// let by_card = Index::hash(["card", "currency"]).named("card");
/// let by_state = Index::bitmap("state").unique_key("__key", UniqueKey::Long);
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Index {
    kind: Kind,
    name: Option<String>,
    attributes: Vec<String>,
    unique: (String, UniqueKey),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Sorted,
    Hash,
    Bitmap,
}

/// How a bitmap tells entries apart.
///
/// ```
/// use hazelcast_client::{Index, UniqueKey};
///
/// let by_state = Index::bitmap("state").unique_key("number", UniqueKey::Raw);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum UniqueKey {
    /// By any attribute: members number its values.
    Object,
    /// By an attribute whose values are integers, or are made such.
    Long,
    /// By an attribute whose values are integers, as they are.
    Raw,
}

impl Index {
    fn new<A: Into<String>>(kind: Kind, attributes: impl IntoIterator<Item = A>) -> Self {
        let attributes = attributes.into_iter().map(Into::into).collect();
        Self { kind, name: None, attributes, unique: ("__key".to_owned(), UniqueKey::Object) }
    }

    /// For equality and for ranges.
    ///
    /// ```
    /// let index = hazelcast_client::Index::sorted(["amount"]);
    /// ```
    pub fn sorted<A: Into<String>>(attributes: impl IntoIterator<Item = A>) -> Self {
        Self::new(Kind::Sorted, attributes)
    }

    /// For equality.
    ///
    /// ```
    /// let index = hazelcast_client::Index::hash(["card"]);
    /// ```
    pub fn hash<A: Into<String>>(attributes: impl IntoIterator<Item = A>) -> Self {
        Self::new(Kind::Hash, attributes)
    }

    /// For equality of an attribute with few different values, also under `and`, `or` and `not`.
    ///
    /// ```
    /// let index = hazelcast_client::Index::bitmap("country");
    /// ```
    pub fn bitmap(attribute: impl Into<String>) -> Self {
        Self::new(Kind::Bitmap, [attribute])
    }

    /// A name; else one is made from the map's and those of the attributes.
    ///
    /// ```
    /// let index = hazelcast_client::Index::sorted(["amount"]).named("by-amount");
    /// ```
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// What tells the entries of a bitmap apart: by default their keys, as objects. Other indexes have no use for it.
    ///
    /// ```
    /// use hazelcast_client::{Index, UniqueKey};
    ///
    /// let index = Index::bitmap("country").unique_key("__key", UniqueKey::Object);
    /// ```
    #[must_use]
    pub fn unique_key(mut self, attribute: impl Into<String>, kind: UniqueKey) -> Self {
        self.unique = (attribute.into(), kind);
        self
    }

    fn problem(&self) -> Option<&'static str> {
        let names: Vec<_> = self.attributes.iter().map(|name| canonical(name)).collect();
        if names.is_empty() || names.iter().any(|name| name.is_empty()) {
            return Some("an index needs attributes, and each a name");
        }
        let is_twice = |(at, name): (usize, &&str)| names[..at].contains(name);
        if names.iter().enumerate().any(is_twice) {
            return Some("an index has an attribute twice");
        }
        let is_unique = names.contains(&canonical(&self.unique.0));
        (self.kind == Kind::Bitmap && is_unique).then_some("a bitmap tells entries apart by what it indexes")
    }
}

/// `this.` is the value, as is nothing.
fn canonical(attribute: &str) -> &str {
    attribute.strip_prefix("this.").unwrap_or(attribute)
}

impl<K, V> Map<K, V> {
    /// Adds an index, over what is there and what comes later; nothing happens where there is the same one. It lives as long
    /// as the map does.
    ///
    /// Members index all entries before it returns. A future that is dropped may leave it at some members; adding it again
    /// mends that.
    ///
    /// ```no_run
    /// # use hazelcast_client::{Error, Index, Json, Map, Predicate};
    /// # async fn example(orders: Map<i64, Json>) -> Result<(), Error> {
    /// orders.add_index(&Index::sorted(["amount"])).await?;
    /// let large = orders.keys_with(&Predicate::sql("amount > 1000")).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`get`](Self::get); [`Refused`](ErrorKind::Refused) also where it has no attribute, or one twice.
    pub async fn add_index(&self, index: &Index) -> Result<(), Error> {
        if let Some(problem) = index.problem() {
            return Err(Error::new(ErrorKind::Refused, format!("index of map `{}`: {problem}", self.name)));
        }
        let attributes: Vec<_> = index.attributes.iter().map(|name| canonical(name).to_owned()).collect();
        let (kind, word) = match index.kind {
            Kind::Sorted => (0, "sorted"),
            Kind::Hash => (1, "hash"),
            Kind::Bitmap => (2, "bitmap"),
        };
        // The name that Java's client makes: so that an index is the same, whoever adds it.
        let made = || format!("{}_{word}_{}", self.name, attributes.join("_"));
        let name = index.name.clone().unwrap_or_else(made);
        let (unique, transformation) = &index.unique;
        let transformation = match transformation {
            UniqueKey::Object => 0,
            UniqueKey::Long => 1,
            UniqueKey::Raw => 2,
        };
        let unique = (index.kind == Kind::Bitmap).then_some((canonical(unique), transformation));
        let index = WireIndex { kind, name: &name, attributes: &attributes, unique };
        self.client.call(&MapAddIndex { name: &self.name, index: &index }, Target::Any).await
    }
}
