#![deny(warnings)]

use van_bulk::{Cells, Column, Job, Row};
use van_bulk_mappings::create_or_update_contact::CreateOrUpdateContact;
use van_bulk_mappings::resource::Contacts;

#[derive(Row)]
struct Address<'a> {
    street: &'a str,
    city: Option<&'a str>,
}

#[derive(Row)]
struct Signup<'a> {
    first_name: String,
    #[row(column = "E-mail")]
    email: Option<String>,
    #[row(flatten)]
    address: Option<Address<'a>>,
}

const EMAIL: Column<Signup> = Signup::EMAIL;

fn main() {
    let job = Job::<Contacts, Signup>::new("Sign-ups")
        .apply(
            CreateOrUpdateContact::new()
                .first_name(Signup::FIRST_NAME)
                .email(EMAIL)
                .city(Signup::ADDRESS.column(Address::CITY))
                .address_line1(Signup::ADDRESS.column(Address::STREET)),
        )
        .finish()
        .expect("every rule is kept");
    assert_eq!(job.columns().collect::<Vec<_>>(), ["FirstName", "E-mail", "Street", "City"]);

    let address = Address { street: "3 Mill Road", city: None };
    let mut cells = Cells::new();
    Signup { first_name: "Ada".to_owned(), email: None, address: Some(address) }.write(&mut cells);
    assert_eq!(cells.iter().collect::<Vec<_>>(), ["Ada", "", "3 Mill Road", ""]);
}
