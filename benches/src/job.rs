//! The job that the contacts are for.

use std::path::Path;

use miette::{IntoDiagnostic as _, WrapErr as _};
use van_bulk_import::rows::Preflight;
use van_bulk_schema::Snapshot;
use van_bulk_schema::dynamic::JobBuilder;

use crate::contacts::COLUMNS;

/// What the rows must be like: a contact, an email address, a phone and an activist code, of the sample's schema.
pub(crate) fn preflight() -> miette::Result<Preflight> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../snapshots/sample");
    let (snapshot, _) = Snapshot::load(&folder).into_diagnostic().wrap_err("could not load the sample")?;
    let payload = payload(&snapshot).into_diagnostic()?;
    Preflight::for_payload(&snapshot.schema, &payload).into_diagnostic()
}

fn payload(
    snapshot: &Snapshot,
) -> Result<van_bulk::payload::Payload, van_bulk_schema::dynamic::DynamicError> {
    let mut job = JobBuilder::new(&snapshot.schema, "Contacts", "Contacts of a bench", &COLUMNS)?;
    job.mapping("CreateOrUpdateContact")?
        .column("VanID", "VanID")?
        .column("FirstName", "FirstName")?
        .column("LastName", "LastName")?
        .column("City", "City")?;
    job.mapping("Email")?.column("Email", "Email")?;
    job.mapping("Phones")?.column("Phone", "Phone")?.column("PhoneTypeID", "PhoneType")?;
    job.mapping("ActivistCode")?.column("ActivistCodeID", "ActivistCode")?;
    job.finish("contacts.csv", "https://uploads.example.org/contacts.zip")
}
