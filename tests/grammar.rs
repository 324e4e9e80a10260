//! `grammar/isms.ebnf` is what the parser's own comments say, and sentences made from it can be read. The TextMate grammar
//! has the lexer's keywords.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    reason = "a test reads files, and fails by panicking"
)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use ismslint::syntax::{keywords, parse};
use ismslint::text::{FileId, Source};
use proptest::prelude::*;

const HEADER: &str = "\
(* The grammar of the isms language. Normative, and made from the comments of the parser's functions in src/syntax/: change it
   there, then write it anew with UPDATE_GENERATED=1 cargo test --test grammar.

   Lexical grammar. UTF-8; a byte order mark is skipped; LF and CRLF are line ends, and carry no meaning.
   word           a letter of any script, a digit or _, then letters, digits, _, - and . ; it ends with none of - and .
   number         a word that begins with a digit
   string         \"…\" on one line with the escapes \\\" \\\\ \\n \\t \\u{…}, or \"\"\"…\"\"\" without escapes and with its common
                  indentation removed
   documentation  /// to the end of the line
   Comments run from // to the end of the line. No word is reserved: where a keyword stands, it is told by its place.
   Alternatives in braces, like { a | b }, stand in any order, each at most once. *)
";

/// The productions in the order of the files, which is from the small to the large.
fn extracted() -> String {
    let mut text = HEADER.to_owned();
    for file in ["parser", "parser/declarations", "attributes", "statements", "expressions", "atoms"] {
        let path: PathBuf = ["src", "syntax", &format!("{file}.rs")].iter().collect();
        let source = std::fs::read_to_string(path).expect("the parser's source");
        let mut inside = false;
        for line in source.lines() {
            let Some(comment) = line.trim_start().strip_prefix("///") else {
                inside = false;
                continue;
            };
            let comment = comment.strip_prefix(' ').unwrap_or(comment);
            match comment.trim() {
                "```ebnf" => {
                    inside = true;
                    text.push('\n');
                }
                "```" => inside = false,
                _ if inside => {
                    text.push_str(comment.trim_end());
                    text.push('\n');
                }
                _ => {}
            }
        }
    }
    text
}

#[test]
fn the_grammar_is_the_parsers_own() {
    let path = "grammar/isms.ebnf";
    let made = extracted();
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(path, &made).expect("the grammar can be written");
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(kept == made, "{path} is not up to date: run `UPDATE_GENERATED=1 cargo test --test grammar`");
}

/// The right side of a production.
#[derive(Clone, Debug)]
enum Rule {
    Literal(String),
    Name(String),
    All(Vec<Rule>),
    Any(Vec<Rule>),
    Maybe(Box<Rule>),
    Many(Box<Rule>),
}

/// Reads EBNF, as far as this grammar needs it.
struct Reader<'a> {
    tokens: Vec<&'a str>,
    at: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        let text = &text[text.find("*)").map_or(0, |at| at + 2)..];
        let mut tokens = Vec::new();
        let mut rest = text.trim_start();
        while let Some(first) = rest.chars().next() {
            let length = match first {
                '"' => rest[1..].find('"').expect("a closing quote") + 2,
                c if c.is_alphanumeric() => rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len()),
                c => c.len_utf8(),
            };
            tokens.push(&rest[..length]);
            rest = rest[length..].trim_start();
        }
        Self { tokens, at: 0 }
    }

    fn peek(&self) -> &'a str {
        self.tokens.get(self.at).copied().unwrap_or_default()
    }

    fn take(&mut self) -> &'a str {
        let token = self.peek();
        self.at += 1;
        token
    }

    fn grammar(mut self) -> BTreeMap<String, Rule> {
        let mut productions = BTreeMap::new();
        while self.at < self.tokens.len() {
            let name = self.take().to_owned();
            assert_eq!(self.take(), "=", "after `{name}`");
            let rule = self.alternatives();
            assert_eq!(self.take(), ";", "at the end of `{name}`");
            assert!(productions.insert(name.clone(), rule).is_none(), "`{name}` stands twice");
        }
        productions
    }

    fn alternatives(&mut self) -> Rule {
        let mut all = vec![self.sequence()];
        while self.peek() == "|" {
            self.take();
            all.push(self.sequence());
        }
        if all.len() == 1 { all.remove(0) } else { Rule::Any(all) }
    }

    fn sequence(&mut self) -> Rule {
        let mut parts = Vec::new();
        loop {
            match self.peek() {
                "" | "|" | ";" | ")" | "]" | "}" => return Rule::All(parts),
                "[" => parts.push(Rule::Maybe(Box::new(self.inside("]")))),
                "{" => parts.push(Rule::Many(Box::new(self.inside("}")))),
                "(" => parts.push(self.inside(")")),
                token => {
                    self.take();
                    parts.push(match token.strip_prefix('"') {
                        Some(literal) => Rule::Literal(literal.trim_end_matches('"').to_owned()),
                        None => Rule::Name(token.to_owned()),
                    });
                }
            }
        }
    }

    fn inside(&mut self, close: &str) -> Rule {
        self.take();
        let rule = self.alternatives();
        assert_eq!(self.take(), close);
        rule
    }
}

