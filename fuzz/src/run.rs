//! Runs a target: first what once broke it, then new inputs, a fixed number of them or for as long as asked. What breaks
//! it is made as small as can be and kept.

use std::cell::Cell;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use crate::corpus::{files, root};
use crate::input::{Material, recipes};

/// Something that takes bytes and must not break.
#[derive(Debug)]
pub struct Target {
    /// Names the folder under `crashes/`.
    pub name: &'static str,
    /// Files that inputs are made from.
    pub corpus: Vec<Vec<u8>>,
    /// Words that are put into them.
    pub words: &'static [&'static str],
    /// How many inputs a plain test run tries.
    pub cases: u32,
    /// Panics where something is wrong.
    pub check: fn(&[u8]),
}

/// How long each target runs, in seconds; else a fixed number of inputs, the same every time.
const SECONDS: &str = "CEP_FUZZ_SECONDS";

/// Inputs between two looks at the clock.
const ROUND: u32 = 200;

/// Feeds a target.
///
/// # Panics
/// With the smallest input found that breaks it, which is kept in `crashes/`.
pub fn run(target: Target) {
    let Target { name, corpus, words, cases, check } = target;
    for path in files(&root().join("fuzz/crashes").join(name), "") {
        let input = std::fs::read(&path).expect("kept inputs can be read");
        if catch_unwind(|| check(&input)).is_err() {
            panic!("{name}: {} breaks it still", path.display());
        }
    }
    corpus.iter().for_each(|input| check(input));
    let material = Material { corpus, words };
    match std::env::var(SECONDS) {
        Err(_) => round(name, &material, check, cases, [7; 32]),
        Ok(seconds) => {
            let seconds = seconds.parse().unwrap_or_else(|_| panic!("{SECONDS} is a number of seconds"));
            for_a_time(name, &material, check, Duration::from_secs(seconds));
        }
    }
}

fn for_a_time(name: &str, material: &Material, check: fn(&[u8]), length: Duration) {
    let start = Instant::now();
    let mut seed = [0; 32];
    let mut inputs = 0_u64;
    while start.elapsed() < length {
        let now = std::time::SystemTime::UNIX_EPOCH.elapsed().expect("the epoch is over").as_nanos();
        seed[..16].copy_from_slice(&now.to_le_bytes());
        round(name, material, check, ROUND, seed);
        inputs += u64::from(ROUND);
    }
    assert!(inputs > 0, "{name}: no time for a single input");
}

fn round(name: &str, material: &Material, check: fn(&[u8]), cases: u32, seed: [u8; 32]) {
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 2_000, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    // While a broken input is made smaller it breaks many times over; one message is enough.
    let broken = Cell::new(false);
    let result = runner.run(&recipes(), |recipe| {
        let input = recipe.bytes(material);
        let checked = if broken.get() { quietly(|| check(&input)) } else { caught(|| check(&input)) };
        broken.set(broken.get() || checked.is_err());
        checked.map_err(|()| TestCaseError::fail("broken"))
    });
    match result {
        Ok(()) => {}
        Err(TestError::Fail(_, recipe)) => {
            let input = recipe.bytes(material);
            let path = keep(name, &input);
            // Once more for its own message.
            let again = caught(|| check(&input));
            let when = if again.is_err() { "breaks it" } else { "broke it, but not again" };
            panic!("{name}: {} {when}:\n{}", path.display(), String::from_utf8_lossy(&input));
        }
        Err(TestError::Abort(reason)) => panic!("{name}: {reason}"),
    }
}

fn caught(check: impl FnOnce()) -> Result<(), ()> {
    catch_unwind(AssertUnwindSafe(check)).map_err(drop)
}

fn quietly(check: impl FnOnce()) -> Result<(), ()> {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let result = caught(check);
    std::panic::set_hook(hook);
    result
}

fn keep(name: &str, input: &[u8]) -> PathBuf {
    let mut hash = DefaultHasher::new();
    input.hash(&mut hash);
    let folder = root().join("fuzz/crashes").join(name);
    std::fs::create_dir_all(&folder).expect("the folder of crashes can be made");
    let path = folder.join(format!("{:016x}", hash.finish()));
    std::fs::write(&path, input).expect("a crash can be kept");
    path
}
