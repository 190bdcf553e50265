use golden_two_profiles::{acme, beta};

fn main() {
    let code = beta::activist_code::activist_code_id::Any::try_from("Cloud Sorter").unwrap();
    let _ = acme::activist_code::ActivistCode::<van_bulk::Header>::new(code);
}
