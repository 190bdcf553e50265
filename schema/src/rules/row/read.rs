//! Reading a row: what each mapping gets from it.

use super::finding::RowFinding;
use super::lookup::{Choice, Folded, Lookup};
use super::plan::{Field, Limit, Mapping, Plan, Selections, Source};
use super::{RULES, judge};

/// Judges the rows of a plan, one after the other. Every thread has its own.
#[derive(Debug)]
pub struct Rows<'p> {
    judge: Judge<'p>,
    /// The text of a row whose cells do not lie in one.
    text: String,
}

/// Judges rows whose cells lie in one text. What it holds is used for row after row.
#[derive(Debug)]
struct Judge<'p> {
    plan: &'p Plan,
    /// By mapping and field.
    given: Vec<Vec<Given>>,
    /// Where each cell begins and ends in the text, without the blanks around it.
    places: Vec<Place>,
    folded: Folded,
}

/// Where something begins and ends in a text, in bytes.
type Place = (usize, usize);

/// What a row gives a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Given {
    /// Nothing: the cell is blank, or nothing fills the field.
    Blank,
    /// Nothing: the static value is left out, because parents are blank.
    LeftOut,
    /// A cell that is none of the known values.
    Unknown,
    /// A cell that is none of the translated ones.
    Untranslated,
    /// The cell.
    Cell,
    /// One of the field's choices.
    Choice(usize),
}

impl Given {
    pub(super) fn is_given(self) -> bool {
        !matches!(self, Self::Blank | Self::LeftOut)
    }

    /// Whether a cell is none of those that it may be.
    fn is_stray(self) -> bool {
        matches!(self, Self::Unknown | Self::Untranslated)
    }
}

/// The cells of a row, without the blanks around them.
#[derive(Debug, Clone, Copy)]
struct Cells<'r> {
    text: &'r str,
    places: &'r [Place],
}

impl<'r> Cells<'r> {
    fn bytes(self, index: usize) -> usize {
        self.places.get(index).map_or(0, |(start, end)| end - start)
    }

    fn get(self, index: usize) -> &'r str {
        let place = self.places.get(index);
        place.and_then(|(start, end)| self.text.get(*start..*end)).unwrap_or_default()
    }
}

/// Where a cell lies without the blanks around it. Most have none, which two bytes tell.
#[inline]
fn trimmed(text: &str, (start, end): Place) -> Place {
    let ends = text.as_bytes().get(start..end).and_then(|cell| Some((cell.first()?, cell.last()?)));
    match ends {
        Some((first, last)) if first.is_ascii_graphic() && last.is_ascii_graphic() => (start, end),
        _ => trimmed_of_blanks(text, (start, end)),
    }
}

#[inline(never)]
fn trimmed_of_blanks(text: &str, (start, end): Place) -> Place {
    let cell = text.get(start..end).unwrap_or_default();
    let start = start + (cell.len() - cell.trim_start().len());
    (start, start + cell.trim().len())
}

impl<'p> Rows<'p> {
    pub(super) fn new(plan: &'p Plan) -> Self {
        let given = plan.mappings.iter().map(|mapping| vec![Given::Blank; mapping.fields.len()]).collect();
        let judge = Judge { plan, given, places: Vec::new(), folded: Folded::default() };
        Self { judge, text: String::new() }
    }

    /// Judges a row, given as its cells in the order of the file.
    ///
    /// # Errors
    /// When the row breaks rules: all of them, in the order of the job's mappings; at least one. Of a row with the wrong
    /// number of cells nothing else is told.
    pub fn check<'r>(
        &'r mut self,
        row: impl IntoIterator<Item = &'r str>,
    ) -> Result<Values<'r>, Vec<RowFinding>> {
        let Self { judge, text } = self;
        text.clear();
        judge.places.clear();
        for cell in row {
            let start = text.len();
            text.push_str(cell);
            judge.places.push(trimmed(text, (start, text.len())));
        }
        judge.check(text)
    }

    /// Judges a row whose cells lie in one text, given as where each begins and ends there, in bytes: the same as
    /// [`check`](Self::check), but nothing is copied. A cell that is not in the text is blank.
    ///
    /// # Errors
    /// Those of [`check`](Self::check).
    ///
    /// ```
    /// # use van_bulk_schema::rules::row::Plan;
    /// let plan = Plan::without_mappings(&["Name", "City"]);
    /// assert!(plan.rows().check_within("Ada,Holyoke", [(0, 3), (4, 11)]).is_ok());
    /// assert!(plan.rows().check_within("Ada", [(0, 3)]).is_err());
    /// ```
    pub fn check_within<'r>(
        &'r mut self,
        text: &'r str,
        cells: impl IntoIterator<Item = (usize, usize)>,
    ) -> Result<Values<'r>, Vec<RowFinding>> {
        self.judge.places.clear();
        self.judge.places.extend(cells.into_iter().map(|place| trimmed(text, place)));
        self.judge.check(text)
    }
}

