//! The rule about mapping types of which a job may hold one for each type.

use van_bulk_schema::rules::row::codes;

use crate::support::{broken, check, found, job_of, mapping, schema};

#[test]
fn mappings_of_one_type_have_different_types_in_a_row() {
    let ribbons = |first: &str, second: &str| {
        let ribbon = |kind| mapping("Ribbon", &[("RibbonTypeID", kind), ("PersonName", "C")]);
        job_of("Contacts", &[ribbon(first), mapping("Badge", &[("BadgeTypeID", "=1")]), ribbon(second)])
    };
    for (job, same, other) in [
        (ribbons("A", "B"), &["1", "1", ""][..], &["1", "2", ""][..]),
        (ribbons("=1", "B"), &["1", ""], &["2", ""]),
        (ribbons("A", "=1"), &["1", ""], &["2", ""]),
    ] {
        assert_eq!(broken(&schema(), &job, other), []);
        let [finding] = check(&schema(), &job, same).try_into().unwrap();
        assert_eq!((finding.code, finding.mapping), (codes::TYPE_TWICE, Some(2)));
        assert_eq!(finding.field.as_deref(), Some("RibbonTypeID"));
        assert_eq!(
            finding.message,
            "an earlier mapping has the same Ribbon.RibbonTypeID in this row, and VAN allows only one"
        );
    }
    let column_of_the_third = check(&schema(), &ribbons("A", "B"), &["1", "1", ""]);
    assert_eq!(column_of_the_third[0].column.as_deref(), Some("B"));
}

#[test]
fn a_type_by_id_and_the_same_by_name_are_one_type() {
    let mut schema = schema();
    let kinds = schema.values[&("Donation".to_owned(), "KindID".to_owned())].clone();
    schema.values.insert(("Ribbon".to_owned(), "RibbonTypeID".to_owned()), kinds);
    let ribbon = |kind| mapping("Ribbon", &[("RibbonTypeID", kind)]);
    let job = job_of("Contacts", &[ribbon("A"), ribbon("B")]);
    assert_eq!(broken(&schema, &job, &["M", "money"]), found([(codes::TYPE_TWICE, "RibbonTypeID")]));
    // Two cells that are no types are not the same type.
    assert_eq!(broken(&schema, &job, &["x", "x"]), found([(codes::UNKNOWN_VALUE, "RibbonTypeID"); 2]));
}

#[test]
fn one_mapping_may_have_no_type_where_the_type_may_be_left_out() {
    let mut schema = schema();
    let mapping_type = schema.mapping_types.iter_mut().find(|mapping| mapping.name == "Ribbon").unwrap();
    mapping_type.fields[0].is_required = false;
    let overrides = schema.overrides.mapping_types.entry("Ribbon".to_owned()).or_default();
    overrides.type_field = Some("RibbonTypeID".to_owned());
    let typed = mapping("Ribbon", &[("RibbonTypeID", "A"), ("PersonName", "B")]);
    let untyped = mapping("Ribbon", &[("PersonName", "C")]);
    for (job, column) in [
        (job_of("Contacts", &[typed.clone(), untyped.clone()]), None),
        (job_of("Contacts", &[untyped, typed]), Some("A")),
    ] {
        assert_eq!(broken(&schema, &job, &["1", "Ada", "Bao"]), []);
        let [finding] = check(&schema, &job, &["", "Ada", "Bao"]).try_into().unwrap();
        assert_eq!((finding.code, finding.column.as_deref()), (codes::TYPE_TWICE, column));
        assert_eq!(finding.mapping, Some(1));
        // A mapping that gives nothing in the row does not count.
        assert_eq!(broken(&schema, &job, &["", "", "Bao"]), []);
        assert_eq!(broken(&schema, &job, &["", "", ""]), []);
    }
}
