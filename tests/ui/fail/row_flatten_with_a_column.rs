use van_bulk::Row;

#[derive(Row)]
struct Address {
    city: String,
}

#[derive(Row)]
struct Signup {
    #[row(flatten, column = "Address")]
    address: Address,
}

fn main() {}
