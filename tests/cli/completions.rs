//! The completion scripts, as they are printed, and what bash makes of its own.

use std::fs;
use std::io::ErrorKind;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::support::{Router, Wamp, file, wamp};

#[test]
fn the_scripts_are_those_in_the_repository() {
    for (shell, file) in [
        ("bash", "wamp.bash"),
        ("zsh", "_wamp"),
        ("fish", "wamp.fish"),
        ("elvish", "wamp.elv"),
        ("powershell", "_wamp.ps1"),
    ] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("completions");
        let script = fs::read_to_string(folder.join(file)).unwrap();
        // What is in the environment is this person's, and does not belong in a script.
        let printed = wamp(["completions", shell])
            .env("WAMP_REALM", "com.mine")
            .env("WAMP_URL", "")
            .run()
            .clean();
        assert!(printed == script, "{file} is not what is printed");
    }
}

#[test]
fn bash_completes_commands_options_and_values() {
    for (line, expected) in [
        ("wamp ca", "call"),
        ("wamp reg", "register reg"),
        (
            "wamp -u ws://host/ call com.p --auth",
            "--authid --authrole --authmethod --authextra",
        ),
        ("wamp call -v --pro", "--progress"),
        ("wamp pub com.t --no-a", "--no-ack"),
        ("wamp sub com.t --match ", "exact prefix wildcard"),
        (
            "wamp call com.p --color=always -o ",
            "auto json pretty raw table",
        ),
        ("wamp ls to", "topics"),
        ("wamp authz ex", "explain"),
        ("wamp authz explain --action re", "register"),
        ("wamp completions z", "zsh"),
        ("wamp router --tls", "--tls-key --tls-self-signed"),
        ("wamp call --det", "--details"),
        // An option that the command refuses, and the router has no use for connections.
        ("wamp ls --det", ""),
        ("wamp register --det", ""),
        ("wamp router --url", ""),
    ] {
        assert_eq!(bash(line), expected, "{line}");
    }
}

#[test]
fn live_values_come_segment_by_segment() {
    let router = Router::start();
    let _shop = router.register([
        "com.shop.charge",
        "com.shop.order.list",
        "com.shop.order.open",
        "--echo",
    ]);
    let _all = router.register(["com.any.", "--match", "prefix", "--echo"]);
    let _wild = router.register(["com..wild", "--match", "wildcard", "--echo"]);
    let _news = router.subscribe(["com.news.one", "com.news.two", "--for", "1h"]);
    let cache = Cache::new();
    for (line, expected) in [
        // What is registered by prefix can be gone on with; a wildcard can not be called.
        ("wamp call com.", "com.any. com.shop."),
        // There is but one way, to where it parts.
        ("wamp call com.sh", "com.shop.charge com.shop.order."),
        ("wamp call com.shop.", "com.shop.charge com.shop.order."),
        ("wamp call com.shop.order.l", "com.shop.order.list"),
        ("wamp register com.", "com..wild com.any. com.shop."),
        ("wamp call com.none", ""),
        ("wamp publish com", "com.news.one com.news.two"),
        ("wamp sub x com.news.t", "com.news.two"),
        ("wamp ls topics ", "com.news.one com.news.two"),
        ("wamp show com.news.o", "com.news.one"),
        ("wamp call p --realm=r", "realm1"),
        ("wamp publish t -O retain=", "retain=true retain=false"),
        ("wamp call p --secret e", "env:"),
        // All else is in the scripts.
        ("wamp call com.shop.charge ", ""),
        ("wamp call --", ""),
        ("wamp ", ""),
    ] {
        assert_eq!(cache.complete(&router, line).join(" "), expected, "{line}");
    }
}

#[test]
fn sessions_are_offered_with_who_they_are() {
    let router = Router::start();
    let _callee = router.register(["com.p", "--echo", "--authid", "joe"]);
    let id = router.wamp(["ls", "sessions"]).run().clean();
    let cache = Cache::new();
    let offered = |shell| {
        let words = ["complete", shell, "--", "wamp", "kill", ""];
        cache.of(router.wamp(words)).run().clean()
    };
    let fish = offered("fish");
    let (session, who) = fish.trim_end().split_once('\t').unwrap();
    assert_eq!(session, id.trim_end());
    assert!(who.ends_with(", anonymous"), "{who}");
    assert_eq!(offered("zsh"), fish);
    assert_eq!(offered("elvish"), id);
}

#[test]
fn a_catalogue_is_kept_for_itself_and_for_a_while() {
    let router = Router::start();
    let callee = router.register(["com.example.one", "--echo"]);
    let cache = Cache::new();
    assert_eq!(cache.complete(&router, "wamp call "), ["com.example.one"]);
    let files = cache.files();
    let [kept] = files.as_slice() else {
        panic!("{files:?}");
    };
    assert_eq!(
        kept.metadata().unwrap().permissions().mode() & 0o7777,
        0o600
    );
    let folder = kept.parent().unwrap().metadata().unwrap();
    assert_eq!(folder.permissions().mode() & 0o7777, 0o700);
    // Nobody else has that.
    assert!(cache.complete(&router, "wamp -r other call ").is_empty());
    drop(callee);
    let url = router.url.clone();
    drop(router);
    let words = ["complete", "fish", "--", "wamp", "-u", &url, "call", "com"];
    assert_eq!(cache.of(wamp(words)).run().clean(), "com.example.one\n");
}

