//! Members, partitions and connections, and where requests go by them.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use uuid::Uuid;

use super::Member;
use crate::codec::Partitions;
use crate::config::Balance;
use crate::connection::{Connection, ConnectionId};

/// Where requests go: made anew when something changes, never changed.
#[derive(Debug, Default)]
pub(crate) struct Routes {
    /// By partition.
    owners: Vec<Option<Arc<Connection>>>,
    by_member: HashMap<Uuid, Arc<Connection>>,
    all: Vec<Arc<Connection>>,
    turn: AtomicUsize,
    balance: Balance,
    dice: RandomState,
    /// Whether each member that has data can tell this client of backups and changes.
    pub(crate) hears_all: bool,
    pub(crate) partition_count: i32,
}

impl Routes {
    /// The member that has a partition; any where that is not known, which passes the request on.
    pub(crate) fn owner(&self, partition: i32) -> Option<Arc<Connection>> {
        let owner = usize::try_from(partition).ok().and_then(|index| self.owners.get(index)?.clone());
        owner.or_else(|| self.any())
    }

    /// The member that has a partition, where that is known and there is a connection to it.
    pub(crate) fn owner_member(&self, partition: i32) -> Option<(Uuid, Arc<Connection>)> {
        let owner = self.owners.get(usize::try_from(partition).ok()?)?.as_ref()?;
        let (member, _) = self.by_member.iter().find(|(_, connection)| connection.id == owner.id)?;
        Some((*member, Arc::clone(owner)))
    }

    /// As the balance says.
    pub(crate) fn any(&self) -> Option<Arc<Connection>> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let draw = match self.balance {
            Balance::RoundRobin => turn,
            Balance::Random => self.dice.hash_one(turn) as usize,
        };
        self.all.get(draw.checked_rem(self.all.len())?).cloned()
    }

    /// One after the other of those for which a condition holds.
    pub(crate) fn next_member(&self, fits: impl Fn(&Uuid) -> bool) -> Option<(Uuid, Arc<Connection>)> {
        let fitting: Vec<_> = self.by_member.iter().filter(|(member, _)| fits(member)).collect();
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let (member, connection) = fitting.get(turn.checked_rem(fitting.len())?)?;
        Some((**member, Arc::clone(connection)))
    }

    pub(crate) fn member(&self, uuid: Uuid) -> Option<Arc<Connection>> {
        self.by_member.get(&uuid).cloned()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

/// A connection whose member is known.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) connection: Arc<Connection>,
    /// Whether listeners are registered, so that requests may go there.
    pub(crate) is_ready: bool,
}

/// What is known of the cluster.
#[derive(Debug, Default)]
pub(crate) struct View {
    pub(crate) links: HashMap<Uuid, Link>,
    /// Which of the configured clusters it is.
    pub(crate) site: usize,
    /// Counts connections that were the first: members may not know what was told to those before.
    pub(crate) generation: u64,
    pub(crate) cluster: Option<Uuid>,
    pub(crate) partition_count: i32,
    pub(crate) members: Vec<Member>,
    members_version: i32,
    partitions: Partitions,
    partitions_version: i32,
    /// The connection that tells of changes; versions of another one cannot be compared with its own.
    pub(crate) source: Option<ConnectionId>,
    /// Members to which connections are being made.
    pub(crate) connecting: HashSet<Uuid>,
}

impl View {
    /// From now on the client looks for this cluster.
    pub(crate) fn go_to(&mut self, site: usize) {
        if site != self.site {
            self.site = site;
            self.forget_members();
        }
    }

    /// Members are those of another cluster.
    pub(crate) fn forget_members(&mut self) {
        self.members.clear();
        self.partitions = Partitions::default();
        self.source = None;
    }

    /// A new connection tells of changes.
    pub(crate) fn listen_to(&mut self, source: ConnectionId) {
        self.source = Some(source);
        self.members_version = i32::MIN;
        self.partitions_version = i32::MIN;
    }

    /// Takes a newer list of members; those that are gone are not listened to any more.
    pub(crate) fn take_members(&mut self, source: ConnectionId, version: i32, members: Vec<Member>) -> bool {
        if self.source != Some(source) || version <= self.members_version {
            return false;
        }
        self.members_version = version;
        self.members = members;
        true
    }

