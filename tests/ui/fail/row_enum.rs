use van_bulk::Row;

#[derive(Row)]
enum Signup {
    Online { email: String },
}

fn main() {}
