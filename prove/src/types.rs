//! The types and the rules, over random schemas and programs: good programs compile and make the job that the data say,
//! each mistake is one compiler error that names what is wrong.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value as Json;
use van_bulk_codegen::{CrateConfig, generate};
use van_bulk_schema::payload::Payload;

use crate::ProveError;
use crate::data::{errors, shown};
use crate::job::{self, Job};
use crate::mistake::{self, Kind, Mistake};
use crate::naive;
use crate::program::{Builders, Expected, Rows};
use crate::report::Report;
use crate::rng::Rng;
use crate::world::World;

/// How many schemas share a generated crate.
const BATCH: usize = 25;
/// How many programs are tried for each schema, and how many of them are broken.
const GOOD: usize = 4;
const BROKEN: usize = 2;

/// What to prove and where.
#[derive(Debug, Clone)]
pub struct Options {
    /// What reproduces everything.
    pub seed: u64,
    /// How many schemas.
    pub cases: usize,
    /// Whether schemas have overrides.
    pub overrides: bool,
    /// The folder of the runtime crate `van-bulk`.
    pub runtime: PathBuf,
    /// The `Cargo.lock` that says which versions to use.
    pub lock: PathBuf,
    /// Where crates are written and built; what is there is replaced.
    pub folder: PathBuf,
}

struct Program {
    job: Job,
    expected: Expected,
    mistake: Option<Mistake>,
    text: String,
}

struct Batch {
    number: usize,
    world: World,
    snapshot: van_bulk_schema::Snapshot,
    programs: Vec<Program>,
    generated: van_bulk_codegen::Files,
}

/// Writes programs, compiles them and runs the good ones.
///
/// # Errors
/// When files cannot be written or Cargo cannot be run.
pub fn prove(options: &Options) -> Result<Report, ProveError> {
    let mut report = Report::default();
    let mut batches = Vec::new();
    for first in (0..options.cases).step_by(BATCH) {
        let cases = first..(first + BATCH).min(options.cases);
        if let Some(batch) = batch(options, first / BATCH, cases, &mut report)? {
            batches.push(batch);
        }
    }
    let workspace = options.folder.join("programs");
    write_workspace(&workspace, options, &batches)?;
    let messages = cargo(&["build", "--workspace"], &workspace, &options.folder.join("target"))?;
    for batch in &batches {
        judge(batch, &messages, &options.folder.join("target"), &mut report)?;
    }
    Ok(report)
}

fn batch(
    options: &Options,
    number: usize,
    cases: std::ops::Range<usize>,
    report: &mut Report,
) -> Result<Option<Batch>, ProveError> {
    let seed = options.seed;
    let random = if options.overrides { World::with_overrides } else { World::random };
    let worlds: Vec<World> = cases.clone().map(|case| random(&mut Rng::part(seed, case))).collect();
    let (world, names) = World::merged(&worlds);
    let (snapshot, findings) = world.snapshot();
    if !findings.is_empty() {
        report.disagree("generator and validation", format!("{findings:?}"), format!("cases {cases:?}"));
        return Ok(None);
    }
    let krate = format!("mappings{number}");
    let config = CrateConfig {
        runtime: "{ workspace = true }".to_owned(),
        ..CrateConfig::new(&krate, "a random schema")
    };
    let generated = generate(&snapshot, &config)?.files;
    let program = van_bulk_codegen::resolve(&snapshot, &mut van_bulk_codegen::NamesLock::default());
    let structs = structs(&program, &generated);
    let builders = Builders { name: &krate, program: &program, structs, world: &world };
    let mut programs = Vec::new();
    for (case, names) in cases.zip(&names) {
        report.count("schemas in types");
        let mut rng = Rng::part(seed ^ 0x79e5, case);
        for number in 0..GOOD {
            let Some(job) = job::random(&mut rng, &world, names) else { continue };
            // A program does not see what VAN fills by column name.
            if naive::infers(&world, &job.json()) {
                continue;
            }
            let Some(job) = builders.ordered(&job) else { continue };
            let rows = if number % 2 == 0 { Rows::Typed } else { Rows::Header };
            let name = format!("p{}", programs.len());
            let Some(text) = builders.module(&name, &job, rows) else { continue };
            report.count("good programs");
            programs.push(Program { job: job.clone(), expected: Expected::Job, mistake: None, text });
            if number >= BROKEN {
                continue;
            }
            for mistake in mistake::all(&mut rng, &world, &job) {
                let Some(expected) = builders.expected(&mistake) else { continue };
                if naive::infers(&world, &mistake.job.json()) {
                    continue;
                }
                let name = format!("p{}", programs.len());
                let Some(text) = builders.module(&name, &mistake.job, Rows::Typed) else { continue };
                report.count(match expected {
                    Expected::Refused(_) => "programs to be refused when they run",
                    _ => "programs not to compile",
                });
                report.count(mistake.kind.shown());
                programs.push(Program { job: mistake.job.clone(), expected, mistake: Some(mistake), text });
            }
        }
    }
    Ok(Some(Batch { number, world, snapshot, programs, generated }))
}

