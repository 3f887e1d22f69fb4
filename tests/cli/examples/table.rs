//! What each example prints.

use super::{Example, example};

/// The examples of the help texts, in the order of the commands.
pub(super) const HELP: &[Example] = &[
    // wamp
    example("wamp router &", "WAMP_URL=…\n")
        .instead(&[("router", "router --listen ws://127.0.0.1:0/ws")])
        .until("listening"),
    example("wamp register com.example.echo --echo &", "")
        .until("registered com.example.echo")
        .then("wamp call com.example.echo hello", "hello\n"),
    example("wamp call com.example.echo hello", "hello\n").first(
        "wamp register com.example.echo --echo --ready-file ready & until [ -e ready ]; do sleep 0.02; done",
    ),
    example("wamp subscribe com.example. --match prefix &", "…\"uri\":\"com.example.door\"…")
        .until("com.example.door"),
    example("wamp publish com.example.door open", ""),
    example("wamp ls procedures", "add\ncom.example.ready\n…com.math.add\n…"),
    // call
    example("wamp call com.math.add 2 3", "5\n"),
    example("wamp call com.shop.charge amount=12.50 to:s=007", "{\"charged\":12.5}\n"),
    example("sum=$(wamp call com.math.add 2 3)", ""),
    example("jq -c . order.json | wamp call com.shop.order :=@- -t 5s", "order 17\n"),
    example("wamp call com.shop.open --wait=30s", "true\n"),
    example("wamp call -p com.files.find '*.rs'", "a.rs\nb.rs\n2 files\n"),
    example("tail -f access.log | wamp call --stream -p com.log.analyse", "1\n2\n")
        .until("2")
        .code(143),
    example("wamp call com.math.add 2 3 --time", "5\n"),
    example("wamp call com.math.add 2 3 -n 1000 -P 16 --time > /dev/null", ""),
    example("wamp call com.shop.order -n 0 -i 5s", "order 17\n…").until_ctrl_c("order 17").code(130),
    // publish
    example("wamp publish com.shop.sold item=hat price=12.50", ""),
    example("wamp publish com.sensor.image :b=@image.png --no-ack", ""),
    example("wamp publish com.shop.state open --retain", ""),
    example("wamp publish com.chat hello --include-me --eligible 4711,4712", ""),
    example("wamp publish com.shop.alarm 'come quickly' --eligible-authrole staff", ""),
    example("tail -n 100 access.log | wamp publish com.log --lines", ""),
    example("find . -print0 | wamp publish com.files --lines -0", ""),
    example("wamp subscribe com.shop.sold -n 10 -o json | wamp publish com.shop.copy --jsonl", ""),
    example("wamp publish com.test -n 100 --rate 200/s --template '{{count}}' id='{{uuid}}'", ""),
    example("tail access.log | wamp publish com.log --lines --template '{{count}}: {{line}}'", ""),
    // subscribe
    example("wamp subscribe com.shop.sold", "{\"type\":\"event\",\"uri\":\"com.shop.sold\",…")
        .until("com.shop.sold\",\"args\":[],\"kwargs\":{\"item\":\"hat\",\"price\":12.5}"),
    example("wamp subscribe com.shop. -m prefix -n 10", "{\"type\":\"event\",\"uri\":\"com.shop.sold\",…"),
    example("wamp subscribe com.shop.sold --for 1m | jq .kwargs.price", "12.5\n…").until("12.5"),
    example(
        "wamp subscribe com.shop.sold --history 10 --for 0",
        "{\"type\":\"event\",\"uri\":\"com.shop.sold\",…",
    ),
    example(
        "wamp subscribe com.job.done -n 1 --idle 30s || echo 'nothing for 30 s'",
        "{\"type\":\"event\",\"uri\":\"com.job.done\",\"args\":[7],…}\n",
    ),
    example("wamp subscribe com. -m prefix -o raw --timestamps --delta", "20…Z  +0.000s  …").until("hat"),
    example("wamp subscribe com. -m prefix --stats --for 10s", "…events in…com.shop.sold\n…")
        .instead(&[("10s", "500ms")]),
    example("wamp subscribe com.shop.sold -- sh -c 'echo \"$WAMP_KWARGS_JSON\"'", "{\"item\":\"hat\",…")
        .until("hat"),
    // register
    example("wamp register com.echo --echo", "")
        .until("registered com.echo")
        .then("wamp call com.echo hello", "hello\n"),
    example("wamp register com.answer --return 42", "")
        .until("registered com.answer")
        .then("wamp call com.answer", "42\n"),
    example("wamp register com.shop.charge --error com.shop.error.declined", "")
        .alone()
        .until("registered com.shop.charge")
        .then("wamp call com.shop.charge || echo $?", "5\n"),
    example("wamp register com.math.add -- jq '.args | add'", "")
        .alone()
        .until("registered com.math.add")
        .then("wamp call com.math.add 2 3", "5\n"),
    example("wamp register com.date -n 1 -- date", "")
        .until("registered com.date")
        .then("wamp call com.date", "…:…\n"),
    example("wamp register com.files.find --lines -- sh -c 'find . -newer marker'", "")
        .alone()
        .first("touch -d 2001-01-01 marker")
        .until("registered com.files.find")
        .then("wamp call -p com.files.find", ".\n…./newer\n…"),
    example("wamp register com.math. -m prefix --coprocess -j 2 -- python3 -u math.py", "")
        .alone()
        .until("registered com.math.")
        .then("wamp call com.math.add 2 3", "5\n"),
    // repl
    example("wamp repl", ""),
    example("wamp repl --embedded", ""),
    example("wamp repl -c 'call com.math.add 2 3; expect 5'", "5\n"),
    example("wamp repl -f smoke.wamp", "5\n"),
    example("echo 'ls procedures' | wamp repl", "add\n…"),
    // record
    example("wamp record com.shop. -m prefix -w shop.jsonl", "")
        .first("rm shop.jsonl")
        .until("subscribed to com.shop."),
    example("wamp record com.shop.sold -n 10 | gzip > sold.jsonl.gz", ""),
    example("wamp record com.shop.sold --for 1h -w shop.jsonl --append", "")
        .until("subscribed to com.shop.sold"),
    example("wamp record --proc com.shop.charge --return ok -w charged.jsonl", "")
        .alone()
        .until("registered com.shop.charge")
        .then("wamp call com.shop.charge 12.5", "ok\n"),
    example("wamp record --proc com.shop.charge --forward com.shop.v2.charge", "")
        .alone()
        .until("registered com.shop.charge"),
    // replay
    example("wamp replay shop.jsonl", ""),
    example("wamp replay shop.jsonl --speed 10 --map com.shop=test.shop", ""),
    example("wamp replay shop.jsonl --speed max --keep-going -t 5s", ""),
    example("zcat sold.jsonl.gz | wamp replay - -n 100", "")
        .first("gzip < shop.jsonl > sold.jsonl.gz"),
    example("jq -c 'select(.type == \"event\")' shop.jsonl | wamp replay - --map =copy.", ""),
    // ls
    example("wamp ls topics com.shop.", "com.shop.sold\n"),
    example("wamp ls sessions joe | xargs -rn 1 wamp kill", ""),
    example(
        "wamp ls procedures -o json | jq -r '.details | [.uri, .callee_count] | @tsv'",
        "…com.math.add\t1\n…",
    ),
    // show
    example("wamp show com.shop.charge", "…com.shop.charge…"),
    example("wamp show 4711", "…joe…").instead(JOE),
    example("wamp show com.shop.charge -o json | jq .details.callees", "[…]\n"),
    // kill
    example("wamp kill 4711", "").instead(JOE),
    example("wamp kill 4711 --reason com.shop.closed --message 'we open at nine'", "").instead(JOE),
    // ping
    example("wamp ping", "…"),
    example("wamp ping -u wss://router.example.org/ws -n 20 -i 200ms", "…")
        .instead(&[("wss://router.example.org/ws", "{url}")])
        .until_ctrl_c("2")
        .code(130),
    example("wamp ping -n 0 -t 1s", "…").until_ctrl_c("2").code(130),
    example("wamp ping -o json | jq -r 'select(.type == \"summary\") | .details.p99_ms'", "….…\n"),
    // top
    example("wamp top", "…").until_ctrl_c("realm").code(130),
    example("wamp top -i 5s", "…").instead(&[("5s", "50ms")]).until_ctrl_c("realm").code(130),
    example("wamp top --once", "…realm1…"),
    example("wamp top -n 60 -o json > minute.jsonl", "").instead(&[("60", "3 -i 50ms")]),
    // bench
    example("wamp bench rpc --self-host", "rpc, by call\n…").instead(SHORT),
    example("wamp bench pubsub --self-host", "pubsub, by event\n…").instead(SHORT),
    example("wamp bench pubsub --self-host --json before.json", "pubsub, by event\n…").instead(SHORT),
    example("wamp bench pubsub --self-host --compare before.json", "pubsub, by event\n…p99…x\n…")
        .instead(SHORT)
        .first("wamp bench pubsub --self-host -n 9 --json before.json > before"),
    example("wamp bench rpc -u rs://127.0.0.1:8080 --clients 1 --in-flight 1", "rpc, by call\n…")
        .instead(&[("rs://127.0.0.1:8080", "{url} -n 9")]),
    example("wamp bench rpc --self-host --rate 1000 --fail-if 'p99>5ms'", "rpc, by call\n…")
        .instead(&[("--self-host", "--self-host -n 9"), ("5ms", "5s")]),
    example("wamp bench pubsub --self-host --pairs 8 --in-flight 256 --pace receipt", "pubsub, by event\n…")
        .instead(SHORT),
    example(
        "wamp bench pubsub -u ws://127.0.0.1:8080/ws --subscribers 10 --fail-if 'loss>0'",
        "pubsub, by event\n…",
    )
    .instead(&[("ws://127.0.0.1:8080/ws", "{url} -n 9")]),
    example("wamp bench connect --self-host", "connect, by cycle\n…").instead(SHORT),
    example("wamp bench connect -u rs://127.0.0.1:8080 -n 1000 --clients 1", "connect, by cycle\n…")
        .instead(&[("rs://127.0.0.1:8080 -n 1000", "{url} -n 9")]),
    example("wamp bench compare floor self", "CPU time…\n…floor…self\n…").instead(FEW),
    example(
        "wamp bench compare self ws://127.0.0.1:8080/ws --work rpc,pubsub --serializer json",
        "CPU time…\n…self…/ws\n…",
    )
    .instead(&[("compare", "compare --rounds 1 --duration 50ms"), ("ws://127.0.0.1:8080/ws", "{url}")]),
    example("wamp bench compare self=target/release/wamp.before self --rounds 9 --size 65536", "CPU time…\n…before…self\n…")
        .instead(&[("self=target/release/wamp.before", "self=./before"), ("--rounds 9", "--rounds 1 --duration 50ms --work rpc")])
        .first("ln -s \"$WAMP\" before"),
    example("wamp bench idle --self-host", "idle, by session\n…")
        .instead(&[("--self-host", "--self-host --clients 9")]),
    example("wamp bench idle --self-host --clients 1000 --cycles 3 --serializer cbor", "idle, by session\n…")
        .instead(&[("1000", "9")]),
    // doctor
    example("wamp doctor", "{url}\nreach\n…, 0 wrong, …\n"),
    example("wamp doctor wss://router.example.org/ws", "{url}\nreach\n…, 0 wrong, …\n")
        .instead(&[("wss://router.example.org/ws", "{url}")]),
    example("wamp doctor rs://router.example.org -r com.shop -t 2s", "{url}\nreach\n…, 0 wrong, …\n")
        .instead(&[("rs://router.example.org -r com.shop", "{url}")]),
    example("wamp doctor wss://localhost/ws --authid joe --secret prompt", "{url}\nreach\n…, 0 wrong, …\n")
        .instead(&[("wss://localhost/ws --authid joe --secret prompt", "{url}")]),
    example(
        "wamp doctor -o json | jq -r '.details.steps[] | select(.status == \"bad\").detail'",
        "",
    ),
    // context
    example("wamp context add prod -u wss://example.org/ws --authid joe --secret prompt", ""),
    example("wamp context select prod", "").first(PROD),
    example("wamp -c prod call com.shop.order", "order 17\n").first(PROD),
    example("wamp context show --resolved", "…url…{url}…"),
    example("wamp context add dev -u ws://localhost:8080/ws -r realm1", ""),
    example("wamp context add prod -u wss://example.org/ws --key 'cmd:pass show wamp'", ""),
    example("wamp context add lab -u wss://lab/ws --ca ca.pem --key file:joe.key --select", ""),
    example("wamp context ls", "prod\n").first(PROD),
    example("wamp context ls -o json | jq -r '.details | select(.selected).name'", "prod\n")
        .first("wamp context add dev; wamp context add prod --select"),
    example("wamp context show prod", "…joe…").first(PROD),
    example("wamp context show prod --resolved -r com.other", "…com.other…").first(PROD),
    example("wamp context select --none", "").first("wamp context add prod --select"),
    example("wamp context edit prod", "").first(PROD),
    example("EDITOR='code --wait' wamp context edit prod", "").first(PROD),
    example("wamp context rm dev", "").first("wamp context add dev"),
    example("wamp context ls | xargs -r wamp context rm", "").first("wamp context add dev; wamp context add prod"),
    example("wamp context check prod", "…{url}…").first(PROD),
    example("wamp context check prod -o json | jq -r .details.authrole", "guest\n").first(PROD),
    // authz
    example(
        "wamp authz explain -f wamp.toml --role guest --action call --uri com.shop.order",
        "allowed\n…",
    ),
    example(
        "wamp authz explain -f wamp.toml --role guest --action subscribe --uri com. --match prefix",
        "denied\n…",
    )
    .code(7),
    example(
        "wamp authz explain -f wamp.toml --role guest --action call --uri com.x -o json | jq .verdict",
        "\"denied\"\n",
    ),
    // router
    example("wamp router", "WAMP_URL=…\n")
        .instead(&[("router", "router --listen ws://127.0.0.1:0/ws")])
        .until("listening"),
    example("wamp router --listen ws://127.0.0.1:9000/ws --realm com.shop", "WAMP_URL=…\n")
        .instead(&[("9000", "0")])
        .until("listening"),
    example("wamp router --listen rs+unix:///run/wamp.sock --any-realm", "")
        .instead(&[("/run/wamp.sock", "{folder}/wamp.sock")])
        .until("listening")
        .then("wamp publish com.t -r com.any -u rs+unix://{folder}/wamp.sock && echo published", "published\n"),
    example(
        "wamp router --user alice:ticket:env:ALICE_TICKET --listen wss://0.0.0.0:8443/ws --tls-self-signed",
        "WAMP_URL=wss://0.0.0.0:…\n",
    )
    .instead(&[("8443", "0")])
    .until("listening"),
    example("wamp router --port 0 -- ./run-tests.sh", "tested in realm1\n"),
    example("wamp router --metrics 9100 --log info,access=off", "WAMP_URL=…\nWAMP_METRICS=…\n")
        .instead(&[("9100", "0 --port 0")])
        .until("metrics at"),
    example("wamp router --test-services", "WAMP_URL=…\n")
        .instead(&[("router", "router --listen ws://127.0.0.1:0/ws")])
        .until("listening"),
    example("wamp router -f wamp.toml --check", "…guest…"),
    example("wamp router -f wamp.toml", "WAMP_URL=…\n")
        .instead(&[("-f wamp.toml", "-f wamp.toml --port 0")])
        .until("WAMP_URL="),
    // keygen
    example("wamp keygen cryptosign --authid alice --role admin >> wamp.toml", ""),
    example("wamp keygen ticket --authid sensor7 --out /etc/wamp/sensor7.ticket", "…sensor7…")
        .instead(&[("/etc/wamp", "{folder}/work")]),
    example("wamp keygen scram --authid alice", "…alice…"),
    example("wamp keygen wampcra --authid alice --secret env:ALICE_PASSWORD", "…alice…"),
    // completions
    example("source <(wamp completions bash)", ""),
    example("wamp completions bash > ~/.local/share/bash-completion/completions/wamp", ""),
    example("wamp completions zsh > ~/.zfunc/_wamp", ""),
    example("wamp completions fish > ~/.config/fish/completions/wamp.fish", ""),
    example("wamp completions elvish >> ~/.config/elvish/rc.elv", ""),
    example("wamp completions powershell >> profile.ps1", ""),
];

