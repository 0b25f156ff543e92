//! Work that is prepared once and happens in many groups.

use cep_core::matcher::Prepared;
use cep_core::program::Program;
use cep_core::runtime::RecordCodec;

use crate::error::EngineError;
use crate::group::{Group, Render};
use crate::options::Options;
use crate::store::StateStore;

/// What work of all groups has in common.
pub(crate) struct Sharing<'a, S> {
    pub(crate) store: &'a S,
    pub(crate) codec: &'a RecordCodec,
    pub(crate) program: &'a Program,
    pub(crate) options: &'a Options,
}

/// Work that the first group's matcher has prepared happens in all groups that it concerns.
pub(crate) async fn share<S: StateStore>(
    Sharing { store, codec, program, options }: Sharing<'_, S>,
    groups: &mut [Group],
    concerns: impl Fn(&Group) -> bool,
    render: &mut Render,
    prepared: Prepared,
) -> Result<(), EngineError> {
    if let [only] = groups {
        // It is read from where it is, so it is never ahead.
        return only.live_through(store, codec, prepared, render, options).await;
    }
    let count = u16::try_from(groups.len()).expect("a namespace has at most 65,535 groups");
    let split = prepared.split(program, count);
    for (group, own) in groups.iter_mut().zip(split).filter(|(group, _)| concerns(group)) {
        group.live_through(store, codec, own, render, options).await?;
    }
    Ok(())
}
