//! `wamp doctor`.

use clap::Args;

use super::client::ClientArgs;

/// Examine the way to a router, and what the router can do
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wamp doctor
  wamp doctor wss://router.example.org/ws
  wamp doctor rs://router.example.org -r com.shop -t 2s
  wamp doctor wss://localhost/ws --authid joe --secret prompt
  wamp doctor -o json | jq -r '.details.steps[] | select(.status == \"bad\").detail'

Step by step, and each step by itself where it can be: the URL, the host's
addresses, TCP, TLS and its certificates, the serializers, the ways to log in, the
realm, what the router announces, and whether that does what it should. The
features are tried on URIs under cli.wamp.doctor, for which nobody else has a use.
✓ is well, ! is a warning, ✗ is a fault, and – was not tried or is not there.

Ways to log in are tried without proof, by --authid or an authid that nobody has.
Secrets go to the router as with other commands, by the options for that, but not
if its certificate is not trusted.

Exit code 0 if there is no fault; otherwise that of the first: 2 for the URL, 3 if
there is no connection, 4 if the session is refused. With -o json all of it is one
object of type doctor. -t is the time for each step, 5s unless set.")]
pub(crate) struct DoctorArgs {
    /// The router; --url unless given
    #[arg(value_name = "URL")]
    pub(crate) router: Option<String>,

    #[command(flatten)]
    pub(crate) client: ClientArgs,
}
