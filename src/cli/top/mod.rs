//! `wamp top`: how a router does, look by look.
//!
//! The router counts, and tells it when `wamp.router.metrics` is called. What is shown is what came to the counts from one look
//! to the next, by the router's own clock.

mod figures;
mod screen;

use std::time::{Duration, SystemTime};

use tokio::time::{Instant, sleep_until};
use wampkit::Session;
use wampkit::client;
use wampkit::codec::Arguments;
use wampkit::proto::{Dict, Value};

use super::args::TopArgs;
use super::connection::{Connection, answer};
use super::console::Console;
use super::error::CliError;
use super::exit::Exit;
use super::meta::missing;
use super::output::{Envelope, Format};
use super::signals::Work;
use super::terminal::Stream;
use super::{block_on, dry_run};
use figures::Figures;
use screen::{Screen, Size, Wake};

/// Watches a router until it was looked at often enough.
///
/// # Errors
/// That there is no session or that it is lost, or that the router does not tell how it does.
pub(crate) fn run(args: TopArgs, console: &Console) -> Result<Exit, CliError> {
    let connection = &args.client.connection;
    let limit = args.client.output.timeout;
    if args.dry_run.dry_run {
        return dry_run::run(connection, console, async |session| {
            dry_run::made(look(session, limit).await)
        });
    }
    block_on(async {
        let mut connection = Connection::open(connection, Work::Task, console).await?;
        let session = connection.session().clone();
        // The terminal is as it was before anything else is said.
        let outcome = connection.guard(watch(&session, &args, console)).await;
        connection.leave().await;
        outcome.map(|()| Exit::Success)
    })
}

async fn watch(session: &Session, args: &TopArgs, console: &Console) -> Result<(), CliError> {
    let limit = args.client.output.timeout;
    let mut last = look(session, limit).await?;
    let is_live = !args.once && console.format() == Format::Auto && console.stdout().moves();
    let mut screen = is_live.then(Screen::open).transpose()?;
    let mut figures = Figures::between(&last, &last);
    let wanted = if args.once { 1 } else { args.count };
    let mut shown = 0;
    let mut due = Instant::now() + args.interval;
    loop {
        if let Some(screen) = &mut screen {
            let [lines, whole] = [console.stdout(), Stream::plain()]
                .map(|stream| page(&figures, session, args, stream));
            screen.draw(&lines, Size::of(&whole))?;
            match screen.wait(due).await {
                Wake::Due => {}
                Wake::Resized => continue,
                Wake::Quit => return Ok(()),
            }
        } else {
            sleep_until(due).await;
        }
        let now = look(session, limit).await?;
        figures = Figures::between(&last, &now);
        last = now;
        if screen.is_none() {
            print(&figures, session, args, console)?;
        }
        shown += 1;
        if shown == wanted {
            return Ok(());
        }
        due = (due + args.interval).max(Instant::now());
    }
}

/// What the router tells.
async fn look(session: &Session, limit: Option<Duration>) -> Result<Dict, CliError> {
    let call = async {
        let reply = session.call(PROCEDURE).await?;
        reply.value::<Value>().map_err(client::Error::from)
    };
    let told = answer(PROCEDURE, limit, call).await;
    match told.map_err(|error| missing(PROCEDURE, error))? {
        Value::Dict(told) => Ok(told),
        _ => Err(CliError::Nothing {
            message: format!("the router does not tell how it does: {PROCEDURE} is something else"),
            suggestion: None,
        }),
    }
}

/// What is drawn in place, as wide as the stream is if it says how wide.
fn page(figures: &Figures, session: &Session, args: &TopArgs, stream: Stream) -> Vec<String> {
    let mut lines = vec![format!(
        "wamp top   every {}   q to quit",
        humantime::format_duration(args.interval)
    )];
    lines.extend(figures.lines(session.realm(), stream));
    lines
}

/// What is printed line by line.
fn print(
    figures: &Figures,
    session: &Session,
    args: &TopArgs,
    console: &Console,
) -> Result<(), CliError> {
    if matches!(console.format(), Format::Json | Format::Pretty) {
        return console.record(&Envelope {
            kind: "top",
            uri: None,
            arguments: Arguments::default(),
            details: figures.to_details(session.realm()),
            at: SystemTime::now(),
        });
    }
    let mut lines = figures.lines(session.realm(), console.stdout());
    if !args.once && args.count != 1 {
        lines.push(String::new());
    }
    console.line(&lines.join("\n"))
}

/// Where the router tells how it does.
const PROCEDURE: &str = "wamp.router.metrics";
