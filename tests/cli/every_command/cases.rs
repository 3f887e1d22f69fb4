//! For each command lines that end well, and lines that fail.

use super::{Case, fails, prints};

pub(super) const CASES: &[Case] = &[
    prints("call", "wamp call echo 1", "1\n"),
    prints(
        "call",
        "wamp call echo 1 -o json",
        "{\"type\":\"result\",\"uri\":\"echo\",\"args\":[1],…}\n",
    ),
    prints(
        "call",
        "wamp call -p com.files.find",
        "a.rs\nb.rs\n2 files\n",
    ),
    prints(
        "call",
        "echo 1 | wamp call --stream -p com.log.analyse",
        "1\n2\n2\n",
    ),
    fails("call", "wamp call com.none", 6),
    fails("call", "wamp call echo -r com.none", 4),
    fails("call", "wamp call echo -u ws://127.0.0.1:1/ws", 3),
    fails("call", "wamp call echo :=x", 2),
    fails("call", "wamp call com.silent -t 20ms", 124),
    prints("publish", "wamp publish com.t 1", ""),
    prints(
        "publish",
        "wamp publish com.t 1 -d",
        "{…\"publication\":…}\n",
    ),
    fails("publish", "wamp publish 'not a uri'", 5),
    prints("subscribe", "wamp subscribe com.job.done -n 1", EVENT),
    prints(
        "subscribe",
        "wamp subscribe com.job.done -n 1 -o raw",
        "7\n",
    ),
    prints(
        "subscribe",
        "wamp subscribe com.job. -m prefix -n 1 -o pretty",
        "com.job.done\n7\n",
    ),
    prints("subscribe", "wamp subscribe com.none --for 20ms", ""),
    fails("subscribe", "wamp subscribe com.none -n 1 --for 20ms", 124),
    prints("register", CALLED, ""),
    fails("register", "wamp register echo --echo", 5),
    prints("repl", "wamp repl -c 'call echo 1; expect 1'", "1\n"),
    prints("repl", "echo 'call echo 1' | wamp repl", "1\n"),
    fails("repl", "wamp repl -c 'expect 1'", 9),
    fails("repl", "wamp repl -r com.none", 4),
    fails("repl", "wamp repl -f no.wamp", 2),
    prints("record", "wamp record com.job.done -n 1", EVENT),
    prints("record", "wamp record com.none --for 20ms", ""),
    fails("record", "wamp record com.none -n 1 --for 20ms", 124),
    fails("record", "wamp record com.none -w shop.jsonl", 2),
    fails("record", "wamp record --proc echo", 5),
    prints("replay", "wamp replay shop.jsonl", ""),
    fails("replay", "wamp replay no.jsonl", 2),
    fails("replay", "wamp replay shop.jsonl --map com=wamp", 5),
    prints("ls", "wamp ls topics com.shop.", "com.shop.sold\n"),
    prints(
        "ls",
        "wamp ls topics com.shop. -o table",
        "URI…\ncom.shop.sold…\n",
    ),
    prints("ls", "wamp ls procedures com.none.", ""),
    fails("ls", "wamp ls procedures -r com.none", 4),
    prints(
        "show",
        "wamp show com.shop.charge",
        "{\"type\":\"registration\",…}\n",
    ),
    fails("show", "wamp show com.none", 6),
    prints("kill", "wamp kill $session", "").first(WAITING),
    fails("kill", "wamp kill 1", 6),
    prints(
        "ping",
        "wamp ping -n 1",
        "{url}…\n  lookup…\n1: …ms\n1 of 1 answered: …\n",
    ),
    prints(
        "ping",
        "wamp ping -n 1 -o json",
        "{\"type\":\"connected\",…}\n{\"type\":\"pong\",…}\n{\"type\":\"summary\",…}\n",
    ),
    fails("ping", "wamp ping -u ws://127.0.0.1:1/ws", 3),
    prints("top", "wamp top --once -i 10ms | head -n 1", "realm…\n").of_others(),
    prints("top", "wamp top -n 1 -i 10ms -o json", "{\"type\":\"top\",…}\n"),
    fails("top", "wamp top -u ws://127.0.0.1:1/ws", 3),
    prints("bench rpc", "wamp bench rpc -n 9 | head -n 1", "rpc, by call\n").of_others(),
    prints("bench rpc", "wamp bench rpc -n 9 -o json", "{\"type\":\"bench\",…}\n"),
    fails("bench rpc", "wamp bench rpc -u ws://127.0.0.1:1/ws", 3),
    fails("bench rpc", "wamp bench rpc -r com.none", 4),
    prints("bench pubsub", "wamp bench pubsub -n 9 | head -n 1", "pubsub, by event\n").of_others(),
    prints("bench pubsub", "wamp bench pubsub -n 9 -o json", "{\"type\":\"bench\",…}\n"),
    fails("bench pubsub", "wamp bench pubsub -u ws://127.0.0.1:1/ws", 3),
    fails("bench pubsub", "wamp bench pubsub -r com.none", 4),
    prints("bench connect", "wamp bench connect -n 9 | head -n 1", "connect, by cycle\n").of_others(),
    prints("bench connect", "wamp bench connect -n 9 -o json", "{\"type\":\"bench\",…}\n"),
    fails("bench connect", "wamp bench connect -u ws://127.0.0.1:1/ws", 3),
    fails("bench connect", "wamp bench connect -r com.none", 4),
    prints("bench idle", "wamp bench idle --clients 9 | head -n 1", "idle, by session\n").of_others(),
    prints("bench idle", "wamp bench idle --clients 9 -o json", "{\"type\":\"bench\",…}\n"),
    fails("bench idle", "wamp bench idle -u ws://127.0.0.1:1/ws", 3),
    fails("bench idle", "wamp bench idle -r com.none", 4),
    prints("bench compare", "wamp bench compare self --work connect --rounds 1 --duration 50ms | head -n 1", "CPU time of the router for each operation, us\n").of_others(),
    prints("bench compare", "wamp bench compare self --work connect --rounds 1 --duration 50ms -o json", "{\"type\":\"bench\",…}\n"),
    fails("bench compare", "wamp bench compare ws://127.0.0.1:1/ws", 3),
    fails("bench compare", "wamp bench compare nobody", 2),
    fails("bench rpc", "wamp bench rpc --trace", 2),
    prints("doctor", "wamp doctor -o json", "{\"type\":\"doctor\",…}\n"),
    prints(
        "doctor",
        "wamp doctor ws://127.0.0.1:1/ws",
        "ws://127.0.0.1:1/ws\nreach\n  ✓ url…\n  ✓ addresses…\n  ✗ connect…\n…hint: …\n…, 1 wrong, …\n",
    )
    .code(3),
    fails("doctor", "wamp doctor --tls-key client.key", 2),
    prints("context add", "wamp context add one", "").first("wamp context rm one"),
    fails("context add", "wamp context add ../one", 2),
    prints("context ls", "wamp context ls", "one\n").first(ONE),
    fails("context ls", "XDG_CONFIG_HOME=$PWD/loop wamp context ls", 1)
        .first("mkdir -p loop/wamp; ln -sfn contexts loop/wamp/contexts"),
    prints(
        "context show",
        "wamp context show one",
        "realm = \"com.one\"\n",
    )
    .first(ONE),
    prints(
        "context show",
        "wamp context show one --resolved",
        "context = …\nurl = …\nrealm = \"com.one\"…\nconnect_timeout…\nretry_max…\noutput…\n",
    )
    .first(ONE),
    fails("context show", "wamp context show none", 2),
    prints("context select", "wamp context select one", "").first(ONE),
    fails("context select", "wamp context select none", 2),
    prints("context edit", "wamp context edit one", "").first(ONE),
    fails("context edit", "wamp context edit none", 2),
    prints("context rm", "wamp context rm one", "").first(ONE),
    fails("context rm", "wamp context rm none", 2),
    prints(
        "context check",
        "wamp context check two",
        "{\"type\":\"session\",…}\n",
    )
    .first("wamp context add two"),
    fails("context check", "wamp context check one", 4).first(ONE),
    prints(
        "authz explain",
        "wamp authz explain -f wamp.toml --role guest --action call --uri com.shop.x",
        "allowed\n…\n",
    ),
    prints(
        "authz explain",
        "wamp authz explain -f wamp.toml --role guest --action call --uri com.x",
        "denied\n…\n",
    )
    .code(7),
    fails(
        "authz explain",
        "wamp authz explain -f wamp.toml --role none --action call --uri com.x",
        2,
    ),
    prints(
        "router",
        "wamp router -f wamp.toml --check",
        "realm realm1 lets in…\nrealm realm1 has…\n",
    ),
    prints(
        "router",
        "wamp router --port 0 -- sh -c 'echo of its own; echo >&2 note'",
        "of its own\n",
    )
    .of_others(),
    fails("router", "wamp router -f none.toml", 2),
    fails(
        "router",
        "wamp router --listen rs+unix:///no/such/folder",
        2,
    ),
    prints(
        "keygen",
        "wamp keygen cryptosign --authid a --force",
        "[[realms.users]]\nauthid = \"a\"\nrole = …\ncryptosign = …\n",
    ),
    fails(
        "keygen",
        "wamp keygen ticket --authid a --out /no/such/folder",
        1,
    ),
    prints(
        "completions",
        "wamp completions bash | head -n 1",
        "_wamp…\n",
    )
    .of_others(),
    fails("completions", "wamp completions cmd", 2),
];

const EVENT: &str = "{\"type\":\"event\",\"uri\":\"com.job.done\",\"args\":[7],…}\n";

/// A callee with a command that tells something beside its result.
const CALLED: &str = "rm -f ready
wamp register com.once -n 1 --ready-file ready -- sh -c 'echo result; echo note >&2' &
until [ -e ready ]; do sleep 0.02; done
\"$WAMP\" call com.once > result
wait $!";

/// A context for a realm that is not there.
const ONE: &str = "wamp context rm one; wamp context add one -r com.one";

/// A session that is there to be ended.
const WAITING: &str = "wamp subscribe com.none & until session=$(
        wamp show com.none -o json | sed -n 's/.*\"subscribers\":\\[\\([0-9]*\\).*/\\1/p'
    ) && [ -n \"$session\" ]; do sleep 0.02; done";
