//! By what a finding is known again.

use crate::diagnostic::Diagnostic;

use super::Shown;
use super::places::home;

/// The finding's own fingerprint; where its parts do not tell it from its likes, with a hash of what does: the project
/// among several, and the file and the words for a finding that belongs to no entity. Two findings may still be alike.
pub(super) fn of(shown: &Shown<'_>, report: usize, finding: &Diagnostic) -> String {
    let prefix = shown.reports[report].0.as_str();
    let mut parts = vec![prefix];
    if finding.entity.is_empty() {
        parts.push(&finding.message);
        if let Some(home) = home(shown, report, finding) {
            let source = shown.source(report, home.file);
            parts.extend([source.path(), source.slice(home.span)]);
        }
    }
    let own = finding.fingerprint();
    if parts.iter().all(|part| part.is_empty()) {
        return own;
    }
    // FNV-1a, as in the fingerprint itself.
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in parts.into_iter().flat_map(|part| part.bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    format!("{own}{hash:016x}")
}
