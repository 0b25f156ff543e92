//! A cluster of members, as a test wants it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::jars::Part;
use crate::member::Member;
use crate::settings::Settings;
use crate::slots::{Lender, Slots};
use crate::{classes, jars, ports};

/// What cluster is wanted.
#[derive(Clone, Debug)]
pub struct Options {
    name: String,
    members: u16,
    room: u16,
    properties: Vec<(String, String)>,
    yaml: String,
    sources: Vec<PathBuf>,
    has_jet: bool,
    is_large: bool,
}

impl Options {
    /// One member, with a cluster name made from this one.
    pub fn new(name: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("{name}-{}-{number}", std::process::id());
        let (properties, yaml, sources) = (vec![], String::new(), vec![]);
        Self { name, members: 1, room: 1, properties, yaml, sources, has_jet: false, is_large: false }
    }

    /// So many members from the beginning.
    #[must_use]
    pub fn members(mut self, members: u16) -> Self {
        self.members = members;
        self.room = self.room.max(members);
        self
    }

    /// So many members at most, with those that are added later.
    #[must_use]
    pub fn room_for(mut self, room: u16) -> Self {
        self.room = room.max(self.members);
        self
    }

    /// A property of the members.
    #[must_use]
    pub fn property(mut self, name: &str, value: &str) -> Self {
        self.properties.push((name.to_owned(), value.to_owned()));
        self
    }

    /// More of the configuration file: whole sections, indented by two.
    #[must_use]
    pub fn yaml(mut self, text: &str) -> Self {
        self.yaml.push_str(text);
        self
    }

    /// A Java source whose classes the members have.
    #[must_use]
    pub fn class(mut self, source: &Path) -> Self {
        self.sources.push(source.to_owned());
        self
    }

    /// Members that run SQL and jobs: larger ones, with another jar.
    #[must_use]
    pub const fn jet(mut self) -> Self {
        self.has_jet = true;
        self
    }

    /// Members as they are run in production, to be measured: the whole compiler, the collector that Java chooses, and a heap of
    /// a gigabyte. They take longer to be at their best.
    #[must_use]
    pub const fn large(mut self) -> Self {
        self.is_large = true;
        self
    }

    /// Starts the cluster, once there is room for it on this machine.
    ///
    /// # Panics
    /// Where a member does not start, or something is not installed: with what to install.
    pub fn start(self) -> Cluster {
        self.try_start().unwrap_or_else(|error| panic!("{error}"))
    }

    fn try_start(self) -> Result<Cluster, String> {
        let slots = Slots::take(usize::from(self.room))?;
        self.start_in(slots)
    }

    fn start_in(self, slots: Slots) -> Result<Cluster, String> {
        let jar = jars::fetch(Part::Core)?;
        let mut classes = jar.display().to_string();
        if self.has_jet {
            classes = format!("{classes}:{}", jars::fetch(Part::Sql)?.display());
        }
        if !self.sources.is_empty() {
            classes = format!("{classes}:{}", classes::compile(&jar, &self.sources)?.display());
        }
        let folder = crate::folder().join("run").join(&self.name);
        let ports = ports::free(self.room);
        let lender = Arc::default();
        let mut cluster =
            Cluster { options: self, members: vec![], ports, classes, folder, lender, _slots: slots };
        // One after the other: whoever comes second has somebody to join.
        for _ in 0..cluster.options.members {
            cluster.try_add()?;
        }
        Ok(cluster)
    }
}

/// A running cluster; its members end with it.
#[derive(Debug)]
pub struct Cluster {
    options: Options,
    members: Vec<Member>,
    ports: Vec<u16>,
    classes: String,
    folder: PathBuf,
    lender: Arc<Lender>,
    // Last, so that slots are free when members have ended.
    _slots: Slots,
}

impl Cluster {
    /// The cluster's name.
    pub fn name(&self) -> &str {
        &self.options.name
    }

    /// Where its members listen.
    pub fn addresses(&self) -> Vec<String> {
        self.members.iter().map(|member| format!("127.0.0.1:{}", member.port)).collect()
    }

    /// How many members there are.
    pub fn size(&self) -> usize {
        self.members.len()
    }

    /// Adds a member and waits until it serves.
    ///
    /// # Panics
    /// Where it does not start, or there is no room for it.
    pub fn add(&mut self) {
        self.try_add().unwrap_or_else(|error| panic!("{error}"));
    }

    fn try_add(&mut self) -> Result<(), String> {
        let in_use = |port: &u16| self.members.iter().any(|member| member.port == *port);
        let port = self.ports.iter().find(|port| !in_use(port)).copied();
        let port = port.ok_or("there is no room for another member: Options::room_for")?;
        let Options { name, properties, yaml, has_jet, is_large, .. } = &self.options;
        let (ports, has_jet, is_large) = (&*self.ports, *has_jet, *is_large);
        let settings = Settings { cluster: name, port, ports, properties, yaml, has_jet, is_large };
        let mut member = Member::start(&settings, &self.folder, &self.classes)?;
        member.wait()?;
        self.members.push(member);
        Ok(())
    }

    /// Starts another cluster in the room that this one has left, and which it may not use itself any more. Who asks meanwhile
    /// waits until it is dropped. Whatever a test wants while a cluster stays up, it has to start like this: two clusters that
    /// each waited for room on the machine could wait for each other.
    ///
    /// # Panics
    /// Where there is not so much room, or a member does not start.
    pub fn beside(&self, options: Options) -> Self {
        let left = usize::from(self.options.room) - self.members.len();
        let wanted = usize::from(options.room);
        assert!(wanted <= left, "there is no room for it: Options::room_for");
        let started = self.lender.lend(wanted, left).and_then(|slots| options.start_in(slots));
        started.unwrap_or_else(|error| panic!("{error}"))
    }

    /// Kills a member at once (SIGKILL).
    pub fn kill(&mut self, index: usize) {
        drop(self.members.remove(index));
    }

    /// Asks a member to hand over what it has and leave (SIGTERM), and waits until it has.
    pub fn leave(&mut self, index: usize) {
        self.members.remove(index).leave();
    }

    /// Freezes a member (SIGSTOP): its connections stay open, and nothing answers.
    pub fn freeze(&self, index: usize) {
        self.members[index].signal("-STOP");
    }

    /// Lets a frozen member go on (SIGCONT).
    pub fn thaw(&self, index: usize) {
        self.members[index].signal("-CONT");
    }

    /// What a member has logged.
    pub fn log(&self, index: usize) -> String {
        self.members[index].log()
    }
}
