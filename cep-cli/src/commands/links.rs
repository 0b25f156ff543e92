//! Where the pages of diagnostics are in the web, if the package says where it is kept, and which terminals can show links.

use std::ffi::OsString;

use cep_dsl::diagnostic::Code;

/// Where the package is kept; nothing where it does not say.
const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");

/// The address of a code's page.
pub(super) fn page(code: Code) -> Option<String> {
    page_in(REPOSITORY, code)
}

fn page_in(repository: &str, code: Code) -> Option<String> {
    let root = repository.trim_end_matches('/').trim_end_matches(".git");
    (!root.is_empty()).then(|| format!("{root}/blob/main/docs/errors/{}.md", code.as_str()))
}

/// Whether a terminal shows links (OSC 8), by what it says of itself. `FORCE_HYPERLINK` decides where it is set.
pub(super) fn are_shown(variable: impl Fn(&str) -> Option<OsString>) -> bool {
    let text = |name: &str| variable(name).and_then(|value| value.into_string().ok()).unwrap_or_default();
    match text("FORCE_HYPERLINK").as_str() {
        "" => {}
        forced => return forced != "0",
    }
    let term = text("TERM");
    let known = ["iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "Tabby", "rio"];
    let terms = ["kitty", "alacritty", "foot", "ghostty", "wezterm", "contour"];
    let new_enough = text("VTE_VERSION").parse().is_ok_and(|version: u32| version >= 5_000);
    term != "dumb"
        && (known.contains(&text("TERM_PROGRAM").as_str())
            || terms.iter().any(|name| term.contains(name))
            || new_enough
            || variable("WT_SESSION").is_some()
            || variable("KONSOLE_VERSION").is_some()
            || variable("DOMTERM").is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_where_the_package_is_kept() {
        let page = |repository| page_in(repository, Code::by_str("E0113").expect("there is such a code"));
        let there = Some("https://host/a/b/blob/main/docs/errors/E0113.md".to_owned());
        assert_eq!(page("https://host/a/b"), there);
        assert_eq!(page("https://host/a/b.git"), there);
        assert_eq!(page("https://host/a/b/"), there);
        assert_eq!(page(""), None);
    }

    #[test]
    fn links_are_for_terminals_that_show_them() {
        let shown = |set: &[(&str, &str)]| {
            are_shown(|asked| set.iter().find(|(name, _)| *name == asked).map(|(_, value)| value.into()))
        };
        assert!(shown(&[("TERM", "xterm-kitty")]));
        assert!(shown(&[("VTE_VERSION", "6003")]) && !shown(&[("VTE_VERSION", "4800")]));
        assert!(!shown(&[("TERM", "xterm-256color")]) && !shown(&[]));
        assert!(!shown(&[("TERM", "dumb"), ("WT_SESSION", "x")]));
        assert!(shown(&[("FORCE_HYPERLINK", "1")]));
        assert!(!shown(&[("FORCE_HYPERLINK", "0"), ("TERM", "xterm-kitty")]));
    }
}
