use van_bulk::Row;

#[derive(Row)]
struct Address {
    street: String,
    city: String,
}

#[derive(Row)]
struct Signup<'a> {
    #[row(column = "CITY")]
    place: &'a str,
    #[row(flatten)]
    address: Address,
}

fn main() {}
