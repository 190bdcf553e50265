//! The rows of the upload file, and how they map onto VAN.

use van_bulk::{FinishedJob, Job, JobError, Row, static_value};
use van_bulk_mappings::Mode;
use van_bulk_mappings::activist_code::{ActivistCode, activist_code_id, contact_type_id};
use van_bulk_mappings::apply_external_id::{ApplyExternalId, external_id_type_id};
use van_bulk_mappings::create_or_update_contact::CreateOrUpdateContact;
use van_bulk_mappings::email::{Email, email_subscription_status_id, email_type_id};
use van_bulk_mappings::phones::{Phones, phone_type_id};
use van_bulk_mappings::resource::Contacts;

/// Someone who signed up for the event: the rows of `signups.csv`. They are packed as they are, so none is ever made.
#[derive(Row)]
pub(crate) struct Signup {
    given_name: String,
    surname: String,
    street_address: String,
    city: String,
    state: String,
    zip: String,
    email: String,
    home_phone: String,
    #[row(column = "HPCountry")]
    home_phone_country: String,
    #[row(column = "MPhone")]
    mobile_phone: String,
    work_phone: String,
    external_id: u64,
}

/// The job: contacts with their phones and e-mail address, an activist code and the id of the sign-up.
pub(crate) fn job() -> Result<FinishedJob<Mode>, JobError> {
    Job::<Contacts, Signup>::new("Sign-ups of the lantern parade")
        .apply(
            CreateOrUpdateContact::new()
                .first_name(Signup::GIVEN_NAME)
                .last_name(Signup::SURNAME)
                .address_line1(Signup::STREET_ADDRESS)
                .city(Signup::CITY)
                .state_or_province(Signup::STATE)
                .zip_or_postal(Signup::ZIP)
                .email(Signup::EMAIL),
        )
        .apply(Phones::new(Signup::HOME_PHONE, phone_type_id::Home).country_code(Signup::HOME_PHONE_COUNTRY))
        .apply(Phones::new(Signup::MOBILE_PHONE, phone_type_id::Cell))
        .apply(Phones::new(Signup::WORK_PHONE, phone_type_id::Work))
        .apply(
            Email::new(Signup::EMAIL)
                .email_type_id(email_type_id::Personal)
                .email_subscription_status_id(email_subscription_status_id::Subscribed),
        )
        .apply(
            ActivistCode::new(activist_code_id::LanternParadeVolunteer)
                .canvassed_by(static_value("1001"))
                .date_canvassed(static_value("2026-10-03"))
                .contact_type_id(contact_type_id::Event),
        )
        .apply(ApplyExternalId::new(external_id_type_id::EventSignUpId, Signup::EXTERNAL_ID))
        .include_in_results_file(Signup::EXTERNAL_ID)
        .finish()
}
