//! The disk store keeps the contract as users run it: every batch waits for the disk.

mod on_disk;

use std::process::ExitCode;

fn main() -> ExitCode {
    cep_store_conformance::main::<on_disk::OnDisk<true>>()
}
