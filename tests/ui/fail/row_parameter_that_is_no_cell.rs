use van_bulk::{Job, Row};
use van_bulk_mappings::resource::Contacts;

#[derive(Row)]
struct Signup<Id> {
    id: Id,
}

fn main() {
    let _ = Job::<Contacts, Signup<Vec<u8>>>::new("Sign-ups");
}
