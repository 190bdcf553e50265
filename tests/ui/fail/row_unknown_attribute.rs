use van_bulk::Row;

#[derive(Row)]
struct Signup {
    #[row(colunm = "VanID")]
    van_id: u32,
}

fn main() {}
