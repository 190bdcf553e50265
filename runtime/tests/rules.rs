//! The rules of mapping types over data, as a finished job and `apply_checked` see them.

use van_bulk::payload::{FieldValueMapping, MappingType};
use van_bulk::rules::{Group, MappingRules, Multiplicity, Problem, check};

static RULES: MappingRules<'static> = MappingRules {
    name: "Badge",
    multiplicity: Multiplicity::SinglePerType("Kind"),
    resource_types: &["Contacts"],
    fields: &["Name", "Kind", "Note", "Number", "Detail", "Person", "Company"],
    required: &["Name"],
    required_when_allowed: &["Number"],
    static_only: &["Kind"],
    parents: &[("Note", "Kind"), ("Number", "Kind"), ("Detail", "Kind"), ("Detail", "Name")],
    limits: &[("Number", "Kind", "1"), ("Detail", "Kind", "1")],
    any_parent: &["Detail"],
    exclusive: &[&[
        Group { name: "people", fields: &["Person"] },
        Group { name: "companies", fields: &["Company"] },
    ]],
};

/// A badge with a name from a column, and these static values.
fn badge(values: &[(&'static str, &'static str)]) -> MappingType {
    let name =
        FieldValueMapping { field_name: "Name".into(), column_name: Some("A".into()), ..Default::default() };
    let others = values.iter().map(|(field, value)| FieldValueMapping {
        field_name: (*field).into(),
        static_value: Some((*value).into()),
        ..Default::default()
    });
    MappingType {
        name: "Badge".into(),
        field_value_mappings: std::iter::once(name).chain(others).collect(),
        ..Default::default()
    }
}

fn problems(resource_type: &str, mappings: &[MappingType]) -> Vec<String> {
    let uses: Vec<_> = mappings.iter().map(|mapping| (&RULES, mapping)).collect();
    check(resource_type, &uses)
        .iter()
        .map(|broken| format!("{}: {}", broken.mapping, broken.problem))
        .collect()
}

#[test]
fn a_good_job_has_no_problems() {
    let mappings = [
        badge(&[("Kind", "1"), ("Number", "7"), ("Note", "x"), ("Person", "y")]),
        badge(&[("Kind", "2"), ("Person", "y")]),
        badge(&[]),
    ];
    assert_eq!(problems("Contacts", &mappings), [""; 0]);
}

#[test]
fn a_job_takes_only_the_mapping_types_of_its_resource_type() {
    assert_eq!(
        problems("Things", &[badge(&[])]),
        ["0: a `Things` job does not take the mapping type `Badge`"]
    );
}

#[test]
fn a_field_that_the_mapping_type_does_not_have_is_told() {
    assert_eq!(problems("Contacts", &[badge(&[("Nmae", "x")])]), ["0: there is no field `Nmae`"]);
}

#[test]
fn required_fields_are_filled_always_or_where_their_parent_requires_them() {
    let mut nameless = badge(&[("Kind", "2")]);
    nameless.field_value_mappings.remove(0);
    assert_eq!(problems("Contacts", &[nameless]), ["0: the required field `Name` is not mapped"]);
    assert_eq!(
        problems("Contacts", &[badge(&[("Kind", "1")])]),
        ["0: the field `Number` is required where `Kind` is `1`"]
    );
}

#[test]
fn parents_are_mapped_and_allow_the_field() {
    assert_eq!(
        problems("Contacts", &[badge(&[("Note", "x")])]),
        ["0: the field `Note` needs the field `Kind`, which is not mapped"]
    );
    assert_eq!(
        problems("Contacts", &[badge(&[("Kind", "2"), ("Number", "7")])]),
        ["0: the field `Number` is not allowed where `Kind` is `2`"]
    );
}

#[test]
fn one_parent_that_allows_the_field_is_enough_where_the_rules_say_so() {
    assert_eq!(problems("Contacts", &[badge(&[("Detail", "x")])]), [""; 0], "the name is mapped");
    let mut nameless = badge(&[("Kind", "2"), ("Detail", "x")]);
    nameless.field_value_mappings.remove(0);
    assert_eq!(
        problems("Contacts", &[nameless]),
        [
            "0: the required field `Name` is not mapped",
            "0: the field `Detail` is not allowed where `Kind` is `2`"
        ]
    );
}

#[test]
fn a_static_only_field_takes_no_column() {
    let mut mapping = badge(&[]);
    mapping.field_value_mappings.push(FieldValueMapping {
        field_name: "Kind".into(),
        column_name: Some("B".into()),
        ..Default::default()
    });
    assert_eq!(problems("Contacts", &[mapping]), ["0: the field `Kind` cannot be mapped to a column"]);
}

#[test]
fn a_job_holds_one_mapping_of_each_type_and_one_without() {
    let two = |values: &[(&'static str, &'static str)]| problems("Contacts", &[badge(values), badge(values)]);
    assert_eq!(
        two(&[("Kind", "2")]),
        ["1: this job already has a `Badge` mapping with the Kind `2`, and VAN allows only one"]
    );
    assert_eq!(
        two(&[]),
        ["1: this job already has a `Badge` mapping without a Kind, and VAN allows only one"]
    );
}

#[test]
fn groups_exclude_each_other_in_a_mapping_and_in_a_job() {
    let expected = "the fields `Company` and `Person` cannot be imported by one job";
    assert_eq!(
        problems("Contacts", &[badge(&[("Person", "x"), ("Company", "y")])]),
        [format!("0: {expected}")]
    );
    let mappings = [badge(&[("Kind", "2"), ("Person", "x")]), badge(&[("Company", "y")])];
    assert_eq!(problems("Contacts", &mappings), [format!("1: {expected}")]);
}

#[test]
fn every_problem_says_what_to_do() {
    let mappings = [badge(&[("Note", "x"), ("Nmae", "x")]), badge(&[("Kind", "1")])];
    for broken in check("Things", &mappings.iter().map(|mapping| (&RULES, mapping)).collect::<Vec<_>>()) {
        assert!(!broken.problem.help().is_empty());
        let is_about_a_field = !matches!(broken.problem, Problem::WrongResource { .. });
        assert_eq!(broken.problem.field().is_some(), is_about_a_field);
    }
}
