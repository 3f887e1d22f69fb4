//! The log: what is logged of what, and how a line of it looks.

use std::fmt;

use clap::ValueEnum;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{fmt as lines, registry};

use wampkit::settings::suggestion;

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
    /// What is no level, or no module that logs anything.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut targets = Targets::new();
        for part in text.split(',').map(str::trim).filter(|it| !it.is_empty()) {
            let (module, level) = match part.split_once('=') {
                Some((module, level)) => (Some(module.trim()), level.trim()),
                None => (None, part),
            };
            let known: Option<LevelFilter> = level.parse().ok().filter(|_| {
                !level.is_empty() && !level.starts_with(|it: char| it.is_ascii_digit())
            });
            let level = known.ok_or_else(|| {
                format!("{level:?} is none of off, error, warn, info, debug, trace")
            })?;
            targets = match module {
                None => targets.with_default(level),
                Some(module) => targets.with_target(target(module)?, level),
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
///
/// # Errors
/// Nothing comes from there. The crates that this one stands on log in another way, if at all, so that naming one would do nothing.
fn target(module: &str) -> Result<String, String> {
    let inside = |target: &str| {
        let rest = target.strip_prefix(module);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    if TARGETS.iter().any(|target| inside(target)) {
        return Ok(module.to_owned());
    }
    let found = TARGETS.iter().find(|target| inside(short(target)));
    if let Some(target) = found {
        let root = &target[..target.len() - short(target).len()];
        return Ok(format!("{root}{module}"));
    }
    let known: Vec<_> = if module.contains("::") {
        TARGETS.iter().map(|target| short(target)).collect()
    } else {
        MODULES.to_vec()
    };
    let hint = suggestion(module, &known).unwrap_or_default();
    Err(format!("no module {module:?} logs anything: {hint}"))
}

/// A target without the crate that it is in.
fn short(target: &str) -> &str {
    target.split_once("::").map_or(target, |(_, module)| module)
}

/// What is told of as modules.
const MODULES: [&str; 5] = ["access", "cli", "client", "router", "transport"];

/// All that log something.
const TARGETS: [&str; 23] = [
    "wamp::access",
    "wamp::cli::connection",
    "wamp::cli::doctor::welcome",
    "wamp::cli::register",
    "wamp::cli::router",
    "wamp::cli::router::memory",
    "wamp::cli::router::plan",
    "wamp::cli::router::services",
    "wamp::cli::router::supervisor",
    "wamp::cli::subscribe",
    "wampkit::client::builder",
    "wampkit::client::handler",
    "wampkit::router",
    "wampkit::router::admission",
    "wampkit::router::authenticator",
    "wampkit::router::builder",
    "wampkit::router::connection",
    "wampkit::router::handle",
    "wampkit::router::handshake",
    "wampkit::router::login",
    "wampkit::router::metrics::page",
    "wampkit::router::pace",
    "wampkit::transport::rawsocket",
];

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
    use std::fs;
    use std::path::Path;

    use tracing::Level;

    use super::*;

    #[test]
    fn modules_are_named_by_their_own_names() {
        let words = "warn, router=debug,access=off,wamp::cli::router=trace,router::pace=off";
        let filter = LogFilter::parse(words).unwrap();
        for (target, level, logged) in [
            ("wampkit::router::handshake", Level::DEBUG, true),
            ("wampkit::router", Level::TRACE, false),
            ("wampkit::client", Level::INFO, false),
            ("wampkit::client", Level::WARN, true),
            ("wamp::access", Level::ERROR, false),
            ("wamp::cli::router", Level::WARN, true),
            ("wamp::cli::router::plan", Level::TRACE, true),
            ("wamp::cli::connection", Level::INFO, false),
            ("wampkit::router::pace", Level::ERROR, false),
        ] {
            assert_eq!(filter.0.would_enable(target, &level), logged, "{target}");
        }
    }

    #[test]
    fn what_is_no_level_is_told() {
        for wrong in [
            "loud",
            "3",
            "router=",
            "router=0",
            "=loud",
            "router=info=debug",
        ] {
            let told = LogFilter::parse(wrong).unwrap_err();
            assert!(told.contains("is none of off, error"), "{wrong}: {told}");
        }
        assert_eq!(LogFilter::parse("info").unwrap(), LevelFilter::INFO.into());
    }

    #[test]
    fn a_module_that_logs_nothing_is_told() {
        for (wrong, hint) in [
            ("rooter", "did you mean `router`?"),
            ("router::handshke", "did you mean `router::handshake`?"),
            ("auth", "there is access, cli, client, router and transport"),
            (
                "rustls",
                "there is access, cli, client, router and transport",
            ),
            ("rout", "did you mean `router`?"),
            ("", "there is access, cli, client, router and transport"),
        ] {
            let told = LogFilter::parse(&format!("info,{wrong}=debug")).unwrap_err();
            let expected = format!("no module {wrong:?} logs anything: {hint}");
            assert_eq!(told, expected);
        }
        for module in MODULES {
            assert!(LogFilter::parse(&format!("{module}=off")).is_ok());
        }
    }

    /// Where there is a macro of `tracing` in the sources of this crate.
    #[test]
    fn all_modules_that_log_are_known() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut found = vec!["wamp::access".to_owned()];
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                if path.extension().is_none_or(|it| it != "rs") {
                    continue;
                }
                let text = fs::read_to_string(&path).unwrap();
                let logs = ["error", "warn", "info", "debug", "trace"]
                    .iter()
                    .any(|level| text.contains(&format!("tracing::{level}!(")));
                // The access log has a target of its own.
                if !logs || path.ends_with("router/access.rs") {
                    continue;
                }
                let path = path.strip_prefix(&root).unwrap().with_extension("");
                let words = path.iter().map(|word| word.to_str().unwrap());
                let module = words.filter(|word| *word != "mod").collect::<Vec<_>>();
                let of = if module[0] == "cli" {
                    "wamp"
                } else {
                    "wampkit"
                };
                found.push(format!("{of}::{}", module.join("::")));
            }
        }
        found.sort();
        assert_eq!(found, TARGETS);
    }
}
