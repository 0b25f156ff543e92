//! Rules of the protocol that a test build can switch off, to see that the simulator notices. In every other build none is,
//! and asking costs nothing.

/// A rule that is not kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg(feature = "sabotage")]
pub enum Sabotage {
    /// Outputs leave before their commit has arrived.
    ReleaseEarly,
    /// Rows that a group has applied are applied again.
    ApplyAgain,
    /// Keys are left to the store before their last change is committed there.
    EvictUnsaved,
    /// Time passes keys that are not in memory.
    ForgetDue,
    /// Rows that wait for the watermark are not kept.
    ForgetWaiting,
    /// After a failure the engine goes on with what it has in memory.
    KeepMemory,
    /// Positions are written with the commit after the one they belong to.
    LatePositions,
    /// Watermarks begin anew with each process.
    ForgetClocks,
    /// The state of a key that is not in memory is not asked for.
    ForgetStored,
    /// What a program took over when it changed is not taken over when it is opened.
    ForgetCarried,
}

/// The names of the rules, whether or not they can be switched off.
#[cfg(not(feature = "sabotage"))]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sabotage {
    ReleaseEarly,
    ApplyAgain,
    EvictUnsaved,
    ForgetDue,
    ForgetWaiting,
    KeepMemory,
    LatePositions,
    ForgetClocks,
    ForgetStored,
    ForgetCarried,
}

impl crate::Options {
    /// Whether a rule is switched off.
    #[cfg(feature = "sabotage")]
    pub(crate) fn breaks(&self, rule: Sabotage) -> bool {
        self.sabotage == Some(rule)
    }

    /// Whether a rule is switched off: none is.
    #[cfg(not(feature = "sabotage"))]
    #[expect(clippy::unused_self, reason = "a test build asks the options")]
    pub(crate) fn breaks(&self, _: Sabotage) -> bool {
        false
    }
}
