//! The records that jobs change, in memory.

use std::collections::{BTreeMap, HashMap};

/// The first VANID that is given to a new contact, unless a seeded contact has a higher one.
const FIRST_VAN_ID: u64 = 100_000_001;
/// The first id that is given to a record of another resource type.
const FIRST_RECORD_ID: u64 = 5_001;

/// The fields of `CreateOrUpdateContact` by which a contact is matched.
const MATCH_FIELDS: [&str; 3] = ["FirstName", "LastName", "Email"];

/// A contact.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contact {
    /// VAN's id of the contact.
    pub van_id: u64,
    /// What `CreateOrUpdateContact` last gave each of its fields, by VAN's name of the field.
    pub fields: BTreeMap<String, String>,
    /// The phone number of each phone type, by the id of the type; empty where a number has none.
    pub phones: BTreeMap<String, String>,
    /// Everything that was applied, in order.
    pub applied: Vec<Applied>,
}

impl Contact {
    /// A contact of which nothing is known but its id.
    pub fn new(van_id: u64) -> Self {
        Self { van_id, ..Self::default() }
    }

    /// Gives a field of `CreateOrUpdateContact` a value, such as `FirstName`.
    #[must_use]
    pub fn with(mut self, field: &str, value: &str) -> Self {
        self.fields.insert(field.to_owned(), value.to_owned());
        self
    }
}

/// A record of a resource type other than contacts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its id: the one in the file, or one that the emulator made up.
    pub id: u64,
    /// Everything that was applied, in order.
    pub applied: Vec<Applied>,
}

/// One mapping of one row, as it was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The job.
    pub job_id: u32,
    /// The mapping type.
    pub mapping_type: String,
    /// The values by field; fields that were blank in the row are left out.
    pub fields: BTreeMap<String, String>,
}

/// All records.
#[derive(Debug)]
pub(crate) struct Store {
    contacts: BTreeMap<u64, Contact>,
    matches: HashMap<[String; 3], u64>,
    next_van_id: u64,
    records: BTreeMap<String, BTreeMap<u64, Record>>,
    next_record_id: u64,
}

impl Store {
    pub(crate) fn new(seed: &[Contact]) -> Self {
        let highest = seed.iter().map(|contact| contact.van_id).max().unwrap_or(0);
        let mut store = Self {
            contacts: BTreeMap::new(),
            matches: HashMap::new(),
            next_van_id: FIRST_VAN_ID.max(highest.saturating_add(1)),
            records: BTreeMap::new(),
            next_record_id: FIRST_RECORD_ID,
        };
        for contact in seed {
            store.contacts.insert(contact.van_id, contact.clone());
            store.index(contact.van_id);
        }
        store
    }

    pub(crate) fn contacts(&self) -> impl Iterator<Item = &Contact> {
        self.contacts.values()
    }

    pub(crate) fn records(&self, resource_type: &str) -> Vec<Record> {
        self.records.get(resource_type).map(|records| records.values().cloned().collect()).unwrap_or_default()
    }

    pub(crate) fn has_contact(&self, van_id: u64) -> bool {
        self.contacts.contains_key(&van_id)
    }

    /// The contact of these values of `CreateOrUpdateContact`: first name, last name and e-mail address must all be
    /// there and equal, ignoring case. VAN's own matching is not public.
    pub(crate) fn match_contact(&self, fields: &BTreeMap<String, String>) -> Option<u64> {
        self.matches.get(&match_key(fields)?).copied()
    }

    pub(crate) fn create_contact(&mut self) -> u64 {
        let van_id = self.next_van_id;
        self.next_van_id += 1;
        self.contacts.insert(van_id, Contact::new(van_id));
        van_id
    }

    /// Changes a contact; `None` if there is none of this id.
    pub(crate) fn update_contact<T>(
        &mut self,
        van_id: u64,
        change: impl FnOnce(&mut Contact) -> T,
    ) -> Option<T> {
        let contact = self.contacts.get_mut(&van_id)?;
        let before = match_key(&contact.fields);
        let result = change(contact);
        if let Some(before) = before.filter(|before| self.matches.get(before) == Some(&van_id)) {
            self.matches.remove(&before);
        }
        self.index(van_id);
        Some(result)
    }

    pub(crate) fn create_record_id(&mut self) -> u64 {
        let id = self.next_record_id;
        self.next_record_id += 1;
        id
    }

    pub(crate) fn apply_to_record(&mut self, resource_type: &str, id: u64, applied: Applied) {
        let records = self.records.entry(resource_type.to_owned()).or_default();
        records.entry(id).or_insert_with(|| Record { id, applied: Vec::new() }).applied.push(applied);
    }

    /// Lets the contact be found by its values. The first of several equal contacts stays the one that is found.
    fn index(&mut self, van_id: u64) {
        if let Some(key) = self.contacts.get(&van_id).and_then(|contact| match_key(&contact.fields)) {
            self.matches.entry(key).or_insert(van_id);
        }
    }
}

fn match_key(fields: &BTreeMap<String, String>) -> Option<[String; 3]> {
    let part = |name: &str| {
        fields.get(name).map(|value| value.trim().to_lowercase()).filter(|value| !value.is_empty())
    };
    let [first, last, email] = MATCH_FIELDS;
    Some([part(first)?, part(last)?, part(email)?])
}
