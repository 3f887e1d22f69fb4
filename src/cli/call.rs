//! `wamp call`.

use std::time::SystemTime;

use wampkit::proto::{CallOptions, DictFields as _};

use super::args::CallArgs;
use super::connection::{Connection, answer};
use super::console::Console;
use super::error::CliError;
use super::exit::Exit;
use super::files::Files;
use super::output::Envelope;
use super::signals::Work;
use super::{argument, block_on};

/// Calls the procedure and prints the result.
///
/// # Errors
/// Everything that a call can come to otherwise.
pub(crate) fn run(args: CallArgs, console: &Console) -> Result<Exit, CliError> {
    let mut files = Files::default();
    let arguments = args.payload.read(&mut files)?;
    let options = argument::options::<CallOptions>(&args.options, &mut files)?;
    let procedure = &*args.procedure;
    let limit = args.client.output.timeout;
    block_on(async {
        let mut connection = Connection::open(&args.client.connection, Work::Task).await?;
        let outcome = connection
            .run(async |session| {
                let call = session
                    .call(procedure)
                    .arguments(arguments)
                    .options(options);
                let reply = answer(procedure, limit, call).await?;
                let arguments = reply
                    .arguments()
                    .map_err(|error| CliError::of_payload(procedure, &error))?;
                console.result(&Envelope {
                    kind: "result",
                    uri: procedure.to_owned(),
                    arguments,
                    details: reply.details.to_dict(),
                    at: SystemTime::now(),
                })
            })
            .await;
        connection.leave().await;
        outcome.map(|()| Exit::Success)
    })
}
