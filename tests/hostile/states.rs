//! Every message in every state of a connection, in every way in.

use std::collections::BTreeMap;

use crate::peer::{HELLO, Peer, WAYS};
use crate::{Bystander, ends_well, router};

/// Where a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    /// Nothing was said.
    New,
    /// CHALLENGE has come.
    Challenged,
    /// WELCOME has come.
    Joined,
    /// Both have said GOODBYE.
    Left,
}

const STATES: [State; 4] = [State::New, State::Challenged, State::Joined, State::Left];

/// Each message of the protocol, well-formed, with an id that nothing has.
const MESSAGES: [(&str, &str); 25] = [
    ("HELLO", HELLO),
    ("WELCOME", r#"[2,1,{"roles":{"broker":{}}}]"#),
    ("ABORT", r#"[3,{},"com.abort"]"#),
    ("CHALLENGE", r#"[4,"ticket",{}]"#),
    ("AUTHENTICATE", r#"[5,"wrong",{}]"#),
    ("GOODBYE", r#"[6,{},"wamp.close.close_realm"]"#),
    ("ERROR", r#"[8,68,4711,{},"com.error"]"#),
    (
        "PUBLISH",
        r#"[16,1,{"acknowledge":true},"com.hostile",[1],{"a":2}]"#,
    ),
    ("PUBLISHED", "[17,1,2]"),
    ("SUBSCRIBE", r#"[32,1,{},"com.hostile"]"#),
    ("SUBSCRIBED", "[33,1,2]"),
    ("UNSUBSCRIBE", "[34,1,4711]"),
    ("UNSUBSCRIBED", "[35,1]"),
    ("EVENT", "[36,1,2,{}]"),
    ("EVENT_RECEIVED", "[337,1]"),
    ("CALL", r#"[48,1,{},"com.hostile.nobody"]"#),
    ("CANCEL", r#"[49,4711,{}]"#),
    ("RESULT", "[50,1,{}]"),
    (
        "REGISTER",
        r#"[64,1,{"invoke":"roundrobin"},"com.hostile"]"#,
    ),
    ("REGISTERED", "[65,1,2]"),
    ("UNREGISTER", "[66,1,4711]"),
    ("UNREGISTERED", "[67,1]"),
    ("INVOCATION", "[68,1,2,{}]"),
    ("INTERRUPT", "[69,1,{}]"),
    ("YIELD", "[70,4711,{}]"),
];

/// What has to come of a message: what the router answers, and whether the connection goes on.
fn expected(state: State, message: &str) -> &'static str {
    match (state, message) {
        (State::Left, _) | (_, "ABORT") => "closed",
        (State::New, "HELLO") => "WELCOME, open",
        (State::Challenged, "AUTHENTICATE") => "ABORT wamp.error.authentication_denied, closed",
        (State::New | State::Challenged, _) => "ABORT wamp.error.protocol_violation, closed",
        (State::Joined, "GOODBYE") => "GOODBYE wamp.close.goodbye_and_out, closed",
        (State::Joined, "PUBLISH") => "PUBLISHED, open",
        (State::Joined, "SUBSCRIBE") => "SUBSCRIBED, open",
        (State::Joined, "REGISTER") => "REGISTERED, open",
        (State::Joined, "CALL") => "ERROR wamp.error.no_such_procedure, open",
        (State::Joined, "UNSUBSCRIBE") => "ERROR wamp.error.no_such_subscription, open",
        (State::Joined, "UNREGISTER") => "ERROR wamp.error.no_such_registration, open",
        // The call may have been answered meanwhile; and nobody waits for the other.
        (State::Joined, "CANCEL" | "EVENT_RECEIVED") => "open",
        (State::Joined, _) => "ABORT wamp.error.protocol_violation, closed",
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_message_in_every_state() {
    let router = router();
    let mut bystander = Bystander::join(&router).await;
    let mut tried = BTreeMap::new();
    for way in 0..WAYS {
        for state in STATES {
            for (name, message) in MESSAGES {
                let mut peer = brought_to(state, &router.url, way).await;
                peer.send(message).await;
                let outcome = outcome(&mut peer, state).await;
                assert_eq!(
                    outcome,
                    expected(state, name),
                    "{name} {state:?}, way {way}"
                );
                *tried.entry(outcome).or_insert(0) += 1;
            }
            bystander.asks().await;
        }
    }
    bystander.is_alone().await;
    println!(
        "hostile: {} messages x {} states x {WAYS} ways: {tried:?}",
        MESSAGES.len(),
        STATES.len()
    );
    ends_well(router);
}

async fn brought_to(state: State, url: &str, way: usize) -> Peer {
    let mut peer = match state {
        State::New | State::Challenged => Peer::connect(url, way).await,
        State::Joined | State::Left => Peer::join(url, way).await.0,
    };
    match state {
        State::Challenged => {
            peer.send(r#"[1,"com.secure",{"roles":{"caller":{}},"authid":"joe","authmethods":["ticket"]}]"#).await;
            assert_eq!(peer.receive().await.expect("CHALLENGE")[0], 4);
        }
        State::Left => {
            peer.send(r#"[6,{},"wamp.close.close_realm"]"#).await;
            assert_eq!(peer.receive().await.expect("GOODBYE")[0], 6);
        }
        State::New | State::Joined => {}
    }
    peer
}

/// What comes until the connection is closed, or has answered another question.
async fn outcome(peer: &mut Peer, state: State) -> String {
    let mut said = Vec::new();
    if state == State::Joined {
        peer.send(r#"[48,99,{},"wamp.session.count"]"#).await;
    }
    loop {
        let Some(message) = peer.receive().await else {
            said.push("closed".to_owned());
            break;
        };
        let code = message[0].as_u64().unwrap();
        if code == 50 && message[1] == 99 {
            said.push("open".to_owned());
            break;
        }
        let uri = match code {
            3 | 6 => &message[2],
            8 => &message[4],
            _ => &serde_json::Value::Null,
        };
        let name = match code {
            2 => "WELCOME",
            3 => "ABORT",
            6 => "GOODBYE",
            8 => "ERROR",
            17 => "PUBLISHED",
            33 => "SUBSCRIBED",
            65 => "REGISTERED",
            _ => panic!("{message}"),
        };
        said.push(
            format!("{name} {}", uri.as_str().unwrap_or_default())
                .trim_end()
                .to_owned(),
        );
        if code == 2 {
            said.push("open".to_owned());
            break;
        }
    }
    said.join(", ")
}

/// Requests that name something by ids that are not theirs: too large, of others, no ids at all.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_of_nothing_in_every_request() {
    let router = router();
    let mut bystander = Bystander::join(&router).await;
    let ids = [
        "0",
        "1",
        "2",
        "4711",
        "9007199254740992",
        "9007199254740993",
        "18446744073709551615",
        "-1",
        "1.5",
        "1e300",
        "null",
        "true",
        r#""1""#,
        "[]",
        "{}",
    ];
    let requests = [
        "[34,ID,1]",
        "[34,1,ID]",
        "[66,ID,1]",
        "[66,1,ID]",
        "[49,ID,{}]",
        "[70,ID,{}]",
        r#"[8,68,ID,{},"com.error"]"#,
        r#"[8,ID,1,{},"com.error"]"#,
        r#"[16,ID,{},"com.a"]"#,
        r#"[32,ID,{},"com.a"]"#,
        r#"[48,ID,{},"com.a"]"#,
        r#"[64,ID,{},"com.a"]"#,
        "[337,ID]",
        "[ID]",
        "[ID,1,2]",
        r#"[48,1,{"timeout":ID},"com.a"]"#,
        r#"[64,1,{"concurrency":ID},"com.a"]"#,
        r#"[16,1,{"exclude":[ID]},"com.a"]"#,
        r#"[48,1,{},"wamp.session.get",[ID]]"#,
        r#"[48,1,{},"wamp.session.kill",[ID]]"#,
        r#"[48,1,{},"wamp.subscription.get",[ID]]"#,
        r#"[48,1,{},"wamp.registration.count_callees",[ID]]"#,
    ];
    let (mut open, mut ended) = (0, 0);
    for way in 0..WAYS {
        for request in requests {
            for id in ids {
                let (mut peer, _) = Peer::join(&router.url, way).await;
                peer.send(&request.replace("ID", id)).await;
                match outcome_of_any(&mut peer).await {
                    true => open += 1,
                    false => ended += 1,
                }
            }
            bystander.asks().await;
        }
    }
    bystander.is_alone().await;
    println!(
        "hostile: {} requests with {} ids x {WAYS} ways: {open} sessions went on, {ended} were ended with a reason",
        requests.len(),
        ids.len()
    );
    ends_well(router);
}

/// Whether the session goes on. If not, it was told why.
async fn outcome_of_any(peer: &mut Peer) -> bool {
    peer.send(r#"[48,99,{},"wamp.session.count"]"#).await;
    let mut aborted = false;
    while let Some(message) = peer.receive().await {
        if message[0] == 50 && message[1] == 99 {
            return true;
        }
        if message[0] == 3 {
            assert_eq!(message[2], "wamp.error.protocol_violation", "{message}");
            assert!(!message[1]["message"].as_str().unwrap().is_empty());
            aborted = true;
        }
    }
    assert!(aborted, "closed without a word");
    false
}
