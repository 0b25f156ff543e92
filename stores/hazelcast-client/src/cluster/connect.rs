//! Making a connection that requests may use: authentication, the client's state, listeners.

use std::io;
use std::sync::Arc;

use tokio::time::timeout;
use tracing::info;

use super::view::Link;
use super::{Core, LifecycleEvent};
use crate::codec::{
    AssignPartitions, Authenticate, AuthenticateCustom, Authenticated, ListenToBackups, Opaque,
};
use crate::config::{ClusterConfig, Routing, Shown};
use crate::connection::{self, Connection, Opening, Secure};
use crate::error::{Error, ErrorKind};

/// The version of the serialization.
const SERIALIZATION: u8 = 1;

/// How this client is told from others in what members show.
pub(super) const CLIENT_TYPE: &str = "RST";

/// What became of a connection that a member has let in.
struct Admitted {
    /// There was no other that requests may use.
    is_first: bool,
    /// The members are those of another cluster than before.
    is_elsewhere: bool,
}

/// Closes a connection that is not ready when nobody waits for it any more.
struct Attempt {
    connection: Arc<Connection>,
    is_ready: bool,
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if !self.is_ready {
            self.connection.close("nobody waits for it any more");
        }
    }
}

impl Core {
    /// Connects to whatever member of a cluster is at an address, and makes the connection ready.
    pub(crate) async fn connect(self: &Arc<Self>, address: &str, site: usize) -> Result<(), Error> {
        let connection = self.open(address, site).await?;
        let mut attempt = Attempt { connection: Arc::clone(&connection), is_ready: false };
        let result = timeout(self.config.connect_timeout * 2, self.make_ready(&connection, site)).await;
        let late = || Error::new(ErrorKind::Unavailable, format!("{address}: not ready in time"));
        let result = result.unwrap_or_else(|_| Err(late()));
        if let Err(error) = &result {
            connection.close(&error.to_string());
            // It may have been counted as there.
            if self.view().lose(connection.id) {
                self.counters.closed();
            }
        }
        attempt.is_ready = result.is_ok();
        result
    }

