//! `--timestamps` and `--delta`: what stands in front of an event.

use std::time::{Duration, SystemTime};

use super::super::args::SubscribeArgs;
use super::super::error::CliError;
use super::super::output::Format;

/// Stamps one event after the other.
#[derive(Debug)]
pub(crate) struct Stamp {
    time: bool,
    delta: bool,
    before: Option<SystemTime>,
}

impl Stamp {
    /// As the options say; nothing if there is nothing to be stamped.
    ///
    /// # Errors
    /// That JSON is asked for, which has no place for that.
    pub(crate) fn new(args: &SubscribeArgs, format: Format) -> Result<Option<Self>, CliError> {
        let (time, delta) = (args.timestamps, args.delta);
        if !time && !delta {
            return Ok(None);
        }
        if format == Format::Json {
            return Err(CliError::Usage {
                message: "--timestamps and --delta are for lines to read".to_owned(),
                hint: Some("with -o json the time is in `at`".to_owned()),
            });
        }
        Ok(Some(Self {
            time,
            delta,
            before: None,
        }))
    }

    /// What stands in front of the event that arrived then: `2026-01-01T00:00:00.000Z +1.500s`.
    pub(crate) fn next(&mut self, at: SystemTime) -> String {
        let before = self.before.replace(at).unwrap_or(at);
        let time = humantime::format_rfc3339_millis(at);
        let delta = seconds(at.duration_since(before).unwrap_or_default());
        match (self.time, self.delta) {
            (true, true) => format!("{time} {delta}"),
            (true, false) => time.to_string(),
            (false, _) => delta,
        }
    }
}

/// As wide as those of a minute.
fn seconds(delta: Duration) -> String {
    format!("{:>8}", format!("+{:.3}s", delta.as_secs_f64()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamps(time: bool, delta: bool) -> [String; 3] {
        let mut stamp = Stamp {
            time,
            delta,
            before: None,
        };
        [1500, 1750, 90_000].map(|milliseconds| {
            stamp.next(SystemTime::UNIX_EPOCH + Duration::from_millis(milliseconds))
        })
    }

    #[test]
    fn the_time_and_what_has_passed_since_the_event_before() {
        assert_eq!(
            stamps(true, false),
            [
                "1970-01-01T00:00:01.500Z",
                "1970-01-01T00:00:01.750Z",
                "1970-01-01T00:01:30.000Z"
            ]
        );
        assert_eq!(stamps(false, true), [" +0.000s", " +0.250s", "+88.250s"]);
        assert_eq!(stamps(true, true)[1], "1970-01-01T00:00:01.750Z  +0.250s");
    }

    #[test]
    fn a_clock_that_is_set_back_is_no_fault() {
        let mut stamp = Stamp {
            time: false,
            delta: true,
            before: None,
        };
        let later = SystemTime::UNIX_EPOCH + Duration::from_secs(5);
        stamp.next(later);
        assert_eq!(stamp.next(SystemTime::UNIX_EPOCH), " +0.000s");
        assert_eq!(stamp.next(later), " +5.000s");
    }
}
