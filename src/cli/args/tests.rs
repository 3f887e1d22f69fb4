use insta::assert_snapshot;

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
        Command::Router(_) => panic!("{line}"),
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
        "wamp subscribe t -n 0",
        "wamp subscribe t -m all",
        "wamp call p --serializer xml",
        "wamp call p -t soon",
        "wamp call p -H nothing",
        "wamp call -q -v p",
        "wamp router --port 0 --listen ws://h/",
        "wamp router --port 65536",
    ] {
        assert!(read(line).is_err(), "{line}");
    }
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

/// Help on a terminal of 80 columns.
fn help(name: &str, long: bool) -> String {
    let mut command = command().term_width(80);
    command.build();
    let found = match name {
        "" => &mut command,
        name => command.find_subcommand_mut(name).unwrap(),
    };
    let help = if long {
        found.render_long_help()
    } else {
        found.render_help()
    };
    let help = help.to_string();
    let lines = help.lines().map(str::trim_end);
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn short_help_fits_a_screen() {
    for name in ["", "call", "publish", "subscribe", "register", "router"] {
        let help = help(name, false);
        assert!(
            help.lines().count() <= 40,
            "{name}: {}\n{help}",
            help.lines().count()
        );
        for line in help.lines() {
            assert!(line.chars().count() <= 80, "{name}: {line}");
        }
    }
}

#[test]
fn help_of_all() {
    assert_snapshot!(help("", false), @r###"
    WAMP v2 toolkit: a router, and a client for the command line

    Usage: wamp [OPTIONS] <COMMAND>

    Commands:
      call       Call a procedure and print its result
      publish    Publish an event, acknowledged by the router [alias: pub]
      subscribe  Subscribe to topics and print their events [alias: sub]
      register   Register procedures and answer their calls [alias: reg]
      router     Run a router
      help       Print this message or the help of the given subcommand(s)

    Options:
      -h, --help     Print help (see more with '--help')
      -V, --version  Print version

    Connection:
      -u, --url <URL>            Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]
      -r, --realm <URI>          Realm [$WAMP_REALM, else realm1]
          --serializer <S>       Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]
          --authid <ID>          Who to be [$WAMP_AUTHID]
          --authrole <R>         The role to ask for [$WAMP_AUTHROLE]
      -H, --header <K: V>        HTTP header of the handshake; may be repeated
          --connect-timeout <D>  Time for connecting and joining, more than 0 [5s]

    Output:
      -o, --output <F>   auto, json (envelope), pretty, raw [$WAMP_OUTPUT]
      -d, --details      Print WAMP details too
      -t, --timeout <D>  How long to wait for an answer: 500ms, 5s, 1m, or seconds

    Messages:
      -q, --quiet         Errors only: no notes, no hints
      -v, --verbose...    Log to standard error; twice for more
          --color <WHEN>  auto, always, never (NO_COLOR, CLICOLOR_FORCE)

    `wamp COMMAND --help` tells more, with examples.
    "###);
}

