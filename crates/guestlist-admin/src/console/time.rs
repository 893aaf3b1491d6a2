//! [`Time`]: times and numbers as people read them.

/// A time, for people and for programs.
pub(crate) struct Time {
    pub(crate) exact: String,
    pub(crate) read: String,
}

impl Time {
    /// Of RFC 3339.
    pub(crate) fn of(exact: String) -> Time {
        // The date, and the time to the minute.
        let read = match (exact.get(..10), exact.get(11..16)) {
            (Some(date), Some(time)) => format!("{date} {time} UTC"),
            _ => exact.clone(),
        };
        Time { exact, read }
    }
}

/// With commas, such as `1,234,567`.
pub(crate) fn grouped(number: impl Into<u128>) -> String {
    let digits = number.into().to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_are_read_by_people() {
        for (number, text) in
            [(0_u64, "0"), (999, "999"), (1000, "1,000"), (u64::MAX, "18,446,744,073,709,551,615")]
        {
            assert_eq!(grouped(number), text);
        }
        assert_eq!(Time::of("2018-04-13T05:00:00.123Z".to_string()).read, "2018-04-13 05:00 UTC");
        assert_eq!(Time::of("é".to_string()).read, "é");
    }
}
