//! Reading overrides, and whether they apply.

#![allow(clippy::unwrap_used, clippy::panic)] // The helpers of the tests, too, fail by panicking.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use van_bulk_schema::json::Locator;
use van_bulk_schema::overrides::{self, ParentMode, RequiredMode, ValuesMode};
use van_bulk_schema::snapshot::OVERRIDES;
use van_bulk_schema::{Finding, Severity, Snapshot};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/overrides/snapshot")
}

/// The documents of the fixture, with other overrides.
fn with_overrides(text: &str) -> BTreeMap<String, String> {
    let mut documents = Snapshot::load(&folder()).unwrap().0.documents;
    documents.insert(OVERRIDES.to_owned(), text.to_owned());
    documents
}

/// What is said of overrides, by reading or by checking, each with its code and the text that it is about.
fn told(text: &str) -> Vec<(Finding, String)> {
    let (snapshot, mut findings) = Snapshot::parse(with_overrides(text));
    findings.extend(overrides::check(&snapshot));
    let spot = |finding: &Finding| text[finding.span(&mut Locator::new(text))].to_owned();
    findings.into_iter().map(|finding| (finding.clone(), spot(&finding))).collect()
}

/// That the text has this one mistake: its code, its place, and parts of its message and help.
#[track_caller]
fn only(text: &str, code: &str, place: &str, parts: &[&str]) {
    let told = told(text);
    let [(finding, spot)] = &told[..] else { panic!("{told:#?}") };
    assert_eq!((finding.code, spot.as_str()), (code, place), "{finding}");
    assert_eq!((finding.severity, finding.document.as_str()), (Severity::Error, OVERRIDES));
    assert!(finding.help.is_some(), "{finding}");
    for part in parts {
        assert!(finding.to_string().contains(part), "no `{part}` in: {finding}");
    }
}

#[test]
fn overrides_that_apply_are_read_whole() {
    let (snapshot, findings) = Snapshot::load(&folder()).unwrap();
    assert_eq!(findings, []);
    assert_eq!(overrides::check(&snapshot), []);
    let overrides = &snapshot.schema.overrides;
    let visit = overrides.mapping_type("Visit").unwrap();
    assert_eq!((visit.name.as_deref(), visit.type_field.as_deref()), (Some("Call"), Some("VisitTypeID")));
    assert_eq!(overrides.field("Visit", "Address").unwrap().parents, Some(ParentMode::Any));
    assert_eq!(overrides.field("Visit", "Result").unwrap().required, Some(RequiredMode::Always));
    assert_eq!(overrides.field("Visit", "Note").unwrap().max_characters, Some(50));
    let kind = overrides.field("Visit", "VisitTypeID").unwrap();
    assert_eq!((kind.name.as_deref(), kind.values), (Some("kind_of_visit"), Some(ValuesMode::Data)));
    let [exclusive] = &overrides.exclusive[..] else { panic!("{overrides:?}") };
    assert_eq!(exclusive.mapping_type, "Gift");
    assert_eq!(exclusive.groups["person"], ["Person", "PersonNote"]);
    assert_eq!(exclusive.groups["company"], ["Company"]);
}

#[test]
fn a_snapshot_without_overrides_has_none() {
    let mut documents = with_overrides("");
    documents.remove(OVERRIDES);
    for documents in [documents, with_overrides("")] {
        let (snapshot, findings) = Snapshot::parse(documents);
        assert_eq!(findings, []);
        assert_eq!(snapshot.schema.overrides, overrides::Overrides::default());
        assert_eq!(overrides::check(&snapshot), []);
    }
}

#[test]
fn what_cannot_be_read_is_told_at_once_and_the_rest_counts() {
    let text = "surprise = 1\n[mapping-types.Visit]\nname = 7\ntype-field = \"VisitTypeID\"\n";
    let (snapshot, findings) = Snapshot::parse(with_overrides(text));
    let codes: Vec<&str> = findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, [overrides::UNKNOWN_KEY, overrides::WRONG_TYPE]);
    let visit = snapshot.schema.overrides.mapping_type("Visit").unwrap();
    assert_eq!((visit.name.as_deref(), visit.type_field.as_deref()), (None, Some("VisitTypeID")));
}

