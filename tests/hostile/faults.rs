//! Processes that are killed, stopped, cut off, and what becomes of those who were talking to them.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use wampkit::client::Error;
use wampkit::{Client, Session};

use crate::peer::{HELLO, Peer};
use crate::support::{Router, Signal, file, wamp};
use crate::{Bystander, CONFIG, address, ends_well, long, router, scaled, within};

/// What a call under load may end in, beside a result.
const DOCUMENTED: [&str; 4] = [
    "wamp.error.canceled",
    "wamp.error.no_such_procedure",
    "wamp.error.no_available_callee",
    "wamp.error.timeout",
];

/// The longest that a call of the load may take, with what the machine is busy with.
const CALL_TIME: Duration = Duration::from_secs(20);

/// Peers that are cut in the middle of a frame, with and without a reset.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_die_in_mid_frame() {
    let router = router();
    let address = address(&router);
    let mut bystander = Bystander::join(&router).await;
    let hello = HELLO.as_bytes();
    let length = u32::try_from(hello.len()).unwrap().to_be_bytes();
    let subscribe = br#"[32,1,{},"com.mid.frame"]"#;
    let whole = [
        &[0x7F, 0xF1, 0, 0],
        &length[..],
        hello,
        &[0, 0, 0, 25],
        subscribe,
    ]
    .concat();
    let mut tried = 0;
    for cut in (0..whole.len()).step_by(scaled(7, 1)) {
        for reset in [false, true] {
            let mut stream = TcpStream::connect(&address).await.unwrap();
            stream.write_all(&whole[..cut]).await.unwrap();
            if reset {
                stream.set_zero_linger().unwrap();
            }
            drop(stream);
            tried += 1;
        }
        if cut % 10 == 0 {
            bystander.asks().await;
        }
    }
    bystander.asks().await;
    bystander.is_alone().await;
    println!("hostile: {tried} connections cut in mid-frame");
    ends_well(router);
}

/// A process is killed while it works on a call: the caller is told, and the next call finds nobody.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callees_that_die_in_mid_call() {
    let router = router();
    let mut bystander = Bystander::join(&router).await;
    let rounds = scaled(3, 20);
    for _ in 0..rounds {
        let mut callee = router.register(["com.slow", "--return", "1", "--delay", "60s", "-q"]);
        let (mut caller, _) = Peer::join(&router.url, 0).await;
        let mut created = within(bystander.session.subscribe("com.begun").into_future())
            .await
            .unwrap();
        caller.send(r#"[48,1,{},"com.slow"]"#).await;
        // Behind the call, so the call is with the callee, or on its way there.
        caller.send(r#"[16,2,{},"com.begun"]"#).await;
        within(created.next()).await.unwrap();
        callee.kill();
        let error = caller.receive().await.unwrap();
        assert_eq!(
            (&error[0], &error[4]),
            (&8.into(), &"wamp.error.canceled".into()),
            "{error}"
        );
        caller.send(r#"[48,3,{},"com.slow"]"#).await;
        let error = caller.receive().await.unwrap();
        assert_eq!(error[4], "wamp.error.no_such_procedure", "{error}");
        bystander.asks().await;
    }
    bystander.is_alone().await;
    println!("hostile: {rounds} callees killed in mid-call");
    ends_well(router);
}

/// Calls without end, each of which has to end.
struct Load {
    stop: Arc<AtomicBool>,
    results: watch::Sender<u64>,
    errors: Arc<AtomicU64>,
    tasks: Vec<JoinHandle<()>>,
}

impl Load {
    /// Calls `com.work` in these ways at once.
    fn start(url: &str, callers: usize) -> Self {
        let load = Self {
            stop: Arc::default(),
            results: watch::Sender::default(),
            errors: Arc::default(),
            tasks: Vec::new(),
        };
        let tasks = (0..callers).map(|_| {
            let (stop, results, errors) = (
                Arc::clone(&load.stop),
                load.results.clone(),
                Arc::clone(&load.errors),
            );
            let url = url.to_owned();
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let Ok(session) = Client::builder(&url).realm("realm1").connect().await else {
                        // The router is down; it will be back.
                        tokio::time::sleep(Duration::from_millis(20)).await;
                        continue;
                    };
                    while !stop.load(Ordering::Relaxed) && call(&session, &results, &errors).await {
                    }
                    let _ = tokio::time::timeout(CALL_TIME, session.leave()).await;
                }
            })
        });
        Self {
            tasks: tasks.collect(),
            ..load
        }
    }

    /// Waits until so many more have had a result.
    async fn goes_on(&self, calls: u64) {
        let mut results = self.results.subscribe();
        let until = *results.borrow() + calls;
        within(results.wait_for(|results| *results >= until))
            .await
            .unwrap();
    }

    async fn stop(self) -> (u64, u64) {
        self.stop.store(true, Ordering::Relaxed);
        for task in self.tasks {
            within(task).await.unwrap();
        }
        let results = *self.results.borrow();
        (results, self.errors.load(Ordering::Relaxed))
    }
}

