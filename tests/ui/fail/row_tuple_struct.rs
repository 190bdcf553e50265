use van_bulk::Row;

#[derive(Row)]
struct Signup(String, String);

fn main() {}
