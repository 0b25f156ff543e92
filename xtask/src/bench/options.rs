//! What to measure: workloads, runs, events, and how to print it.

use cep_benches::workload::Workload;

use super::run::Engine;

pub(super) const USAGE: &str = "\
usage: cargo xtask bench|rivals [WORKLOAD…] [--runs N] [--events N] [--threads N] [--json | --markdown] [--engine NAME]…
       cargo xtask flat [WORKLOAD…] [--events N] [--threads N] [--json]";

/// How results are printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Form {
    Text,
    Json,
    Markdown,
}

/// What to measure.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) workloads: Vec<Workload>,
    pub(super) runs: usize,
    pub(super) events: u64,
    /// How many threads ours finds on.
    pub(super) threads: usize,
    pub(super) form: Form,
    /// The rivals to run.
    pub(super) rivals: Vec<Engine>,
}

impl Options {
    pub(super) fn parse(args: &[String]) -> Result<Self, String> {
        let (workloads, rivals) = (vec![], vec![]);
        let mut options =
            Self { workloads, runs: 3, events: 1_000_000, threads: 1, form: Form::Text, rivals };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--json" => options.form = Form::Json,
                "--markdown" => options.form = Form::Markdown,
                "--runs" => options.runs = number(args.next())?,
                "--events" => options.events = number(args.next())?,
                "--threads" => options.threads = number::<u16>(args.next())?.into(),
                "--engine" => options.rivals.push(engine(args.next())?),
                name => options.workloads.push(workload(name)?),
            }
        }
        if options.workloads.is_empty() {
            options.workloads = Workload::ALL.to_vec();
        }
        if options.rivals.is_empty() {
            options.rivals = Engine::RIVALS.to_vec();
        }
        Ok(options)
    }
}

/// A number of at least one.
pub(super) fn number<N: std::str::FromStr + PartialOrd + From<u8>>(
    text: Option<&String>,
) -> Result<N, String> {
    let number = text.and_then(|text| text.replace('_', "").parse().ok());
    number.filter(|number| *number >= N::from(1)).ok_or_else(|| USAGE.to_owned())
}

pub(super) fn workload(name: &str) -> Result<Workload, String> {
    Workload::named(name)
        .ok_or_else(|| format!("no workload `{name}`: there are {:?}\n{USAGE}", Workload::ALL))
}

fn engine(name: Option<&String>) -> Result<Engine, String> {
    let known = |engine: &Engine| name.is_some_and(|name| engine.name() == name);
    let names = Engine::RIVALS.map(Engine::name).join(", ");
    Engine::RIVALS.into_iter().find(known).ok_or_else(|| format!("rivals are {names}\n{USAGE}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workloads_and_numbers_are_read_and_defaults_fill_the_rest() {
        let args = ["W1", "--events", "20_000", "W6b", "--json", "--threads", "2"].map(str::to_owned);
        let options = Options::parse(&args).unwrap();
        assert_eq!(options.workloads, [Workload::W1, Workload::W6b]);
        assert_eq!((options.runs, options.events, options.form), (3, 20_000, Form::Json));
        assert_eq!((options.threads, &options.rivals[..]), (2, &Engine::RIVALS[..]));
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for args in [["W9", "--json"], ["--runs", "0"], ["--engine", "none"]] {
            assert!(Options::parse(&args.map(str::to_owned)).is_err());
        }
    }
}
