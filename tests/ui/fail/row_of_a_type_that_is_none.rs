use van_bulk::Job;
use van_bulk_mappings::resource::Contacts;

struct Signup;

fn main() {
    let _ = Job::<Contacts, Signup>::new("Sign-ups");
}
