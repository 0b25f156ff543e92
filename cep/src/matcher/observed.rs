//! The matcher's metrics: read off where they stand, so that events cost nothing for them.

use std::num::NonZeroU64;

use super::Matcher;
use crate::metrics::{Metrics, Observer, PatternMetrics, StreamMetrics, behind, moment};

impl Matcher {
    /// What it has done and holds. Looks at every key, and costs nothing at any other time.
    ///
    /// ```
    /// let program = cep::Program::parse("p.cep", "
    ///     stream s { card: string  n: int  ts: timestamp } time ts lateness 5s
    ///     pattern p on s by card { begin a where n == 1  followed by b where n == 2  within 1m }")?;
    /// let mut matcher = program.matcher();
    /// for (card, ts) in [("x", 1_000), ("y", 2_000), ("x", 9_000)] {
    ///     matcher.push("s", &serde_json::json!({ "card": card, "n": 1, "ts": ts }))?;
    /// }
    /// let metrics = matcher.metrics();
    /// // The last event waits until no earlier one can come any more.
    /// assert_eq!((metrics.events, metrics.waiting, metrics.keys, metrics.partial_matches), (3, 1, 2, 2));
    /// assert_eq!(metrics.patterns[0].lag, Some(cep::Duration::from_millis(5_001)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn metrics(&mut self) -> Metrics {
        let (keys, partial_matches) = self.inner.held();
        self.most_partial_matches = self.most_partial_matches.max(partial_matches);
        let mut streams: Vec<_> = self.inputs.iter().collect();
        streams.sort_by_key(|(name, _)| name.as_str());
        let streams = streams.into_iter().map(|(name, input)| StreamMetrics {
            stream: name.clone(),
            events: input.events,
            newest: input.newest,
        });
        let streams: Vec<_> = streams.collect();
        Metrics {
            events: streams.iter().map(|stream| stream.events).sum(),
            waiting: self.inner.buffered(),
            keys,
            partial_matches,
            most_partial_matches: self.most_partial_matches,
            patterns: self.of_patterns(),
            streams,
        }
    }

    fn of_patterns(&self) -> Vec<PatternMetrics> {
        let newest = self.inputs.values().filter_map(|input| input.newest).max();
        let of_pattern = |((_, pattern), stats): ((_, &cep_core::program::CompiledPattern), _)| {
            let cep_core::matcher::PatternStats { matches, timeouts, late, dropped } = stats;
            let watermark = moment(self.inner.clock(pattern.family));
            let lag = watermark.zip(newest).map(|(watermark, newest)| behind(watermark, newest));
            PatternMetrics { pattern: pattern.name.clone(), matches, timeouts, late, dropped, watermark, lag }
        };
        self.inner.program().patterns().zip(self.inner.stats().iter().copied()).map(of_pattern).collect()
    }

    /// Has metrics told to `tell` each time that so many more events have been taken, between two batches; in place of who
    /// was told before. Each time costs what [`Matcher::metrics`] does.
    ///
    /// ```
    /// # let program = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a }")?;
    /// use std::num::NonZeroU64;
    /// use std::sync::mpsc;
    ///
    /// let mut matcher = program.matcher();
    /// let (tell, told) = mpsc::channel();
    /// matcher.on_metrics(NonZeroU64::new(2).expect("more than none"), move |metrics| drop(tell.send(metrics.events)));
    /// for ts in 0..5 {
    ///     matcher.push("s", &serde_json::json!({ "n": 1, "ts": ts }))?;
    /// }
    /// assert_eq!(told.try_iter().collect::<Vec<_>>(), [2, 4]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn on_metrics(&mut self, every: NonZeroU64, tell: impl FnMut(&Metrics) + Send + 'static) {
        let next = self.events().saturating_add(every.get());
        self.observer = Some(Observer { every, next, tell: Box::new(tell) });
    }

    fn events(&self) -> u64 {
        self.inputs.values().map(|input| input.events).sum()
    }

    /// Tells metrics where they are due.
    pub(super) fn observe(&mut self) {
        let events = self.events();
        if !self.observer.as_mut().is_some_and(|observer| observer.is_due(events)) {
            return;
        }
        let metrics = self.metrics();
        if let Some(observer) = &mut self.observer {
            (observer.tell)(&metrics);
        }
    }
}
