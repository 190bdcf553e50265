//! Checks a delimited file while it is unzipped: UTF-8, balanced quotes, no endless row.

/// The longest row, in bytes.
pub(super) const MAX_ROW_BYTES: u64 = 1024 * 1024;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What is wrong with the text, and the line, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    NotUtf8 { line: u64 },
    UnbalancedQuotes { line: u64 },
    RowTooLong { line: u64 },
}

/// Where in a field the last byte was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Start,
    Plain,
    Quoted,
    /// After a quote in a quoted field: its end, or the first of two that stand for one.
    QuoteInQuoted,
}

/// Takes the text piece by piece.
#[derive(Debug)]
pub(super) struct TextCheck {
    /// What separates fields if quotes mean anything, else `None`.
    quoted_with: Option<u8>,
    place: Place,
    line: u64,
    row_line: u64,
    quote_line: u64,
    row_bytes: u64,
    offset: u64,
    /// The start of a character that the next piece ends.
    unfinished: Vec<u8>,
}

impl TextCheck {
    pub(super) fn new(delimiter: u8, has_quotes: bool) -> Self {
        Self {
            quoted_with: has_quotes.then_some(delimiter),
            place: Place::Start,
            line: 1,
            row_line: 1,
            quote_line: 1,
            row_bytes: 0,
            offset: 0,
            unfinished: Vec::new(),
        }
    }

    /// Checks the next piece.
    pub(super) fn take(&mut self, piece: &[u8]) -> Result<(), Flaw> {
        let line_before = self.line;
        self.take_utf8(piece, line_before)?;
        piece.iter().try_for_each(|byte| self.take_byte(*byte))
    }

    /// Checks that the text may end here.
    pub(super) fn finish(&self) -> Result<(), Flaw> {
        if !self.unfinished.is_empty() {
            return Err(Flaw::NotUtf8 { line: self.line });
        }
        if self.place == Place::Quoted {
            return Err(Flaw::UnbalancedQuotes { line: self.quote_line });
        }
        Ok(())
    }

    fn take_utf8(&mut self, piece: &[u8], line: u64) -> Result<(), Flaw> {
        let mut bytes = std::mem::take(&mut self.unfinished);
        bytes.extend_from_slice(piece);
        if let Err(error) = std::str::from_utf8(&bytes) {
            let (good, rest) = bytes.split_at(error.valid_up_to());
            if error.error_len().is_some() {
                let lines = good.iter().filter(|byte| **byte == b'\n').count() as u64;
                return Err(Flaw::NotUtf8 { line: line + lines });
            }
            self.unfinished = rest.to_vec();
        }
        Ok(())
    }

    fn take_byte(&mut self, byte: u8) -> Result<(), Flaw> {
        let is_mark = BYTE_ORDER_MARK.get(usize::try_from(self.offset).unwrap_or(usize::MAX)) == Some(&byte)
            && self.row_bytes == self.offset
            && self.place == Place::Start;
        self.offset = self.offset.saturating_add(1);
        self.row_bytes += 1;
        if self.row_bytes > MAX_ROW_BYTES {
            return Err(Flaw::RowTooLong { line: self.row_line });
        }
        if !is_mark {
            self.place = self.next_place(byte);
        }
        if byte == b'\n' {
            self.line += 1;
        }
        if matches!(byte, b'\n' | b'\r') && self.place == Place::Start {
            self.row_bytes = 0;
            self.row_line = self.line;
        }
        Ok(())
    }

    fn next_place(&mut self, byte: u8) -> Place {
        let Some(delimiter) = self.quoted_with else { return Place::Start };
        match (self.place, byte) {
            (Place::Quoted, b'"') => Place::QuoteInQuoted,
            (Place::Quoted, _) => Place::Quoted,
            (Place::QuoteInQuoted, b'"') => Place::Quoted,
            (Place::Start, b'"') => {
                self.quote_line = self.line;
                Place::Quoted
            }
            (_, byte) if byte == delimiter || matches!(byte, b'\n' | b'\r') => Place::Start,
            _ => Place::Plain,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks the text in pieces of every length, which must not matter.
    fn check(text: &[u8], has_quotes: bool) -> Result<(), Flaw> {
        let in_pieces = |length: usize| {
            let mut check = TextCheck::new(b',', has_quotes);
            text.chunks(length).try_for_each(|piece| check.take(piece)).and_then(|()| check.finish())
        };
        let whole = in_pieces(text.len().max(1));
        for length in 1..text.len().min(50) {
            assert_eq!(in_pieces(length), whole, "in pieces of {length}");
        }
        whole
    }

    #[test]
    fn good_text_passes() {
        for text in [
            "",
            "a,b\n",
            "\"a\",\"b \"\"c\"\"\"\r\n\"d,\ne\",f",
            "é,\"ü\"\n",
            "\u{feff}\"a\nb\",c\n",
            "a\"b,c",
        ] {
            assert_eq!(check(text.as_bytes(), true), Ok(()), "{text:?}");
        }
    }

    #[test]
    fn a_quote_that_is_never_closed_is_found_where_it_opens() {
        assert_eq!(check(b"a,b\nc,\"d\n,e\n", true), Err(Flaw::UnbalancedQuotes { line: 2 }));
        assert_eq!(check("\u{feff}\"a,b\n".as_bytes(), true), Err(Flaw::UnbalancedQuotes { line: 1 }));
    }

    #[test]
    fn quotes_mean_nothing_in_a_file_without_quotes() {
        assert_eq!(check(b"a,\"b\n", false), Ok(()));
    }

    #[test]
    fn bytes_that_are_not_utf8_are_found_in_their_line() {
        assert_eq!(check(b"a,b\nc,\xe9,d\n", true), Err(Flaw::NotUtf8 { line: 2 }));
        assert_eq!(check(b"a,b\nc\xc3", true), Err(Flaw::NotUtf8 { line: 2 }));
    }

    #[test]
    fn an_endless_row_is_found() {
        let long = vec![b'a'; usize::try_from(MAX_ROW_BYTES).unwrap() + 1];
        let mut text = b"a\n".to_vec();
        text.extend(&long);
        let mut check = TextCheck::new(b',', true);
        assert_eq!(check.take(&text), Err(Flaw::RowTooLong { line: 2 }));
    }
}
