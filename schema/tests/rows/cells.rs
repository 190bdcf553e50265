//! Rules about cells: how many there are, what they hold, and which must not be blank.

use van_bulk_schema::Schema;
use van_bulk_schema::Value;
use van_bulk_schema::overrides::RequiredMode;
use van_bulk_schema::rules::row::codes;

use crate::support::{
    broken, check, donations, found, given, job, job_of, mapping, overridden, schema, values,
};

#[test]
fn a_row_has_one_cell_for_each_column() {
    for row in [&["M", "5"][..], &["M", "5", "", "x"], &[""; 80], &[]] {
        let findings = check(&schema(), &donations(), row);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].code, codes::CELL_COUNT);
        assert_eq!(
            findings[0].message,
            format!(
                "it has {} for 3 columns",
                if row.len() == 1 { "1 cell".to_owned() } else { format!("{} cells", row.len()) }
            )
        );
    }
}

#[test]
fn a_cell_is_the_id_or_the_unique_name_of_a_known_value() {
    let fields = given([("KindID", "M"), ("Amount", "5")]);
    for cell in ["M", "Money", " mONEY "] {
        assert_eq!(values(&schema(), &donations(), &[cell, "5", ""]), fields, "{cell}");
    }
    let findings = check(&schema(), &donations(), &["Mony", "", ""]);
    let [finding] = findings.try_into().unwrap();
    assert_eq!((finding.code, finding.mapping), (codes::UNKNOWN_VALUE, Some(0)));
    assert_eq!(finding.field.as_deref(), Some("KindID"));
    assert_eq!((finding.column.as_deref(), finding.value.as_deref()), (Some("A"), Some("Mony")));
    assert_eq!(finding.message, "the value of Donation.KindID is none of its predefined values");
    assert_eq!(finding.help, "did you mean `Money`?");
}

#[test]
fn a_name_in_any_script_is_found_ignoring_case() {
    let mut schema = schema();
    schema.values.get_mut(&("Donation".to_owned(), "KindID".to_owned())).unwrap().values[0].name =
        "Čas ΟΔΟΣ".to_owned();
    assert_eq!(broken(&schema, &donations(), &["ČAS οδος", "5", ""]), []);
}

#[test]
fn a_name_that_several_values_have_stands_for_none_of_them() {
    let mut schema = schema();
    let values = schema.values.get_mut(&("Donation".to_owned(), "KindID".to_owned())).unwrap();
    let other = Value { id: "M2".to_owned(), ..values.values[0].clone() };
    values.values.push(other);
    let [finding] = check(&schema, &donations(), &["money", "", ""]).try_into().unwrap();
    assert_eq!(finding.code, codes::UNKNOWN_VALUE);
    assert_eq!(finding.help, "several values have this name; give the id of one: `M`, `M2`");
}

#[test]
fn an_id_counts_before_a_name() {
    let mut schema = schema();
    let values = schema.values.get_mut(&("Donation".to_owned(), "KindID".to_owned())).unwrap();
    values.values[1].name = "M".to_owned();
    assert_eq!(values_of_kind(&schema), given([("KindID", "M"), ("Amount", "5")]));
}

fn values_of_kind(schema: &Schema) -> Vec<(String, String)> {
    values(schema, &donations(), &["M", "5", ""])
}

#[test]
fn any_value_is_taken_where_the_list_is_not_known() {
    let mut schema = schema();
    schema.values.clear();
    let job = job_of("Contacts", &[mapping("ActivistCode", &[("ActivistCodeID", "A")])]);
    assert_eq!(values(&schema, &job, &[" 999 "]), given([("ActivistCodeID", "999")]));
}

#[test]
fn what_a_cell_holds_is_shown_short_and_printable_and_only_as_the_value() {
    let cell = format!("a\u{202e}b\n\u{1b}{}", "x".repeat(100));
    let [finding] = check(&schema(), &donations(), &[&cell, "", ""]).try_into().unwrap();
    assert!(!finding.message.contains('x') && !finding.help.contains("xx"));
    assert_eq!(finding.value.unwrap(), format!("ab {}…", "x".repeat(57)));
}

#[test]
fn a_translated_column_takes_only_what_is_translated() {
    let job = job("good.json");
    let [finding] = check(&schema(), &job, &["7", "Vol", "", "", "1", ""]).try_into().unwrap();
    assert_eq!((finding.code, finding.value.as_deref()), (codes::NOT_TRANSLATED, Some("Vol")));
    assert_eq!(
        finding.help,
        "add a translation, or correct the cell; translated, case included, are `sign`, `vol`"
    );
    // Not even the id of a value.
    assert_eq!(
        broken(&schema(), &job, &["7", "101", "", "", "1", ""]),
        found([(codes::NOT_TRANSLATED, "ActivistCodeID")])
    );
}

#[test]
fn a_blank_cell_can_be_translated() {
    let mut job = job("good.json");
    let entry = &mut job.actions[0].mapping_types[0].field_value_mappings[0];
    entry.values[0].source_value = "".into();
    assert_eq!(values(&schema(), &job, &["7", "", "", "", "1", ""]), given([("ActivistCodeID", "101")]));
}

