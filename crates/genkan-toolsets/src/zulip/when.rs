//! Moments as callers write them and as Zulip counts them: seconds since 1970, UTC.

use genkan_core::{CallContext, Code, Error, Result, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;

/// A moment: seconds since 1970, or RFC 3339 in UTC, or a day.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub(super) enum Moment {
    Seconds(u32),
    Text(String),
}

impl Moment {
    /// Seconds since 1970.
    pub(super) fn seconds(&self, argument: &str) -> Result<i64> {
        match self {
            Self::Seconds(seconds) => Ok(i64::from(*seconds)),
            Self::Text(text) => parse(text).ok_or_else(|| {
                let message = format!("`{argument}` is no moment");
                Error::new(Code::InvalidArguments, message)
                    .hint("Write it as 2026-11-01, 2026-11-01T08:30:00Z or in seconds since 1970.")
            }),
        }
    }
}

impl Moment {
    /// Seconds since 1970, of a moment that is still to come.
    pub(super) fn later(&self, ctx: &CallContext, argument: &str) -> Result<i64> {
        let seconds = self.seconds(argument)?;
        match seconds > seconds_ago(ctx, 0) {
            true => Ok(seconds),
            false => {
                let message = format!("`{argument}` is over already");
                Err(Error::new(Code::InvalidArguments, message)
                    .hint("Give a moment that is to come, in UTC."))
            }
        }
    }
}

/// So many seconds before now.
pub(super) fn seconds_ago(ctx: &CallContext, seconds: u64) -> i64 {
    let now = ctx.clock.now().as_millis() / 1_000;
    now.saturating_sub(i64::try_from(seconds).unwrap_or(i64::MAX))
}

/// RFC 3339, UTC.
pub(super) fn shown(seconds: i64) -> String {
    Timestamp::from_millis(seconds.saturating_mul(1_000)).to_string()
}

/// A number of things done, as progress is told.
#[allow(clippy::cast_precision_loss, reason = "exact for 2^53 things")]
pub(super) fn progress(done: u64) -> f64 {
    done as f64
}

fn parse(text: &str) -> Option<i64> {
    let (date, time) = text.split_once('T').unwrap_or((text, "00:00:00Z"));
    let [year, month, day] = numbers(date, '-')?;
    let [hour, minute, second] = numbers(time.strip_suffix('Z')?, ':')?;
    let is_one = (1970..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && (0..24).contains(&hour)
        && (0..60).contains(&minute)
        && (0..60).contains(&second);
    let moment = Timestamp::of_utc((year, month, day), (hour, minute, second));
    // The 31st of a shorter month would be another day.
    let is_there = moment.to_string().starts_with(date);
    (is_one && is_there).then(|| moment.as_millis() / 1_000)
}

fn numbers(text: &str, separator: char) -> Option<[i64; 3]> {
    let numbers: Option<Vec<i64>> = text
        .split(separator)
        .map(|part| {
            part.bytes()
                .all(|b| b.is_ascii_digit())
                .then(|| part.parse().ok())?
        })
        .collect();
    numbers?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_in_utc_and_other_texts_are_none() {
        assert_eq!(parse("1970-01-02"), Some(86_400));
        assert_eq!(parse("2026-11-01T08:30:05Z"), Some(1_793_521_805));
        for text in [
            "",
            "now",
            "2026-02-30",
            "2026-11-01T08:30:00",
            "2026-11-01T24:00:00Z",
            "1-1-1",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
