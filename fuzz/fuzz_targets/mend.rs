#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ismslint_fuzz::mend(bytes));
