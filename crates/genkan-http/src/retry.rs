//! Whether to try once more, and when.

use std::time::{Duration, UNIX_EPOCH};

use genkan_core::{Random, Timestamp};
use http::{HeaderMap, StatusCode, header};

/// The first pause lies between nothing and this; each further one may be twice as long.
const FIRST: Duration = Duration::from_millis(200);
/// No pause is longer.
const LONGEST: Duration = Duration::from_secs(10);

/// Whether an answer says that the same request may succeed soon.
pub(crate) fn is_passing(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 425 | 500 | 502 | 503 | 504)
}

/// Whether an answer says that the other side is in a bad state.
pub(crate) fn is_failure_of_host(status: StatusCode) -> bool {
    matches!(status.as_u16(), 502..=504)
}

/// The pause before the next attempt: any length up to a bound that doubles, so that those who
/// failed together do not come back together.
pub(crate) fn pause(attempt: u32, random: &dyn Random) -> Duration {
    let longest = FIRST.saturating_mul(1 << attempt.min(16)).min(LONGEST);
    let mut bytes = [0; 4];
    random.fill(&mut bytes);
    longest.mul_f64(f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX))
}

/// `Retry-After` (RFC 9110 §10.2.3) in whole seconds or as a date, and as a fraction of seconds, as
/// some servers write it.
pub(crate) fn after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let at = httpdate::parse_http_date(text).ok()?;
    let at = at.duration_since(UNIX_EPOCH).ok()?;
    let now = Duration::from_millis(u64::try_from(now.as_millis()).ok()?);
    Some(at.saturating_sub(now))
}

#[cfg(test)]
mod tests;
