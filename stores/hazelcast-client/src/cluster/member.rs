//! What is told of members, and of the client's life.

use uuid::Uuid;

use crate::codec::{WireAddress, WireEndpoint, WireMember};

/// A member of the cluster.
///
/// ```no_run
/// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
/// let with_data = client.members().iter().filter(|member| !member.is_lite()).count();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    pub(crate) uuid: Uuid,
    pub(crate) address: String,
    pub(crate) is_lite: bool,
    pub(crate) attributes: Vec<(String, String)>,
    /// Where it is found from outside of its network, where it says so.
    pub(crate) public_address: Option<String>,
}

impl Member {
    /// Its id, which it has as long as its process lives.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// for member in client.members() {
    ///     println!("{}", member.uuid());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub const fn uuid(&self) -> Uuid {
        self.uuid
    }

    /// Where it listens, as it says itself.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// for member in client.members() {
    ///     println!("{}", member.address());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Where it is found from outside of its network, where it was configured to tell that.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// for member in client.members() {
    ///     println!("{:?}", member.public_address());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn public_address(&self) -> Option<&str> {
        self.public_address.as_deref()
    }

    /// Whether it holds no data.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// for member in client.members() {
    ///     println!("{}", member.is_lite());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub const fn is_lite(&self) -> bool {
        self.is_lite
    }

    /// What it was configured to tell of itself.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// for member in client.members() {
    ///     println!("{:?}", member.attributes());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn attributes(&self) -> &[(String, String)] {
        &self.attributes
    }
}

impl From<WireMember> for Member {
    fn from(member: WireMember) -> Self {
        let endpoint = |name: Option<&str>| {
            let is_it =
                |endpoint: &WireEndpoint| endpoint.kind == CLIENTS && endpoint.name.as_deref() == name;
            member.endpoints.iter().find(|(endpoint, _)| is_it(endpoint)).map(|(_, address)| written(address))
        };
        // A member may have a port of its own for clients.
        let address = endpoint(None).unwrap_or_else(|| written(&member.address));
        let public_address = endpoint(Some("public"));
        let (uuid, is_lite) = (member.uuid, member.is_lite);
        Self { uuid, address, is_lite, attributes: member.attributes, public_address }
    }
}

/// Endpoints of this kind are for clients.
const CLIENTS: i32 = 1;

fn written(address: &WireAddress) -> String {
    let WireAddress { host, port } = address;
    // An address of IPv6 has colons of its own.
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

/// Where a client is in its life.
///
/// ```no_run
/// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
/// use hazelcast_client::State;
///
/// if client.state() == State::Disconnected {
///     println!("it tries to connect");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum State {
    /// There is a connection at least.
    Connected,
    /// There is none; the client tries to connect again.
    Disconnected,
    /// It was shut down, or gave up: nothing is done any more.
    Closed,
}
