//! The engine on one thread, all it knows saved as bytes after every call and read back into another.

use std::sync::Arc;

use cep_core::matcher::{Config, Matcher, RecordKey};
use cep_core::program::{Hold, Program};
use cep_core::runtime::{RecordCodec, RunError};

/// A matcher that lives for one call.
pub(crate) struct Saved {
    codec: RecordCodec,
    config: Config,
    matcher: Matcher,
}

impl Saved {
    pub(crate) fn new(program: &Arc<Program>, config: Config) -> Self {
        let hold = if config.report_timeouts { Hold::Runs } else { config.hold };
        let codec = RecordCodec::of(Arc::clone(program), hold);
        Self { codec, config, matcher: Matcher::with_config(Arc::clone(program), config) }
    }

    /// Calls the matcher and puts another in its place.
    pub(crate) fn call(
        &mut self,
        call: impl FnOnce(&mut Matcher) -> Result<(), RunError>,
    ) -> Result<(), RunError> {
        call(&mut self.matcher)?;
        self.matcher = self.reborn();
        Ok(())
    }

    fn reborn(&self) -> Matcher {
        let (mut clocks, mut waiting) = (Vec::new(), Vec::new());
        self.matcher.save_clocks(&mut clocks);
        let mut reborn = Matcher::with_config(Arc::clone(self.codec.program()), self.config);
        reborn.restore_clocks(&clocks).expect("clocks are read back");
        if self.matcher.save_waiting(0, &mut waiting).is_some() {
            reborn.restore_waiting(&waiting, (0, 1)).expect("waiting events are read back");
        }
        self.matcher.save_records(&self.codec, |family, values, record| {
            let key = RecordKey { family, values: values.to_vec() };
            let decoded = self.codec.decode(family, record).expect("records are read back");
            reborn.provide(&key, Some(decoded.state));
        });
        reborn
    }
}
