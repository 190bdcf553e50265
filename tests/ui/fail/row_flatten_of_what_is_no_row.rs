use van_bulk::Row;

struct Address {
    city: String,
}

#[derive(Row)]
struct Signup {
    email: String,
    #[row(flatten)]
    address: Address,
}

fn main() {
    let _ = |address: Address| address.city;
}
