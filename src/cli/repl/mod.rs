//! `wamp repl`: a session, and commands that are typed one after the other.
//!
//! - `words`, `last` and `line`: what a line means; `script`: where lines come from that nobody types; `editor`, `screen`: the
//!   terminal, if somebody does.
//! - `shell`: what is done with a line; `link`: the session, and the next one if it is lost; `jobs`: what goes on in the
//!   background; `expect`: whether a result is as it should be; `watch` and `reflection`: what names there are.

mod commands;
mod editor;
mod embedded;
mod expect;
mod jobs;
mod last;
mod line;
mod link;
mod names;
mod reflection;
mod screen;
mod script;
mod shell;
mod watch;
mod words;

use std::io::{self, IsTerminal as _};
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::task::LocalSet;

use super::args::ReplArgs;
use super::console::Console;
use super::error::CliError;
use super::exit::Exit;
use super::files::Files;
use super::signals::Work;
use super::start;

use embedded::Embedded;
use script::Script;
use shell::{Shell, elsewhere};

pub(crate) use screen::Screen;

/// Runs lines until there are no more, one fails that nobody has typed, or a signal comes.
///
/// # Errors
/// That there is no session to be had, and everything that a line can come to that nobody has typed.
pub(crate) fn run(args: ReplArgs, console: &Console) -> Result<Exit, CliError> {
    let script = Script::of(&args)?;
    let typed = script.is_none() && io::stdin().is_terminal() && console.stdout().terminal;
    // The session and the router are on other threads: this one may be held up in a write.
    let runtime = start(Builder::new_multi_thread().worker_threads(2))?;
    let outcome = LocalSet::new().block_on(&runtime, async {
        let mut client = args.client;
        let embedded = match args.embedded {
            true => Some(Embedded::start(&client.connection, console).await?),
            false => None,
        };
        if let Some(embedded) = &embedded {
            client.connection = elsewhere(&client.connection, embedded.url.clone());
        }
        let work = if typed { Work::Shell } else { Work::Task };
        let mut shell = Shell::start(client, work, *console).await?;
        shell.keep_going = args.keep_going;
        let outcome = if typed {
            Files::keep_stdin_for_lines();
            Box::pin(shell.interact()).await
        } else {
            let script = script.unwrap_or_else(Script::of_stdin);
            Box::pin(shell.run(script)).await
        };
        shell.leave().await;
        if let Some(embedded) = embedded {
            embedded.stop().await;
        }
        outcome
    });
    runtime.shutdown_timeout(Duration::ZERO);
    outcome
}
