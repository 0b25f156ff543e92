//! The result of tests as JUnit's XML, which most build servers read.

use super::{Tested, Verdict};

/// One test suite a pattern file.
#[must_use]
pub fn junit(tests: &[Tested]) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml += &format!("<testsuites name=\"cep test\" {}>\n", counts(tests.iter()));
    let mut suites: Vec<&str> = tests.iter().map(|test| test.suite.as_str()).collect();
    suites.dedup();
    for suite in suites {
        let own = || tests.iter().filter(|test| test.suite == suite);
        xml += &format!("  <testsuite name=\"{}\" {}>\n", escaped(suite), counts(own()));
        own().for_each(|test| xml += &case(test));
        xml += "  </testsuite>\n";
    }
    xml + "</testsuites>\n"
}

fn counts<'t>(tests: impl Iterator<Item = &'t Tested> + Clone) -> String {
    let failures = tests.clone().filter(|test| matches!(test.verdict, Verdict::Failed(_))).count();
    let errors = tests.clone().filter(|test| matches!(test.verdict, Verdict::Broken(_))).count();
    format!("tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\"", tests.count())
}

fn case(test: &Tested) -> String {
    let (name, class) = (escaped(&test.name), escaped(&test.place));
    let opening = format!("    <testcase name=\"{name}\" classname=\"{class}\"");
    match &test.verdict {
        Verdict::Passed | Verdict::Accepted => format!("{opening}/>\n"),
        Verdict::Failed(diff) => {
            let message = "what was found is not what is expected";
            format!(
                "{opening}>\n      <failure message=\"{message}\">{}</failure>\n    </testcase>\n",
                escaped(diff)
            )
        }
        Verdict::Broken(why) => {
            format!("{opening}>\n      <error message=\"{}\"/>\n    </testcase>\n", escaped(why.trim_end()))
        }
    }
}

/// The text with what XML keeps for itself written otherwise; characters that it cannot hold are replaced.
fn escaped(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => result += "&amp;",
            '<' => result += "&lt;",
            '>' => result += "&gt;",
            '"' => result += "&quot;",
            '\n' | '\t' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'.. => result.push(c),
            _ => result.push('\u{fffd}'),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped_and_failures_counted() {
        let test = |name: &str, verdict| Tested {
            suite: "a.cep".into(),
            place: "a.test:3".into(),
            name: name.into(),
            verdict,
        };
        let xml = junit(&[
            test("x", Verdict::Passed),
            test("<y>", Verdict::Failed("- {a}\n+ \"b\" & \u{1}\n".into())),
        ]);
        let expected = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="cep test" tests="2" failures="1" errors="0">
  <testsuite name="a.cep" tests="2" failures="1" errors="0">
    <testcase name="x" classname="a.test:3"/>
    <testcase name="&lt;y&gt;" classname="a.test:3">
      <failure message="what was found is not what is expected">- {a}
+ &quot;b&quot; &amp; �
</failure>
    </testcase>
  </testsuite>
</testsuites>
"#;
        assert_eq!(xml, expected);
    }
}
