//! What the groups of benches share: made-up schemas, turns, times, targets, and where they work.

pub(super) mod callgrind;
pub(super) mod charts;
pub(super) mod history;
pub(super) mod locks;
pub(super) mod page;
pub(super) mod python;
pub(super) mod results;
pub(super) mod samples;
pub(super) mod schema;
pub(super) mod targets;
pub(super) mod tools;
pub(super) mod turns;
pub(super) mod workspaces;
