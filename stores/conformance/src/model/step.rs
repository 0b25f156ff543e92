//! One step of a run: an operation of one owner, and its answer held against the model's.

use bytes::Bytes;
use cep_engine::store::{Changes, Due, Entry, GroupId, Opened, Page, StateStore, StoreError, Version};

use super::run::{Belief, Checked, Owner, Run, agrees, finds, same};
use super::{Group, Refusal};
use crate::Harness;
use crate::futures::poll_and_drop;
use crate::make::fresh;

impl Run {
    pub(super) fn step<H: Harness>(&mut self, owners: &mut [Owner<'_, H>]) -> Checked {
        let at = self.random.below(owners.len());
        let owner = &mut owners[at];
        let kind = self.random.below(100);
        self.log.push(format!("owner {at} of `{}`, {kind}", owner.name));
        match kind {
            0..8 => self.open(owner),
            8..38 => self.commit(owner),
            38..50 => self.pipeline(owner),
            50..56 => self.dropped(owner),
            56..66 => self.load(owner),
            66..75 => self.due(owner),
            75..84 => self.scan(owner),
            84..90 => self.outbox(owner),
            90..94 => self.trim(owner),
            94..96 => self.amend(owner),
            96..99 => self.look(owner),
            _ => self.drop_namespace(owner),
        }
    }

    fn note(&mut self, what: impl AsRef<str>) {
        if let Some(last) = self.log.last_mut() {
            last.push_str(": ");
            last.push_str(what.as_ref());
        }
    }

    fn open<H: Harness>(&mut self, owner: &mut Owner<'_, H>) -> Checked {
        self.note("open");
        let found = owner.handle.open(fresh()).map_err(|error| format!("open: {error}"))?;
        let expected = self.model.open(owner.name, &fresh());
        self.adopt(owner, found, expected)
    }

    /// Epochs may rise by more than one; all else is as the model says.
    fn adopt<H: Harness>(&mut self, owner: &mut Owner<'_, H>, found: Opened, expected: Opened) -> Checked {
        let mut lowest = expected;
        for (header, found) in lowest.groups.iter_mut().zip(&found.groups) {
            header.version.epoch = header.version.epoch.max(found.version.epoch);
        }
        same("open", &found, &lowest)?;
        let space = self.model.spaces.get_mut(owner.name).ok_or("the model has opened it")?;
        for (group, found) in space.groups.iter_mut().zip(&found.groups) {
            group.header.version = found.version;
        }
        let header = |at: usize| (found.groups[at].version, found.groups[at].next_outbox);
        owner.belief = Belief { groups: [header(0), header(1)], about_version: found.about_version };
        Ok(())
    }

    fn commit<H: Harness>(&mut self, owner: &mut Owner<'_, H>) -> Checked {
        let (group, expected, changes) = self.draw_commit(owner, 0);
        self.note(format!("commit to {group:?} at {expected:?}"));
        let found = owner.handle.commit(group, expected, changes.clone());
        self.check_commit(owner, group, expected, &changes, found)
    }

    fn draw_commit<H: Harness>(&mut self, owner: &Owner<'_, H>, ahead: u64) -> (GroupId, Version, Changes) {
        let group = self.random.group();
        let (version, next_outbox) = owner.belief.group(group);
        let mut expected = Version { seq: version.seq + ahead, ..version };
        if self.random.one_in(20) {
            expected.seq = (expected.seq + 2).saturating_sub(self.random.below(4) as u64);
        }
        (group, expected, self.random.changes(next_outbox))
    }

    fn check_commit<H: Harness>(
        &mut self,
        owner: &mut Owner<'_, H>,
        group: GroupId,
        expected: Version,
        changes: &Changes,
        found: Result<(), StoreError>,
    ) -> Checked {
        let modelled = self.model.commit(owner.name, group, expected, changes);
        if modelled.is_ok()
            && let Some(belief) = owner.belief.groups.get_mut(usize::from(group.0))
        {
            *belief = (expected.next(), changes.first_outbox + changes.outbox.len() as u64);
        }
        agrees("commit", found, modelled)
    }

    /// Some commits to one group in flight together; now and then one of them is bad, and those behind it fail.
    fn pipeline<H: Harness>(&mut self, owner: &mut Owner<'_, H>) -> Checked {
        let group = GroupId(u16::from(self.random.one_in(2)));
        let (mut version, mut next) = owner.belief.group(group);
        let mut commits = Vec::new();
        for _ in 0..2 + self.random.below(4) {
            let changes = self.random.changes(next);
            next += changes.outbox.len() as u64;
            commits.push((group, version, changes));
            version = version.next();
        }
        self.note(format!("{} commits to {group:?} up to {version:?}", commits.len()));
        let answers = owner.handle.commit_all(commits.clone());
        for ((group, expected, changes), found) in commits.into_iter().zip(answers) {
            self.check_commit(owner, group, expected, &changes, found)?;
        }
        Ok(())
    }

    /// A commit that is polled once and dropped; then the owner opens again and looks what became of it.
    fn dropped<H: Harness>(&mut self, owner: &mut Owner<'_, H>) -> Checked {
        let (group, expected, changes) = self.draw_commit(owner, 0);
        self.note(format!("dropped commit to {group:?} at {expected:?}, then open"));
        let commit = owner.handle.store.commit(group, expected, changes.clone());
        let early = owner.handle.harness.block_on(poll_and_drop(commit));
        let found = owner.handle.open(fresh()).map_err(|error| format!("open: {error}"))?;
        let seq = found.groups.get(usize::from(group.0)).map(|header| header.version.seq);
        let landed = seq == Some(expected.seq + 1);
        if landed || early.is_some() {
            let modelled = self.model.commit(owner.name, group, expected, &changes);
            if let Some(early) = early {
                agrees("dropped commit", early, modelled)?;
            }
        }
        let opened = self.model.open(owner.name, &fresh());
        self.adopt(owner, found, opened)
    }

    fn load<H: Harness>(&mut self, owner: &Owner<'_, H>) -> Checked {
        let group = self.random.group();
        let keys: Vec<Bytes> = (0..self.random.below(9)).map(|_| self.random.key()).collect();
        self.note(format!("load {} keys of {group:?}", keys.len()));
        let value = |group: &Group, key| group.entries.get(key).map(|(_, value)| value.clone());
        let expected = self.model.group(owner.name, group);
        let expected = expected.map(|group| keys.iter().map(|key| value(group, key)).collect());
        finds("load", owner.handle.load(group, &keys), expected, &vec![None; keys.len()])
    }

    fn due<H: Harness>(&mut self, owner: &Owner<'_, H>) -> Checked {
        let (group, until, limit) = (self.random.group(), self.random.time(), 1 + self.random.below(6));
        self.note(format!("due in {group:?} until {until:?} by {limit}"));
        let page = |after| owner.handle.due(group, until.0, after, limit);
        let expected = self.model.group(owner.name, group).map(|group| group.due(until));
        finds("due", all_pages(limit, page), expected, &Vec::<Due>::new())
    }

    fn scan<H: Harness>(&mut self, owner: &Owner<'_, H>) -> Checked {
        let (group, limit) = (self.random.group(), 1 + self.random.below(6));
        let prefix = self.random.prefix();
        self.note(format!("scan {group:?} for {prefix:?} by {limit}"));
        let page = |after| owner.handle.scan(group, &prefix, after, limit);
        let expected = self.model.group(owner.name, group).map(|group| group.entries(&prefix));
        let found = all_pages(usize::MAX, page).map(crate::dump::ordered);
        finds("scan", found, expected, &Vec::<Entry>::new())
    }

    fn outbox<H: Harness>(&mut self, owner: &Owner<'_, H>) -> Checked {
        let (group, limit) = (self.random.group(), 1 + self.random.below(12));
        let from = self.random.below(20) as u64;
        self.note(format!("outbox of {group:?} from {from}, {limit}"));
        let expected = self.model.group(owner.name, group).map(|group| group.outbox(from, limit));
        finds("outbox", owner.handle.outbox(group, from, limit), expected, &Vec::new())
    }

    fn trim<H: Harness>(&mut self, owner: &Owner<'_, H>) -> Checked {
        let group = self.random.group();
        let (version, next) = owner.belief.group(group);
        // An owner that has seen a namespace come and go may be of a later epoch than what is there: not in the contract.
        let found = self.model.group(owner.name, group).map(|group| group.header.version.epoch);
        let epoch = found.map_or(version.epoch, |found| found.min(version.epoch));
        let below = (next + 2).saturating_sub(self.random.below(6) as u64);
        self.note(format!("trim {group:?} below {below} as {epoch}"));
        let answer = owner.handle.trim(group, epoch, below);
        match self.model.trim(owner.name, group, epoch, below) {
            // Nothing to remove where nothing is.
            Err(Refusal::Any) if answer.is_ok() => Ok(()),
            expected => agrees("trim", answer, expected),
        }
    }

    fn amend<H: Harness>(&mut self, owner: &mut Owner<'_, H>) -> Checked {
        let (expected, about) = (owner.belief.about_version, self.random.value());
        self.note(format!("amend version {expected}"));
        let answer = owner.handle.amend(expected, about.clone());
        let modelled = self.model.amend(owner.name, expected, about);
        owner.belief.about_version += u64::from(modelled.is_ok());
        agrees("amend", answer, modelled)
    }

    fn look<H: Harness>(&mut self, owner: &Owner<'_, H>) -> Checked {
        self.note("look");
        let expected = self.model.spaces.get(owner.name).map(super::Space::look);
        agrees("look", owner.handle.try_look(), Ok(expected))?;
        let names: Vec<_> = self.model.spaces.keys().map(|name| (*name).to_owned()).collect();
        same("namespaces", &owner.handle.namespaces(), &names)
    }

    fn drop_namespace<H: Harness>(&mut self, owner: &Owner<'_, H>) -> Checked {
        self.note("drop the namespace");
        self.model.spaces.remove(owner.name);
        agrees("drop_namespace", owner.handle.drop_namespace(), Ok(()))
    }
}

/// All pages, none longer than `most`, or the error of one of them.
fn all_pages<T, C>(
    most: usize,
    mut page: impl FnMut(Option<C>) -> Result<Page<T, C>, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let (mut items, mut after) = (Vec::new(), None);
    loop {
        let page = page(after)?;
        assert!(page.items.len() <= most, "{} items on a page of at most {most}", page.items.len());
        items.extend(page.items);
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(items),
        }
    }
}
