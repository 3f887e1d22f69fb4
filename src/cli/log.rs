//! The log: what is logged of what, and how a line of it looks.

use std::fmt;

use clap::ValueEnum;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{fmt as lines, registry};

use super::stderr::Lossy;

/// What is logged: a level for everything, and others for modules.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LogFilter(Targets);

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// An object.
    Json,
}

impl LogFilter {
    /// Reads `LEVEL` and `module=LEVEL`, with commas between them.
    ///
    /// # Errors
    /// What is no level.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut targets = Targets::new();
        for part in text.split(',').map(str::trim).filter(|it| !it.is_empty()) {
            let (module, level) = match part.split_once('=') {
                Some((module, level)) => (Some(module.trim()), level.trim()),
                None => (None, part),
            };
            let known: Option<LevelFilter> = level.parse().ok().filter(|_| !level.is_empty());
            let level = known.ok_or_else(|| {
                format!("{level:?} is none of off, error, warn, info, debug, trace")
            })?;
            targets = match module {
                None => targets.with_default(level),
                Some(module) => targets.with_target(target(module), level),
            };
        }
        Ok(Self(targets))
    }
}

impl From<LevelFilter> for LogFilter {
    fn from(level: LevelFilter) -> Self {
        Self(Targets::new().with_default(level))
    }
}

impl fmt::Display for LogFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where a module's events come from: one of the library's by its own name, or a whole path.
fn target(module: &str) -> String {
    let root = module.split("::").next().unwrap_or_default();
    match root {
        "access" | "cli" => format!("wamp::{module}"),
        "auth" | "client" | "router" | "transport" => format!("wampkit::{module}"),
        _ => module.to_owned(),
    }
}

/// Has events logged to standard error from now on.
pub(crate) fn start(filter: LogFilter, format: LogFormat, color: bool) {
    let LogFilter(targets) = filter;
    let layer = lines::layer().with_writer(|| Lossy);
    match format {
        LogFormat::Text => registry().with(targets).with(layer.with_ansi(color)).init(),
        LogFormat::Json => registry()
            .with(targets)
            .with(layer.with_ansi(false).json().flatten_event(true))
            .init(),
    }
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn modules_are_named_by_their_own_names() {
        let filter = LogFilter::parse("warn, router=debug,access=off,hyper::client=trace").unwrap();
        for (target, level, logged) in [
            ("wampkit::router::handshake", Level::DEBUG, true),
            ("wampkit::router", Level::TRACE, false),
            ("wampkit::client", Level::INFO, false),
            ("wampkit::client", Level::WARN, true),
            ("wamp::access", Level::ERROR, false),
            ("wamp::cli::router", Level::WARN, true),
            ("hyper::client", Level::TRACE, true),
        ] {
            assert_eq!(filter.0.would_enable(target, &level), logged, "{target}");
        }
    }

    #[test]
    fn what_is_no_level_is_told() {
        for wrong in ["loud", "router=", "=loud", "router=info=debug"] {
            let told = LogFilter::parse(wrong).unwrap_err();
            assert!(told.contains("is none of off, error"), "{wrong}: {told}");
        }
        assert_eq!(LogFilter::parse("info").unwrap(), LevelFilter::INFO.into());
    }
}
