//! What would be changed, as a unified diff that `patch` and `git apply -p0` read.

use std::io::{self, Write};

use similar::TextDiff;

/// Writes the difference between two texts of the file at `path`.
///
/// # Errors
///
/// Where `out` cannot be written to.
pub fn diff(path: &str, before: &str, after: &str, out: &mut dyn Write) -> io::Result<()> {
    // `patch` knows one end of lines; half of another one is a letter like all others.
    let (before, after): (Vec<&str>, Vec<&str>) =
        (before.split_inclusive('\n').collect(), after.split_inclusive('\n').collect());
    let diff = TextDiff::configure().newline_terminated(true).diff_slices(&before, &after);
    diff.unified_diff().context_radius(3).header(path, path).to_writer(out)
}
