//! `wamp router`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use wampkit::router::metrics_address;

use super::client::duration;

/// Run a router
#[derive(Debug, Default, Args)]
#[command(after_long_help = "\
Examples:
  wamp router
  wamp router --listen ws://127.0.0.1:9000/ws --realm com.shop
  wamp router --listen rs+unix:///run/wamp.sock --any-realm
  wamp router --user alice:ticket:env:ALICE_TICKET --listen wss://0.0.0.0:8443/ws --tls-self-signed
  wamp router --port 0 -- ./run-tests.sh
  wamp router --test-services
  wamp router --metrics 9100 --log info,access=off
  wamp router -f wamp.toml --check
  wamp router -f wamp.toml

Each listener serves WebSocket and RawSocket alike, with JSON, MessagePack and
CBOR, unless the configuration file says otherwise. SIGHUP has the file and the
certificates read again: users, roles, permissions and certificates change, and
no session is lost. A file with a fault changes nothing.")]
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

    /// Have something to try: test.echo, test.add, test.sleep, ...
    ///
    /// In each realm of --realm or the file, but not in those that --any-realm opens: test.echo ARG...,
    /// test.add N..., test.sleep SECONDS, test.fail [URI] ARG..., test.progress N [SECONDS], and the topic
    /// test.tick, every second. Who may call and subscribe is up to the realm's roles.
    #[arg(long)]
    pub(crate) test_services: bool,

    /// The port on 127.0.0.1 in place of 8080
    ///
    /// With 0 the system chooses one, and the first line of standard output is WAMP_URL=ws://127.0.0.1:PORT/ws
    /// unless there is a CMD, which has it in its environment.
    #[arg(long, value_name = "N", conflicts_with = "listen")]
    pub(crate) port: Option<u16>,

    /// Tell Prometheus how the router does: http://ADDR/metrics
    ///
    /// ADDR is HOST:PORT, or PORT on 127.0.0.1; with port 0 a line of standard output says which one the system chose.
    /// http://ADDR/healthz answers 200, or 503 while the router shuts down; WebSocket listeners answer 200 without this.
    /// Whoever reaches the address may read, which is said where others than this machine can. HEAD is answered like GET.
    #[arg(long, value_name = "ADDR", value_parser = metrics_address)]
    pub(crate) metrics: Option<String>,

    /// A user: ID:METHOD:SRC[:ROLE]; may be repeated
    ///
    /// METHOD is ticket, wampcra, scram or cryptosign. SRC is where the secret, or the public key of cryptosign,
    /// comes from: prompt, env:NAME, file:PATH, fd:N, cmd:ARGV, plain:VALUE. If SRC has a further colon, say the ROLE
    /// too. Where there are users, nobody else is let in.
    #[arg(long, value_name = "USER")]
    pub(crate) user: Vec<String>,

    /// Let clients in that do not say who they are
    ///
    /// Without users all are let in by default, but not at an address that others than this machine can reach; and with
    /// users only those are.
    #[arg(long)]
    pub(crate) allow_anonymous: bool,

    /// Web pages of this origin may connect, * for all; may be repeated
    ///
    /// Pages of the router's own host may, and at a loopback address pages of this machine.
    #[arg(long, value_name = "ORIGIN", hide_short_help = true)]
    pub(crate) allow_origin: Vec<String>,

    /// Certificate for wss:// and rss://, with its chain, as PEM
    #[arg(
        id = "server_cert",
        long = "cert",
        value_name = "FILE",
        hide_short_help = true,
        requires = "server_key"
    )]
    pub(crate) cert: Option<PathBuf>,

    /// Private key of the certificate, as PEM
    #[arg(
        id = "server_key",
        long = "tls-key",
        value_name = "FILE",
        hide_short_help = true,
        requires = "server_cert"
    )]
    pub(crate) tls_key: Option<PathBuf>,

    /// Make a certificate for wss:// and rss://, and print its fingerprint
    ///
    /// It is valid for localhost and the hosts of --listen. With FILE it is written there, for `wamp --ca FILE`.
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, conflicts_with = "server_cert")]
    pub(crate) tls_self_signed: Option<Option<PathBuf>>,

    /// How long leaving may take: calls are answered, sessions told
    ///
    /// SIGTERM or Ctrl-C has the router take no more connections, sessions and calls. Pending calls have most of this time
    /// to be answered and are canceled then; sessions get GOODBYE. Who has answered it and keeps the socket open all the same is
    /// waited for half a second. A second signal ends it at once.
    #[arg(long, value_name = "D", default_value = "1500ms", value_parser = duration)]
    #[arg(hide_short_help = true)]
    pub(crate) grace: Duration,

    /// Read listeners, realms, users and permissions from a file (TOML, JSON)
    ///
    /// --listen and --port take the place of its listeners; what else these can have is up to the other options then.
    #[arg(short = 'f', long, value_name = "FILE")]
    #[arg(conflicts_with_all = ["realms", "any_realm", "user"])]
    pub(crate) config: Option<PathBuf>,

    /// Say what is wrong with the file, or what the router would do, and exit
    #[arg(long, requires = "config")]
    pub(crate) check: bool,

    /// Print the file with all defaults filled in and secrets left out, and exit
    #[arg(long, requires = "config")]
    pub(crate) print_config: bool,

    /// Run this with WAMP_URL and WAMP_REALM set, and exit with its code
    #[arg(value_name = "CMD", last = true)]
    pub(crate) command: Vec<OsString>,
}
