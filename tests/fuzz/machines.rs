//! The state machines of realm and client, given messages of others in any order.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use bytes::Bytes;
use wampkit::codec::decode;
use wampkit::proto::{
    Call, CallOptions, CancelMode, Feature, Hello, HelloDetails, Id, MatchPolicy, Message, Payload,
    Publish, Register, Role, Roles, Serializer, Subscribe, SubscribeOptions, Uri,
};
use wampkit::realm::{
    Census, HistoryRule, Input, Join, Now, Output, Realm, RealmConfig, SessionKey,
};
use wampkit::session::{self, ClientSession, Ticket};

use crate::driver::fuzz;
use crate::oracle::encoded;

const WORDS: &[&[u8]] = &[
    b"\n",
    b"0[48,1,{},\"a.b\"]\n",
    b"1[64,1,{},\"a.b\"]\n",
    b"2[32,1,{},\"a.\"]\n",
    b"1[70,1,{}]\n",
    b"1[8,68,1,{},\"e.r\"]\n",
    b"0[49,1,{}]\n",
    b"0[16,1,{},\"a.b\",[1]]\n",
    b"L0\n",
    b"J0\n",
    b"C1\n",
    b"R1\n",
    b"T\n",
    b"M2\n",
    b"S\n",
    b"\"receive_progress\":true",
    b"\"progress\":true",
    b"\"timeout\":5",
    b"\"match\":\"prefix\"",
    b"\"match\":\"wildcard\"",
    b"\"invoke\":\"roundrobin\"",
    b"\"invoke\":\"random\"",
    b"\"concurrency\":1",
    b"\"acknowledge\":true",
    b"\"retain\":true",
    b"\"get_retained\":true",
    b"\"exclude_me\":false",
    b"\"disclose_me\":true",
    b"\"mode\":\"kill\"",
    b"\"mode\":\"skip\"",
    b"\"mode\":\"killnowait\"",
    b"\"eligible\":[1001]",
    b"\"exclude_authid\":[\"user0\"]",
    b"\"force_reregister\":true",
    b"\"ppt_scheme\":\"x_a\"",
    b"\"wamp.session.kill\"",
    b"\"wamp.session.kill_by_authid\"",
    b"\"wamp.session.count\"",
    b"\"wamp.session.add_testament\"",
    b"\"wamp.subscription.list\"",
    b"\"wamp.registration.match\"",
    b"\"wamp.subscription.get_events\"",
    b"\"wamp.session.modify_details\"",
    b"\"wamp.reflect.define\"",
    b"1002",
    b"\"runmode\":\"partition\",\"rkey\":7",
    b"[[\"\\u0000AAE=\"]]",
    b"\"forward_timeout\":true",
];

/// Lines: `J0` joins, `0[…]` is a message of that session, `L0` its end, `C0` and `R0` congestion and relief, `M0` something that is no
/// message, `T` time that passes, `S` a shutdown. However it goes, nothing is left when all have left.
#[test]
fn realm() {
    fuzz("realm", WORDS, |input| {
        let mut bench = Bench::new();
        for line in input.split(|byte| *byte == b'\n').take(400) {
            bench.line(line);
        }
        bench.end()
    });
}

struct Bench {
    realm: Realm,
    now: Now,
    present: BTreeSet<SessionKey>,
    /// Those whose session is over for the realm.
    closed: BTreeSet<SessionKey>,
    joined: u64,
    /// Which messages went out.
    sent: BTreeSet<(u16, usize)>,
}

impl Bench {
    fn new() -> Self {
        let now = Now {
            instant: Instant::now(),
            unix: Duration::from_secs(1_700_000_000),
        };
        let config = RealmConfig {
            uri: Uri::from_static("realm1"),
            history: vec![HistoryRule {
                policy: MatchPolicy::Prefix,
                uri: "a.".into(),
                limit_events: 3,
                limit_bytes: 1 << 16,
            }],
            ..RealmConfig::default()
        };
        Self {
            realm: Realm::new(config, 7, now),
            now,
            present: BTreeSet::new(),
            closed: BTreeSet::new(),
            joined: 0,
            sent: BTreeSet::new(),
        }
    }