/// The structs that constructors take their arguments in, by module.
pub(crate) fn structs(
    program: &van_bulk_codegen::ir::Program,
    generated: &van_bulk_codegen::Files,
) -> BTreeMap<String, String> {
    let structs = program.mappings.iter().filter_map(|mapping| {
        // The constructor's only argument, as in `required: Required<..>`.
        let text = generated.get(&format!("src/{}.rs", mapping.file))?;
        let (_, after) = text.split_once("pub fn new")?;
        let (signature, _) = after.split_once("->")?;
        let (_, name) = signature.split_once("required: Required")?;
        let name = name.split('<').next().unwrap_or_default();
        Some((mapping.module.clone(), format!("Required{name}")))
    });
    structs.collect()
}

impl Batch {
    fn compiles(program: &Program) -> bool {
        matches!(program.expected, Expected::Job | Expected::Refused(_))
    }

    /// The text of the crate with the programs that should compile, or should not, and the first line of each.
    fn source(&self, compiles: bool) -> (String, Vec<(usize, usize)>) {
        let mut text = format!(
            "#![allow(unused, uncommon_codepoints, mixed_script_confusables)]
pub struct Other;
impl ::van_bulk::Row for Other {{
    const COLUMNS: &'static [&'static str] = &[\"Other\"];
    fn write(&self, _: &mut ::van_bulk::Cells) {{}}
}}
extern crate mappings{} as _;
",
            self.number
        );
        let mut lines = Vec::new();
        let programs = self.programs.iter().enumerate();
        let programs: Vec<_> = programs.filter(|(_, program)| Self::compiles(program) == compiles).collect();
        for (index, program) in &programs {
            lines.push((text.lines().count() + 1, *index));
            text.push_str(&program.text);
        }
        if compiles {
            text.push_str("fn main() {\n");
            for (index, _) in &programs {
                text.push_str(&format!(
                    "    match p{index}::job() {{ Ok(job) => println!(\"{index} made {{}}\", serde_json::json!(job)), \
                     Err(error) => println!(\"{index} refused {{}}\", serde_json::json!(error.to_string())) }}\n"
                ));
            }
            text.push_str("}\n");
        }
        (text, lines)
    }
}

pub(crate) fn write(path: &Path, text: &str) -> Result<(), ProveError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(ProveError::io(format!("create {}", folder.display())))?;
    }
    // A file whose text is the same keeps its time, so that Cargo does not build it again.
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    fs::write(path, text).map_err(ProveError::io(format!("write {}", path.display())))
}

fn write_workspace(folder: &Path, options: &Options, batches: &[Batch]) -> Result<(), ProveError> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(ProveError::io(format!("remove {}", folder.display())))?;
    }
    let mut members = Vec::new();
    for batch in batches {
        let number = batch.number;
        batch.generated.write(&folder.join(format!("mappings{number}")))?;
        members.push(format!("\"mappings{number}\""));
        for (kind, file, compiles) in [("good", "main.rs", true), ("bad", "lib.rs", false)] {
            let name = format!("{kind}{number}");
            let manifest = format!(
                "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\npublish = false\n\n[dependencies]\n\
                 van-bulk = {{ workspace = true }}\nmappings{number} = {{ path = \"../mappings{number}\" }}\n\
                 serde_json = {{ workspace = true }}\n"
            );
            write(&folder.join(&name).join("Cargo.toml"), &manifest)?;
            write(&folder.join(&name).join("src").join(file), &batch.source(compiles).0)?;
            members.push(format!("{name:?}"));
        }
    }
    let manifest = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{}]\n\n[workspace.dependencies]\nvan-bulk = {{ path = {:?}, default-features = false }}\n\
         serde_json = \"1\"\n\n[profile.dev]\ndebug = false\nincremental = false\n",
        members.join(", "),
        options.runtime.display().to_string()
    );
    write(&folder.join("Cargo.toml"), &manifest)?;
    let lock = fs::read_to_string(&options.lock)
        .map_err(ProveError::io(format!("read {}", options.lock.display())))?;
    write(&folder.join("Cargo.lock"), &lock)
}