/// Makes a call, and answers whether the session is good for another.
async fn call(session: &Session, results: &watch::Sender<u64>, errors: &AtomicU64) -> bool {
    let call = session.call("com.work").args((1,)).into_future();
    let answer = tokio::time::timeout(CALL_TIME, call)
        .await
        .expect("a call ends in time");
    match answer {
        Ok(_) => results.send_modify(|results| *results += 1),
        Err(Error::Wamp(error)) => {
            assert!(DOCUMENTED.contains(&error.error.as_str()), "{error}");
            errors.fetch_add(1, Ordering::Relaxed);
        }
        Err(Error::Lost(_)) => {
            errors.fetch_add(1, Ordering::Relaxed);
            return false;
        }
        Err(other) => panic!("{other}"),
    }
    true
}

/// The router is killed under load and started again: callee and subscriber are back, and calls go on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn routers_that_are_killed_under_load() {
    let mut router = Router::apart(&[]);
    let retry = ["--retry-max", "200ms"];
    let _callee = router
        .wamp(["register", "com.work", "--echo", "-q"])
        .args(retry)
        .start_ready();
    let _subscriber = router
        .wamp(["subscribe", "com.t", "-q"])
        .args(retry)
        .start_ready();
    let load = Load::start(&router.url, 4);
    let rounds = scaled(3, 20);
    for _ in 0..rounds {
        load.goes_on(20).await;
        router.kill();
        router.start_again(&[]);
    }
    load.goes_on(20).await;
    let (results, errors) = load.stop().await;
    let (mut probe, _) = Peer::join(&router.url, 0).await;
    within(are_back(&mut probe)).await;
    println!(
        "hostile: {rounds} routers killed under load: {results} calls with a result, {errors} with an error, none without"
    );
    router.running().signal(Signal::TERM);
}

