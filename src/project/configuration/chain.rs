//! A configuration and what it extends.
//!
//! A configuration file can come with a pull request, from a stranger, and what is wrong in it is quoted in the log of a
//! pipeline. So it names only files of its own repository: whatever `extend` or `baseline` lead to by links included, it
//! lies below the nearest folder with a `.git`, and not in that, where tokens are kept. Where there is no repository around
//! the project (it was unpacked from an archive, say), it lies below the working folder, or where that is elsewhere, in the
//! project. What several repositories share is brought in as a submodule, or by copying.

use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::project::error::shown;
use crate::project::{ToolError, relative, working_folder};

use super::around::{Around, without_dots};
use super::reader::{Layer, layer};
use super::spot::Text;
use super::{Configuration, FILE_NAME, Named, Placed, is_configured, together};

/// The longest configuration file, in bytes.
const MOST_BYTES: u64 = 1 << 20;

/// The most files that extend one another.
const MOST_FILES: usize = 8;

/// Reads the configuration of the project at `root`, with all that it extends; the defaults where it has none.
///
/// # Errors
///
/// Where a file cannot be read, or everything that is wrong in all of them, each with its place.
pub(in crate::project) fn read(root: &Path) -> Result<Configuration, ToolError> {
    if !is_configured(root) {
        return Ok(Configuration::default());
    }
    let path = root.join(FILE_NAME);
    let around = Around::of(root);
    let here = working_folder();
    let from_here = |real: &Path| shown(Path::new(&relative(here.as_deref().unwrap_or(root), real)));
    let real = std::fs::canonicalize(&path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => {
            ToolError::Unreadable { path: from_here(&path), reason: "it is a link that leads nowhere".to_owned() }
        }
        _ => ToolError::unreadable(Path::new(&from_here(&path)), &error),
    })?;
    if !around.has(&real) {
        let reason = format!("it is a link that leads out of the {}", around.word());
        return Err(ToolError::Unreadable { path: from_here(&path), reason });
    }
    let mut layers: Vec<Layer> = Vec::new();
    let mut errors: Vec<ToolError> = Vec::new();
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    let mut next = Some((path, real, FILE_NAME.to_owned()));
    while let Some((path, real, name)) = next.take() {
        let shown = from_here(&path);
        let text = Arc::new(text_of(&path, &shown)?);
        let text = Arc::new(Text { path: name.clone(), shown, text });
        files.push((real, name));
        let (mut layer, mistakes) = layer(&text, path.parent().unwrap_or(root));
        errors.extend(mistakes);
        if let Some(baseline) = &layer.baseline
            && let Some((named, spot)) = baseline.value.as_ref().zip(baseline.spot.as_ref())
            && let Err((message, help)) = within(&around, named)
        {
            errors.push(spot.error(message, help));
        }
        if let Some(extend) = layer.extend.take() {
            match extended(root, &around, &extend.value, &files) {
                Ok(found) => next = Some(found),
                Err((message, help)) => errors.extend(extend.spot.as_ref().map(|spot| spot.error(message, help))),
            }
        }
        layers.push(layer);
    }
    together(errors)?;
    let mut configuration = Configuration::default();
    for layer in layers.into_iter().rev() {
        configuration.put(layer);
    }
    configuration.files = files.into_iter().map(|(_, name)| name).collect();
    Ok(configuration)
}

impl Configuration {
    /// What one text says, without what it extends; nothing is read from the disk.
    ///
    /// # Errors
    ///
    /// Everything that is wrong in it, each with its place.
    pub fn parse(path: &str, text: &str) -> Result<Self, ToolError> {
        let text = Arc::new(Text { path: path.to_owned(), shown: path.to_owned(), text: Arc::new(text.to_owned()) });
        let (layer, errors) = layer(&text, Path::new(""));
        together(errors)?;
        let mut configuration = Self::default();
        configuration.put(layer);
        Ok(configuration)
    }

