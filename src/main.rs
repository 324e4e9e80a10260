//! The command `ismslint`.

/// A check makes millions of small allocations on all threads and forgets them together.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    ismslint::cli::main()
}
