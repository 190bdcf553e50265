//! Compiles every case. To accept changed messages: `TRYBUILD=overwrite cargo test -p van-bulk-ui-tests`.

#[test]
fn what_is_right_compiles_and_what_is_wrong_is_explained() {
    let cases = trybuild::TestCases::new();
    cases.pass("pass/*.rs");
    cases.compile_fail("fail/*.rs");
}
