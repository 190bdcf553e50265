//! The rules of a bulk import job: one test a rule.

#![allow(clippy::unwrap_used)] // The helpers of the tests, too, fail by panicking.

use std::path::Path;

use serde_json::{Value as Json, json};
use van_bulk_schema::rules::{self, codes};
use van_bulk_schema::{Finding, Schema, Severity, Snapshot};

fn fixtures() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/rules"))
}

fn schema() -> Schema {
    let (snapshot, findings) = Snapshot::load(&fixtures().join("snapshot")).unwrap();
    assert_eq!(findings, []);
    snapshot.schema
}

fn job(name: &str) -> Json {
    let text = std::fs::read_to_string(fixtures().join("jobs").join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn check(job: &Json) -> Vec<Finding> {
    let mut findings = rules::check(&schema(), &serde_json::from_value(job.clone()).unwrap());
    // What the tests take out of the good job leaves columns unused; `columns.rs` tests that.
    findings.retain(|finding| finding.code != codes::UNUSED_COLUMN);
    assert!(findings.iter().all(|finding| finding.document == "payload" && finding.help.is_some()));
    for finding in &findings {
        let is_doubt = match finding.code {
            codes::UNKNOWN_STATIC_VALUE | codes::KEY_COLUMN => true,
            codes::SOURCE_URL => finding.message.contains("is not known"),
            _ => false,
        };
        assert_eq!(is_doubt, finding.severity == Severity::Warning, "{finding}");
    }
    findings
}

/// Code and path of every finding in the good job after `change`.
fn broken(change: impl FnOnce(&mut Json)) -> Vec<(&'static str, String)> {
    let mut job = job("good.json");
    change(&mut job);
    check(&job).iter().map(|finding| (finding.code, finding.path())).collect()
}

/// The help of the only finding in the good job after `change`.
fn help(change: impl FnOnce(&mut Json)) -> String {
    let mut job = job("good.json");
    change(&mut job);
    let [finding] = check(&job).try_into().unwrap();
    finding.help.unwrap()
}

fn found<const N: usize>(expected: [(&'static str, &str); N]) -> Vec<(&'static str, String)> {
    expected.map(|(code, path)| (code, path.to_owned())).into()
}

const CODE: &str = "/actions/0/mappingTypes/0/fieldValueMappings/0";
const RECRUITER: &str = "/actions/0/mappingTypes/0/fieldValueMappings/1";
const BADGE: &str = "/actions/0/mappingTypes/1";
const BADGE_TYPE: &str = "/actions/0/mappingTypes/1/fieldValueMappings/0";

fn set(pointer: &str, key: &'static str, value: Json) -> impl FnOnce(&mut Json) + use<> {
    let pointer = pointer.to_owned();
    move |job| job.pointer_mut(&pointer).unwrap()[key] = value
}

fn remove(pointer: &str, key: &str) -> impl FnOnce(&mut Json) {
    move |job| {
        job.pointer_mut(pointer).unwrap().as_object_mut().unwrap().remove(key).unwrap();
    }
}

fn badge_fields(entries: Json) -> impl FnOnce(&mut Json) {
    set(BADGE, "fieldValueMappings", entries)
}

/// The good job as a job of made-up donations.
fn donation(entries: Json) -> impl FnOnce(&mut Json) {
    move |job| {
        job["actions"][0]["resourceType"] = json!("Contributions");
        job["actions"][0]["mappingTypes"] = json!([{"name": "Donation", "fieldValueMappings": entries}]);
    }
}

#[test]
fn a_good_job_breaks_no_rule() {
    assert_eq!(broken(|_| {}), []);
}

#[test]
fn jobs_in_the_shape_of_another_client_break_no_rule() {
    for name in ["activist_codes_by_name.json", "suppressions_by_name.json", "badges_mixed.json"] {
        let findings = check(&job(name));
        // The mixed job takes its codes from a column, so nothing is known to be wrong.
        assert_eq!(findings, [], "{name}");
    }
}

#[test]
fn a_job_has_a_description() {
    let expected = found([(codes::DESCRIPTION, "description")]);
    assert_eq!(broken(remove("", "description")), expected);
    assert_eq!(broken(set("", "description", json!("  "))), expected);
}

#[test]
fn a_description_has_at_most_255_characters() {
    assert_eq!(broken(set("", "description", json!("é".repeat(255)))), []);
    assert_eq!(
        broken(set("", "description", json!("é".repeat(256)))),
        found([(codes::DESCRIPTION, "description")])
    );
}

#[test]
fn a_description_has_no_html() {
    for text in ["a < b", "a > b", "&#39;"] {
        assert_eq!(broken(set("", "description", json!(text))), found([(codes::DESCRIPTION, "description")]));
    }
    assert_eq!(broken(set("", "description", json!("Ben & Jo #1"))), []);
}

#[test]
fn a_file_has_a_name() {
    assert_eq!(broken(remove("/file", "fileName")), found([(codes::FILE_NAME, "file.fileName")]));
}

#[test]
fn a_file_has_a_source_url() {
    assert_eq!(broken(remove("/file", "sourceUrl")), found([(codes::SOURCE_URL, "file.sourceUrl")]));
}

#[test]
fn a_source_url_is_one_that_can_be_fetched() {
    for url in
        ["people.zip", "https://", "https://:80/p.zip", "http://a b/p.zip", "://a/p.zip", "h_p://a/p.zip"]
    {
        let mut job = job("good.json");
        set("/file", "sourceUrl", json!(url))(&mut job);
        let [finding] = check(&job).try_into().unwrap();
        assert_eq!((finding.code, finding.severity), (codes::SOURCE_URL, Severity::Error), "{url}");
        assert_eq!(finding.path(), "file.sourceUrl");
    }
    for url in ["http://127.0.0.1:80/p.zip", "HTTPS://example.org/p.zip?sig=1", "sftp://example.org/p.zip"] {
        assert_eq!(broken(set("/file", "sourceUrl", json!(url))), [], "{url}");
    }
}

#[test]
fn a_source_url_of_an_unlisted_scheme_is_doubtful_as_van_lists_none() {
    let mut job = job("good.json");
    set("/file", "sourceUrl", json!("ftp://example.org/p.zip?signature=secret"))(&mut job);
    let [finding] = check(&job).try_into().unwrap();
    assert_eq!((finding.code, finding.severity), (codes::SOURCE_URL, Severity::Warning));
    assert_eq!(
        finding.message,
        "whether VAN fetches from `ftp://` is not known; VAN's docs do not list the schemes"
    );
}

#[test]
fn a_job_for_contacts_has_the_key_column_first() {
    let named = |names: [&'static str; 3]| {
        move |job: &mut Json| {
            for (index, name) in names.into_iter().enumerate() {
                job["file"]["columns"][index]["name"] = json!(name);
            }
            job["actions"][0]["columnsToIncludeInResultsFile"] = json!([]);
        }
    };
    assert_eq!(broken(named(["vanid", "Code", "Recruiter"])), []);
    assert_eq!(
        broken(named(["Code", "VanID", "Recruiter"])),
        found([(codes::KEY_COLUMN, "file.columns[1].name")])
    );
    assert_eq!(broken(named(["Id", "Code", "Recruiter"])), found([(codes::KEY_COLUMN, "file.columns")]));
    let help = help(named(["Id", "Code", "Recruiter"]));
    assert!(help.contains("`VanID`") && help.contains("`CreateOrUpdateContact`"), "{help}");
}

#[test]
fn a_job_that_finds_contacts_itself_or_is_not_about_contacts_needs_no_key_column() {
    let without = |job: &mut Json| {
        job["file"]["columns"][0]["name"] = json!("Id");
        job["actions"][0]["columnsToIncludeInResultsFile"] = json!([]);
    };
    let broken_codes = |change: &dyn Fn(&mut Json)| -> Vec<&str> {
        broken(|job| {
            without(job);
            change(job);
        })
        .into_iter()
        .map(|(code, _)| code)
        .collect()
    };
    assert_eq!(broken_codes(&|_| {}), [codes::KEY_COLUMN]);
    // The snapshot of these tests does not have the mapping type.
    let finds_contacts = |job: &mut Json| {
        let mappings = job["actions"][0]["mappingTypes"].as_array_mut().unwrap();
        mappings.push(json!({"name": "CreateOrUpdateContact"}));
    };
    assert_eq!(broken_codes(&finds_contacts), [codes::UNKNOWN_MAPPING_TYPE]);
    let gift = json!([{"fieldName": "KindID", "columnName": "Code"}]);
    assert_eq!(broken_codes(&|job| donation(gift.clone())(job)), [""; 0]);
}

#[test]
fn a_file_has_columns() {
    let broken = broken(set("/file", "columns", json!([])));
    assert!(broken.contains(&(codes::COLUMN_COUNT, "file.columns".to_owned())), "{broken:?}");
    assert!(broken.iter().all(|(code, _)| *code != codes::KEY_COLUMN), "{broken:?}");
}

#[test]
fn a_file_has_at_most_50_columns() {
    let add = |count: usize| {
        move |job: &mut Json| {
            let columns = job["file"]["columns"].as_array_mut().unwrap();
            for number in columns.len()..count {
                columns.push(json!({"name": format!("Extra {number}")}));
            }
        }
    };
    assert_eq!(broken(add(50)), []);
    assert_eq!(broken(add(51)), found([(codes::COLUMN_COUNT, "file.columns")]));
}

#[test]
fn every_column_has_a_name() {
    let add = |job: &mut Json| job["file"]["columns"].as_array_mut().unwrap().push(json!({"name": " "}));
    assert_eq!(broken(add), found([(codes::BLANK_COLUMN, "file.columns[6].name")]));
}

#[test]
fn columns_differ_by_more_than_case() {
    for name in ["VANID", " VanID "] {
        let add = |job: &mut Json| job["file"]["columns"].as_array_mut().unwrap().push(json!({"name": name}));
        assert_eq!(broken(add), found([(codes::DUPLICATE_COLUMN, "file.columns[6].name")]), "{name}");
    }
}

#[test]
fn a_delimiter_is_a_known_word() {
    assert_eq!(
        broken(set("/file", "columnDelimiter", json!("pipe"))),
        found([(codes::UNKNOWN_DELIMITER, "file.columnDelimiter")])
    );
    assert!(
        help(set("/file", "columnDelimiter", json!("pipe"))).contains("`tab` for tabs, which is our reading")
    );
}

#[test]
fn a_job_has_one_action() {
    assert_eq!(broken(set("", "actions", json!([]))), found([(codes::ONE_ACTION, "actions")]));
    let double = |job: &mut Json| {
        let action = job["actions"][0].clone();
        job["actions"].as_array_mut().unwrap().push(action);
    };
    assert_eq!(broken(double), found([(codes::ONE_ACTION, "actions")]));
}

#[test]
fn an_action_type_is_known() {
    assert_eq!(
        broken(set("/actions/0", "actionType", json!("LoadFile"))),
        found([(codes::UNKNOWN_ACTION_TYPE, "actions[0].actionType")])
    );
}

#[test]
fn a_resource_type_is_known() {
    let broken = broken(set("/actions/0", "resourceType", json!("contacts")));
    assert_eq!(broken[0], (codes::UNKNOWN_RESOURCE_TYPE, "actions[0].resourceType".to_owned()));
}

#[test]
fn the_size_limit_of_result_files_is_in_bounds() {
    for size in [4_999, 100_001] {
        assert_eq!(
            broken(set("/actions/0", "resultFileSizeKbLimit", json!(size))),
            found([(codes::RESULT_FILE_SIZE, "actions[0].resultFileSizeKbLimit")])
        );
    }
    for size in [5_000, 100_000] {
        assert_eq!(broken(set("/actions/0", "resultFileSizeKbLimit", json!(size))), []);
    }
}

#[test]
fn columns_to_include_in_result_files_are_columns() {
    let path = "actions[0].columnsToIncludeInResultsFile[0].name";
    let change = || set("/actions/0/columnsToIncludeInResultsFile/0", "name", json!("VanIDs"));
    assert_eq!(broken(change()), found([(codes::UNKNOWN_RESULT_COLUMN, path)]));
    assert_eq!(help(change()), "did you mean `VanID`?");
    assert_eq!(broken(set("/actions/0/columnsToIncludeInResultsFile/0", "name", json!("vanid"))), []);
}

#[test]
fn an_action_has_mapping_types() {
    assert_eq!(
        broken(set("/actions/0", "mappingTypes", json!([]))),
        found([(codes::NO_MAPPING_TYPES, "actions[0].mappingTypes")])
    );
}

#[test]
fn a_mapping_type_is_known_by_its_exact_name() {
    let change = || set("/actions/0/mappingTypes/0", "name", json!("activistcode"));
    assert_eq!(broken(change()), found([(codes::UNKNOWN_MAPPING_TYPE, "actions[0].mappingTypes[0].name")]));
    assert_eq!(help(change()), "did you mean `ActivistCode`?");
    let unlike = help(set("/actions/0/mappingTypes/0", "name", json!("Zzz")));
    assert_eq!(unlike, "it has `ActivistCode`, `Suppressions`, `Badge`, `Donation`, `Ribbon`");
}

#[test]
fn a_mapping_type_applies_to_the_resource_type() {
    assert_eq!(
        broken(set("/actions/0", "resourceType", json!("ContactsActivistCodes"))),
        found([(codes::WRONG_RESOURCE_TYPE, "actions[0].mappingTypes[1]")])
    );
}

#[test]
fn a_single_mapping_type_is_used_once() {
    let double = |index: usize| {
        move |job: &mut Json| {
            let mappings = job["actions"][0]["mappingTypes"].as_array_mut().unwrap();
            mappings.push(mappings[index].clone());
        }
    };
    assert_eq!(broken(double(1)), found([(codes::SINGLE_TWICE, "actions[0].mappingTypes[2]")]));
    assert_eq!(broken(double(0)), []);
}

#[test]
fn a_required_field_is_mapped() {
    let recruiter = json!([{"fieldName": "CanvassedBy", "columnName": "Recruiter"}]);
    assert_eq!(
        broken(set("/actions/0/mappingTypes/0", "fieldValueMappings", recruiter)),
        found([(codes::REQUIRED_FIELD, "actions[0].mappingTypes[0]")])
    );
}

#[test]
fn a_field_required_for_some_parent_values_is_mapped_where_the_static_parent_has_one() {
    let required = found([(codes::REQUIRED_FIELD, "actions[0].mappingTypes[1]")]);
    assert_eq!(broken(badge_fields(json!([{"fieldName": "BadgeTypeID", "staticValue": "2"}]))), required);
    assert_eq!(broken(badge_fields(json!([{"fieldName": "BadgeTypeID", "staticValue": "1"}]))), []);
}

#[test]
fn fields_required_for_different_values_of_one_parent_do_not_contradict() {
    let money =
        json!([{"fieldName": "KindID", "staticValue": "M"}, {"fieldName": "Amount", "columnName": "Code"}]);
    assert_eq!(broken(donation(money)), []);
    // Which of the two a row needs is known only when the row is.
    assert_eq!(broken(donation(json!([{"fieldName": "KindID", "columnName": "Code"}]))), []);
}

#[test]
fn a_field_is_known_ignoring_case() {
    assert_eq!(broken(set(RECRUITER, "fieldName", json!("canvassedby"))), []);
    let change = || set(RECRUITER, "fieldName", json!("CanvasedBy"));
    let path = "actions[0].mappingTypes[0].fieldValueMappings[1].fieldName";
    assert_eq!(broken(change()), found([(codes::UNKNOWN_FIELD, path)]));
    assert_eq!(help(change()), "did you mean `CanvassedBy`?");
}

#[test]
fn a_field_is_mapped_once_in_a_mapping() {
    let path = "actions[0].mappingTypes[0].fieldValueMappings[1].fieldName";
    assert_eq!(
        broken(set(RECRUITER, "fieldName", json!("ACTIVISTCODEID"))),
        found([(codes::FIELD_TWICE, path)])
    );
}

#[test]
fn a_field_has_a_column_or_a_static_value() {
    let at = "actions[0].mappingTypes[0].fieldValueMappings[1]";
    assert_eq!(
        broken(set(RECRUITER, "staticValue", json!("7"))),
        found([(codes::ONE_SOURCE, &format!("{at}.staticValue"))])
    );
    assert_eq!(
        broken(remove(RECRUITER, "columnName")),
        found([(codes::ONE_SOURCE, &format!("{at}.columnName"))])
    );
}

#[test]
fn a_column_is_one_of_the_file_ignoring_case() {
    assert_eq!(broken(set(RECRUITER, "columnName", json!("recruiter"))), []);
    let change = || set(RECRUITER, "columnName", json!("Recruter"));
    let path = "actions[0].mappingTypes[0].fieldValueMappings[1].columnName";
    assert_eq!(broken(change()), found([(codes::UNKNOWN_COLUMN, path)]));
    assert_eq!(help(change()), "did you mean `Recruiter`?");
}

#[test]
fn a_static_only_field_has_no_column() {
    let entries = json!([{"fieldName": "BadgeTypeID", "columnName": "Code"}]);
    let path = "actions[0].mappingTypes[1].fieldValueMappings[0].columnName";
    assert_eq!(broken(badge_fields(entries)), found([(codes::STATIC_ONLY, path)]));
}

#[test]
fn translations_have_a_column() {
    let values = json!([{"sourceValue": "b", "targetValue": "2"}]);
    let path = "actions[0].mappingTypes[1].fieldValueMappings[0].values";
    assert_eq!(broken(set(BADGE_TYPE, "values", values)), found([(codes::TRANSLATION_WITHOUT_COLUMN, path)]));
}

#[test]
fn translations_give_values_of_the_field() {
    let change = || set(&below(CODE, "/values/1"), "targetValue", json!("Yard sign"));
    let path = "actions[0].mappingTypes[0].fieldValueMappings[0].values[1].targetValue";
    assert_eq!(broken(change()), found([(codes::UNKNOWN_TARGET_VALUE, path)]));
    assert_eq!(help(change()), "values are given by id: `102` for Yard Sign");
}

#[test]
fn translations_are_for_different_values() {
    let path = "actions[0].mappingTypes[0].fieldValueMappings[0].values[1].sourceValue";
    assert_eq!(
        broken(set(&below(CODE, "/values/1"), "sourceValue", json!("vol "))),
        found([(codes::DUPLICATE_SOURCE_VALUE, path)])
    );
}

#[test]
fn a_static_value_that_is_none_of_the_field_is_doubtful() {
    let color = "/actions/0/mappingTypes/1/fieldValueMappings/3";
    let mut job = job("good.json");
    set(color, "staticValue", json!("B"))(&mut job);
    let [finding] = check(&job).try_into().unwrap();
    assert_eq!(finding.severity, Severity::Warning);
    assert_eq!(finding.code, codes::UNKNOWN_STATIC_VALUE);
    assert_eq!(finding.path(), "actions[0].mappingTypes[1].fieldValueMappings[3].staticValue");
    assert_eq!(finding.help.as_deref(), Some("its values are `R`, `G`"));
}

#[test]
fn a_static_value_is_not_blank() {
    let color = "/actions/0/mappingTypes/1/fieldValueMappings/3";
    let path = "actions[0].mappingTypes[1].fieldValueMappings[3].staticValue";
    for blank in ["", " \t"] {
        // Nothing else is said about it, such as that it is none of the field's values.
        let expected = found([(codes::BLANK_STATIC_VALUE, path)]);
        assert_eq!(broken(set(color, "staticValue", json!(blank))), expected, "{blank:?}");
    }
}

#[test]
fn a_static_value_is_not_longer_than_its_override_allows() {
    let mut schema = schema();
    let badge = schema.overrides.mapping_types.entry("Badge".to_owned()).or_default();
    badge.fields.entry("Note".to_owned()).or_default().max_characters = Some(5);
    let told = |value: &str| {
        let mut job = job("good.json");
        badge_fields(json!([
            {"fieldName": "BadgeTypeID", "staticValue": "1"},
            {"fieldName": "Motto", "staticValue": "much longer"},
            {"fieldName": "Note", "staticValue": value},
        ]))(&mut job);
        let mut findings = rules::check(&schema, &serde_json::from_value(job).unwrap());
        findings.retain(|finding| finding.code != codes::UNUSED_COLUMN);
        findings
    };
    for value in ["x", "12345", "日本語日本"] {
        assert_eq!(told(value), [], "{value}");
    }
    for value in ["123456", "日本語日本語", "12345 "] {
        let [finding] = told(value).try_into().unwrap();
        assert_eq!(
            (finding.code, finding.severity),
            (codes::STATIC_VALUE_TOO_LONG, Severity::Error),
            "{value}"
        );
        assert_eq!(finding.path(), "actions[0].mappingTypes[1].fieldValueMappings[2].staticValue");
        assert_eq!(finding.message, "the static value of the field `Note` has 6 characters, and may have 5");
        assert!(finding.help.unwrap().contains("`max-characters` in `overrides.toml`"));
    }
}

#[test]
fn a_static_value_is_not_judged_where_the_list_is_not_known() {
    let suppression = json!([{"name": "Suppressions", "fieldValueMappings": [{"fieldName": "SuppressionID", "staticValue": 9}]}]);
    assert_eq!(broken(set("/actions/0", "mappingTypes", suppression)), []);
}

#[test]
fn the_parents_of_a_field_are_mapped() {
    let path = "actions[0].mappingTypes[0].fieldValueMappings[1].fieldName";
    assert_eq!(
        broken(set(RECRUITER, "fieldName", json!("DateCanvassed"))),
        found([(codes::PARENT_NOT_MAPPED, path)])
    );
}

#[test]
fn a_finding_about_a_field_mapped_by_name_points_to_the_mapping_type() {
    let mut job = job("activist_codes_by_name.json");
    job["file"]["columns"].as_array_mut().unwrap().push(json!({"name": "datecanvassed"}));
    let [finding] = check(&job).try_into().unwrap();
    assert_eq!(finding.code, codes::PARENT_NOT_MAPPED);
    assert_eq!(finding.path(), "actions[0].mappingTypes[0]");
}

#[test]
fn a_static_parent_allows_its_children() {
    let engraved = |badge_type: &str| {
        badge_fields(json!([
            {"fieldName": "BadgeTypeID", "staticValue": badge_type},
            {"fieldName": "BadgeNumber", "columnName": "Serial"},
            {"fieldName": "Engraving", "columnName": "Text"}
        ]))
    };
    let at = "actions[0].mappingTypes[1].fieldValueMappings";
    assert_eq!(
        broken(engraved("1")),
        found([
            (codes::PARENT_VALUE, &format!("{at}[1].fieldName")),
            (codes::PARENT_VALUE, &format!("{at}[2].fieldName"))
        ])
    );
    // The snapshot lists the parent twice, once with each of these values.
    assert_eq!(broken(engraved("2")), []);
    assert_eq!(broken(engraved("3")), []);
}

#[test]
fn a_static_parent_allows_the_static_value_of_its_child() {
    let color = "/actions/0/mappingTypes/1/fieldValueMappings/3";
    let path = "actions[0].mappingTypes[1].fieldValueMappings[3].staticValue";
    assert_eq!(broken(set(color, "staticValue", json!("G"))), found([(codes::PARENT_VALUE, path)]));
    assert_eq!(
        help(set(color, "staticValue", json!("G"))),
        "it is allowed where `BadgeTypeID` is one of: `1`"
    );
}

#[test]
fn an_unused_column_is_not_taken_for_a_field_that_the_static_parent_does_not_allow() {
    let change = |job: &mut Json| {
        badge_fields(json!([{"fieldName": "BadgeTypeID", "staticValue": "1"}]))(job);
        job["file"]["columns"][4]["name"] = json!("BadgeNumber");
    };
    assert_eq!(broken(change), []);
}

#[test]
fn an_empty_job_is_reported_whole_and_does_not_panic() {
    let codes: Vec<_> = check(&json!({})).iter().map(|finding| finding.code).collect();
    assert_eq!(
        codes,
        [codes::DESCRIPTION, codes::FILE_NAME, codes::SOURCE_URL, codes::COLUMN_COUNT, codes::ONE_ACTION]
    );
}

fn below(start: &str, end: &str) -> String {
    format!("{start}{end}")
}
