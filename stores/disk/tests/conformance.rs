//! The disk store keeps the contract; without waiting for the disk, so that it is run with many seeds.

mod on_disk;

use std::process::ExitCode;

fn main() -> ExitCode {
    cep_store_conformance::main::<on_disk::OnDisk<false>>()
}
