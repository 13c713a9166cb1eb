//! The three forms of `Retry-After`, and the bounds of pauses.

use genkan_core::random::SystemRandom;
use http::HeaderValue;

use super::*;

#[test]
fn retry_after_is_seconds_a_fraction_or_a_date() {
    // Sun, 06 Nov 1994 08:49:37 GMT
    let now = Timestamp::from_millis(784_111_777_000);
    let rows = [
        ("0", Some(0)),
        ("3", Some(3_000)),
        (" 2.5 ", Some(2_500)),
        ("0.0312", Some(31)),
        ("Sun, 06 Nov 1994 08:49:47 GMT", Some(10_000)),
        ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
        ("-1", None),
        ("NaN", None),
        ("inf", None),
        ("1e400", None),
        ("soon", None),
        ("", None),
    ];
    for (text, expected) in rows {
        let mut headers = HeaderMap::new();
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static(text));
        let found = after(&headers, now).map(|wait| wait.as_millis());
        assert_eq!(found, expected, "{text}");
    }
    assert_eq!(after(&HeaderMap::new(), now), None);
}

#[test]
fn pauses_are_scattered_and_bounded() {
    for attempt in [0, 1, 5, 40, u32::MAX] {
        let bound = FIRST.saturating_mul(1 << attempt.min(16)).min(LONGEST);
        let drawn: Vec<_> = (0..50).map(|_| pause(attempt, &SystemRandom)).collect();
        assert!(drawn.iter().all(|pause| *pause <= bound), "{attempt}");
        assert!(drawn.iter().any(|pause| *pause != drawn[0]), "{attempt}");
    }
}
