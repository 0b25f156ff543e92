//! Making a connection that requests may use: authentication, the client's state, listeners.

use std::sync::Arc;

use tokio::time::timeout;
use tracing::info;

use super::Core;
use super::view::Link;
use crate::codec::{AssignPartitions, Authenticate, Authenticated, ListenToBackups};
use crate::config::Routing;
use crate::connection::{self, Connection};
use crate::error::{Error, ErrorKind};

/// The version of the serialization.
const SERIALIZATION: u8 = 1;

/// How this client is told from others in what members show.
const CLIENT_TYPE: &str = "RST";

impl Core {
    /// Connects to whatever member is at an address, and makes the connection ready.
    pub(crate) async fn connect(self: &Arc<Self>, address: &str) -> Result<(), Error> {
        let connection = self.open(address).await?;
        let result = timeout(self.config.connect_timeout * 2, self.make_ready(&connection)).await;
        let late = || Error::new(ErrorKind::Unavailable, format!("{address}: not ready in time"));
        let result = result.unwrap_or_else(|_| Err(late()));
        if let Err(error) = &result {
            connection.close(&error.to_string());
            // It may have been counted as there.
            self.view().lose(connection.id);
        }
        result
    }

    async fn open(self: &Arc<Self>, address: &str) -> Result<Arc<Connection>, Error> {
        let (limit, inbox) = (self.config.most_message_bytes, Arc::clone(self));
        let open = connection::open(self.connection_id(), address, limit, inbox);
        match timeout(self.config.connect_timeout, open).await {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(error)) => {
                Err(Error::new(ErrorKind::Unavailable, format!("{address}: {error}")).with_source(error))
            }
            Err(_) => Err(Error::new(ErrorKind::Unavailable, format!("{address}: does not answer"))),
        }
    }

    async fn make_ready(self: &Arc<Self>, connection: &Arc<Connection>) -> Result<(), Error> {
        let answer = timeout(self.config.connect_timeout, self.authenticate(connection)).await;
        let late = || Error::new(ErrorKind::Unavailable, format!("{}: does not answer", connection.address));
        let answer = answer.map_err(|_| late())??;
        let is_first = self.admit(connection, &answer)?;
        // Their events are known by a flag, so nobody else has to be told of them.
        self.call_on(&ListenToBackups {}, connection).await?;
        if is_first {
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

    async fn authenticate(&self, connection: &Arc<Connection>) -> Result<Authenticated, Error> {
        let labels: Vec<_> = self.config.labels.iter().map(String::as_str).collect();
        let request = Authenticate {
            client: self.id,
            serialization: SERIALIZATION,
            routing: u8::from(self.config.routing == Routing::AllMembers),
            cp_direct: false,
            cluster: &self.config.cluster_name,
            user: None,
            password: None,
            client_type: CLIENT_TYPE,
            version: env!("CARGO_PKG_VERSION"),
            name: &self.name,
            labels: &labels,
        };
        let answer = self.call_on(&request, connection).await?;
        let name = &self.config.cluster_name;
        let problem = match answer.status {
            0 => return Ok(answer),
            1 => format!("it is not a member of cluster `{name}`, or wants a user and a password"),
            2 => "it has another version of the serialization".to_owned(),
            3 => "this client is not allowed in its cluster".to_owned(),
            status => format!("it answers with the unknown status {status}"),
        };
        Err(Error::new(ErrorKind::Setup, format!("{}: {problem}", connection.address)))
    }

    /// Takes the connection among those there are; tells whether it is the first.
    fn admit(&self, connection: &Arc<Connection>, answer: &Authenticated) -> Result<bool, Error> {
        let refuse =
            |why: &str| Err(Error::new(ErrorKind::Unavailable, format!("{}: {why}", connection.address)));
        let mut view = self.view();
        if view.links.contains_key(&answer.member) {
            return refuse("there is a connection to this member");
        }
        let is_alone = view.links.is_empty();
        if !is_alone && self.config.routing == Routing::SingleMember {
            return refuse("there is a connection to another member");
        }
        if !is_alone && view.cluster.is_some_and(|cluster| cluster != answer.cluster) {
            return refuse("it is in another cluster than the members that are connected");
        }
        if !is_alone && view.partition_count != answer.partition_count {
            return refuse("it counts partitions otherwise than the members that are connected");
        }
        let is_first = view.links.values().all(|link| !link.is_ready);
        view.cluster = Some(answer.cluster);
        view.partition_count = answer.partition_count;
        view.links.insert(answer.member, Link { connection: Arc::clone(connection), is_ready: false });
        // Who closes it later finds it there.
        if connection.is_closed() || self.is_closed() {
            view.lose(connection.id);
            drop(view);
            return refuse("it was closed");
        }
        Ok(is_first)
    }
}
