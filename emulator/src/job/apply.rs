//! Applying a good row to its record.

use csv::StringRecord;
use van_bulk_schema::key_column::{CONTRIBUTION_ID, CREATE_OR_UPDATE_CONTACT, VAN_ID};

use super::plan::{Key, Plan};
use super::row::{Refusal, Values};
use crate::contacts::{Applied, Contact, Store};

const PROCESSED: &str = "Processed";
const INVALID_PHONE: &str = "Invalid phone number";
const BEST_PHONE: &str = "Ignored to avoid overwriting best phone";
/// Not VAN's: what it says about such an address is not public.
const INVALID_EMAIL: &str = "Invalid email address";

/// How many digits a phone number may have; that VAN counts them like this is our reading.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// What was done with a row.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) primary_key: u64,
    pub(super) primary_key_type: String,
    /// What the result file says about each mapping, in order.
    pub(super) messages: Vec<&'static str>,
}

/// Finds or makes the record of the row and applies the mappings to it in their order.
pub(super) fn apply(
    plan: &Plan<'_>,
    job_id: u32,
    record: &StringRecord,
    rows: Vec<Values>,
    store: &mut Store,
) -> Result<Outcome, Refusal> {
    let names = plan.mappings.iter().map(|mapping| &mapping.name);
    let applied =
        names.zip(rows).map(|(name, fields)| Applied { job_id, mapping_type: name.to_string(), fields });
    let applied: Vec<Applied> = applied.collect();
    let key = |column, name| number(record.get(column).unwrap_or_default(), name);
    match plan.key {
        Key::Contact { mapping } => {
            let van_id = contact(applied.get(mapping).map(|applied| &applied.fields), store)?;
            apply_to_contact(van_id, applied, store)
        }
        Key::VanId { column } => {
            let van_id = known_contact(key(column, VAN_ID)?, store)?;
            apply_to_contact(van_id, applied, store)
        }
        Key::ContributionId { column } => {
            let id = key(column, CONTRIBUTION_ID)?;
            Ok(apply_to_record(plan.resource_type, CONTRIBUTION_ID.to_owned(), id, applied, store))
        }
        Key::NewRecord => {
            let id = store.create_record_id();
            let kind = format!("{}ID", plan.resource_type);
            Ok(apply_to_record(plan.resource_type, kind, id, applied, store))
        }
    }
}

/// The contact that `CreateOrUpdateContact` is about: the one of the VANID, else one that matches, else a new one.
fn contact(fields: Option<&Values>, store: &mut Store) -> Result<u64, Refusal> {
    let Some(fields) = fields else { return Ok(store.create_contact()) };
    match fields.get(VAN_ID) {
        Some(van_id) => known_contact(number(van_id, VAN_ID)?, store),
        None => Ok(store.match_contact(fields).unwrap_or_else(|| store.create_contact())),
    }
}

fn known_contact(van_id: u64, store: &Store) -> Result<u64, Refusal> {
    if store.has_contact(van_id) { Ok(van_id) } else { Err(Refusal::NoSuchContact) }
}

fn number(text: &str, name: &'static str) -> Result<u64, Refusal> {
    // The rules of a row have looked already.
    text.trim().parse().map_err(|_| Refusal::KeyNotANumber(name))
}

fn apply_to_contact(van_id: u64, applied: Vec<Applied>, store: &mut Store) -> Result<Outcome, Refusal> {
    let messages = store
        .update_contact(van_id, |contact| {
            applied.into_iter().map(|applied| apply_mapping(contact, applied)).collect()
        })
        .ok_or(Refusal::NoSuchContact)?;
    Ok(Outcome { primary_key: van_id, primary_key_type: VAN_ID.to_owned(), messages })
}

fn apply_to_record(
    resource_type: &str,
    primary_key_type: String,
    id: u64,
    applied: Vec<Applied>,
    store: &mut Store,
) -> Outcome {
    let messages = applied.iter().map(|_| PROCESSED).collect();
    for applied in applied {
        store.apply_to_record(resource_type, id, applied);
    }
    Outcome { primary_key: id, primary_key_type, messages }
}

/// Applies one mapping, unless its value is refused.
fn apply_mapping(contact: &mut Contact, applied: Applied) -> &'static str {
    let message = match applied.mapping_type.as_str() {
        CREATE_OR_UPDATE_CONTACT => {
            // Blank cells are not among the values: they never delete.
            let fields = applied.fields.iter().filter(|(name, _)| *name != VAN_ID);
            contact.fields.extend(fields.map(|(name, value)| (name.clone(), value.clone())));
            PROCESSED
        }
        "Phones" => apply_phone(contact, &applied.fields),
        "Email" => check_email(&applied.fields),
        _ => PROCESSED,
    };
    if message == PROCESSED {
        contact.applied.push(applied);
    }
    message
}

fn apply_phone(contact: &mut Contact, fields: &Values) -> &'static str {
    let Some(number) = fields.get("Phone") else { return PROCESSED };
    if !PHONE_DIGITS.contains(&digits(number).len()) {
        return INVALID_PHONE;
    }
    let phone_type = fields.get("PhoneTypeID").cloned().unwrap_or_default();
    match contact.phones.get(&phone_type) {
        Some(best) if digits(best) != digits(number) => BEST_PHONE,
        Some(_) => PROCESSED,
        None => {
            contact.phones.insert(phone_type, number.clone());
            PROCESSED
        }
    }
}

fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

fn check_email(fields: &Values) -> &'static str {
    match fields.get("Email") {
        Some(address) if !is_plausible(address) => INVALID_EMAIL,
        _ => PROCESSED,
    }
}

/// Whether this has the form `someone@host.tld`.
fn is_plausible(address: &str) -> bool {
    let Some((local, host)) = address.split_once('@') else { return false };
    let is_clean = !address.contains(|c: char| c.is_whitespace() || c.is_control());
    is_clean
        && !local.is_empty()
        && !host.contains('@')
        && host.split('.').count() > 1
        && host.split('.').all(|label| !label.is_empty())
}
