//! Names that look alike and are not the same: another case, another way to write an accent, a letter of another script.
//!
//! The tables are those of Unicode (UTS 39). Names of ASCII are compared by case only: `l` and `1` are told apart there by
//! whoever reads a specification, and nearly all names are of that sort.

use rustc_hash::FxHashMap;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_script::{Script, UnicodeScript};
use unicode_security::confusable_detection::skeleton;

/// How many differences are told, and how many characters of each.
const MOST_TOLD: usize = 3;
const MOST_CHARACTERS: usize = 8;

/// Makes the keys that two names have in common if they look alike, and remembers what becomes of each letter.
#[derive(Debug, Default)]
pub struct LookAlikeKeys {
    letters: FxHashMap<char, [String; 2]>,
    keys: [String; 2],
}

impl LookAlikeKeys {
    /// Two keys. Names look alike if one has a key of the other: small letters of one script may look like capitals of
    /// another, so one key forgets the case first, the other one the script.
    pub fn of(&mut self, name: &str) -> [&str; 2] {
        self.keys.iter_mut().for_each(String::clear);
        if !name.is_ascii() && name.chars().any(is_combining_mark) {
            // Several marks on a letter have an order of their own.
            self.keys = by_tables(name);
        } else {
            let Self { letters, keys: [caseless_first, script_first] } = self;
            for letter in name.chars() {
                if letter.is_ascii() {
                    ascii(letter, caseless_first, script_first);
                } else {
                    let [one, other] =
                        letters.entry(letter).or_insert_with(|| by_tables(letter.encode_utf8(&mut [0; 4])));
                    caseless_first.push_str(one);
                    script_first.push_str(other);
                }
            }
        }
        self.keys.each_ref().map(String::as_str)
    }
}

fn by_tables(name: &str) -> [String; 2] {
    let plain: String = name.nfkc().collect();
    let lower = |text: &str| text.chars().flat_map(char::to_lowercase).collect::<String>();
    [skeleton(&lower(&plain)).collect(), lower(&skeleton(&plain).collect::<String>())]
}

/// What the tables make of a letter of ASCII.
fn ascii(letter: char, caseless_first: &mut String, script_first: &mut String) {
    match letter {
        '0' => caseless_first.push('O'),
        '1' => caseless_first.push('l'),
        'm' | 'M' => caseless_first.push_str("rn"),
        other => caseless_first.push(other.to_ascii_lowercase()),
    }
    match letter {
        '0' => script_first.push('o'),
        '1' | 'I' => script_first.push('l'),
        'm' => script_first.push_str("rn"),
        other => script_first.push(other.to_ascii_lowercase()),
    }
}

/// Whether two different names may be taken for one another, though not only for letters and digits of ASCII that look
/// alike.
#[must_use]
pub fn look_alike(one: &str, other: &str) -> bool {
    let (left, right) = apart(one, other);
    if one == other || left.is_ascii() && right.is_ascii() && !left.eq_ignore_ascii_case(right) {
        return false;
    }
    if one.eq_ignore_ascii_case(other) {
        return true;
    }
    let mut keys = LookAlikeKeys::default();
    let known = keys.of(one).map(str::to_owned);
    keys.of(other).into_iter().any(|key| known.iter().any(|known| known == key))
}

/// What is left of two texts without what both begin and end with.
fn apart<'a, 'b>(one: &'a str, other: &'b str) -> (&'a str, &'b str) {
    let same = |(left, right): &(char, char)| left == right;
    let head: usize = one.chars().zip(other.chars()).take_while(same).map(|(left, _)| left.len_utf8()).sum();
    let (one, other) = (&one[head..], &other[head..]);
    let tail: usize =
        one.chars().rev().zip(other.chars().rev()).take_while(same).map(|(left, _)| left.len_utf8()).sum();
    (&one[..one.len() - tail], &other[..other.len() - tail])
}

/// In which characters two names differ, each as it stands in one and in the other, with its numbers: `` `ü` (U+00FC) `` and
/// `` `ü` (U+0075 U+0308) ``. Only the first few are told.
#[must_use]
pub fn differences(one: &str, other: &str) -> Vec<(String, String)> {
    let mut told: Vec<(String, String)> = Vec::new();
    for (left, right) in runs(&clusters(one), &clusters(other)) {
        let scripts = (script(&left), script(&right));
        let tells = if scripts.0 == scripts.1 { (None, None) } else { scripts };
        let pair = (described(&left, tells.0), described(&right, tells.1));
        if !told.contains(&pair) {
            told.push(pair);
        }
        if told.len() == MOST_TOLD {
            break;
        }
    }
    told
}

/// The letters of a name, each with the marks that stand on it and the characters that take no room behind it.
fn clusters(name: &str) -> Vec<Vec<char>> {
    let mut clusters: Vec<Vec<char>> = Vec::new();
    for character in name.chars() {
        let goes_on = is_combining_mark(character) || takes_no_room(character);
        match clusters.last_mut().filter(|_| goes_on) {
            Some(last) => last.push(character),
            None => clusters.push(vec![character]),
        }
    }
    clusters
}

fn takes_no_room(character: char) -> bool {
    skeleton(character.encode_utf8(&mut [0; 4])).next().is_none()
}

