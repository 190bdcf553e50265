//! Bulk import jobs.

use std::fmt;
use std::marker::PhantomData;

use crate::header::{ColumnProblem, Header, column_problems};
use crate::mapping::{Apply, Mapping};
use crate::mode::{AnyMode, Mode};
use crate::payload::{
    Action, ColumnName, Delimiter, FieldValueMapping, File, LOAD_MAPPED_FILE, MappingType, Payload, Text,
};
use crate::row::Row;
use crate::rules::{self, Broken, MappingRules, Problem};
use crate::source::Column;

/// The most characters of a job's description (VAN's docs).
pub const MAX_DESCRIPTION_CHARS: usize = 255;

/// The bounds of the size of a result file, in KB (VAN's docs).
pub const RESULT_FILE_SIZE_KB: std::ops::RangeInclusive<u32> = 5_000..=100_000;

/// A resource type: what the rows of an import are. The generator writes one type for each.
pub trait Resource {
    /// VAN's name of it.
    const NAME: &'static str;
    /// The slots of a job that has no mappings yet.
    type Start;
    /// The database mode of the snapshot that it was generated from; [`AnyMode`] if the snapshot does not tell.
    type Mode: Mode;
}

/// A bulk import job in the making: what the file holds and how it maps onto VAN.
///
/// `Resource` is what the rows are, `Row` their type in this program, and `Slots` the record of the mappings that the
/// job may have only once.
#[must_use = "a job does nothing until it is finished and sent"]
pub struct Job<R: Resource, Row, Slots = <R as Resource>::Start> {
    draft: Box<Draft>,
    row: PhantomData<fn() -> Row>,
    resource: PhantomData<fn() -> (R, Slots)>,
}

#[derive(Debug)]
struct Draft {
    description: Text,
    columns: Vec<Text>,
    delimiter: Delimiter,
    result_file_size_kb: u32,
    mappings: Vec<MappingType>,
    /// The rules of each mapping.
    rules: Vec<&'static MappingRules<'static>>,
    in_results: Vec<Text>,
}

impl<R: Resource, T> Job<R, T> {
    /// A job over the columns of the row type.
    ///
    /// `description` is what the import is for: 1 to 255 characters, without `<`, `>` and `&#`. VAN shows it in its
    /// notifications.
    pub fn new(description: impl Into<Text>) -> Self
    where
        T: Row,
    {
        let columns = T::COLUMNS.iter().map(|name| Text::Borrowed(*name)).collect();
        Self::start(description.into(), columns)
    }
}

impl<R: Resource> Job<R, Header> {
    /// A job over the columns of a header that was read.
    ///
    /// `description` is as for [`Job::new`].
    pub fn with_header(description: impl Into<Text>, header: &Header) -> Self {
        Self::start(description.into(), header.names().to_vec())
    }
}

impl<R: Resource, T> Job<R, T> {
    fn start(description: Text, columns: Vec<Text>) -> Self {
        let draft = Draft {
            description,
            columns,
            delimiter: Delimiter::Csv,
            result_file_size_kb: *RESULT_FILE_SIZE_KB.start(),
            mappings: Vec::new(),
            rules: Vec::new(),
            in_results: Vec::new(),
        };
        Self { draft: Box::new(draft), row: PhantomData, resource: PhantomData }
    }
}

impl<R: Resource, T, Slots> Job<R, T, Slots> {
    /// Adds a mapping; VAN applies them to each row in this order.
    pub fn apply<M: Apply<R, T, Slots>>(mut self, mapping: M) -> Job<R, T, M::Next> {
        self.draft.mappings.push(mapping.into_mapping());
        self.draft.rules.push(M::RULES);
        Job { draft: self.draft, row: PhantomData, resource: PhantomData }
    }

    /// Adds a mapping whose type is not known to the compiler; its rules are checked now, with those that it keeps
    /// together with the mappings before it.
    ///
    /// # Errors
    /// When the mapping breaks a rule; the error names all of them. The job is as it was before.
    pub fn apply_checked(&mut self, mapping: impl Into<Mapping<T>>) -> Result<&mut Self, JobError> {
        let mapping = mapping.into();
        self.draft.mappings.push(mapping.mapping);
        self.draft.rules.push(mapping.rules);
        let last = self.draft.mappings.len() - 1;
        let broken = self.draft.broken(R::NAME).into_iter().filter(|broken| broken.mapping == last);
        let problems: Vec<JobProblem> = broken.map(|broken| self.draft.rule_problem(broken)).collect();
        if problems.is_empty() {
            return Ok(self);
        }
        self.draft.mappings.pop();
        self.draft.rules.pop();
        Err(JobError { profile: R::Mode::PROFILE, problems })
    }

