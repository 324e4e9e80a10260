//! The command line as people see it: every transcript under `tests/cli/` and in the README is run.

#[test]
fn transcripts() {
    trycmd::TestCases::new().case("tests/cli/*.trycmd").case("README.md");
}
