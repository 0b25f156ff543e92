//! `cep completions` and `cep man`: what is made from the description of the arguments.

use std::fs;

use clap::CommandFactory as _;
use clap_complete::aot;

use super::{complain, print};
use crate::args::{Cep, Completions, Man, Shell};
use crate::outcome::Outcome;

pub(super) fn completions(args: &Completions) -> Outcome {
    let shell = match args.shell {
        Shell::Bash => aot::Shell::Bash,
        Shell::Zsh => aot::Shell::Zsh,
        Shell::Fish => aot::Shell::Fish,
    };
    let mut script = Vec::new();
    aot::generate(shell, &mut Cep::command(), "cep", &mut script);
    print(&String::from_utf8_lossy(&script))
}

/// A page for the command, and one for each of its commands: `cep.1`, `cep-run.1`.
pub(super) fn man(args: &Man) -> Outcome {
    let written = fs::create_dir_all(&args.folder)
        .and_then(|()| clap_mangen::generate_to(Cep::command(), &args.folder));
    match written {
        Ok(()) => Outcome::Done,
        Err(error) => {
            complain(&format_args!("{}: {error}", args.folder.display()), None);
            Outcome::Failed
        }
    }
}
