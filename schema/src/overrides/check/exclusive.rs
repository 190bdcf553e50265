//! Groups of fields of which one job may fill one.

use std::collections::BTreeMap;

use super::{Check, EMPTY_GROUP, GROUPED_TWICE, PARENT_IN_OTHER_GROUP, REQUIRED_IN_GROUP, TOO_FEW_GROUPS};
use crate::json::JsonPath;
use crate::model::{Field, MappingType, Schema};
use crate::overrides::Exclusive;

/// A field that stands in a group.
struct Member<'a> {
    field: &'a Field,
    group: &'a str,
    at: JsonPath,
}

impl<'a> Check<'a> {
    pub(super) fn exclusive_groups(&mut self) {
        let at = JsonPath::root().key("exclusive");
        for (index, exclusive) in self.schema().overrides.exclusive.iter().enumerate() {
            let at = at.index(index);
            self.groups(exclusive, &at);
            let Some(mapping) = self.mapping_type(&exclusive.mapping_type, &at.key("mapping-type")) else {
                continue;
            };
            let members = self.members(mapping, exclusive, &at.key("groups"));
            self.required_members(mapping, &members);
            self.parents_of_members(mapping, &members);
        }
    }

    /// What is wrong with the groups whatever the snapshot is.
    fn groups(&mut self, exclusive: &Exclusive, at: &JsonPath) {
        let at = at.key("groups");
        if exclusive.groups.len() < 2 {
            let message = "exclusive groups are two or more".to_owned();
            self.error(
                TOO_FEW_GROUPS,
                &at,
                message,
                "add the group that this one excludes, or remove the entry",
            );
        }
        let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
        for (group, fields) in &exclusive.groups {
            let at = at.key(group);
            if fields.is_empty() {
                let message = format!("the group `{group}` has no fields");
                self.error(EMPTY_GROUP, &at, message, "name its fields, or remove it");
            }
            for (index, field) in fields.iter().enumerate() {
                if let Some(first) = seen.insert(field, group) {
                    let place = if first == group {
                        "already in this group".to_owned()
                    } else {
                        format!("also in `{first}`")
                    };
                    let message = format!("`{field}` is {place}");
                    self.error(GROUPED_TWICE, &at.index(index), message, "name each field once");
                }
            }
        }
    }

    /// The fields that the groups name and the mapping type has.
    fn members(
        &mut self,
        mapping: &'a MappingType,
        exclusive: &'a Exclusive,
        at: &JsonPath,
    ) -> Vec<Member<'a>> {
        let mut members = Vec::new();
        for (group, fields) in &exclusive.groups {
            for (index, name) in fields.iter().enumerate() {
                let at = at.key(group).index(index);
                if let Some(field) = self.field(mapping, name, &at) {
                    members.push(Member { field, group, at });
                }
            }
        }
        members
    }

    fn required_members(&mut self, mapping: &MappingType, members: &[Member<'_>]) {
        let required = always_required(self.schema(), mapping);
        for member in members {
            let name = &member.field.name;
            let why = match required.get(name.as_str()) {
                _ if member.field.is_required => format!("`{name}` is required"),
                Some(child) => format!("`{name}` is required, because `{child}` depends on it"),
                None => continue,
            };
            let message = format!("{why}, so the other groups could never be filled");
            self.error(REQUIRED_IN_GROUP, &member.at, message, "remove it from the group");
        }
    }

    /// A field whose parents are all in other groups, or one of them if it needs them all, can never be filled.
    fn parents_of_members(&mut self, mapping: &MappingType, members: &[Member<'_>]) {
        let group_of: BTreeMap<&str, &str> =
            members.iter().map(|member| (member.field.name.as_str(), member.group)).collect();
        for member in members {
            let name = &member.field.name;
            let limits = member.field.parent_limits();
            let elsewhere: Vec<(&str, &str)> = limits
                .iter()
                .filter_map(|limit| Some((limit.parent, *group_of.get(limit.parent)?)))
                .filter(|(_, group)| *group != member.group)
                .collect();
            let needed = if self.schema().any_parent(&mapping.name, name) { limits.len() } else { 1 };
            if let Some((parent, group)) = elsewhere.first().filter(|_| elsewhere.len() >= needed) {
                let message = format!(
                    "`{name}` depends on `{parent}`, which is in the group `{group}`, so it could never be filled"
                );
                self.error(PARENT_IN_OTHER_GROUP, &member.at, message, "put both in the same group");
            }
        }
    }
}

/// The fields that every mapping fills, each with a field that depends on it if that is why: those that are required
/// whatever their parents' values are, and the parents of these.
fn always_required<'a>(schema: &Schema, mapping: &'a MappingType) -> BTreeMap<&'a str, &'a str> {
    let mut required: BTreeMap<&str, &str> = BTreeMap::new();
    let mut open: Vec<&Field> = mapping
        .fields
        .iter()
        .filter(|field| {
            let limited = field.parent_limits().iter().any(|limit| limit.allowed.is_some());
            field.is_required && (!limited || schema.strictly_required(&mapping.name, &field.name))
        })
        .collect();
    while let Some(child) = open.pop() {
        // Of several parents of which any is enough, none is required.
        if schema.any_parent(&mapping.name, &child.name) {
            continue;
        }
        for parent in child.parents.iter().filter_map(|parent| mapping.field(&parent.parent_field_name)) {
            if !required.contains_key(parent.name.as_str()) {
                required.insert(&parent.name, &child.name);
                open.push(parent);
            }
        }
    }
    required
}
