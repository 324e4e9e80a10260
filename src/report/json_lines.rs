//! The findings of `json`, one a line, for tools that read a stream.

use std::io::{self, Write};

use super::{Shown, guarded, json};

pub(super) fn write(shown: &Shown<'_>, out: &mut dyn Write) -> io::Result<()> {
    guarded::write_lines(json::findings(shown, &json::paths(shown)), out)
}
