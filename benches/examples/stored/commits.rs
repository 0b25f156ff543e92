//! Commit interval against speed against the time until one is back after a kill.

use std::path::Path;
use std::time::Duration;

use cep_benches::workload::Workload;
use cep_engine::Options;

use crate::job::{Input, killed, with_store};
use crate::plot;
use crate::processor::Processor;

/// Events between commits: from every batch to about one a tenth of a second or more.
const INTERVALS: [u64; 6] = [4_096, 8_192, 32_768, 131_072, 524_288, 2_097_152];

/// What was measured at one interval over one store.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Point {
    pub(crate) interval: f64,
    /// Millions of events a second.
    pub(crate) speed: f64,
    /// Seconds.
    pub(crate) back: f64,
}

/// Measures every interval over every store, prints what it finds and draws it.
pub(crate) async fn measure(events: u64, folder: &Path, stores: &[String], processor: &Processor) {
    let workload = Workload::W8;
    let (program, batches) = (workload.program(), workload.batches(events));
    let run = Input::new(program, batches);
    let (mut lines, mut drawn) = (String::new(), Vec::new());
    for store in stores {
        let label = store.split(':').next().unwrap_or_default();
        let mut points = Vec::new();
        for interval in INTERVALS {
            let options =
                Options { commit_rows: interval, commit_interval: Duration::MAX, ..Options::default() };
            let measured = with_store(store, &run, options, processor).await;
            let back = killed(store, &run, options).await.as_secs_f64();
            let speed = measured.rate / 1e6;
            let (own, server) = (measured.own, measured.server);
            let line = format!(
                "{{\"store\":\"{label}\",\"commit_every\":{interval},\"events_per_second\":{:.0},\"ns_of_processor\":{own:.0},\
                 \"ns_of_server\":{server:.0},\"seconds_until_back\":{back:.3},\"events\":{events}}}",
                measured.rate
            );
            println!("{line}");
            lines.push_str(&line);
            lines.push('\n');
            points.push(Point { interval: interval as f64, speed, back });
        }
        drawn.push((label, points));
    }
    std::fs::write(folder.join("commits.jsonl"), lines).expect("the folder can be written");
    plot::draw(&folder.join("commits.svg"), &drawn).expect("the folder can be written");
}
