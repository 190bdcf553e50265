use van_bulk::Row;

#[derive(Row)]
struct Signup {
    #[row(column = "Van\0ID\n2")]
    van_id: u32,
}

fn main() {}
