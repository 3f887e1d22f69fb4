//! The short way to read a line: commands that scripts run many times have only milliseconds, of which the definition of the whole
//! command line would take a good part, and a router would keep the memory that it takes.

use std::ffi::OsString;

use clap::parser::ValueSource;
use clap::{Args, FromArgMatches as _};

use super::{
    CallArgs, Cli, ClientArgs, Command, KillArgs, LogArgs, LsArgs, PublishArgs, RegisterArgs,
    RouterArgs, ShowArgs, SubscribeArgs, is_idle, without_empty_variables,
};

impl Cli {
    /// Reads a line that is right, and begins with a command that has only milliseconds, as scripts run it many times, or a router. It
    /// means what it means by the whole definition, of which no more than that command's own options are built.
    pub(super) fn briefly(words: &[OsString]) -> Option<Self> {
        let own = words.get(1..)?;
        match own.first()?.to_str()? {
            "call" => {
                Self::by_own::<CallArgs>("call", own, Command::Call, |args| Some(&mut args.client))
            }
            "publish" | "pub" => {
                Self::by_own::<PublishArgs>("publish", own, Command::Publish, |args| {
                    Some(&mut args.client)
                })
            }
            "subscribe" | "sub" => {
                Self::by_own::<SubscribeArgs>("subscribe", own, Command::Subscribe, |args| {
                    Some(&mut args.client)
                })
            }
            "register" | "reg" => {
                Self::by_own::<RegisterArgs>("register", own, Command::Register, |args| {
                    Some(&mut args.client)
                })
            }
            "ls" => Self::by_own::<LsArgs>("ls", own, Command::Ls, |args| Some(&mut args.client)),
            "show" => {
                Self::by_own::<ShowArgs>("show", own, Command::Show, |args| Some(&mut args.client))
            }
            "kill" => {
                Self::by_own::<KillArgs>("kill", own, Command::Kill, |args| Some(&mut args.client))
            }
            "router" => Self::by_own::<RouterArgs>("router", own, Command::Router, |_| None),
            _ => None,
        }
    }

    /// Reads a command's own words, its name in front.
    fn by_own<A: Args>(
        name: &str,
        words: &[OsString],
        command: fn(A) -> Command,
        client: fn(&mut A) -> Option<&mut ClientArgs>,
    ) -> Option<Self> {
        let own = LogArgs::augment_args(A::augment_args(clap::Command::new("wamp")));
        let mut own = without_empty_variables(own).args_override_self(true);
        let mut matches = own.try_get_matches_from_mut(words).ok()?;
        let from = |source| {
            let ids = own.get_arguments().map(|arg| arg.get_id().as_str());
            let matches = &matches;
            ids.filter(move |id| matches.value_source(id) == Some(source))
        };
        // What -O must not say twice is known by the whole definition.
        if from(ValueSource::CommandLine).any(|id| id == "options" || is_idle(name, id)) {
            return None;
        }
        let environment: Vec<_> = from(ValueSource::EnvVariable).map(str::to_owned).collect();
        let log = LogArgs::from_arg_matches_mut(&mut matches).ok()?;
        let mut args = A::from_arg_matches_mut(&mut matches).ok()?;
        let mut variables = ClientArgs::default();
        if let Some(options) = client(&mut args) {
            // A client is about to end, and they are hundreds of pieces to free.
            std::mem::forget((own, matches));
            (*options, variables) = std::mem::take(options).split(&environment);
        }
        Some(Self {
            client: variables,
            log,
            command: command(args),
            environment,
        })
    }
}
