//! The name of a namespace: fit for file names, Redis keys and Hazelcast map names alike.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The name of a namespace.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Namespace(Arc<str>);

/// The most characters of a name.
const MOST: usize = 100;

/// A name that is none.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "`{0}` is no name of a namespace: it has 1 to 100 of the characters a-z, A-Z, 0-9, `-`, `_` and `.`, and begins with a letter or digit"
)]
pub struct BadNamespace(String);

impl Namespace {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Namespace {
    type Err = BadNamespace;

    fn from_str(name: &str) -> Result<Self, BadNamespace> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let begins = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
        if begins && name.len() <= MOST && name.bytes().all(fits) {
            Ok(Self(name.into()))
        } else {
            Err(BadNamespace(name.to_owned()))
        }
    }
}

impl fmt::Display for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked() {
        for good in ["a", "fraud-2", "A.b_c", "7"] {
            assert_eq!(good.parse::<Namespace>().map(|name| name.to_string()).as_deref(), Ok(good));
        }
        for bad in ["", "-a", ".a", "a b", "a/b", "{a}", "ä", &"a".repeat(101)] {
            assert!(bad.parse::<Namespace>().is_err(), "{bad}");
        }
    }
}