#[test]
fn unreadable_overrides_are_told_with_their_place() {
    only("[mapping-type.Visit]", overrides::UNKNOWN_KEY, "mapping-type", &["did you mean `mapping-types`?"]);
    only("colour = 1", overrides::UNKNOWN_KEY, "colour", &["`mapping-types`, `exclusive`"]);
    only(
        "[mapping-types.Visit.fields.Note]\nparent = \"any\"",
        overrides::UNKNOWN_KEY,
        "parent",
        &["did you mean `parents`?"],
    );
    only("mapping-types = 7", overrides::WRONG_TYPE, "7", &["must be a table", "it is an integer"]);
    only("[mapping-types.Visit]\nname = 7", overrides::WRONG_TYPE, "7", &["must be a string"]);
    only("[mapping-types]\nVisit = \"x\"", overrides::WRONG_TYPE, "\"x\"", &["must be a table"]);
    only("exclusive = true", overrides::WRONG_TYPE, "true", &["must be an array", "a boolean"]);
    only(
        "[mapping-types.Visit.fields.Address]\nparents = \"anny\"",
        overrides::UNKNOWN_WORD,
        "\"anny\"",
        &["neither `all` nor `any`", "did you mean `any`?"],
    );
    only(
        "[[exclusive]]\nmapping-type = \"Gift\"",
        overrides::MISSING_KEY,
        "[[exclusive]]",
        &["`groups` is missing"],
    );
    only(
        "[[exclusive]]\nmapping-type = \"Gift\"\ngroups = {a = [1], b = [\"Company\"]}",
        overrides::WRONG_TYPE,
        "1",
        &["must be a string"],
    );
    only("a = \n", overrides::NOT_TOML, "", &["not TOML"]);
}

#[test]
fn an_override_of_what_is_not_there_is_an_error_that_proposes_the_nearest() {
    only(
        "[mapping-types.Visits]\ntype-field = \"X\"",
        overrides::UNKNOWN_MAPPING_TYPE,
        "Visits",
        &["no mapping type `Visits`", "did you mean `Visit`?"],
    );
    only(
        "[mapping-types.Visit.fields.Adress]\nname = \"x\"",
        overrides::UNKNOWN_FIELD,
        "Adress",
        &["no field `Adress` of `Visit`", "did you mean `Address`?"],
    );
    only(
        "[mapping-types.Visit]\ntype-field = \"VisitTypeId\"",
        overrides::UNKNOWN_FIELD,
        "\"VisitTypeId\"",
        &["did you mean `VisitTypeID`?"],
    );
    only(
        "[mapping-types.Elsewhere]\nname = \"X\"",
        overrides::UNKNOWN_MAPPING_TYPE,
        "Elsewhere",
        &["remove this override"],
    );
}

#[test]
fn a_type_field_is_a_predefined_field_of_a_single_per_type_mapping() {
    only(
        "[mapping-types.Visit]\ntype-field = \"Note\"",
        overrides::NO_VALUES,
        "\"Note\"",
        &["`VisitTypeID`, `Kind`"],
    );
    only(
        "[mapping-types.Gift]\ntype-field = \"Person\"",
        overrides::NOT_SINGLE_PER_TYPE,
        "\"Person\"",
        &["`Gift` is of mode `Multiple`"],
    );
}

