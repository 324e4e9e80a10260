//! Lists the files under `rules/`, so that adding a standard, a model or a rule touches one file there and none here.

#![expect(clippy::disallowed_methods, reason = "a build script reads files and speaks to cargo")]

use std::io::Write;
use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=rules");
    let mut files = Vec::new();
    collect(Path::new("rules"), &mut files)?;
    files.sort();
    let root = std::env::current_dir()?;
    let out = std::env::var_os("OUT_DIR").map(PathBuf::from).ok_or(std::io::ErrorKind::NotFound)?;
    let mut list = std::fs::File::create(out.join("rules.rs"))?;
    writeln!(list, "&[")?;
    for (number, file) in files.iter().enumerate() {
        let shown = file.to_string_lossy().replace('\\', "/");
        let untested = out.join(format!("{number}.isms"));
        std::fs::write(&untested, without_tests(&std::fs::read_to_string(file)?))?;
        writeln!(list, "    Shipped {{")?;
        writeln!(list, "        path: {shown:?},")?;
        writeln!(list, "        text: include_str!({:?}),", root.join(file))?;
        writeln!(list, "        without_tests: include_str!({untested:?}),")?;
        writeln!(list, "    }},")?;
    }
    writeln!(list, "]")
}

/// The same text with blanks where its tests are: a third of what is shipped, which a check would read for nothing. Every
/// other byte stays where it is. The shipped files are formatted, so that a declaration begins and ends in the first column.
fn without_tests(text: &str) -> String {
    let mut is_test = false;
    let mut blanked = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        is_test |= line.starts_with("test ");
        if is_test {
            blanked.extend(line.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        } else {
            blanked.push_str(line);
        }
        is_test &= line.trim_end() != "}";
    }
    blanked
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "isms") {
            files.push(path);
        }
    }
    Ok(())
}