    fn line(&mut self, line: &[u8]) {
        match line {
            [b'J', who] => self.join(*who),
            [b'L', who] => self.leave(key(*who)),
            [b'C', who] => self.of_present(*who, Input::Congested),
            [b'R', who] => self.of_present(*who, Input::Relieved),
            [b'M', who] => self.of_present(*who, |key| Input::Malformed(key, "noise".to_owned())),
            b"T" => self.pass(Duration::from_millis(10)),
            b"S" => self.input(Input::Shutdown),
            [who, frame @ ..] => {
                let key = key(*who);
                if !self.present.contains(&key) {
                    return;
                }
                let frame = Bytes::copy_from_slice(frame);
                self.input(match decode(Serializer::Json, &frame) {
                    Ok(message) => Input::Message(key, message),
                    Err(error) => Input::Malformed(key, error.to_string()),
                });
            }
            [] => {}
        }
    }

    fn join(&mut self, who: u8) {
        let key = key(who);
        if !self.present.insert(key) {
            return;
        }
        self.joined += 1;
        let serializer = Serializer::ALL[usize::from(who) % 3];
        let mut roles = Roles::default();
        for role in Role::CLIENT {
            let features = Feature::ALL
                .iter()
                .copied()
                .filter(|_| who.is_multiple_of(2));
            roles = roles.with(role, features);
        }
        self.input(Input::Join(Box::new(Join {
            key,
            session: Id::new(1000 + self.joined).unwrap(),
            serializer,
            max_frame: 4096,
            roles,
            authid: format!("user{}", key.0),
            authrole: "anonymous".to_owned(),
            trusted: false,
            authmethod: "anonymous".to_owned(),
            authprovider: "static".to_owned(),
            authextra: wampkit::Dict::new(),
            agent: "fuzz".to_owned(),
            limits: wampkit::realm::SessionLimits::default(),
        })));
    }

    fn leave(&mut self, key: SessionKey) {
        if self.present.remove(&key) {
            self.closed.remove(&key);
            self.input(Input::Leave(key));
        }
    }

    fn of_present(&mut self, who: u8, input: impl FnOnce(SessionKey) -> Input) {
        let key = key(who);
        if self.present.contains(&key) {
            self.input(input(key));
        }
    }

    fn pass(&mut self, time: Duration) {
        let end = self.now.instant + time;
        let mut ticks = 0;
        while let Some(deadline) = self.realm.deadline().filter(|deadline| *deadline <= end) {
            self.now.instant = self.now.instant.max(deadline);
            self.input(Input::Tick);
            ticks += 1;
            assert!(ticks < 10_000, "time stands still");
        }
        self.now.instant = end;
    }

    fn input(&mut self, input: Input) {
        let mut outputs = Vec::new();
        let mut reports = Vec::new();
        self.realm.handle(self.now, input, &mut outputs);
        for output in outputs {
            match output {
                Output::Send(recipients, message) => {
                    for key in &recipients {
                        assert!(self.present.contains(key), "{message:?} to nobody");
                        assert!(!self.closed.contains(key), "{message:?} after the end");
                    }
                    let serializer = Serializer::ALL[recipients[0].0 as usize % 3];
                    let frame = encoded(serializer, &message);
                    // Whatever is sent can be read.
                    decode(serializer, &frame).unwrap();
                    self.sent.insert((message.kind().code(), recipients.len()));
                }
                Output::Close(key, _) => {
                    assert!(self.present.contains(&key), "closed nobody");
                    assert!(self.closed.insert(key), "closed twice");
                }
                Output::Inquire {
                    caller, request, ..
                } => reports.push(Input::Report {
                    caller,
                    request,
                    results: wampkit::codec::Arguments::default(),
                }),
                Output::Hold(_) | Output::Resume(_) | Output::OnBehalf(_) | Output::Told { .. } => {
                }
            }
        }
        for report in reports {
            self.input(report);
        }
    }

    fn end(mut self) -> String {
        for key in self.present.clone() {
            self.leave(key);
        }
        assert_eq!(self.realm.census(), Census::default());
        format!("{:?}", self.sent)
    }
}

/// The session that a character names: six of them, two of each serializer.
fn key(who: u8) -> SessionKey {
    SessionKey(u32::from(who) % 6)
}

