//! Rules about the mapping types of an action.

use super::codes::*;
use super::context::{Context, Findings, error, help_or, list};
use crate::finding::did_you_mean;

pub(super) fn mapping_type_is_known(context: &Context<'_>, findings: &mut Findings) {
    let names = || context.schema.mapping_types.iter().map(|mapping| mapping.name.as_str());
    for mapping in context.mappings.iter().filter(|mapping| mapping.known.is_none()) {
        let finding = error(
            UNKNOWN_MAPPING_TYPE,
            mapping.path.key("name"),
            format!("this key has no mapping type `{}`", mapping.name),
        );
        findings.push(help_or(finding, did_you_mean(mapping.name, names()), || {
            format!("it has {}", list(names()))
        }));
    }
}
