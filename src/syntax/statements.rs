//! The statements inside declarations, each from its keyword on.

use nom::Parser;
use nom::combinator::opt;
use nom::sequence::preceded;

use crate::text::Span;

use super::atoms::{
    add_names, clause, keyword, letter, list, name, names, path, period, qualifier, range, reference, string,
    titled_clause, token,
};
use super::expressions::{expression, quantified};
use super::input::{Answer, Expected, Tokens};
use super::keywords::{Keyword, Words, word};
use super::token::TokenKind;
use super::tree::*;

/// What can follow a name in any order, each at most once; a second one fails at its keyword.
#[derive(Default)]
struct Once {
    seen: Words,
}

impl Once {
    /// Whether the keyword stands here; notes that it was seen.
    fn at(&mut self, input: Tokens<'_>, word: Keyword) -> bool {
        if self.seen.have(word) {
            return false;
        }
        if input.is(word) {
            self.seen.add(word);
            return true;
        }
        input.state.expect(input.first().span.start, Expected::Keyword(word.text()));
        false
    }
}

/// ```ebnf
/// item_statement = "documents" clause { "," clause } | "contains" word { "," word } | "classification" word
///                | "owner" word { "," word } | "every" period | "covers" covers | "source" string ;
/// ```
pub(super) fn item_statement(input: Tokens<'_>) -> Answer<'_, ItemStatementKind> {
    let word = input.text(input.first());
    let after = input.rest();
    match word {
        "documents" => list(clause)(after).map(|(rest, all)| (rest, ItemStatementKind::Documents(all))),
        "contains" => names("an item")(after).map(|(rest, all)| (rest, ItemStatementKind::Contains(all))),
        "classification" => {
            name("a classification")(after).map(|(rest, word)| (rest, ItemStatementKind::Classification(word)))
        }
        "owner" => names("a role")(after).map(|(rest, all)| (rest, ItemStatementKind::Owner(all))),
        "every" => period(after).map(|(rest, every)| (rest, ItemStatementKind::Every(every))),
        "covers" => covers(after).map(|(rest, covers)| (rest, ItemStatementKind::Covers(covers))),
        _ => string(after).map(|(rest, source)| (rest, ItemStatementKind::Source(source))),
    }
}

/// ```ebnf
/// process_statement = "implements" reference { "," reference } | "category" word | "phase" word { "," word }
///                   | "owner" word { "," word } | "capability" word | "purpose" string | "every" period
///                   | "trigger" string | "source" string | "input" input | "result" result | "activity" activity
///                   | ( "kpi" | "kgi" ) indicator | "covers" covers | "outcome" outcome ;
/// ```
///
/// Most are read where they are kept: what is moved right after it was written is waited for. Where one cannot be read, what
/// was added is to be taken away again.
pub(super) fn process_statement<'a>(input: Tokens<'a>, statements: &mut Vec<ProcessStatement>) -> Answer<'a, ()> {
    use ProcessStatementKind as Kind;
    let (keyword, after) = (input.first().span, input.rest());
    // There are more of these than of all other statements together.
    match input.keyword() {
        INPUT => statements.push(const { empty(Kind::Input(Flow::NONE)) }),
        RESULT => statements.push(const { empty(Kind::Result(Flow::NONE)) }),
        ACTIVITY => statements.push(const { empty(Kind::Activity(Activity::NONE)) }),
        word => {
            let (rest, kind) = rare_statement(word, after)?;
            statements.push(ProcessStatement { span: keyword, keyword, attributes: Vec::new(), kind });
            return Ok((rest, ()));
        }
    }
    let Some(statement) = statements.last_mut() else { return Ok((after, ())) };
    (statement.span, statement.keyword) = (keyword, keyword);
    match &mut statement.kind {
        Kind::Input(input) => flow(after, true, input),
        Kind::Result(result) => flow(after, false, result),
        Kind::Activity(one) => activity(after, one),
        _ => Ok((after, ())),
    }
}

/// A statement of that kind, of which nothing was read.
const fn empty(kind: ProcessStatementKind) -> ProcessStatement {
    ProcessStatement { span: Span::at(0), keyword: Span::at(0), attributes: Vec::new(), kind }
}

