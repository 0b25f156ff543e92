//! The configuration file of a member.

use std::fmt::Write as _;

/// What a member is told.
#[derive(Clone, Debug)]
pub(crate) struct Settings<'o> {
    pub(crate) cluster: &'o str,
    pub(crate) port: u16,
    pub(crate) ports: &'o [u16],
    pub(crate) properties: &'o [(String, String)],
    /// More of the file, indented by two.
    pub(crate) yaml: &'o str,
    /// Whether it runs SQL and jobs.
    pub(crate) has_jet: bool,
    /// Whether it is as large and as fast as in production.
    pub(crate) is_large: bool,
}

/// Settings that keep a member small, quiet, on this machine, and quick to notice that another has gone.
const PROPERTIES: [(&str, &str); 9] = [
    ("hazelcast.phone.home.enabled", "false"),
    ("hazelcast.wait.seconds.before.join", "0"),
    ("hazelcast.operation.thread.count", "2"),
    ("hazelcast.operation.generic.thread.count", "2"),
    ("hazelcast.io.thread.count", "1"),
    ("hazelcast.event.thread.count", "1"),
    ("hazelcast.max.no.heartbeat.seconds", "10"),
    ("hazelcast.heartbeat.interval.seconds", "1"),
    ("hazelcast.shutdownhook.policy", "GRACEFUL"),
];

/// Maps whose names begin with `bare-` have no backups, `journal-` an event journal, `brief-` one of ten events a partition;
/// ringbuffers hold a thousand items; lists and sets whose names begin with `small-` have room for three; values of
/// multimaps whose names begin with `listed-` are lists.
const STRUCTURES: &str = "  map:
    default: { backup-count: 1 }
    \"bare-*\": { backup-count: 0 }
    \"journal-*\": { event-journal: { enabled: true, capacity: 27100 } }
    \"brief-*\": { event-journal: { enabled: true, capacity: 2710 } }
  ringbuffer:
    default: { capacity: 1000 }
    \"small-*\": { capacity: 10 }
  reliable-topic:
    default: { read-batch-size: 10 }
  list:
    \"small-*\": { max-size: 3 }
  set:
    \"small-*\": { max-size: 3 }
  multimap:
    \"listed-*\": { value-collection-type: LIST }
";

impl Settings<'_> {
    /// The file as text.
    pub(crate) fn text(&self) -> String {
        let Self { cluster, port, ports, properties, yaml, has_jet, .. } = self;
        let members: Vec<_> = ports.iter().map(|port| format!("\"127.0.0.1:{port}\"")).collect();
        let mut text = format!(
            "hazelcast:\n  cluster-name: \"{cluster}\"\n  network:\n    port: {{ port: {port}, auto-increment: false }}\n    \
             interfaces: {{ enabled: true, interfaces: [127.0.0.1] }}\n    join:\n      \
             auto-detection: {{ enabled: false }}\n      multicast: {{ enabled: false }}\n      \
             tcp-ip: {{ enabled: true, member-list: [{}] }}\n  metrics: {{ enabled: false }}\n  \
             jet: {{ enabled: {has_jet}, resource-upload-enabled: {has_jet} }}\n{STRUCTURES}{yaml}  properties:\n",
            members.join(", ")
        );
        let own = properties.iter().map(|(name, value)| (&**name, &**value));
        let is_own = |name: &str| properties.iter().any(|(own, _)| own == name);
        for (name, value) in PROPERTIES.into_iter().filter(|(name, _)| !is_own(name)).chain(own) {
            writeln!(text, "    {name}: \"{value}\"").expect("text takes all");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_property_is_there_once_whoever_sets_it() {
        let properties = [("hazelcast.io.thread.count".to_owned(), "3".to_owned())];
        let settings = Settings {
            cluster: "test",
            port: 5701,
            ports: &[5701],
            properties: &properties,
            yaml: "",
            has_jet: false,
            is_large: false,
        };
        let text = settings.text();
        let lines: Vec<_> = text.lines().filter(|line| line.contains("io.thread.count")).collect();
        assert_eq!(lines, ["    hazelcast.io.thread.count: \"3\""]);
    }
}
