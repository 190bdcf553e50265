use golden_every_rule::optional_type::OptionalType;
use golden_every_rule::resource::Things;
use van_bulk::mode::{AnyMode, MyCampaign, MyVoters};
use van_bulk::{FinishedJob, Job};
use van_bulk_mappings::activist_code::ActivistCode;
use van_bulk_mappings::resource::ContactsActivistCodes;
use van_bulk_ui_tests::{Client, Signup};

fn main() {
    let codes = Job::<ContactsActivistCodes, Signup>::new("Codes").apply(ActivistCode::new(Signup::CODE));
    let codes: FinishedJob<van_bulk_mappings::Mode> = codes.finish().unwrap();
    Client::<van_bulk_mappings::Mode>::connect().submit(&codes);
    Client::<MyCampaign>::connect().submit(&codes);
    Client::<AnyMode>::connect().submit(&codes);

    // The mode is left out on purpose.
    Client::<MyVoters>::connect().submit(&codes.any_mode());

    // The snapshot does not tell its mode.
    let things = Job::<Things, Signup>::new("Things").apply(OptionalType::new(Signup::CODE));
    let things: FinishedJob = things.finish().unwrap();
    Client::<MyVoters>::connect().submit(&things);
    Client::<MyCampaign>::connect().submit(&things);
    Client::<AnyMode>::connect().submit(&things);
}
