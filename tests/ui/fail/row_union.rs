use van_bulk::Row;

#[derive(Row)]
union Signup {
    van_id: u32,
}

fn main() {}
