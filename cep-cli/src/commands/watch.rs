//! Pattern files looked at while a run goes on. A change that compiles is handed to the run; of one that does not the
//! mistakes are shown, and nothing else happens.

use std::fs;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, SystemTime};

use cep_engine::TextFile;

use super::run::{Parts, prepare};
use super::tell;
use crate::args;
use crate::input::ReadOptions;

/// How often files are looked at.
const LOOK: Duration = Duration::from_millis(200);

/// When a file was written and how long it is; none where it is not there.
type Stamp = Option<(SystemTime, u64)>;

/// Looks at the files of a program from now on. The thread ends with the process, or once nobody takes what it finds.
pub(super) fn watch(args: &args::Run, files: Vec<TextFile>, reading: ReadOptions) -> Receiver<Parts> {
    let (sender, changed) = channel();
    let args = args.clone();
    thread::spawn(move || look(&args, files, &reading, &sender));
    changed
}

fn look(args: &args::Run, mut files: Vec<TextFile>, reading: &ReadOptions, sender: &Sender<Parts>) {
    let (mut looked_at, mut before) = (Vec::new(), stamps(&files));
    loop {
        thread::sleep(LOOK);
        let now = stamps(&files);
        // What is being written is left alone until it rests.
        if now == before && now != looked_at {
            looked_at = now.clone();
            let found = read(&args.patterns);
            if found != files {
                looked_at = stamps(&found);
                files = found;
                let Ok(parts) = prepare(args, reading) else {
                    tell(&"the patterns have mistakes: the run goes on with those it had\n");
                    continue;
                };
                if sender.send(parts).is_err() {
                    return;
                }
            }
        }
        before = now;
    }
}

fn stamps(files: &[TextFile]) -> Vec<Stamp> {
    let stamp = |file: &TextFile| {
        let file = Path::new(&file.path).metadata().ok()?;
        Some((file.modified().ok()?, file.len()))
    };
    files.iter().map(stamp).collect()
}

/// All files of a program, as far as they can be read.
fn read(path: &Path) -> Vec<TextFile> {
    let mut files = Vec::new();
    // What is wrong with them is told when they are compiled.
    let _ = cep_dsl::load(path, &mut |path| {
        let text = fs::read(path);
        files.push(TextFile {
            path: path.display().to_string(),
            text: text.as_deref().map(<[u8]>::to_vec).unwrap_or_default(),
        });
        text
    });
    files
}
