use van_bulk::Row;

#[derive(Row)]
struct Signup {
    #[row(column)]
    van_id: u32,
}

fn main() {}
