use golden_two_profiles::{acme, beta};
use van_bulk::mode::AnyMode;
use van_bulk::{FinishedJob, Job, JobError};
use van_bulk_ui_tests::{Client, Signup};

fn for_acme() -> Result<FinishedJob<acme::Mode>, JobError> {
    use acme::activist_code::{ActivistCode, activist_code_id};
    use acme::paper_lanterns::{PaperLanterns, lantern_color};
    let code = ActivistCode::new(activist_code_id::KelpCounter).canvassed_by(Signup::CANVASSED_BY);
    let lantern = PaperLanterns::new().lantern_color(lantern_color::Red).wish_text(Signup::EMAIL);
    Job::<acme::resource::Contacts, Signup>::new("Lanterns of acme").apply(code).apply(lantern).finish()
}

fn for_beta() -> Result<FinishedJob<beta::Mode>, JobError> {
    use beta::activist_code::{ActivistCode, activist_code_id};
    let code = ActivistCode::new(activist_code_id::CloudSorter);
    Job::<beta::resource::Contacts, Signup>::new("Clouds of beta").apply(code).finish()
}

fn main() {
    let (acme, beta) = (for_acme().unwrap(), for_beta().unwrap());
    Client::<acme::Mode>::connect().submit(&acme);
    Client::<beta::Mode>::connect().submit(&beta);
    let any = Client::<AnyMode>::connect();
    any.submit(&acme);
    any.submit(&beta);
    let together = [acme.any_mode(), beta.any_mode()];
    assert_eq!(together.each_ref().map(FinishedJob::resource_type), ["Contacts", "Contacts"]);
}
