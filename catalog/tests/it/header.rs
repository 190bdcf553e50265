//! What the composer makes of the header of a file, or of what people paste.

use std::fs;

use serde_json::{Value, json};

use crate::browser::{Browser, folder};
use crate::jobs::job;
use crate::pages;

/// The columns, the delimiter, and what the page says is odd.
type Read = (Vec<String>, String, String);

const PROBLEM: &str = "document.getElementById('csv-problem').textContent";

async fn read(browser: &Browser) -> Read {
    let file = browser.get("vanBulkComposer.payload().file").await;
    let columns = file["columns"].as_array().unwrap().iter();
    (
        columns.map(|column| column["name"].as_str().unwrap().to_owned()).collect(),
        file["columnDelimiter"].as_str().unwrap().to_owned(),
        browser.get(PROBLEM).await.as_str().unwrap().to_owned(),
    )
}

/// Chooses a file with these bytes.
async fn choose(browser: &Browser, name: &str, bytes: impl AsRef<[u8]>) -> Read {
    let file = folder("files").join(name);
    fs::write(&file, bytes).unwrap();
    browser.js("vanBulkComposer.load(arguments[0])", job("", &["before"], json!([]))).await;
    browser.choose("#csv", &file).await;
    browser
        .until(&format!("{PROBLEM} !== '' || vanBulkComposer.payload().file.columns[0].name !== 'before'"))
        .await;
    read(browser).await
}

/// Puts a text into the header box, as pasting does, and leaves it.
async fn paste(browser: &Browser, text: &str) -> Read {
    let script = "const box = document.getElementById('headers');
        box.value = arguments[0];
        box.dispatchEvent(new Event('input'));
        box.dispatchEvent(new Event('change'));";
    browser.js(script, json!(text)).await;
    read(browser).await
}

fn columns(names: &[&str], delimiter: &str) -> Read {
    (names.iter().map(|name| (*name).to_owned()).collect(), delimiter.to_owned(), String::new())
}

async fn start() -> Option<Browser> {
    let browser = Browser::start().await?;
    browser.open(&pages::sample()).await;
    browser.js("location.hash = '#composer'", Value::Null).await;
    Some(browser)
}

#[tokio::test]
async fn a_file_of_another_encoding_is_read_as_what_it_is_and_the_page_says_so() {
    let Some(browser) = start().await else { return };
    let wide = |text: &str, of: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(of).collect::<Vec<u8>>();
    let text = "\u{feff}VanID,Prénom 🎉\r\n1,x\r\n";
    for (name, bytes, second, encoding) in [
        ("windows.csv", b"VanID,Pr\xe9nom \x80\r\n1,x\r\n".to_vec(), "Prénom €", "windows-1252"),
        ("little.csv", wide(text, u16::to_le_bytes), "Prénom 🎉", "utf-16"),
        ("big.csv", wide(text, u16::to_be_bytes), "Prénom 🎉", "utf-16"),
    ] {
        let (names, _, problem) = choose(&browser, name, bytes).await;
        assert_eq!(names, ["VanID", second], "{name}");
        assert!(problem.contains(&format!("read as {encoding}.")), "{name}: {problem}");
        assert!(problem.ends_with(&format!("--encoding {encoding}.")), "{name}: {problem}");
    }
    // Rows say nothing of the header, whose bytes are good UTF-8.
    let damaged = [text.as_bytes(), b"2,\xe9\r\n"].concat();
    assert_eq!(choose(&browser, "damaged.csv", damaged).await, columns(&["VanID", "Prénom 🎉"], "csv"));
    for (name, bytes, why) in [
        ("marked.csv", b"\xef\xbb\xbfPr\xe9nom\r\n".to_vec(), "begins as UTF-8"),
        ("lone.csv", [b"\xff\xfe".to_vec(), vec![0, 0xd8, b'x', 0]].concat(), "begins as UTF-16"),
        ("unmarked.csv", wide("VanID", u16::to_le_bytes), "no text file"),
        ("packed.csv", b"\x1f\x8bab".to_vec(), "unpack it"),
    ] {
        let (names, _, problem) = choose(&browser, name, bytes).await;
        assert_eq!(names, ["before"], "{name}");
        assert!(problem.starts_with(&format!("{name} could not be read.")), "{problem}");
        assert!(problem.contains(why), "{name}: {problem}");
    }
    assert_eq!(browser.complaints().await, [""; 0]);
}

#[tokio::test]
async fn a_header_that_does_not_end_within_what_is_read_is_refused() {
    let Some(browser) = start().await else { return };
    let long: Vec<String> = (0..400).map(|number| format!("Column {number} {}", "x".repeat(200))).collect();
    let (names, _, problem) = choose(&browser, "long.csv", format!("{}\r\n", long.join(","))).await;
    assert_eq!(names, ["before"]);
    assert!(problem.contains("does not end within the first 64 KB"), "{problem}");
    let (names, _, problem) = choose(&browser, "open.csv", "VanID,\"Name\r\n1,x\r\n").await;
    assert_eq!(names, ["before"]);
    assert!(problem.contains("never closed"), "{problem}");
    // Rows may go on for as long as they like, and a letter be cut where the reading ends.
    let rows = format!("VanID,Größe\r\n{}", "1,ä\r\n".repeat(20_000));
    assert_eq!(choose(&browser, "many.csv", rows).await, columns(&["VanID", "Größe"], "csv"));
    // A header needs no line end if it is all there is.
    assert_eq!(choose(&browser, "header.csv", "VanID,Größe").await, columns(&["VanID", "Größe"], "csv"));
}