/// Builds or checks what is asked for and returns the compiler's errors by crate.
pub(crate) fn cargo(
    what: &[&str],
    workspace: &Path,
    target: &Path,
) -> Result<BTreeMap<String, Vec<Json>>, ProveError> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(what)
        .args(["--keep-going", "--offline", "--message-format=json"])
        .current_dir(workspace)
        .env("CARGO_TARGET_DIR", target)
        .env_remove("RUSTFLAGS")
        .stdin(Stdio::null())
        .output()
        .map_err(ProveError::io("run Cargo"))?;
    let mut messages: BTreeMap<String, Vec<Json>> = BTreeMap::new();
    let mut some = false;
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let Ok(message) = serde_json::from_str::<Json>(line) else { continue };
        some = true;
        if message["reason"] == "compiler-message" && message["message"]["level"] == "error" {
            let krate = message["target"]["name"].as_str().unwrap_or_default().to_owned();
            messages.entry(krate).or_default().push(message["message"].clone());
        }
    }
    if !some {
        return Err(ProveError::cargo(workspace, &output.stderr));
    }
    Ok(messages)
}

/// The line of a message in the programs of a crate.
pub(crate) fn line(message: &Json, file: &str) -> Option<usize> {
    let spans = message["spans"].as_array()?;
    let primary = spans.iter().find(|span| span["is_primary"] == true)?;
    let mut span = primary;
    loop {
        if span["file_name"].as_str().is_some_and(|name| name.replace('\\', "/").ends_with(file)) {
            return usize::try_from(span["line_start"].as_u64()?).ok();
        }
        span = span["expansion"].get("span")?;
    }
}

fn judge(
    batch: &Batch,
    messages: &BTreeMap<String, Vec<Json>>,
    target: &Path,
    report: &mut Report,
) -> Result<(), ProveError> {
    let number = batch.number;
    let none = Vec::new();
    let of = |krate: String| messages.get(&krate).unwrap_or(&none);
    if let Some(first) = of(format!("mappings{number}")).first() {
        report.disagree(
            "generator and compiler",
            format!("generated code does not compile: {}", rendered(first)),
            format!("batch {number}"),
        );
        return Ok(());
    }
    for (kind, file, compiles) in [("good", "src/main.rs", true), ("bad", "src/lib.rs", false)] {
        let file = format!("{kind}{number}/{file}");
        let (_, lines) = batch.source(compiles);
        let mut found: BTreeMap<usize, Vec<&Json>> = BTreeMap::new();
        for message in of(format!("{kind}{number}")) {
            if message["spans"].as_array().is_none_or(Vec::is_empty) {
                continue;
            }
            let at = line(message, &file).unwrap_or(0);
            match lines.iter().rev().find(|(first, _)| *first <= at) {
                Some((_, program)) => found.entry(*program).or_default().push(message),
                None => report.disagree("types and rules", rendered(message), format!("batch {number}")),
            }
        }
        for (index, program) in batch.programs.iter().enumerate() {
            if Batch::compiles(program) == compiles {
                judge_program(batch, program, found.get(&index).unwrap_or(&Vec::new()), report);
            }
        }
    }
    if of(format!("good{number}")).is_empty() {
        run(batch, target, report)?;
    }
    Ok(())
}

pub(crate) fn rendered(message: &Json) -> String {
    message["rendered"].as_str().or(message["message"].as_str()).unwrap_or_default().to_owned()
}

fn case(batch: &Batch, program: &Program) -> String {
    let mistake = program.mistake.as_ref().map(|mistake| {
        format!("mistake: {:?} of `{}` (parent `{}`)\n", mistake.kind, mistake.field, mistake.parent)
    });
    let shown = shown(batch.number, &batch.world, &program.job.json());
    format!("{}{}batch {shown}", mistake.unwrap_or_default(), program.text)
}

