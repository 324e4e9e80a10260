//! Writes a generated project: `cargo run --example generate -- FOLDER FILES`. The same one for the same number of files.

#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a tool for developers that writes files, and stops at what is wrong"
)]

#[path = "generator.rs"]
#[expect(dead_code, reason = "it makes more for the benchmark")]
mod generator;

use std::path::PathBuf;

const SEED: u64 = 7;

fn main() {
    let mut arguments = std::env::args_os().skip(1);
    let folder = arguments.next().map(PathBuf::from).expect("a folder");
    let files = arguments.next().and_then(|files| files.to_str()?.parse().ok()).expect("a number of files");
    for (path, text) in generator::project(files, SEED).files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder that can be made");
        std::fs::write(path, text).expect("a file that can be written");
    }
}
