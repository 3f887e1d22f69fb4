//! When the entries of a recording are due.
//!
//! No clock is read here: times come in, and what comes out counts from the start of the playing.

use std::str::FromStr;
use std::time::{Duration, SystemTime};

/// How fast a recording is played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Speed {
    /// So many times as fast as it was recorded; more than 0.
    Times(f64),
    /// Without pauses: each entry once the one before it is answered.
    Max,
}

impl FromStr for Speed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "max" {
            return Ok(Self::Max);
        }
        match text.parse::<f64>() {
            Ok(times) if times.is_finite() && times > 0.0 => Ok(Self::Times(times)),
            _ => Err("write a number above 0, or max".to_owned()),
        }
    }
}

/// Tells of one entry after the other when it is due.
#[derive(Debug)]
pub(crate) struct Schedule {
    speed: Speed,
    before: Option<SystemTime>,
    due: Duration,
}

impl Schedule {
    /// The first entry is due at once, whatever its time.
    pub(crate) const fn new(speed: Speed) -> Self {
        Self {
            speed,
            before: None,
            due: Duration::ZERO,
        }
    }

    /// How long after the start the next entry is due that was recorded at this time. One without a time, or with a time
    /// before that of its predecessor, because a clock was set, is due with its predecessor.
    pub(crate) fn due(&mut self, at: Option<SystemTime>) -> Duration {
        let Some(at) = at else {
            return self.due;
        };
        let pause = self
            .before
            .replace(at)
            .and_then(|before| at.duration_since(before).ok())
            .unwrap_or_default();
        if let Speed::Times(times) = self.speed {
            let pause = Duration::try_from_secs_f64(pause.as_secs_f64() / times);
            self.due = self
                .due
                .saturating_add(pause.unwrap_or(LONGEST))
                .min(LONGEST);
        }
        self.due
    }
}

/// Longer than anybody waits, and short enough for clocks to have such a time.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

#[cfg(test)]
mod tests {
    use super::*;

    /// When entries are due, in milliseconds, that were recorded at these.
    fn due(speed: &str, times: &[Option<u64>]) -> Vec<u128> {
        let mut schedule = Schedule::new(speed.parse().unwrap());
        let at = |time: u64| SystemTime::UNIX_EPOCH + Duration::from_millis(time);
        let mut due = |time: &Option<u64>| schedule.due(time.map(at)).as_millis();
        times.iter().map(&mut due).collect()
    }

    #[test]
    fn pauses_are_those_of_the_recording() {
        let times = [Some(5000), Some(5000), Some(5400), Some(7000)];
        assert_eq!(due("1", &times), [0, 0, 400, 2000]);
        assert_eq!(due("2", &times), [0, 0, 200, 1000]);
        assert_eq!(due("0.5", &times), [0, 0, 800, 4000]);
        assert_eq!(due("max", &times), [0, 0, 0, 0]);
    }

    #[test]
    fn what_has_no_time_or_an_earlier_one_does_not_wait() {
        let times = [Some(5000), None, Some(6000), Some(1000), Some(1500), None];
        assert_eq!(due("1", &times), [0, 0, 1000, 1000, 1500, 1500]);
        assert_eq!(due("1", &[None, Some(7000), Some(7001)]), [0, 0, 1]);
    }

    #[test]
    fn the_slowest_speed_is_no_fault() {
        let due = due("1e-300", &[Some(0), Some(1), Some(2)]);
        assert_eq!(due, [0, LONGEST.as_millis(), LONGEST.as_millis()]);
    }

    #[test]
    fn speeds() {
        assert_eq!("2".parse(), Ok(Speed::Times(2.0)));
        assert_eq!("max".parse(), Ok(Speed::Max));
        for text in ["0", "-1", "inf", "nan", "", "fast", "1e999"] {
            assert!(text.parse::<Speed>().is_err(), "{text}");
        }
    }
}
