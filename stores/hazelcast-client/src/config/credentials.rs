//! Who a client says that it is. What is secret is in no text that is made of it.

use std::fmt;

use bytes::Bytes;

/// What a client shows so that members let it in.
///
/// Members check it where their security is on, which is a feature of Hazelcast Enterprise; those of the open source edition
/// refuse whoever shows a user and a password.
///
/// ```
/// use hazelcast_client::{Config, Credentials};
///
/// let credentials = Credentials::password("cep", "top secret");
/// assert_eq!(format!("{credentials:?}"), r#"Credentials { user: "cep", .. }"#);
/// let config = Config::new(["10.0.0.1:5701"]).credentials(credentials);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials(pub(crate) Shown);

/// What is shown.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Shown {
    Password { user: String, password: String },
    Token(Bytes),
}

impl Credentials {
    /// A user's name and password.
    ///
    /// ```
    /// let credentials = hazelcast_client::Credentials::password("cep", "top secret");
    /// ```
    pub fn password(user: impl Into<String>, password: impl Into<String>) -> Self {
        Self(Shown::Password { user: user.into(), password: password.into() })
    }

    /// A token as members' login modules know it, byte by byte: where it is told as Base64, its bytes are those behind that.
    ///
    /// ```
    /// let credentials = hazelcast_client::Credentials::token(*b"eyJhbGciOi...");
    /// ```
    pub fn token(token: impl AsRef<[u8]>) -> Self {
        Self(Shown::Token(Bytes::copy_from_slice(token.as_ref())))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut told = formatter.debug_struct("Credentials");
        if let Shown::Password { user, .. } = &self.0 {
            told.field("user", user);
        }
        told.finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_secret_is_not_told() {
        let all = [Credentials::password("ann", "hush"), Credentials::token(b"hush")];
        for credentials in all {
            let config = crate::Config::default().credentials(credentials);
            assert!(!format!("{config:?}").contains("hush"), "{config:?}");
            assert!(!format!("{config:#?}").contains("104"), "bytes are not told either: {config:?}");
        }
    }
}
