//! The exit codes that the man pages promise, command by command: each can be brought about, and there are no others.

use std::path::Path;

use crate::support::{Signal, content};

use super::every_command::ends;
use super::examples::all_of;
use super::relay::{Failure, Relay};
use super::scripted::Scripted;
use super::stage::Stage;

/// A line of each client command that does what it should.
const CLIENTS: &[(&str, &str)] = &[
    ("call", "wamp call echo"),
    ("publish", "wamp publish com.t"),
    ("subscribe", "wamp subscribe com.t --for 0 --retry 0"),
    ("register", "wamp register com.t --echo --retry 0"),
    ("repl", "wamp repl -c 'call echo'"),
    ("record", "wamp record com.t --for 0 --retry 0"),
    ("replay", "wamp replay shop.jsonl"),
    ("ls", "wamp ls procedures"),
    ("show", "wamp show echo"),
    ("kill", "wamp kill {session}"),
    ("ping", "wamp ping -n 1"),
    ("top", "wamp top --once -i 10ms"),
    ("bench rpc", "wamp bench rpc -n 9"),
    ("bench pubsub", "wamp bench pubsub -n 9"),
    ("bench connect", "wamp bench connect -n 9"),
    ("bench idle", "wamp bench idle --clients 9"),
    (
        "bench compare",
        "wamp bench compare {url} --work rpc --rounds 1 --duration 50ms",
    ),
    ("doctor", "wamp doctor"),
    ("context check", "wamp context check prod"),
];

/// Lines that end with codes that are the command's own.
const OWN: &[(&str, i32, &str)] = &[
    ("call", 5, "wamp call com.fail"),
    ("call", 6, "wamp call com.none"),
    ("publish", 5, "wamp publish not@a#uri"),
    ("subscribe", 5, "wamp subscribe not@a#uri"),
    (
        "register",
        0,
        "wamp register com.t -n 1 --echo --ready-file r & until [ -e r ]; do sleep 0.02; done; \"$WAMP\" call com.t; wait $!",
    ),
    ("register", 5, "wamp register echo --echo"),
    ("repl", 5, "wamp repl -c 'call com.fail'"),
    ("repl", 6, "wamp repl -c 'call com.none'"),
    ("repl", 9, "wamp repl -c 'call echo 1; expect 2'"),
    ("repl", OTHER, "wamp repl -c '! exit 77'"),
    ("record", 5, "wamp record not@a#uri"),
    ("replay", 5, "wamp replay shop.jsonl --map com=wamp"),
    (
        "replay",
        6,
        "sed 's/event/call/;s/com.shop/com.none/' shop.jsonl | wamp replay -",
    ),
    ("ls", 5, "wamp ls procedures -u {odd}"),
    ("ls", 6, "wamp ls procedures -u {bare}"),
    ("top", 5, "wamp top -u {odd}"),
    ("top", 6, "wamp top -u {bare}"),
    ("show", 5, "wamp show echo -u {odd}"),
    ("show", 6, "wamp show com.none"),
    ("bench rpc", 5, "wamp bench rpc -u {odd}"),
    ("bench rpc", 9, "wamp bench rpc -n 9 --fail-if 'p99>0s'"),
    (
        "bench pubsub",
        9,
        "wamp bench pubsub -n 9 --fail-if 'p99>0s'",
    ),
    (
        "bench connect",
        9,
        "wamp bench connect -n 9 --fail-if 'p99>0s'",
    ),
    (
        "bench idle",
        9,
        "wamp bench idle --clients 9 --fail-if 'p99>0s'",
    ),
    ("bench compare", 3, "wamp bench compare ws://127.0.0.1:1/ws"),
    ("bench compare", 5, "wamp bench compare {odd}"),
    ("bench compare", 8, "wamp bench compare {cut}"),
    ("bench compare", 124, "wamp bench compare {mute} -t 50ms"),
    ("bench compare", 130, "wamp bench compare {mute}"),
    ("bench compare", 143, "wamp bench compare {mute}"),
    ("doctor", 5, "wamp doctor -u {odd}"),
    ("kill", 5, "wamp kill {session} --reason not@a#uri"),
    ("kill", 6, "wamp kill 1"),
    ("context check", 130, "wamp context check prod -u {deaf}"),
    ("context check", 143, "wamp context check prod -u {deaf}"),
    ("context add", 0, "wamp context add one"),
    (
        "context add",
        1,
        "XDG_CONFIG_HOME=$PWD/loop wamp context add one",
    ),
    ("context add", 2, "wamp context add ../one"),
    ("context ls", 0, "wamp context ls"),
    ("context ls", 1, "wamp context ls > /dev/full"),
    ("context ls", 2, "wamp context ls one"),
    ("context show", 0, "wamp context show prod"),
    ("context show", 1, "wamp context show prod > /dev/full"),
    ("context show", 2, "wamp context show none"),
    ("context select", 0, "wamp context select prod"),
    (
        "context select",
        1,
        "XDG_CONFIG_HOME=$PWD/loop wamp context select --none",
    ),
    ("context select", 2, "wamp context select none"),
    ("context edit", 0, "EDITOR=true wamp context edit prod"),
    ("context edit", 1, "EDITOR=false wamp context edit prod"),
    ("context edit", 2, "wamp context edit none"),
    ("context rm", 0, "wamp context rm prod"),
    (
        "context rm",
        1,
        "mkdir ~/.config/wamp/selected; wamp context add two; wamp context rm two",
    ),
    ("context rm", 2, "wamp context rm none"),
    (
        "authz explain",
        0,
        "wamp authz explain -f wamp.toml --role guest --action call --uri com.shop.x",
    ),
    (
        "authz explain",
        1,
        "wamp authz explain -f wamp.toml --role guest --action call --uri com.shop.x > /dev/full",
    ),
    (
        "authz explain",
        2,
        "wamp authz explain -f none.toml --role guest --action call --uri com.shop.x",
    ),
    (
        "authz explain",
        7,
        "wamp authz explain -f wamp.toml --role guest --action call --uri com.x",
    ),
    ("router", 0, "wamp router -f wamp.toml --check"),
    ("router", 1, "wamp router -f wamp.toml --check > /dev/full"),
    ("router", 2, "wamp router -f none.toml"),
    ("router", 3, "wamp router --listen {url}"),
    ("router", OTHER, "wamp router --port 0 -- sh -c 'exit 77'"),
    ("keygen", 0, "wamp keygen ticket --authid a"),
    ("keygen", 1, "wamp keygen ticket --authid b > /dev/full"),
    ("keygen", 2, "wamp keygen"),
    ("completions", 0, "wamp completions zsh"),
    ("completions", 1, "wamp completions zsh > /dev/full"),
    ("completions", 2, "wamp completions cmd"),
];