impl Judge<'_> {
    fn check<'r>(&'r mut self, text: &'r str) -> Result<Values<'r>, Vec<RowFinding>> {
        let Self { plan, given, places, folded } = self;
        let cells = Cells { text, places };
        let mut findings = Vec::new();
        judge::there_is_a_cell_for_each_column(plan, places.len(), &mut findings);
        if !findings.is_empty() {
            return Err(findings);
        }
        let mut has_strays = false;
        for (mapping, given) in plan.mappings.iter().zip(given.iter_mut()) {
            let fields = mapping.fields.iter().zip(&mapping.sources);
            for ((field, source), given) in fields.zip(given.iter_mut()) {
                *given = read(field, *source, cells, folded);
                has_strays |= given.is_stray();
            }
            leave_out_static_children_of_blank_parents(mapping, given);
        }
        let row = Row { plan, given, cells, has_strays };
        for rule in RULES {
            rule(&row, &mut findings);
        }
        if findings.is_empty() {
            Ok(Values(row))
        } else {
            findings.sort_by_key(|finding| finding.mapping);
            Err(findings)
        }
    }
}

fn read(field: &Field, source: Source, cells: Cells<'_>, folded: &mut Folded) -> Given {
    match source {
        Source::Nothing => Given::Blank,
        Source::Static => Given::Choice(0),
        Source::Cell(column) if cells.bytes(column) == 0 => Given::Blank,
        Source::Cell(_) => Given::Cell,
        Source::LookedUp(column) => look_up(&field.lookup, cells.get(column), folded),
    }
}

fn look_up(lookup: &Lookup, cell: &str, folded: &mut Folded) -> Given {
    match lookup {
        // A blank may be translated, too.
        Lookup::Translated(sources) => match sources.get(cell) {
            Some(choice) => Given::Choice(*choice),
            None if cell.is_empty() => Given::Blank,
            None => Given::Untranslated,
        },
        _ if cell.is_empty() => Given::Blank,
        Lookup::Listed { by_id, by_name } => match by_id.get(cell) {
            Some(choice) => Given::Choice(*choice),
            None => folded.find(by_name, cell).map_or(Given::Unknown, Given::Choice),
        },
        Lookup::Cell | Lookup::Static | Lookup::Unfilled => Given::Cell,
    }
}

/// A static value is meant for the rows in which it makes sense: the country code of a phone number is no reason to
/// refuse a row without a phone number. Our reading.
fn leave_out_static_children_of_blank_parents(mapping: &Mapping, given: &mut [Given]) {
    // A static value may be the parent of another.
    let mut changed = !mapping.static_children.is_empty();
    while std::mem::take(&mut changed) {
        for index in &mapping.static_children {
            let Some(field) = mapping.fields.get(*index) else { continue };
            let is_blank = |limit: &Limit| !is_given(given, limit.field);
            let lacks_parents = match field.any_parent {
                true => field.parents.iter().all(is_blank),
                false => field.parents.iter().any(is_blank),
            };
            if let Some(given) = given.get_mut(*index).filter(|given| given.is_given() && lacks_parents) {
                *given = Given::LeftOut;
                changed = true;
            }
        }
    }
}

fn is_given(given: &[Given], field: Option<usize>) -> bool {
    field.and_then(|field| given.get(field)).is_some_and(|given| given.is_given())
}

