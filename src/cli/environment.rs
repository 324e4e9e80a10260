//! What the environment says of a check, where the command line says nothing.

use std::path::PathBuf;

use crate::project::ToolError;
use crate::report::Format;

use super::arguments::{Check, output};

const FORMAT: &str = "ISMSLINT_OUTPUT_FORMAT";
const FILE: &str = "ISMSLINT_OUTPUT_FILE";

/// Completes the outputs of a check by the environment, and sends what is left for standard output to the file that is named.
pub(super) fn complete(command: &mut Check) -> Result<(), ToolError> {
    complete_with(command, |name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
}

fn complete_with(command: &mut Check, variable: impl Fn(&str) -> Option<String>) -> Result<(), ToolError> {
    // These print what is no report.
    if command.diff || command.show_settings.is_some() {
        return Ok(());
    }
    let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
    if command.outputs.is_empty()
        && let Some(formats) = variable(FORMAT)
    {
        for format in formats.split(',').map(str::trim).filter(|format| !format.is_empty()) {
            let output = output(format).map_err(|help| ToolError::Usage {
                message: format!("`{FORMAT}` names no format: `{format}`"),
                help,
            })?;
            command.outputs.push(output);
        }
    }
    let Some(file) = command.output_file.clone().or_else(|| variable(FILE).map(PathBuf::from)) else { return Ok(()) };
    if command.outputs.is_empty() {
        command.outputs.push((Format::Pretty, None));
    }
    match command.outputs.iter_mut().find(|(_, target)| target.is_none()) {
        Some((_, target)) => *target = Some(file),
        None if command.output_file.is_some() => {
            return Err(ToolError::Usage {
                message: format!("nothing is left to be written to `{}`", file.display()),
                help: "each `--output-format` has a file already; leave out `--output-file`".to_owned(),
            });
        }
        None => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::super::arguments::{Arguments, Command};
    use super::*;

    /// The outputs of a command line, completed by these variables.
    fn outputs(line: &str, variables: &[(&str, &str)]) -> Result<Vec<(Format, Option<PathBuf>)>, String> {
        let arguments = Arguments::try_parse_from(line.split(' ')).expect("a command line");
        let Command::Check(mut check) = arguments.command else { panic!("not a check") };
        let value =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        match complete_with(&mut check, value) {
            Ok(()) => Ok(check.outputs),
            Err(error) => Err(error.to_string()),
        }
    }

    fn to(file: &str) -> Option<PathBuf> {
        Some(PathBuf::from(file))
    }

    #[test]
    fn the_command_line_stands_over_the_environment() {
        let both = [(FORMAT, "github, sarif=a.sarif"), (FILE, "log")];
        assert_eq!(outputs("ismslint check", &[]), Ok(vec![]));
        assert_eq!(outputs("ismslint check", &both[1..]), Ok(vec![(Format::Pretty, to("log"))]));
        let named = vec![(Format::Github, to("log")), (Format::Sarif, to("a.sarif"))];
        assert_eq!(outputs("ismslint check", &both), Ok(named));
        assert_eq!(outputs("ismslint check --format json", &both), Ok(vec![(Format::Json, to("log"))]));
        assert_eq!(outputs("ismslint check --format json -o b", &both), Ok(vec![(Format::Json, to("b"))]));
        assert_eq!(outputs("ismslint check --format json=c", &both), Ok(vec![(Format::Json, to("c"))]));
        assert_eq!(outputs("ismslint check", &[(FORMAT, ""), (FILE, "")]), Ok(vec![]));
        assert_eq!(outputs("ismslint check --diff", &both), Ok(vec![]));
    }

    #[test]
    fn mistakes_are_told() {
        assert_eq!(
            outputs("ismslint check", &[(FORMAT, "jsn")]).unwrap_err(),
            "`ISMSLINT_OUTPUT_FORMAT` names no format: `jsn`"
        );
        assert_eq!(
            outputs("ismslint check --format json=c -o d", &[]).unwrap_err(),
            "nothing is left to be written to `d`"
        );
    }
}