/// The statements that a process has once or not at all.
fn rare_statement(word: Keyword, after: Tokens<'_>) -> Answer<'_, ProcessStatementKind> {
    use ProcessStatementKind as Kind;
    match word {
        COVERS => covers(after).map(|(rest, covers)| (rest, Kind::Covers(Box::new(covers)))),
        OWNER => names("a role")(after).map(|(rest, all)| (rest, Kind::Owner(all))),
        PURPOSE => string(after).map(|(rest, text)| (rest, Kind::Purpose(text))),
        KPI => indicator(after, false).map(|(rest, one)| (rest, Kind::Indicator(one))),
        KGI => indicator(after, true).map(|(rest, one)| (rest, Kind::Indicator(one))),
        IMPLEMENTS => list(reference)(after).map(|(rest, all)| (rest, Kind::Implements(all))),
        CATEGORY => {
            name("a category: management, core or support")(after).map(|(rest, word)| (rest, Kind::Category(word)))
        }
        PHASE => names("a phase: plan, do, check or act")(after).map(|(rest, all)| (rest, Kind::Phase(all))),
        CAPABILITY => name("a level from 0 to 5")(after).map(|(rest, level)| (rest, Kind::Capability(level))),
        EVERY => period(after).map(|(rest, every)| (rest, Kind::Every(every))),
        TRIGGER => string(after).map(|(rest, text)| (rest, Kind::Trigger(text))),
        OUTCOME => outcome(after).map(|(rest, outcome)| (rest, Kind::Outcome(outcome))),
        _ => string(after).map(|(rest, text)| (rest, Kind::Source(text))),
    }
}

const INPUT: Keyword = Keyword::of("input");
const RESULT: Keyword = Keyword::of("result");
const ACTIVITY: Keyword = Keyword::of("activity");
const COVERS: Keyword = Keyword::of("covers");
const OWNER: Keyword = Keyword::of("owner");
const PURPOSE: Keyword = Keyword::of("purpose");
const KPI: Keyword = Keyword::of("kpi");
const KGI: Keyword = Keyword::of("kgi");
const IMPLEMENTS: Keyword = Keyword::of("implements");
const CATEGORY: Keyword = Keyword::of("category");
const PHASE: Keyword = Keyword::of("phase");
const CAPABILITY: Keyword = Keyword::of("capability");
const EVERY: Keyword = Keyword::of("every");
const TRIGGER: Keyword = Keyword::of("trigger");
const OUTCOME: Keyword = Keyword::of("outcome");

/// ```ebnf
/// input  = ( word | "*" ) { "realizes" word { "," word } | "from" word { "," word } | "feedback" | "inferred" } ;
/// result = word { "realizes" word { "," word } | "to" word { "," word }
///               | "retained" [ "in" word ] [ "for" period ] | "inferred" } ;
/// ```
fn flow<'a>(input: Tokens<'a>, is_input: bool, flow: &mut Flow) -> Answer<'a, ()> {
    flow.wildcard = is_input && input.first().kind == TokenKind::Star;
    let (mut input, item) = if flow.wildcard { (input.rest(), input.first().span) } else { name("an item")(input)? };
    flow.item = item;
    let preposition = if is_input { word!("from") } else { word!("to") };
    // Most statements have one modifier or none; what was seen is read off the flow itself.
    loop {
        let next = input.first();
        let modifier = input.keyword_of(next);
        if modifier == preposition && !flow.is_addressed {
            (input, ()) = add_names("a process, a role or a party", input.rest(), &mut flow.actors)?;
            flow.is_addressed = true;
        } else if modifier == word!("realizes") && flow.realizes().is_empty() {
            let (rest, items) = names("an item of the reference model")(input.rest())?;
            (input, flow.more.get_or_insert_default().realizes) = (rest, items);
        } else if modifier == word!("feedback") && is_input && !flow.is_feedback {
            (input, flow.is_feedback) = (input.rest(), true);
        } else if modifier == word!("retained") && !is_input && flow.retained().is_none() {
            let (rest, system) = opt(preceded(keyword(word!("in")), name("a system"))).parse(input.rest())?;
            let (rest, period) = opt(preceded(keyword(word!("for")), period)).parse(rest)?;
            let retained = Retained { keyword: next.span, system, period };
            (input, flow.more.get_or_insert_default().retained) = (rest, Some(retained));
        } else if modifier == word!("inferred") && flow.inferred().is_none() {
            (input, flow.more.get_or_insert_default().inferred) = (input.rest(), Some(next.span));
        } else {
            break;
        }
    }
    let next = input.first();
    if next.first_on_line && matches!(next.kind, TokenKind::Word | TokenKind::CloseBrace) {
        // The statement is over, as nearly all are at the end of their line; nobody will ask what else could have followed.
        return Ok((input, ()));
    }
    let at = next.span.start;
    let could = |open: bool, word: &'static str| {
        if open {
            input.state.expect(at, Expected::Keyword(word));
        }
    };
    could(!flow.is_addressed, preposition.text());
    could(flow.realizes().is_empty(), "realizes");
    could(is_input && !flow.is_feedback, "feedback");
    could(!is_input && flow.retained().is_none(), "retained");
    if flow.is_addressed || !flow.realizes().is_empty() {
        input.state.expect(at, Expected::Token(TokenKind::Comma));
    }
    Ok((input, ()))
}

