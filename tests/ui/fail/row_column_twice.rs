use van_bulk::Row;

#[derive(Row)]
struct Signup {
    email: String,
    #[row(column = "EMAIL")]
    work_email: String,
}

fn main() {}
