//! `--dry-run`: what a command would send, without a router.
//!
//! The command's own code makes its request, on a session with a router in this process that nobody else hears of; what it sends
//! is printed, and what it is answered makes no difference. What this module does *not* do: make messages, or read secrets to log
//! in with, for nobody is asked to prove anything.

use std::sync::{Arc, Mutex, PoisonError};

use tracing::subscriber::{NoSubscriber, with_default};
use wampkit::client::{Client, Trace, Traced};
use wampkit::proto::{MessageType, Serializer, Value};
use wampkit::transport::Endpoint;
use wampkit::{Router, Session};

use super::args::ConnectionArgs;
use super::block_on;
use super::connection::DEFAULT_URL;
use super::console::Console;
use super::error::CliError;
use super::exit::Exit;

/// Prints the requests that `work` makes of a session. What it gets back is kept until all are made, for to give it up is a request
/// as well, and takes a number.
///
/// # Errors
/// What is wrong with the options, and those of the work that are no answers.
pub(crate) fn run<T>(
    args: &ConnectionArgs,
    console: &Console,
    work: impl AsyncFnOnce(&Session) -> Result<T, CliError>,
) -> Result<Exit, CliError> {
    check(args)?;
    let requests = Arc::new(Requests::default());
    let working = async {
        let serializer = args.serializer.first().copied();
        let session = session(
            serializer.unwrap_or(Serializer::MsgPack),
            Arc::clone(&requests),
        )
        .await?;
        let outcome = work(&session).await;
        // What nobody acknowledges is on its way until then.
        let left = session.leave().await;
        left.map_err(|error| CliError::of_request(REALM, error))?;
        outcome.map(drop)
    };
    // The log would tell of a session that nobody has.
    with_default(NoSubscriber::new(), || block_on(working))?;
    for request in requests.take() {
        console.value(&request)?;
    }
    Ok(Exit::Success)
}

/// The same of a command whose requests depend on the answers to others: prints the first, and tells people that there are more.
///
/// # Errors
/// As [`run`].
pub(crate) fn begin<T>(
    args: &ConnectionArgs,
    console: &Console,
    work: impl AsyncFnOnce(&Session) -> Result<T, CliError>,
) -> Result<Exit, CliError> {
    let exit = run(args, console, work)?;
    console.note("what else is asked depends on the answers");
    Ok(exit)
}

/// What came of a request that was made; `None` if it was refused, which a router of this process would know nothing about.
///
/// # Errors
/// That the request was not made.
pub(crate) fn made<T>(outcome: Result<T, CliError>) -> Result<Option<T>, CliError> {
    match outcome {
        Ok(outcome) => Ok(Some(outcome)),
        Err(CliError::Wamp { .. } | CliError::NoMeta { .. } | CliError::Nothing { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What would be found wrong upon connecting.
fn check(args: &ConnectionArgs) -> Result<(), CliError> {
    let url = args.url.as_deref().unwrap_or(DEFAULT_URL);
    let endpoint = url.parse::<Endpoint>();
    endpoint.map(drop).map_err(|error| CliError::Connect {
        url: url.to_owned(),
        error: Box::new(error.into()),
    })
}

async fn session(serializer: Serializer, requests: Arc<Requests>) -> Result<Session, CliError> {
    let router = Router::builder().realm(REALM).build();
    let router = router.map_err(|error| CliError::Usage {
        message: error.to_string(),
        hint: None,
    })?;
    let joining = Client::builder(DEFAULT_URL)
        .realm(REALM)
        .trace(requests)
        .connect_over(router.connect(serializer));
    joining.await.map_err(|error| CliError::Connect {
        url: "the router in this process".to_owned(),
        error: Box::new(error),
    })
}

/// The requests that were made so far.
#[derive(Debug, Default)]
struct Requests(Mutex<Vec<Value>>);

impl Requests {
    fn take(&self) -> Vec<Value> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Trace for Requests {
    fn traced(&self, traced: Traced<'_>) {
        let Traced::Sent(frame) = traced else {
            return;
        };
        // It was made here, of values that there are.
        let Ok(message) = frame.value() else {
            return;
        };
        let code = message.as_list().and_then(<[_]>::first);
        let kind = code
            .and_then(Value::as_u64)
            .and_then(MessageType::from_code);
        if kind.is_some_and(|kind| ASKED_FOR.contains(&kind)) {
            let mut requests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            requests.push(message);
        }
    }
}

/// What commands are for. The rest, HELLO and how what was asked for is given back, is the library's way of doing it.
const ASKED_FOR: [MessageType; 4] = [
    MessageType::Call,
    MessageType::Publish,
    MessageType::Subscribe,
    MessageType::Register,
];

const REALM: &str = "realm1";