    /// Puts what a file says over what it extends. A single value replaces; rules, locks, severities and overrides are
    /// added, so that what a group has laid down for all stays unless it is named anew.
    fn put(&mut self, layer: Layer) {
        fn replace<T>(old: &mut T, new: Option<T>) {
            if let Some(new) = new {
                *old = new;
            }
        }
        replace(&mut self.include, layer.include);
        replace(&mut self.exclude, layer.exclude);
        replace(&mut self.select, layer.select);
        replace(&mut self.ignore, layer.ignore);
        replace(&mut self.fail_on, layer.fail_on);
        replace(&mut self.max_warnings, layer.max_warnings);
        replace(&mut self.baseline, layer.baseline);
        for placed in layer.severity {
            self.severity
                .retain(|known: &Placed<(String, String)>| !known.value.0.eq_ignore_ascii_case(&placed.value.0));
            self.severity.push(placed);
        }
        self.rules.extend(layer.rules);
        self.locked.extend(layer.locked);
        self.overrides.extend(layer.overrides);
        self.selectors.extend(layer.selectors);
    }
}

/// What is wrong, and what to do.
type Mistake = (String, String);

/// The file that is extended: as it is named from the project's root, as it really is, and what messages call it.
fn extended(
    root: &Path,
    around: &Around,
    named: &Named,
    files: &[(PathBuf, String)],
) -> Result<(PathBuf, PathBuf, String), Mistake> {
    let text = &named.text;
    if named.path.extension().is_none_or(|extension| extension != "toml") {
        return Err((format!("`{text}` is no TOML file"), "name a file that ends in `.toml`".to_owned()));
    }
    let real = within(around, named)?;
    match real.as_ref().map(|real| real.is_file()) {
        Some(true) => {}
        Some(false) => return Err((format!("`{text}` is no file"), "name a file that ends in `.toml`".to_owned())),
        None => {
            let help = "the path leads from the folder of this file".to_owned();
            return Err((format!("there is no file `{text}`"), help));
        }
    }
    let real = real.unwrap_or_default();
    let name = relative(root, &real);
    if let Some(at) = files.iter().position(|(known, _)| *known == real) {
        let way: Vec<String> = files.iter().skip(at).map(|(_, name)| format!("`{name}`")).collect();
        let message = format!("this extends in a ring: {} → `{name}`", way.join(" → "));
        return Err((message, "remove one of these `extend`".to_owned()));
    }
    if files.len() >= MOST_FILES {
        let help = format!("at most {MOST_FILES} files extend one another; put some of them together");
        return Err(("too many files extend one another".to_owned(), help));
    }
    Ok((real.clone(), real, name))
}

/// Where a named path really is, `None` where nothing is there. It is a mistake where it leads out of the repository,
/// which is said without looking whether anything is there.
fn within(around: &Around, named: &Named) -> Result<Option<PathBuf>, Mistake> {
    let text = &named.text;
    if Path::new(text).is_absolute() || text.starts_with('/') {
        let help = "write it relative to the folder of this file, so that it holds on every machine".to_owned();
        return Err((format!("`{text}` is an absolute path"), help));
    }
    let outside = || {
        let help = match around.word() {
            "repository" => "copy the file into the repository, or bring it in as a submodule",
            _ => "copy the file into the project; there is no repository around it that could hold both",
        }
        .to_owned();
        Err((format!("`{text}` lies outside of the {}", around.word()), help))
    };
    let is_outside = |path: &Path| !around.has(path);
    if is_outside(&without_dots(&named.path)) {
        return outside();
    }
    match std::fs::canonicalize(&named.path) {
        Ok(real) if is_outside(&real) => outside(),
        Ok(real) => Ok(Some(real)),
        Err(_) => Ok(None),
    }
}

fn text_of(path: &Path, shown: &str) -> Result<String, ToolError> {
    let unreadable = |reason: String| ToolError::Unreadable { path: shown.to_owned(), reason };
    let failed = |error: std::io::Error| ToolError::unreadable(Path::new(shown), &error);
    let mut bytes = Vec::new();
    std::fs::File::open(path).map_err(failed)?.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(unreadable(format!("it is longer than {} KiB", MOST_BYTES >> 10)));
    }
    String::from_utf8(bytes).map_err(|_| unreadable("it is not UTF-8".to_owned()))
}
