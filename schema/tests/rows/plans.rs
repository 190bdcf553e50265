//! What a plan takes and gives.

use van_bulk_schema::rules::codes as job_codes;
use van_bulk_schema::rules::row::{Plan, RowFinding, codes};

use crate::support::{broken, donations, found, job, job_of, mapping, schema};

#[test]
fn a_good_row_gives_each_mapping_its_values() {
    let (schema, job) = (schema(), job("good.json"));
    let plan = Plan::new(&schema, &job).unwrap();
    let mut rows = plan.rows();
    let values = rows.check(["7", " vol ", "", "", "N 1", "To Ada"]).unwrap();
    let of = |mapping| values.of_mapping(mapping).collect::<Vec<_>>();
    assert_eq!(of(0), [("ActivistCodeID", "101")]);
    let badge = [("BadgeTypeID", "2"), ("Engraving", "To Ada"), ("BadgeNumber", "N 1"), ("ColorID", "R")];
    assert_eq!(of(1), badge);
    assert_eq!(of(2), []);
}

#[test]
fn nothing_of_a_row_stays_for_the_next() {
    let schema = schema();
    let job = donations();
    let plan = Plan::new(&schema, &job).unwrap();
    let mut rows = plan.rows();
    assert!(rows.check(["M", "5", ""]).is_ok());
    assert_eq!(rows.check(["", "", ""]).unwrap_err()[0].code, codes::REQUIRED_BLANK);
    assert_eq!(rows.check(["M", "", ""]).unwrap_err()[0].code, codes::REQUIRED_BLANK);
    assert!(rows.check(["T", "", "2"]).is_ok());
}

#[test]
fn a_plan_takes_the_columns_that_van_maps_by_name() {
    let job = job("activist_codes_by_name.json");
    let count = job.file.columns.len();
    let row: Vec<&str> = job
        .file
        .columns
        .iter()
        .map(|column| match column.name.to_lowercase().as_str() {
            "activistcodeid" => "9",
            "vanid" => "1",
            _ => "",
        })
        .collect();
    assert_eq!(Plan::new(&schema(), &job).unwrap().columns(), count);
    assert_eq!(broken(&schema(), &job, &row), found([(codes::UNKNOWN_VALUE, "ActivistCodeID")]));
}

#[test]
fn a_plan_is_made_before_the_address_of_the_file_is_known_but_not_of_a_wrong_job() {
    assert!(Plan::new(&schema(), &donations()).is_ok());
    let wrong = job_of("Contacts", &[mapping("Donation", &[("KindID", "A"), ("Amuont", "B")])]);
    let error = Plan::new(&schema(), &wrong).unwrap_err();
    let found: Vec<&str> = error.findings.iter().map(|finding| finding.code).collect();
    assert_eq!(found, [job_codes::WRONG_RESOURCE_TYPE, job_codes::UNKNOWN_FIELD]);
    assert!(error.to_string().contains("did you mean `Amount`?"), "{error}");
}

#[test]
fn every_rule_that_a_row_breaks_is_told_in_the_order_of_the_mappings() {
    let job = job("good.json");
    assert_eq!(
        broken(&schema(), &job, &["7", "", "Ada", "", "", "To Ada"]),
        found([
            (codes::REQUIRED_BLANK, "ActivistCodeID"),
            (codes::PARENT_BLANK, "Engraving"),
            (codes::REQUIRED_BLANK, "BadgeNumber"),
        ])
    );
}

#[test]
fn single_and_exclusive_groups_are_rules_of_the_job_whichever_cells_are_blank() {
    let both = mapping("Ribbon", &[("RibbonTypeID", "=1"), ("PersonName", "A"), ("GroupName", "B")]);
    let error = Plan::new(&schema(), &job_of("Contacts", &[both])).unwrap_err();
    assert_eq!(error.findings[0].code, job_codes::EXCLUSIVE);
    let badge = || mapping("Badge", &[("BadgeTypeID", "=1"), ("Note", "A")]);
    let error = Plan::new(&schema(), &job_of("Contacts", &[badge(), badge()])).unwrap_err();
    assert_eq!(error.findings[0].code, job_codes::SINGLE_TWICE);
}

#[test]
fn a_plan_without_mappings_judges_the_number_of_cells_and_nul_alone() {
    let plan = Plan::without_mappings(&["VanID", "B"]);
    assert_eq!(plan.columns(), 2);
    let mut rows = plan.rows();
    for row in [["", ""], ["not a number", " "], ["1", "é\u{1}"]] {
        let values = rows.check(row).unwrap();
        assert_eq!(values.of_mapping(0).count(), 0);
    }
    let told = |findings: Vec<RowFinding>| {
        findings.into_iter().map(|finding| (finding.code, finding.column)).collect::<Vec<_>>()
    };
    assert_eq!(told(rows.check(["1"]).unwrap_err()), [(codes::CELL_COUNT, None)]);
    assert_eq!(told(rows.check(["1", "\0", ""]).unwrap_err()), [(codes::CELL_COUNT, None)]);
    assert_eq!(told(rows.check(["1", "\0"]).unwrap_err()), [(codes::NUL, Some("B".to_owned()))]);
}
