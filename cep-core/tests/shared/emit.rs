//! Outputs taken by reference: what takes a closure is compiled anew for each one, and here that is the whole runtime, for
//! dozens of tests.

use cep_core::matcher::Output;

pub(crate) fn by_reference(take: &mut dyn FnMut(Output<'_>)) -> &mut dyn FnMut(Output<'_>) {
    take
}
