mod examples;
mod generated;
mod help;
mod man;

use std::time::Duration;

use wampkit::proto::Serializer;

use super::super::output::Format;
use super::client::{duration, header};
use super::*;

fn read(line: &str) -> Result<Cli, String> {
    let words = line.split(' ').map(OsString::from);
    Cli::read(words).map_err(|error| error.to_string())
}

/// The options of a client command, merged.
fn client(line: &str) -> ClientArgs {
    let cli = read(line).unwrap();
    let own = match cli.command {
        Command::Call(args) => args.client,
        Command::Publish(args) => args.client,
        Command::Subscribe(args) => args.client,
        Command::Register(args) => args.client,
        Command::Repl(args) => args.client,
        Command::Record(args) => args.client,
        Command::Replay(args) => args.client,
        Command::Ls(args) => args.client,
        Command::Show(args) => args.client,
        Command::Kill(args) => args.client,
        Command::Ping(args) => args.client,
        Command::Top(args) => args.client,
        Command::Bench(mut args) => std::mem::take(args.client().unwrap()),
        Command::Doctor(args) => args.client,
        Command::Context(args) => match args.command {
            ContextCommand::Add(args) => args.client,
            ContextCommand::Show(args) => args.client,
            ContextCommand::Check(args) => args.client,
            other => panic!("{other:?}"),
        },
        Command::Router(_)
        | Command::Authz(_)
        | Command::Keygen(_)
        | Command::Completions(_)
        | Command::Complete(_) => panic!("{line}"),
    };
    own.or(cli.client)
}

