//! `wamp router`.

use std::ffi::OsString;

use clap::Args;

/// Run a router
#[derive(Debug, Default, Args)]
#[command(after_long_help = "\
Examples:
  wamp router
  wamp router --listen ws://0.0.0.0:8080/ws --realm com.shop
  wamp router --listen rs+unix:///run/wamp.sock --any-realm
  wamp router --port 0 -- ./run-tests.sh

Each listener serves WebSocket and RawSocket alike, with JSON, MessagePack and
CBOR.")]
pub(crate) struct RouterArgs {
    /// Where to listen; may be repeated [ws://127.0.0.1:8080/ws]
    #[arg(long, value_name = "URL")]
    pub(crate) listen: Vec<String>,

    /// A realm to serve; may be repeated [realm1]
    #[arg(id = "realms", long = "realm", value_name = "URI")]
    pub(crate) realms: Vec<String>,

    /// Open any realm that a client asks for
    #[arg(long)]
    pub(crate) any_realm: bool,

    /// The port on 127.0.0.1 in place of 8080
    ///
    /// With 0 the system chooses one, and the first line of standard output is WAMP_URL=ws://127.0.0.1:PORT/ws
    /// unless there is a CMD, which has it in its environment.
    #[arg(long, value_name = "N", conflicts_with = "listen")]
    pub(crate) port: Option<u16>,

    /// Run this with WAMP_URL and WAMP_REALM set, and exit with its code
    #[arg(value_name = "CMD", last = true)]
    pub(crate) command: Vec<OsString>,
}
