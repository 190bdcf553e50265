//! Rules about fields that depend on others.

use serde_json::json;
use van_bulk_schema::rules::row::codes;

use crate::support::{
    broken, check, donations, found, given, job, job_of, mapping, recruited, schema,
    schema_with_alternatives, values,
};

#[test]
fn a_child_needs_its_parents_in_the_same_row() {
    let mut schema = schema_with_alternatives();
    schema.overrides.mapping_types.clear();
    let job = recruited();
    assert_eq!(broken(&schema, &job, &["", "", ""]), []);
    assert_eq!(broken(&schema, &job, &["Ada", "5", "today"]), []);
    assert_eq!(
        broken(&schema, &job, &["", "5", "today"]),
        found([(codes::PARENT_BLANK, "DateCanvassed")]),
        "all parents are needed"
    );
    let [first, second] = check(&schema, &job, &["", "", "today"]).try_into().unwrap();
    assert_eq!(first.message, "ActivistCode.DateCanvassed is given, but ActivistCode.CanvassedBy is blank");
    assert_eq!(first.help, "fill the column `A`, or clear the column `C`");
    assert_eq!((first.column.as_deref(), first.value.as_deref()), (Some("C"), Some("today")));
    assert_eq!(
        second.message,
        "ActivistCode.DateCanvassed is given, but ActivistCode.ContactTypeID is blank"
    );
}

#[test]
fn one_parent_is_enough_where_an_override_says_so() {
    let (schema, job) = (schema_with_alternatives(), recruited());
    assert_eq!(broken(&schema, &job, &["Ada", "", "today"]), []);
    assert_eq!(broken(&schema, &job, &["", "5", "today"]), []);
    assert_eq!(broken(&schema, &job, &["Ada", "6", "today"]), [], "one that allows it is enough");
    assert_eq!(
        broken(&schema, &job, &["", "6", "today"]),
        found([(codes::PARENT_VALUE, "DateCanvassed")]),
        "the one that is given does not allow it"
    );
    let [finding] = check(&schema, &job, &["", "", "today"]).try_into().unwrap();
    assert_eq!(finding.code, codes::PARENT_BLANK);
    assert_eq!(
        finding.message,
        "ActivistCode.DateCanvassed is given, but ActivistCode.CanvassedBy and ActivistCode.ContactTypeID are blank"
    );
    assert_eq!(finding.help, "fill the column `A` or the column `B`, or clear the column `C`");
}

#[test]
fn a_parent_allows_its_child_only_with_the_right_value() {
    let [finding] = check(&schema(), &donations(), &["T", "5", "2"]).try_into().unwrap();
    assert_eq!((finding.code, finding.field.as_deref()), (codes::PARENT_VALUE, Some("Amount")));
    assert_eq!(finding.message, "the value of Donation.KindID does not allow Donation.Amount");
    assert_eq!(finding.help, "it is allowed where `KindID` is one of: `M`");
    assert_eq!(finding.value.as_deref(), Some("5"));
}

#[test]
fn a_value_goes_only_with_the_right_value_of_its_parent() {
    let badge = |kind: &str| {
        let fields = [("BadgeTypeID", kind), ("ColorID", "A"), ("BadgeNumber", "=1")];
        let count = if kind == "=1" { 2 } else { 3 };
        job_of("Contacts", &[mapping("Badge", &fields[..count])])
    };
    assert_eq!(broken(&schema(), &badge("=1"), &["Green"]), []);
    assert_eq!(broken(&schema(), &badge("=2"), &["red"]), []);
    let [finding] = check(&schema(), &badge("=2"), &["green"]).try_into().unwrap();
    assert_eq!((finding.code, finding.field.as_deref()), (codes::PARENT_VALUE, Some("ColorID")));
    assert_eq!(finding.help, "it is allowed where `BadgeTypeID` is one of: `1`");
}

