//! Crates of several profiles: the builders of several keys side by side, each in a module of its own.

use std::collections::BTreeMap;

use van_bulk_schema::finding::Finding;
use van_bulk_schema::{Severity, Snapshot};

use crate::emit::{self, Beside};
use crate::{CodegenError, CrateConfig, Files, Resolved, Sink, names, resolved};

/// A profile of a crate that holds several.
#[derive(Debug, Clone, Copy)]
pub struct Profile<'a> {
    /// Its name, in messages and as a Cargo feature; as a module it is written in snake case.
    pub name: &'a str,
    /// Where its snapshot lies, for the reader of the generated files.
    pub source: &'a str,
    /// What its key may import.
    pub snapshot: &'a Snapshot,
}

/// A crate of several profiles.
#[derive(Debug, Clone)]
pub struct SideBySide {
    /// The files of the crate.
    pub files: Files,
    /// What belongs to each profile, in the order in which they were given.
    pub profiles: Vec<GeneratedProfile>,
}

/// What generating leaves for one of several profiles, besides its files.
#[derive(Debug, Clone)]
pub struct GeneratedProfile {
    /// Its name.
    pub name: String,
    /// The text of its snapshot's `names.lock`.
    pub names_lock: String,
    /// Warnings only.
    pub warnings: Vec<Finding>,
}

/// What is wrong with the schema of one of several profiles.
#[derive(Debug, Clone)]
pub struct ProfileFindings {
    /// Its name.
    pub profile: String,
    /// Every finding, warnings too.
    pub findings: Vec<Finding>,
}

/// The profiles of an error.
pub(crate) fn list(profiles: &[ProfileFindings]) -> String {
    let named: Vec<String> = profiles
        .iter()
        .map(|ProfileFindings { profile, findings }| {
            let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
            format!("profile `{profile}` ({errors})")
        })
        .collect();
    named.join(" and ")
}

/// Names of modules that mean something else in such a crate: to its root, to Cargo, or to Windows.
const RESERVED: [&str; 7] = ["shared", "lib", "bin", "aux", "con", "nul", "prn"];

/// Generates one crate with the builders of several profiles. Whatever their order, the same profiles give the same bytes.
///
/// The types of each profile are its own, so that what was built for one does not compile with another, and its jobs are
/// taken by clients for this profile or for any mode. What profiles have in common when a program runs, which is rules and
/// lists of values, is in the program once. Each profile and each resource type is a Cargo feature; where several profiles
/// have a resource type of the same feature, it is one for all of them.
///
/// # Errors
/// When schemas contradict themselves, which is told of all profiles at once, or the name of a profile cannot be that of a
/// module and of a feature. Nothing is generated then.
pub fn generate_profiles(profiles: &[Profile<'_>], config: &CrateConfig) -> Result<SideBySide, CodegenError> {
    let mut files = Files::default();
    let profiles = generate_profiles_into(profiles, config, &mut files)?;
    Ok(SideBySide { files, profiles })
}

/// The same, handing each file on as it is ready; it gives what belongs to each profile, in the order in which they were given.
///
/// # Errors
/// As [`generate_profiles`], and when a file is not taken.
pub fn generate_profiles_into(
    profiles: &[Profile<'_>],
    config: &CrateConfig,
    sink: &mut dyn Sink,
) -> Result<Vec<GeneratedProfile>, CodegenError> {
    let modules = modules(profiles.iter().map(|profile| profile.name))?;
    let mut ready: Vec<Resolved> = Vec::new();
    let mut wrong = Vec::new();
    for profile in profiles {
        match resolved(profile.snapshot) {
            Ok(mut resolved) => {
                resolved.program.name_profile(profile.name);
                ready.push(resolved);
            }
            Err(CodegenError::Schema(findings)) => {
                wrong.push(ProfileFindings { profile: profile.name.to_owned(), findings });
            }
            Err(error) => return Err(error),
        }
    }
    if !wrong.is_empty() {
        return Err(CodegenError::Profiles(wrong));
    }
    let mut beside: Vec<Beside<'_>> = profiles
        .iter()
        .zip(modules)
        .zip(&ready)
        .map(|((profile, module), resolved)| Beside {
            name: profile.name,
            module,
            source: profile.source,
            program: &resolved.program,
        })
        .collect();
    beside.sort_by(|a, b| a.name.cmp(b.name));
    features(&beside)?;
    emit::side_by_side(&beside, config, sink)?;
    let profiles = profiles.iter().zip(ready).map(|(profile, resolved)| GeneratedProfile {
        name: profile.name.to_owned(),
        names_lock: resolved.names.to_text(),
        warnings: resolved.warnings,
    });
    Ok(profiles.collect())
}

/// The module of a profile in a crate of several.
pub fn profile_module(name: &str) -> String {
    names::snake(name, "profile")
}

/// The module of each profile.
pub(crate) fn modules<'a>(profiles: impl IntoIterator<Item = &'a str>) -> Result<Vec<String>, CodegenError> {
    let error = |name: &str, problem: String| CodegenError::ProfileName { name: name.to_owned(), problem };
    let mut taken: BTreeMap<String, &str> = BTreeMap::new();
    let mut modules = Vec::new();
    for name in profiles {
        let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        if !is_plain || !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let problem = "a Cargo feature has letters, digits, `-` and `_`, and a letter first";
            return Err(error(name, problem.to_owned()));
        }
        let module = profile_module(name);
        if RESERVED.contains(&module.as_str()) || name == "default" {
            return Err(error(name, "the name means something else there".to_owned()));
        }
        if let Some(other) = taken.insert(module.clone(), name) {
            return Err(error(name, format!("the module `{module}` is that of the profile `{other}`")));
        }
        modules.push(module);
    }
    Ok(modules)
}

/// That no profile has the name of a resource type's feature.
fn features(profiles: &[Beside<'_>]) -> Result<(), CodegenError> {
    for other in profiles {
        for resource in &other.program.resources {
            if let Some(profile) = profiles.iter().find(|profile| profile.name == resource.feature) {
                let name = profile.name.to_owned();
                let problem = format!(
                    "the Cargo feature `{name}` is that of the resource type `{}` of the profile `{}`",
                    resource.wire, other.name
                );
                return Err(CodegenError::ProfileName { name, problem });
            }
        }
    }
    Ok(())
}
