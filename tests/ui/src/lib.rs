//! Compile-pass and compile-fail cases for the generated builders
