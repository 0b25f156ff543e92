//! A cluster as a client gets there: its name, its addresses, and what members want to see.

#[cfg(feature = "tls")]
use super::Tls;
use super::credentials::Credentials;
use super::translation::Translation;

/// One cluster: where it is, and how a client is let in. [`Config`](super::Config) has one, and those that take its place when
/// it cannot be reached.
///
/// ```
/// use hazelcast_client::{ClusterConfig, Config};
///
/// let green = ClusterConfig::new(["10.0.1.1:5701"]).cluster_name("green");
/// let config = Config::new(["10.0.0.1:5701"]).cluster_name("blue").fall_back_to(green);
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct ClusterConfig {
    pub(crate) name: String,
    pub(crate) addresses: Vec<String>,
    pub(crate) credentials: Option<Credentials>,
    #[cfg(feature = "tls")]
    pub(crate) tls: Option<Tls>,
    pub(crate) translation: Translation,
    pub(crate) public_addresses: bool,
}

impl ClusterConfig {
    /// A cluster named `dev`, some of whose members are at these addresses: `host:port`, or `host` for the ports 5701 to
    /// 5703. The client finds the other members by itself.
    ///
    /// ```
    /// let cluster = hazelcast_client::ClusterConfig::new(["10.0.0.1:5701", "10.0.0.2"]);
    /// ```
    pub fn new<A: Into<String>>(addresses: impl IntoIterator<Item = A>) -> Self {
        Self {
            name: "dev".to_owned(),
            addresses: addresses.into_iter().map(Into::into).collect(),
            credentials: None,
            #[cfg(feature = "tls")]
            tls: None,
            translation: Translation::default(),
            public_addresses: false,
        }
    }
}

/// The same settings of a cluster and of a client's first cluster.
macro_rules! cluster_settings {
    ($config:ident, $($place:ident).*, $value:literal) => {
        impl $config {
            /// The cluster's name: a client of another name is turned away.
            ///
            #[doc = concat!("```\nuse hazelcast_client::", $value, ";\n")]
            #[doc = concat!("let config = ", $value, "::new([\"10.0.0.1\"]).cluster_name(\"prod\");\n```")]
            #[must_use]
            pub fn cluster_name(mut self, name: impl Into<String>) -> Self {
                self.$($place.)*name = name.into();
                self
            }

            /// What is shown to members so that they let the client in; else nothing is.
            ///
            #[doc = concat!("```\nuse hazelcast_client::{Credentials, ", $value, "};\n")]
            #[doc = concat!("let config = ", $value, "::new([\"10.0.0.1\"]).credentials(Credentials::password(\"cep\", \"secret\"));\n```")]
            #[must_use]
            pub fn credentials(mut self, credentials: $crate::config::Credentials) -> Self {
                self.$($place.)*credentials = Some(credentials);
                self
            }

            /// Speaks TLS with members, which has to be configured there (a feature of Hazelcast Enterprise) or at a proxy
            /// before them.
            ///
            #[doc = concat!("```\nuse hazelcast_client::{Tls, ", $value, "};\n")]
            #[doc = concat!("let config = ", $value, "::new([\"hz.example.com:5701\"]).tls(Tls::new());\n```")]
            #[cfg(feature = "tls")]
            #[must_use]
            pub fn tls(mut self, tls: $crate::config::Tls) -> Self {
                self.$($place.)*tls = Some(tls);
                self
            }

            /// Finds members at other addresses than those that they tell, behind a router say. What this gives nothing for
            /// stays as it is; addresses of the configuration are used as they stand there.
            ///
            #[doc = concat!("```\nuse hazelcast_client::", $value, ";\n")]
            #[doc = concat!("let config = ", $value, "::new([\"hz.example.com:30701\"]).translate(|address| {\n")]
            #[doc = "    let (_, port) = address.rsplit_once(\":57\")?;\n    Some(format!(\"hz.example.com:307{port}\"))\n});\n```"]
            #[must_use]
            pub fn translate(
                mut self,
                translate: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
            ) -> Self {
                self.$($place.)*translation = $crate::config::Translation::by(translate);
                self
            }

            /// The same with a table: the address that a member tells, and the one where it is found.
            ///
            #[doc = concat!("```\nuse hazelcast_client::", $value, ";\n")]
            #[doc = concat!("let config = ", $value, "::new([\"127.0.0.1:30701\"])\n")]
            #[doc = "    .translate_table([(\"10.0.0.1:5701\", \"127.0.0.1:30701\"), (\"10.0.0.2:5701\", \"127.0.0.1:30702\")]);\n```"]
            #[must_use]
            pub fn translate_table<A: Into<String>, B: Into<String>>(
                mut self,
                table: impl IntoIterator<Item = (A, B)>,
            ) -> Self {
                let table = table.into_iter().map(|(from, to)| (from.into(), to.into()));
                self.$($place.)*translation = $crate::config::Translation::table(table);
                self
            }

            /// Whether members are looked for at the public addresses that they tell, where they tell one
            /// (`public-address` of a member's configuration). Off by default; a translation is asked afterwards.
            ///
            #[doc = concat!("```\nuse hazelcast_client::", $value, ";\n")]
            #[doc = concat!("let config = ", $value, "::new([\"203.0.113.7:5701\"]).public_addresses(true);\n```")]
            #[must_use]
            pub fn public_addresses(mut self, public_addresses: bool) -> Self {
                self.$($place.)*public_addresses = public_addresses;
                self
            }
        }
    };
}

cluster_settings!(ClusterConfig, , "ClusterConfig");

pub(super) use cluster_settings;
