//! `--fix` and `--diff`: what was mended is written, or shown.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;
use crate::engine::{self, Changed, Inputs, MendWish, Mendable, Mended, Report};
use crate::project::{Project, ToolError, rewrite};
use crate::report;
use crate::text::harmless::{for_logs, harmless};

use super::arguments::Check;
use super::{note, output};

/// What was mended in all projects of a run.
#[derive(Default)]
pub(super) struct Mending {
    changes: Vec<Change>,
    mended: usize,
    left_unsafe: usize,
    refused: usize,
    is_cut: bool,
}

/// A file that was changed, and where it stands on the disk.
struct Change {
    root: PathBuf,
    path: Option<PathBuf>,
    /// The path from the common root of the projects.
    shown: String,
    changed: Changed,
}

/// What of a project may be mended.
pub(super) struct Reach<'a> {
    /// The project.
    pub(super) project: &'a Project,
    /// What stands before its paths where they are shown.
    pub(super) prefix: &'a str,
    /// Files whose bytes are not what their text says.
    pub(super) damaged: &'a BTreeSet<String>,
    /// The file that standard input stands for.
    pub(super) buffer: Option<&'a str>,
    /// Whether a finding is shown.
    pub(super) shows_finding: &'a dyn Fn(&Report, &Diagnostic) -> bool,
    /// Whether a file was named.
    pub(super) shows_file: &'a dyn Fn(&str) -> bool,
}

impl Reach<'_> {
    fn on_disk(&self, path: &str) -> Option<&PathBuf> {
        let files = &self.project.files;
        files.binary_search_by(|(shown, _)| shown.as_str().cmp(path)).ok().map(|at| &files[at].1)
    }

    fn may_change(&self, path: &str) -> bool {
        // What the configuration takes from outside of the project (`rules`) is not this project's to change.
        let is_inside = !path.starts_with("../") && !Path::new(path).is_absolute();
        is_inside
            && !self.damaged.contains(path)
            && (self.shows_file)(path)
            && (self.on_disk(path).is_some() || self.buffer == Some(path))
    }

    /// How many findings of a report could be mended.
    pub(super) fn mendable(&self, report: &Report) -> Mendable {
        let may_change = |path: &str| self.may_change(path);
        engine::mendable(
            report,
            &MendWish { with_unsafe: false, is_wanted: self.shows_finding, may_change: &may_change },
        )
    }
}

impl Mending {
    /// Mends a project in memory, and answers with what is left to report.
    pub(super) fn project(&mut self, inputs: Inputs, reach: &Reach<'_>, command: &Check) -> Report {
        let on_disk = |path: &str| reach.on_disk(path).cloned();
        let may_change = |path: &str| reach.may_change(path);
        let wish =
            MendWish { with_unsafe: command.unsafe_fixes, is_wanted: reach.shows_finding, may_change: &may_change };
        let Mended { report, changed, mended, left_unsafe, refused, is_cut } = engine::mend(inputs, &wish);
        self.mended += mended;
        self.left_unsafe += left_unsafe;
        self.refused += refused;
        self.is_cut |= is_cut;
        self.changes.extend(changed.into_iter().map(|changed| Change {
            root: reach.project.root.clone(),
            path: on_disk(&changed.path).filter(|_| reach.buffer != Some(changed.path.as_str())),
            shown: format!("{}{}", reach.prefix, changed.path),
            changed,
        }));
        report
    }

    /// Writes the files that were changed. Where one cannot be written, the others still are.
    pub(super) fn write(&self) -> Vec<ToolError> {
        let write = |change: &Change| match &change.path {
            Some(path) => rewrite(&change.root, path, &change.changed.before, &change.changed.after),
            None => Ok(()),
        };
        self.changes.iter().filter_map(|change| write(change).err()).collect()
    }

    /// Shows on standard output what would be written. Whoever reads it must not be steered by what stands in a file; whoever
    /// redirects the output wants a diff that can be applied.
    pub(super) fn show(&self) -> Result<(), ToolError> {
        output::stream(|out| {
            for change in &self.changes {
                let mut text = Vec::new();
                // A line end in a path would begin a line of its own.
                let path = harmless(&change.shown).replace(['\n', '\r', '\t'], "?");
                report::diff(&path, &change.changed.before, &change.changed.after, &mut text)?;
                if output::is_read() {
                    out.write_all(for_logs(&String::from_utf8_lossy(&text)).as_bytes())?;
                } else {
                    out.write_all(&text)?;
                }
            }
            Ok(())
        })
    }

    /// Whether anything was changed.
    pub(super) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Says on standard error what was mended, and what more could be; `remaining` is the number of findings left.
    pub(super) fn tell(&self, only_shown: bool, remaining: usize) {
        let findings = |count: usize| format!("{count} finding{}", if count == 1 { "" } else { "s" });
        let files = self.changes.len();
        let files = format!("{files} file{}", if files == 1 { "" } else { "s" });
        let done = match (self.mended, only_shown) {
            (0, true) => "nothing would be mended".to_owned(),
            (0, false) => "nothing was mended".to_owned(),
            (count, true) => format!("{} would be mended in {files}", findings(count)),
            (count, false) => format!("{} mended in {files}", findings(count)),
        };
        note(&format!("{done}; {} left", findings(remaining)));
        if self.refused > 0 {
            let (fixes, were) = if self.refused == 1 { ("fix", "was") } else { ("fixes", "were") };
            note(&format!("{} {fixes} {were} left out, which would have led to new errors", self.refused));
        }
        if self.is_cut {
            note("not every fix was tried, since the checks between them take long; run it again, or narrow the rules");
        }
        if self.left_unsafe > 0 {
            let (count, flag) = (findings(self.left_unsafe), if only_shown { "--diff" } else { "--fix" });
            note(&format!("{count} more can be mended with `{flag} --unsafe-fixes`; look at what it changes"));
        }
    }
}