#[test]
fn overrides_of_fields_need_something_to_override() {
    let field = |field: &str, rest: &str| format!("[mapping-types.Visit.fields.{field}]\n{rest}");
    only(&field("Room", "parents = \"any\""), overrides::TOO_FEW_PARENTS, "\"any\"", &["one parent, `Kind`"]);
    only(&field("Note", "parents = \"any\""), overrides::TOO_FEW_PARENTS, "\"any\"", &["no parents"]);
    assert_eq!(told(&field("Note", "parents = \"all\"")), []);
    only(
        &field("Address", "required = \"always\""),
        overrides::NOT_CONDITIONAL,
        "\"always\"",
        &["not required"],
    );
    only(
        &field("VisitTypeID", "required = \"when-allowed\""),
        overrides::NOT_CONDITIONAL,
        "\"when-allowed\"",
        &["always required"],
    );
    only(&field("Note", "values = \"data\""), overrides::NO_VALUES, "\"data\"", &["no predefined values"]);
    only(
        &field("Kind", "values = \"types\""),
        overrides::NO_VALUES,
        "\"types\"",
        &["no list", "--values Visit.Kind"],
    );
}

#[test]
fn a_length_of_texts_is_a_whole_number_of_at_least_1() {
    let field = |field: &str, length: &str| {
        format!("[mapping-types.Visit.fields.{field}]\nmax-characters = {length}")
    };
    for (length, expected) in
        [("1", 1), ("50", 50), ("1_000", 1_000), ("0x32", 50), ("0o17", 15), ("0b101", 5), ("+7", 7)]
    {
        let (snapshot, findings) = Snapshot::parse(with_overrides(&field("Note", length)));
        assert_eq!(findings, [], "{length}");
        assert_eq!(overrides::check(&snapshot), [], "{length}");
        assert_eq!(snapshot.schema.max_characters("Visit", "Note"), Some(expected), "{length}");
        assert_eq!(snapshot.schema.max_characters("Visit", "Room"), None);
        assert_eq!(snapshot.schema.max_characters("Gift", "Note"), None);
    }
    let parts = ["must be a whole number of at least 1"];
    for length in ["0", "-5", "\"50\"", "5.0", "true", "[5]", "99999999999999999999"] {
        only(&field("Note", length), overrides::WRONG_TYPE, length, &parts);
        let (snapshot, _) = Snapshot::parse(with_overrides(&field("Note", length)));
        assert_eq!(snapshot.schema.max_characters("Visit", "Note"), None, "{length}");
    }
    only(
        "[mapping-types.Visit.fields.Note]\nmax-character = 5",
        overrides::UNKNOWN_KEY,
        "max-character",
        &["did you mean `max-characters`?"],
    );
}

#[test]
fn a_field_with_predefined_values_has_no_text_that_could_be_too_long() {
    let field = |field: &str| format!("[mapping-types.Visit.fields.{field}]\nmax-characters = 0x32");
    only(
        &field("VisitTypeID"),
        overrides::NO_TEXT,
        "0x32",
        &["`VisitTypeID` has predefined values", "remove this override"],
    );
    // Also where the list of values is not there.
    only(&field("Kind"), overrides::NO_TEXT, "0x32", &["`Kind` has predefined values"]);
}

#[test]
fn a_rust_name_is_an_identifier_that_nothing_else_has() {
    let visit = |name: &str| format!("[mapping-types.Visit]\nname = \"{name}\"");
    only(&visit("type"), overrides::NOT_AN_IDENTIFIER, "\"type\"", &["a keyword"]);
    only(&visit("r#type"), overrides::NOT_AN_IDENTIFIER, "\"r#type\"", &["no Rust identifier"]);
    only(&visit(""), overrides::NOT_AN_IDENTIFIER, "\"\"", &[]);
    let twice = "[mapping-types.Visit.fields]\nNote = {name = \"text\"}\nRoom = {name = 'text'}";
    only(twice, overrides::NAME_TWICE, "'text'", &["`Note` has the Rust name `text`, too"]);
    // Methods of different builders.
    let apart =
        "[mapping-types.Visit.fields.Note]\nname = \"x\"\n[mapping-types.Gift.fields.Person]\nname = \"x\"";
    assert_eq!(told(apart), []);
}

