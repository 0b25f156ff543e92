//! Runs of our engine: `measure`, in a process of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use cep_benches::workload::Workload;
use serde_json::Value;

use super::run::{Run, Slice};

/// The built binary.
#[derive(Debug)]
pub(super) struct Ours {
    binary: PathBuf,
    threads: usize,
}

/// What the engine took beyond its input.
#[derive(Clone, Copy, Debug)]
pub(super) struct Memory {
    pub(super) peak_bytes: u64,
    pub(super) most_keys: u64,
}

impl Ours {
    pub(super) fn build(root: &Path, threads: usize) -> Result<Self, String> {
        super::build(root, "cep-benches", "measure")?;
        Ok(Self { binary: super::release(root).join("measure"), threads })
    }

    pub(super) fn time(&self, workload: Workload, file: &Path, slice: Slice) -> Result<Run, String> {
        let run = Run::read(&self.measure("time", workload, file, slice)?, "process_peak_bytes")?;
        Ok(Run { slice, ..run })
    }

    pub(super) fn memory(&self, workload: Workload, file: &Path, slice: Slice) -> Result<Memory, String> {
        let line = self.measure("memory", workload, file, slice)?;
        let fields: Value = serde_json::from_str(&line).map_err(|_| format!("not a result: {line}"))?;
        let number = |name: &str| fields[name].as_u64().ok_or_else(|| format!("no `{name}` in: {line}"));
        Ok(Memory { peak_bytes: number("peak_memory_bytes")?, most_keys: number("most_keys")? })
    }

    fn measure(&self, what: &str, workload: Workload, file: &Path, slice: Slice) -> Result<String, String> {
        let mut command = Command::new(&self.binary);
        command.args([what, &format!("{workload:?}")]).arg(file);
        command.args([slice.first.to_string(), slice.events.to_string(), self.threads.to_string()]);
        super::rivals::line(&mut command)
    }
}
