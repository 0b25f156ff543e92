//! What an event costs, as one thing grows: `curves [NAME…] [--events N] [--out FOLDER]` measures each curve, writes its
//! points as JSON lines and draws it as SVG. Run as `cargo xtask curves`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command for developers")]

mod curve;
mod live;
mod looping;
mod measure;
mod patterns;
mod plot;
mod stream;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use curve::Curve;

const USAGE: &str = "usage: curves [NAME…] [--events N] [--out FOLDER]";

#[derive(Debug)]
struct Options {
    curves: Vec<Curve>,
    /// The most events measured a point.
    events: usize,
    folder: PathBuf,
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let drawn = options(&args).and_then(|options| draw(&options));
    match drawn {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn options(args: &[String]) -> Result<Options, String> {
    let mut options = Options { curves: vec![], events: 1_000_000, folder: "docs/plots".into() };
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--events" => {
                let events = args.next().and_then(|text| text.parse().ok());
                options.events = events.ok_or(USAGE)?;
            }
            "--out" => options.folder = args.next().ok_or(USAGE)?.into(),
            name => options.curves.push(named(name)?),
        }
    }
    if options.curves.is_empty() {
        options.curves = Curve::all();
    }
    Ok(options)
}

fn named(name: &str) -> Result<Curve, String> {
    let known: Vec<_> = Curve::all().iter().map(|curve| curve.name).collect();
    let curve = Curve::all().into_iter().find(|curve| curve.name == name);
    curve.ok_or_else(|| format!("no curve `{name}`: there are {}\n{USAGE}", known.join(", ")))
}

fn draw(options: &Options) -> Result<(), String> {
    let failed = |path: &Path, error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    fs::create_dir_all(&options.folder).map_err(|error| failed(&options.folder, &error))?;
    for curve in &options.curves {
        let mut lines = String::new();
        let mut drawn = Vec::new();
        for series in &curve.series {
            let points = series.measure(options.events);
            for point in &points {
                let line = point.json(curve.name, series.name);
                println!("{line}");
                lines.push_str(&line);
                lines.push('\n');
            }
            drawn.push((series.name, points));
        }
        let path = options.folder.join(curve.name);
        let (data, picture) = (path.with_extension("jsonl"), path.with_extension("svg"));
        fs::write(&data, lines).map_err(|error| failed(&data, &error))?;
        plot::draw(&picture, curve, &drawn).map_err(|error| failed(&picture, &error))?;
    }
    Ok(())
}
