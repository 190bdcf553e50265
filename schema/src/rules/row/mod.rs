//! The rules of a row: what the job alone does not tell, because columns fill the fields.
//!
//! A [`Plan`] is made once for a schema and a job. Its [`Rows`] judge one row after the other: a good one gives its
//! [`Values`] and as a rule takes no memory of its own, a bad one gives all that is wrong with it. The emulator leaves bad rows
//! out; a check of a file before it is sent tells them.
//!
//! ```
//! # use std::path::Path;
//! use van_bulk_schema::Snapshot;
//! use van_bulk_schema::dynamic::JobBuilder;
//! use van_bulk_schema::rules::row::Plan;
//!
//! # let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../snapshots/sample");
//! let (snapshot, _) = Snapshot::load(&folder)?;
//! let mut job = JobBuilder::new(&snapshot.schema, "Contacts", "Phones of June", &["VanID", "Phone", "Type"])?;
//! job.mapping("Phones")?.column("Phone", "Phone")?.column("PhoneTypeID", "Type")?;
//! let payload = job.finish("phones.csv", "https://uploads.example.org/phones.zip")?;
//!
//! let plan = Plan::new(&snapshot.schema, &payload)?;
//! let mut rows = plan.rows();
//! assert!(rows.check(["1", "413-555-0100", "H"]).is_ok());
//!
//! let findings = rows.check(["2", "", "H"]).unwrap_err();
//! assert_eq!(findings[0].message, "Phones.PhoneTypeID is given, but Phones.Phone is blank");
//! assert_eq!(findings[1].message, "the required field Phones.Phone is blank");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What a row must be
//!
//! Cells are read without the blanks around them. VAN's docs do not say how rows are judged, so all of this is our
//! reading of what the discovery responses say about fields:
//!
//! - it has one cell for each column, and no cell holds the character NUL;
//! - the column that says which record the row is about (`VanID`, `ContributionID`) holds a whole number, as does a field
//!   `VanID` that is given;
//! - a text is not longer than the override `max-characters` of its field allows;
//! - a cell of a field whose values are known is the id of one, or a name that only one has, ignoring case; in a
//!   translated column it is one that the job translates, exactly;
//! - where a field is given, its parents are given and have values that allow it; with the override `parents = "any"`,
//!   one parent that is given and allows it is enough;
//! - the parents' values go with the field's value, where the list of values limits that;
//! - a required field is given; one that is limited to values of its parents, only where they have such values, unless
//!   the override `required = "always"` says otherwise;
//! - mappings of one `SinglePerType` mapping type have different types, or but one has none. A mapping that gives nothing
//!   in the row does not count.
//!
//! A static value is meant for the rows in which its parents are given: in others it is left out, and no reason to refuse
//! the row. What cannot be told because a cell is no known value is not told.
//!
//! `Single` and groups of fields that exclude each other are judged by job, not by row: [`check`](super::check) tells them,
//! whichever cells are blank.

pub mod codes;

mod finding;
mod judge;
mod keys;
mod lookup;
mod parent;
mod plan;
mod read;
mod types;

pub use finding::RowFinding;
pub use plan::{Plan, PlanError};
pub use read::{Rows, Values};

use read::Row;

type Rule = fn(&Row<'_>, &mut Vec<RowFinding>);

/// The rules of a row that has one cell for each column.
const RULES: &[Rule] = &[
    judge::cells_hold_no_nul,
    keys::records_are_numbered,
    judge::values_are_known,
    judge::cells_are_translated,
    judge::texts_are_not_too_long,
    parent::parents_are_given,
    parent::parents_allow_the_field,
    parent::parents_allow_the_value,
    judge::required_fields_are_given,
    types::types_differ,
];
