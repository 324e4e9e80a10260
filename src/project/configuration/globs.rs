//! Patterns for paths.

use std::path::Path;

use globset::{Error, Glob, GlobSet, GlobSetBuilder};

use crate::text::is_page;

/// Patterns for paths, from the project's root. One that names a folder stands for everything in it.
#[derive(Debug, Clone, Default)]
pub struct Globs {
    /// All of them, for matching.
    pub set: GlobSet,
    /// Those that say what a file is called, and not only where it lies.
    of_files: GlobSet,
    /// Each of them as it is written.
    pub patterns: Vec<String>,
}

impl Globs {
    /// Whether a file is among those to read. Of a folder these are the ones that can hold a specification: handbooks have
    /// pictures beside them.
    #[must_use]
    pub(super) fn take(&self, path: &Path) -> bool {
        self.of_files.is_match(path) || can_hold_specification(path) && self.set.is_match(path)
    }
}

/// Whether a file is called as those are that hold a specification.
pub(in crate::project) fn can_hold_specification(path: &Path) -> bool {
    let is_ours = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("isms"));
    is_ours || is_page(&path.to_string_lossy())
}

/// Patterns while they are gathered.
#[derive(Default)]
pub(super) struct Gathered {
    all: Vec<Glob>,
    of_files: Vec<Glob>,
    patterns: Vec<String>,
}

impl Gathered {
    /// Adds one.
    ///
    /// # Errors
    ///
    /// Where it is no pattern.
    pub(super) fn add(&mut self, pattern: String) -> Result<(), Error> {
        let from_root = pattern.trim_start_matches("./").trim_start_matches('/');
        let from_root = if from_root == "." { "" } else { from_root };
        let named = from_root.trim_end_matches('/');
        let last = named.rsplit('/').next().unwrap_or_default();
        let is_folder = named.len() < from_root.len() || last.bytes().all(|byte| byte == b'*');
        let named = if named.is_empty() { "**" } else { named };
        let glob = Glob::new(named)?;
        if !is_folder {
            self.of_files.push(glob.clone());
        }
        self.all.push(glob);
        // What is called like a specification is no folder; most projects have no other patterns, and few globs are cheap.
        if !can_hold_specification(Path::new(last)) {
            self.all.push(Glob::new(&format!("{named}/**"))?);
        }
        self.patterns.push(pattern);
        Ok(())
    }

    /// All of them together.
    ///
    /// # Errors
    ///
    /// Where they are too many, or too long.
    pub(super) fn globs(self) -> Result<Globs, Error> {
        let set = |globs: Vec<Glob>| {
            let mut builder = GlobSetBuilder::new();
            globs.into_iter().for_each(|glob| {
                builder.add(glob);
            });
            builder.build()
        };
        Ok(Globs { set: set(self.all)?, of_files: set(self.of_files)?, patterns: self.patterns })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn globs(patterns: &[&str]) -> Globs {
        let mut gathered = Gathered::default();
        patterns.iter().for_each(|pattern| gathered.add((*pattern).to_owned()).expect("a pattern"));
        gathered.globs().expect("patterns")
    }

    #[test]
    fn a_folder_stands_for_everything_in_it() {
        for pattern in ["drafts", "drafts/", "/drafts", "./drafts/", "drafts/**", "drafts/*", "dr*ts"] {
            let globs = globs(&[pattern]);
            assert!(globs.set.is_match("drafts/a.isms") && globs.set.is_match("drafts/deep/b.png"), "{pattern}");
            assert!(
                !globs.set.is_match("other/drafts.isms") && !globs.set.is_match("other/drafts/a.isms"),
                "{pattern}"
            );
            assert_eq!(globs.patterns, [pattern]);
        }
        assert!(globs(&["**/drafts"]).set.is_match("other/drafts/a.isms"));
        for all in [".", "./", "/", "**"] {
            assert!(globs(&[all]).set.is_match("a/b") && globs(&[all]).take(Path::new("a/b.isms")), "{all}");
        }
    }

    #[test]
    fn of_a_folder_only_specifications_are_taken() {
        for pattern in ["isms", "isms/", "isms/**", "isms/*", "isms/**/*"] {
            let globs = globs(&[pattern]);
            for name in ["a.isms", "b.md", "deep/c.markdown", "deep/D.MD"] {
                assert!(globs.take(&Path::new("isms").join(name)), "{pattern} {name}");
            }
            assert!(!globs.take(Path::new("isms/logo.png")) && !globs.take(Path::new("isms/notes")), "{pattern}");
        }
        assert!(globs(&["isms/*.txt"]).take(Path::new("isms/a.txt")));
        assert!(globs(&["isms/**/notes"]).take(Path::new("isms/deep/notes")));
        assert!(!globs(&[]).take(Path::new("a.isms")));
    }
}
