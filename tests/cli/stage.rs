//! Where a command line runs as a person would write it: a folder with the files that examples speak of, a home, a router with the procedures, events and
//! sessions, and the programs that not every machine has.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::thread::spawn;

use futures_util::future::try_join;
use rustix::process::{Pid, kill_process, kill_process_group};
use tempfile::TempDir;
use tokio::runtime::Builder;
use wampkit::client::{Error, Invocation, Registration, WampError};
use wampkit::proto::{Dict, Value};
use wampkit::{Client, Session};

use crate::support::{Ended, Lines, PATIENCE, Router, Signal, end};

/// A place of its own for a few command lines.
pub(super) struct Stage {
    folder: TempDir,
    router: Router,
    /// The session called joe.
    session: u64,
}

/// A command line that runs.
pub(super) struct Play {
    child: Child,
    lines: Lines,
    stdout: Lines,
    stderr: Lines,
}

impl Stage {
    /// Sets it; `alone` without the procedures of others.
    pub(super) fn set(alone: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = |path: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            path
        };
        for (path, content) in FILES {
            fs::write(place(path), content).unwrap();
        }
        for (name, script) in PROGRAMS {
            program(&place(&format!("written/bin/{name}")), script);
        }
        if let Ok(jq) = std::env::var("WAMP_REAL_JQ") {
            let script = format!("exec {jq} --unbuffered \"$@\"");
            program(&place("written/bin/jq"), &script);
        }
        program(
            &place("written/work/run-tests.sh"),
            "echo \"tested in $WAMP_REALM\"",
        );
        // A file that this process has written may be open in a child that another thread is just starting, and what is open
        // for writing cannot be run. Copies are another process's.
        let mut copy = Command::new("cp");
        let copied = copy
            .args(["-R", "written/.", "."])
            .current_dir(&folder)
            .status();
        assert!(copied.unwrap().success());
        fs::write(place("joe.ticket"), TICKET).unwrap();
        fs::write(place("router.toml"), ROUTER).unwrap();
        let router = folder.path().join("router.toml").display().to_string();
        let router = Router::with(&["-f", &router]);
        let (ready, session) = channel();
        let url = router.url.clone();
        spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            // It ends when the router is gone.
            let _ = runtime.block_on(act(&url, alone, &ready));
        });
        let session = session.recv_timeout(PATIENCE).unwrap();
        Self {
            folder,
            router,
            session,
        }
    }

    /// Starts a command line.
    pub(super) fn start(&self, line: &str) -> Play {
        self.start_into(line, Stdio::piped())
    }

    /// Starts a command line with this standard output.
    pub(super) fn start_into(&self, line: &str, stdout: Stdio) -> Play {
        let at = |path: &str| self.folder.path().join(path);
        let path = format!("{}:{}", at("bin").display(), env!("PATH"));
        let mut child = Command::new("bash")
            .args(["-c", &self.filled(line)])
            .process_group(0)
            .current_dir(at("work"))
            .env_clear()
            .envs([("PATH", &*path), ("WAMP", env!("CARGO_BIN_EXE_wamp"))])
            .envs([("WAMP_URL", &*self.router.url), ("ALICE_TICKET", "secret")])
            .env("ALICE_PASSWORD", "secret")
            .env("HOME", at("home"))
            .env("PIDS", at("pids"))
            .stdin(Stdio::null())
            .stdout(stdout)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (both, lines) = Lines::of_several();
        let stdout = child.stdout.take();
        let stdout = stdout.map(|stdout| Lines::of_and_to(stdout, Some(both.clone())));
        let stderr = Lines::of_and_to(child.stderr.take().unwrap(), Some(both));
        Play {
            child,
            lines,
            stdout: stdout.unwrap_or_default(),
            stderr,
        }
    }

    /// The text with what is known only now.
    pub(super) fn filled(&self, text: &str) -> String {
        text.replace("{folder}", &self.folder.path().display().to_string())
            .replace("{session}", &self.session.to_string())
            .replace("{url}", &self.router.url)
    }

    /// The processes of `wamp` that have been started here.
    pub(super) fn running(&self) -> Vec<Pid> {
        let pids = fs::read_to_string(self.folder.path().join("pids")).unwrap_or_default();
        let pids = pids.lines().map(|pid| pid.parse().unwrap());
        pids.filter_map(Pid::from_raw).collect()
    }

    /// Sends them a signal.
    pub(super) fn signal(&self, running: &[Pid], signal: Signal) {
        for pid in running {
            // It may be over.
            let _ = kill_process(*pid, signal);
        }
    }
}