    /// Asks VAN to copy a column into the result files, so that a row can be recognised there.
    pub fn include_in_results_file(mut self, column: Column<T>) -> Self {
        let name = Text::Owned(column.name().to_owned());
        if !self.draft.in_results.contains(&name) {
            self.draft.in_results.push(name);
        }
        self
    }

    /// What separates the fields of a line; a comma unless this is called.
    pub fn delimiter(mut self, delimiter: Delimiter) -> Self {
        self.draft.delimiter = delimiter;
        self
    }

    /// The size above which VAN starts another result file: 5,000 to 100,000 KB, 5,000 unless this is called.
    pub fn result_file_size_kb(mut self, kilobytes: u32) -> Self {
        self.draft.result_file_size_kb = kilobytes;
        self
    }

    /// Checks what the types could not and closes the job.
    ///
    /// # Errors
    /// All problems at once: the description, the columns of the file, the size of the result files, a job without
    /// mappings, a mapping that fills nothing or breaks a rule by a value that is known only now, and columns of another
    /// header.
    pub fn finish(self) -> Result<FinishedJob<R::Mode>, JobError> {
        let draft = *self.draft;
        let problems = draft.problems(R::NAME);
        if !problems.is_empty() {
            return Err(JobError { profile: R::Mode::PROFILE, problems });
        }
        let name = |name| ColumnName { name };
        Ok(FinishedJob {
            payload: Payload {
                description: draft.description,
                file: File {
                    file_name: Text::default(),
                    column_delimiter: draft.delimiter,
                    columns: draft.columns.into_iter().map(name).collect(),
                    has_header: true,
                    has_quotes: true,
                    source_url: Text::default(),
                },
                actions: vec![Action {
                    action_type: Text::Borrowed(LOAD_MAPPED_FILE),
                    resource_type: Text::Borrowed(R::NAME),
                    result_file_size_kb_limit: Some(draft.result_file_size_kb),
                    mapping_types: draft.mappings,
                    columns_to_include_in_results_file: draft.in_results.into_iter().map(name).collect(),
                }],
            },
            mode: PhantomData,
        })
    }
}

impl<R: Resource, T, Slots> fmt::Debug for Job<R, T, Slots> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job").field("resource", &R::NAME).field("draft", &self.draft).finish()
    }
}

impl Draft {
    /// Every broken rule of the mappings.
    fn broken(&self, resource_type: &str) -> Vec<Broken> {
        let uses: Vec<_> = self.rules.iter().copied().zip(&self.mappings).collect();
        rules::check(resource_type, &uses)
    }

    fn rule_problem(&self, broken: Broken) -> JobProblem {
        JobProblem::Mapping {
            position: broken.mapping + 1,
            mapping: self
                .mappings
                .get(broken.mapping)
                .map(|mapping| mapping.name.to_string())
                .unwrap_or_default(),
            problem: broken.problem,
        }
    }

    fn problems(&self, resource_type: &str) -> Vec<JobProblem> {
        let mut problems: Vec<_> =
            description_problems(&self.description).into_iter().map(JobProblem::Description).collect();
        problems.extend(column_problems(&self.columns).into_iter().map(JobProblem::Columns));
        if !RESULT_FILE_SIZE_KB.contains(&self.result_file_size_kb) {
            problems.push(JobProblem::ResultFileSize { kilobytes: self.result_file_size_kb });
        }
        if let Delimiter::Other(word) = &self.delimiter {
            problems.push(JobProblem::UnknownDelimiter { word: word.clone() });
        }
        if self.mappings.is_empty() {
            problems.push(JobProblem::NoMappings);
        }
        for (mapping, rules) in self.mappings.iter().zip(&self.rules) {
            if mapping.field_value_mappings.is_empty() && !rules.fields.is_empty() {
                problems.push(JobProblem::NothingFilled { mapping: mapping.name.to_string() });
            }
        }
        // The compiler knows most of this, but not what is chosen at run time.
        problems.extend(self.broken(resource_type).into_iter().map(|broken| self.rule_problem(broken)));
        for mapping in &self.mappings {
            for field in &mapping.field_value_mappings {
                let sources = || field.values.iter().map(|value| value.source_value.trim());
                let twice = sources()
                    .enumerate()
                    .find(|(index, source)| sources().take(*index).any(|earlier| earlier == *source));
                if let Some((_, source)) = twice {
                    problems.push(JobProblem::TranslatedTwice {
                        source: source.to_owned(),
                        field: format!("the field `{}` of `{}`", field.field_name, mapping.name),
                    });
                }
            }
            let blank = |field: &&FieldValueMapping| {
                field.static_value.as_ref().is_some_and(|text| text.trim().is_empty())
            };
            for field in mapping.field_value_mappings.iter().filter(blank) {
                problems.push(JobProblem::BlankStaticValue {
                    field: format!("the field `{}` of `{}`", field.field_name, mapping.name),
                });
            }
        }
        // A row type's columns are always its own; columns of a header may come from another file's.
        for mapping in &self.mappings {
            for field in &mapping.field_value_mappings {
                if let Some(column) = field.column_name.as_ref().filter(|name| !self.columns.contains(name)) {
                    problems.push(JobProblem::ForeignColumn {
                        column: column.to_string(),
                        used_by: format!("the field `{}` of `{}`", field.field_name, mapping.name),
                    });
                }
            }
        }
        for column in self.in_results.iter().filter(|name| !self.columns.contains(name)) {
            problems.push(JobProblem::ForeignColumn {
                column: column.to_string(),
                used_by: "the columns to include in the result file".to_owned(),
            });
        }
        problems
    }
}