/// A row that was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'r> {
    pub(super) plan: &'r Plan,
    given: &'r [Vec<Given>],
    cells: Cells<'r>,
    /// Whether a cell is none of the known or translated ones.
    pub(super) has_strays: bool,
}

/// What a mapping gets from a row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Filled<'r> {
    /// Which mapping it is.
    pub(super) index: usize,
    pub(super) mapping: &'r Mapping,
    given: &'r [Given],
    cells: Cells<'r>,
}

impl<'r> Row<'r> {
    /// All cells, and perhaps what separates them.
    pub(super) fn text(&self) -> &'r str {
        self.cells.text
    }

    /// How many bytes a cell has, without the blanks around it.
    pub(super) fn cell_bytes(&self, index: usize) -> usize {
        self.cells.bytes(index)
    }

    /// A cell, without the blanks around it.
    pub(super) fn cell(&self, index: usize) -> &'r str {
        self.cells.get(index)
    }

    pub(super) fn mapping(&self, index: usize) -> Option<Filled<'r>> {
        let (mapping, given) = (self.plan.mappings.get(index)?, self.given.get(index)?);
        Some(Filled { index, mapping, given, cells: self.cells })
    }

    /// Those of some fields that are given what `when` is true of, each with its mapping, its index there and what it is given.
    pub(super) fn select(
        &self,
        of: fn(&Selections) -> &Vec<(usize, usize)>,
        when: fn(Given) -> bool,
    ) -> impl Iterator<Item = (Filled<'r>, usize, &'r Field, Given)> {
        let row = *self;
        of(&self.plan.selections).iter().filter_map(move |(mapping, index)| {
            let given = *row.given.get(*mapping)?.get(*index)?;
            if !when(given) {
                return None;
            }
            let filled = row.mapping(*mapping)?;
            Some((filled, *index, filled.mapping.fields.get(*index)?, given))
        })
    }
}

impl<'r> Filled<'r> {
    /// Every field, with its index and what it is given.
    fn fields(&self) -> impl Iterator<Item = (usize, &'r Field, Given)> + use<'r> {
        let fields = self.mapping.fields.iter().zip(self.given);
        fields.enumerate().map(|(index, (field, given))| (index, field, *given))
    }

    pub(super) fn given(&self, field: usize) -> Given {
        self.given.get(field).copied().unwrap_or(Given::Blank)
    }

    /// The value of a field; nothing if it is blank or not known.
    pub(super) fn value(&self, index: usize) -> Option<&'r str> {
        match self.given(index) {
            Given::Cell => self.raw(index),
            _ => self.choice(index).map(|choice| choice.id.as_str()),
        }
    }

    /// The predefined value of a field, if it has one.
    pub(super) fn choice(&self, index: usize) -> Option<&'r Choice> {
        let Given::Choice(choice) = self.given(index) else { return None };
        self.mapping.fields.get(index)?.choices.get(choice)
    }

    /// What stands in the cell of a field, or its static value.
    pub(super) fn raw(&self, index: usize) -> Option<&'r str> {
        let field = self.mapping.fields.get(index)?;
        match &field.column {
            Some(column) => Some(self.cells.get(column.index)),
            None => field.choices.first().map(|choice| choice.id.as_str()),
        }
    }

    /// Whether the parent that a limit is about is given.
    pub(super) fn is_parent_given(&self, limit: &Limit) -> bool {
        is_given(self.given, limit.field)
    }

    /// Whether the mapping gets nothing from the row.
    pub(super) fn is_empty(&self) -> bool {
        !self.given.iter().any(|given| given.is_given())
    }
}

/// The values of a good row.
#[derive(Debug, Clone, Copy)]
pub struct Values<'r>(Row<'r>);

impl Values<'_> {
    /// What the mapping at this index of the job gets: VAN's names of fields, each with the id of a predefined value or
    /// the cell without the blanks around it. Blank fields are left out.
    pub fn of_mapping(&self, index: usize) -> impl Iterator<Item = (&str, &str)> {
        self.0.mapping(index).into_iter().flat_map(|filled| {
            filled
                .fields()
                .filter_map(move |(index, field, _)| Some((field.name.as_str(), filled.value(index)?)))
        })
    }
}