#[test]
fn a_required_cell_is_not_blank() {
    let job = job("good.json");
    let [finding] = check(&schema(), &job, &["7", "  ", "", "", "1", ""]).try_into().unwrap();
    assert_eq!(finding.code, codes::REQUIRED_BLANK);
    assert_eq!(finding.message, "the required field ActivistCode.ActivistCodeID is blank");
    assert_eq!(finding.help, "fill the column `Code`, or leave the row out of the file");
    assert_eq!((finding.column.as_deref(), finding.value), (Some("Code"), None));
}

#[test]
fn a_field_limited_to_values_of_its_parent_is_required_only_in_rows_that_have_them() {
    let (schema, job) = (schema(), donations());
    assert_eq!(broken(&schema, &job, &["M", "5", ""]), []);
    assert_eq!(broken(&schema, &job, &["T", "", "2"]), []);
    assert_eq!(broken(&schema, &job, &["T", "", ""]), found([(codes::REQUIRED_BLANK, "Hours")]));
    assert_eq!(broken(&schema, &job, &["money", "", ""]), found([(codes::REQUIRED_BLANK, "Amount")]));
}

#[test]
fn a_field_that_a_row_requires_is_missed_though_no_column_fills_it() {
    let job = job_of("Contributions", &[mapping("Donation", &[("KindID", "A"), ("Amount", "B")])]);
    assert_eq!(broken(&schema(), &job, &["M", "5"]), []);
    let [finding] = check(&schema(), &job, &["T", ""]).try_into().unwrap();
    assert_eq!(
        (finding.code, finding.field.as_deref(), finding.column),
        (codes::REQUIRED_BLANK, Some("Hours"), None)
    );
    assert_eq!(finding.message, "the field Donation.Hours is required here, and nothing fills it");
}

#[test]
fn a_field_can_be_overridden_to_be_required_in_every_row() {
    let mut schema = schema();
    overridden(&mut schema, "Donation", "Amount").required = Some(RequiredMode::Always);
    assert_eq!(
        broken(&schema, &donations(), &["T", "", "2"]),
        found([(codes::REQUIRED_BLANK, "Amount")]),
        "although the value of the parent does not allow it"
    );
}

#[test]
fn no_cell_holds_the_character_nul() {
    let (schema, job) = (schema(), job("good.json"));
    let [finding] = check(&schema, &job, &["7", "vol", "a\0b", "", "1", ""]).try_into().unwrap();
    assert_eq!((finding.code, finding.mapping, &finding.field), (codes::NUL, None, &None));
    assert_eq!((finding.column.as_deref(), finding.value.as_deref()), (Some("Recruiter"), Some("a b")));
    assert_eq!(finding.message, "the column `Recruiter` holds a NUL character");
    // In any column, whether a mapping names it or not, and at the ends of a cell, too: it is not a blank.
    assert_eq!(broken(&schema, &job, &["7", "vol", "", "\0", "1", ""]), found([(codes::NUL, "")]));
    assert_eq!(
        broken(&schema, &job, &["7", "vol", "", "x\0", "1\0", ""]),
        found([(codes::NUL, ""), (codes::NUL, "")])
    );
    assert_eq!(broken(&schema, &job, &["7", "vol", "\u{1}", "\\0", "1", "%00"]), []);
}

#[test]
fn a_text_is_not_longer_than_its_override_allows() {
    let mut schema = schema();
    let job = job("good.json");
    let row = |text| ["7", "vol", "", "", "1", text];
    let long = "x".repeat(10_000);
    assert_eq!(broken(&schema, &job, &row(&long)), [], "nothing is known of its length");
    overridden(&mut schema, "Badge", "Engraving").max_characters = Some(5);
    for text in ["", "To Aï", "  To Aï  ", "日本語日本", "👩👩👩👩👩"] {
        assert_eq!(broken(&schema, &job, &row(text)), [], "{text}");
    }
    let [finding] = check(&schema, &job, &row("To Ada")).try_into().unwrap();
    assert_eq!(
        (finding.code, finding.mapping, finding.field.as_deref()),
        (codes::TOO_LONG, Some(1), Some("Engraving"))
    );
    assert_eq!((finding.column.as_deref(), finding.value.as_deref()), (Some("Text"), Some("To Ada")));
    assert_eq!(finding.message, "the text of Badge.Engraving has 6 characters, and may have 5");
    assert!(finding.help.contains("`max-characters` in `overrides.toml`"), "{}", finding.help);
    let [finding] = check(&schema, &job, &row(&long)).try_into().unwrap();
    assert!(finding.message.contains("has 10000 characters"), "{}", finding.message);
    assert_eq!(broken(&schema, &job, &row("日本語日本語")), found([(codes::TOO_LONG, "Engraving")]));
}

#[test]
fn the_length_of_a_text_says_nothing_about_other_fields_of_the_same_column() {
    let mut schema = schema();
    overridden(&mut schema, "Badge", "Motto").max_characters = Some(3);
    let fields = [("BadgeTypeID", "=1"), ("Motto", "A"), ("Note", "A")];
    let job = job_of("Contacts", &[mapping("Badge", &fields)]);
    assert_eq!(broken(&schema, &job, &["long"]), found([(codes::TOO_LONG, "Motto")]));
}
