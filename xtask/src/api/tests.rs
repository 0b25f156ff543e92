//! What is listed of a small crate, and what is not.

use std::fs;
use std::path::PathBuf;

use super::{differences, list};

/// A folder that goes when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let folder = std::env::temp_dir().join(format!("cep-api-{name}-{}", std::process::id()));
        for (file, text) in files {
            let path = folder.join(file);
            fs::create_dir_all(path.parent().expect("it is in the folder")).expect("folders can be made");
            fs::write(path, text).expect("files can be written");
        }
        Self(folder)
    }

    fn list(&self) -> String {
        list::of_crate("some-crate", &self.0.join("lib.rs")).expect("the crate can be read")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

const LIB: &str = "
//! A crate.
mod inner;
pub mod open;
pub use inner::{Deep, Renamed as Other};
pub use elsewhere::Thing;
pub(crate) fn hidden() {}
/// Documented.
pub fn shown<T: Clone>(of: &T) -> T { of.clone() }
#[cfg(test)]
mod tests { pub fn no() {} }
";

const INNER: &str = "
mod deeper;
pub use deeper::Deep;
#[derive(Clone)]
pub struct Renamed { pub one: i64, two: i64 }
impl Renamed { pub fn two(&self) -> i64 { self.two }  fn private(&self) {} }
pub struct NotReached;
";

const DEEPER: &str = "
pub enum Deep { A, B(u8) }
impl std::fmt::Display for Deep { fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { Ok(()) } }
";

const OPEN: &str = "
macro_rules! made { ($name:ident) => { pub fn $name(self) -> Self { self } }; }
pub struct Made(u8);
impl Made { made!(one); }
pub trait Can { /// Says so.
    fn can(&self) -> bool { true } }
";

const FILES: [(&str, &str); 4] =
    [("lib.rs", LIB), ("inner.rs", INNER), ("inner/deeper.rs", DEEPER), ("open/mod.rs", OPEN)];

#[test]
fn what_users_reach_is_listed_and_nothing_else() {
    let expected = "\
made!
    pub fn $ name (self) -> Self
some_crate::Deep
    pub enum Deep {
        A,
        B(u8),
    }
    impl std::fmt::Display for Deep
some_crate::Other
    #[derive(Clone)]
    pub struct Renamed {
        pub one: i64,
        // private fields
    }
    pub fn two(&self) -> i64
some_crate::Thing
    pub use elsewhere::Thing
some_crate::open::Can
    pub trait Can {
        fn can(&self) -> bool {}
    }
some_crate::open::Made
    pub struct Made // private fields
    made ! (one)
some_crate::shown
    pub fn shown<T: Clone>(of: &T) -> T
";
    assert_eq!(Folder::new("listed", &FILES).list(), expected);
}

#[test]
fn a_change_of_what_is_public_is_told_and_no_other() {
    let before = Folder::new("before", &FILES).list();
    let with = |name: &str, from: &str, to: &str| {
        let files = FILES.map(|(file, text)| (file, text.replace(from, to)));
        let files: Vec<_> = files.iter().map(|(file, text)| (*file, text.as_str())).collect();
        differences(&before, &Folder::new(name, &files).list())
    };
    assert_eq!(with("body", "{ self.two }", "{ self.two + 1 }"), [""; 0]);
    assert_eq!(with("private", "fn private(&self)", "fn other(&self)"), [""; 0]);
    assert_eq!(
        with("method", "pub fn two(&self) -> i64", "pub fn two(&self) -> Option<i64>"),
        [
            "- some_crate::Other: pub fn two(&self) -> i64",
            "+ some_crate::Other: pub fn two(&self) -> Option<i64>"
        ]
    );
    let gone = with("gone", "pub use inner::{Deep, Renamed as Other};", "pub use inner::Deep;");
    assert!(gone.iter().all(|line| line.starts_with("- some_crate::Other: ")) && gone.len() == 7, "{gone:?}");
}
