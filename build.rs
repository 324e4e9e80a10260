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
    for file in files {
        let shown = file.to_string_lossy().replace('\\', "/");
        writeln!(list, "    ({shown:?}, include_str!({:?})),", root.join(&file))?;
    }
    writeln!(list, "]")
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
