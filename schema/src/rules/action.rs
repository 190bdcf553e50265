//! Rules about the action of a job.

use van_bulk::header::same_name;
use van_bulk::job::RESULT_FILE_SIZE_KB;

use super::codes::*;
use super::context::{Context, Findings, action_path, error, help_or, list};
use crate::finding::did_you_mean;
use crate::json::JsonPath;
use crate::payload::LOAD_MAPPED_FILE;

pub(super) fn there_is_one_action(context: &Context<'_>, findings: &mut Findings) {
    let count = context.payload.actions.len();
    if count != 1 {
        findings.push(
            error(ONE_ACTION, JsonPath::root().key("actions"), format!("the job has {count} actions"))
                .help("give exactly one; send another job for another resource type"),
        );
    }
}

pub(super) fn action_type_is_known(context: &Context<'_>, findings: &mut Findings) {
    for (index, action) in context.payload.actions.iter().enumerate() {
        if action.action_type != LOAD_MAPPED_FILE {
            findings.push(
                error(
                    UNKNOWN_ACTION_TYPE,
                    action_path(index).key("actionType"),
                    format!("`{}` is no known `actionType`", action.action_type),
                )
                .help(format!("use `{LOAD_MAPPED_FILE}`")),
            );
        }
    }
}

pub(super) fn resource_type_is_known(context: &Context<'_>, findings: &mut Findings) {
    let resources = context.schema.all_resources();
    for (index, action) in context.payload.actions.iter().enumerate() {
        let name = action.resource_type.as_ref();
        if !resources.contains(&name) {
            let finding = error(
                UNKNOWN_RESOURCE_TYPE,
                action_path(index).key("resourceType"),
                format!("this key has no resource type `{name}`"),
            );
            findings.push(help_or(finding, did_you_mean(name, resources.iter().copied()), || {
                format!("it has {}", list(resources.iter().copied()))
            }));
        }
    }
}

pub(super) fn result_file_size_is_in_bounds(context: &Context<'_>, findings: &mut Findings) {
    let bounds = RESULT_FILE_SIZE_KB;
    for (index, action) in context.payload.actions.iter().enumerate() {
        if let Some(size) = action.result_file_size_kb_limit.filter(|size| !bounds.contains(size)) {
            findings.push(
                error(
                    RESULT_FILE_SIZE,
                    action_path(index).key("resultFileSizeKbLimit"),
                    format!("a size limit of {size} KB is out of bounds"),
                )
                .help(format!("give {} to {} KB", bounds.start(), bounds.end())),
            );
        }
    }
}

pub(super) fn result_columns_are_columns(context: &Context<'_>, findings: &mut Findings) {
    for (index, action) in context.payload.actions.iter().enumerate() {
        let at = action_path(index).key("columnsToIncludeInResultsFile");
        for (column, wanted) in action.columns_to_include_in_results_file.iter().enumerate() {
            if !context.columns().any(|name| same_name(name, &wanted.name)) {
                let finding = error(
                    UNKNOWN_RESULT_COLUMN,
                    at.index(column).key("name"),
                    format!("the file has no column `{}`", wanted.name),
                );
                findings.push(help_or(finding, did_you_mean(&wanted.name, context.columns()), || {
                    format!("its columns are {}", list(context.columns()))
                }));
            }
        }
    }
}

pub(super) fn there_are_mapping_types(context: &Context<'_>, findings: &mut Findings) {
    for (index, action) in context.payload.actions.iter().enumerate() {
        if action.mapping_types.is_empty() {
            findings.push(
                error(
                    NO_MAPPING_TYPES,
                    action_path(index).key("mappingTypes"),
                    "the action has no `mappingTypes`",
                )
                .help("say what to do with the columns; without a mapping nothing is imported"),
            );
        }
    }
}
