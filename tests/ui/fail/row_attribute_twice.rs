use van_bulk::Row;

#[derive(Row)]
struct Signup {
    #[row(column = "VanID")]
    #[row(column = "VoterFileID")]
    van_id: u32,
}

fn main() {}
