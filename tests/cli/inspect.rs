//! `wamp ls`, `show` and `kill`, and what `call` finds out about a procedure that does not exist: on our router, and on
//! routers that answer in other ways.

use insta::assert_snapshot;
use tokio::runtime::Builder;
use wampkit::codec::Arguments;
use wampkit::proto::{Dict, Value};
use wampkit::{Client, Serializer};

use super::scripted::{Answer, SILENCE, Scripted};
use crate::support::{Router, Running};

/// A router with two procedures, two topics and three sessions.
struct Shop {
    router: Router,
    _running: [Running; 3],
}

impl Shop {
    fn open() -> Self {
        let router = Router::start();
        let running = [
            router.register(["com.shop.order", "com.shop.charge", "--echo"]),
            router.subscribe(["com.shop.", "-m", "prefix"]),
            router.subscribe(["com.news"]),
        ];
        Self {
            router,
            _running: running,
        }
    }

    fn prints(&self, line: &str) -> String {
        self.router.wamp(line.split(' ')).run().clean()
    }

    fn fails(&self, line: &str, code: i32) -> String {
        self.router.wamp(line.split(' ')).run().failed(code)
    }
}

#[test]
fn lists_are_a_line_for_each_in_a_pipe() {
    let shop = Shop::open();
    assert_eq!(
        shop.prints("ls procedures"),
        "com.shop.charge\ncom.shop.order\n"
    );
    assert_eq!(shop.prints("ls procedures com.shop.o"), "com.shop.order\n");
    assert_eq!(shop.prints("ls topics -o raw"), "com.news\ncom.shop.\n");
    let sessions = shop.prints("ls sessions");
    assert_eq!(sessions.lines().count(), 3);
    assert!(
        sessions.lines().all(|line| line.parse::<u64>().is_ok()),
        "{sessions}"
    );
    let nothing = shop.router.wamp(["ls", "topics", "com.none"]).run();
    assert_eq!((nothing.code, &*nothing.stdout), (Some(0), ""));
    assert_eq!(nothing.stderr, "wamp: no topics\n");
}

