use van_bulk::Row;

#[derive(Row)]
struct Donation {
    van_id: u32,
    amount: Option<f64>,
}

fn main() {}
