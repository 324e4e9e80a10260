//! `ismslint fmt`

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::PathBuf;

use rayon::prelude::*;

use crate::diagnostic::Diagnostic;
use crate::engine::{self, Formatted};
use crate::project::{Loaded, Project, Search, ToolError, decode, load, projects, relative, rewrite};
use crate::report;
use crate::text::harmless::{for_logs, harmless};
use crate::text::{FileId, Source};

use super::arguments::{Arguments, Fmt};
use super::check::{common_root, folder_of, is_gone, standard_input};
use super::filter::Filter;
use super::terminal::Terminal;
use super::{Status, note, output};

/// A file that is laid out.
struct File<'a> {
    /// None for standard input.
    place: Option<(&'a Project, &'a PathBuf)>,
    /// The path from the common root of the projects.
    shown: String,
    source: Source,
    formatted: Formatted,
}

pub(super) fn run(command: &Fmt, arguments: &Arguments, terminal: Terminal) -> Result<Status, ToolError> {
    let stdin = standard_input(&command.paths, command.stdin_filename.as_deref())?;
    let mut paths: Vec<PathBuf> = command.paths.iter().filter(|path| path.as_os_str() != "-").cloned().collect();
    if let Some((path, bytes)) = stdin {
        if !paths.is_empty() {
            let message = "standard input and files cannot be formatted in one run".to_owned();
            return Err(ToolError::Usage { message, help: "name either `-` or files".to_owned() });
        }
        return standard(command, &path, bytes, terminal);
    }
    if paths.is_empty() {
        paths.push(PathBuf::from("."));
    }
    if command.force_exclude {
        paths.retain(|path| !is_gone(path));
        if paths.is_empty() {
            return Ok(Status::Clean);
        }
    }
    let found = projects(&paths, Search { forced: command.force_exclude, isolated: command.isolated })?;
    let filter = Filter::new(&paths, &found, None);
    let common = common_root(&found);
    let mut files = Vec::new();
    let mut seen = BTreeSet::new();
    let mut failed = false;
    for (position, project) in found.iter().enumerate() {
        let prefix = relative(&common, &project.root);
        let prefix = if prefix.is_empty() { prefix } else { format!("{prefix}/") };
        // What the configuration takes from outside of the project (`rules`) is not this project's to change.
        let named = |shown: &str| !shown.starts_with("../") && filter.shows(position, shown);
        // Folders without a configuration that are named along with one above them are in two projects.
        let mut is_new = |path: &PathBuf| seen.insert(path.clone());
        let wanted = project.files.iter().filter(|(shown, path)| named(shown) && is_new(path));
        let wanted: Vec<&(String, PathBuf)> = wanted.collect();
        let read = |(shown, path): &&'_ (String, PathBuf)| load(path, shown).map(lay_out);
        let laid: Vec<_> = wanted.par_iter().with_min_len(4).map(read).collect();
        for ((shown, path), laid) in wanted.into_iter().zip(laid) {
            match laid {
                Ok((source, formatted)) => {
                    let shown = format!("{prefix}{shown}");
                    files.push(File { place: Some((project, path)), shown, source, formatted });
                }
                Err(error) => {
                    super::report(&error, terminal);
                    failed = true;
                }
            }
        }
        for error in &project.problems {
            super::report(error, terminal);
            failed = true;
        }
    }
    if files.is_empty() && !failed {
        note("note: no specification was found: no `.isms` file, and no Markdown page with an `isms` block");
    }
    let ended = finish(&files, command, arguments.quiet, terminal)?;
    Ok(if failed { Status::Failed } else { ended })
}

/// Lays out what was read. A file whose bytes are not what its text says is left alone.
fn lay_out(loaded: Loaded) -> (Source, Formatted) {
    let Loaded { source, problems } = loaded;
    let formatted = engine::format(&source);
    // A page without blocks is nobody's business.
    let formatted = match formatted {
        Formatted::Same if source.is_markdown() => Formatted::Same,
        Formatted::Unreadable(errors) => Formatted::Unreadable(errors),
        _ if !problems.is_empty() => {
            Formatted::Unreadable(problems.iter().map(|problem| problem.finding(FileId(0))).collect())
        }
        formatted => formatted,
    };
    (source, formatted)
}

