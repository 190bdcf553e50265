//! Compiles every case. To accept changed messages: `TRYBUILD=overwrite cargo test -p van-bulk-ui-tests`.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;
use std::path::Path;

#[test]
fn what_is_right_compiles_and_what_is_wrong_is_explained() {
    let cases = trybuild::TestCases::new();
    cases.pass("pass/*.rs");
    cases.compile_fail("fail/*.rs");
}

/// What a mistake may be to the compiler: a trait that is not implemented, a missing argument or field, a constant that
/// cannot be evaluated. A name that is not found would be a mistake of the case.
const CODES: [&str; 4] = ["E0277", "E0061", "E0063", "E0080"];

#[test]
fn every_mistake_gives_exactly_one_error_of_the_expected_kind() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fail");
    let mut cases = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "stderr") {
            let text = fs::read_to_string(&path).unwrap();
            let errors: Vec<&str> = text.lines().filter(|line| line.starts_with("error")).collect();
            // What the derive itself finds has no code.
            let is_of_a_row = path.file_name().unwrap().to_string_lossy().starts_with("row_");
            let is_expected = |error: &&str| {
                CODES.iter().any(|code| error.starts_with(&format!("error[{code}]")))
                    || (is_of_a_row && error.starts_with("error: "))
            };
            assert!(errors.len() == 1 && errors.iter().all(is_expected), "{}: {errors:?}", path.display());
            cases += 1;
        }
    }
    assert!(cases > 20, "{cases}");
}
