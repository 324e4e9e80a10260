//! The blocks of a page, found line by line as CommonMark finds them. Only what decides where a fence is one is known:
//! emphasis, links and tables are text.

use crate::diagnostic::{Diagnostic, Place};
use crate::text::{FileId, Span};

use super::Blocks;
use super::containers::{Containers, Opening};
use super::fence::Fence;
use super::html::Html;
use super::line::Line;

/// The block at the end of what was read, inside of all quotes and list items.
#[derive(Clone, Copy, Debug)]
enum Leaf<'a> {
    /// None: a blank line or a heading was the last one.
    Nothing,
    Paragraph,
    /// Lines that are indented by four blanks or more.
    Indented,
    Html(Html),
    Fenced(Fenced<'a>),
}

/// An open fenced block.
#[derive(Clone, Copy, Debug)]
struct Fenced<'a> {
    fence: Fence<'a>,
    /// Where its fence stands.
    span: Span,
    /// Where its inside begins: at the line behind the fence.
    inside: Option<usize>,
    /// Whether its fence stands where CommonMark has none.
    is_loose: bool,
    /// Whether a block of ours seems to begin in it, which was said.
    hides_ours: bool,
}

/// A page that is being read.
pub(super) struct Page<'a> {
    file: FileId,
    containers: Containers,
    leaf: Leaf<'a>,
    /// A block of ours that ended with the quote or list item around it, until the next fence.
    cut: Option<Fenced<'a>>,
    /// The `>` of the current line.
    marks: Vec<u32>,
    blocks: Blocks,
}

impl<'a> Page<'a> {
    pub(super) fn new(file: FileId) -> Self {
        Self {
            file,
            containers: Containers::default(),
            leaf: Leaf::Nothing,
            cut: None,
            marks: Vec::new(),
            blocks: Blocks::default(),
        }
    }

    /// Reads the next line.
    pub(super) fn line(&mut self, mut line: Line<'a>) {
        if let Leaf::Fenced(fenced) = &mut self.leaf {
            fenced.inside.get_or_insert(line.start);
        }
        self.marks.clear();
        let count = self.containers.go_on(&mut line, &mut self.marks);
        let is_inside = count == self.containers.len();
        if is_inside && self.goes_on(&line) {
            return;
        }
        if let Leaf::Fenced(fenced) = self.leaf
            && fenced.fence.is_ours()
        {
            self.region(fenced, line.start);
            self.cut = Some(fenced);
        }
        if !matches!(self.leaf, Leaf::Paragraph) || line.is_blank() {
            self.end(count);
        }
        if !line.is_blank() {
            self.open(line, count, is_inside);
        }
    }

    /// The end of the page.
    pub(super) fn finish(mut self, end: usize) -> Blocks {
        if let Leaf::Fenced(fenced) = self.leaf
            && fenced.fence.is_ours()
        {
            self.region(fenced, end);
            let close = fenced.fence.line();
            let help =
                format!("close it with a line `{close}`; until then the rest of the page is read as specification");
            self.problem(fenced, "this block is never closed", help);
        }
        self.blocks
    }

    fn region(&mut self, fenced: Fenced<'_>, end: usize) {
        let start = fenced.inside.unwrap_or(end);
        self.blocks.regions.push(Span::new(start as u32, end as u32));
    }

    fn problem(&mut self, fenced: Fenced<'_>, message: &str, help: String) {
        let place = Place { file: self.file, span: fenced.span };
        self.blocks.problems.push(Diagnostic::error("SYN011", place, message.to_owned()).help(help));
    }

    /// Ends the last block, and all but the first quotes and list items.
    fn end(&mut self, count: usize) {
        self.leaf = Leaf::Nothing;
        self.containers.truncate(count);
    }

    /// Whether the line, in all quotes and list items, is part of the last block and of nothing else.
    fn goes_on(&mut self, line: &Line<'a>) -> bool {
        match self.leaf {
            Leaf::Nothing | Leaf::Paragraph => false,
            Leaf::Fenced(fenced) => {
                let (ours, is_near) = (fenced.fence.is_ours(), line.indentation() < 4);
                if fenced.is_loose && !ours && is_near && !line.is_blank() {
                    self.leaf = Leaf::Nothing;
                    return false;
                }
                let fence = Fence::read(line.rest()).filter(|_| fenced.is_loose || is_near);
                if fence.is_some_and(|fence| fence.closes(fenced.fence)) {
                    if ours {
                        self.region(fenced, line.start);
                    }
                    self.leaf = Leaf::Nothing;
                } else if ours {
                    self.blocks.marks.append(&mut self.marks);
                } else if !fenced.hides_ours
                    && fence.is_some_and(|fence| fence.is_ours() && fence.could_close(fenced.fence))
                {
                    self.leaf = Leaf::Fenced(Fenced { hides_ours: true, ..fenced });
                    self.complain_of_hidden(fenced, line);
                }
                true
            }
            Leaf::Html(html) => {
                let ends_with_blank_line = html == Html::BlankLine;
                if ends_with_blank_line && line.is_blank() || html.ends_with(line.rest()) {
                    self.leaf = Leaf::Nothing;
                } else if ends_with_blank_line {
                    self.loose_fence(line, false);
                }
                true
            }
            Leaf::Indented => {
                if !line.is_blank() && line.indentation() < 4 {
                    self.leaf = Leaf::Nothing;
                    return false;
                }
                self.complain_of_cut(line);
                self.loose_fence(line, true);
                true
            }
        }
    }

