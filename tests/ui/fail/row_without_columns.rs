use van_bulk::Row;

#[derive(Row)]
struct Signup {
    #[row(skip)]
    line: usize,
}

fn main() {}
