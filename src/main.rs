//! The command `ismslint`.

fn main() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}