    /// Takes a newer list of partitions.
    pub(crate) fn take_partitions(
        &mut self,
        source: ConnectionId,
        version: i32,
        partitions: Partitions,
    ) -> bool {
        if self.source != Some(source) || version <= self.partitions_version {
            return false;
        }
        self.partitions_version = version;
        self.partitions = partitions;
        true
    }

    /// Connections to members that are not in the list any more.
    pub(crate) fn gone(&self) -> Vec<Arc<Connection>> {
        let is_listed = |uuid: &Uuid| self.members.iter().any(|member| member.uuid == *uuid);
        let gone = self.links.iter().filter(|(uuid, _)| !is_listed(uuid));
        gone.map(|(_, link)| Arc::clone(&link.connection)).collect()
    }

    /// Members to which there is no connection.
    pub(crate) fn missing(&self) -> Vec<Member> {
        let is_missing = |member: &&Member| {
            !self.links.contains_key(&member.uuid) && !self.connecting.contains(&member.uuid)
        };
        self.members.iter().filter(is_missing).cloned().collect()
    }

    /// Whether the members are known, and requests go to all of them.
    pub(crate) fn is_complete(&self) -> bool {
        let is_ready = |member: &Member| self.links.get(&member.uuid).is_some_and(|link| link.is_ready);
        !self.members.is_empty() && self.members.iter().all(is_ready)
    }

    /// Takes away what was closed; tells whether it was there.
    pub(crate) fn lose(&mut self, connection: ConnectionId) -> bool {
        let before = self.links.len();
        self.links.retain(|_, link| link.connection.id != connection);
        if self.source == Some(connection) {
            self.source = None;
        }
        before != self.links.len()
    }

    pub(crate) fn routes(&self, balance: Balance) -> Routes {
        let ready = self.links.iter().filter(|(_, link)| link.is_ready);
        let by_member: HashMap<_, _> =
            ready.map(|(uuid, link)| (*uuid, Arc::clone(&link.connection))).collect();
        // The count is a member's word: no more is set aside than partitions are listed.
        let last = self.partitions.0.iter().flat_map(|(_, list)| list).max().copied().unwrap_or(-1);
        let length = usize::try_from(last.min(self.partition_count - 1) + 1).unwrap_or_default();
        let mut owners = vec![None; length];
        for (uuid, partitions) in &self.partitions.0 {
            let Some(connection) = by_member.get(uuid) else { continue };
            for partition in partitions {
                if let Some(owner) = usize::try_from(*partition).ok().and_then(|index| owners.get_mut(index))
                {
                    *owner = Some(Arc::clone(connection));
                }
            }
        }
        let mut data = self.members.iter().filter(|member| !member.is_lite);
        let hears_all = !self.members.is_empty() && data.all(|member| by_member.contains_key(&member.uuid));
        let all = by_member.values().cloned().collect();
        let (turn, dice, partition_count) = (AtomicUsize::new(0), RandomState::new(), self.partition_count);
        Routes { owners, by_member, all, turn, balance, dice, hears_all, partition_count }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_list_of_partitions_sets_nothing_aside() {
        let mut view = View { partition_count: i32::MAX, ..View::default() };
        let source = ConnectionId(1);
        view.listen_to(source);
        assert!(view.take_partitions(source, 0, Partitions(vec![(Uuid::nil(), vec![-1, 270])])));
        assert!(!view.take_partitions(source, 0, Partitions::default()));
        let routes = |view: &View| view.routes(Balance::Random);
        assert_eq!(routes(&view).owners.len(), 271);
        view.partition_count = -5;
        assert!(routes(&view).owners.is_empty());
        assert!(routes(&view).any().is_none());
    }

    #[test]
    fn versions_of_another_connection_start_anew() {
        let mut view = View::default();
        view.listen_to(ConnectionId(1));
        assert!(view.take_members(ConnectionId(1), 7, vec![]));
        assert!(!view.take_members(ConnectionId(2), 8, vec![]));
        view.listen_to(ConnectionId(2));
        assert!(view.take_members(ConnectionId(2), 1, vec![]));
    }
}