/// Messages of a router in JSON, a line each, to a client that has called, subscribed, registered and published. A line without `[` is something
/// that the application does.
#[test]
fn session() {
    let words = [
        WORDS,
        &[
            b"[2,1,{\"roles\":{\"broker\":{},\"dealer\":{}}}]\n",
            b"[33,2,7]\n",
            b"[65,3,8]\n",
            b"[50,1,{}]\n",
            b"[17,4,9]\n",
            b"[36,7,1,{}]\n",
            b"[68,1,8,{}]\n",
            b"[69,1,{}]\n",
            b"[35,0,{\"subscription\":7}]\n",
            b"[67,0,{\"registration\":8}]\n",
            b"c\n",
            b"u\n",
            b"y\n",
        ],
    ]
    .concat();
    fuzz("session", &words, |input| {
        let mut client = ClientSession::new(Serializer::Json);
        let mut outputs = Vec::new();
        let hello = Hello {
            realm: "realm1".into(),
            details: HelloDetails::default(),
        };
        client.handle(session::Input::Join(Box::new(hello)), &mut outputs);
        let mut ticket = 0;
        for line in input.split(|byte| *byte == b'\n').take(400) {
            let input = if line.contains(&b'[') {
                match decode(Serializer::Json, &Bytes::copy_from_slice(line)) {
                    Ok(message) => session::Input::Message(message),
                    Err(error) => session::Input::Malformed(error.to_string()),
                }
            } else {
                ticket += 1;
                match applied(line, ticket) {
                    Some(input) => input,
                    None => continue,
                }
            };
            client.handle(input, &mut outputs);
        }
        let ended = outputs
            .iter()
            .filter(|output| matches!(output, session::Output::Ended(_)));
        assert!(ended.count() <= 1, "ended twice");
        let over = outputs
            .iter()
            .position(|output| matches!(output, session::Output::Ended(_)));
        assert!(
            over.is_none_or(|at| at + 1 == outputs.len()),
            "something after the end"
        );
        let mut kinds: Vec<_> = outputs.iter().map(kind).collect();
        kinds.sort();
        kinds.dedup();
        kinds
    });
}

fn kind(output: &session::Output) -> String {
    match output {
        session::Output::Send(message) => message.kind().to_string(),
        session::Output::Ended(end) => crate::driver::sign_of(&format!("{end:?}")),
        other => format!("{other:?}").chars().take(12).collect(),
    }
}

/// Something that the application does, by the first letter.
fn applied(line: &[u8], number: u64) -> Option<session::Input> {
    let ticket = Ticket(number);
    let (&what, rest) = line.split_first()?;
    // One that was used before, if there is a digit behind the letter.
    let earlier = Ticket(u64::from(rest.first().copied().unwrap_or_default() % 16));
    let payload = Payload::empty(Serializer::Json);
    Some(match what {
        b'c' => session::Input::Call {
            ticket,
            options: CallOptions {
                progress: Some(rest.len() > 1),
                ..CallOptions::default()
            },
            procedure: "a.b".into(),
            payload,
        },
        b'm' => session::Input::CallMore {
            ticket: earlier,
            more: rest.len() > 1,
            payload,
        },
        b'k' => session::Input::Cancel {
            ticket: earlier,
            mode: [CancelMode::Skip, CancelMode::Kill, CancelMode::KillNoWait][rest.len() % 3],
        },
        b's' => session::Input::Subscribe {
            ticket,
            options: SubscribeOptions::default(),
            topic: "a.b".into(),
        },
        b'u' => session::Input::Unsubscribe { ticket: earlier },
        b'r' => session::Input::Register {
            ticket,
            options: Default::default(),
            procedure: "a.b".into(),
        },
        b'v' => session::Input::Unregister { ticket: earlier },
        b'p' => session::Input::Publish {
            ticket,
            options: Default::default(),
            topic: "a.b".into(),
            payload,
        },
        b'y' => session::Input::Yield {
            invocation: Id::new(earlier.0)?,
            options: Default::default(),
            payload,
        },
        b'f' => session::Input::Fail {
            invocation: Id::new(earlier.0)?,
            error: "e.r".into(),
            details: Default::default(),
            payload,
        },
        b'l' => session::Input::Leave {
            reason: "wamp.close.normal".into(),
        },
        b'a' => session::Input::Abort {
            reason: "wamp.close.normal".into(),
            message: String::new(),
        },
        b'x' => session::Input::Unsent(unsent(number)),
        _ => return None,
    })
}

/// A message that could not be sent: it may be one of the session's, or none.
fn unsent(number: u64) -> Message {
    let request = Id::new(number % 16 + 1).unwrap();
    let payload = Payload::empty(Serializer::Json);
    match number % 4 {
        0 => Call {
            request,
            options: Default::default(),
            procedure: "a.b".into(),
            payload,
        }
        .into(),
        1 => Subscribe {
            request,
            options: Default::default(),
            topic: "a.b".into(),
        }
        .into(),
        2 => Register {
            request,
            options: Default::default(),
            procedure: "a.b".into(),
        }
        .into(),
        _ => Publish {
            request,
            options: Default::default(),
            topic: "a.b".into(),
            payload,
        }
        .into(),
    }
}
