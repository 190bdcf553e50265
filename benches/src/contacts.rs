//! Contacts that a campaign might import. The same number gives the same rows, on every machine.
//!
//! The names are of the United States and skewed as names are, so are cities, domains and codes; numbers of people and
//! phones are spread evenly and in no order, which compresses badly. Some names are spelled in capitals, some have a comma
//! or a letter that is not ASCII. The domains end in `.example`: nobody has these addresses.

use std::fmt::Write as _;
use std::io::{self, Write};

use clap::ValueEnum;

/// The columns, in order.
pub(crate) const COLUMNS: [&str; 8] =
    ["VanID", "FirstName", "LastName", "Email", "Phone", "PhoneType", "City", "ActivistCode"];

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shape {
    /// As most programs write it: a cell is quoted where it must be, lines end in `\n`.
    Plain,
    /// As it is packed: every cell quoted, lines end in `\r\n`.
    Quoted,
    /// As `Plain`, but one row in a hundred cannot be imported.
    Bad,
}

/// Writes a header and so many contacts.
pub(crate) fn write(rows: u64, shape: Shape, seed: u64, to: &mut impl Write) -> io::Result<()> {
    let mut random = Random(seed);
    let lists = Lists::new();
    let mut line = String::new();
    push_line(&mut line, &COLUMNS, shape);
    let mut contact = Contact::default();
    for row in 0..rows {
        to.write_all(line.as_bytes())?;
        line.clear();
        contact.fill(row, &lists, &mut random);
        if shape == Shape::Bad && row % 100 == 50 {
            contact.spoil(row / 100);
        }
        push_line(&mut line, &contact.cells(), shape);
    }
    to.write_all(line.as_bytes())
}

fn push_line(line: &mut String, cells: &[&str; 8], shape: Shape) {
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            line.push(',');
        }
        if shape == Shape::Quoted || cell.contains([',', '"', '\n']) {
            line.push('"');
            line.push_str(&cell.replace('"', "\"\""));
            line.push('"');
        } else {
            line.push_str(cell);
        }
    }
    line.push_str(if shape == Shape::Quoted { "\r\n" } else { "\n" });
}

#[derive(Debug, Default)]
struct Contact {
    van_id: String,
    first_name: String,
    last_name: String,
    email: String,
    phone: String,
    phone_type: &'static str,
    city: &'static str,
    activist_code: &'static str,
}

impl Contact {
    fn fill(&mut self, row: u64, lists: &Lists, random: &mut Random) {
        // An odd factor passes every number below 2^27 once, in an order that looks like none.
        let number = 100_000_000 + (row.wrapping_mul(0x5_F356_495B) & 0x7FF_FFFF);
        replace(&mut self.van_id, format_args!("{number}"));
        let (first, last) = (lists.first_names.pick(random), lists.last_names.pick(random));
        self.set_email(first, last, lists, random);
        self.set_names(first, last, random);
        let area = lists.area_codes.pick(random);
        let (exchange, line) = (200 + random.below(800), random.below(10_000));
        replace(&mut self.phone, format_args!("{area}-{exchange:03}-{line:04}"));
        self.phone_type = lists.phone_types.pick(random);
        self.city = lists.cities.pick(random);
        self.activist_code = lists.activist_codes.pick(random);
    }

    fn set_names(&mut self, first: &str, last: &str, random: &mut Random) {
        match random.below(100) {
            0 | 1 => {
                self.first_name = first.to_uppercase();
                self.last_name = last.to_uppercase();
            }
            2 => {
                self.first_name = first.to_lowercase();
                self.last_name = last.to_lowercase();
            }
            3 => {
                replace(&mut self.first_name, format_args!("{first}"));
                replace(&mut self.last_name, format_args!("{last}, Jr."));
            }
            4..=9 => {
                let initial = char::from(b'A' + u8::try_from(random.below(26)).unwrap_or_default());
                replace(&mut self.first_name, format_args!("{first} {initial}."));
                replace(&mut self.last_name, format_args!("{last}"));
            }
            _ => {
                replace(&mut self.first_name, format_args!("{first}"));
                replace(&mut self.last_name, format_args!("{last}"));
            }
        }
    }

    fn set_email(&mut self, first: &str, last: &str, lists: &Lists, random: &mut Random) {
        let (first, last) = (mailbox(first), mailbox(last));
        let initial = first.get(..1).unwrap_or_default();
        let domain = lists.domains.pick(random);
        let number = random.below(1_000);
        let year = 40 + random.below(65);
        let email = &mut self.email;
        match random.below(100) {
            0..25 => replace(email, format_args!("{first}.{last}@{domain}")),
            25..45 => replace(email, format_args!("{first}{last}{:02}@{domain}", year % 100)),
            45..60 => replace(email, format_args!("{initial}{last}@{domain}")),
            60..72 => replace(email, format_args!("{first}{}@{domain}", 1900 + year)),
            72..82 => replace(email, format_args!("{first}_{last}@{domain}")),
            82..92 => replace(email, format_args!("{first}.{last}{number}@{domain}")),
            _ => replace(email, format_args!("{last}{initial}{number}@{domain}")),
        }
    }