fn judge_program(batch: &Batch, program: &Program, found: &[&Json], report: &mut Report) {
    let code_of = |message: &Json| message["code"]["code"].as_str().unwrap_or_default().to_owned();
    if let Expected::Argument { name } = &program.expected {
        let missing: Vec<_> = found.iter().filter(|message| code_of(message) == "E0061").collect();
        match missing.as_slice() {
            [only] if found.len() == 1 && rendered(only).contains(&format!("/* {name} */")) => {
                report.count("missing arguments that the compiler names");
            }
            [_] => report.count("missing arguments that the compiler guesses wrongly"),
            _ => {
                let texts: Vec<String> = found.iter().map(|message| rendered(message)).collect();
                let what = format!("expected one E0061, found:\n{}", texts.join("\n"));
                report.disagree("types and rules", what, case(batch, program));
            }
        }
        return;
    }
    let Expected::Error { code, says } = &program.expected else {
        if let Some(first) = found.first() {
            let what = format!("the rules accept the job, the compiler does not: {}", rendered(first));
            report.disagree("types and rules", what, case(batch, program));
        }
        return;
    };
    // The first error is the mistake. A value of another field is also none of those that other rules know, and a field of
    // a second group leaves the mapping in the second group.
    let is_expected = |message: &Json| {
        let text = rendered(message);
        code_of(message) == *code && says.iter().all(|part| text.contains(part.as_str()))
    };
    let has_more = program
        .mistake
        .as_ref()
        .is_some_and(|mistake| matches!(mistake.kind, Kind::WrongSource | Kind::TwoGroups));
    if let [first, _, ..] = found
        && has_more
        && is_expected(first)
    {
        report.count("programs with errors that follow from the first");
        return;
    }
    let [only] = found else {
        let texts: Vec<String> = found.iter().map(|message| rendered(message)).collect();
        let what =
            format!("expected one error {code} {says:?}, found {}:\n{}", found.len(), texts.join("\n"));
        report.disagree("types and rules", what, case(batch, program));
        return;
    };
    let text = rendered(only);
    if !is_expected(only) {
        let what = format!("expected {code} {says:?}, found:\n{text}");
        report.disagree("types and rules", what, case(batch, program));
    }
}

/// Runs the good programs and compares the jobs that they make.
fn run(batch: &Batch, target: &Path, report: &mut Report) -> Result<(), ProveError> {
    let name = format!("good{}{}", batch.number, std::env::consts::EXE_SUFFIX);
    let program = target.join("debug").join(name);
    let output =
        Command::new(&program).output().map_err(ProveError::io(format!("run {}", program.display())))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut made: BTreeMap<usize, (&str, Json)> = BTreeMap::new();
    for line in text.lines() {
        let mut parts = line.splitn(3, ' ');
        if let (Some(index), Some(what), Some(json)) = (parts.next(), parts.next(), parts.next())
            && let (Ok(index), Ok(json)) = (index.parse(), serde_json::from_str(json))
        {
            made.insert(index, (what, json));
        }
    }
    for (index, program) in batch.programs.iter().enumerate() {
        let result = made.get(&index);
        match (&program.expected, result) {
            (Expected::Error { .. } | Expected::Argument { .. }, _) => {}
            (Expected::Job, Some(("made", job))) => {
                report.count("jobs made by programs");
                let expected = program.job.json();
                if *job != expected {
                    let what = format!("the program makes {job}\nthe data say {expected}");
                    report.disagree("programs and data", what, case(batch, program));
                }
                let Ok(payload) = serde_json::from_value::<Payload>(job.clone()) else { continue };
                let errors = errors(&batch.snapshot.schema, &payload);
                if !errors.is_empty() {
                    let what = format!("the types let it through, the rules do not: {errors:?}");
                    report.disagree("types and rules", what, case(batch, program));
                }
            }
            (Expected::Refused(says), Some(("refused", Json::String(why))))
                if why.contains(says.as_str()) =>
            {
                report.count("jobs refused by finish");
            }
            (expected, result) => {
                let what = format!("expected {expected:?}, found {result:?}");
                report.disagree("finish and rules", what, case(batch, program));
            }
        }
    }
    Ok(())
}
