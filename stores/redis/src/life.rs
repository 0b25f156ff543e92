//! How a namespace comes to be, is opened and goes, in steps over several servers.
//!
//! In a cluster no step covers more than one group, so the root record decides: a namespace is there while its root says
//! *made*.
//!
//! - **Making**: the root is claimed, not made, under a new birth; each group is made with that birth; last the root becomes
//!   made, if it still has that birth. Whoever looks before sees no namespace, whoever looks after sees all groups.
//! - **Removing**: the same backwards. The root is claimed under a new birth and so is not made any more; the groups go; last
//!   the root, if it still has that birth.
//! - **What was left half done** has a root that is not made. If it stays the same while it is looked at ten times, nobody
//!   is at work, or so slowly that he may begin again: it is removed. Whoever was at work finds another birth, or none.
//! - **A step given up** (a dropped future, a connection that broke) may come late. Each asks for what its sender saw:
//!   claims for birth and epoch of the root, which openings raise; groups for the birth that stood there; the last step for
//!   the own claim. A late one finds something else, and does nothing.
//! - **Opening**: the root gives an epoch that nobody else gets, then each group is raised to it and read in one step, if its
//!   own is lower. A group that is not lower was raised by a later opener, or the root's server rolled back: a higher epoch
//!   is taken, and all are raised again.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use bytes::Bytes;
use cep_engine::store::{Fresh, GroupId, Header, Namespace, Opened, StoreError, StoreErrorKind, Version};
use futures_util::future::try_join_all;

use crate::group::{GroupAt, Raised};
use crate::keys::RootKey;
use crate::root::{End, Entered, Root, RootAt};
use crate::servers::Servers;

/// How often what others do in between is put up with. Each time one of them gets ahead.
const TRIES: usize = 100;
/// How often a root that is not made has to look the same.
const LOOKS: usize = 10;
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);

/// A namespace, where it lies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Life<'s> {
    pub(crate) servers: &'s Servers,
    pub(crate) namespace: &'s Namespace,
    pub(crate) root: &'s RootKey,
}

/// A namespace as it was opened or looked at, and which life of it that was.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) birth: String,
    pub(crate) opened: Opened,
}

