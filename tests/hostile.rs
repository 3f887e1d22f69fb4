//! Hostile input and faults: a real router process, and peers that do what they should not.
//!
//! Each test prints what it tried. `WAMP_HOSTILE=long cargo test --test hostile -- --nocapture` tries more of it for longer, and as
//! root cuts the network between two namespaces as well.

#[path = "hostile/bombs.rs"]
mod bombs;
#[path = "hostile/faults.rs"]
mod faults;
#[path = "hostile/floods.rs"]
mod floods;
#[path = "hostile/limits.rs"]
mod limits;
#[path = "model/mod.rs"]
mod model;
#[path = "hostile/peer.rs"]
mod peer;
#[path = "hostile/soak.rs"]
mod soak;
#[path = "hostile/sockets.rs"]
mod sockets;
#[path = "hostile/states.rs"]
mod states;
#[path = "support/mod.rs"]
mod support;
#[path = "hostile/wire.rs"]
mod wire;

use std::fs;
use std::time::Duration;

use support::{Router, file, wamp};
use wampkit::client::{Invocation, Registration};
use wampkit::{Client, Session};

/// Whether there is time to try more.
fn long() -> bool {
    std::env::var("WAMP_HOSTILE").is_ok_and(|form| form == "long")
}

/// How much of something is tried.
fn scaled<T>(short: T, in_long: T) -> T {
    if long() { in_long } else { short }
}

/// Bounds what would otherwise hang a failing test.
async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(support::PATIENCE, future)
        .await
        .expect("nothing came in time")
}

/// A router with short times, `realm1` for everybody, and `com.secure` for who knows a ticket.
fn router() -> Router {
    router_with(CONFIG, None)
}

/// A router with this configuration, under a limit of the shell's `ulimit`.
fn router_with(config: &str, limit: Option<&str>) -> Router {
    let (_folder, path) = file("wamp.toml", config);
    let router = wamp(["router", "--port", "0", "-f"]).args([path]);
    Router::of(match limit {
        Some(limit) => router.limited(limit),
        None => router,
    })
}

const CONFIG: &str = r#"
[limits]
handshake_time = "1s"
heartbeat = "2s"
max_message = "1MiB"

[[realms]]
name = "realm1"
anonymous = { role = "anonymous" }

[[realms]]
name = "com.secure"

[[realms.users]]
authid = "joe"
role = "anonymous"
ticket = "plain:long live the ticket"
"#;

/// The same port as RawSocket.
fn rawsocket(url: &str) -> String {
    url.replace("ws://", "rs://")
        .trim_end_matches("/ws")
        .to_owned()
}

/// The address of a router, for those who speak to it by hand.
fn address(router: &Router) -> String {
    let url = rawsocket(&router.url);
    url.trim_start_matches("rs://").to_owned()
}

/// A healthy session among the others: what it asks for has to go on working.
struct Bystander {
    session: Session,
    _registration: Registration,
    asked: u32,
}

impl Bystander {
    async fn join(router: &Router) -> Self {
        let session = within(Client::builder(&router.url).realm("realm1").connect())
            .await
            .unwrap();
        let echo = async |invocation: Invocation| Ok(invocation.arguments()?);
        let registration = within(session.register("com.bystander.echo", echo).into_future()).await;
        Self {
            session,
            _registration: registration.unwrap(),
            asked: 0,
        }
    }

    /// Asks itself, by way of the router.
    async fn asks(&mut self) {
        self.asked += 1;
        let call = self.session.call("com.bystander.echo").args((self.asked,));
        let reply = within(call.into_future())
            .await
            .expect("an undisturbed call");
        assert_eq!(reply.value::<u32>().unwrap(), self.asked);
    }

    /// How many sessions there are.
    async fn sessions(&self) -> u64 {
        let call = self.session.call("wamp.session.count");
        within(call.into_future()).await.unwrap().value().unwrap()
    }

    /// Waits until nobody else is there, and checks that nothing of them is.
    async fn is_alone(&self) {
        let mut left = within(
            self.session
                .subscribe("wamp.session.on_leave")
                .into_future(),
        )
        .await
        .unwrap();
        while self.sessions().await > 1 {
            within(left.next()).await.expect("a session that leaves");
        }
        drop(left);
        let count = async |procedure: &'static str| {
            let reply = within(self.session.call(procedure).into_future())
                .await
                .unwrap();
            let lists: serde_json::Value = reply.value().unwrap();
            lists
                .as_object()
                .unwrap()
                .values()
                .map(|list| list.as_array().unwrap().len())
                .sum::<usize>()
        };
        assert_eq!(count("wamp.registration.list").await, 1, "of the bystander");
        assert!(
            count("wamp.subscription.list").await <= 1,
            "of the bystander"
        );
    }
}

/// What a process holds in memory, in KiB.
fn memory(router: &Router) -> u64 {
    let status = fs::read_to_string(format!(
        "/proc/{}/status",
        router.running().pid().as_raw_nonzero()
    ))
    .unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// How long a process has computed.
fn cpu_time(router: &Router) -> Duration {
    let stat = fs::read_to_string(format!(
        "/proc/{}/stat",
        router.running().pid().as_raw_nonzero()
    ))
    .unwrap();
    // Behind the name, which may hold anything, the 12th and 13th: in ticks of 10 ms.
    let (_, numbers) = stat.rsplit_once(')').unwrap();
    let ticks = numbers.split_whitespace().skip(11).take(2);
    Duration::from_millis(ticks.map(|it| it.parse::<u64>().unwrap()).sum::<u64>() * 10)
}

/// Ends a router, which has to end well and to have panicked nowhere.
fn ends_well(router: Router) {
    router.running().signal(support::Signal::TERM);
    let ended = router.wait();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(!ended.stderr.contains("panicked"), "{}", ended.stderr);
}
