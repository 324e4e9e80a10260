//! Blocks of HTML, in which there are no fences.

/// What ends a block of HTML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Html {
    /// The line with the end of an element whose text is taken as it stands.
    Verbatim,
    /// The line with these characters.
    Until(&'static str),
    /// A blank line.
    BlankLine,
}

/// Elements whose text is taken as it stands.
const VERBATIM: [&str; 4] = ["pre", "script", "style", "textarea"];

/// Elements that begin a block, whatever stands behind them.
const BLOCKS: [&str; 62] = [
    "address",
    "article",
    "aside",
    "base",
    "basefont",
    "blockquote",
    "body",
    "caption",
    "center",
    "col",
    "colgroup",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "frame",
    "frameset",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "iframe",
    "legend",
    "li",
    "link",
    "main",
    "menu",
    "menuitem",
    "nav",
    "noframes",
    "ol",
    "optgroup",
    "option",
    "p",
    "param",
    "search",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "track",
    "ul",
];

impl Html {
    /// The block that begins with `text`. Any element can begin one, but none that only some pages know ends a paragraph.
    pub(super) fn read(text: &str, may_go_on: bool) -> Option<Self> {
        let inside = text.strip_prefix('<')?;
        if inside.starts_with("!--") {
            return Some(Self::Until("-->"));
        }
        if inside.starts_with('?') {
            return Some(Self::Until("?>"));
        }
        if inside.starts_with("![CDATA[") {
            return Some(Self::Until("]]>"));
        }
        if inside.strip_prefix('!').is_some_and(|name| name.starts_with(|c: char| c.is_ascii_alphabetic())) {
            return Some(Self::Until(">"));
        }
        let (closes, inside) = inside.strip_prefix('/').map_or((false, inside), |inside| (true, inside));
        let (name, behind) = name(inside)?;
        let is_among = |names: &[&str]| names.iter().any(|one| one.eq_ignore_ascii_case(name));
        let ends = behind.is_empty() || behind.starts_with([' ', '\t', '>']);
        if is_among(&VERBATIM) && ends && !closes {
            return Some(Self::Verbatim);
        }
        if is_among(&BLOCKS) && (ends || behind.starts_with("/>")) {
            return Some(Self::BlankLine);
        }
        let rest = if closes { blanks(behind).strip_prefix('>') } else { attributes(behind) };
        (!may_go_on && rest.is_some_and(|rest| blanks(rest).is_empty())).then_some(Self::BlankLine)
    }

    /// Whether a line of it is its last one.
    pub(super) fn ends_with(self, line: &str) -> bool {
        match self {
            Self::Verbatim => line.match_indices("</").any(|(at, mark)| {
                let end = name(&line[at + mark.len()..]);
                end.is_some_and(|(name, behind)| {
                    behind.starts_with('>') && VERBATIM.iter().any(|one| one.eq_ignore_ascii_case(name))
                })
            }),
            Self::Until(end) => memchr::memmem::find(line.as_bytes(), end.as_bytes()).is_some(),
            Self::BlankLine => false,
        }
    }
}

fn blanks(text: &str) -> &str {
    text.trim_start_matches([' ', '\t'])
}

/// The name of an element at the head of `text`, and what stands behind it.
fn name(text: &str) -> Option<(&str, &str)> {
    let length = text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'-').count();
    text.starts_with(|c: char| c.is_ascii_alphabetic()).then(|| text.split_at(length))
}

/// What stands behind the attributes and the end of a tag; none where they are none, or go on in the next line.
fn attributes(mut text: &str) -> Option<&str> {
    loop {
        let inside = blanks(text);
        let inside_or_closed = inside.strip_prefix('/').unwrap_or(inside);
        if let Some(rest) = inside_or_closed.strip_prefix('>') {
            return Some(rest);
        }
        let first = |c: char| c.is_ascii_alphabetic() || matches!(c, '_' | ':');
        if inside.len() == text.len() || !inside.starts_with(first) {
            return None;
        }
        let behind =
            inside.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '.' | '-'));
        text = match blanks(behind).strip_prefix('=') {
            Some(value) => value_end(blanks(value))?,
            None => behind,
        };
    }
}

/// What stands behind the value of an attribute.
fn value_end(text: &str) -> Option<&str> {
    if let Some(quote) = text.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        return text[1..].split_once(quote).map(|(_, rest)| rest);
    }
    let rest = text.trim_start_matches(|c: char| !matches!(c, ' ' | '\t' | '"' | '\'' | '=' | '<' | '>' | '`'));
    (rest.len() < text.len()).then_some(rest)
}
