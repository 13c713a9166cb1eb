//! Timestamps are shown as RFC 3339 in UTC.

use genkan_core::Timestamp;

#[test]
fn dates_at_the_edges_of_the_calendar() {
    let rows = [
        (0, "1970-01-01T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (951_868_800_000, "2000-03-01T00:00:00.000Z"),
        (1_709_164_799_999, "2024-02-28T23:59:59.999Z"),
        (1_709_251_199_000, "2024-02-29T23:59:59.000Z"),
        (1_785_231_000_123, "2026-07-28T09:30:00.123Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
    ];
    for (millis, text) in rows {
        assert_eq!(Timestamp::from_millis(millis).to_string(), text);
    }
}