/// Makes a sentence; the choices come from a list of numbers, so that a failing one can be made smaller.
struct Maker<'a> {
    grammar: &'a BTreeMap<String, Rule>,
    choices: std::slice::Iter<'a, u8>,
    depth: usize,
    text: String,
    words: usize,
}

impl Maker<'_> {
    fn choose(&mut self, among: usize) -> usize {
        // Deep inside, and when the numbers are used up, the first alternative; it is the simplest.
        if self.depth > 40 { 0 } else { self.choices.next().map_or(0, |choice| usize::from(*choice) % among) }
    }

    fn make(&mut self, rule: &Rule) {
        self.depth += 1;
        match rule {
            Rule::Literal(text) => {
                // Attributes stand at the beginning of a line; a quantifier's word is no variable.
                if text == "@" || keywords::DECLARATIONS.contains(&text.as_str()) {
                    self.text.push('\n');
                }
                let glue = matches!(text.as_str(), ".*") || self.text.ends_with('@');
                if glue {
                    self.text = self.text.trim_end().to_owned();
                }
                self.text.push_str(text);
                if text != "@" {
                    self.text.push(' ');
                }
            }
            Rule::Name(name) => match name.as_str() {
                "word" => {
                    self.words += 1;
                    self.text.push_str(&format!("w{} ", self.words));
                }
                "number" => self.text.push_str("7.4 "),
                "string" => self.text.push_str("\"text\" "),
                "documentation" => self.text.push_str("\n/// documentation\n"),
                _ => {
                    let rule = self.grammar.get(name).unwrap_or_else(|| panic!("`{name}` has no production"));
                    self.make(rule);
                }
            },
            Rule::All(parts) => parts.iter().for_each(|part| self.make(part)),
            Rule::Any(parts) => {
                let choice = self.choose(parts.len());
                // Deep inside the last alternative of an operand is the plain one.
                let choice = if self.depth > 40 { parts.len() - 1 } else { choice };
                self.make(&parts[choice]);
            }
            Rule::Maybe(part) => {
                if self.choose(2) == 1 {
                    self.make(part);
                }
            }
            // Modifiers stand in any order, each at most once.
            Rule::Many(part) if matches!(&**part, Rule::Any(_)) => {
                let Rule::Any(parts) = &**part else { return };
                let start = self.choose(parts.len());
                for at in 0..parts.len() {
                    if self.choose(2) == 1 {
                        self.make(&parts[(start + at) % parts.len()]);
                    }
                }
            }
            Rule::Many(part) => {
                for _ in 0..self.choose(4) {
                    self.make(part);
                }
            }
        }
        self.depth -= 1;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sentences_of_the_grammar_can_be_read(choices in prop::collection::vec(any::<u8>(), 0..400)) {
        let grammar = Reader::new(&std::fs::read_to_string("grammar/isms.ebnf").expect("the grammar")).grammar();
        let mut maker = Maker { grammar: &grammar, choices: choices.iter(), depth: 0, text: String::new(), words: 0 };
        let start = Rule::Name("declaration".to_owned());
        maker.make(&start);
        maker.text.push('\n');
        maker.make(&start);
        let text = maker.text;
        let source = Source::new("sentence.isms", text.as_str());
        let parsed = parse(&source, FileId(0));
        let mistakes: Vec<(&str, &str)> = parsed
            .errors
            .iter()
            // Every word but `allow` after `@` is refused; that is no matter of the grammar.
            .filter(|error| error.code.as_str() != "SYN014")
            .map(|error| (error.message.as_str(), error.primary.as_ref().map_or("", |label| source.slice(label.place.span))))
            .collect();
        prop_assert!(mistakes.is_empty(), "{mistakes:?}\n{text}");
        prop_assert_eq!(parsed.tree.declarations.len(), 2);
    }
}