/// Every problem of a job's description; none if VAN can take it.
///
/// VAN's docs: 1 to [`MAX_DESCRIPTION_CHARS`] characters, and no match of `[<>]+|&#`. That blanks alone are no
/// description is our reading.
pub fn description_problems(description: &str) -> Vec<DescriptionProblem> {
    let mut problems = Vec::new();
    if description.trim().is_empty() {
        problems.push(DescriptionProblem::Missing);
    }
    let characters = description.chars().count();
    if characters > MAX_DESCRIPTION_CHARS {
        problems.push(DescriptionProblem::TooLong { characters });
    }
    if let Some(forbidden) = ["<", ">", "&#"].into_iter().find(|part| description.contains(part)) {
        problems.push(DescriptionProblem::Forbidden { forbidden });
    }
    problems
}

/// What is wrong with a job's description.
///
/// The list is whole, so that whoever tells the problems in other words misses none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DescriptionProblem {
    /// It is blank.
    Missing,
    /// It is longer than [`MAX_DESCRIPTION_CHARS`].
    TooLong {
        /// How long it is.
        characters: usize,
    },
    /// It has something that VAN takes for markup.
    Forbidden {
        /// The first such thing.
        forbidden: &'static str,
    },
}

impl fmt::Display for DescriptionProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => write!(
                f,
                "the description is blank: say in 1 to {MAX_DESCRIPTION_CHARS} characters what the import is for"
            ),
            Self::TooLong { characters } => write!(
                f,
                "the description has {characters} characters, but VAN takes at most {MAX_DESCRIPTION_CHARS}: shorten it"
            ),
            Self::Forbidden { forbidden } => {
                write!(f, "the description has `{forbidden}`, which VAN refuses as markup: leave it out")
            }
        }
    }
}

/// A job that keeps every rule that can be known without its file.
///
/// `M` is the [database mode](crate::mode) that it was built for. A function that takes the jobs of any builders takes a
/// `&FinishedJob<M>` of every `M`.
pub struct FinishedJob<M = AnyMode> {
    payload: Payload,
    mode: PhantomData<fn() -> M>,
}

impl<M> FinishedJob<M> {
    /// The same job without its database mode, for programs that keep jobs of several modes together. Nothing checks any
    /// more that it is sent to the database that it was built for.
    pub fn any_mode(self) -> FinishedJob {
        FinishedJob { payload: self.payload, mode: PhantomData }
    }

    /// The body to send for one upload file: a zip at `source_url` with the delimited file `file_name` in it.
    ///
    /// VAN must be able to fetch the URL, which is usually signed and valid for a limited time.
    pub fn payload(&self, file_name: impl Into<Text>, source_url: impl Into<Text>) -> Payload {
        let mut payload = self.payload.clone();
        payload.file.file_name = file_name.into();
        payload.file.source_url = source_url.into();
        payload
    }

    /// What the rows are.
    pub fn resource_type(&self) -> &str {
        self.payload.actions.first().map_or("", |action| &action.resource_type)
    }

    /// The names of the file's columns, in order.
    pub fn columns(&self) -> impl ExactSizeIterator<Item = &str> {
        self.payload.file.columns.iter().map(|column| column.name.as_ref())
    }

