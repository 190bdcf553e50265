//! Compile-pass and compile-fail cases for the generated builders: the row types that the cases use.
//!
//! The cases are `fail/` and `pass/`, one mistake or one thing that must work in each file. This is a package of its own
//! because trybuild compiles the dependencies of its package again.

use std::marker::PhantomData;

use van_bulk::mode::SubmitsWith;
use van_bulk::{Cells, Column, FinishedJob, Row, column};

/// A row of a sign-up sheet.
pub struct Signup {
    /// The cells, in the order of the columns.
    pub cells: [String; 6],
}

impl Signup {
    /// An e-mail address.
    pub const EMAIL: Column<Self> = column!(Signup, "Email");
    /// A phone number.
    pub const HOME_PHONE: Column<Self> = column!(Signup, "HomePhone");
    /// Another phone number.
    pub const WORK_PHONE: Column<Self> = column!(Signup, "WorkPhone");
    /// The id of an activist code.
    pub const CODE: Column<Self> = column!(Signup, "Code");
    /// The id of a user.
    pub const CANVASSED_BY: Column<Self> = column!(Signup, "CanvassedBy");
    /// A date.
    pub const DATE: Column<Self> = column!(Signup, "Date");
}

impl Row for Signup {
    const COLUMNS: &'static [&'static str] =
        &["Email", "HomePhone", "WorkPhone", "Code", "CanvassedBy", "Date"];

    fn write(&self, cells: &mut Cells) {
        self.cells.iter().for_each(|text| cells.push(text));
    }
}

/// A row of another file.
pub struct Donation {
    /// The amount.
    pub amount: String,
}

impl Donation {
    /// The amount.
    pub const AMOUNT: Column<Self> = column!(Donation, "Amount");
}

impl Row for Donation {
    const COLUMNS: &'static [&'static str] = &["Amount"];

    fn write(&self, cells: &mut Cells) {
        cells.push(&self.amount);
    }
}

/// Stands for `van_bulk_import::Client`, which trybuild would compile again with all its HTTP. Its `submit` asks the same of
/// a job.
pub struct Client<M>(PhantomData<M>);

impl<M> Client<M> {
    /// A client for one database mode.
    pub fn connect() -> Self {
        Self(PhantomData)
    }

    /// Takes a job.
    pub fn submit<J: SubmitsWith<M>>(&self, _: &FinishedJob<J>) {}
}
