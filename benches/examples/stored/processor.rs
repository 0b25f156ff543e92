//! Processor time of this process and of a server, to the hundredth of a second.

use std::time::Duration;

/// Whose time is read.
#[derive(Debug)]
pub(crate) struct Processor {
    server: Option<u32>,
}

/// Time so far.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Used {
    pub(crate) own: Duration,
    pub(crate) server: Duration,
}

impl Processor {
    pub(crate) fn new(server: Option<u32>) -> Self {
        Self { server }
    }

    pub(crate) fn used(&self) -> Used {
        let server = self.server.map(|pid| of_process(&pid.to_string())).unwrap_or_default();
        Used { own: of_process("self"), server }
    }
}

impl Used {
    /// Nanoseconds an event since then, here and in the server.
    pub(crate) fn per_event(self, processor: &Processor, events: u64) -> (f64, f64) {
        let now = processor.used();
        let each =
            |now: Duration, then: Duration| now.saturating_sub(then).as_secs_f64() * 1e9 / events as f64;
        (each(now.own, self.own), each(now.server, self.server))
    }
}

fn of_process(pid: &str) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<u64>().ok()).unwrap_or_default();
    Duration::from_millis(10 * (ticks(11) + ticks(12)))
}