#[test]
fn a_router_that_does_not_answer_is_left_alone() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    silent.set_nonblocking(true).unwrap();
    let url = format!("ws://{}/", silent.local_addr().unwrap());
    let cache = Cache::new();
    for _ in 0..2 {
        let words = ["complete", "bash", "--", "", "wamp call "];
        let run = cache.of(wamp(words).env("WAMP_URL", &url)).run();
        assert_eq!(run.clean(), "");
    }
    silent.accept().unwrap();
    let again = silent.accept().map(drop).unwrap_err();
    assert_eq!(again.kind(), ErrorKind::WouldBlock);
}

#[test]
fn nobody_is_asked_for_a_secret_and_nothing_is_run_for_one() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    silent.set_nonblocking(true).unwrap();
    let url = format!("ws://{}/", silent.local_addr().unwrap());
    let (folder, _) = file("there", "");
    let touched = folder.path().join("touched");
    let by_program = format!("cmd:touch {}", touched.display());
    let cache = Cache::new();
    for secret in [&*by_program, "prompt", "fd:0"] {
        let words = [
            "complete", "fish", "--", "wamp", "--authid", "joe", "call", "",
        ];
        let run = wamp(words).env("WAMP_URL", &url).env("WAMP_SECRET", secret);
        assert_eq!(cache.of(run).run().clean(), "", "{secret}");
    }
    assert!(!touched.exists());
    let nobody = silent.accept().map(drop).unwrap_err();
    assert_eq!(nobody.kind(), ErrorKind::WouldBlock);
    // Nor does a project have secrets sent to its router.
    let project = format!("url = \"{url}\"\n");
    let (folder, _) = file(".wamp.toml", project);
    let words = [
        "complete", "fish", "--", "wamp", "--authid", "joe", "call", "",
    ];
    let run = wamp(words)
        .env("WAMP_SECRET", "plain:s3cret")
        .current_dir(folder.path());
    assert_eq!(cache.of(run).run().clean(), "");
    let nobody = silent.accept().map(drop).unwrap_err();
    assert_eq!(nobody.kind(), ErrorKind::WouldBlock);
}

#[test]
fn what_is_wrong_is_not_told() {
    let cache = Cache::new();
    for (line, variable) in [
        ("wamp -u nonsense call ", ("WAMP_REALM", "")),
        ("wamp -c missing call ", ("WAMP_REALM", "")),
        ("wamp call ", ("WAMP_OUTPUT", "nonsense")),
        ("wamp call ", ("WAMP_URL", "ws://127.0.0.1:1/")),
        ("wamp --nonsense x -", ("WAMP_URL", "")),
        ("wamp call \"it's ", ("WAMP_URL", "")),
        ("", ("WAMP_URL", "")),
    ] {
        let words = ["complete", "bash", "--", "", line];
        let run = wamp(words).env(variable.0, variable.1);
        assert_eq!(cache.of(run).run().clean(), "", "{line}");
    }
    // There is no home to keep anything in.
    let run = wamp(["complete", "bash", "--", "", "wamp call "]).env("XDG_CACHE_HOME", "/dev/null");
    assert_eq!(run.run().clean(), "");
}

#[test]
fn files_are_offered_where_one_is_meant() {
    let (folder, path) = file("order.json", "{}");
    fs::create_dir(folder.path().join("orders")).unwrap();
    fs::write(folder.path().join("a b"), "").unwrap();
    fs::write(folder.path().join(".hidden"), "").unwrap();
    let cache = Cache::new();
    let offered = |word: &str| {
        let words = ["complete", "zsh", "--", "wamp", "call", "p", word];
        let run = wamp(words).current_dir(folder.path());
        cache
            .of(run)
            .run()
            .clean()
            .lines()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(offered("@"), ["@order.json", "@orders/"]);
    assert_eq!(offered("a:=@ord"), ["a:=@order.json", "a:=@orders/"]);
    assert_eq!(offered("@.h"), ["@.hidden"]);
    assert_eq!(offered("ord"), [""; 0]);
    assert_eq!(offered("joe@ord"), [""; 0]);
    let whole = format!("@{}", path.display());
    assert_eq!(offered(&whole), [whole]);
}

/// A folder for what is kept from one Tab to the next.
struct Cache(TempDir);

impl Cache {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn of(&self, wamp: Wamp) -> Wamp {
        wamp.env("XDG_CACHE_HOME", self.0.path())
    }

    /// What is offered for the last word of a line.
    fn complete(&self, router: &Router, line: &str) -> Vec<String> {
        let words = ["complete", "fish", "--"]
            .into_iter()
            .chain(line.split(' '));
        let offered = self.of(router.wamp(words)).run().clean();
        offered.lines().map(str::to_owned).collect()
    }

    fn files(&self) -> Vec<std::path::PathBuf> {
        let entries = fs::read_dir(self.0.path().join("wamp")).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    }
}

/// What bash offers for the last word of a line.
fn bash(line: &str) -> String {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/completions/wamp.bash");
    let words: Vec<_> = line.split(' ').collect();
    let output = Command::new("bash")
        .args(["--norc", "-c", DRIVER, script])
        .args(&words)
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{line}");
    String::from_utf8(output.stdout).unwrap()
}

/// Calls the function as bash does upon Tab: the command, the word, and the word in front of it are its arguments.
const DRIVER: &str = r#"source "$0"
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
"$(complete -p wamp | grep -o -- '-F [^ ]*' | cut -c4-)" wamp "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}"
printf '%s' "${COMPREPLY[*]}""#;
