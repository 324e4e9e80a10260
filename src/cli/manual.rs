//! The manual pages, made from the arguments themselves.

use clap::CommandFactory;

use super::arguments::Arguments;

/// The manual pages, as they are kept under `docs/man/`: of each the name of its file, and its text.
#[must_use]
pub fn pages() -> Vec<(String, String)> {
    let mut whole = Arguments::command().disable_help_subcommand(true);
    whole.build();
    let mut pages = Vec::new();
    // A page of a command is called like `ismslint-check`, as that of the program names it.
    for command in std::iter::once(whole.clone()).chain(whole.get_subcommands().cloned()) {
        let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
        let mut text = Vec::new();
        let page = clap_mangen::Man::new(command).title(name.to_uppercase()).manual("ismslint");
        // Writing into memory does not fail.
        if page.render(&mut text).is_ok() {
            pages.push((format!("{name}.1"), String::from_utf8_lossy(&text).into_owned()));
        }
    }
    pages
}
