//! The sample of van-bulk, for who wants to look around before there is a key.

use std::collections::BTreeMap;

/// The files of the sample, and their texts.
macro_rules! files {
    ($($path:literal),* $(,)?) => {
        [$(($path, include_str!(concat!("../../../snapshots/sample/", $path)))),*]
    };
}

/// The documents of the sample by name.
pub(super) fn documents() -> BTreeMap<String, String> {
    FILES.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

const FILES: [(&str, &str); 33] = files![
    "mapping-types.json",
    "names.lock",
    "overrides.toml",
    "profile.json",
    "provenance.json",
    "resources.json",
    "values/ActivistCode.ActivistCodeID.json",
    "values/ActivistCode.ContactTypeID.json",
    "values/ApplyContactCustomFields.CF157.json",
    "values/ApplyContactCustomFields.CustomFieldGroupID.json",
    "values/ApplyContributions.DesignationID.json",
    "values/ApplyContributions.PaymentTypeID.json",
    "values/ApplyExternalID.ExternalIDTypeID.json",
    "values/CanvassResults.ContactTypeID.json",
    "values/CanvassResults.CountryCode.json",
    "values/CanvassResults.PhoneOptInStatusID.json",
    "values/CanvassResults.PhoneTypeID.json",
    "values/CanvassResults.ResultID.json",
    "values/CreateOrUpdateContact.CellPhoneCountryCode.json",
    "values/CreateOrUpdateContact.ContactModeID.json",
    "values/CreateOrUpdateContact.CountryCode.json",
    "values/CreateOrUpdateContact.DisplayAsEntered.json",
    "values/CreateOrUpdateContact.PhoneCountryCode.json",
    "values/CreateOrUpdateContact.StateOrProvince.json",
    "values/CreateOrUpdateContact.WorkPhoneCountryCode.json",
    "values/EditContributionData.PaymentTypeID.json",
    "values/Email.EmailSubscriptionStatusId.json",
    "values/Email.EmailTypeId.json",
    "values/MailingAddress.MailingDisplayAsEntered.json",
    "values/Phones.CountryCode.json",
    "values/Phones.PhoneOptInStatusID.json",
    "values/Phones.PhoneTypeID.json",
    "values/Suppressions.SuppressionID.json",
];

#[cfg(test)]
mod tests {
    use van_bulk_schema::Snapshot;

    use super::*;
    use crate::workspace;

    #[test]
    fn the_sample_is_whole() {
        let here = Snapshot::documents_in(&workspace::tests::sample()).unwrap();
        assert_eq!(documents(), here);
    }
}
