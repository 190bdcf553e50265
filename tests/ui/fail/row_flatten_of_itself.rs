use van_bulk::Row;

#[derive(Row)]
struct Signup {
    email: String,
    #[row(flatten)]
    partner: Option<Box<Signup>>,
}

fn main() {}