/// Standard input goes to standard output.
fn standard(command: &Fmt, path: &std::path::Path, bytes: Vec<u8>, terminal: Terminal) -> Result<Status, ToolError> {
    let mut shown = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if command.force_exclude {
        let found = projects(&[folder_of(path)], Search { forced: true, isolated: command.isolated })?;
        let is_read = |project: &Project| {
            let inside = path.strip_prefix(&project.root).ok();
            inside.is_some_and(|inside| project.configuration.reads(inside))
        };
        if !found.iter().any(is_read) {
            if !command.check && !command.diff {
                output::print(&bytes)?;
            }
            return Ok(Status::Clean);
        }
    }
    if let Some(name) = &command.stdin_filename {
        shown = name.to_string_lossy().replace('\\', "/");
    }
    let (source, formatted) = lay_out(decode(&shown, &bytes));
    let file = File { place: None, shown, source, formatted };
    if !command.check && !command.diff {
        match &file.formatted {
            Formatted::Same => output::print(whole(&file.source, file.source.text()).as_bytes())?,
            Formatted::Changed(text) => output::print(whole(&file.source, text).as_bytes())?,
            Formatted::Unreadable(_) => {}
        }
    }
    finish(std::slice::from_ref(&file), command, true, terminal)
}

/// A text with the byte order mark that stood before it.
fn whole(source: &Source, text: &str) -> String {
    let mark = if source.had_byte_order_mark() { "\u{feff}" } else { "" };
    format!("{mark}{text}")
}

/// Writes or shows what was laid out, and says how it went.
fn finish(files: &[File<'_>], command: &Fmt, quiet: bool, terminal: Terminal) -> Result<Status, ToolError> {
    let (mut changed, mut same, mut unreadable) = (0, 0, 0);
    let mut out = Vec::new();
    let mut failed = false;
    for file in files {
        match &file.formatted {
            Formatted::Same => same += 1,
            Formatted::Unreadable(errors) => {
                unreadable += 1;
                tell(file, errors);
            }
            Formatted::Changed(text) => {
                changed += 1;
                let (before, after) = (whole(&file.source, file.source.text()), whole(&file.source, text));
                if command.diff {
                    show(file, &before, &after, &mut out);
                } else if command.check {
                    let _ = writeln!(out, "{}", one_line(&file.shown));
                } else if let Some((project, path)) = file.place
                    && let Err(error) = rewrite(&project.root, path, &before, &after)
                {
                    super::report(&error, terminal);
                    (failed, changed) = (true, changed - 1);
                }
            }
        }
    }
    output::print(&out)?;
    let only_shown = command.check || command.diff;
    if !quiet && !files.is_empty() {
        note(&summary(changed, same, unreadable, only_shown));
    }
    Ok(if failed || unreadable > 0 {
        Status::Failed
    } else if only_shown && changed > 0 {
        Status::Findings
    } else {
        Status::Clean
    })
}

fn summary(changed: usize, same: usize, unreadable: usize, only_shown: bool) -> String {
    let files = |count: usize| format!("{count} file{}", if count == 1 { "" } else { "s" });
    let mut parts = Vec::new();
    if changed > 0 {
        parts.push(format!("{} {}", files(changed), if only_shown { "would be formatted" } else { "formatted" }));
    }
    if same > 0 {
        parts.push(format!("{} well formatted already", files(same)));
    }
    if unreadable > 0 {
        parts.push(format!("{} left alone because of syntax errors", files(unreadable)));
    }
    parts.join(", ")
}

/// Says why a file is left alone: its first mistake, and where all of them are explained.
fn tell(file: &File<'_>, errors: &[Diagnostic]) {
    let Some(error) = errors.first() else { return };
    let position = |offset: u32| file.source.line_index().line_column(file.source.text(), offset);
    let at = error.primary.as_ref().map(|label| position(label.place.span.start));
    let place = at.map_or_else(String::new, |at| format!(":{}:{}", at.line, at.column));
    let more = match errors.len() - 1 {
        0 => String::new(),
        count => format!(" (and {count} more; `ismslint check` shows them)"),
    };
    note(&format!("{}{place}: error[{}] {}{more}", one_line(&file.shown), error.code, error.message));
}

/// Whoever reads it must not be steered by what stands in a file; whoever redirects the output wants a diff that can be applied.
fn show(file: &File<'_>, before: &str, after: &str, out: &mut Vec<u8>) {
    let mut text = Vec::new();
    let _ = report::diff(&one_line(&file.shown), before, after, &mut text);
    if output::is_read() {
        out.extend(for_logs(&String::from_utf8_lossy(&text)).as_bytes());
    } else {
        out.extend(text);
    }
}

/// A path on a line of its own.
fn one_line(path: &str) -> String {
    let path = harmless(path).replace(['\n', '\r', '\t'], "?");
    // At the head of a line it may not be an order to a pipeline.
    if path.trim_start().starts_with("::") { format!("./{path}") } else { path }
}
