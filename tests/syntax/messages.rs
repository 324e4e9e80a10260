//! Every message of the lexer and the parser, beside its source and what it underlines. One mistake is one finding.

use ismslint::diagnostic::Diagnostic;
use ismslint::syntax::parse;
use ismslint::text::Source;

use crate::drawing::{FILE, draw, source};

fn drawn(text: &str) -> String {
    let source = source(text);
    let mut errors = parse(&source, FILE).errors;
    errors.sort_by(Diagnostic::order);
    draw(&source, &errors)
}

macro_rules! mistakes {
    ($($name:ident: $text:literal;)*) => {
        $(#[test]
        fn $name() {
            insta::with_settings!({ description => $text, omit_expression => true }, {
                insta::assert_snapshot!(drawn($text));
            });
        })*
    };
}

mistakes! {
    missing_closing_brace: r#"process a "A" {
  input x from b

process b {
  result x to a
}

role c
"#;
    missing_closing_brace_at_end: "process a {
  input x
";
    extra_closing_brace: "process a {
  input x
}
}

role b
";
    brace_closed_too_early: "process a {
  input x
  }
  result y
}

role b
";
    missing_opening_brace: r#"process a "A"
  input x
  result y
}

role b
"#;
    misspelt_statement: "process a {
  imput x from b
  result y
}
";
    misspelt_declaration: "proces a {
  input x
}

role b
";
    keyword_in_capitals: "process a {
  Input x
}
";
    unknown_statement: "process a {
  responsible ciso
  result y
}
";
    statement_of_another_block: "process a {
  documents 8.2
}
";
    colon_for_a_blank: "process a {
  owner: ciso
  input x
}
";
    equals_for_a_blank: "process a {
  owner = ciso
}
";
    missing_comma: "process a {
  owner ciso risk-manager
  input x from b c
}
";
    missing_comma_between_clauses: "process a {
  covers 6.1.2 8.2
}
";
    torn_keyword: "standard demo:1 {
  control A.1 \"One\" {
    control A.1.1 \"First\"
  }
  cont}rol A.2 \"Two\" {
    control A.2.1 \"First\"
    controls A.2.2 \"Second\"
    control A.2.3 \"Third\"
  }
  control A.3 \"Three\"
}
";
    word_before_a_clause: "process a {
  covers clause 9.1, 9.2
  covers Annex A.5.1
  covers section, 4
}
applicability demo:1 {
  include control A.5.2 because \"x\"
}
item i { documents Clause 6.1.2 }
";
    trailing_comma: "process a {
  input x from b,
  result y
}
";
    unclosed_string: r#"process a {
  purpose "Know the risks
  input x
}
"#;
    unclosed_string_before_a_brace: r#"process a "A {
  input x
}
"#;
    unclosed_text_block: r#"rule A001 a error {
  """
  Why.
  for input i
}
"#;
    unclosed_text_block_before_another: r#"rule A001 a error {
  """
  Why.
  for input i
}

rule A002 b error {
  """
  Why it matters.
  """
  for input i
}
"#;
    name_in_quotes: r#"process a {
  owner "ciso"
}
"#;
    name_with_blanks: r#"process risk assessment "A" {
  input risk register from b
}
"#;
    text_without_quotes: "process a {
  purpose Know the risks
  input x
}
";
    hash_comment: "# A comment
role a
";
    block_comment: "/* A comment
   of two lines */
role a
";
    semicolon: "role a;
role b
";
    double_equals: r#"rule A001 a error {
  where a.b == "c"
}
"#;
    and_of_another_language: "rule A001 a error {
  where a.b = c && !d.e
}
";
    curly_quotes: "role a “A”
role b „B“
";
    dash_in_a_name: r#"role risk–manager "R"
role b
"#;
    full_width_marks: "process a ｛
  owner b，c
｝
";
    single_quotes: "role a 'A'
";
    brackets: "process a {
  input x from [b, c]
}
";
    list_with_dashes: "process a {
  input x from
    - b
    - c
}
";
    merge_conflict: "process a {
<<<<<<< HEAD
  owner ciso
=======
  owner cto
>>>>>>> topic
}
";
    bad_escape: r#"role a "C:\data\new"
"#;
    bad_escape_number: r#"role a "\u{110000} \u{zz}"
"#;
    repeated_modifier: "process a {
  input x from b realizes y from c
}
";
    repeated_because: r#"applicability s {
  exclude A.1 because "x" because "y"
}
"#;
    two_items_in_one_input: "process a {
  input x, y from b
}
";
    missing_item: "process a {
  input
  result y
}
";
    missing_name: "process {
  input x
}
";
    missing_string_after_because: "omit a because
