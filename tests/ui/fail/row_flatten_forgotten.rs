use van_bulk::Row;

#[derive(Row)]
struct Address {
    city: String,
}

#[derive(Row)]
struct Signup {
    email: String,
    address: Address,
}

fn main() {}
