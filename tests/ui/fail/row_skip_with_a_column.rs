use van_bulk::Row;

#[derive(Row)]
struct Signup {
    email: String,
    #[row(skip, column = "Line")]
    line: usize,
}

fn main() {}
