//! Looks after a client: connections to all members, one that tells of changes, heartbeats, and connecting anew.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::{sleep, timeout};
use tracing::{debug, warn};

use super::{Core, Member, State};
use crate::codec::{Event as _, ListenToCluster, MembersView, PartitionsView, Ping};
use crate::config::{Reconnect, Routing};
use crate::connection::{Connection, ConnectionId};
use crate::error::{Error, ErrorKind};
use crate::frame::Message;

/// How often it looks, if nothing wakes it.
const TICK: Duration = Duration::from_secs(1);

/// And no more often, whatever times are configured.
const SHORTEST_TICK: Duration = Duration::from_millis(10);

const DEFAULT_PORTS: std::ops::RangeInclusive<u16> = 5701..=5703;

impl Core {
    /// Connects for the first time.
    pub(crate) async fn start(self: &Arc<Self>) -> Result<(), Error> {
        self.connect_any(true).await?;
        self.listen_to_cluster().await;
        tokio::spawn(Arc::clone(self).keep());
        if self.config.routing == Routing::AllMembers {
            // Listeners miss nothing of members that are connected. One that cannot be reached is no hindrance.
            drop(timeout(self.config.connect_timeout, self.all_connected()).await);
        }
        Ok(())
    }

    async fn all_connected(&self) {
        let mut changes = self.changes.subscribe();
        while !self.view().is_complete() {
            if changes.changed().await.is_err() {
                return;
            }
        }
    }

    async fn keep(self: Arc<Self>) {
        while !self.is_closed() {
            if self.routes().is_empty() && !self.come_back().await {
                self.shut_down();
                break;
            }
            self.listen_to_cluster().await;
            self.connect_missing();
            self.beat();
            self.calls.stop_waiting(self.config.backup_timeout);
            let tick =
                TICK.min(self.config.heartbeat_interval).min(self.config.backup_timeout).max(SHORTEST_TICK);
            tokio::select! {
                () = self.wake.notified() => {}
                () = sleep(tick) => {}
            }
        }
        debug!(client = %self.name, "nobody looks after the client any more");
    }

    /// All connections are gone; tells whether there is one again.
    async fn come_back(self: &Arc<Self>) -> bool {
        if self.config.reconnect == Reconnect::Never {
            return false;
        }
        match self.connect_any(false).await {
            Ok(()) => true,
            Err(error) => {
                warn!(client = %self.name, %error, "the cluster is given up");
                false
            }
        }
    }

    /// Tries all addresses that are known until a member lets it in.
    async fn connect_any(self: &Arc<Self>, is_first: bool) -> Result<(), Error> {
        let started = Instant::now();
        let mut pause = self.config.backoff.initial;
        loop {
            let mut last = None;
            let mut is_hopeless = is_first;
            for address in self.addresses() {
                if self.is_closed() {
                    return Err(Error::new(ErrorKind::Closed, "the client is closed"));
                }
                match self.connect(&address).await {
                    Ok(()) => return Ok(()),
                    Err(error) => {
                        debug!(client = %self.name, %error, "no connection");
                        is_hopeless &= error.kind() == ErrorKind::Setup;
                        last = Some(error);
                    }
                }
            }
            let error =
                last.unwrap_or_else(|| Error::new(ErrorKind::Setup, "there is no address to connect to"));
            // Who was turned away everywhere will be so again.
            if is_hopeless || started.elapsed() + pause > self.config.cluster_connect_timeout {
                return Err(error);
            }
            sleep(jittered(pause)).await;
            pause = pause.mul_f64(self.config.backoff.growth.max(1.0)).min(self.config.backoff.longest);
        }
    }

    /// Those that were configured, and those of members that were there last.
    fn addresses(&self) -> Vec<String> {
        let mut addresses = Vec::new();
        for address in &self.config.addresses {
            let has_port = address.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
            if has_port {
                addresses.push(address.clone());
            } else {
                addresses.extend(DEFAULT_PORTS.map(|port| format!("{address}:{port}")));
            }
        }
        let known = self.view().members.iter().map(|member| member.address.clone()).collect::<Vec<_>>();
        addresses.extend(known.into_iter().filter(|address| !self.config.addresses.contains(address)));
        addresses
    }

    /// One connection tells of members and partitions; when it is lost, another one does.
    async fn listen_to_cluster(self: &Arc<Self>) {
        while let Some(connection) = self.next_source() {
            let core = Arc::downgrade(self);
            let id = connection.id;
            let handler = Arc::new(move |message: &Message| {
                if let Some(core) = core.upgrade() {
                    core.take_view(id, message);
                }
            });
            self.view().listen_to(id);
            match self.subscribe(&ListenToCluster {}, &connection, handler).await {
                Ok(_) => return,
                Err(error) => connection.close(&error.to_string()),
            }
        }
    }

    fn next_source(&self) -> Option<Arc<Connection>> {
        let view = self.view();
        let is_open = |link: &&super::view::Link| link.is_ready && !link.connection.is_closed();
        match view.source {
            Some(_) => None,
            None => view.links.values().find(is_open).map(|link| Arc::clone(&link.connection)),
        }
    }

    /// Runs on the reading task; what takes time is left to the keeper.
    fn take_view(&self, source: ConnectionId, message: &Message) {
        let mut view = self.view();
        let mut gone = Vec::new();
        if let Ok(event) = MembersView::read(message) {
            let members = event.members.into_iter().map(Member::from).collect();
            if view.take_members(source, event.version, members) {
                gone = view.gone();
                self.reroute(&view);
            }
        } else if let Ok(event) = PartitionsView::read(message)
            && view.take_partitions(source, event.version, event.partitions)
        {
            self.reroute(&view);
        }
        drop(view);
        gone.iter().for_each(|connection| connection.close("the member has left the cluster"));
        self.wake.notify_one();
    }

    /// Starts connecting to members to which there is no connection.
    fn connect_missing(self: &Arc<Self>) {
        if self.config.routing == Routing::SingleMember {
            return;
        }
        let mut view = self.view();
        for member in view.missing() {
            view.connecting.insert(member.uuid);
            let core = Arc::clone(self);
            tokio::spawn(async move {
                if let Err(error) = core.connect(&member.address).await {
                    debug!(client = %core.name, %error, "no connection");
                }
                core.view().connecting.remove(&member.uuid);
            });
        }
    }

    /// Asks quiet connections for a sign of life, and closes those that give none.
    fn beat(self: &Arc<Self>) {
        let links: Vec<_> = self.view().links.values().map(|link| Arc::clone(&link.connection)).collect();
        for connection in links {
            if connection.quiet() > self.config.heartbeat_timeout {
                connection.close(&format!("nothing came for {:?}", self.config.heartbeat_timeout));
            } else if connection.idle() >= self.config.heartbeat_interval {
                let core = Arc::clone(self);
                // The answer itself does not matter, only that something comes.
                tokio::spawn(async move { drop(core.call_on(&Ping {}, &connection).await) });
            }
        }
    }

    /// Whether there may be connections again.
    pub(crate) fn state(&self) -> State {
        *self.state.borrow()
    }
}

/// A pause that is up to a fifth shorter or longer, so that clients do not come all at once.
fn jittered(pause: Duration) -> Duration {
    let draw = RandomState::new().hash_one("pause") % 400;
    pause.mul_f64(0.8 + draw as f64 / 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_stay_near_what_they_are_made_from() {
        for _ in 0..1_000 {
            let pause = jittered(Duration::from_millis(1_000)).as_millis();
            assert!((800..=1_200).contains(&pause), "{pause}");
        }
    }
}
