//! The `isms` blocks of a Markdown page.

use crate::diagnostic::{Diagnostic, Place};
use crate::text::{FileId, Span};

/// The blocks of a page.
#[derive(Debug, Default)]
pub struct Blocks {
    /// The text inside each block, from the line after the fence to the line of the closing one.
    pub regions: Vec<Span>,
    /// Blocks that are not closed.
    pub problems: Vec<Diagnostic>,
}

/// A fence at the head of a line.
struct Fence<'a> {
    mark: u8,
    length: usize,
    info: &'a str,
}

fn fence(line: &str) -> Option<Fence<'_>> {
    // A list item indents its blocks by as much as its text; a page whose code is indented by four blanks has no fences
    // there that carry an info string, so any indentation will do.
    let text = line.trim_start_matches([' ', '\t']);
    let mark = *text.as_bytes().first()?;
    if !matches!(mark, b'`' | b'~') {
        return None;
    }
    let length = text.bytes().take_while(|byte| *byte == mark).count();
    let info = text[length..].trim();
    (length >= 3 && (mark == b'~' || !info.contains('`'))).then_some(Fence { mark, length, info })
}

/// Finds the fenced blocks whose info string has `isms` as its first word.
#[must_use]
pub fn blocks(text: &str, file: FileId) -> Blocks {
    let mut blocks = Blocks::default();
    if memchr::memmem::find(text.as_bytes(), b"isms").is_none() {
        return blocks;
    }
    // The open fence: its mark, its length, whether it is ours, where it stands and where its inside begins.
    let mut open: Option<(u8, usize, bool, Span, u32)> = None;
    let mut start = 0_usize;
    while start < text.len() {
        let end = memchr::memchr(b'\n', &text.as_bytes()[start..]).map_or(text.len(), |at| start + at + 1);
        let line = &text[start..end];
        if let Some(fence) = fence(line) {
            match open {
                None => {
                    let word = fence.info.split([' ', '\t', ',', '{']).next().unwrap_or_default();
                    let shown = start + line.len() - line.trim_start().len();
                    let span = Span::new(shown as u32, (shown + line.trim().len()) as u32);
                    open = Some((fence.mark, fence.length, word == "isms", span, end as u32));
                }
                Some((mark, length, ours, _, inside)) => {
                    if fence.mark == mark && fence.length >= length && fence.info.is_empty() {
                        if ours {
                            blocks.regions.push(Span::new(inside, start as u32));
                        }
                        open = None;
                    }
                }
            }
        }
        start = end;
    }
    if let Some((mark, length, true, span, inside)) = open {
        blocks.regions.push(Span::new(inside, text.len() as u32));
        let fence = char::from(mark).to_string().repeat(length);
        let message = "this block is never closed".to_owned();
        let problem = Diagnostic::error("SYN011", Place { file, span }, message)
            .help(format!("close it with a line `{fence}`; until then the rest of the page is read as specification"));
        blocks.problems.push(problem);
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inside(text: &str) -> Vec<&str> {
        blocks(text, FileId(0)).regions.iter().map(|span| span.text(text)).collect()
    }

    #[test]
    fn only_our_blocks_are_found() {
        let page = "# Title\n```isms\nrole a\n```\n```text\n```isms\n```\n~~~ isms example\r\nrole b\r\n~~~~\n1. item\n\n   ```isms\n   role c\n   ```\n";
        assert_eq!(inside(page), ["role a\n", "role b\r\n", "   role c\n"]);
        assert!(inside("```ismsx\nrole a\n```\n").is_empty());
        assert!(inside("isms without a block").is_empty());
    }

    #[test]
    fn an_unclosed_block_is_reported() {
        let found = blocks("text\n````isms\nrole a\n```\nrole b", FileId(0));
        assert_eq!(found.problems.len(), 1);
        assert_eq!(found.regions.len(), 1);
    }
}
