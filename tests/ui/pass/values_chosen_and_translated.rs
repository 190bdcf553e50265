use van_bulk::{Job, raw};
use van_bulk_mappings::create_or_update_contact::{CreateOrUpdateContact, state_or_province};
use van_bulk_mappings::phones::{Phones, phone_type_id};
use van_bulk_mappings::resource::Contacts;
use van_bulk_ui_tests::Signup;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let kinds = [("landline", phone_type_id::Any::try_from("Home")?), ("mobile", phone_type_id::Any::try_from("C")?)];
    // A list too long for types is found by id or name all the same.
    let state = state_or_province::Any::try_from("massachusetts")?;
    let job = Job::<Contacts, Signup>::new("Sign-ups")
        .apply(CreateOrUpdateContact::new().email(Signup::EMAIL).state_or_province(state))
        .apply(Phones::new(Signup::HOME_PHONE, Signup::CODE.translate(kinds)))
        .apply(Phones::new(Signup::WORK_PHONE, Signup::DATE.translate([("o", raw("O"))])))
        .finish()?;
    let shown = shown(&job.mappings()[1].field_value_mappings[1]);
    assert_eq!(shown, "PhoneTypeID from Code: landline is H, mobile is C");
    assert_eq!(job.mappings()[0].field_value_mappings[1].static_value.as_deref(), Some("MA"));
    Ok(())
}

fn shown(field: &van_bulk::payload::FieldValueMapping) -> String {
    let values: Vec<String> =
        field.values.iter().map(|value| format!("{} is {}", value.source_value, value.target_value)).collect();
    format!("{} from {}: {}", field.field_name, field.column_name.as_deref().unwrap_or_default(), values.join(", "))
}