role b
";
    because_without_partly: r#"process a {
  covers A.6.3 because "x"
}
"#;
    from_in_a_result: "process a {
  result x from b
}
";
    to_in_an_input: "process a {
  input x to b
}
";
    declaration_inside_a_process: r#"process a {
  role b "B"
  input x
}
"#;
    allow_without_because: "@allow(FLOW002)
role a
";
    allow_with_an_empty_rest: "@allow(FLOW002, )
role a
";
    misspelt_allow: r#"@alow(FLOW002, because "x")
role a
"#;
    allow_without_parentheses: r#"@allow FLOW002 because "x"
role a
"#;
    allow_with_a_word_for_a_reason: "@allow(FLOW002, because later)
role a
";
    allow_before_nothing: r#"process a {
  input x
  @allow(FLOW002, because "x")
}
"#;
    allow_before_a_domain: r#"model m:1 "M" {
  @allow(FLOW001, because "x")
  domain "d"
  @allow(FLOW001, because "x")
  context "c"
}
"#;
    allow_in_a_mapping: r#"mapping a:1 to a:2 {
  @allow(A001, because "x")
  1 same 1
}
"#;
    expression_without_operand: r#"rule A001 a error {
  where a.b = 
  report a.b "x"
}
"#;
    expression_with_open_parenthesis: r#"rule A001 a error {
  where not (exists party s where s in a.from
  report a.b "x"
}
"#;
    expression_with_two_comparisons: r#"rule A001 a error {
  where a.b = c.d = e.f
  report a.b "x"
}
"#;
    expression_without_operator: r#"rule A001 a error {
  where a.b c.d
  report a.b "x"
}
"#;
    range_without_variable: r#"rule A001 a error {
  for input
  where i.item = "x"
}
"#;
    rule_without_severity: "rule A001 missing {
  for input i
}

role a
";
    define_without_when: "define a(process p)
  p.owner is missing

role b
";
    report_without_text: r#"rule A001 a error {
  report a.b
  help "x"
}
"#;
    hidden_character_in_a_name: "role risk\u{202e}manager\n";
    hidden_characters_in_a_text: "role a \"x\u{202e}\u{2066}y\"\nrole b \"a\u{200b}b\"\n";
    delete_character_in_texts: "role a \"x\u{7f}y\"\nrole b \"\"\"\nx\u{7f}y\n\u{1b}\"\"\"\n";
    hidden_character_in_a_comment: "// a\u{202e}b\nrole a\n";
    control_characters: "role a\u{0}\u{0}\u{1}\nrole b \"x\u{1b}[31m\"\n";
    lone_carriage_return: "role a\r// hidden\nrole b\n";
    stray_character: "role a $
role b
";
    missing_edition: "applicability iso27001: {
  include A.*
}
";
    model_reference_without_process: "process a {
  implements iso27022:2021
}
";
}

/// What is wrong with the fences of a page.
#[test]
fn fences() {
    for (name, text) in [
        ("fence_never_closed", "# Page\n\n```isms\nprocess a {}\n"),
        ("fence_cut_by_a_list", "- Item:\n\n  ```isms\n  process a {}\nprocess b {}\n```\n"),
        ("block_hidden_by_another", "# Page\n\n~~~yaml\na: b\n\n~~~ isms\nprocess a {}\n~~~\n\ntext\n"),
        ("fence_around_ours", "````md\n```isms\nprocess a {\n```\n````\n\n~~~\n```isms\nprocess b {\n```\n~~~\n"),
    ] {
        let source = Source::new("page.md", text);
        let mut errors = parse(&source, FILE).errors;
        errors.sort_by(Diagnostic::order);
        insta::with_settings!({ description => text, omit_expression => true }, {
            insta::assert_snapshot!(name, draw(&source, &errors));
        });
    }
}

/// Twenty unrelated mistakes, each on a line that says so, are twenty findings on those lines and no others.
#[test]
fn twenty_mistakes_are_twenty_findings() {
    let text = include_str!("twenty.isms");
    let source = source(text);
    let mut errors = parse(&source, FILE).errors;
    errors.sort_by(Diagnostic::order);
    let index = source.line_index();
    let found: Vec<usize> = errors
        .iter()
        .filter_map(|one| one.primary.as_ref())
        .map(|label| index.line_of(label.place.span.start))
        .collect();
    let wanted: Vec<usize> =
        text.lines().enumerate().filter(|(_, line)| line.contains("MISTAKE")).map(|(line, _)| line).collect();
    assert_eq!(wanted.len(), 20);
    assert_eq!(found, wanted, "{}", draw(&source, &errors));
}
