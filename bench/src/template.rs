//! A request as bytes, with the places where its number stands, so that each request is made by
//! overwriting seven digits.

use crate::{
    http::find,
    message::{Ask, Era},
};

/// The first number, and how many digits all of them have.
const FIRST: u64 = 1_000_000;
const DIGITS: usize = 7;

/// A request to be sent many times.
#[derive(Clone, Debug)]
pub struct Template {
    bytes: Vec<u8>,
    places: Vec<usize>,
}

impl Template {
    /// The request to this path. `extra` are header lines, each ended.
    pub fn new(ask: &Ask, era: Era, path: &str, extra: &str) -> Self {
        Self::of_body(
            &ask.body(era, FIRST),
            path,
            &format!("{}{extra}", ask.headers(era)),
        )
    }

    /// A request with this body.
    pub fn of_body(body: &str, path: &str, headers: &str) -> Self {
        let length = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}Content-Length: {length}\r\n\r\n"
        );
        let bytes = format!("{head}{body}").into_bytes();
        let (number, mut places, mut from) = (FIRST.to_string(), Vec::new(), head.len());
        while let Some(at) = find(&bytes[from..], number.as_bytes()) {
            places.push(from + at);
            from += at + DIGITS;
        }
        Self { bytes, places }
    }

    /// The request with this number, counted from zero and round again after nine million.
    pub fn numbered(&mut self, number: u64) -> &[u8] {
        let mut left = FIRST + number % (9 * FIRST);
        let mut digits = [b'0'; DIGITS];
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + u8::try_from(left % 10).unwrap_or(0);
            left /= 10;
        }
        for place in &self.places {
            self.bytes[*place..*place + DIGITS].copy_from_slice(&digits);
        }
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::Template;
    use crate::message::{Ask, Era};

    #[test]
    fn every_place_of_the_number_is_overwritten() {
        let ask = Ask::Call {
            tool: "a_b".into(),
            arguments: r#"{"text":"no {n}"}"#.into(),
        };
        let mut template = Template::new(&ask, Era::Modern, "/mcp", "");
        let text = String::from_utf8(template.numbered(41).to_vec()).unwrap();
        assert!(
            text.contains("\"id\":1000041,") && text.contains("no 1000041\""),
            "{text}"
        );
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(
            head.ends_with(&format!("Content-Length: {}", body.len())),
            "{head}"
        );
    }
}
