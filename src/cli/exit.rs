//! The exit codes of `wamp`.

use std::process::ExitCode;

/// How the process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: all went well. A broken pipe is that too, and so is SIGTERM to a command that serves until it is told to stop.
    Success,
    /// 1: anything that has no code of its own.
    Other,
    /// 2: a wrong option, argument, or setting.
    Usage,
    /// 3: no connection, or no port to listen on.
    Connect,
    /// 4: the session was refused (ABORT): by the router, or by this side because the router has not proven itself.
    Refused,
    /// 5: an ERROR from the callee or the router.
    Error,
    /// 6: an ERROR that says that there is no such procedure, registration, subscription or session.
    NoSuch,
    /// 7: an ERROR that says that the session may not do that.
    NotAuthorized,
    /// 8: the session ended under the command.
    Lost,
    /// 9: something was expected, and is not so.
    Assertion,
    /// 124: too late; also `--for` and `--idle` before `-n` was met.
    Timeout,
    /// 130: SIGINT.
    Interrupted,
    /// 143: SIGTERM.
    Terminated,
    /// The code of a command that `wamp` ran in front of itself; 127 if there is no such command, 126 if it cannot be run.
    Command(u8),
}

impl Exit {
    /// The number.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Other => 1,
            Self::Usage => 2,
            Self::Connect => 3,
            Self::Refused => 4,
            Self::Error => 5,
            Self::NoSuch => 6,
            Self::NotAuthorized => 7,
            Self::Lost => 8,
            Self::Assertion => 9,
            Self::Timeout => 124,
            Self::Interrupted => 130,
            Self::Terminated => 143,
            Self::Command(code) => code,
        }
    }

    /// The code for an ERROR with this URI.
    pub(crate) fn of_error(uri: &str) -> Self {
        match uri {
            "wamp.error.no_such_procedure"
            | "wamp.error.no_such_registration"
            | "wamp.error.no_such_subscription"
            | "wamp.error.no_such_session" => Self::NoSuch,
            "wamp.error.not_authorized"
            | "wamp.error.authorization_failed"
            | "wamp.error.authorization_denied" => Self::NotAuthorized,
            "wamp.error.timeout" => Self::Timeout,
            _ => Self::Error,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_told_apart() {
        for (uri, code) in [
            ("com.shop.error.declined", 5),
            ("wamp.error.invalid_argument", 5),
            ("wamp.error.no_such_procedure", 6),
            ("wamp.error.no_such_session", 6),
            ("wamp.error.not_authorized", 7),
            ("wamp.error.authorization_failed", 7),
            ("wamp.error.timeout", 124),
        ] {
            assert_eq!(Exit::of_error(uri).code(), code, "{uri}");
        }
    }
}
