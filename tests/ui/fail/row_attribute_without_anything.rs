use van_bulk::Row;

#[derive(Row)]
struct Signup {
    #[row]
    van_id: u32,
}

fn main() {}
