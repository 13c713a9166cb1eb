//! When a certificate ends (RFC 5280 §4.1.2.5), from its DER: five fields are passed over and one is
//! read. Whether the rest is right is for rustls to say.

use genkan_core::Timestamp;

const INTEGER: u8 = 0x02;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
/// `[0] EXPLICIT`, around the version.
const VERSION: u8 = 0xa0;

/// The end of the certificate's time; `None` if this is no certificate.
pub(super) fn end(certificate: &[u8]) -> Option<Timestamp> {
    let (_, certificate, _) = value(certificate).filter(|(tag, ..)| *tag == SEQUENCE)?;
    let (_, mut fields, _) = value(certificate).filter(|(tag, ..)| *tag == SEQUENCE)?;
    if fields.first() == Some(&VERSION) {
        fields = value(fields)?.2;
    }
    // Serial number, algorithm, issuer.
    for expected in [INTEGER, SEQUENCE, SEQUENCE] {
        let (_, _, rest) = value(fields).filter(|(tag, ..)| *tag == expected)?;
        fields = rest;
    }
    let (_, validity, _) = value(fields).filter(|(tag, ..)| *tag == SEQUENCE)?;
    let (_, _, after) = value(validity)?;
    let (tag, text, _) = value(after)?;
    time(tag, std::str::from_utf8(text).ok()?)
}

/// One value: its tag, its content, and what follows.
fn value(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            let length = bytes
                .iter()
                .fold(0, |length, byte| length << 8 | usize::from(*byte));
            (length, rest)
        }
        // Indefinite lengths are no DER; longer ones no certificate.
        0x80 | 0x85..=0xff => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// `YYMMDDHHMMSSZ`, or the same with four digits of the year (RFC 5280 §4.1.2.5.1 and .2).
fn time(tag: u8, text: &str) -> Option<Timestamp> {
    let digits = text.strip_suffix('Z')?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (year, rest) = match tag {
        UTC_TIME if digits.len() == 12 => digits.split_at(2),
        GENERALIZED_TIME if digits.len() == 14 => digits.split_at(4),
        _ => return None,
    };
    let year: i64 = year.parse().ok()?;
    let year = match tag {
        UTC_TIME if year < 50 => 2000 + year,
        UTC_TIME => 1900 + year,
        _ => year,
    };
    let part = |at: usize| rest.get(at..at + 2)?.parse::<i64>().ok();
    let [month, day] = [part(0)?, part(2)?];
    let [hour, minute, second] = [part(4)?, part(6)?, part(8)?];
    let is_date = (1..=12).contains(&month) && (1..=31).contains(&day);
    let is_time = hour < 24 && minute < 60 && second <= 60;
    (is_date && is_time).then(|| Timestamp::of_utc((year, month, day), (hour, minute, second)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_both_forms() {
        let table = [
            (UTC_TIME, "261231235959Z", Some("2026-12-31T23:59:59.000Z")),
            (UTC_TIME, "991231000000Z", Some("1999-12-31T00:00:00.000Z")),
            (UTC_TIME, "240229120000Z", Some("2024-02-29T12:00:00.000Z")),
            (
                GENERALIZED_TIME,
                "20500101000000Z",
                Some("2050-01-01T00:00:00.000Z"),
            ),
            (
                GENERALIZED_TIME,
                "99991231235959Z",
                Some("9999-12-31T23:59:59.000Z"),
            ),
            (UTC_TIME, "20500101000000Z", None),
            (UTC_TIME, "261331235959Z", None),
            (UTC_TIME, "2612312359 9Z", None),
            (UTC_TIME, "2612312359+1Z", None),
            (UTC_TIME, "261231235959", None),
            (INTEGER, "261231235959Z", None),
        ];
        for (tag, text, expected) in table {
            let read = time(tag, text).map(|time| time.to_string());
            assert_eq!(read.as_deref(), expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn anything_else_is_none_without_panic(der in proptest::collection::vec(0u8.., 0..200)) {
            let mut certificate = vec![SEQUENCE, 0x81, 200, SEQUENCE, 0x81, 197];
            certificate.extend(&der);
            proptest::prop_assert_eq!(end(&der), None);
            let _ = end(&certificate);
        }
    }
}