fn words(line: &str) -> Vec<String> {
    match read(line).unwrap().command {
        Command::Call(args) => args.payload.words,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_definition_is_sound() {
    command().debug_assert();
}

#[test]
fn a_line_that_is_read_briefly_means_the_same() {
    for (line, is_brief) in [
        ("wamp call p 1 x=2 -t 3 --wait", true),
        ("wamp call -r com.r -t 2 p -o json -vv -u ws://h/ -d", true),
        ("wamp pub t call --no-ack --eligible 1,2", true),
        ("wamp sub t -m prefix -n 1", true),
        ("wamp reg p q -j 2 -- ls -l -u", true),
        ("wamp ls topics com. -q", true),
        ("wamp show 7", true),
        ("wamp kill 7", true),
        (
            "wamp router --port 0 --any-realm -v -- wamp call p -o json",
            true,
        ),
        (
            "wamp router -f wamp.toml --check --log info,access=off",
            true,
        ),
        // The command does not come first.
        ("wamp -u ws://h/ call p", false),
        ("wamp -u call ls topics", false),
        ("wamp context show call", false),
        // What is wrong, or asked of clap, is told by all of it.
        ("wamp call", false),
        ("wamp call p --help", false),
        ("wamp help call", false),
        ("wamp subcribe call", false),
        ("wamp ls topics -d", false),
        ("wamp router -o json", false),
        ("wamp router call", false),
    ] {
        let words = line.split(' ').map(OsString::from).collect::<Vec<_>>();
        let brief = Cli::briefly(&words);
        assert_eq!(brief.is_some(), is_brief, "{line}");
        if let Some(brief) = brief {
            let whole = Cli::by(command(), &words).unwrap();
            assert_eq!(format!("{brief:?}"), format!("{whole:?}"), "{line}");
        }
    }
}

#[test]
fn options_stand_before_or_after_the_command() {
    for line in [
        "wamp -u ws://h/ -r com.r -o json -t 2 -d call p",
        "wamp call p -u ws://h/ -r com.r -o json -t 2 -d",
        "wamp -u ws://h/ -d call -r com.r -t 2 p -o json",
        "wamp -u ws://other/ -o raw -t 9 call -u ws://h/ p -o json -r com.r -t 2s -d",
    ] {
        let args = client(line);
        assert_eq!(args.connection.url.as_deref(), Some("ws://h/"), "{line}");
        assert_eq!(args.connection.realm.as_deref(), Some("com.r"), "{line}");
        assert_eq!(args.output.output, Some(Format::Json), "{line}");
        assert_eq!(args.output.timeout, Some(Duration::from_secs(2)), "{line}");
        assert!(args.output.details, "{line}");
    }
    let args = client("wamp -H a:1 --serializer cbor call p -H b:2 --serializer json,msgpack");
    assert_eq!(
        args.connection.header,
        [("a".into(), "1".into()), ("b".into(), "2".into())]
    );
    assert_eq!(
        args.connection.serializer,
        [Serializer::Json, Serializer::MsgPack]
    );
    for line in ["wamp -vv call p", "wamp call p -vv", "wamp call -vv p"] {
        assert_eq!(read(line).unwrap().log.verbose, 2, "{line}");
    }
}

#[test]
fn zero_is_an_option_of_publish_and_else_a_number() {
    for line in [
        "wamp publish t --lines -0",
        "wamp publish -0 t x --lines",
        "wamp publish t x --lines --null",
    ] {
        match read(line).unwrap().command {
            Command::Publish(args) => assert!(args.many.null, "{line}"),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(words("wamp call p -0"), ["-0"]);
    match read("wamp publish t -- -0").unwrap().command {
        Command::Publish(args) => assert!(!args.many.null),
        other => panic!("{other:?}"),
    }
}

#[test]
fn options_of_the_environment_are_told_from_those_of_the_line() {
    let args = command();
    let with_variables = args.get_arguments().filter(|arg| arg.get_env().is_some());
    let ids = with_variables.map(|arg| arg.get_id().to_string());
    // None is forgotten.
    let (line, variables) =
        client("wamp call p -c a -u ws://h/ -r x --authid b --authrole c -o raw")
            .split(&ids.collect::<Vec<_>>());
    assert_eq!(format!("{line:?}"), format!("{:?}", ClientArgs::default()));
    assert_eq!(variables.connection.authrole.as_deref(), Some("c"));
    let context = |line| {
        let args = client(line).connection;
        (args.context, args.no_context)
    };
    let named = |name: &str| (Some(name.to_owned()), false);
    assert_eq!(context("wamp -c a call p"), named("a"));
    assert_eq!(context("wamp -c a call p -c b"), named("b"));
    assert_eq!(context("wamp --no-context call p -c b"), named("b"));
    assert_eq!(context("wamp -c a call p --no-context"), (None, true));
    assert_eq!(context("wamp --no-context call p"), (None, true));
}

#[test]
fn the_router_takes_no_connection_options() {
    assert!(read("wamp router --realm a --realm b -v").is_ok());
    for line in [
        "wamp router -u ws://h/",
        "wamp -u ws://h/ router",
        "wamp -o json router",
    ] {
        assert!(read(line).is_err(), "{line}");
    }
    let message = read("wamp --realm a router").unwrap_err();
    let expected = "error: the argument '--realm <URI>' cannot be used with 'router'\n";
    assert!(message.starts_with(expected), "{message}");
}

#[test]
fn negative_numbers_are_values() {
    assert_eq!(
        words("wamp call p -1 -2.5 -1e3 x=-1"),
        ["-1", "-2.5", ":=-1e3", "x=-1"]
    );
    assert_eq!(
        words("wamp call p -5e-1 -5E+1 -- -5e-1"),
        [":=-5e-1", ":=-5E+1", "-5e-1"]
    );
    assert_eq!(words("wamp call p 1 -t 3 -2 -- -t"), ["1", "-2", "-t"]);
    let Command::Register(args) = read("wamp register p --return -1").unwrap().command else {
        panic!();
    };
    assert_eq!(args.results, ["-1"]);
}

#[test]
fn aliases_and_commands_to_run() {
    for (alias, full) in [("pub", "publish"), ("sub", "subscribe")] {
        assert_eq!(
            format!("{:?}", read(&format!("wamp {alias} t")).unwrap()),
            format!("{:?}", read(&format!("wamp {full} t")).unwrap()),
        );
    }
    let Command::Register(args) = read("wamp reg p -j 2 q -- ls -l -u").unwrap().command else {
        panic!();
    };
    assert_eq!(args.procedures, ["p", "q"]);
    assert_eq!(args.command, ["ls", "-l", "-u"]);
    assert_eq!(args.client.connection.url, None);
}

#[test]
fn what_does_not_go_together_is_refused() {
    for line in [
        "wamp call",
        "wamp call p 1 --args []",
        "wamp call p --input @f --kwargs {}",
        "wamp register p",
        "wamp register p --echo --return 1",
        "wamp register p --echo -- ls",
        "wamp register p --echo -j 3",
        "wamp register p --echo -d",
        "wamp -d register p --echo",
        "wamp subscribe",
        "wamp subscribe t -m all",
        "wamp call p --serializer xml",
        "wamp call p -t soon",
        "wamp call p -H nothing",
        "wamp call -q -v p",
        "wamp router --port 0 --listen ws://h/",
        "wamp router --port 65536",
        "wamp call p --wait=soon",
        "wamp ls",
        "wamp ls things",
        "wamp ls topics -d",
        "wamp show",
        "wamp kill joe",
        "wamp kill 0",
        "wamp publish t --exclude 0",
        "wamp publish t --eligible joe",
        "wamp register p --echo --invoke any",
        "wamp register p --echo --concurrency 0",
        "wamp completions",
        "wamp completions tcsh",
        "wamp completions bash -o json",
    ] {
        assert!(read(line).is_err(), "{line}");
    }
}

#[test]
fn waiting_takes_its_time_only_after_an_equals_sign() {
    let wait = |line: &str| match read(line).unwrap().command {
        Command::Call(args) => (args.wait, args.payload.words),
        other => panic!("{other:?}"),
    };
    let five = Duration::from_secs(5);
    assert_eq!(wait("wamp call p 5"), (None, vec!["5".to_owned()]));
    assert_eq!(
        wait("wamp call p --wait 5"),
        (Some(None), vec!["5".to_owned()])
    );
    assert_eq!(wait("wamp call p --wait=5"), (Some(Some(five)), vec![]));
}

#[test]
fn durations_as_people_write_them() {
    for (text, milliseconds) in [
        ("500ms", 500),
        ("5s", 5000),
        ("1m", 60_000),
        ("2", 2000),
        ("0.5", 500),
        ("0", 0),
    ] {
        assert_eq!(
            duration(text),
            Ok(Duration::from_millis(milliseconds)),
            "{text}"
        );
    }
    for text in ["", "-1", "x", "5 apples", "1e30", "inf", "nan"] {
        assert!(duration(text).is_err(), "{text}");
    }
}

#[test]
fn headers_have_a_name_and_a_value() {
    assert_eq!(header("X-A: b: c"), Ok(("X-A".into(), "b: c".into())));
    for text in ["X-A", ": b", "X A: b", "X-A: b\r\nX-B: c"] {
        assert!(header(text).is_err(), "{text:?}");
    }
}