/// The runs of letters in which two names differ: side by side where both have as many, else from the first to the last
/// letter that differs.
fn runs(one: &[Vec<char>], other: &[Vec<char>]) -> Vec<(Vec<char>, Vec<char>)> {
    if one.len() != other.len() {
        let head = one.iter().zip(other).take_while(|(left, right)| left == right).count();
        let rest = one.len().min(other.len()) - head;
        let tail =
            one.iter().rev().zip(other.iter().rev()).take(rest).take_while(|(left, right)| left == right).count();
        let middle = |name: &[Vec<char>]| name.iter().take(name.len() - tail).skip(head).flatten().copied().collect();
        return vec![(middle(one), middle(other))];
    }
    let mut runs: Vec<(Vec<char>, Vec<char>)> = Vec::new();
    let mut follows = false;
    for (left, right) in one.iter().zip(other) {
        let differs = left != right;
        match runs.last_mut().filter(|_| follows) {
            Some((so_far, other)) if differs => {
                so_far.extend(left);
                other.extend(right);
            }
            _ if differs => runs.push((left.clone(), right.clone())),
            _ => {}
        }
        follows = differs;
    }
    runs
}

/// The script of the first letter that has one.
fn script(characters: &[char]) -> Option<Script> {
    let known = |script: &Script| !matches!(script, Script::Common | Script::Inherited | Script::Unknown);
    characters.iter().map(|character| character.script()).find(known)
}

fn described(characters: &[char], script: Option<Script>) -> String {
    if characters.is_empty() {
        return "nothing".to_owned();
    }
    let text: String = characters.iter().take(MOST_CHARACTERS).collect();
    let mut numbers: Vec<String> =
        characters.iter().take(MOST_CHARACTERS).map(|character| format!("U+{:04X}", u32::from(*character))).collect();
    if characters.len() > MOST_CHARACTERS {
        numbers.push("…".to_owned());
    }
    let script = script.map_or_else(String::new, |script| format!(", {}", script.full_name().replace('_', " ")));
    format!("`{text}` ({}{script})", numbers.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_ascii_have_the_keys_that_the_tables_give() {
        for byte in 0..128_u8 {
            let character = char::from(byte);
            if character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '.') {
                let name = character.to_string();
                assert_eq!(LookAlikeKeys::default().of(&name), by_tables(&name), "{name}");
            }
        }
    }

    #[test]
    fn letter_by_letter_is_as_by_the_tables_at_once() {
        let names = [
            "M\u{fc}ller",
            "\u{1ebf}\u{1ed9}",
            "\u{430}\u{412}c\u{ff41}",
            "\u{d55c}\u{ae00}",
            "\u{fb01}-\u{17f}",
            "\u{130}x",
        ];
        for name in names {
            assert_eq!(LookAlikeKeys::default().of(name), by_tables(name), "{name}");
            let apart: String = name.nfd().collect();
            assert_eq!(LookAlikeKeys::default().of(&apart), by_tables(name), "{name}");
        }
    }

    #[test]
    fn what_looks_alike() {
        for (one, other) in [
            ("M\u{fc}ller", "Mu\u{308}ller"),
            ("Risk-Register", "risk-register"),
            ("\u{430}udit", "audit"),
            ("\u{441}\u{435}\u{43e}", "ceo"),
            ("\u{412}oard", "board"),
            ("\u{392}oard", "Board"),
            ("\u{412}\u{43e}\u{434}\u{430}", "\u{432}\u{43e}\u{434}\u{430}"),
            ("\u{ff41}udit", "audit"),
            ("a\u{34f}udit", "audit"),
            ("stra\u{df}e", "STRA\u{1e9e}E"),
            ("\u{fb01}le", "file"),
        ] {
            assert!(look_alike(one, other), "{one} {other}");
            assert!(!differences(one, other).is_empty(), "{one} {other}");
        }
        for (one, other) in [
            ("audit", "audit"),
            ("m\u{fc}ller", "muller"),
            ("p1", "pl"),
            ("room", "roorn"),
            ("pr\u{fc}fung-1", "pr\u{fc}fung-l"),
            ("pr\u{fc}fung-0", "pr\u{fc}fung-o"),
            ("stra\u{df}e", "strasse"),
            ("risk", "risks"),
        ] {
            assert!(!look_alike(one, other), "{one} {other}");
        }
    }

    #[test]
    fn differences_are_told_with_their_numbers() {
        let told = |one, other| {
            let pairs: Vec<String> =
                differences(one, other).iter().map(|(one, other)| format!("{one} / {other}")).collect();
            pairs.join(", ")
        };
        assert_eq!(told("M\u{fc}ller", "Mu\u{308}ller"), "`\u{fc}` (U+00FC) / `u\u{308}` (U+0075 U+0308)");
        assert_eq!(told("Risk-Register", "risk-register"), "`R` (U+0052) / `r` (U+0072)");
        assert_eq!(told("\u{430}udit", "audit"), "`\u{430}` (U+0430, Cyrillic) / `a` (U+0061, Latin)");
        assert_eq!(told("a\u{34f}b", "ab"), "`a\u{34f}` (U+0061 U+034F) / `a` (U+0061)");
        assert_eq!(told("\u{fb01}le", "file"), "`\u{fb01}` (U+FB01) / `fi` (U+0066 U+0069)");
        assert_eq!(told("\u{441}\u{435}\u{43e}", "ceo").matches("U+").count(), 6);
    }
}
