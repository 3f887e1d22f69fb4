//! Random traffic of many sessions, valid and not: every call is answered once, and nothing is left in the end.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::FutureExt as _;
use serde_json::Value;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::model::Tally;
use crate::peer::{Peer, WAYS};
use crate::support::PATIENCE;
use crate::{Bystander, CONFIG, ends_well, memory, router_with, scaled, within};

/// The errors that a call may end in.
const DOCUMENTED: [&str; 6] = [
    "wamp.error.no_such_procedure",
    "wamp.error.canceled",
    "wamp.error.timeout",
    "wamp.error.no_available_callee",
    "wamp.error.invalid_argument",
    "com.error",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_traffic() {
    // They take all that there is of the machine, and no time is to be short.
    let config = CONFIG
        .replace(r#""1s""#, r#""30s""#)
        .replace(r#""2s""#, r#""30s""#);
    let router = router_with(&config, None);
    let mut bystander = Bystander::join(&router).await;
    let time = scaled(Duration::from_secs(4), soak_time());
    let end = Instant::now() + time;
    let mut sessions = JoinSet::new();
    for number in 0..scaled(24, 64) {
        let url = router.url.clone();
        sessions.spawn(async move {
            let mut random = fastrand::Rng::with_seed(number);
            let mut tally = Tally::default();
            while Instant::now() < end {
                let way = random.usize(..WAYS);
                let (peer, _) = Peer::join(&url, way).await;
                let mut soaked = Soaked {
                    peer,
                    random: random.fork(),
                    tally: Tally::default(),
                    pending: HashSet::new(),
                    invocations: Vec::new(),
                    held: Vec::new(),
                    last: 0,
                };
                soaked.run(end).await;
                tally.add(&soaked.tally);
            }
            tally
        });
    }
    // In each quarter: what the router holds, and how long a call takes beside all this.
    let mut quarters = [(0, Duration::ZERO); 4];
    for (number, (most, slowest)) in (1..).zip(&mut quarters) {
        while Instant::now() < end - time * (4 - number) / 4 {
            let asked = Instant::now();
            bystander.asks().await;
            *slowest = asked.elapsed().max(*slowest);
            *most = memory(&router).max(*most);
            sleep(Duration::from_millis(20)).await;
        }
    }
    let mut tally = Tally::default();
    while let Some(ended) = within(sessions.join_next()).await {
        tally.add(&ended.unwrap());
    }
    bystander.is_alone().await;
    println!(
        "hostile: {time:?} of random traffic, in quarters {quarters:.1?} (KiB, slowest call beside): {tally}"
    );
    assert!(tally.0["calls answered"] > 100, "{tally}");
    ends_well(router);
}

/// How long each of the soaks is.
pub(crate) fn soak_time() -> Duration {
    let seconds = std::env::var("WAMP_SOAK_SECONDS").map(|text| text.parse().expect("a number"));
    Duration::from_secs(seconds.unwrap_or(300))
}

/// One session of the soak.
struct Soaked {
    peer: Peer,
    random: fastrand::Rng,
    tally: Tally,
    /// Calls without a final answer.
    pending: HashSet<u64>,
    invocations: Vec<u64>,
    /// Ids of subscriptions and registrations, or what once were.
    held: Vec<u64>,
    last: u64,
}

/// How a session goes on.
#[derive(PartialEq)]
enum Fate {
    Lives,
    /// The router has ended it, and had reason to.
    Ended,
    /// It has ended itself.
    Gone,
}

impl Soaked {
    async fn run(&mut self, end: Instant) {
        let mut fate = Fate::Lives;
        let steps = self.random.usize(1..400);
        for _ in 0..steps {
            if Instant::now() > end {
                break;
            }
            fate = self.step().await;
            if fate != Fate::Lives {
                break;
            }
            if !self.read_what_is_there() {
                panic!("ended without a reason");
            }
        }
        match fate {
            Fate::Lives => self.leave().await,
            Fate::Gone => self.tally.count("left without a word"),
            Fate::Ended => {
                // Until the end of the stream: what came before the fault may be answered still.
                while let Some(message) = self.peer.receive().await {
                    self.read(&message);
                }
                self.tally.count("ended by the router");
            }
        }
    }

    /// Waits for what is owed, and goes in good order.
    async fn leave(&mut self) {
        while !self.pending.is_empty() || !self.invocations.is_empty() {
            if let Some(invocation) = self.invocations.pop() {
                let answer = self.peer.frame(&format!("[70,{invocation},{{}}]"));
                assert!(self.say(answer).await, "ended without a reason");
                continue;
            }
            let message = timeout(PATIENCE, self.peer.receive()).await;
            let message = message.unwrap_or_else(|_| panic!("never answered: {:?}", self.pending));
            self.read(&message.expect("an answer to every call"));
        }
        let goodbye = self.peer.frame(r#"[6,{},"wamp.close.close_realm"]"#);
        if self.say(goodbye).await {
            while let Some(message) = self.peer.receive().await {
                self.read(&message);
            }
        }
        self.tally.count("left in good order");
    }

    async fn step(&mut self) -> Fate {
        self.last += 1;
        let request = self.last;
        let name = ["com.a", "com.a.b", "com.b", "com.a.b.c"][self.random.usize(..4)];
        let pattern = [
            r#""exact"},"com.a.b""#,
            r#""prefix"},"com.a""#,
            r#""wildcard"},"com..b""#,
        ][self.random.usize(..3)];
        let held = self.random.choice(&self.held).copied().unwrap_or(1);
        let message = match self.random.u8(..100) {
            0..20 => format!(
                r#"[16,{request},{{"acknowledge":{},"exclude_me":{}}},"{name}",[{request},"é\n",null,1.5]]"#,
                self.random.bool(),
                self.random.bool()
            ),
            20..30 => format!(r#"[32,{request},{{"match":{pattern}]"#),
            30..35 => format!("[34,{request},{held}]"),
            35..45 => format!(
                r#"[64,{request},{{"invoke":"roundrobin","concurrency":{},"match":{pattern}]"#,
                self.random.u8(..4)
            ),
            45..48 => format!("[66,{request},{held}]"),
            48..75 => {
                self.pending.insert(request);
                self.tally.count("calls");
                format!(
                    r#"[48,{request},{{"timeout":{},"receive_progress":{}}},"{name}",[1],{{"k":[2]}}]"#,
                    self.random.u16(1..300),
                    self.random.bool()
                )
            }
            75..80 => format!(
                r#"[49,{},{{"mode":"{}"}}]"#,
                self.random
                    .choice(&self.pending)
                    .copied()
                    .unwrap_or(request),
                ["skip", "kill", "killnowait"][self.random.usize(..3)]
            ),
            80..97 => match self.invocations.pop() {
                Some(invocation) if self.random.bool() => format!("[70,{invocation},{{}},[true]]"),
                Some(invocation) if self.random.bool() => {
                    format!(r#"[8,68,{invocation},{{}},"com.error",["no"]]"#)
                }
                // Never answered: the time of the call ends it.
                _ => r#"[48,REQUEST,{},"wamp.session.count"]"#.replace("REQUEST", &{
                    self.pending.insert(request);
                    self.tally.count("calls");
                    request.to_string()
                }),
            },
            97 => return self.misbehave().await,
            98 if self.random.u8(..4) == 0 => return Fate::Gone,
            _ => {
                self.last -= 1;
                return Fate::Lives;
            }
        };
        self.tally.count("messages");
        let frame = self.peer.frame(&message);
        assert!(self.say(frame).await, "ended without a reason");
        Fate::Lives
    }

    /// Sends a frame, and takes in what comes meanwhile. Answers whether the session goes on.
    async fn say(&mut self, frame: Bytes) -> bool {
        let mut inbox = Vec::new();
        let mut lives = self.peer.exchange(frame, &mut inbox).await;
        for frame in inbox {
            let message = self.peer.read(&frame);
            lives &= self.read(&message);
        }
        lives
    }

    /// Something that ends the session.
    async fn misbehave(&mut self) -> Fate {
        self.tally.count("misdeeds");
        let frame = match self.random.u8(..6) {
            0 => Bytes::from_static(b"\xc1\xff not a message"),
            1 => self.peer.frame("[]"),
            2 => self.peer.frame("[70,9007199254740992,{}]"),
            3 => self.peer.frame(r#"[1,"realm1",{"roles":{"caller":{}}}]"#),
            4 => self.peer.frame(r#"[48,"x",{},"com.a"]"#),
            _ => {
                // A good message, cut and no list any more.
                let message = r#"[16,1,{},"com.a.b",["text",{"a":[1,2,3]}],{"k":"v"}]"#;
                let frame = self.peer.frame(message);
                let mut frame = frame[..self.random.usize(1..frame.len())].to_vec();
                frame[0] ^= 0xFF;
                frame.into()
            }
        };
        self.say(frame).await;
        Fate::Ended
    }

    /// Answers whether the session goes on.
    fn read_what_is_there(&mut self) -> bool {
        while let Some(received) = self.peer.0.receive().now_or_never() {
            let Some(Ok(frame)) = received else {
                return false;
            };
            let message = self.peer.read(&frame);
            if !self.read(&message) {
                panic!("{message}");
            }
        }
        true
    }

    /// Answers whether the session goes on after the message.
    fn read(&mut self, message: &Value) -> bool {
        let request = message[1].as_u64().unwrap_or_default();
        match message[0].as_u64() {
            Some(68) => self.invocations.push(request),
            Some(50) if message[2]["progress"] != true => {
                assert!(self.pending.remove(&request), "answered twice: {message}");
                self.tally.count("calls answered");
            }
            Some(8) if message[1] == 48 => {
                let request = message[2].as_u64().unwrap();
                assert!(self.pending.remove(&request), "answered twice: {message}");
                let error = message[4].as_str().unwrap();
                assert!(DOCUMENTED.contains(&error), "{message}");
                self.tally.count("calls answered");
                if error == "wamp.error.timeout" {
                    self.tally.count("calls out of time");
                }
            }
            Some(33 | 65) => self.held.push(message[2].as_u64().unwrap()),
            Some(36) => self.tally.count("events"),
            Some(3 | 6) => return false,
            _ => {}
        }
        true
    }
}
