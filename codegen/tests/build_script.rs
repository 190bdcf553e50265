//! Packages of users whose build scripts generate builders of a schema that this repository has never seen.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

#[path = "build_script/package.rs"]
mod package;

use package::Package;
use van_bulk_codegen::{BuildError, Config, lock_names};

const SCRIPT: &str = "van_bulk_codegen::Config::new(\"snapshots/tinsmiths\").generate_or_exit();";

const LIBRARY: &str = r#"//! A shop.
#![deny(warnings, missing_docs, unused, unreachable_pub, rust_2018_idioms)]

/// What the shop imports.
pub mod imports {
    /// Builders, in a module below another.
    pub mod tinsmiths {
        van_bulk::include_mappings!("tinsmiths");
    }
}

mod unused {
    van_bulk::include_mappings!("tinsmiths");
}
"#;

const PROGRAM: &str = r#"//! A program.
#![deny(warnings)]

use tin_shop::imports::tinsmiths::Mode;
use tin_shop::imports::tinsmiths::resource::Tinkers;
use tin_shop::imports::tinsmiths::tin_whistles::{TinWhistles, whistle_key};
use van_bulk::{FinishedJob, Header, Job};

fn main() {
    let header = Header::new(["Tune"]).unwrap();
    let whistle = TinWhistles::new(whistle_key::HighD).tune(header.column("Tune").unwrap());
    let job = Job::<Tinkers, _>::with_header("Whistles", &header).apply(whistle).finish();
    let job: FinishedJob<Mode> = job.unwrap();
    println!("{} {}", job.resource_type(), job.mappings()[0].name);
}
"#;

const MAPPING_TYPES: &str = "snapshots/tinsmiths/mapping-types.json";

#[test]
fn a_program_builds_and_runs_with_builders_that_its_build_script_generates() {
    let package = Package::new("shop-runs", SCRIPT, LIBRARY, PROGRAM);
    let said = package.cargo(&["run"]);
    assert!(said.succeeded, "{}", said.err);
    assert_eq!(said.out, "Tinkers TinWhistles\n");

    let documented = package.cargo(&["test", "--doc"]);
    assert!(documented.succeeded && documented.out.contains("running 0 tests"), "{}", documented.out);
}