impl Life<'_> {
    pub(crate) fn root(&self) -> RootAt<'_> {
        RootAt { servers: self.servers, key: self.root }
    }

    fn group(&self, group: u16) -> GroupAt<'_> {
        GroupAt::new(self.servers, self.namespace, GroupId(group))
    }

    fn groups(&self, count: u16) -> impl Iterator<Item = GroupAt<'_>> {
        (0..count).map(|group| self.group(group))
    }

    pub(crate) async fn open(&self, fresh: &Fresh) -> Result<Found, StoreError> {
        for _ in 0..TRIES {
            let found = match self.root().read().await? {
                None => self.make(fresh).await?,
                Some(root) if root.is_made => self.enter(&root).await?,
                Some(root) => {
                    self.clear(root).await?;
                    None
                }
            };
            if let Some(found) = found {
                return Ok(found);
            }
        }
        Err(self.contended())
    }

    pub(crate) async fn look(&self) -> Result<Option<Found>, StoreError> {
        for _ in 0..TRIES {
            let Some(root) = self.root().read().await?.filter(|root| root.is_made) else {
                return Ok(None);
            };
            let looks: Vec<_> = self.groups(root.groups).collect();
            let headers = try_join_all(looks.iter().map(|group| group.look(&root.birth))).await?;
            if let Some(missing) = headers.iter().position(Option::is_none) {
                self.unless_gone(&root.birth, &looks[missing]).await?;
                continue;
            }
            let opened = Opened {
                is_new: false,
                about: root.about,
                about_version: root.about_version,
                groups: headers.into_iter().flatten().collect(),
            };
            return Ok(Some(Found { birth: root.birth, opened }));
        }
        Err(self.contended())
    }

    pub(crate) async fn amend(&self, expected: u64, about: Bytes) -> Result<(), StoreError> {
        for _ in 0..TRIES {
            let Some(root) = self.root().read().await?.filter(|root| root.is_made) else {
                let what = format!("there is no namespace `{}` to amend", self.namespace);
                return Err(StoreError::new(StoreErrorKind::Misuse, what));
            };
            if root.about_version != expected {
                return Err(self.amended(expected, &root).await?);
            }
            if self.root().amend(&root, &about).await? {
                return Ok(());
            }
        }
        Err(self.contended())
    }

    pub(crate) async fn remove(&self) -> Result<(), StoreError> {
        for _ in 0..TRIES {
            let Some(root) = self.root().read().await? else { return Ok(()) };
            if self.take_away(&root).await? {
                return Ok(());
            }
        }
        Err(self.contended())
    }

    async fn make(&self, fresh: &Fresh) -> Result<Option<Found>, StoreError> {
        let birth = new_birth();
        if !self.root().claim(None, &birth, fresh.groups, &fresh.about).await? {
            return Ok(None);
        }
        let groups: Vec<_> = self.groups(fresh.groups).collect();
        try_join_all(groups.iter().map(|group| group.replace(Some(&birth)))).await?;
        if !self.root().finish(&birth, End::Made).await? {
            return Ok(None);
        }
        let header = Header { version: Version { epoch: 1, seq: 0 }, ..Header::default() };
        let opened = Opened {
            is_new: true,
            about: fresh.about.clone(),
            about_version: 0,
            groups: vec![header; usize::from(fresh.groups)],
        };
        Ok(Some(Found { birth, opened }))
    }

    async fn enter(&self, root: &Root) -> Result<Option<Found>, StoreError> {
        let mut floor = 0;
        for _ in 0..TRIES {
            let Some(entered) = self.root().enter(&root.birth, floor).await? else { return Ok(None) };
            let groups: Vec<_> = self.groups(entered.groups).collect();
            let raised = groups.iter().map(|group| group.raise(&root.birth, entered.epoch));
            let raised = try_join_all(raised).await?;
            if let Some(missing) = raised.iter().position(|raised| matches!(raised, Raised::Missing)) {
                self.unless_gone(&root.birth, &groups[missing]).await?;
                return Ok(None);
            }
            match headers(raised) {
                Ok(headers) => return Ok(Some(found(root.birth.clone(), entered, headers))),
                Err(ahead) => floor = ahead,
            }
        }
        Err(self.contended())
    }

    /// Corruption, unless this life of the namespace has ended in the meantime.
    async fn unless_gone(&self, birth: &str, group: &GroupAt<'_>) -> Result<(), StoreError> {
        match self.root().read().await? {
            Some(root) if root.is_made && root.birth == birth => Err(group.lost()),
            _ => Ok(()),
        }
    }

    /// Waits for whoever makes or removes the namespace; removes what is left of it if nobody does.
    async fn clear(&self, root: Root) -> Result<(), StoreError> {
        for _ in 0..LOOKS {
            tokio::time::sleep(BETWEEN_LOOKS).await;
            let now = self.root().read().await?;
            if now.is_none_or(|now| now.is_made || now.birth != root.birth) {
                return Ok(());
            }
        }
        self.take_away(&root).await.map(drop)
    }

    /// Removes what was seen; false where it is no longer so.
    async fn take_away(&self, root: &Root) -> Result<bool, StoreError> {
        let birth = new_birth();
        if !self.root().claim(Some(root), &birth, root.groups, &[]).await? {
            return Ok(false);
        }
        let groups: Vec<_> = self.groups(root.groups).collect();
        try_join_all(groups.iter().map(|group| group.replace(None))).await?;
        self.root().finish(&birth, End::Gone).await
    }

    fn contended(&self) -> StoreError {
        let what = format!("others open or remove the namespace `{}` all the time", self.namespace);
        StoreError::new(StoreErrorKind::Unavailable, what).with_help("see what else uses it")
    }

    /// The refusal speaks of group 0: whoever amended has opened it.
    async fn amended(&self, expected: u64, root: &Root) -> Result<StoreError, StoreError> {
        let found = self.group(0).look(&root.birth).await?.map(|header| header.version).unwrap_or_default();
        let kind = if root.about_version > expected {
            StoreErrorKind::Fenced { found }
        } else {
            StoreErrorKind::RolledBack { found }
        };
        let what = format!(
            "the namespace `{}` was amended in the meantime: expected version {expected}, found {}",
            self.namespace, root.about_version
        );
        Ok(StoreError::new(kind, what))
    }
}

/// The headers of all groups, or the highest epoch of those that were not behind.
fn headers(raised: Vec<Raised>) -> Result<Vec<Header>, u64> {
    let mut headers = Vec::with_capacity(raised.len());
    let mut ahead = None;
    for raised in raised {
        match raised {
            Raised::Done(header) => headers.push(header),
            Raised::Behind(epoch) => ahead = ahead.max(Some(epoch)),
            Raised::Missing => {}
        }
    }
    ahead.map_or(Ok(headers), Err)
}

fn found(birth: String, entered: Entered, groups: Vec<Header>) -> Found {
    let Entered { about, about_version, .. } = entered;
    Found { birth, opened: Opened { is_new: false, about, about_version, groups } }
}

/// A name that no other life of a namespace has: 128 bits from the system's randomness.
fn new_birth() -> String {
    let word = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", word(), word())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn births_differ() {
        let births: std::collections::HashSet<_> = (0..1_000).map(|_| new_birth()).collect();
        assert_eq!(births.len(), 1_000);
        assert!(births.iter().all(|birth| birth.len() == 32));
    }

    #[test]
    fn the_highest_epoch_found_is_the_floor_of_the_next() {
        let done = || Raised::Done(Header::default());
        assert_eq!(headers(vec![done(), done()]).map(|headers| headers.len()), Ok(2));
        assert_eq!(headers(vec![Raised::Behind(4), done(), Raised::Behind(7)]), Err(7));
    }
}