/// ```ebnf
/// activity = word [ string ] [ "by" word { "," word } ] ;
/// ```
fn activity<'a>(input: Tokens<'a>, activity: &mut Activity) -> Answer<'a, ()> {
    let (input, id) = name("an id for the activity")(input)?;
    let (input, title) = opt(string).parse(input)?;
    (activity.id, activity.title) = (id, title);
    let Ok((after, _)) = keyword(word!("by"))(input) else { return Ok((input, ())) };
    add_names("a role", after, &mut activity.by).or_else(|_| {
        activity.by.clear();
        Ok((input, ()))
    })
}

/// ```ebnf
/// indicator = string [ "target" string ] ;
/// ```
fn indicator(input: Tokens<'_>, is_goal: bool) -> Answer<'_, Indicator> {
    let (input, title) = string(input)?;
    let (input, target) = opt(preceded(keyword(word!("target")), string)).parse(input)?;
    Ok((input, Indicator { is_goal, title, target }))
}

/// ```ebnf
/// outcome = string [ "inferred" ] ;
/// ```
fn outcome(input: Tokens<'_>) -> Answer<'_, Outcome> {
    let (input, title) = string(input)?;
    let (input, inferred) = opt(keyword(word!("inferred"))).parse(input)?;
    Ok((input, Outcome { title, inferred }))
}

/// ```ebnf
/// covers = ( word [ ":" word ] "{" titled_clause { "," titled_clause } "}" | titled_clause { "," titled_clause } )
///          [ "partly" [ "because" string ] ] [ "inferred" ] ;
/// ```
fn covers(input: Tokens<'_>) -> Answer<'_, Covers> {
    let brace = |at: usize| input.ahead(at).kind == TokenKind::OpenBrace;
    let grouped = brace(1) || input.ahead(1).kind == TokenKind::Colon && brace(3);
    let (input, standard, clauses) = if grouped {
        let (input, standard) = qualifier(input)?;
        let (input, _) = token(TokenKind::OpenBrace)(input)?;
        let (input, clauses) = list(titled_clause)(input)?;
        let (input, _) = token(TokenKind::CloseBrace)(input)?;
        (input, Some(standard), clauses)
    } else {
        let (input, clauses) = list(titled_clause)(input)?;
        (input, None, clauses)
    };
    let (input, partly) = opt(keyword(word!("partly"))).parse(input)?;
    let (input, because) = match partly {
        Some(_) => opt(preceded(keyword(word!("because")), string)).parse(input)?,
        None => (input, None),
    };
    let (input, inferred) = opt(keyword(word!("inferred"))).parse(input)?;
    Ok((input, Covers { standard, clauses, partly, because, inferred }))
}

/// ```ebnf
/// decision = ( "include" | "exclude" ) clause { "," clause }
///            { "because" string | "accepted" "by" word { "," word } | "by" word { "," word }
///            | "planned" "until" word } ;
/// ```
pub(super) fn decision(input: Tokens<'_>) -> Answer<'_, Decision> {
    let start = input.first().span;
    let exclude = input.is(word!("exclude"));
    let (mut input, clauses) = list(clause)(input.rest())?;
    let mut decision = Decision {
        span: start,
        attributes: Vec::new(),
        exclude,
        clauses,
        because: None,
        accepted_by: Spans::new(),
        by: Spans::new(),
        planned_until: None,
    };
    let mut once = Once::default();
    loop {
        if once.at(input, word!("because")) {
            let (rest, because) = string(input.rest())?;
            (input, decision.because) = (rest, Some(because));
        } else if once.at(input, word!("accepted")) {
            let (rest, _) = keyword(word!("by"))(input.rest())?;
            let (rest, by) = names("a role")(rest)?;
            (input, decision.accepted_by) = (rest, by);
        } else if once.at(input, word!("by")) {
            let (rest, by) = names("a role or a party")(input.rest())?;
            (input, decision.by) = (rest, by);
        } else if once.at(input, word!("planned")) {
            let (rest, _) = keyword(word!("until"))(input.rest())?;
            let (rest, day) = name("a day like 2027-06-30")(rest)?;
            (input, decision.planned_until) = (rest, Some(day));
        } else {
            return Ok((input, decision));
        }
    }
}

/// The head of an entry of a standard, up to its braces.
///
/// ```ebnf
/// entry_head = ( "clause" | "control" ) word [ string ]
///              { "phase" word { "," word } | "should" | "requirement" | "letters" word } ;
/// ```
pub(super) fn entry_head(input: Tokens<'_>) -> Answer<'_, Entry> {
    let start = input.first().span;
    let is_control = input.is(word!("control"));
    let (input, number) = name("the number of a clause")(input.rest())?;
    let (mut input, title) = opt(string).parse(input)?;
    let mut entry = Entry {
        span: start,
        attributes: Vec::new(),
        is_control,
        number,
        title,
        phases: Spans::new(),
        should: None,
        requirement: None,
        last_letter: None,
        documents: Vec::new(),
        entries: Vec::new(),
    };
    let mut once = Once::default();
    loop {
        let here = input.first().span;
        if once.at(input, word!("phase")) {
            let (rest, phases) = names("a phase: plan, do, check or act")(input.rest())?;
            (input, entry.phases) = (rest, phases);
        } else if once.at(input, word!("should")) {
            (input, entry.should) = (input.rest(), Some(here));
        } else if once.at(input, word!("requirement")) {
            (input, entry.requirement) = (input.rest(), Some(here));
        } else if once.at(input, word!("letters")) {
            let (rest, last) = name("the last letter")(input.rest())?;
            (input, entry.last_letter) = (rest, Some(last));
        } else {
            return Ok((input, entry));
        }
    }
}

/// ```ebnf
/// document = "document" [ "(" word ")" ] string ;
/// ```
pub(super) fn document(input: Tokens<'_>) -> Answer<'_, DocumentRequest> {
    let start = input.first().span;
    let (input, letter) = letter(input.rest())?;
    let (input, title) = string(input)?;
    Ok((input, DocumentRequest { span: start.to(title), letter: letter.map(|(letter, _)| letter), title }))
}

/// ```ebnf
/// mapping_row = ( ( "new" | "withdrawn" ) word { "," word } | word { "," word } word word { "," word } ) [ "unsure" ] ;
/// ```
pub(super) fn mapping_row(input: Tokens<'_>) -> Answer<'_, MappingRow> {
    let first = input.first();
    let alone = matches!(input.text(first), "new" | "withdrawn") && input.ahead(1).kind == TokenKind::Word;
    let (input, from, relation, to) = if alone {
        let (input, all) = names("a clause")(input.rest())?;
        if input.text(first) == "new" {
            (input, Spans::new(), first.span, all)
        } else {
            (input, all, first.span, Spans::new())
        }
    } else {
        let (input, from) = names("a clause")(input)?;
        let (input, relation) = name("how they correspond: same, renamed, moved, merged, split, …")(input)?;
        let (input, to) = names("a clause")(input)?;
        (input, from, relation, to)
    };
    let (input, unsure) = opt(keyword(word!("unsure"))).parse(input)?;
    let end = unsure.or(to.last().copied()).or(from.last().copied()).unwrap_or(relation);
    Ok((input, MappingRow { span: first.span.to(end), from, relation, to, unsure }))
}

/// ```ebnf
/// rule_statement = "cites" citation { "," citation } | "for" range { "," range } | "where" expression
///                | "unless" quantified | "report" path string | "subject" [ "only" ] path | "label" [ guard ] [ "at" ] path string
///                | "nearest" range "by" path "to" path string | ( "help" | "note" ) [ guard ] string
///                | "fix" [ "safe" | "unsafe" ] [ guard ] change ;
/// ```
pub(super) fn rule_statement(input: Tokens<'_>) -> Answer<'_, RuleStatementKind> {
    use RuleStatementKind as Kind;
    let word = input.text(input.first());
    let after = input.rest();
    match word {
        "cites" => list(citation)(after).map(|(rest, all)| (rest, Kind::Cites(all))),
        "for" => list(range)(after).map(|(rest, all)| (rest, Kind::For(all))),
        "where" => expression(after).map(|(rest, condition)| (rest, Kind::Where(condition))),
        "unless" => quantified(after).map(|(rest, quantified)| (rest, Kind::Unless(quantified))),
        "report" => {
            let (rest, place) = path(after)?;
            string(rest).map(|(rest, message)| (rest, Kind::Report(place, message)))
        }
        "subject" => {
            let (rest, only) = word_before_path(word!("only"), after)?;
            path(rest).map(|(rest, path)| (rest, Kind::Subject { only, path }))
        }
        "label" => {
            let (rest, guard) = guard(after)?;
            let (rest, _) = word_before_path(word!("at"), rest)?;
            let (rest, place) = path(rest)?;
            string(rest).map(|(rest, message)| (rest, Kind::Label(guard, place, message)))
        }
        "nearest" => nearest(after).map(|(rest, nearest)| (rest, Kind::Nearest(nearest))),
        "fix" => fix(after).map(|(rest, fix)| (rest, Kind::Fix(Box::new(fix)))),
        _ => {
            let help = word == "help";
            let (rest, guard) = guard(after)?;
            let (rest, message) = string(rest)?;
            Ok((rest, if help { Kind::Help(guard, message) } else { Kind::Note(guard, message) }))
        }
    }
}

/// ```ebnf
/// citation = word [ ":" word ] [ "/" word [ "(" word ")" ] ] ;
/// ```
fn citation(input: Tokens<'_>) -> Answer<'_, Span> {
    let (input, standard) = qualifier(input)?;
    if input.first().kind != TokenKind::Slash {
        return Ok((input, standard.span));
    }
    let (input, number) = name("a clause")(input.rest())?;
    let (input, letter) = letter(input)?;
    Ok((input, standard.span.to(letter.map_or(number, |(_, close)| close))))
}

/// A word that may stand before a path; a variable may have its name. Answers whether it is there.
fn word_before_path<'a>(word: Keyword, input: Tokens<'a>) -> Answer<'a, bool> {
    let next = input.ahead(1);
    if next.kind == TokenKind::Word && !next.first_on_line {
        return opt(keyword(word)).parse(input).map(|(rest, found)| (rest, found.is_some()));
    }
    Ok((input, false))
}

/// ```ebnf
/// guard = "when" expression | "for" quantified | "otherwise" ;
/// ```
fn guard(input: Tokens<'_>) -> Answer<'_, Guard> {
    // A variable may have one of these names; then a text follows at once.
    let is_guard = match input.ahead(1).kind {
        TokenKind::Word | TokenKind::OpenParenthesis => true,
        TokenKind::Text => {
            !matches!(input.ahead(2).kind, TokenKind::CloseBrace | TokenKind::End) && !input.ahead(2).first_on_line
        }
        _ => false,
    };
    if input.is(word!("otherwise")) {
        return Ok((input.rest(), Guard::Otherwise));
    }
    if is_guard && input.is(word!("when")) {
        return expression(input.rest()).map(|(rest, condition)| (rest, Guard::When(condition)));
    }
    if is_guard && input.is(word!("for")) {
        return quantified(input.rest()).map(|(rest, quantified)| (rest, Guard::Each(quantified)));
    }
    for word in ["when", "for", "otherwise"] {
        input.state.expect(input.first().span.start, Expected::Keyword(word));
    }
    Ok((input, Guard::Always))
}

fn nearest(input: Tokens<'_>) -> Answer<'_, Nearest> {
    let (input, range) = range(input)?;
    let (input, _) = keyword(word!("by"))(input)?;
    let (input, by) = path(input)?;
    let (input, _) = keyword(word!("to"))(input)?;
    let (input, to) = path(input)?;
    let (input, message) = string(input)?;
    Ok((input, Nearest { range, by, to, message }))
}

fn fix(input: Tokens<'_>) -> Answer<'_, Fix> {
    let (input, safe) = opt(keyword(word!("safe"))).parse(input)?;
    let input = match safe {
        Some(_) => input,
        None => opt(keyword(word!("unsafe"))).parse(input)?.0,
    };
    let (input, guard) = guard(input)?;
    change(input).map(|(input, change)| (input, Fix { safe: safe.is_some(), guard, change }))
}

/// ```ebnf
/// change = "replace" path "with" string | "insert" string ( "after" | "into" ) path | "remove" path ;
/// ```
fn change(input: Tokens<'_>) -> Answer<'_, Change> {
    if input.is(word!("replace")) {
        let (input, place) = path(input.rest())?;
        let (input, _) = keyword(word!("with"))(input)?;
        return string(input).map(|(input, text)| (input, Change::Replace(place, text)));
    }
    if input.is(word!("remove")) {
        return path(input.rest()).map(|(input, place)| (input, Change::Remove(place)));
    }
    if input.is(word!("insert")) {
        let (input, text) = string(input.rest())?;
        if input.is(word!("after")) {
            return path(input.rest()).map(|(input, place)| (input, Change::InsertAfter(place, text)));
        }
        input.state.expect(input.first().span.start, Expected::Keyword("after"));
        let (input, _) = keyword(word!("into"))(input)?;
        return path(input).map(|(input, place)| (input, Change::InsertInto(place, text)));
    }
    for word in ["replace", "insert"] {
        input.state.expect(input.first().span.start, Expected::Keyword(word));
    }
    input.fail(Expected::Keyword("remove"))
}

/// ```ebnf
/// expectation = "expect" ( "none" | expected { "," expected } ) ;
/// ```
pub(super) fn expectation(input: Tokens<'_>) -> Answer<'_, Expectation> {
    let start = input.first().span;
    let after = input.rest();
    let next = after.ahead(1);
    let alone = next.kind != TokenKind::Comma && !(next.kind == TokenKind::Word && after.text(next) == "about");
    if after.is(word!("none")) && alone {
        return Ok((after.rest(), Expectation { span: start.to(after.first().span), findings: Vec::new() }));
    }
    let (input, findings) = list(expected)(after)?;
    let end = findings.last().map_or(start, |last| last.subject.unwrap_or(last.underlined));
    Ok((input, Expectation { span: start.to(end), findings }))
}

/// ```ebnf
/// expected = named [ "about" named ] ;
/// named    = string | "*" | word [ ":" word ] [ "/" word ] [ "(" word ")" ] [ ".*" ] ;
/// ```
fn expected(input: Tokens<'_>) -> Answer<'_, ExpectedFinding> {
    let (input, underlined) = named(input)?;
    let (input, subject) = opt(preceded(keyword(word!("about")), named)).parse(input)?;
    Ok((input, ExpectedFinding { underlined, subject }))
}

fn named(input: Tokens<'_>) -> Answer<'_, Span> {
    let first = input.first();
    match first.kind {
        TokenKind::Text | TokenKind::Star => return Ok((input.rest(), first.span)),
        TokenKind::Word => {}
        _ => return input.fail(Expected::Named("what is underlined: a name, or a text in quotes")),
    }
    let (mut input, qualifier) = qualifier(input)?;
    let mut span = qualifier.span;
    if input.first().kind == TokenKind::Slash {
        let (rest, word) = name("a name")(input.rest())?;
        (input, span) = (rest, span.to(word));
    }
    let (mut input, letter) = letter(input)?;
    span = letter.map_or(span, |(_, close)| span.to(close));
    if input.first().kind == TokenKind::DotStar {
        span = span.to(input.first().span);
        input = input.rest();
    }
    Ok((input, span))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::parse;
    use crate::text::{FileId, Source};

    /// The statements of a process, and how many errors there are.
    fn statements(text: &str) -> (Vec<ProcessStatement>, usize) {
        let parsed = parse(&Source::new("a.isms", format!("process p {{\n{text}\n}}\n")), FileId(0));
        let process = parsed.tree.declarations.into_iter().find_map(|declaration| match declaration.kind {
            DeclarationKind::Process(process) => Some(process.statements),
            _ => None,
        });
        (process.unwrap_or_default(), parsed.errors.len())
    }

    #[test]
    fn what_was_read_in_place_is_taken_away_where_it_cannot_be_read() {
        for text in ["input", "input \"x\"", "result r to", "input i from a, \"b\"", "activity"] {
            let (read, errors) = statements(&format!("{text}\nowner o"));
            assert_eq!(errors, 1, "{text}");
            assert!(matches!(read.as_slice(), [one] if matches!(one.kind, ProcessStatementKind::Owner(_))), "{text}");
        }
    }

    #[test]
    fn an_activity_stands_without_those_who_could_not_be_read() {
        let (read, errors) = statements("activity a \"x\" by b, \"c\"");
        assert_eq!(errors, 1);
        assert!(matches!(read.as_slice(), [ProcessStatement { kind: ProcessStatementKind::Activity(activity), .. }]
            if activity.by.is_empty() && activity.title.is_some()));
    }
}
