//! The commands in a user's own workspace, outside this repository, with a schema that this repository has never seen.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod init;
mod shell;
mod support;
mod whole;
