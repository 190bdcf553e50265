use van_bulk::Row;

#[derive(Row)]
struct Signup {
    email: String,
    #[row(skip = true)]
    line: usize,
}

fn main() {}
