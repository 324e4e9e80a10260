//! Mistakes that only follow from others.

use crate::diagnostic::Diagnostic;
use crate::syntax::tree::Skipped;

/// Errors of the lexer and the parser, without those that follow from another: what stands behind a character or a text
/// that could not be read on the same line, a stray character in what was passed over anyway, and a block that an unclosed
/// text has swallowed.
pub(super) fn without_consequences(
    text: &str,
    problems: Vec<Diagnostic>,
    mut found: Vec<Diagnostic>,
    skipped: &[Skipped],
) -> Vec<Diagnostic> {
    let start = |one: &Diagnostic| one.primary.as_ref().map_or(0, |label| label.place.span.start);
    let code = |one: &Diagnostic| one.code.as_str().to_owned();
    if problems.is_empty() {
        return found;
    }
    let lines: Vec<(u32, u32, bool)> = problems
        .iter()
        .filter(|one| matches!(code(one).as_str(), "SYN004" | "SYN005"))
        .map(|one| {
            let from = start(one);
            let rest = text.as_bytes().get(from as usize..).unwrap_or_default();
            let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            (from, from + length as u32, rest.starts_with(b"\"\"\""))
        })
        .collect();
    found.retain(|one| {
        let at = start(one);
        let ends = one.labels.first().map_or(at, |label| label.place.span.start);
        !lines.iter().any(|(from, to, is_long)| match code(one).as_str() {
            "SYN001" | "SYN007" => (*from..=*to).contains(&at),
            "SYN002" => *is_long && at < *from && *from < ends,
            _ => false,
        })
    });
    let mut kept: Vec<Diagnostic> = problems
        .into_iter()
        .filter(|problem| {
            let at = start(problem);
            let passed_over = |region: &Skipped| {
                let until_here = text.get(region.span.end as usize..at as usize);
                let is_behind = until_here.is_some_and(|between| !between.contains('\n') && between.len() < 200);
                (region.span.start <= at && at < region.span.end || is_behind)
                    && found.iter().any(|one| {
                        let error = start(one);
                        region.span.start <= error && error < at
                    })
            };
            code(problem) != "SYN005" || !skipped.iter().any(passed_over)
        })
        .collect();
    kept.append(&mut found);
    kept
}
