//! From the addresses that members tell to those at which this client reaches them.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

type Translate = dyn Fn(&str) -> Option<String> + Send + Sync;

/// How addresses are translated; those for which there is nothing stay as they are.
#[derive(Clone, Default)]
pub(crate) struct Translation(Option<Arc<Translate>>);

impl Translation {
    pub(crate) fn by(translate: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(translate)))
    }

    pub(crate) fn table(table: impl IntoIterator<Item = (String, String)>) -> Self {
        let table: HashMap<_, _> = table.into_iter().collect();
        Self::by(move |address| table.get(address).cloned())
    }

    pub(crate) fn translate(&self, address: &str) -> Option<String> {
        self.0.as_ref().and_then(|translate| translate(address))
    }
}

impl fmt::Debug for Translation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.0.is_some() { "Translation(..)" } else { "None" })
    }
}

/// Two are equal where they are the same one: what they do cannot be compared.
impl PartialEq for Translation {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(two)) => Arc::ptr_eq(one, two),
            (None, None) => true,
            _ => false,
        }
    }
}
