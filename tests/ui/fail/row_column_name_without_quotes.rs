use van_bulk::Row;

#[derive(Row)]
struct Signup {
    #[row(column = VanID)]
    van_id: u32,
}

fn main() {}
