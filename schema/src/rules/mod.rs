//! The rules of a bulk import job, stated over data: a [`Schema`] and a [`Payload`] give [`Finding`]s.
//!
//! A rule is one small function over a context in which every name is already looked up. The files are by subject: the
//! job and its file, the action, mapping types, fields, values, parents. A new rule needs its function, its line in
//! `RULES`, its name in [`codes`], and a test.
//!
//! What a mapping type asks of its fields, and a job of its mapping types, is the engine of [`van_bulk::rules`], which the
//! builders use too: `engine` gives it the schema and turns its problems into findings.
//!
//! What only the rows of a file can tell, such as the value of a parent that a column fills, is judged by [`row`].

pub mod codes;
pub mod row;

mod action;
mod columns;
mod context;
mod engine;
mod field;
mod job;
mod mapping;
mod parent;
mod value;

use crate::by_name;
use crate::finding::Finding;
use crate::model::Schema;
use crate::payload::Payload;
use context::{Context, Findings};

pub use engine::{Required, multiplicity, required};
pub use van_bulk::rules::Multiplicity;

/// The name of the document that findings are in.
pub const DOCUMENT: &str = "payload";

type Rule = fn(&Context<'_>, &mut Findings);

const RULES: &[Rule] = &[
    job::description_is_good,
    job::file_name_is_given,
    job::source_url_is_given,
    job::source_url_can_be_fetched,
    job::columns_are_good,
    job::key_column_is_first,
    job::delimiter_is_known,
    columns::no_column_is_unused,
    action::there_is_one_action,
    action::action_type_is_known,
    action::resource_type_is_known,
    action::result_file_size_is_in_bounds,
    action::result_columns_are_columns,
    action::there_are_mapping_types,
    mapping::mapping_type_is_known,
    engine::mapping_types_keep_their_rules,
    field::field_is_known,
    field::field_is_mapped_once,
    field::field_has_one_source,
    field::column_is_known,
    value::translations_have_a_column,
    value::translations_give_known_values,
    value::translations_are_unambiguous,
    value::static_value_is_not_blank,
    value::static_value_is_known,
    value::static_value_is_not_too_long,
    parent::static_parents_allow_the_static_value,
];

/// Every rule that `payload`, as it is sent, breaks; in the document [`DOCUMENT`], with paths such as
/// `actions[0].mappingTypes[2].fieldValueMappings[1].staticValue`.
///
/// Fields that VAN would fill by column name are taken as mapped, see [`by_name::expand`]; a finding about such a field
/// points to its mapping type. Names of mapping types and resource types must be exact; case is ignored for names of
/// fields and columns, as in what other clients send.
///
/// What only the rows of a file can tell, such as the value of a parent that comes from a column, is not checked here
/// but by [`row`].
pub fn check(schema: &Schema, payload: &Payload) -> Vec<Finding> {
    let expanded = by_name::expand(schema, payload);
    let context = Context::new(schema, payload, &expanded);
    let mut findings = Vec::new();
    for rule in RULES {
        rule(&context, &mut findings);
    }
    findings
}
