//! Days of the calendar. The compiler knows no clock; today is an input.

/// A day of the Gregorian calendar, as days since 1 January of the year 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    days: u32,
}

const MONTHS: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn month_length(year: u32, month: u32) -> u32 {
    MONTHS[month as usize - 1] + u32::from(month == 2 && is_leap(year))
}

impl Date {
    /// The given day, or `None` where the calendar has no such day. Years from 0 to 9999.
    #[must_use]
    pub fn new(year: u32, month: u32, day: u32) -> Option<Self> {
        if year > 9999 || !(1..=12).contains(&month) || day < 1 || day > month_length(year, month) {
            return None;
        }
        let years: u32 = year * 365 + year.div_ceil(4) - year.div_ceil(100) + year.div_ceil(400);
        let months: u32 = (1..month).map(|month| month_length(year, month)).sum();
        Some(Self { days: years + months + day - 1 })
    }

    /// Reads `YYYY-MM-DD`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        let number = |range: std::ops::Range<usize>| -> Option<u32> {
            let digits = text.get(range)?;
            digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
        };
        Self::new(number(0..4)?, number(5..7)?, number(8..10)?)
    }

    /// The day by its number.
    #[must_use]
    pub const fn from_days(days: u32) -> Self {
        Self { days }
    }

    /// Days since 1 January of the year 0.
    #[must_use]
    pub const fn days(self) -> u32 {
        self.days
    }

    /// Year, month from 1, day from 1.
    #[must_use]
    pub fn parts(self) -> (u32, u32, u32) {
        let mut year = self.days / 366;
        while Self::new(year + 1, 1, 1).is_some_and(|next| next.days <= self.days) {
            year += 1;
        }
        let mut rest = self.days - Self::new(year, 1, 1).map_or(0, |first| first.days);
        let mut month = 1;
        while rest >= month_length(year, month) {
            rest -= month_length(year, month);
            month += 1;
        }
        (year, month, rest + 1)
    }
}

impl std::fmt::Display for Date {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (year, month, day) = self.parts();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_come_back_as_they_went() {
        let mut expected = 0;
        for year in 0..=2400 {
            for month in 1..=12 {
                for day in 1..=month_length(year, month) {
                    let date = Date::new(year, month, day).map(Date::days);
                    assert_eq!(date, Some(expected), "{year}-{month}-{day}");
                    expected += 1;
                }
            }
        }
        for text in ["0000-01-01", "2000-02-29", "2026-11-21", "9999-12-31"] {
            assert_eq!(Date::parse(text).map(|date| date.to_string()).as_deref(), Some(text));
        }
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        for text in ["2026-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "2026-1-01", "26-01-01", "2026-01-+1"] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }
}
