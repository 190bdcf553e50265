//! How the rows of a job find their contacts.
//!
//! Either the mapping type [`CREATE_OR_UPDATE_CONTACT`] finds or makes them, or the file has a column [`VAN_ID`], which
//! no mapping names. The two names are VAN's. That the column must be there without such a mapping, and be the first, was
//! seen in what other clients send; VAN's docs do not say so.

use van_bulk::header::same_name;

use crate::payload::Action;

/// The column, and the field of [`CREATE_OR_UPDATE_CONTACT`], that holds VAN's id of a contact.
pub const VAN_ID: &str = "VanID";

/// The column that holds VAN's id of a contribution: our reading of the `PrimaryKeyType` of result files, which is
/// documented to be `ContributionID` where the rows are contributions.
pub const CONTRIBUTION_ID: &str = "ContributionID";

/// The mapping type that finds or makes the contact of each row.
pub const CREATE_OR_UPDATE_CONTACT: &str = "CreateOrUpdateContact";

/// Whether the rows of this resource type are about contacts: `Contacts`, and `ContactsActivistCodes`, which other clients
/// send with such a column too. That it holds for any other name that starts so is our reading.
pub fn is_about_contacts(resource_type: &str) -> bool {
    resource_type.starts_with("Contacts")
}

/// The column that says which record a row of this resource type is about, if one is known.
pub fn key(resource_type: &str) -> Option<&'static str> {
    if is_about_contacts(resource_type) {
        Some(VAN_ID)
    } else if resource_type == "Contributions" {
        Some(CONTRIBUTION_ID)
    } else {
        None
    }
}

/// Whether a column of this name, ignoring case, says which record a row is about. No mapping needs to name it.
pub fn is_key(resource_type: &str, column: &str) -> bool {
    key(resource_type).is_some_and(|key| same_name(key, column))
}

/// Whether the rows of the action find their contacts by the column [`VAN_ID`] alone.
pub fn is_needed(action: &Action) -> bool {
    let finds_contacts = |name: &str| name == CREATE_OR_UPDATE_CONTACT;
    is_about_contacts(&action.resource_type)
        && !action.mapping_types.iter().any(|mapping| finds_contacts(&mapping.name))
}
