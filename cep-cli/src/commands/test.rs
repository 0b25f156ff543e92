//! `cep test`: pattern files against recorded events with a snapshot, and against small streams.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use cep_core::matcher::Matcher;
use cep_core::pattern::Definitions;
use cep_core::program::Program;

use super::fmt::replace;
use super::program::{compile, definitions};
use super::{complain, params, print};
use crate::args::Test;
use crate::input::ReadOptions;
use crate::outcome::Outcome;
use crate::suggest;
use crate::testing::{
    Coverage, Mini, Sheet, Suite, Tested, Verdict, accepted, bindings, diff, find, junit, recorded,
};

pub(super) fn test(args: &Test) -> Outcome {
    let suites = match find(&args.paths) {
        Ok(suites) => suites,
        Err(error) => {
            complain(&error, None);
            return Outcome::Rejected;
        }
    };
    let mut session = Session { args, tests: Vec::new(), coverage: Vec::new(), known: BTreeSet::new() };
    suites.iter().for_each(|suite| session.suite(suite));
    session.end()
}

/// The tests run so far.
struct Session<'a> {
    args: &'a Test,
    tests: Vec<Tested>,
    /// By pattern file that has tests, or could have.
    coverage: Vec<(String, Coverage)>,
    /// The parameters that the pattern files have.
    known: BTreeSet<String>,
}

impl Session<'_> {
    fn suite(&mut self, suite: &Suite) {
        if !suite.is_recorded() && suite.sheet.is_none() && !self.args.coverage {
            return;
        }
        let name = suite.patterns.display().to_string();
        let Ok(definitions) = definitions(&suite.patterns) else {
            let why = "the pattern file has errors".to_owned();
            return self.ended(suite, &name, "check", Verdict::Broken(why));
        };
        if suite.is_recorded() {
            self.recorded(suite, &definitions);
        }
        if let Some(sheet) = &suite.sheet {
            self.sheet(suite, sheet, &definitions);
        }
        if self.args.coverage
            && !self.coverage.iter().any(|(known, _)| *known == name)
            && let Ok(program) = self.program(&definitions, &[])
        {
            self.coverage.push((name, Coverage::of(&program)));
        }
    }

    /// The program with parameters of the command line, and those of a sheet, which stand above them.
    fn program(
        &mut self,
        definitions: &Definitions,
        more: &[(String, String)],
    ) -> Result<Arc<Program>, Outcome> {
        let known: Vec<_> = definitions.params.iter().map(|param| param.name.clone()).collect();
        let own = self.args.params.iter().filter(|(name, _)| known.contains(name));
        let given: Vec<_> = own.chain(more).cloned().collect();
        self.known.extend(known);
        let values = params::values(&given, definitions).map_err(|error| {
            complain(&error, Some(&error.help()));
            Outcome::Rejected
        })?;
        compile(definitions, &values).map(Arc::new)
    }

    fn matcher(suite: &Suite, definitions: &Definitions, program: &Arc<Program>) -> Result<Matcher, Outcome> {
        let folder = suite.patterns.parent().unwrap_or(Path::new(""));
        let tables = super::run::tables(definitions, program, folder, &ReadOptions::default())?;
        let mut matcher = Matcher::new(Arc::clone(program));
        matcher.set_tables(tables);
        Ok(matcher)
    }

    fn recorded(&mut self, suite: &Suite, definitions: &Definitions) {
        let verdict = self.try_recorded(suite, definitions).unwrap_or_else(Verdict::Broken);
        let place = suite.snapshot.display().to_string();
        self.ended(suite, &place, "recorded events", verdict);
    }

    fn try_recorded(&mut self, suite: &Suite, definitions: &Definitions) -> Result<Verdict, String> {
        let program = self.program(definitions, &[]).map_err(told)?;
        let matcher = Self::matcher(suite, definitions, &program).map_err(told)?;
        let bindings = bindings(suite, definitions).map_err(|error| error.to_string())?;
        let mut coverage = Coverage::of(&program);
        let found =
            recorded(&program, matcher, &bindings, &mut coverage).map_err(|error| error.to_string())?;
        self.covered(suite, coverage);
        let expected = fs::read_to_string(&suite.snapshot);
        if expected.as_ref().is_ok_and(|expected| *expected == found) {
            return Ok(Verdict::Passed);
        }
        if self.args.accept {
            let written = match expected {
                Ok(_) => replace(&suite.snapshot, &found),
                Err(_) => fs::write(&suite.snapshot, &found),
            };
            return written.map(|()| Verdict::Accepted).map_err(|error| error.to_string());
        }
        Ok(match expected {
            Ok(expected) => Verdict::Failed(diff(&expected, &found)),
            Err(_) => Verdict::Broken("there is no snapshot: `cep test --accept` writes it".to_owned()),
        })
    }

    fn sheet(&mut self, suite: &Suite, path: &Path, definitions: &Definitions) {
        let shown = path.display().to_string();
        let read = fs::read_to_string(path).map_err(|error| error.to_string());
        let sheet = read.and_then(|text| Ok((Sheet::parse(&text).map_err(|error| error.to_string())?, text)));
        let (sheet, text) = match sheet {
            Ok(read) => read,
            Err(why) => return self.ended(suite, &shown, "read", Verdict::Broken(why)),
        };
        let Ok(program) = self.program(definitions, &sheet.params) else {
            return self.ended(suite, &shown, "params", Verdict::Broken(told(Outcome::Rejected)));
        };
        let mut after = text.clone();
        for case in &sheet.cases {
            let mut coverage = Coverage::of(&program);
            let mini = Mini { sheet: &sheet, case };
            let found = Self::matcher(suite, definitions, &program)
                .map_err(told)
                .and_then(|matcher| mini.found(&program, matcher, &mut coverage));
            self.covered(suite, coverage);
            let verdict = match found.map(|found| (mini.difference(&found), found)) {
                Err(why) => Verdict::Broken(why),
                Ok((None, _)) => Verdict::Passed,
                Ok((Some(_), found)) if self.args.accept => {
                    after = accepted(&after, case.line, &found);
                    Verdict::Accepted
                }
                Ok((Some(difference), _)) => Verdict::Failed(difference),
            };
            self.ended(suite, &format!("{shown}:{}", case.line), &case.name, verdict);
        }
        if after != text
            && let Err(error) = replace(path, &after)
        {
            self.ended(suite, &shown, "accept", Verdict::Broken(error.to_string()));
        }
    }

    fn covered(&mut self, suite: &Suite, coverage: Coverage) {
        let name = suite.patterns.display().to_string();
        match self.coverage.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => known.join(&coverage),
            None => self.coverage.push((name, coverage)),
        }
    }

    fn ended(&mut self, suite: &Suite, place: &str, name: &str, verdict: Verdict) {
        let suite = suite.patterns.display().to_string();
        self.tests.push(Tested { suite, place: place.to_owned(), name: name.to_owned(), verdict });
    }

    fn end(self) -> Outcome {
        if self.tests.is_empty() && !self.args.coverage {
            let help = "a test is NAME.test or NAME.events.jsonl with NAME.snap, beside NAME.cep";
            complain(&"there are no tests", Some(&help));
            return Outcome::Rejected;
        }
        if let Some((name, _)) = self.args.params.iter().find(|(name, _)| !self.known.contains(name)) {
            let near = suggest::closest(name, self.known.iter().map(String::as_str));
            let help = near.map(|near| format!("did you mean `{near}`?"));
            complain(
                &format_args!("no pattern file has a parameter `{name}`"),
                help.as_ref().map(|help| help as _),
            );
            return Outcome::Rejected;
        }
        let mut text: String = self.tests.iter().map(line).collect();
        if self.args.coverage {
            self.coverage.iter().for_each(|(name, coverage)| text += &covered(name, coverage));
        }
        let printed = print(&(text + &summary(&self.tests)));
        if let Some(path) = &self.args.junit
            && let Err(error) = fs::write(path, junit(&self.tests))
        {
            complain(&format_args!("{}: {error}", path.display()), None);
            return Outcome::Failed;
        }
        match self.tests.iter().all(Tested::is_good) {
            true => printed,
            false => Outcome::Differs,
        }
    }
}