#[test]
fn a_value_that_goes_only_with_some_values_of_a_field_needs_that_field() {
    let mut schema = schema();
    let values = schema.values.get_mut(&("Badge".to_owned(), "ColorID".to_owned())).unwrap();
    values.values[1].parents[0].parent_field_name = "Motto".to_owned();
    let fields = [("BadgeTypeID", "=1"), ("ColorID", "A"), ("Motto", "B")];
    let job = job_of("Contacts", &[mapping("Badge", &fields)]);
    assert_eq!(broken(&schema, &job, &["G", "1"]), []);
    let [finding] = check(&schema, &job, &["G", ""]).try_into().unwrap();
    assert_eq!(finding.code, codes::PARENT_VALUE);
    assert_eq!(finding.message, "the value of Badge.ColorID needs Badge.Motto, which is blank");
}

#[test]
fn translated_and_static_values_are_judged_by_what_their_lists_say_too() {
    let mut schema = schema();
    let mapping_type = schema.mapping_types.iter_mut().find(|mapping| mapping.name == "Badge").unwrap();
    mapping_type.fields[0].can_be_mapped_to_column = true;
    let fixed = job_of("Contacts", &[mapping("Badge", &[("BadgeTypeID", "A"), ("ColorID", "=G")])]);
    assert_eq!(broken(&schema, &fixed, &["1"]), []);
    let refused = (codes::PARENT_VALUE, "ColorID");
    assert_eq!(broken(&schema, &fixed, &["2"]), found([refused, (codes::REQUIRED_BLANK, "BadgeNumber")]));

    let mut translated = job("good.json");
    let color = &mut translated.actions[0].mapping_types[1].field_value_mappings[3];
    *color = serde_json::from_value(json!({
        "fieldName": "ColorID", "columnName": "Color", "values": [{ "sourceValue": "g", "targetValue": "G" }]
    }))
    .unwrap();
    assert_eq!(broken(&schema, &translated, &["7", "vol", "", "g", "1", ""]), found([refused]));
}

#[test]
fn a_static_child_of_a_blank_parent_is_left_out() {
    let fields = [
        ("ActivistCodeID", "=101"),
        ("CanvassedBy", "A"),
        ("DateCanvassed", "=today"),
        ("ContactTypeID", "=1"),
    ];
    let job = job_of("Contacts", &[mapping("ActivistCode", &fields)]);
    assert_eq!(values(&schema(), &job, &[""]), given([("ActivistCodeID", "101")]));
    assert_eq!(values(&schema(), &job, &["Ada"]).len(), 4);
}

#[test]
fn a_static_child_stays_where_one_parent_is_enough() {
    let fields = [
        ("ActivistCodeID", "=101"),
        ("CanvassedBy", "A"),
        ("ContactTypeID", "B"),
        ("DateCanvassed", "=today"),
    ];
    let job = job_of("Contacts", &[mapping("ActivistCode", &fields)]);
    let schema = schema_with_alternatives();
    assert_eq!(values(&schema, &job, &["", ""]).len(), 1);
    assert_eq!(values(&schema, &job, &["", "5"]).len(), 3);
}

#[test]
fn a_required_static_child_needs_its_parent() {
    let mut schema = schema();
    let mapping_type =
        schema.mapping_types.iter_mut().find(|mapping| mapping.name == "ActivistCode").unwrap();
    mapping_type.fields[2].is_required = true;
    let fields = [("ActivistCodeID", "=101"), ("CanvassedBy", "A"), ("DateCanvassed", "=today")];
    let job = job_of("Contacts", &[mapping("ActivistCode", &fields)]);
    let [finding] = check(&schema, &job, &[""]).try_into().unwrap();
    assert_eq!(finding.code, codes::REQUIRED_BLANK);
    assert_eq!(
        finding.message,
        "the required field ActivistCode.DateCanvassed needs ActivistCode.CanvassedBy, which is blank"
    );
    assert_eq!(finding.help, "fill the column `A`, or leave the row out of the file");

    // Where the parent itself is required, one of the two says enough.
    let mapping_type =
        schema.mapping_types.iter_mut().find(|mapping| mapping.name == "ActivistCode").unwrap();
    mapping_type.fields[1].is_required = true;
    assert_eq!(broken(&schema, &job, &[""]), found([(codes::REQUIRED_BLANK, "CanvassedBy")]));
}

#[test]
fn what_depends_on_a_value_that_is_not_known_is_not_told() {
    let findings = broken(&schema(), &donations(), &["nonsense", "5", "2"]);
    assert_eq!(findings, found([(codes::UNKNOWN_VALUE, "KindID")]));
}
