//! Looks after a client: connections to all members, one that tells of changes, heartbeats, and connecting anew.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::{sleep, timeout};
use tracing::{debug, info, warn};

use super::{Core, Member, State};
use crate::codec::{Event as _, ListenToCluster, MembersView, PartitionsView, Ping};
use crate::config::{Reconnect, Routing};
use crate::connection::{Connection, ConnectionId};
use crate::error::Error;
use crate::frame::Message;

/// How often it looks, if nothing wakes it.
const TICK: Duration = Duration::from_secs(1);

/// How much longer than its time a call may take to end.
const LATENESS: Duration = Duration::from_millis(50);

/// And no more often, whatever times are configured.
const SHORTEST_TICK: Duration = Duration::from_millis(10);

impl Core {
    /// Connects for the first time.
    pub(crate) async fn start(self: &Arc<Self>) -> Result<(), Error> {
        self.watch_time();
        self.connect_any(true).await?;
        self.listen_to_cluster().await;
        tokio::spawn(Arc::clone(self).keep());
        if self.config.routing == Routing::AllMembers {
            // Listeners miss nothing of members that are connected. One that cannot be reached is no hindrance.
            drop(timeout(self.config.connect_timeout, self.all_connected()).await);
        }
        Ok(())
    }

    /// Ends calls whose time is up, from the first one on.
    fn watch_time(self: &Arc<Self>) {
        let core = Arc::downgrade(self);
        tokio::spawn(async move {
            loop {
                sleep(LATENESS).await;
                match core.upgrade() {
                    Some(core) if !core.is_closed() => core.calls.end(Instant::now()),
                    _ => return,
                }
            }
        });
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
        let mut statistics = Instant::now();
        while !self.is_closed() {
            if self.routes().is_empty() && !self.come_back().await {
                self.shut_down();
                break;
            }
            self.listen_to_cluster().await;
            self.connect_missing();
            self.beat();
            if self.config.statistics.is_some_and(|period| statistics.elapsed() >= period) {
                statistics = Instant::now();
                self.tell_statistics();
            }
            self.calls.stop_waiting(self.config.backup_timeout);
            tokio::select! {
                () = self.wake.notified() => {}
                () = sleep(self.tick()) => {}
            }
        }
        debug!(client = %self.name, "nobody looks after the client any more");
    }

    fn tick(&self) -> Duration {
        let config = &self.config;
        let shortest = TICK.min(config.heartbeat_interval).min(config.backup_timeout);
        config.statistics.map_or(shortest, |period| shortest.min(period)).max(SHORTEST_TICK)
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
                info!(client = %self.name, members = view.members.len(), "the members are others");
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
        let site = view.site;
        for member in view.missing() {
            view.connecting.insert(member.uuid);
            let core = Arc::clone(self);
            tokio::spawn(async move {
                let address = core.reach(&member, site);
                if let Err(error) = core.connect(&address, site).await {
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
                warn!(client = %self.name, address = %connection.address, "a member gives no sign of life");
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