/// The examples of the command line's contract: what arguments are written and what they send, what is printed, and errors.
pub(super) const CONTRACT: &[Example] = &[
    example("sum=$(wamp call add 2 3); echo $sum", "5\n"),
    // Arguments.
    example(
        "wamp call echo 2 true null [1,2] '{\"a\":1}' n=2",
        "{\"args\":[2,true,null,[1,2],{\"a\":1}],\"kwargs\":{\"n\":2}}\n",
    ),
    example(
        "wamp call echo hello 007 nan city=Oslo",
        "{\"args\":[\"hello\",\"007\",\"nan\"],\"kwargs\":{\"city\":\"Oslo\"}}\n",
    ),
    example("X=5; wamp call echo :s=$X id:s=$X", "{\"args\":[\"5\"],\"kwargs\":{\"id\":\"5\"}}\n"),
    example("J=[1]; wamp call echo :=$J p:=$J", "{\"args\":[[1]],\"kwargs\":{\"p\":[1]}}\n"),
    example(
        "wamp call echo 'p:={\"a\":1,}' 2>&1",
        "wamp: error: argument 1: trailing comma\n  p:={\"a\":1,}\n            ^\n",
    )
    .code(2),
    example("wamp call echo @marker p=@marker", "{\"args\":[\"\"],\"kwargs\":{\"p\":\"\"}}\n"),
    example(
        "wamp call echo :=@order.json p:=@order.json",
        "{\"args\":[{\"item\":\"hat\"}],\"kwargs\":{\"p\":{\"item\":\"hat\"}}}\n",
    ),
    example("echo hello | wamp call echo @-", "hello\n\n"),
    example(
        "wamp call echo :b=@image.png p:b=AQI=",
        "{\"args\":[\"\\u0000AVBORw0KGgo=\"],\"kwargs\":{\"p\":\"\\u0000AQI=\"}}\n",
    ),
    example(
        "wamp call echo --args '[1,\"2\"]' --kwargs '{\"z\":1,\"a\":2}'",
        "{\"args\":[1,\"2\"],\"kwargs\":{\"z\":1,\"a\":2}}\n",
    ),
    example(
        "wamp call echo 1 a=b -o json > envelope; wamp call echo --input @envelope",
        "{\"args\":[1],\"kwargs\":{\"a\":\"b\"}}\n",
    ),
    example("wamp call echo -1 -O timeout=5000", "-1\n"),
    example("wamp call echo 18446744073709551616", "18446744073709551616\n"),
    example("wamp call echo :=18446744073709551616", "").code(2),
    // Results.
    example("wamp call echo", ""),
    example("wamp call echo 1 2", "[1,2]\n"),
    example("wamp call echo 1 -o json", "{\"type\":\"result\",\"uri\":\"echo\",\"args\":[1],\"kwargs\":{},\"details\":{},\"at\":\"…Z\"}\n"),
    example(
        "wamp router --port 0 -- sh -c 'echo $WAMP_URL $WAMP_REALM; exit 7'",
        "ws://127.0.0.1:…/ws realm1\n",
    )
    .code(7),
    // Errors.
    example(
        "wamp call com.shop.charge 2>&1",
        "wamp: error: com.shop.charge: com.shop.error.declined\n  args: [\"insufficient funds\"]  kwargs: {\"balance\":12}\n",
    )
    .alone()
    .first(
        "wamp register com.shop.charge --ready-file ready -- \
         sh -c 'echo \"{\\\"error\\\":\\\"com.shop.error.declined\\\",\\\"args\\\":[\\\"insufficient funds\\\"],\\\"kwargs\\\":{\\\"balance\\\":12}}\"; exit 1' &
         until [ -e ready ]; do sleep 0.02; done",
    )
    .code(5),
    example(
        "wamp call com.shop.chrage 2>&1",
        "wamp: error: no such procedure: com.shop.chrage\n  hint: did you mean com.shop.charge?\n",
    )
    .code(6),
    example(
        "wamp call echo -u ws://127.0.0.1:8080/ws 2>&1",
        "wamp: error: cannot connect to ws://127.0.0.1:1/ws: connection refused\n  hint: start a router with `wamp router`\n",
    )
    .instead(&[("8080", "1")])
    .code(3),
];

/// A comparison that is over soon.
const FEW: &[(&str, &str)] = &[("compare", "compare --rounds 1 --duration 50ms")];

/// A benchmark that is over at once.
const SHORT: &[(&str, &str)] = &[("--self-host", "--self-host -n 9")];

/// The session that is called joe.
const JOE: &[(&str, &str)] = &[("4711", "{session}")];

/// A context for the stage's router.
const PROD: &str = "wamp context add prod -u {url} --authid joe";
