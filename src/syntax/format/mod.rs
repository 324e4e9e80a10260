//! The layout of a specification: `ismslint fmt`.
//!
//! Only blanks and line ends between tokens and comments are changed, so that nothing can be lost: what was laid out is read
//! again, and handed out only if it holds the same tokens and comments in the same order.
//!
//! A line is where its author broke it, except that statements begin a line each (a block whose braces stand on one line
//! stays there as long as it fits), keywords stand with what they say, and lines that are too long are broken after commas.
//! Statements that follow one another without a blank line have columns in common.

mod align;
mod lay;
mod starts;
mod structure;

use rustc_hash::FxHashMap;

use crate::text::{FileId, Source, Span};

use super::markdown::indentation_of_block;
use super::parser::{Parsed, parse};
use super::token::TokenKind;

use align::Writer;
use starts::Starts;

/// The widest line, in characters.
const WIDTH: usize = 120;
/// Columns that one level of braces indents.
const INDENTATION: usize = 2;
/// How often a text is laid out until nothing changes any more. Breaking a line can make a column narrower.
const MOST_ROUNDS: usize = 8;

/// How the inputs of a process stand to its results. People write all three; a file keeps the one that it is nearest to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flows {
    /// Items are in line with those of the other sort, whose names begin in the same column.
    Aligned,
    /// Sources and destinations too are in line, over all of the process.
    Joined,
    /// Inputs and results have nothing in common.
    Apart,
}

/// Lays out a file: its text, without the byte order mark. None where the file has syntax errors.
#[must_use]
pub fn format(source: &Source) -> Option<String> {
    let mut parsed = parse(source, FileId(0));
    if parsed.tree.has_errors {
        return None;
    }
    let mut current = Source::new(source.path(), source.text());
    for _ in 0..MOST_ROUNDS {
        let text = once(&current, &parsed);
        if text == current.text() {
            break;
        }
        let next = Source::new(source.path(), text);
        let reparsed = parse(&next, FileId(0));
        let same = is_same(&current, &parsed, &next, &reparsed);
        debug_assert!(same, "a token or a comment was lost");
        if !same {
            return Some(source.text().to_owned());
        }
        (current, parsed) = (next, reparsed);
    }
    Some(current.text().to_owned())
}

/// Whether two texts hold the same tokens and comments in the same order, and can be read alike.
fn is_same(before: &Source, parsed: &Parsed, after: &Source, reparsed: &Parsed) -> bool {
    let tokens = |source: &Source, parsed: &Parsed| -> Vec<(TokenKind, String)> {
        parsed.tokens.iter().map(|token| (token.kind, source.slice(token.span).to_owned())).collect()
    };
    let comments = |source: &Source, parsed: &Parsed| -> Vec<String> {
        parsed.comments.iter().map(|span| source.slice(*span).trim_end().to_owned()).collect()
    };
    !reparsed.tree.has_errors
        && tokens(before, parsed) == tokens(after, reparsed)
        && comments(before, parsed) == comments(after, reparsed)
}

/// Lays out a file that was read without mistakes, in the manner of flows that changes the fewest lines.
fn once(source: &Source, parsed: &Parsed) -> String {
    let starts = Starts::of(&parsed.tree);
    let aligned = laid_out(source, parsed, &starts, Flows::Aligned);
    if aligned == source.text() || !starts.has_flows() {
        return aligned;
    }
    let others = [Flows::Joined, Flows::Apart].map(|flows| laid_out(source, parsed, &starts, flows));
    let mut best = (changed_lines(source.text(), &aligned), aligned);
    for other in others {
        let count = changed_lines(source.text(), &other);
        if count < best.0 {
            best = (count, other);
        }
    }
    best.1
}

/// How many lines of a text were not in the one before it.
fn changed_lines(before: &str, after: &str) -> usize {
    let mut known: FxHashMap<&str, usize> = FxHashMap::default();
    for line in before.lines() {
        *known.entry(line).or_default() += 1;
    }
    let mut changed = 0;
    for line in after.lines() {
        match known.get_mut(line) {
            Some(count) if *count > 0 => *count -= 1,
            _ => changed += 1,
        }
    }
    changed
}

fn laid_out(source: &Source, parsed: &Parsed, starts: &Starts, flows: Flows) -> String {
    let text = source.text();
    let line_end = match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    };
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut written = 0;
    for region in &parsed.regions {
        let indentation =
            if source.is_markdown() { indentation_of_block(text, region.start) } else { Some(String::new()) };
        // A block in a quote stays as it is: its lines begin with what is none of its text.
        let Some(indentation) = indentation else { continue };
        out.push_str(Span::new(written, region.start).text(text));
        written = region.end;
        let pieces = structure::pieces(source, parsed, *region);
        let mut writer = Writer { flows, text, lines: Vec::new() };
        writer.block(&structure::block(&pieces, starts), 0);
        for line in &writer.lines {
            if !line.is_empty() {
                out.push_str(&indentation);
                out.push_str(line);
            }
            out.push_str(line_end);
        }
    }
    out.push_str(Span::new(written, text.len() as u32).text(text));
    out
}
