#![allow(non_snake_case)]

use van_bulk::Row;

#[derive(Row)]
struct Signup {
    van_id: u32,
    #[row(column = "VoterFileID")]
    vanId: u32,
}

fn main() {}
