//! Rows and jobs are judged alike.

use van_bulk_schema::Severity;
use van_bulk_schema::overrides::RequiredMode;
use van_bulk_schema::payload::Payload;
use van_bulk_schema::rules;
use van_bulk_schema::rules::codes as job_codes;

use crate::support::{
    check, donations, job_of, mapping, overridden, recruited, schema, schema_with_alternatives,
};

/// Every way to take one of each.
fn combinations<'a>(pools: &[&[&'a str]]) -> Vec<Vec<&'a str>> {
    pools.iter().fold(vec![Vec::new()], |rows, pool| {
        rows.iter().flat_map(|row| pool.iter().map(|cell| [row.as_slice(), &[*cell]].concat())).collect()
    })
}

/// The job in which every value of the row is a static one, and fields whose cells are blank are not filled.
fn as_static(job: &Payload, row: &[&str]) -> Payload {
    let mut job = job.clone();
    let columns: Vec<String> = job.file.columns.iter().map(|column| column.name.to_string()).collect();
    for mapping in &mut job.actions[0].mapping_types {
        mapping.field_value_mappings.retain_mut(|entry| {
            let Some(column) = entry.column_name.take() else { return true };
            let cell = row[columns.iter().position(|name| *name == column).unwrap()];
            entry.static_value = Some(cell.to_owned().into());
            !cell.is_empty()
        });
    }
    job
}

#[test]
fn a_row_is_judged_like_a_job_whose_static_values_are_those_of_the_row() {
    let badge = |kind: &str| {
        let mut fields = vec![("BadgeTypeID", kind), ("ColorID", "A")];
        if kind != "=1" {
            fields.extend([("BadgeNumber", "B"), ("Engraving", "C")]);
        }
        job_of("Contacts", &[mapping("Badge", &fields)])
    };
    let ribbon = |kind, person| mapping("Ribbon", &[("RibbonTypeID", kind), ("PersonName", person)]);
    let ribbons = job_of("Contacts", &[ribbon("A", "B"), ribbon("=2", "D"), ribbon("C", "D")]);
    let mut strict = schema();
    overridden(&mut strict, "Donation", "Hours").required = Some(RequiredMode::Always);
    let texts: &[&str] = &["", "x"];
    let kinds: &[&str] = &["", "1", "2", "5"];
    let mut judged = [0, 0];
    for (schema, job, pools) in [
        (schema(), donations(), vec![&["", "M", "T"][..], texts, texts]),
        (strict, donations(), vec![&["", "M", "T"], texts, texts]),
        (schema(), badge("=1"), vec![&["", "R", "G"]]),
        (schema(), badge("=2"), vec![&["", "R", "G"], texts, texts]),
        (schema(), ribbons, vec![kinds, texts, kinds, texts]),
        (schema(), recruited(), vec![texts, kinds, texts]),
        (schema_with_alternatives(), recruited(), vec![texts, kinds, texts]),
    ] {
        for row in combinations(&pools) {
            let about_rows = [
                job_codes::REQUIRED_FIELD,
                job_codes::PARENT_NOT_MAPPED,
                job_codes::PARENT_VALUE,
                job_codes::TYPE_TWICE,
            ];
            let mut findings = rules::check(&schema, &as_static(&job, &row));
            findings
                .retain(|finding| finding.severity == Severity::Error && about_rows.contains(&finding.code));
            let own = check(&schema, &job, &row);
            assert_eq!(own.is_empty(), findings.is_empty(), "{row:?}\n{own:#?}\n{findings:#?}");
            judged[usize::from(own.is_empty())] += 1;
        }
    }
    assert!(judged.iter().all(|count| *count > 20), "{judged:?}");
}
