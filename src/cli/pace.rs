//! When the next of many is due: a time apart, or so many in a second.

use std::time::Duration;

use tokio::time::Instant;

/// The times at which things are due.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    step: Duration,
    /// How late a thing may be and still be caught up with.
    slack: Duration,
    next: Option<Instant>,
}

/// So many in a time: `100`, `100/s`, `30/m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rate {
    /// From one to the next.
    step: Duration,
}

impl Pace {
    /// At least this long from one to the next.
    pub(crate) const fn apart(step: Duration) -> Self {
        Self {
            step,
            slack: Duration::ZERO,
            next: None,
        }
    }

    /// So many on an average, whatever time each of them takes. After a stall what [`SLACK`] has room for is caught up
    /// with, and the rest is not.
    pub(crate) const fn at(rate: Rate) -> Self {
        Self {
            step: rate.step,
            slack: SLACK,
            next: None,
        }
    }

    /// When the next one is due that could begin `now`; the first one is at once.
    pub(crate) fn due(&mut self, now: Instant) -> Instant {
        let earliest = now.checked_sub(self.slack).unwrap_or(now);
        let due = self.next.map_or(now, |next| next.max(earliest));
        self.next = Some(due + self.step.min(NEVER));
        due
    }
}

impl Rate {
    /// Reads what people write.
    ///
    /// # Errors
    /// What is no number above zero, or no unit.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (number, unit) = text.split_once('/').unwrap_or((text, "s"));
        let seconds = match unit.trim() {
            "s" | "sec" | "second" => 1.0,
            "m" | "min" | "minute" => 60.0,
            "h" | "hour" => 3600.0,
            _ => return Err("the unit is s, m or h: 100/s".to_owned()),
        };
        let number = number.trim().parse::<f64>();
        let number = number.ok().filter(|number| *number > 0.0);
        let number =
            number.ok_or_else(|| "write a number above 0, or one like 100/s".to_owned())?;
        let step = Duration::try_from_secs_f64(seconds / number);
        let step = step.map_err(|_| "that is too rare".to_owned())?;
        if step.is_zero() {
            return Err("that is too often".to_owned());
        }
        Ok(Self { step })
    }
}

/// Timers and networks are late by less than this, so that an average is kept; more than this is a stall.
const SLACK: Duration = Duration::from_millis(100);

/// Ten years: a clock can show no time that is far beyond that.
const NEVER: Duration = Duration::from_secs(10 * 365 * 86_400);

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn rates() {
        let step = |text| Rate::parse(text).map(|rate| rate.step);
        assert_eq!(step("100"), Ok(ms(10)));
        assert_eq!(step("100/s"), Ok(ms(10)));
        assert_eq!(step("30/m"), Ok(ms(2000)));
        assert_eq!(step("0.5"), Ok(ms(2000)));
        assert_eq!(step("2 / h"), Ok(ms(1_800_000)));
        for wrong in [
            "", "0", "-1", "nan", "inf", "x", "1/d", "/s", "1/", "1e300", "1e-300",
        ] {
            assert!(step(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_rate_is_kept_by_those_that_are_late_but_not_after_a_stall() {
        let start = Instant::now();
        let mut pace = Pace::at(Rate::parse("100").unwrap());
        assert_eq!(pace.due(start), start);
        assert_eq!(pace.due(start), start + ms(10));
        assert_eq!(pace.due(start + ms(55)), start + ms(20));
        assert_eq!(pace.due(start + ms(55)), start + ms(30));
        // A second has passed: the last tenth of it is made up for.
        let late = start + ms(1030);
        let burst = (0..20).map(|_| pace.due(late)).filter(|due| *due <= late);
        assert_eq!(burst.count(), 11);
    }

    #[test]
    fn an_interval_is_the_least() {
        let start = Instant::now();
        let mut pace = Pace::apart(ms(10));
        assert_eq!(pace.due(start), start);
        assert_eq!(pace.due(start), start + ms(10));
        assert_eq!(pace.due(start + ms(55)), start + ms(55));
        assert_eq!(pace.due(start + ms(55)), start + ms(65));
        let mut never = Pace::apart(Duration::MAX);
        assert_eq!(never.due(start), start);
        assert!(never.due(start) > start + Duration::from_secs(86_400));
    }
}
