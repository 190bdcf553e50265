//! Whether a row can be imported, and the values it gives.

use std::collections::BTreeMap;

use csv::StringRecord;
use van_bulk_schema::rules::row::Rows;

use super::plan::Plan;

/// Why a row is left out of the import and of the result files. It names fields, never what the row holds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    /// The row breaks a rule; it may break others too.
    #[error("{0}")]
    Rule(String),
    #[error("the {0} is not a whole number")]
    KeyNotANumber(&'static str),
    #[error("there is no contact of this VanID")]
    NoSuchContact,
}

/// The values that one mapping gets from a row, by field; blank ones are left out.
pub(super) type Values = BTreeMap<String, String>;

/// The values of every mapping, in order, if the whole row is good.
pub(super) fn read(
    plan: &Plan<'_>,
    rows: &mut Rows<'_>,
    record: &StringRecord,
) -> Result<Vec<Values>, Refusal> {
    match rows.check(record) {
        Ok(values) => {
            let of_mapping = |index| {
                let values = values.of_mapping(index);
                values.map(|(field, value)| (field.to_owned(), value.to_owned())).collect()
            };
            Ok((0..plan.mappings.len()).map(of_mapping).collect())
        }
        Err(findings) => {
            let first = findings.into_iter().next().map(|finding| finding.message);
            Err(Refusal::Rule(first.unwrap_or_default()))
        }
    }
}
