//! How arguments of commands are read.

use std::time::Duration;

use genkan_core::{Result, Timestamp, id::ProfileName};

const UNITS: [(char, u64); 5] = [
    ('s', 1),
    ('m', 60),
    ('h', 3_600),
    ('d', 86_400),
    ('w', 604_800),
];

/// Reads a duration such as `90d`, `12h` or `1h30m`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "it must be a duration such as 90d, 12h, 30m or 45s".to_owned();
    let mut seconds: u64 = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let count: u64 = rest[..digits].parse().map_err(|_| wrong())?;
        let unit = rest[digits..].chars().next().ok_or_else(wrong)?;
        let (_, length) = UNITS
            .iter()
            .find(|(name, _)| *name == unit)
            .ok_or_else(wrong)?;
        seconds = count
            .checked_mul(*length)
            .and_then(|part| seconds.checked_add(part))
            .ok_or_else(wrong)?;
        rest = &rest[digits + unit.len_utf8()..];
    }
    if seconds == 0 {
        Err(wrong())
    } else {
        Ok(Duration::from_secs(seconds))
    }
}

/// Reads the name of a profile.
pub(crate) fn profile(text: &str) -> Result<ProfileName, String> {
    ProfileName::parse(text).map_err(|error| error.message().to_owned())
}

/// Reads a moment: a duration ago, such as `7d`, or a day or moment in UTC (RFC 3339), such as
/// `2026-11-01` or `2026-11-01T08:30:00Z`.
pub(crate) fn moment(text: &str) -> Result<When, String> {
    let wrong =
        || "it must be a time ago such as 7d, or a moment such as 2026-11-01T08:30:00Z".to_owned();
    if let Ok(ago) = duration(text) {
        return Ok(When::Ago(ago));
    }
    let (date, time) = text.split_once('T').unwrap_or((text, "00:00:00Z"));
    let [year, month, day] = parts(date, '-').ok_or_else(wrong)?;
    let [hour, minute, second] = time
        .strip_suffix('Z')
        .and_then(|time| parts(time, ':'))
        .ok_or_else(wrong)?;
    let fits = (1970..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    if !fits {
        return Err(wrong());
    }
    let seconds = days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
    Ok(When::At(Timestamp::from_millis(seconds * 1_000)))
}

/// A moment, perhaps relative to the present one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum When {
    /// So long before now.
    Ago(Duration),
    /// Then.
    At(Timestamp),
}

impl When {
    /// The moment in milliseconds since the epoch.
    pub(crate) fn as_millis(self, now: Timestamp) -> i64 {
        match self {
            Self::Ago(ago) => now
                .as_millis()
                .saturating_sub(i64::try_from(ago.as_millis()).unwrap_or(i64::MAX)),
            Self::At(then) => then.as_millis(),
        }
    }
}

fn parts(text: &str, separator: char) -> Option<[i64; 3]> {
    let numbers: Option<Vec<i64>> = text
        .split(separator)
        .map(|part| {
            part.bytes()
                .all(|byte| byte.is_ascii_digit())
                .then(|| part.parse().ok())?
        })
        .collect();
    numbers?.try_into().ok()
}

/// Days from 1970-01-01 to a day of the Gregorian calendar, the year beginning in March.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    let of_year = (153 * month + 2) / 5 + day - 1;
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year
        - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_unit_and_are_not_nothing() {
        let rows = [
            ("45s", Some(45)),
            ("30m", Some(1_800)),
            ("12h", Some(43_200)),
            ("90d", Some(7_776_000)),
            ("2w", Some(1_209_600)),
            ("1h30m", Some(5_400)),
            ("", None),
            ("0d", None),
            ("90", None),
            ("d", None),
            ("-1d", None),
            ("1y", None),
            ("1ü", None),
            ("99999999999999999999d", None),
            ("9999999999999999d", None),
        ];
        for (text, seconds) in rows {
            assert_eq!(
                duration(text).ok(),
                seconds.map(Duration::from_secs),
                "{text}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_reading_panic(text in "([0-9]{0,25}[smhdw]?|[0-9T:Z+-]{0,40}|\\PC{0,20})") {
            let _ = duration(&text);
            let _ = moment(&text);
            let _ = profile(&text);
        }
    }

    #[test]
    fn moments_are_ago_or_in_utc() {
        let at = |millis| Some(When::At(Timestamp::from_millis(millis)));
        let rows = [
            ("7d", Some(When::Ago(Duration::from_secs(604_800)))),
            ("1970-01-01", at(0)),
            ("2000-02-29T00:00:00Z", at(951_782_400_000)),
            ("2025-12-31T23:59:59Z", at(1_767_225_599_000)),
            ("2025-13-01", None),
            ("2025-12-31T24:00:00Z", None),
            ("2025-12-31T23:59:59", None),
            ("yesterday", None),
            ("", None),
            ("2025-+1-01", None),
        ];
        for (text, expected) in rows {
            assert_eq!(moment(text).ok(), expected, "{text}");
        }
    }
}