#[test]
fn lists_as_tables_and_as_envelopes() {
    let shop = Shop::open();
    let table = shop.prints("ls procedures -o table");
    let words = |line: &str| {
        line.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let lines = table.lines().map(words).collect::<Vec<_>>();
    let heading = ["URI", "MATCH", "INVOKE", "CALLEE", "COUNT", "CREATED", "ID"];
    assert_eq!(lines[0], heading);
    assert_eq!(lines[1][..4], ["com.shop.charge", "exact", "single", "1"]);
    let json = shop.prints("ls topics com.n -o json");
    let head =
        "{\"type\":\"subscription\",\"uri\":\"com.news\",\"args\":[],\"kwargs\":{},\"details\":{";
    assert!(
        json.starts_with(head) && json.contains("\"subscriber_count\":1"),
        "{json}"
    );
    let json = shop.prints("ls sessions -o json");
    let head = "{\"type\":\"session\",\"uri\":null,";
    assert!(json.lines().all(|line| line.starts_with(head)), "{json}");
}

#[test]
fn a_uri_is_all_that_has_to_do_with_it() {
    let shop = Shop::open();
    let shown = shop.prints("show com.shop.charge");
    let heads = [
        "{\"type\":\"registration\",\"uri\":\"com.shop.charge\",",
        "{\"type\":\"subscription\",\"uri\":\"com.shop.\",",
    ];
    assert_eq!(shown.lines().count(), 2, "{shown}");
    for (line, head) in shown.lines().zip(heads) {
        assert!(line.starts_with(head), "{line}");
    }
    assert!(
        shown.contains("\"callee_count\":1,\"callees\":["),
        "{shown}"
    );
    assert_eq!(shop.prints("show com.shop.").lines().count(), 1);
    let error = shop.fails("show com.none", 6);
    assert_eq!(
        error,
        "wamp: error: no registration or subscription: com.none\n"
    );
}

#[test]
fn an_id_is_a_registration_a_subscription_or_a_session() {
    let shop = Shop::open();
    let sessions = shop.prints("ls sessions");
    let session = sessions.lines().next().unwrap();
    let shown = shop.prints(&format!("show {session}"));
    let head = format!("\"details\":{{\"session\":{session},");
    assert!(shown.contains(&head), "{shown}");
    let table = shop.prints("show 1 -o table");
    assert!(table.starts_with("registration\n  id "), "{table}");
    let error = shop.fails("show 1234567", 6);
    assert_eq!(
        error,
        "wamp: error: no registration, subscription or session: 1234567\n"
    );
}

#[test]
fn a_session_that_is_killed_is_told_why() {
    let router = Router::start();
    let subscriber = router.subscribe(["com.t", "-q"]);
    let session = router.wamp(["ls", "sessions"]).run().clean();
    let kill = [
        "kill",
        session.trim(),
        "--reason",
        "com.shop.closed",
        "--message",
        "good night",
    ];
    assert_eq!(router.wamp(kill).run().clean(), "");
    let error = subscriber.wait().failed(8);
    assert_eq!(
        error,
        "wamp: error: session lost: com.shop.closed: good night\n"
    );
    let error = router.wamp(["kill", session.trim()]).run().failed(6);
    assert_eq!(error, format!("wamp: error: no such session: {session}"));
}

/// In JSON, NUL and base64 is how binary looks.
#[test]
fn what_cannot_be_told_keeps_nothing_else_from_the_list() {
    let router = Router::start();
    let _follower = router.subscribe(["com.t"]);
    let runtime = Builder::new_current_thread().enable_all().build();
    let list = runtime.unwrap().block_on(async {
        let packed = Client::builder(&router.url).serializers([Serializer::MsgPack]);
        let packed = packed.connect().await.unwrap();
        let _odd = packed.subscribe("\0AAE=").await.unwrap();
        router.wamp(["ls", "topics", "--serializer", "json"]).run()
    });
    assert_eq!(list.code, Some(0), "{list:?}");
    assert!(list.stdout.starts_with("com.t"), "{list:?}");
    assert_eq!(list.stdout.lines().count(), 1, "{list:?}");
    let warning = "is left out, as it cannot be told: ";
    assert!(list.stderr.contains(warning), "{list:?}");
}

#[test]
fn a_router_without_a_meta_api() {
    let router = Scripted::without_procedures();
    for (line, procedure) in [
        ("ls topics", "wamp.subscription.list"),
        ("ls sessions", "wamp.session.list"),
        ("show com.t", "wamp.registration.lookup"),
        ("show 7", "wamp.registration.get"),
        ("kill 7", "wamp.session.kill"),
    ] {
        let error = router.wamp(line.split(' ')).run().failed(6);
        let expected =
            format!("wamp: error: the router has no meta API: no such procedure: {procedure}\n");
        assert_eq!(error, expected);
    }
    let error = router.wamp(["call", "com.p"]).run().failed(6);
    assert_eq!(error, "wamp: error: no such procedure: com.p\n");
    let json = router.wamp(["ls", "topics", "-o", "json"]).run().failed(6);
    let head = "{\"type\":\"error\",\"uri\":\"wamp.error.no_such_procedure\",";
    assert!(json.starts_with(head), "{json}");
}

#[test]
fn a_router_that_keeps_its_meta_api_to_itself() {
    let router = Scripted::start(|_, _| Err("wamp.error.not_authorized"));
    for line in ["ls procedures", "show com.p", "show 7", "kill 7"] {
        let error = router.wamp(line.split(' ')).run().failed(7);
        assert!(
            error.starts_with("wamp: error: not authorized: "),
            "{error}"
        );
    }
}

/// Answers like nexus: 0 for nothing, `count_suscribers`, the message of a missing session its own.
fn nexus(procedure: &str, arguments: &Arguments) -> Answer {
    let is = |value: &str| arguments.args.first() == Some(&Value::from(value));
    let id = arguments.args.first().and_then(Value::as_u64);
    let lists = |ids: Vec<u64>| {
        let none = Vec::<u64>::new;
        Dict::new()
            .with("exact", ids)
            .with("prefix", none())
            .with("wildcard", none())
            .into()
    };
    let details = |id: u64, uri: &str| {
        Dict::new()
            .with("id", id)
            .with("uri", uri)
            .with("match", "exact")
    };
    Ok(match (procedure, id) {
        ("wamp.subscription.list", _) => lists(vec![8, 7]),
        ("wamp.subscription.get", Some(7)) => details(7, "com.a").into(),
        ("wamp.subscription.get", Some(8)) => details(8, "com.b").into(),
        ("wamp.subscription.lookup", _) if is("com.a") && arguments.args[1] == lookup("exact") => {
            7.into()
        }
        ("wamp.subscription.match", _) if is("com.a") => vec![7].into(),
        ("wamp.subscription.count_suscribers", _) => 3.into(),
        (
            "wamp.registration.lookup" | "wamp.registration.match" | "wamp.subscription.lookup",
            _,
        ) => 0.into(),
        ("wamp.subscription.match", _) => Value::Null,
        _ => return Err("wamp.error.no_such_procedure"),
    })
}

fn lookup(policy: &str) -> Value {
    Dict::new().with("match", policy).into()
}

#[test]
fn the_ways_of_nexus() {
    let router = Scripted::start(nexus);
    assert_snapshot!(router.wamp(["ls", "topics", "-o", "table"]).run().clean(), @r###"
    URI    MATCH  SUBSCRIBER COUNT  ID
    com.a  exact  3                 7
    com.b  exact  3                 8
    "###);
    let shown = router.wamp(["show", "com.a", "-o", "table"]).run().clean();
    assert_snapshot!(shown, @r###"
    subscription
      id                7
      uri               com.a
      match             exact
      subscriber_count  3
    "###);
    router.wamp(["show", "com.c"]).run().failed(6);
}

#[test]
fn a_procedure_that_was_mistyped_is_found() {
    let shop = Shop::open();
    assert_snapshot!(shop.fails("call com.shop.chrage", 6), @r###"
    wamp: error: no such procedure: com.shop.chrage
      hint: did you mean com.shop.charge?
    "###);
    assert_eq!(shop.fails("call com.shop.chrage -q", 6).lines().count(), 1);
    assert_eq!(
        shop.fails("call com.shop.chrage -o json", 6)
            .lines()
            .count(),
        1
    );
    assert_eq!(shop.fails("call com.elsewhere", 6).lines().count(), 1);
    assert_snapshot!(shop.fails("show com.shp.charge", 6), @r###"
    wamp: error: no registration or subscription: com.shp.charge
      hint: did you mean com.shop.charge?
    "###);
    assert_eq!(shop.fails("show com.shp.charge -q", 6).lines().count(), 1);
}

#[test]
fn nobody_waits_long_for_a_hint() {
    let router = Scripted::start(|procedure, _| match procedure {
        "com.p" => Err("wamp.error.no_such_procedure"),
        _ => Err(SILENCE),
    });
    let error = router.wamp(["call", "com.p"]).run().failed(6);
    assert_eq!(error, "wamp: error: no such procedure: com.p\n");
}
