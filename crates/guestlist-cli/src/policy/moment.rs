//! Times and spans of time, as options say them and as people read them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use guestlist_store::Timestamp;

/// A moment: seconds since 1970, or now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    Now,
    At(u64),
}

impl Moment {
    /// In seconds since 1970.
    pub(super) fn seconds(self) -> u64 {
        match self {
            Moment::At(seconds) => seconds,
            // A clock before 1970 is wrong; at 0 no policy has expired that ever was meant to.
            Moment::Now => SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()),
        }
    }
}

/// Reads a moment: `now`, or seconds since 1970.
pub(super) fn moment(text: &str) -> Result<Moment, String> {
    match text {
        "now" => Ok(Moment::Now),
        _ => number(text)
            .map(Moment::At)
            .ok_or_else(|| "write `now`, or the seconds since 1970, such as 1523595600".to_owned()),
    }
}

/// Reads a span of time, such as `90s`, `10m`, `1h` or `7d`.
pub(super) fn span(text: &str) -> Result<Duration, String> {
    let help = || "write a number with s, m, h or d, such as 90s, 10m, 1h or 7d".to_owned();
    let unit = match text.as_bytes().last() {
        Some(b's') => 1,
        Some(b'm') => 60,
        Some(b'h') => 60 * 60,
        Some(b'd') => 24 * 60 * 60,
        _ => return Err(help()),
    };
    let seconds = number(&text[..text.len() - 1]).and_then(|number| number.checked_mul(unit));
    seconds.map(Duration::from_secs).ok_or_else(help)
}

/// Digits and nothing else.
fn number(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// Seconds since 1970 as a date in UTC, such as `2018-04-13T05:00:00Z`; as they are, where that has no year of four digits.
pub(super) fn date(seconds: u64) -> String {
    const LAST: u64 = 253_402_300_799;
    if seconds > LAST {
        return format!("{seconds} seconds after 1970, beyond the year 9999");
    }
    Timestamp::from_millis(seconds * 1000).to_string().replace(".000Z", "Z")
}

#[cfg(test)]
mod tests {
    use super::{Moment, date, moment, span};

    #[test]
    fn spans_and_moments_are_read_strictly() {
        for (text, seconds) in [("90s", 90), ("10m", 600), ("1h", 3600), ("7d", 604_800), ("0s", 0)] {
            assert_eq!(span(text).unwrap().as_secs(), seconds, "{text}");
        }
        for text in ["", "s", "1", "1 h", "+1h", "-1h", "1.5h", "1H", "1h30m", "99999999999999999999d", "١h"]
        {
            assert!(span(text).is_err(), "{text}");
        }
        assert_eq!(moment("now"), Ok(Moment::Now));
        assert_eq!(moment("1523595600"), Ok(Moment::At(1_523_595_600)));
        for text in ["", "Now", "+1", "1e9", "2018-04-13"] {
            assert!(moment(text).is_err(), "{text}");
        }
    }

    #[test]
    fn dates_are_shown_in_utc() {
        assert_eq!(date(1_523_595_600), "2018-04-13T05:00:00Z");
        assert_eq!(date(253_402_300_799), "9999-12-31T23:59:59Z");
        assert_eq!(date(u64::MAX), "18446744073709551615 seconds after 1970, beyond the year 9999");
    }
}