impl Play {
    /// Waits until it says this on standard output or standard error.
    pub(super) fn says(&mut self, text: &str) -> bool {
        while let Some(line) = self.lines.next() {
            if line.contains(text) {
                return true;
            }
        }
        false
    }

    /// Waits for its end.
    pub(super) fn end(mut self) -> Ended {
        let status = end(&mut self.child);
        let group = Pid::from_child(&self.child);
        // What it has started and left behind.
        let _ = kill_process_group(group, Signal::KILL);
        Ended {
            code: status.code(),
            stdout: self.stdout.rest(),
            stderr: self.stderr.rest(),
        }
    }
}

/// Writes a program that is run by its copy.
fn program(path: &Path, script: &str) {
    fs::write(path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Plays everybody else in the realm, until the router is gone.
async fn act(url: &str, alone: bool, ready: &Sender<u64>) -> Result<(), Error> {
    let joe = Client::builder(url).authid("joe").ticket(TICKET);
    let joined = try_join(joe.connect(), Client::builder(url).connect()).await;
    let (joe, session) = joined.expect("the stage's router knows joe, and lets everybody in");
    let _registrations = if alone {
        Vec::new()
    } else {
        register(&session).await?
    };
    let mut subscribed = session.subscribe("wamp.subscription.on_subscribe").await?;
    publish(&session).await?;
    let _ = ready.send(joe.id().get());
    // Whoever subscribes gets events to see.
    while subscribed.next().await.is_some() {
        publish(&session).await?;
    }
    Ok(())
}

/// The procedures that examples call.
async fn register(session: &Session) -> Result<Vec<Registration>, Error> {
    let mut registrations = Vec::new();
    for (procedure, answer) in answers() {
        let answer = move |_: Invocation| {
            let answer = answer.clone();
            async move { Ok::<_, WampError>(answer) }
        };
        registrations.push(session.register(procedure, answer).await?);
    }
    let add = async |invocation: Invocation| Ok(invocation.args::<Vec<i64>>()?.iter().sum::<i64>());
    registrations.push(session.register("com.math.add", add).await?);
    registrations.push(session.register("add", add).await?);
    let echo = async |invocation: Invocation| Ok(invocation.arguments()?);
    registrations.push(session.register("echo", echo).await?);
    let find = async |invocation: Invocation| {
        for file in ["a.rs", "b.rs"] {
            // Nobody may want it.
            let _ = invocation.progress(file).await;
        }
        Ok("2 files")
    };
    registrations.push(session.register("com.files.find", find).await?);
    let fail = async |_: Invocation| Err::<(), _>(WampError::new("com.shop.error.declined"));
    registrations.push(session.register("com.fail", fail).await?);
    let silent = async |invocation: Invocation| {
        invocation.canceled().await;
        Ok(())
    };
    registrations.push(session.register("com.silent", silent).await?);
    let analyse = async |mut invocation: Invocation| {
        let mut count = 0;
        loop {
            count += 1;
            // As above.
            let _ = invocation.progress(count).await;
            if !invocation.next_arguments().await? {
                return Ok(count);
            }
        }
    };
    let analyse = session.register("com.log.analyse", analyse);
    registrations.push(analyse.stream_arguments().await?);
    Ok(registrations)
}

/// Procedures that always answer the same.
fn answers() -> [(&'static str, Value); 4] {
    let charged = Dict::new().with("charged", 12.5);
    [
        ("com.shop.charge", charged.into()),
        ("com.shop.order", "order 17".into()),
        ("com.shop.open", true.into()),
        ("com.example.ready", 1.into()),
    ]
}

/// Ten hats, and one event of everything else that examples subscribe to.
async fn publish(session: &Session) -> Result<(), Error> {
    for _ in 0..10 {
        let hat = Dict::new().with("item", "hat").with("price", 12.5);
        session.publish("com.shop.sold").kwargs(hat).await?;
    }
    session.publish("com.job.done").args((7,)).await?;
    session.publish("com.example.door").args(("open",)).await?;
    Ok(())
}

/// What joe logs in with.
const TICKET: &str = "a ticket";

/// The router's configuration: all are let in and may do everything but eve, and what is sold is
/// kept.
const ROUTER: &str = r#"
[[listeners]]
url = "ws://127.0.0.1:0/ws"

[[realms]]
name = "realm1"
anonymous = { role = "guest" }

[[realms.users]]
authid = "joe"
role = "guest"
ticket = "file:joe.ticket"

[[realms.users]]
authid = "eve"
role = "nobody"
ticket = "plain:apple"

[[realms.roles]]
name = "nobody"

[[realms.roles]]
name = "guest"
permissions = [{ uri = "", match = "prefix", allow = ["call", "register", "subscribe", "publish"] }]

[[realms.history]]
uri = "com.shop.sold"
limit_events = 100
limit_bytes = "1MiB"
"#;

/// Files that examples speak of.
const FILES: &[(&str, &str)] = &[
    ("work/order.json", "{\n  \"item\": \"hat\"\n}\n"),
    ("work/access.log", "GET /\nGET /hats\n"),
    ("work/image.png", "\u{1}PNG\r\n\u{1a}\n"),
    ("work/marker", ""),
    ("work/newer", ""),
    ("work/ca.pem", ""),
    ("work/joe.key", ""),
    ("work/wamp.toml", CONFIGURATION),
    ("work/shop.jsonl", RECORDING),
    ("work/smoke.wamp", "call com.math.add 2 3\nexpect 5\n"),
    ("home/.zfunc/_other", ""),
    ("home/.config/elvish/rc.elv", ""),
    ("home/.config/fish/completions/other.fish", ""),
    ("home/.local/share/bash-completion/completions/other", ""),
];

/// What the examples replay.
const RECORDING: &str = r#"{"type":"event","uri":"com.shop.sold","args":[],"kwargs":{"item":"hat"},"details":{},"at":"2026-01-01T00:00:00.000Z"}
{"type":"event","uri":"com.shop.open","args":[true],"kwargs":{},"details":{},"at":"2026-01-01T00:00:00.010Z"}
"#;

/// What the examples' `wamp.toml` says.
const CONFIGURATION: &str = r#"
[[realms]]
name = "realm1"
anonymous = { role = "guest" }

[[realms.roles]]
name = "guest"
permissions = [{ uri = "com.shop.", match = "prefix", allow = ["call"] }]
"#;

/// Programs that examples speak of. `wamp` notes who it is, so that it can be ended.
const PROGRAMS: &[(&str, &str)] = &[
    ("wamp", "echo $$ >> \"$PIDS\"\nexec \"$WAMP\" \"$@\""),
    ("vi", "echo \"edited by vi\" >&2"),
    ("code", "echo \"edited by code $1\" >&2"),
    ("jq", JQ),
    ("python3", PYTHON),
];

/// The `math.py` of a co-process, in the language of a shell: adds two numbers.
const PYTHON: &str = r#"
while read -r line; do
    id=${line#*,}
    args=${line#*\"args\":[}
    args=${args%%]*}
    printf '{"type":"result",%s,"args":[%s]}\n' "${id%%,*}" $((${args%,*} + ${args#*,}))
done
"#;

/// `jq`, as far as the examples need it. With WAMP_REAL_JQ set the real one has to print the same.
const JQ: &str = r#"
field() { sed -un "s/.*\"$1\":\"\{0,1\}\([^,\"}]*\).*/\1/p"; }
case "$*" in
    '-c . order.json') tr -d ' \n' < order.json ;;
    *'select(.type == "event")'*) grep '"type":"event"' "$3" ;;
    '.args | add') sed 's/.*"args":\[\([0-9]*\),\([0-9]*\)\].*/\1 + \2/' | xargs expr ;;
    '.kwargs.price') field price ;;
    *callee_count*) sed -n 's/.*"uri":"\([^"]*\)","match".*"callee_count":\([0-9]*\).*/\1\t\2/p' ;;
    *select?.status*) sed -n 's/.*"status":"bad","detail":"\([^"]*\)".*/\1/p' ;;
    *p99_ms) grep '"summary"' | field p99_ms ;;
    *select?.selected?.name*) grep '"selected":true' | field name ;;
    '-r .details.authrole') field authrole ;;
    '.verdict') sed -n 's/.*"verdict":\("[^"]*"\).*/\1/p' ;;
    '.details.callees') sed -n 's/.*"callees":\(\[[^]]*\]\).*/\1/p' ;;
    *) echo "jq: say in tests/cli/examples/stage.rs what $* does" >&2; exit 3 ;;
esac
"#;
