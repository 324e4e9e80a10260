//! `ismslint explain`

use std::path::{Path, PathBuf};

use crate::engine::explain::{Explainer, Page};
use crate::engine::{Inputs, RuleSummary, Settings};
use crate::project::{Search, ToolError, is_configured, projects};
use crate::report;
use crate::text::Date;

use super::arguments::{Explain, PageFormat};
use super::configured::settings;
use super::inputs::{read, today};
use super::terminal::Terminal;
use super::{Status, note, output};

/// What can be explained, for whoever asks without a word.
const OVERVIEW: &str = "\
`ismslint explain WORD` says what is known of a rule, a clause or a reference process.

  ismslint explain FLOW001           a rule, by its code or its name: why it matters, how to mend it
  ismslint explain 9.3.2             a clause or a control: other editions, documents, who covers it
  ismslint explain risk-assessment   a reference process: what it takes, what it produces, for whom

A number alone means the first standard that the project declares, else the newest edition; another
edition is named before it: `iso27001:2013/A.12.6.1`, and another model likewise: `iso33052:2016/COM.11`.
Inside a project, the page says what the organization does about it.

`ismslint rules` lists every rule.
";

pub(super) fn run(command: &Explain, terminal: Terminal) -> Result<Status, ToolError> {
    let Some(word) = &command.word else {
        output::print(OVERVIEW.as_bytes())?;
        return Ok(Status::Clean);
    };
    let page = page(word, command)?;
    let text = match command.format {
        PageFormat::Pretty => report::text_page(&page, terminal.colour),
        PageFormat::Json => report::json_page(&page),
    };
    output::print(text.as_bytes())?;
    Ok(Status::Clean)
}

fn page(word: &str, command: &Explain) -> Result<Page, ToolError> {
    let project = command.project.as_deref();
    let shipped = shipped();
    // A shipped rule is the same in every project, and most calls ask for one.
    if project.is_none()
        && let Some(page @ Page::Rule(_)) = shipped.explain(word)
    {
        return Ok(page);
    }
    let explainer = match around(project, command.isolated) {
        Ok(Some(explainer)) => explainer,
        Ok(None) => shipped,
        Err(error) if project.is_some() => return Err(error),
        // What is shipped can be explained whatever the working folder is like.
        Err(error) => {
            note(&format!("note: the project here is left out: {error}"));
            shipped
        }
    };
    explainer.explain(word).ok_or_else(|| ToolError::Usage {
        message: format!("no rule, no clause and no reference process is called `{word}`"),
        help: explainer.nearest(word).unwrap_or_else(|| {
            "name a rule (`FLOW001`), a clause (`9.3.2`, `iso27001:2013/A.12.6.1`) or a reference process \
             (`risk-assessment`); `ismslint rules` lists every rule"
                .to_owned()
        }),
    })
}

fn shipped() -> Explainer {
    Explainer::new(Inputs {
        sources: Vec::new(),
        settings: Settings::default(),
        today: Date::from_days(0),
        known_paths: None,
    })
}

/// The project at `path`, or the one around the working folder; `None` where there is nothing of one.
fn around(path: Option<&Path>, isolated: bool) -> Result<Option<Explainer>, ToolError> {
    let is_named = path.is_some();
    let search = Search { isolated, ..Search::default() };
    let found = projects(&[path.unwrap_or_else(|| Path::new(".")).to_path_buf()], search)?;
    // The outermost one stands first; projects inside of it are others.
    let Some(project) = found.first().filter(|project| !project.files.is_empty()) else { return Ok(None) };
    let read = read(project, None);
    if let Some(error) = read.errors.into_iter().next() {
        return Err(error);
    }
    let explainer = Explainer::new(Inputs {
        sources: read.sources,
        settings: settings(&project.configuration, None),
        today: today(None),
        known_paths: None,
    });
    if explainer.has_several_organizations() && !is_named && !is_configured(&project.root) {
        note("note: the files in this folder are of several organizations; `--project PATH` names one of them");
        return Ok(None);
    }
    if explainer.has_mistakes() {
        note("note: the project has mistakes, and the page may miss something: `ismslint check` shows them");
    }
    Ok(Some(explainer))
}

/// The rules of the project around the working folder, as far as it can be read.
pub(super) fn own_rules() -> Vec<RuleSummary> {
    let Ok(found) = projects(&[PathBuf::from(".")], Search::default()) else { return Vec::new() };
    let mut rules = Vec::new();
    for project in &found {
        let explainer = Explainer::new(Inputs {
            sources: read(project, None).sources,
            settings: settings(&project.configuration, None),
            today: today(None),
            known_paths: None,
        });
        rules.extend(explainer.rules().iter().filter(|rule| !rule.builtin).cloned());
    }
    rules
}
