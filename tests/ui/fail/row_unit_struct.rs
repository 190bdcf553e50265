use van_bulk::Row;

#[derive(Row)]
struct Signup;

fn main() {}
