//! JSON that nothing hostile gets through, whoever prints it. A report is often written to a terminal or to the log of a
//! pipeline, and both obey characters that JSON itself lets stand: escape sequences of eight bits, bidirectional
//! overrides, and `##vso[…]` or `##[…]`, which agents look for anywhere in a line. Written as `\u` escapes they mean the
//! same to whoever reads JSON, and nothing to anybody else.

use std::io::{self, BufWriter, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};

use crate::text::is_dangerous;

/// How much is collected before it is written.
pub(super) const BUFFER: usize = 64 << 10;

/// Writes a value over several lines, indented by two spaces, with a line end. Nothing is kept that is written.
pub(super) fn write_pretty(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(BUFFER, out);
    value.serialize(&mut Serializer::with_formatter(&mut out, Guarded(PrettyFormatter::with_indent(b"  "))))?;
    out.write_all(b"\n")?;
    out.flush()
}

/// Writes values, one a line.
pub(super) fn write_lines<T: Serialize>(values: impl Iterator<Item = T>, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(BUFFER, out);
    for value in values {
        value.serialize(&mut Serializer::with_formatter(&mut out, Guarded(CompactFormatter)))?;
        out.write_all(b"\n")?;
    }
    out.flush()
}

/// A list that is made while it is written, so that no tree of a report is ever held.
pub(super) struct Streamed<F>(pub(super) F);

impl<F, I> Serialize for Streamed<F>
where
    F: Fn() -> I,
    I: Iterator<Item: Serialize>,
{
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

struct Guarded<F>(F);

impl<F: Formatter> Formatter for Guarded<F> {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        if fragment.bytes().all(|byte| byte < 0x7f && byte != b'#') {
            return writer.write_all(fragment.as_bytes());
        }
        let mut written = 0;
        for (at, character) in fragment.char_indices() {
            let is_command = character == '#' && crate::text::harmless::begins_command(&fragment[at..]);
            if is_command || is_dangerous(character) {
                writer.write_all(&fragment.as_bytes()[written..at])?;
                write!(writer, "\\u{:04x}", character as u32)?;
                written = at + character.len_utf8();
            }
        }
        writer.write_all(&fragment.as_bytes()[written..])
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn end_object_key<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_key(writer)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_is_escaped_and_means_the_same() {
        let text = "plain 名 \u{1b}[31m \u{9b}31m \u{202e} \u{7f} # ## heading ##[error]x ##VSO[task.complete]y \"\\\n";
        for write in [
            |text, out: &mut dyn Write| write_pretty(text, out),
            |text, out: &mut dyn Write| write_lines(std::iter::once(text), out),
        ] {
            let mut out = Vec::new();
            write(&text, &mut out).unwrap();
            let written = String::from_utf8(out).unwrap();
            assert!(!written.contains(|c: char| is_dangerous(c)), "{written}");
            assert!(!written.contains("##[") && !written.contains("##VSO["), "{written}");
            assert!(written.contains("plain 名") && written.contains("## heading"), "{written}");
            assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
        }
    }
}