fn words(lists: &[&[&'static str]]) -> String {
    let mut words: Vec<&str> = lists.iter().flat_map(|list| list.iter().copied()).collect();
    // Longer ones first, so that no alternative hides another.
    words.sort_by(|left, right| right.len().cmp(&left.len()).then(left.cmp(right)));
    words.dedup();
    words.join("|")
}

/// The TextMate grammar, from the keyword lists.
fn text_mate() -> String {
    let word = |list: &str| format!("(?<![\\p{{L}}\\p{{N}}_.-])({list})(?![\\p{{L}}\\p{{N}}_.-])");
    let declarations = word(&words(&[&keywords::DECLARATIONS]));
    let statements = word(&words(&[
        &keywords::ITEM,
        &keywords::PROCESS,
        &keywords::APPLICABILITY,
        &keywords::STANDARD,
        &keywords::MODEL,
        &keywords::RULE,
        &keywords::TEST,
    ]));
    let modifiers = word(&words(&[&keywords::MODIFIERS]));
    let operators = word(&words(&[&keywords::OPERATORS]));
    let values = word(&words(&[keywords::VALUES]));
    let pattern = |name: &str, pattern: &str| serde_json::json!({ "name": format!("{name}.isms"), "match": pattern });
    let grammar = serde_json::json!({
        "$schema": "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
        "name": "isms",
        "scopeName": "source.isms",
        "fileTypes": ["isms"],
        "patterns": [
            { "name": "comment.line.documentation.isms", "match": "///(?!/).*$" },
            { "name": "comment.line.double-slash.isms", "match": "//.*$" },
            { "name": "string.quoted.triple.isms", "begin": "\"\"\"", "end": "\"\"\"" },
            {
                "name": "string.quoted.double.isms",
                "begin": "\"",
                "end": "\"|$",
                "patterns": [{ "name": "constant.character.escape.isms", "match": "\\\\(?:[\"\\\\nt]|u\\{[0-9A-Fa-f]+\\})" }]
            },
            pattern("entity.name.tag.attribute", "@[A-Za-z]+"),
            pattern("keyword.declaration", &format!("^\\s*{declarations}")),
            pattern("keyword.control", &format!("(?:^|\\{{)\\s*{statements}")),
            pattern("keyword.other", &modifiers),
            pattern("keyword.operator", &operators),
            pattern("constant.language", &values),
            pattern("constant.numeric.clause", "(?<![\\p{L}\\p{N}_.-])(?:[A-Z]\\.)?[0-9]+(?:\\.[0-9]+)*(?:\\([a-z]\\))?(?:\\.\\*)?"),
        ]
    });
    format!("{}\n", serde_json::to_string_pretty(&grammar).expect("JSON"))
}

#[test]
fn the_editor_highlights_the_lexers_keywords() {
    let path = "grammar/isms.tmLanguage.json";
    let made = text_mate();
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(path, &made).expect("the grammar can be written");
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(kept == made, "{path} is not up to date: run `UPDATE_GENERATED=1 cargo test --test grammar`");
}
