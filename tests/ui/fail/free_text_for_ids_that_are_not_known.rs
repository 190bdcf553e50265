use van_bulk::static_value;
use van_bulk_mappings::apply_jobs::ApplyJobs;
use van_bulk_ui_tests::Signup;

fn main() {
    let _ = ApplyJobs::new(Signup::CODE).schedule_type_id(static_value("Evenings"));
}