#[test]
fn help_of_call() {
    assert_snapshot!(help("call", false), @r###"
    Call a procedure and print its result

    Usage: wamp call [OPTIONS] <PROC> [ARG]...

    Arguments:
      <PROC>    The procedure's URI
      [ARG]...  Arguments: 2, hello, '[1,2]', key=5, key:s=5, key:='{"a":1}', @FILE

    Options:
          --args <JSON>    All positional arguments, as a JSON list
          --kwargs <JSON>  All keyword arguments, as a JSON object
          --input <@FILE>  A whole envelope, as -o json prints it
      -O, --option <K=V>   Option of CALL: disclose_me=true; may be repeated
      -h, --help           Print help (see more with '--help')

    Connection:
      -u, --url <URL>    Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]
      -r, --realm <URI>  Realm [$WAMP_REALM, else realm1]

    Output:
      -o, --output <F>   auto, json (envelope), pretty, raw [$WAMP_OUTPUT]
      -d, --details      Print WAMP details too
      -t, --timeout <D>  How long to wait for an answer: 500ms, 5s, 1m, or seconds

    Messages:
      -q, --quiet         Errors only: no notes, no hints
      -v, --verbose...    Log to standard error; twice for more
          --color <WHEN>  auto, always, never (NO_COLOR, CLICOLOR_FORCE)
    "###);
    assert_snapshot!(help("call", true), @r###"
    Call a procedure and print its result

    Usage: wamp call [OPTIONS] <PROC> [ARG]...

    Arguments:
      <PROC>
              The procedure's URI

      [ARG]...
              Arguments: 2, hello, '[1,2]', key=5, key:s=5, key:='{"a":1}', @FILE

              A JSON literal is that value, any other word a string; with `key` in
              front it is a keyword argument.
                :s=TEXT  key:s=TEXT    always a string
                :=JSON   key:=JSON     must be JSON
                @FILE    key=@FILE     a file as text; :=@FILE as JSON; @- is stdin
                :b=@FILE key:b=BASE64  binary

    Options:
          --args <JSON>
              All positional arguments, as a JSON list

          --kwargs <JSON>
              All keyword arguments, as a JSON object

          --input <@FILE>
              A whole envelope, as -o json prints it

      -O, --option <K=V>
              Option of CALL: disclose_me=true; may be repeated

      -h, --help
              Print help (see a summary with '-h')

    Connection:
      -u, --url <URL>
              Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]

              Schemes: ws, rs (RawSocket), ws+unix, rs+unix. There is no TLS yet.

      -r, --realm <URI>
              Realm [$WAMP_REALM, else realm1]

          --serializer <S>
              Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]

          --authid <ID>
              Who to be [$WAMP_AUTHID]

          --authrole <R>
              The role to ask for [$WAMP_AUTHROLE]

      -H, --header <K: V>
              HTTP header of the handshake; may be repeated

          --connect-timeout <D>
              Time for connecting and joining, more than 0 [5s]

    Output:
      -o, --output <F>
              auto, json (envelope), pretty, raw [$WAMP_OUTPUT]

              auto is indented on a terminal and compact in a pipe. json prints
              {"type","uri","args","kwargs","details","at"} on one line, errors on
              standard error likewise. raw is auto as in a pipe, with text unescaped
              and binary as its bytes.

      -d, --details
              Print WAMP details too

      -t, --timeout <D>
              How long to wait for an answer: 500ms, 5s, 1m, or seconds

    Messages:
      -q, --quiet
              Errors only: no notes, no hints

      -v, --verbose...
              Log to standard error; twice for more

          --color <WHEN>
              auto, always, never (NO_COLOR, CLICOLOR_FORCE)

    Examples:
      wamp call com.math.add 2 3
      wamp call com.shop.charge amount=12.50 to:s=007
      sum=$(wamp call com.math.add 2 3)
      jq -c . order.json | wamp call com.shop.order :=@- -t 5s

    A result of one argument is printed as that value, several as a JSON list, and
    with keywords as {"args":[…],"kwargs":{…}}.
    "###);
}

#[test]
fn help_of_register() {
    assert_snapshot!(help("register", false), @r###"
    Register procedures and answer their calls

    Usage: wamp register PROC... [OPTIONS] --echo|--return ARG|--error URI|-- CMD...

    Arguments:
      <PROC>...  The procedures, or patterns of procedures
      [CMD]...   Answer with what this command prints

    Options:
          --echo               Answer with the arguments of the call
          --return <ARG>       Answer with this ARG of `call`; may be repeated
          --error <URI>        Answer with this error
      -m, --match <POLICY>     exact, prefix, wildcard
      -n, --count <N>          Leave after N calls
      -j, --jobs <N>           The most CMDs to run at once [16]
          --delay <D>          Wait before each answer
          --ready-file <FILE>  Written once all is registered, removed at the start
      -O, --option <K=V>       Option of REGISTER: invoke=random; may be repeated
      -h, --help               Print help (see more with '--help')

    Connection:
      -u, --url <URL>    Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]
      -r, --realm <URI>  Realm [$WAMP_REALM, else realm1]

    Output:
      -o, --output <F>   auto, json (envelope), pretty, raw [$WAMP_OUTPUT]
      -t, --timeout <D>  How long to wait for an answer: 500ms, 5s, 1m, or seconds

    Messages:
      -q, --quiet         Errors only: no notes, no hints
      -v, --verbose...    Log to standard error; twice for more
          --color <WHEN>  auto, always, never (NO_COLOR, CLICOLOR_FORCE)
    "###);
}