    async fn open(self: &Arc<Self>, address: &str, site: usize) -> Result<Arc<Connection>, Error> {
        let opening = Opening {
            id: self.connection_id(),
            address,
            secure: secure(self.cluster(site), address)?,
            most_message_bytes: self.config.most_message_bytes,
            traffic: Arc::clone(&self.traffic),
            inbox: Arc::<Self>::clone(self),
        };
        match timeout(self.config.connect_timeout, connection::open(opening)).await {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(error)) => {
                Err(Error::new(kind_of(&error), format!("{address}: {error}")).with_source(error))
            }
            Err(_) => Err(Error::new(ErrorKind::Unavailable, format!("{address}: does not answer"))),
        }
    }

    async fn make_ready(self: &Arc<Self>, connection: &Arc<Connection>, site: usize) -> Result<(), Error> {
        let cluster = self.cluster(site);
        let answer = timeout(self.config.connect_timeout, self.authenticate(connection, cluster)).await;
        let late = || Error::new(ErrorKind::Unavailable, format!("{}: does not answer", connection.address));
        let answer = answer.map_err(|_| late())??;
        let admitted = self.admit(connection, &answer, site)?;
        if admitted.is_elsewhere {
            info!(client = %self.name, cluster = %cluster.name, id = %answer.cluster, "the cluster is another one");
            self.lives
                .tell(LifecycleEvent::ClusterChanged { name: cluster.name.clone(), id: answer.cluster });
        }
        // Their events are known by a flag, so nobody else has to be told of them.
        self.call_on(&ListenToBackups {}, connection).await?;
        if admitted.is_first {
            self.tell_all_schemas(connection).await?;
            self.create_objects_again(connection).await?;
            self.call_on(&AssignPartitions {}, connection).await?;
        }
        self.listeners.register_all(self, connection).await?;
        let mut view = self.view();
        if let Some(link) = view.links.get_mut(&answer.member) {
            link.is_ready = true;
        }
        self.reroute(&view);
        drop(view);
        info!(client = %self.name, address = %connection.address, version = %answer.server_version, "connected");
        // Whoever looks after the view has a connection to listen to.
        self.wake.notify_one();
        Ok(())
    }

    async fn authenticate(
        &self,
        connection: &Arc<Connection>,
        cluster: &ClusterConfig,
    ) -> Result<Authenticated, Error> {
        let answer = match self.show(connection, cluster).await {
            Ok(answer) => answer,
            // Whatever became of the request, the client is not let in over this connection.
            Err(error) if error.kind() == ErrorKind::Indeterminate => {
                return Err(Error::new(ErrorKind::Unavailable, connection.cause()).with_source(error));
            }
            Err(error) => return Err(error),
        };
        let name = &cluster.name;
        let problem = match (answer.status, &cluster.credentials) {
            (0, _) => return Ok(answer),
            (1, None) => format!("it is not a member of cluster `{name}`, or wants a user and a password"),
            (1, Some(_)) => format!(
                "it is not a member of cluster `{name}`, or does not take these credentials: members without security take none"
            ),
            (2, _) => "it has another version of the serialization".to_owned(),
            (3, _) => "this client is not allowed in its cluster".to_owned(),
            (status, _) => format!("it answers with the unknown status {status}"),
        };
        Err(Error::new(ErrorKind::Setup, format!("{}: {problem}", connection.address)))
    }

    /// Tells who the client is.
    async fn show(
        &self,
        connection: &Arc<Connection>,
        cluster: &ClusterConfig,
    ) -> Result<Authenticated, Error> {
        let labels: Vec<_> = self.config.labels.iter().map(String::as_str).collect();
        let routing = u8::from(self.config.routing == Routing::AllMembers);
        let (client, name, labels) = (self.id, &*self.name, &*labels);
        let (serialization, cp_direct, client_type) = (SERIALIZATION, false, CLIENT_TYPE);
        let (cluster, shown) =
            (&*cluster.name, cluster.credentials.as_ref().map(|credentials| &credentials.0));
        let version = env!("CARGO_PKG_VERSION");
        let (user, password) = match shown {
            Some(Shown::Token(token)) => {
                let token = Opaque(token);
                let request = AuthenticateCustom {
                    client,
                    serialization,
                    routing,
                    cp_direct,
                    cluster,
                    token,
                    client_type,
                    version,
                    name,
                    labels,
                };
                return self.call_on(&request, connection).await;
            }
            Some(Shown::Password { user, password }) => (Some(&**user), Some(&**password)),
            None => (None, None),
        };
        let request = Authenticate {
            client,
            serialization,
            routing,
            cp_direct,
            cluster,
            user,
            password,
            client_type,
            version,
            name,
            labels,
        };
        self.call_on(&request, connection).await
    }

    /// Takes the connection among those there are.
    fn admit(
        &self,
        connection: &Arc<Connection>,
        answer: &Authenticated,
        site: usize,
    ) -> Result<Admitted, Error> {
        let refusal = |kind, why: &str| Error::new(kind, format!("{}: {why}", connection.address));
        let refuse = |why: &str| Err(refusal(ErrorKind::Unavailable, why));
        let mut view = self.view();
        if view.site != site {
            return refuse("the client has gone on to another cluster");
        }
        if view.links.contains_key(&answer.member) {
            return refuse("there is a connection to this member");
        }
        let is_alone = view.links.is_empty();
        if !is_alone && self.config.routing == Routing::SingleMember {
            return refuse("there is a connection to another member");
        }
        let is_elsewhere = view.cluster.is_some_and(|cluster| cluster != answer.cluster);
        if !is_alone && is_elsewhere {
            return refuse("it is in another cluster than the members that are connected");
        }
        // Requests that wait are placed by the count that there was.
        if view.partition_count != 0 && view.partition_count != answer.partition_count {
            let (theirs, ours) = (answer.partition_count, view.partition_count);
            let why = format!("it counts {theirs} partitions, where this client's cluster has {ours}");
            return Err(refusal(ErrorKind::Setup, &why));
        }
        let is_first = view.links.values().all(|link| !link.is_ready);
        if is_elsewhere {
            view.forget_members();
        }
        view.generation += u64::from(is_first);
        view.cluster = Some(answer.cluster);
        view.partition_count = answer.partition_count;
        view.links.insert(answer.member, Link { connection: Arc::clone(connection), is_ready: false });
        self.counters.opened();
        // Who closes it later finds it there.
        if connection.is_closed() || self.is_closed() {
            view.lose(connection.id);
            self.counters.closed();
            drop(view);
            return refuse("it was closed");
        }
        Ok(Admitted { is_first, is_elsewhere })
    }
}

/// How a member of a cluster is spoken to.
#[cfg(feature = "tls")]
fn secure(cluster: &ClusterConfig, address: &str) -> Result<Option<Secure>, Error> {
    let Some(tls) = &cluster.tls else { return Ok(None) };
    let told = |why| Error::new(ErrorKind::Setup, format!("{address}: TLS: {why}"));
    Secure::new(tls, address).map(Some).map_err(told)
}

#[cfg(not(feature = "tls"))]
#[expect(clippy::unnecessary_wraps, reason = "with TLS there are errors")]
fn secure(_: &ClusterConfig, _: &str) -> Result<Option<Secure>, Error> {
    Ok(None)
}

/// Whether another attempt may bring something else.
#[cfg(feature = "tls")]
fn kind_of(error: &io::Error) -> ErrorKind {
    if Secure::is_distrust(error) { ErrorKind::Setup } else { ErrorKind::Unavailable }
}

#[cfg(not(feature = "tls"))]
fn kind_of(_: &io::Error) -> ErrorKind {
    ErrorKind::Unavailable
}