#[tokio::test]
async fn tabs_separate_where_more_of_them_than_commas_stand_outside_of_quotes() {
    let Some(browser) = start().await else { return };
    for (number, (text, expected)) in [
        ("VanID\t\"a, b\"\n", columns(&["VanID", "a, b"], "tab")),
        ("VanID\ta, b\tc\n", columns(&["VanID", "a, b", "c"], "tab")),
        ("VanID,a\tb\n", columns(&["VanID", "a\tb"], "csv")),
        ("\"a\tb\tc\",VanID\n", columns(&["a\tb\tc", "VanID"], "csv")),
        ("\"a\"\"\t,\",\"\",b\n", columns(&["a\"\t,", "", "b"], "csv")),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(choose(&browser, &format!("tabs{number}.txt"), text).await, expected, "{text:?}");
        // The box reads the same as the file.
        let shown = browser.get("document.getElementById('headers').value").await;
        assert_eq!(paste(&browser, shown.as_str().unwrap()).await, expected, "{shown}");
    }
}

#[tokio::test]
async fn names_one_a_line_do_not_keep_the_delimiter_of_an_earlier_header() {
    let Some(browser) = start().await else { return };
    assert_eq!(paste(&browser, "VanID\tName").await, columns(&["VanID", "Name"], "tab"));
    assert_eq!(paste(&browser, "VanID\nName").await, columns(&["VanID", "Name"], "csv"));
    // What somebody chose stays.
    let choose = "const select = document.getElementById('delimiter');
        select.value = 'tab';
        select.dispatchEvent(new Event('change'));";
    browser.js(choose, Value::Null).await;
    assert_eq!(paste(&browser, "VanID\nName\nMail").await, columns(&["VanID", "Name", "Mail"], "tab"));
}

#[tokio::test]
async fn semicolons_and_torn_quotes_are_told() {
    let Some(browser) = start().await else { return };
    for (name, text) in [("semicolons.csv", "VanID;Name;\"a,b\"\n"), ("quoted.csv", "\"VanID\";\"Name\"\n")] {
        let (_, _, of_file) = choose(&browser, name, text).await;
        let (_, _, of_text) = paste(&browser, text).await;
        assert!(of_file.starts_with("Semicolons seem to separate"), "{of_file}");
        assert_eq!(of_file, of_text);
    }
    assert_eq!(paste(&browser, "VanID;x,Name").await.2, "");
    let (_, _, torn) = paste(&browser, "VanID,\"Na\"me").await;
    assert!(torn.starts_with("Text follows the closing quote of column 2"), "{torn}");
    assert_eq!(paste(&browser, "VanID,\"Na\"\"me\"").await, columns(&["VanID", "Na\"me"], "csv"));
}

#[tokio::test]
async fn blank_lines_before_the_header_are_passed_over() {
    let Some(browser) = start().await else { return };
    let expected = columns(&["VanID", "Name"], "csv");
    assert_eq!(choose(&browser, "blank.csv", "\u{feff}\r\n\n\rVanID,Name\r\n1,x\r\n").await, expected);
    assert_eq!(paste(&browser, "\n\nVanID,Name\n").await, expected);
}

#[tokio::test]
async fn a_file_can_be_dropped_onto_the_box() {
    let Some(browser) = start().await else { return };
    let drag = "const [kind, name, text] = arguments[0];
        const drop = document.getElementById('drop');
        const dragged = new DataTransfer();
        dragged.items.add(new File([text], name));
        const event = new DragEvent(kind, { dataTransfer: dragged, bubbles: true, cancelable: true });
        document.getElementById('headers').dispatchEvent(event);
        return [event.defaultPrevented, drop.classList.contains('dropping')];";
    // The browser would open the file in place of the page if nobody prevented it.
    assert_eq!(browser.js(drag, json!(["dragover", "", ""])).await, json!([true, true]));
    assert_eq!(browser.js(drag, json!(["dragleave", "", ""])).await, json!([false, false]));
    assert_eq!(browser.js(drag, json!(["dragover", "", ""])).await, json!([true, true]));
    let dropped = browser.js(drag, json!(["drop", "people.tsv", "VanID\tGröße\n1\tsecret\n"])).await;
    assert_eq!(dropped, json!([true, false]));
    browser.until("vanBulkComposer.payload().file.columns.length === 2").await;
    assert_eq!(read(&browser).await, columns(&["VanID", "Größe"], "tab"));
    assert_eq!(browser.get("vanBulkComposer.payload().file.fileName").await, "people.tsv");
    assert_eq!(browser.get("document.documentElement.outerHTML.includes('secret')").await, false);
}
