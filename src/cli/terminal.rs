//! What the terminal can, and what its user wants.

use std::io::IsTerminal;

use super::arguments::Color;

/// How to write to standard output.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terminal {
    /// Whether colours are wanted there.
    pub(super) colour: bool,
    /// Whether lines may be drawn with Unicode.
    pub(super) unicode: bool,
    /// Whether standard output is a screen that can be cleared.
    pub(super) clears: bool,
}

impl Terminal {
    /// The flag, then NO_COLOR, CLICOLOR_FORCE, CLICOLOR and TERM, then what standard output is.
    pub(super) fn new(flag: Color) -> Self {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let dumb = variable("TERM").is_some_and(|term| term == "dumb");
        let is_terminal = std::io::stdout().is_terminal();
        let colour = match flag {
            Color::Always => true,
            Color::Never => false,
            Color::Auto if variable("NO_COLOR").is_some() => false,
            Color::Auto if variable("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
            Color::Auto if variable("CLICOLOR").is_some_and(|value| value == "0") => false,
            Color::Auto => is_terminal && !dumb,
        };
        // Redirected output is read by something that can: pagers, log viewers, tests.
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(variable);
        let speaks_utf8 = locale.is_none_or(|locale| {
            let locale = locale.to_lowercase();
            locale.contains("utf-8") || locale.contains("utf8") || !is_terminal
        });
        Self { colour, unicode: speaks_utf8 && !dumb, clears: is_terminal && !dumb }
    }

    /// How many columns standard output has, where it is a terminal.
    pub(super) fn width() -> Option<usize> {
        terminal_size::terminal_size_of(std::io::stdout()).map(|(terminal_size::Width(width), _)| usize::from(width))
    }
}
