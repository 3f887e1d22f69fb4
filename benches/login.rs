//! Whether the time of a failed login tells a known user from an unknown one.
//!
//! ```sh
//! cargo bench --bench login
//! ```
//!
//! For each method, logins with a wrong proof by a name that is known and by one that is not take turns, over RawSocket on
//! loopback, so that both see the same machine. Two times are taken of each: from HELLO to CHALLENGE, and from AUTHENTICATE
//! to ABORT. What counts is the last column: how likely it is that, of one login of each kind, the known user's took longer.
//! A half is what tossing a coin comes to.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::Value;
use wampkit::Router;
use wampkit::Serializer;
use wampkit::auth::{
    CraSecret, Credential, Directory, Kdf, PublicKey, ScramRecord, Secret, TicketSecret, User,
};
use wampkit::realm::RealmConfig;
use wampkit::router::{FailedLogins, RealmSetup};
use wampkit::transport::{ConnectOptions, Endpoint, Transport, connect};

const USERS: usize = 100;
const WARM_UP: usize = 200;
const ROUNDS: usize = 3000;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let secret = Secret::new("secret");
    let pbkdf2 = Kdf::Pbkdf2 { iterations: 4096 };
    let record = ScramRecord::derive(&secret, b"0123456789abcdef", pbkdf2).expect("a record");
    let salted = CraSecret::derive(&secret, b"0123456789abcdef", 1000).expect("a key");
    let methods = [
        ("ticket", Credential::Ticket(TicketSecret::plain(&secret))),
        ("wampcra", Credential::WampCra(salted)),
        ("wamp-scram", Credential::Scram(record)),
        ("cryptosign", Credential::Cryptosign(PublicKey([7; 32]))),
    ];
    let builder = methods
        .iter()
        .fold(Router::builder(), |builder, (name, credential)| {
            builder.realm_setup(realm(name, credential))
        });
    let router = builder
        .failed_logins(FailedLogins {
            count: u32::MAX,
            per: Duration::from_secs(1),
        })
        .build()
        .expect("the names of the methods are names of realms too");
    let endpoint: Endpoint = "rs://127.0.0.1:0".parse().expect("a URL");
    let endpoint = router.listen(&endpoint).await.expect("a free port");

    println!("{ROUNDS} rounds, microseconds; known and unknown names in turn");
    println!(
        "{:<12}{:<24}{:>22}{:>22}{:>12}",
        "", "", "known p10 p50 p90", "unknown p10 p50 p90", "P(longer)"
    );
    for (method, _) in methods {
        let mut known = [Vec::new(), Vec::new()];
        let mut unknown = [Vec::new(), Vec::new()];
        for round in 0..WARM_UP + ROUNDS {
            let name = format!("user{}", round % USERS);
            for (authid, times) in [
                (name.clone(), &mut known),
                (format!("no{name}"), &mut unknown),
            ] {
                let [first, second] = login(&endpoint, method, &authid).await;
                if round >= WARM_UP {
                    times[0].push(first);
                    times[1].push(second);
                }
            }
        }
        let spans = ["HELLO to CHALLENGE", "AUTHENTICATE to ABORT"];
        for ((span, known), unknown) in spans.iter().zip(&mut known).zip(&mut unknown) {
            known.sort_unstable();
            unknown.sort_unstable();
            println!(
                "{method:<12}{span:<24}{:>22}{:>22}{:>12.3}",
                quantiles(known),
                quantiles(unknown),
                longer(known, unknown)
            );
        }
    }
}

/// A realm of that name whose users all have this credential.
fn realm(name: &str, credential: &Credential) -> RealmSetup {
    let users = (0..USERS).map(|number| User {
        authid: format!("user{number}"),
        role: "user".to_owned(),
        credentials: vec![credential.clone()],
    });
    RealmSetup {
        directory: Arc::new(Directory::new(users, [1; 32]).expect("each has one role")),
        ..RealmSetup::open(RealmConfig {
            uri: name.into(),
            ..RealmConfig::default()
        })
    }
}

/// How long a login with a wrong proof waits for CHALLENGE, and then for ABORT.
async fn login(endpoint: &Endpoint, method: &str, authid: &str) -> [Duration; 2] {
    let options = ConnectOptions::default();
    let mut transport = connect(endpoint, &[Serializer::Json], &options)
        .await
        .expect("the router is there");
    let extra = match method {
        "wamp-scram" => r#"{"nonce":"egVDf3DMJh0="}"#.to_owned(),
        "cryptosign" => format!(r#"{{"pubkey":"{}"}}"#, "07".repeat(32)),
        _ => "{}".to_owned(),
    };
    let hello = format!(
        r#"[1,"{method}",{{"roles":{{"caller":{{}}}},"authmethods":["{method}"],"authid":"{authid}","authextra":{extra}}}]"#
    );
    let (challenge, first) = ask(transport.as_mut(), hello).await;
    assert_eq!(challenge[0], 4, "{challenge}");
    let answer = match method {
        "wamp-scram" => {
            let nonce = &challenge[2]["nonce"];
            format!(r#"[5,"dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",{{"nonce":{nonce}}}]"#)
        }
        "cryptosign" => {
            let challenge = challenge[2]["challenge"].as_str().expect("it has one");
            format!(r#"[5,"{}{challenge}",{{}}]"#, "01".repeat(64))
        }
        _ => r#"[5,"gir1mSx+deCDUV7wRM5SGIn/+R/ClqLZuH4m7FJeBVI=",{}]"#.to_owned(),
    };
    let (abort, second) = ask(transport.as_mut(), answer).await;
    assert_eq!(abort[2], "wamp.error.authentication_denied", "{abort}");
    [first, second]
}

async fn ask(transport: &mut dyn Transport, message: String) -> (Value, Duration) {
    let started = Instant::now();
    transport
        .send(Bytes::from(message))
        .await
        .expect("it is sent");
    let frame = transport.receive().await.expect("there is an answer");
    let took = started.elapsed();
    let frame = frame.expect("it came whole");
    (serde_json::from_slice(&frame).expect("it is JSON"), took)
}

fn quantiles(sorted: &[Duration]) -> String {
    let at = |share: usize| sorted[(sorted.len() - 1) * share / 100].as_secs_f64() * 1e6;
    format!("{:.0} {:.0} {:.0}", at(10), at(50), at(90))
}

/// The share of all pairs in which the first is longer; of ties, half.
#[expect(clippy::cast_precision_loss, reason = "millions of pairs")]
fn longer(first: &[Duration], second: &[Duration]) -> f64 {
    let below = |time: &Duration| second.partition_point(|other| other < time);
    let up_to = |time: &Duration| second.partition_point(|other| other <= time);
    let halves: usize = first.iter().map(|time| below(time) + up_to(time)).sum();
    halves as f64 / (2 * first.len() * second.len()) as f64
}
