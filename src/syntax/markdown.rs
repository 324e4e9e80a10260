//! The `isms` blocks of a Markdown page.

mod containers;
mod fence;
mod html;
mod line;
mod page;

use std::borrow::Cow;

use crate::diagnostic::Diagnostic;
use crate::text::{FileId, Span};

use page::Page;

/// The blocks of a page.
#[derive(Debug, Default)]
pub struct Blocks {
    /// The text inside each block, from the line after the fence to the line of the closing one.
    pub regions: Vec<Span>,
    /// The offsets of each `>` inside of blocks that stands there because the block is in a quote.
    pub marks: Vec<u32>,
    /// Blocks that are not closed.
    pub problems: Vec<Diagnostic>,
}

impl Blocks {
    /// The text of the page with blanks where the marks of quotes are, so that all places agree.
    #[must_use]
    pub fn without_marks<'a>(&self, text: &'a str) -> Cow<'a, str> {
        blanked(text, self.marks.iter().map(|mark| *mark as usize))
    }
}

/// `text` with a blank in place of each `>` at these offsets, which ascend.
fn blanked(text: &str, marks: impl Iterator<Item = usize>) -> Cow<'_, str> {
    let mut out = String::new();
    let mut end = 0;
    for mark in marks {
        out.push_str(&text[end..mark]);
        out.push(' ');
        end = mark + 1;
    }
    if end == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[end..]);
    Cow::Owned(out)
}

/// The text at `span`, of whatever file, with blanks in place of the marks at the heads of its lines where the first of them
/// is quoted. No line of the language begins with `>` and has what spans several lines behind it.
#[must_use]
pub(super) fn unquoted(text: &str, span: Span) -> Cow<'_, str> {
    let inside = span.text(text);
    let Some(first) = memchr::memchr(b'\n', inside.as_bytes()) else { return Cow::Borrowed(inside) };
    let before = text.get(..span.start as usize).unwrap_or_default();
    let line = before.rfind('\n').map_or(before, |at| &before[at + 1..]);
    let depth = marks(line).count();
    if depth == 0 {
        return Cow::Borrowed(inside);
    }
    let heads = memchr::memchr_iter(b'\n', &inside.as_bytes()[first..]).map(|at| first + at + 1);
    blanked(inside, heads.flat_map(|head| marks(&inside[head..]).take(depth).map(move |at| head + at)))
}

/// The offsets of `>` at the head of `text`, with blanks between them.
fn marks(text: &str) -> impl Iterator<Item = usize> {
    let head = text.bytes().enumerate().take_while(|(_, byte)| matches!(byte, b' ' | b'\t' | b'>'));
    head.filter(|(_, byte)| *byte == b'>').map(|(at, _)| at)
}

/// What stands before each line of the block whose inside begins at that offset: as many blanks as before its fence, in a
/// list item those under its marker too. None for a block in a quote.
#[must_use]
pub(super) fn indentation_of_block(text: &str, inside: u32) -> Option<String> {
    let above = text.get(..inside as usize).unwrap_or_default();
    let above = above.strip_suffix('\n').unwrap_or(above);
    let above = above.strip_suffix('\r').unwrap_or(above);
    let line = above.rsplit(['\n', '\r']).next().unwrap_or_default();
    let head = line.split(['`', '~']).next().unwrap_or_default();
    (!head.contains('>')).then(|| head.chars().map(|c| if c == '\t' { c } else { ' ' }).collect())
}

