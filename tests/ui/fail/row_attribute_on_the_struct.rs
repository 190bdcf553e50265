use van_bulk::Row;

#[derive(Row)]
#[row(rename_all = "camelCase")]
struct Signup {
    van_id: u32,
}

fn main() {}