/// Waits until callee and subscriber are all there is beside the probe, and what each holds is there once.
async fn are_back(probe: &mut Peer) {
    loop {
        let sessions = ask(probe, "wamp.session.count").await[0].as_u64().unwrap();
        let mut held = [0; 2];
        for (held, what) in held.iter_mut().zip(["registration", "subscription"]) {
            let lists = ask(probe, &format!("wamp.{what}.list")).await;
            *held = lists[0]["exact"].as_array().unwrap().len();
        }
        if (sessions, held) == (3, [1, 1]) {
            return;
        }
        // One is on its way still, or one of the load's is going.
        assert!(
            sessions < 8 && held.iter().all(|count| *count <= 1),
            "{sessions} {held:?}"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// What a meta procedure answers.
async fn ask(probe: &mut Peer, procedure: &str) -> Value {
    probe.send(&format!(r#"[48,1,{{}},"{procedure}"]"#)).await;
    let mut result = probe.receive().await.unwrap();
    assert_eq!(result[0], 50, "{result}");
    result[3].take()
}

/// Callees and callers are killed under load and started again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_are_killed_under_load() {
    let router = router();
    let bystander = Bystander::join(&router).await;
    let rounds = scaled(3, 20);
    let load = Load::start(&router.url, 4);
    for _ in 0..rounds {
        let mut callee = router.register(["com.work", "--echo", "-q"]);
        let mut caller = router
            .wamp(["call", "com.work", "1", "-n", "1000000", "-q"])
            .start();
        load.goes_on(20).await;
        caller.kill();
        load.goes_on(5).await;
        callee.kill();
    }
    let (results, errors) = load.stop().await;
    bystander.is_alone().await;
    println!(
        "hostile: {rounds} callees and callers killed under load: {results} calls with a result, {errors} with an error, none without"
    );
    ends_well(router);
}

/// A client that is stopped is found by its heartbeat and ended, and comes back when it goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_are_stopped_and_go_on() {
    let router = router();
    let bystander = Bystander::join(&router).await;
    let mut left = within(
        bystander
            .session
            .subscribe("wamp.session.on_leave")
            .into_future(),
    )
    .await
    .unwrap();
    let mut joined = within(
        bystander
            .session
            .subscribe("wamp.session.on_join")
            .into_future(),
    )
    .await
    .unwrap();
    let mut client = router.subscribe(["com.t", "--retry-max", "200ms", "-o", "json"]);
    within(joined.next()).await.unwrap();
    let rounds = scaled(1, 5);
    for _ in 0..rounds {
        client.signal(Signal::STOP);
        within(left.next()).await.expect("it is found");
        if long() {
            tokio::time::sleep(Duration::from_secs(10)).await;
        }
        client.signal(Signal::CONT);
        within(joined.next()).await.expect("it comes back");
    }
    // It is subscribed again, too: at last when its gap is told.
    while !client.line().contains(r#""gap""#) {}
    router
        .wamp(["publish", "com.t", "welcome back"])
        .run()
        .clean();
    while !client.line().contains("welcome back") {}
    client.kill();
    within(left.next()).await.unwrap();
    println!("hostile: a client stopped {rounds} times, found and back");
    drop((left, joined));
    bystander.is_alone().await;
    ends_well(router);
}

/// Cuts the network between two namespaces. Both sides find out by their heartbeats, and find each other when it is back.
#[test]
fn networks_that_are_cut() {
    if !long() {
        // It takes root, which a test is not given unasked.
        println!("hostile: networks are cut in the long form, as root");
        return;
    }
    let cable = Cable::new();
    let config = CONFIG.replacen("[[realms]]", LISTENER, 1);
    let (_folder, path) = file("wamp.toml", config);
    let mut router = wamp(["router", "-f"])
        .args([path])
        .under(cable.end(0))
        .start();
    router.note("listening on");
    let client = |arguments: &[&str], end: usize| {
        let client = wamp(arguments).args(["-u", URL, "--heartbeat", "1s", "--retry-max", "300ms"]);
        client.under(cable.end(end))
    };
    let mut near = client(&["subscribe", "wamp.session.on_leave"], 0).start_ready();
    let mut far = client(&["subscribe", "com.t"], 1).start_ready();
    for round in 1..=3 {
        cable.set("down");
        let started = Instant::now();
        assert!(near.line().contains("on_leave"));
        let router_found = started.elapsed();
        far.note("session lost: nothing was heard");
        let client_found = started.elapsed();
        cable.set("up");
        far.note("connected again");
        let back = started.elapsed();
        client(&["publish", "com.t", "welcome back"], 0)
            .run()
            .clean();
        near.line(); // the publisher has left
        while !far.line().contains("welcome back") {}
        println!(
            "hostile: network cut {round}: the router found out after {router_found:.1?}, the client after {client_found:.1?}, all was back after {back:.1?}"
        );
    }
}

const URL: &str = "ws://10.231.0.1:9000/ws";

const LISTENER: &str = r#"[[listeners]]
url = "ws://10.231.0.1:9000/ws"
allow_anonymous = true

[[realms]]"#;

/// Two network namespaces with a cable between them. Dropping it takes both away.
struct Cable {
    names: [String; 2],
}

impl Cable {
    fn new() -> Self {
        let id = std::process::id();
        let cable = Self {
            names: ["a", "b"].map(|end| format!("wamp-{id}-{end}")),
        };
        let [a, b] = &cable.names;
        ip(&format!("netns add {a}"));
        ip(&format!("netns add {b}"));
        ip(&format!(
            "link add plug netns {a} type veth peer name plug netns {b}"
        ));
        for (name, host) in [(a, 1), (b, 2)] {
            ip(&format!("-n {name} addr add 10.231.0.{host}/24 dev plug"));
            ip(&format!("-n {name} link set lo up"));
            ip(&format!("-n {name} link set plug up"));
        }
        cable
    }

    /// What runs something at one of the ends.
    fn end(&self, end: usize) -> [&str; 4] {
        ["ip", "netns", "exec", &self.names[end]]
    }

    fn set(&self, state: &str) {
        ip(&format!("-n {} link set plug {state}", self.names[0]));
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        for name in &self.names {
            let _ = Command::new("ip").args(["netns", "del", name]).status();
        }
    }
}

fn ip(arguments: &str) {
    let status = Command::new("ip").args(arguments.split(' ')).status();
    assert!(status.unwrap().success(), "ip {arguments}");
}
