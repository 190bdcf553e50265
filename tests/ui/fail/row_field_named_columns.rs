use van_bulk::Row;

#[derive(Row)]
struct Layout {
    van_id: u32,
    columns: u32,
}

fn main() {}
