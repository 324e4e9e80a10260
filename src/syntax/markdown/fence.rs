//! The line that opens or closes a fenced block.

/// Three or more backticks or tildes at the head of a line, and the info string behind them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fence<'a> {
    /// The backtick or the tilde.
    pub(super) mark: u8,
    /// How many of them there are.
    pub(super) length: usize,
    /// What stands behind them.
    pub(super) info: &'a str,
}

impl<'a> Fence<'a> {
    /// The fence with which `text` begins.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let mark = *text.as_bytes().first()?;
        if !matches!(mark, b'`' | b'~') {
            return None;
        }
        let length = text.bytes().take_while(|byte| *byte == mark).count();
        let info = text[length..].trim();
        (length >= 3 && (mark == b'~' || !info.contains('`'))).then_some(Self { mark, length, info })
    }

    /// Whether the block behind it is part of the specification.
    pub(super) fn is_ours(&self) -> bool {
        self.info.split([' ', '\t', ',', '{']).next() == Some("isms")
    }

    /// Whether it closes what `open` has opened.
    pub(super) fn closes(&self, open: Fence<'_>) -> bool {
        self.could_close(open) && self.info.is_empty()
    }

    /// Whether it would close what `open` has opened if nothing stood behind it.
    pub(super) fn could_close(&self, open: Fence<'_>) -> bool {
        self.mark == open.mark && self.length >= open.length
    }

    /// The line that closes it.
    pub(super) fn line(&self) -> String {
        char::from(self.mark).to_string().repeat(self.length)
    }
}
