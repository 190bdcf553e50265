use van_bulk::Row;

#[derive(Row)]
struct Answers {
    answer1: u8,
    answer2: u8,
    answer3: u8,
    answer4: u8,
    answer5: u8,
    answer6: u8,
    answer7: u8,
    answer8: u8,
    answer9: u8,
    answer10: u8,
    answer11: u8,
    answer12: u8,
    answer13: u8,
    answer14: u8,
    answer15: u8,
    answer16: u8,
    answer17: u8,
    answer18: u8,
    answer19: u8,
    answer20: u8,
    answer21: u8,
    answer22: u8,
    answer23: u8,
    answer24: u8,
    answer25: u8,
    answer26: u8,
    answer27: u8,
    answer28: u8,
    answer29: u8,
    answer30: u8,
    answer31: u8,
    answer32: u8,
    answer33: u8,
    answer34: u8,
    answer35: u8,
    answer36: u8,
    answer37: u8,
    answer38: u8,
    answer39: u8,
    answer40: u8,
    answer41: u8,
    answer42: u8,
    answer43: u8,
    answer44: u8,
    answer45: u8,
    answer46: u8,
    answer47: u8,
    answer48: u8,
    answer49: u8,
    answer50: u8,
}

#[derive(Row)]
struct Signup {
    email: String,
    #[row(flatten)]
    answers: Answers,
}

fn main() {}