    /// Makes the contact one that cannot be imported, in one of three ways.
    fn spoil(&mut self, way: u64) {
        match way % 3 {
            0 => self.phone.clear(),
            1 => self.activist_code = "4199",
            _ => self.phone_type = "Mobile",
        }
    }

    fn cells(&self) -> [&str; 8] {
        [
            &self.van_id,
            &self.first_name,
            &self.last_name,
            &self.email,
            &self.phone,
            self.phone_type,
            self.city,
            self.activist_code,
        ]
    }
}

fn replace(cell: &mut String, text: std::fmt::Arguments<'_>) {
    cell.clear();
    // Writing to a string does not fail.
    let _ = cell.write_fmt(text);
}

/// A name as part of an address.
fn mailbox(name: &str) -> String {
    let plain = |c: char| match c {
        'á' => 'a',
        'é' | 'è' | 'ë' => 'e',
        'í' | 'ï' => 'i',
        'ó' | 'ö' => 'o',
        'ú' | 'ü' => 'u',
        'ñ' => 'n',
        other => other,
    };
    name.chars().flat_map(char::to_lowercase).map(plain).filter(char::is_ascii_lowercase).collect()
}

/// What cells are taken from.
struct Lists {
    first_names: Skewed,
    last_names: Skewed,
    cities: Skewed,
    domains: Skewed,
    area_codes: Skewed,
    phone_types: Skewed,
    activist_codes: Skewed,
}

impl Lists {
    fn new() -> Self {
        Self {
            first_names: Skewed::by_rank(lines(include_str!("../data/first_names.txt")), 12),
            last_names: Skewed::by_rank(lines(include_str!("../data/last_names.txt")), 12),
            cities: Skewed::by_rank(lines(include_str!("../data/cities.txt")), 2),
            domains: Skewed::new([
                ("mail.example", 50),
                ("inbox.example", 14),
                ("post-office.example", 9),
                ("webmail.example", 7),
                ("cable.example", 6),
                ("valley.net.example", 5),
                ("college.edu.example", 4),
                ("town-library.org.example", 2),
                ("hillside-school.example", 2),
                ("bakery-and-sons.example", 1),
            ]),
            area_codes: Skewed::by_rank(
                [
                    "413", "617", "508", "978", "781", "857", "774", "860", "603", "802", "401", "518",
                    "212", "917",
                ],
                0,
            ),
            phone_types: Skewed::new([("C", 66), ("H", 24), ("W", 8), ("O", 2)]),
            activist_codes: Skewed::new([("4101", 45), ("4103", 30), ("4102", 12), ("4105", 9), ("4104", 4)]),
        }
    }
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.is_empty())
}

/// Texts of which some are more frequent than others.
struct Skewed(Vec<(&'static str, u64)>);

impl Skewed {
    /// Texts with their weights.
    fn new(texts: impl IntoIterator<Item = (&'static str, u64)>) -> Self {
        let mut sum = 0;
        let add = |(text, weight)| {
            sum += weight;
            (text, sum)
        };
        Self(texts.into_iter().map(add).collect())
    }

    /// Each text is as frequent as its rank says, as in Zipf's law; the greater `flat`, the less do the first stand out.
    fn by_rank(texts: impl IntoIterator<Item = &'static str>, flat: u64) -> Self {
        Self::new((1..).zip(texts).map(|(rank, text)| (text, 1_000_000 / (rank + flat))))
    }

    fn pick(&self, random: &mut Random) -> &'static str {
        let sum = self.0.last().map_or(1, |(_, sum)| *sum);
        let at = random.below(sum);
        let index = self.0.partition_point(|(_, end)| *end <= at);
        self.0.get(index).map_or("", |(text, _)| text)
    }
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; the bias of the remainder is of no account here.
    fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn text(shape: Shape) -> String {
        let mut text = Vec::new();
        write(2_000, shape, 7, &mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn there_are_names_enough() {
        for list in [include_str!("../data/first_names.txt"), include_str!("../data/last_names.txt")] {
            let names: HashSet<&str> = lines(list).collect();
            assert!(names.len() >= 200);
            assert_eq!(names.len(), lines(list).count());
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_rows_and_no_two_have_the_same_id() {
        let plain = text(Shape::Plain);
        assert_eq!(plain, text(Shape::Plain));
        let ids: HashSet<&str> = plain.lines().map(|line| line.split_once(',').unwrap().0).collect();
        assert_eq!(ids.len(), 2_001);
    }

    #[test]
    fn addresses_are_ascii() {
        assert_eq!(mailbox("De la Cruz Núñez"), "delacruznunez");
        assert_eq!(mailbox("Anaïs"), "anais");
    }
}