/// Finds the fenced blocks whose info string has `isms` as its first word.
#[must_use]
pub fn blocks(text: &str, file: FileId) -> Blocks {
    if memchr::memmem::find(text.as_bytes(), b"isms").is_none() {
        return Blocks::default();
    }
    let mut page = Page::new(file);
    line::lines(text).for_each(|line| page.line(line));
    page.finish(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;

    fn inside(text: &str) -> Vec<String> {
        let blocks = blocks(text, FileId(0));
        let mut last = 0;
        for region in &blocks.regions {
            assert!(last <= region.start && region.start <= region.end, "{text:?}");
            last = region.end;
        }
        let text = blocks.without_marks(text).into_owned();
        blocks.regions.iter().map(|span| text[span.start as usize..span.end as usize].to_owned()).collect()
    }

    /// The names of the roles in the blocks, and how many blocks are not closed.
    fn roles(text: &str) -> (Vec<String>, usize) {
        let all = inside(text).concat().replace("role", " ");
        let problems = blocks(text, FileId(0)).problems;
        let unclosed = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
        (all.split_whitespace().map(str::to_owned).collect(), unclosed)
    }

    #[track_caller]
    fn holds(text: &str, names: &[&str]) {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(roles(text), (names, 0), "{text}");
        assert_eq!(roles(&text.replace('\n', "\r\n")).0, roles(text).0, "{text} with CRLF");
        assert_eq!(roles(&text.replace('\n', "\r")).0, roles(text).0, "{text} with CR");
    }

    #[test]
    fn only_our_blocks_are_found() {
        let page = "# Title\n```isms\nrole a\n```\n```text\n```isms\n```\n~~~ isms example\r\nrole b\r\n~~~~\n1. item\n\n   ```isms\n   role c\n   ```\n";
        assert_eq!(inside(page), ["role a\n", "role b\r\n", "   role c\n"]);
        assert!(inside("```ismsx\nrole a\n```\n").is_empty());
        assert!(inside("isms without a block").is_empty());
        holds(
            "```isms,ignore\nrole a\n```\n```isms{.x}\nrole b\n```\n```isms\trole x\nrole c\n```\n",
            &["a", "b", "c"],
        );
        holds("~~~text\n```isms\nrole a\n```\n~~~\n```` x`\n```isms\nrole b\n```\n", &["b"]);
    }

    #[test]
    fn a_fence_behind_the_marker_of_a_list_item_is_one() {
        let ours = "\n```isms\nrole a\n```\n";
        for item in ["- ```sh\n  x\n  ```\n", "1. ```text\n   x\n   ```\n", "- 2) * ```sh\n       x\n       ```\n"] {
            holds(&format!("{item}{ours}"), &["a"]);
            holds(&format!("{item}- next\n{ours}"), &["a"]);
        }
        holds("- ```isms\n  role a\n  ```\n- ```isms\n  role b\n  ```\n", &["a", "b"]);
        holds("12) ```isms\n    role a\n    ```\n", &["a"]);
        holds("- - ```isms\n    role a\n    ```\n  - ~~~isms\n    role b\n    ~~~\n", &["a", "b"]);
        holds("-\t```isms\n\trole a\n\t```\n\n1.\n   ```isms\n   role b\n   ```\n", &["a", "b"]);
        // A paragraph goes on with a year, and an empty item ends with a blank line.
        holds("in\n1987. ```isms\n```text\nrole a\n```\n", &[]);
        holds("-\n\n  ```isms\n  role a\n  ```\n", &["a"]);
    }

    #[test]
    fn blocks_in_quotes_are_read_without_the_marks() {
        holds("> ```isms\n> role a\n>\n>role b\n> ```\n", &["a", "b"]);
        holds("> > ```isms\n> > role a\n>> role b\n> > ```\n", &["a", "b"]);
        holds("- > ```isms\n  > role a\n  > ```\n", &["a"]);
        holds("> - ```isms\n>   role a\n>\n>   role b\n>   ```\n", &["a", "b"]);
        holds(">\t```isms\n>\trole a\n>\t```\n", &["a"]);
        assert_eq!(inside("> ```isms\n> role a > b\n> > c\n> ```\n"), ["  role a > b\n  > c\n"]);
        let page = "> ```isms\n> role ä\n> ```\n";
        let blocks = blocks(page, FileId(0));
        assert_eq!(blocks.without_marks(page).len(), page.len());
        assert!(matches!(super::blocks("```isms\n> x\n```\n", FileId(0)).without_marks("x"), Cow::Borrowed("x")));
    }

    #[test]
    fn a_fence_ends_with_what_is_around_it() {
        let ours = "```isms\nrole a\n```\n";
        for before in ["- ```sh\n  x\n\n", "> ```sh\n> x\n", "- ```sh\nx\n\n", "> - ~~~sh\n>\n> text\n\n"] {
            holds(&format!("{before}{ours}"), &["a"]);
        }
        holds("- ```isms\n  role a\n\ntext\n", &["a"]);
        holds("> ```isms\n> role a\ntext\n", &["a"]);
    }

    #[test]
    fn a_block_that_is_cut_by_its_indentation_says_so() {
        for page in [
            "- item\n\n  ```isms\nrole a\n  ```\n",
            "> ```isms\nrole a\n> ```\n",
            "> ```isms\nrole a\n```\n",
            "9. ```isms\nrole a\n    ```\n",
        ] {
            let found = blocks(page, FileId(0)).problems;
            let messages: Vec<&str> = found.iter().map(|problem| problem.message.as_str()).collect();
            assert_eq!(messages, ["this block ends, with the list item or the quote around it, before it is closed"]);
        }
    }

    #[test]
    fn indented_code_opens_nothing() {
        let ours = "\n```isms\nrole a\n```\n";
        holds(&format!("text\n\n    ```\n{ours}"), &["a"]);
        holds(&format!("text\n    ```\n{ours}"), &["a"]);
        holds(&format!("-     ```\n{ours}"), &["a"]);
        holds(&format!("    ```sh\n    x\n{ours}"), &["a"]);
        holds("```text\n    ```\n```isms\n```\n", &[]);
        // Where our own stands, somebody means it.
        holds("1. item\n\n     ```isms\n     role a\n     ```\n", &["a"]);
        holds("!!! note\n\n    ```isms\n    role a\n\n    role b\n    ```\n", &["a", "b"]);
        holds("!!! note\n    ```isms\n    role a\n\n    role b\n    ```\n", &["a", "b"]);
        holds("[^1]: note\n\n    ```text\n    ```isms\n    ```\n", &[]);
    }

    #[test]
    fn html_has_no_fences() {
        let ours = "```isms\nrole a\n```\n";
        holds(&format!("<!--\n{ours}-->\n"), &[]);
        holds(&format!("<!-- x -->\n{ours}"), &["a"]);
        holds(&format!("<!--\n\n```\n\n-->\n{ours}"), &["a"]);
        holds(&format!("text\n<!--\n```sh\n--> ```\n{ours}"), &["a"]);
        holds(&format!("<pre class=\"x\">\n```\n\n</PRE>\n{ours}"), &["a"]);
        holds(&format!("<Pre>\n{ours}</pre>\n"), &[]);
        holds(&format!("<?x\n```\n?>\n<![CDATA[\n```\n]]>\n<!X\n```>\n{ours}"), &["a"]);
        holds(&format!("<div>\n```\n\n{ours}</div>\n"), &["a"]);
        holds(&format!("<a href='x' b=c d>\n```\n\n{ours}"), &["a"]);
        holds(&format!("<a href='x' b=c d> x\n\n{ours}"), &["a"]);
        holds(&format!("> <!--\n{ours}"), &["a"]);
        // A blank line was forgotten.
        holds(&format!("<details>\n<summary>x</summary>\n{ours}</details>\n"), &["a"]);
    }

    #[test]
    fn an_unclosed_block_is_reported() {
        let found = blocks("text\n````isms\nrole a\n```\nrole b", FileId(0));
        assert_eq!(found.problems.len(), 1);
        assert_eq!(found.regions.len(), 1);
        for page in ["```isms", "- ```isms\n  role a", "> ```isms\n> role a\n", "    ```isms\n"] {
            let found = blocks(page, FileId(0));
            assert_eq!((found.problems.len(), found.regions.len()), (1, 1), "{page}");
        }
    }

    #[test]
    fn of_a_block_that_hides_ours_it_is_told_once() {
        let said = |page: &str| {
            let found = blocks(page, FileId(0)).problems;
            found.iter().map(|problem| problem.code.as_str().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(said("```sh\n```isms\n```isms\nrole a\n```\n"), ["SYN028"]);
        assert_eq!(said("```sh\n```isms\n```\n~~~\n~~~~isms\n~~~\n"), ["SYN028", "SYN028"]);
        for page in ["````sh\n```isms\n```\n````\n", "~~~sh\n```isms\n```\n~~~\n", "```sh\n    ```isms\n```\n"] {
            assert!(said(page).is_empty(), "{page}");
        }
    }

    #[test]
    fn what_is_quoted_over_several_lines_is_read_without_the_marks() {
        let page = "> ```isms\n> purpose \"\"\"\n>   a\n>\n>   > b\n> \"\"\"\n> ```\n";
        let (start, end) = (page.find("\"\"\"").unwrap_or(0), page.rfind("\"\"\"").unwrap_or(0) + 3);
        let span = Span::new(start as u32, end as u32);
        assert_eq!(crate::syntax::string_value(page, span), "a\n\n> b");
    }
}
