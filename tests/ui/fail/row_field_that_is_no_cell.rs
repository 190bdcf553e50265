use van_bulk::Row;

enum Phone {
    Home,
}

#[derive(Row)]
struct Signup {
    email: String,
    phone: Phone,
}

fn main() {
    let _ = Phone::Home;
}