#[test]
fn exclusive_groups_are_two_or_more_with_fields_of_their_own() {
    let groups = |groups: &str| format!("[[exclusive]]\nmapping-type = \"Gift\"\ngroups = {{{groups}}}");
    only(&groups(r#"a = ["Person"]"#), overrides::TOO_FEW_GROUPS, "groups", &["two or more"]);
    only(&groups(r#"a = ["Person"], b = []"#), overrides::EMPTY_GROUP, "b", &["`b` has no fields"]);
    only(
        &groups(r#"a = ["Person"], b = ["Company", 'Person']"#),
        overrides::GROUPED_TWICE,
        "'Person'",
        &["also in `a`"],
    );
    only(
        &groups(r#"a = ["Person"], b = ["Compny"]"#),
        overrides::UNKNOWN_FIELD,
        "\"Compny\"",
        &["did you mean `Company`?"],
    );
    only(
        "[[exclusive]]\nmapping-type = \"Gifts\"\ngroups = {a = [\"X\"], b = [\"Y\"]}",
        overrides::UNKNOWN_MAPPING_TYPE,
        "\"Gifts\"",
        &["did you mean `Gift`?"],
    );
}

#[test]
fn a_field_that_every_mapping_fills_is_in_no_group() {
    let groups = |a: &str| {
        format!("[[exclusive]]\nmapping-type = \"Gift\"\ngroups = {{a = [\"{a}\"], b = [\"Company\"]}}")
    };
    only(&groups("Amount"), overrides::REQUIRED_IN_GROUP, "\"Amount\"", &["`Amount` is required, so"]);
    only(&groups("Currency"), overrides::REQUIRED_IN_GROUP, "\"Currency\"", &["`Amount` depends on it"]);
}

#[test]
fn a_field_and_its_parent_are_not_in_different_groups() {
    let groups = r#"{a = ["PersonNote"], b = ["Person"]}"#;
    only(
        &format!("[[exclusive]]\nmapping-type = \"Gift\"\ngroups = {groups}"),
        overrides::PARENT_IN_OTHER_GROUP,
        "\"PersonNote\"",
        &["`PersonNote` depends on `Person`", "group `b`"],
    );
    // One of two parents is in another group: impossible if both are needed, and possible if any is enough.
    let address = "[[exclusive]]\nmapping-type = \"Visit\"\ngroups = {a = [\"Address\"], b = [\"Kind\"]}\n";
    only(address, overrides::PARENT_IN_OTHER_GROUP, "\"Address\"", &["`Kind`"]);
    let any = "[mapping-types.Visit.fields.Address]\nparents = \"any\"";
    assert_eq!(told(&format!("{address}{any}")), []);
}

#[test]
fn overrides_of_mapping_types_that_cannot_be_read_are_not_blamed() {
    let mut documents = with_overrides(
        "[mapping-types.Visit]\ntype-field = \"X\"\n[mapping-types.Nowhere]\nname = \"Y\"\n\
         [mapping-types.Gift]\ntype-field = \"Person\"\n",
    );
    let types = documents.get_mut("mapping-types.json").unwrap();
    *types = types.replacen("\"hasPredefinedValues\": true", "\"hasPredefinedValues\": 7", 1);
    let (snapshot, findings) = Snapshot::parse(documents);
    assert!(!findings.is_empty());
    let codes: Vec<&str> = overrides::check(&snapshot).iter().map(|finding| finding.code).collect();
    assert_eq!(codes, [overrides::NOT_SINGLE_PER_TYPE], "those of `Gift` alone");
}

#[test]
fn no_text_does_harm() {
    let deep = format!("a = {}", "[".repeat(100_000));
    let wide = "[mapping-types.\"\\u0000\"]\nname = \"\\u202e\"\n".to_owned();
    for text in [deep, wide, "\0".to_owned(), "= =\n[[".to_owned(), "'''".to_owned()] {
        let told = told(&text);
        assert!(!told.is_empty());
    }
}