/// What has been said already on standard error.
fn told(_: Outcome) -> String {
    "see above".to_owned()
}

fn line(test: &Tested) -> String {
    let Tested { place, name, verdict, .. } = test;
    let indented = |text: &str| text.lines().map(|line| format!("    {line}\n")).collect::<String>();
    match verdict {
        Verdict::Passed => format!("ok        {place}: {name}\n"),
        Verdict::Accepted => format!("accepted  {place}: {name}\n"),
        Verdict::Failed(diff) => format!("FAILED    {place}: {name}\n{}", indented(diff)),
        Verdict::Broken(why) => format!("BROKEN    {place}: {name}\n{}", indented(why)),
    }
}

fn covered(name: &str, coverage: &Coverage) -> String {
    let (taken, all) = coverage.counts();
    if all == 0 {
        return String::new();
    }
    let missing =
        coverage.never_taken().map(|(pattern, part)| format!("    never taken in `{pattern}`: {part}\n"));
    format!("coverage  {name}: {taken} of {all}\n{}", missing.collect::<String>())
}

fn summary(tests: &[Tested]) -> String {
    let count = |wanted: fn(&Verdict) -> bool| tests.iter().filter(|test| wanted(&test.verdict)).count();
    let passed = count(|verdict| *verdict == Verdict::Passed);
    let mut parts = vec![format!("{passed} passed")];
    for (number, word) in [
        (count(|verdict| matches!(verdict, Verdict::Failed(_))), "failed"),
        (count(|verdict| matches!(verdict, Verdict::Broken(_))), "broken"),
        (count(|verdict| *verdict == Verdict::Accepted), "accepted"),
    ] {
        if number > 0 {
            parts.push(format!("{number} {word}"));
        }
    }
    format!("{}\n", parts.join(", "))
}