/// What stands for any other code.
const OTHER: i32 = 77;

/// Where the lines run, with routers that are not as they should be.
struct Scene {
    stage: Stage,
    /// It answers each call with an error of its own.
    odd: Scripted,
    /// It has no procedures.
    bare: Scripted,
}

impl Scene {
    fn set() -> Self {
        let stage = Stage::set(false);
        let first = "wamp context add prod -r realm1; mkdir -p loop; ln -s wamp loop/wamp";
        assert_eq!(stage.start(first).end().code, Some(0));
        Self {
            odd: Scripted::start(|_, _| Err("com.odd")),
            bare: Scripted::without_procedures(),
            stage,
        }
    }

    /// Checks that the command ends with this code when it has to.
    fn check(&self, command: &str, code: i32) -> Result<(), String> {
        let mut own = OWN.iter().filter(|own| (own.0, own.1) == (command, code));
        let client = CLIENTS.iter().find(|client| client.0 == command);
        let mut line = match (own.next(), client) {
            (Some((.., line)), _) => (*line).to_owned(),
            (None, Some((_, line))) => usual(line, code)?,
            (None, None) => return Err(unknown(command, code)),
        };
        let mut relays = Vec::new();
        for (name, failure) in [
            ("{cut}", Failure::Cut),
            ("{mute}", Failure::Mute),
            ("{deaf}", Failure::Deaf),
        ] {
            if line.contains(name) {
                let relay = Relay::start(&self.stage.filled("{url}"), failure);
                line = line.replace(name, &relay.url);
                relays.push(relay);
            }
        }
        let line = line
            .replace("{odd}", &self.odd.url)
            .replace("{bare}", &self.bare.url);
        let play = self.stage.start(&line);
        let signal = match code {
            130 => Some(Signal::INT),
            143 => Some(Signal::TERM),
            _ => None,
        };
        if let Some(signal) = signal {
            relays.iter().for_each(Relay::has_failed);
            self.stage.signal(&self.stage.running(), signal);
        }
        let ended = play.end();
        if ended.code == Some(code) {
            Ok(())
        } else {
            Err(format!(
                "{line}\nends with {ended:?}\nand not with {code}\n"
            ))
        }
    }
}

/// How any client command comes to a code.
fn usual(line: &str, code: i32) -> Result<String, String> {
    let options = match code {
        0 => "",
        // The wrapper around it could not be started either.
        1 => {
            return Ok(format!(
                "ulimit -n 4; {}",
                line.replacen("wamp", "\"$WAMP\"", 1)
            ));
        }
        2 => "--nope",
        3 => "-u ws://127.0.0.1:1/ws",
        4 => "-r com.none",
        7 => "--authmethod ticket --authid eve --secret plain:apple",
        8 => "-u {cut}",
        124 => "-u {mute} -t 50ms",
        130 | 143 => "-u {mute}",
        _ => return Err(unknown(line, code)),
    };
    Ok(format!("{line} {options}"))
}

fn unknown(command: &str, code: i32) -> String {
    format!("say in tests/cli/promised.rs how `{command}` comes to {code}\n")
}

#[test]
fn every_promised_exit_code_can_be_had() {
    all_of(&ends(), |command| {
        let promised = promised(command);
        if let Some((_, code, _)) = OWN
            .iter()
            .find(|own| own.0 == command && !promised.contains(&own.1))
        {
            return Err(format!(
                "`{command}` may end with {code}, and its man page does not say so"
            ));
        }
        let scene = Scene::set();
        let faults = promised
            .iter()
            .filter_map(|code| scene.check(command, *code).err());
        let faults = faults.collect::<String>();
        if faults.is_empty() {
            Ok(())
        } else {
            Err(faults)
        }
    });
}

/// The codes under EXIT STATUS in the man page of a command.
fn promised(command: &str) -> Vec<i32> {
    let name = format!("man/wamp-{}.1", command.replace(' ', "-"));
    let page = content(&Path::new(env!("CARGO_MANIFEST_DIR")).join(name));
    let section = page.split(".SH \"EXIT STATUS\"").nth(1).unwrap();
    let section = section.split("\n.SH ").next().unwrap();
    let terms = section
        .lines()
        .filter_map(|line| line.strip_prefix("\\fB")?.strip_suffix("\\fR"));
    let codes = terms.map(|term| {
        if term == "other" {
            OTHER
        } else {
            term.parse().unwrap()
        }
    });
    let codes = codes.collect::<Vec<_>>();
    assert!(codes.len() >= 3, "{command}: {codes:?}");
    codes
}
