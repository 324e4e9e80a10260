//! The command `ismslint`.

fn main() -> std::process::ExitCode {
    ismslint::cli::main()
}