    /// Opens what stands at the head of a line that is not blank, behind the quotes and list items that it goes on. A
    /// paragraph may go on without them.
    fn open(&mut self, mut line: Line<'a>, mut count: usize, is_inside: bool) {
        let mut after_paragraph = matches!(self.leaf, Leaf::Paragraph);
        // Up to which offset no thematic break is: a line of a million dashes and a letter is gone through once.
        let mut no_break_before = 0;
        loop {
            self.complain_of_cut(&line);
            let in_paragraph = after_paragraph && is_inside;
            let rest = line.rest();
            let leaf = if line.indentation() >= 4 {
                if self.loose_fence(&line, !after_paragraph) {
                    self.containers.truncate(count);
                    return;
                }
                if after_paragraph {
                    return;
                }
                Leaf::Indented
            } else if let Some(fence) = Fence::read(rest) {
                self.fenced(fence, &line, false)
            } else if let Some(html) = Html::read(rest, after_paragraph) {
                if html.ends_with(rest) { Leaf::Nothing } else { Leaf::Html(html) }
            } else if is_heading(rest)
                || in_paragraph && is_underline(rest)
                || is_thematic_break(&line, &mut no_break_before)
            {
                Leaf::Nothing
            } else if let Some(opening) = Opening::read(rest, in_paragraph) {
                if after_paragraph {
                    self.end(count);
                    after_paragraph = false;
                }
                self.containers.open(opening, &mut line, &mut self.marks);
                count = self.containers.len();
                if line.is_blank() {
                    return;
                }
                continue;
            } else if after_paragraph {
                return;
            } else {
                Leaf::Paragraph
            };
            if after_paragraph {
                self.containers.truncate(count);
            }
            self.containers.fill();
            self.leaf = leaf;
            return;
        }
    }

    /// Opens a fenced block where CommonMark has none, and other readers of Markdown, or the author, may see one: deeper in
    /// than a fence stands (footnotes, admonitions and lists with a loose hand) and in HTML without a blank line before it.
    /// A block of ours that is read by mistake says so; one that is not read would be missed by nobody. What has no info
    /// string is no fence there.
    fn loose_fence(&mut self, line: &Line<'a>, of_others: bool) -> bool {
        let fence = Fence::read(line.rest()).filter(|fence| fence.is_ours() || of_others && !fence.info.is_empty());
        if let Some(fence) = fence {
            self.leaf = self.fenced(fence, line, true);
            self.containers.fill();
        }
        fence.is_some()
    }

    fn fenced(&mut self, fence: Fence<'a>, line: &Line<'a>, is_loose: bool) -> Leaf<'a> {
        self.cut = None;
        let span = span_of(line);
        Leaf::Fenced(Fenced { fence, span, inside: None, is_loose, hides_ours: false })
    }

    /// What closes a block of ours in another one would close the other too: nobody can mean one inside of the other, and a
    /// fence was forgotten.
    fn complain_of_hidden(&mut self, open: Fenced<'_>, line: &Line<'a>) {
        let place = |span| Place { file: self.file, span };
        let message = "this `isms` block is not read, since the block before it is not closed";
        let help = "close the other block; to show an `isms` block inside of it, open and close it with a longer fence";
        let problem = Diagnostic::warning("SYN028", place(span_of(line)), message)
            .label(place(open.span), "it begins here")
            .help(help);
        self.blocks.problems.push(problem);
    }

    /// A block of ours that ended with what is around it is whole, unless what should have closed it follows: then its lines
    /// are not indented, or not quoted, as far as its fence is, and were not read.
    fn complain_of_cut(&mut self, line: &Line<'a>) {
        let Some(cut) = self.cut else { return };
        if Fence::read(line.rest()).is_some_and(|fence| fence.closes(cut.fence)) {
            self.cut = None;
            let help = "indent all of its lines as far as its fence, in a quote behind `>`".to_owned();
            self.problem(cut, "this block ends, with the list item or the quote around it, before it is closed", help);
        }
    }
}

/// What stands in a line, without the blanks at its end.
fn span_of(line: &Line<'_>) -> Span {
    let start = line.offset();
    Span::new(start as u32, (start + line.rest().trim_end().len()) as u32)
}

fn is_heading(text: &str) -> bool {
    let marks = text.bytes().take_while(|byte| *byte == b'#').count();
    let behind = &text[marks..];
    (1..=6).contains(&marks) && (behind.is_empty() || behind.starts_with([' ', '\t']))
}

/// Whether it makes a heading of the paragraph above it.
fn is_underline(text: &str) -> bool {
    let text = text.trim_end_matches([' ', '\t']);
    !text.is_empty() && (text.bytes().all(|byte| byte == b'=') || text.bytes().all(|byte| byte == b'-'))
}

fn is_thematic_break(line: &Line<'_>, none_before: &mut usize) -> bool {
    let text = line.rest();
    let Some(mark) = text.bytes().next().filter(|byte| matches!(byte, b'-' | b'*' | b'_')) else { return false };
    if line.offset() < *none_before {
        return false;
    }
    let length = text.bytes().take_while(|byte| *byte == mark || matches!(byte, b' ' | b'\t')).count();
    *none_before = line.offset() + length;
    length == text.len() && text.bytes().filter(|byte| *byte == mark).count() >= 3
}