#[test]
fn the_build_script_runs_again_only_when_the_snapshot_changes() {
    let package = Package::new("shop-reruns", SCRIPT, LIBRARY, PROGRAM);
    assert!(package.build_runs_the_script(), "at first");
    assert!(!package.build_runs_the_script(), "nothing changed");
    package.write("src/main.rs", &format!("{PROGRAM}\n// A comment.\n"));
    assert!(!package.build_runs_the_script(), "the program changed");

    let text = package.read(MAPPING_TYPES);
    package.write(MAPPING_TYPES, &text.replace("What is played", "What is whistled"));
    assert!(package.build_runs_the_script(), "a file changed");
    assert!(!package.build_runs_the_script(), "nothing changed since");

    let list = "snapshots/tinsmiths/values/CopperKettles.Liters.json";
    package.write(list, r#"{"mappingType": "CopperKettles", "field": "Liters", "items": []}"#);
    assert!(package.build_runs_the_script(), "a file was added");
    std::fs::remove_file(package.path(list)).unwrap();
    assert!(package.build_runs_the_script(), "a file was removed");
    assert!(!package.build_runs_the_script(), "nothing changed since");
}

#[test]
fn what_does_not_change_the_builders_leaves_the_file_as_it_is() {
    let package = Package::new("shop-keeps", SCRIPT, LIBRARY, PROGRAM);
    let written = Config::new(package.path("snapshots/tinsmiths")).out_dir(package.path("out")).generate();
    let written = written.unwrap();
    let time = || std::fs::metadata(&written).unwrap().modified().unwrap();
    let before = time();
    package.write("snapshots/tinsmiths/notes.md", "By hand.");
    Config::new(package.path("snapshots/tinsmiths")).out_dir(package.path("out")).generate().unwrap();
    assert_eq!(time(), before);
    assert!(written.ends_with("out/tinsmiths.rs"));
    assert_eq!(std::fs::read_dir(package.path("out")).unwrap().count(), 1, "no other file is left");
}

#[test]
fn two_snapshots_do_not_write_one_file_and_no_file_is_written_elsewhere() {
    let package = Package::new("shop-twice", SCRIPT, LIBRARY, PROGRAM);
    let of = |snapshot: &str| Config::new(package.path(snapshot)).out_dir(package.path("out"));
    std::fs::create_dir(package.path("other")).unwrap();
    std::fs::rename(package.path("snapshots/tinsmiths"), package.path("other/tinsmiths")).unwrap();
    of("other/tinsmiths").generate().unwrap();
    of("other/tinsmiths").generate().unwrap();
    let error = of("snapshots/tinsmiths").generate().unwrap_err().to_string();
    assert!(error.contains("tinsmiths.rs was written from another snapshot already"), "{error}");
    for name in ["../esc.rs", "", "a/b.rs", ".."] {
        let error = of("other/tinsmiths").file_name(name).generate().unwrap_err().to_string();
        assert!(error.contains("is no name of a file"), "{error}");
    }
}

#[test]
fn names_that_are_not_locked_are_a_warning_until_they_are() {
    let package = Package::new("shop-locks", SCRIPT, LIBRARY, PROGRAM);
    let warning = "warning: shop-locks@0.1.0: the Rust names are not locked, for there is no \
                   snapshots/tinsmiths/names.lock, so a later change of the schema may rename builders: run \
                   `cargo van-bulk codegen --names --snapshot snapshots/tinsmiths` in the folder of the package, and \
                   commit the file";
    let said = package.cargo(&["build"]);
    assert!(said.succeeded && said.err.contains(warning), "{}", said.err);
    let lock = package.path("snapshots/tinsmiths/names.lock");
    assert!(!lock.exists(), "a build script writes nothing but its output");

    assert!(lock_names(&package.path("snapshots/tinsmiths")).unwrap(), "it is written");
    assert!(!lock_names(&package.path("snapshots/tinsmiths")).unwrap(), "and stays");
    let said = package.cargo(&["build"]);
    assert!(said.succeeded && !said.err.contains("warning"), "{}", said.err);

    let text = package.read(MAPPING_TYPES).replace("Tune\"", "Melody\"");
    package.write(MAPPING_TYPES, &text);
    let said = package.cargo(&["build", "--lib"]);
    assert!(said.succeeded && said.err.contains("not all Rust names are locked in"), "{}", said.err);
}

#[test]
fn a_schema_with_a_mistake_fails_the_build_with_its_place_and_what_to_do() {
    let package = Package::new("shop-errs", SCRIPT, LIBRARY, PROGRAM);
    let right = package.read(MAPPING_TYPES);
    package.write(MAPPING_TYPES, &right.replace(r#"Name": "WhistleKey""#, r#"Name": "WhistleKay""#));
    // The script ran and said so, and runs again.
    for _ in 0..2 {
        let said = package.cargo(&["build"]);
        let error = "error: shop-errs@0.1.0: snapshots/tinsmiths/mapping-types.json:29:34: `Tune` depends on `WhistleKay`, \
                     which is no field of `TinWhistles` (help: did you mean `WhistleKey`?) [schema::unknown-parent]";
        assert!(!said.succeeded && said.err.contains(error), "{}", said.err);
    }
    let snapshot = package.path("snapshots/tinsmiths");
    let error = Config::new(&snapshot).out_dir(package.path("out")).generate().unwrap_err();
    assert!(matches!(&error, BuildError::Refused(refused) if refused.findings.len() == 1), "{error}");
    let place = format!("{}:29:34: `Tune` depends on", package.path(MAPPING_TYPES).display());
    for shown in [format!("{error}"), format!("{error:?}")] {
        assert!(shown.contains("has 1 error(s), so nothing was generated\n  - "), "{shown}");
        assert!(shown.contains(&place), "{shown}");
    }
    assert!(!package.path("out").exists());
}

#[test]
fn doubts_about_the_schema_are_warnings_with_their_places() {
    let package = Package::new("shop-warns", SCRIPT, LIBRARY, PROGRAM);
    let right = package.read(MAPPING_TYPES);
    package.write(MAPPING_TYPES, &right.replace(r#""Single""#, r#""Twice""#));
    let said = package.cargo(&["build"]);
    let warning = "warning: shop-warns@0.1.0: snapshots/tinsmiths/mapping-types.json:6:28: ";
    assert!(said.succeeded && said.err.contains(warning), "{}", said.err);
}

#[test]
fn only_the_resource_types_that_were_chosen_are_there() {
    let package = Package::new("shop-chooses", SCRIPT, LIBRARY, PROGRAM);
    let config = Config::new(package.path("snapshots/tinsmiths")).out_dir(package.path("out"));
    let chosen = config.clone().file_name("shop.rs").resource_types(["Tinkers"]).generate().unwrap();
    let text = std::fs::read_to_string(chosen).unwrap();
    assert!(text.contains("pub mod tin_whistles") && text.contains("pub enum Tinkers"), "{text}");
    assert!(!text.contains("pub mod copper_kettles") && !text.contains("Potters"), "{text}");
    assert!(!text.contains("feature ="), "no features of a package that does not have them");

    let error = config.resource_types(["Tinker"]).generate().unwrap_err();
    assert_eq!(error.to_string(), "no snapshot has the resource type `Tinker`; did you mean `Tinkers`?");
}

#[test]
fn two_profiles_of_one_program_are_kept_apart_and_share_what_is_the_same() {
    let script = r#"let profiles = [("tin", "snapshots/tinsmiths"), ("copper", "snapshots/coppersmiths")];
    van_bulk_codegen::Config::side_by_side(profiles).generate_or_exit();"#;
    let library = "//! A shop.\n#![deny(warnings, missing_docs, unreachable_pub)]\n\
                   /// Both.\npub mod smiths { van_bulk::include_mappings!(\"profiles\"); }\n\
                   mod unused { van_bulk::include_mappings!(\"profiles\"); }\n";
    let program = "use tin_shop::smiths::{copper, tin};\n\
                   fn sent<J: van_bulk::mode::SubmitsWith<copper::Mode>>() {}\n\
                   fn main() {\n\
                   sent::<copper::Mode>();\n\
                   let is_shared = std::ptr::eq(&tin::tin_whistles::RULES, &copper::tin_whistles::RULES);\n\
                   println!(\"{is_shared}\");\n\
                   }\n";
    let package = Package::new("shop-apart", script, library, program);
    for file in ["mapping-types.json", "resources.json", "values/TinWhistles.WhistleKey.json"] {
        let text = package.read(&format!("snapshots/tinsmiths/{file}"));
        package.write(&format!("snapshots/coppersmiths/{file}"), &text);
    }
    let said = package.cargo(&["run"]);
    assert!(said.succeeded, "{}", said.err);
    assert_eq!(said.out, "true\n");

    assert!(!package.build_runs_the_script());
    package.write("snapshots/coppersmiths/notes.md", "By hand.");
    assert!(package.build_runs_the_script(), "the folder of the second profile changed");

    package.write("src/main.rs", &program.replace("sent::<copper", "sent::<tin"));
    let said = package.cargo(&["build"]);
    let error = "a job for `Tin` cannot be submitted by a client for `Copper`";
    assert!(!said.succeeded && said.err.contains(error), "{}", said.err);
}

#[test]
fn what_is_wrong_with_two_profiles_is_told_at_once() {
    let package = Package::new("shop-wrong", SCRIPT, LIBRARY, PROGRAM);
    let right = package.read(MAPPING_TYPES);
    package.write(MAPPING_TYPES, &right.replace(r#"Name": "WhistleKey""#, r#"Name": "WhistleKay""#));
    let profiles = ["tin", "nowhere"]
        .map(|name| (name, package.path("snapshots").join(name.replace("tin", "tinsmiths"))));
    let error = Config::side_by_side(profiles).out_dir(package.path("out")).generate().unwrap_err();
    let told = error.to_string();
    assert!(
        told.contains("`Tune` depends on `WhistleKay`") && told.contains("nowhere is no snapshot"),
        "{told}"
    );

    let profiles = [("shared", package.path("snapshots/tinsmiths"))];
    let error = Config::side_by_side(profiles).out_dir(package.path("out")).generate().unwrap_err();
    assert!(error.to_string().contains("the profile `shared` cannot stand beside others"), "{error}");
}
