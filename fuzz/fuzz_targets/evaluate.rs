#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| ismslint_fuzz::evaluate(text));