    /// What separates the fields of a line.
    pub fn delimiter(&self) -> &Delimiter {
        &self.payload.file.column_delimiter
    }

    /// The mappings, in the order in which VAN applies them.
    pub fn mappings(&self) -> &[MappingType] {
        self.payload.actions.first().map_or(&[], |action| &action.mapping_types)
    }

    /// The columns that VAN copies into the result files.
    pub fn columns_in_results_file(&self) -> impl Iterator<Item = &str> {
        let columns =
            self.payload.actions.iter().flat_map(|action| &action.columns_to_include_in_results_file);
        columns.map(|column| column.name.as_ref())
    }
}

// By hand: derives would ask the same of the mode, which has no values.
impl<M> Clone for FinishedJob<M> {
    fn clone(&self) -> Self {
        Self { payload: self.payload.clone(), mode: PhantomData }
    }
}

impl<M> PartialEq for FinishedJob<M> {
    fn eq(&self, other: &Self) -> bool {
        self.payload == other.payload
    }
}

impl<M> Eq for FinishedJob<M> {}

impl<M> fmt::Debug for FinishedJob<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FinishedJob").field("payload", &self.payload).finish()
    }
}

/// A job breaks rules that only show when the program runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobError {
    /// The profile whose builders made the job, if they name one.
    pub profile: Option<&'static str>,
    /// Every problem.
    pub problems: Vec<JobProblem>,
}

impl fmt::Display for JobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.profile {
            Some(profile) => write!(f, "the job of profile `{profile}` cannot be sent")?,
            None => f.write_str("the job cannot be sent")?,
        }
        for problem in &self.problems {
            write!(f, "\n  - {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for JobError {}

/// What is wrong with a job.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum JobProblem {
    /// The description.
    Description(DescriptionProblem),
    /// The columns of the file.
    Columns(ColumnProblem),
    /// The result file size is out of bounds.
    ResultFileSize {
        /// What was asked for.
        kilobytes: u32,
    },
    /// The delimiter is none that VAN is known to take.
    UnknownDelimiter {
        /// The word.
        word: String,
    },
    /// No mapping was applied.
    NoMappings,
    /// A mapping breaks a rule of its type.
    Mapping {
        /// Which mapping of the job, counted from 1.
        position: usize,
        /// The mapping type.
        mapping: String,
        /// What is wrong.
        problem: Problem,
    },
    /// A mapping fills none of its fields, which VAN takes as a wish to match columns by name.
    NothingFilled {
        /// The mapping type.
        mapping: String,
    },
    /// A value of a column stands for two predefined values.
    TranslatedTwice {
        /// The value in the file.
        source: String,
        /// The field that the column fills.
        field: String,
    },
    /// A static value is blank.
    BlankStaticValue {
        /// The field that it fills.
        field: String,
    },
    /// A column is not one of the file's.
    ForeignColumn {
        /// The column.
        column: String,
        /// What uses it.
        used_by: String,
    },
}

impl fmt::Display for JobProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Description(problem) => problem.fmt(f),
            Self::Columns(problem) => problem.fmt(f),
            Self::ResultFileSize { kilobytes } => write!(
                f,
                "the result file size is {kilobytes} KB, but VAN takes {} to {} KB",
                RESULT_FILE_SIZE_KB.start(),
                RESULT_FILE_SIZE_KB.end()
            ),
            Self::UnknownDelimiter { word } => {
                write!(f, "the delimiter `{word}` is not known: use `Delimiter::Csv` or `Delimiter::Tab`")
            }
            Self::NoMappings => f.write_str("the job has no mappings: `apply` at least one"),
            Self::Mapping { position, mapping, problem } => {
                write!(f, "mapping {position}, `{mapping}`: {problem}: {}", problem.help())
            }
            Self::NothingFilled { mapping } => write!(
                f,
                "the mapping `{mapping}` fills no field, and VAN would fill its fields from any columns that have their names: call at least one of its methods"
            ),
            Self::TranslatedTwice { source, field } => {
                write!(f, "{field} translates `{source}` twice: keep one of the two")
            }
            Self::BlankStaticValue { field } => {
                write!(f, "{field} has a blank static value: give it a value, or leave the field out")
            }
            Self::ForeignColumn { column, used_by } => write!(
                f,
                "{used_by} uses the column `{column}`, which is not in this job's file: take columns from the header that the job was made with"
            ),
        }
    }
}
