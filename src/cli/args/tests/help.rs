//! The help texts.

mod call;
mod context;
mod doctor;
mod record;
mod repl;

use insta::assert_snapshot;

use super::super::command;

/// Help on a terminal of 80 columns.
fn help(name: &str, long: bool) -> String {
    let mut command = command().term_width(80);
    command.build();
    let found = match name {
        "" => &mut command,
        name => name.split(' ').fold(&mut command, |command, name| {
            command.find_subcommand_mut(name).unwrap()
        }),
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
    for name in [
        "",
        "call",
        "publish",
        "subscribe",
        "register",
        "repl",
        "record",
        "replay",
        "ls",
        "show",
        "kill",
        "ping",
        "top",
        "bench",
        "bench rpc",
        "bench pubsub",
        "bench connect",
        "bench idle",
        "bench compare",
        "doctor",
        "context",
        "context add",
        "context ls",
        "context show",
        "context select",
        "context edit",
        "context rm",
        "context check",
        "authz",
        "authz explain",
        "router",
        "keygen",
        "completions",
    ] {
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
    assert_snapshot!(help("", false), @"
    WAMP v2 toolkit: a router, and a client for the command line

    Usage: wamp [OPTIONS] <COMMAND>

    Commands:
      call         Call a procedure and print its result
      publish      Publish an event, acknowledged by the router [alias: pub]
      subscribe    Subscribe to topics and print their events [alias: sub]
      register     Register procedures and answer their calls [alias: reg]
      repl         Explore a realm line by line, or test it
      record       Record events, and calls, to replay them later
      replay       Publish and call again what was recorded, at its own pace
      ls           List procedures, topics or sessions of a router
      show         Show all about a procedure, topic or session
      kill         End a session
      ping         Time the way to a router: connecting, joining, round trips
      top          Watch a router of `wamp`: sessions, messages, bytes, queues
      bench        Measure a router: calls, events, connections, idle sessions
      doctor       Examine the way to a router, and what the router can do
      context      Keep connection options under a name [alias: ctx]
      authz        Say what roles may do, and why
      router       Run a router
      keygen       Make a key or secret, and its lines for the configuration
      completions  Print a completion script for a shell
      help         Print this message or the help of the given subcommand(s)

    Options:
      -h, --help     Print help (see more with '--help')
      -V, --version  Print version

    Connection:
      -u, --url <URL>    Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]
      -r, --realm <URI>  Realm [$WAMP_REALM, else realm1]

    Output:
      -o, --output <F>  auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]

    Messages:
      -q, --quiet       Errors only: no notes, no hints
      -v, --verbose...  Log to standard error; twice for more
    ");
}

#[test]
fn help_of_publish() {
    assert_snapshot!(help("publish", false), @r###"
    Publish an event, acknowledged by the router

    Usage: wamp publish [OPTIONS] <TOPIC> [ARG]...

    Arguments:
      <TOPIC>   The topic's URI
      [ARG]...  Arguments: 2, hello, '[1,2]', key=5, key:s=5, key:='{"a":1}', @FILE

    Options:
          --args <JSON>    All positional arguments, as a JSON list
          --kwargs <JSON>  All keyword arguments, as a JSON object
          --input <@FILE>  A whole envelope, as -o json prints it
          --lines          Make an event of each line of stdin, behind the ARGs
          --jsonl          Make an event of each line, as -o json prints it
      -n, --count <N>      How many events, with --lines at the most; 0 is no end
      -i, --interval <D>   Time from one to the next, at the least; or --rate 100/s
          --template       ARGs have placeholders: {{count}}, {{uuid}}, see --help
          --no-ack         Do not ask for an acknowledgement
          --retain         Have the router keep the event for those who come later
      -O, --option <K=V>   Option of PUBLISH: rkey=7; may be repeated
      -h, --help           Print help (see more with '--help')

    Recipients:
          --include-me       Get the event too, if subscribed
          --exclude <LIST>   Not these sessions: 4711,4712; also -authid, -authrole
          --eligible <LIST>  Only these sessions: 4711,4712; also -authid, -authrole

    Connection:
      -u, --url <URL>    Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]
      -r, --realm <URI>  Realm [$WAMP_REALM, else realm1]

    Output:
      -o, --output <F>   auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]
      -d, --details      Print WAMP details too
      -t, --timeout <D>  How long to wait for an answer: 500ms, 5s, 1m, or seconds

    Messages:
      -q, --quiet       Errors only: no notes, no hints
      -v, --verbose...  Log to standard error; twice for more
    "###);
}

#[test]
fn help_of_subscribe() {
    assert_snapshot!(help("subscribe", false), @"
    Subscribe to topics and print their events

    Usage: wamp subscribe TOPIC... [OPTIONS] [-- CMD...]

    Arguments:
      <TOPIC>...  The topics, or patterns of topics
      [CMD]...    Run this command for each event rather than print it

    Options:
      -j, --jobs <N>           The most CMDs to run at once [1, which keeps the
                               order]
          --timestamps         Put the time of arrival in front of lines to read
          --delta              Put the time since the event before in front of lines
                               to read
          --stats              Print no events, but in the end how many there were
      -m, --match <POLICY>     exact, prefix, wildcard
          --retained           Get the event too that the router keeps
          --history <N>        Begin with the last N events of each topic
      -n, --count <N>          Leave after N events; 0 is no end
          --for <D>            Leave after this time; with -n, 124 if the events
                               were fewer
          --idle <D>           Leave after this time without an event; likewise
          --ready-file <FILE>  Written once all is subscribed, removed at the start
      -O, --option <K=V>       Option of SUBSCRIBE; may be repeated
      -h, --help               Print help (see more with '--help')

    Connection:
      -u, --url <URL>    Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]
      -r, --realm <URI>  Realm [$WAMP_REALM, else realm1]

    Output:
      -o, --output <F>   auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]
      -d, --details      Print WAMP details too
      -t, --timeout <D>  How long to wait for an answer: 500ms, 5s, 1m, or seconds

    Messages:
      -q, --quiet       Errors only: no notes, no hints
      -v, --verbose...  Log to standard error; twice for more
    ");
}

#[test]
fn help_of_ls() {
    assert_snapshot!(help("ls", false), @r###"
    List procedures, topics or sessions of a router

    Usage: wamp ls [OPTIONS] <WHAT> [PREFIX]

    Arguments:
      <WHAT>    procedures, topics (those subscribed to), sessions
      [PREFIX]  Only URIs that begin so; of sessions, authids

    Options:
      -h, --help  Print help (see more with '--help')

    Connection:
      -u, --url <URL>    Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]
      -r, --realm <URI>  Realm [$WAMP_REALM, else realm1]

    Output:
      -o, --output <F>   auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]
      -t, --timeout <D>  How long to wait for an answer: 500ms, 5s, 1m, or seconds

    Messages:
      -q, --quiet       Errors only: no notes, no hints
      -v, --verbose...  Log to standard error; twice for more
    "###);
}

#[test]
fn help_of_authz_explain() {
    assert_snapshot!(help("authz explain", false), @r#"
    Say which rule of a router's configuration decides, and why

    Usage: wamp authz explain -f FILE --role R --action A --uri U [OPTIONS]

    Options:
      -f, --config <FILE>   The configuration file of the router
          --role <R>        The role that asks
          --action <A>      What it asks for: call, register, subscribe, publish
          --uri <U>         The procedure or topic, or a pattern of them
          --match <POLICY>  How the URI is registered or subscribed to: exact,
                            prefix, wildcard [exact]
          --realm <URI>     The realm; needed where the file has several
      -o, --output <F>      auto, or json: one object on one line [$WAMP_OUTPUT]
      -h, --help            Print help (see more with '--help')

    Messages:
      -q, --quiet       Errors only: no notes, no hints
      -v, --verbose...  Log to standard error; twice for more
    "#);
}

#[test]
fn help_of_keygen() {
    assert_snapshot!(help("keygen", false), @r#"
    Make a key or secret, and its lines for the configuration

    Usage: wamp keygen [OPTIONS] <METHOD>

    Arguments:
      <METHOD>  cryptosign, wampcra, scram, ticket

    Options:
          --authid <ID>     Whose it is [client]
          --role <R>        The role of that user [user]
          --out <FILE>      Where to write the private part [ID.key, ID.ticket,
                            ID.password]
          --force           Replace the file if there is one
          --secret <SRC>    The password of wampcra and scram: prompt, env:, file:,
                            fd:, cmd:
          --kdf <KDF>       The key derivation of scram: argon2id13, pbkdf2
                            [argon2id13]
          --iterations <N>  Its cost: passes over the memory, or rounds of PBKDF2
          --memory <KIB>    The memory that argon2id13 takes, in KiB [19456]
      -h, --help            Print help (see more with '--help')

    Messages:
      -q, --quiet       Errors only: no notes, no hints
      -v, --verbose...  Log to standard error; twice for more
    "#);
    assert_snapshot!(help("keygen", true), @r#"
    Make a key or secret, and its lines for the configuration

    Usage: wamp keygen [OPTIONS] <METHOD>

    Arguments:
      <METHOD>
              cryptosign, wampcra, scram, ticket

    Options:
          --authid <ID>
              Whose it is [client]

          --role <R>
              The role of that user [user]

          --out <FILE>
              Where to write the private part [ID.key, ID.ticket, ID.password]

          --force
              Replace the file if there is one

          --secret <SRC>
              The password of wampcra and scram: prompt, env:, file:, fd:, cmd:

          --kdf <KDF>
              The key derivation of scram: argon2id13, pbkdf2 [argon2id13]

          --iterations <N>
              Its cost: passes over the memory, or rounds of PBKDF2

              2 for argon2id13, 600000 for pbkdf2, 100000 for wampcra unless said
              otherwise.

          --memory <KIB>
              The memory that argon2id13 takes, in KiB [19456]

      -h, --help
              Print help (see a summary with '-h')

    Messages:
      -q, --quiet
              Errors only: no notes, no hints

      -v, --verbose...
              Log to standard error; twice for more

          --log <WHAT>
              What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]

              off, error, warn, info, debug or trace, in place of what -q and -v
              stand for; of modules another one: info,router=debug. These are access
              (the router's line for each session that joins or leaves), cli,
              client, router and transport, and the modules in them, such as
              router::handshake.

          --log-format <F>
              How log lines look: text, json

          --color <WHEN>
              auto, always, never (NO_COLOR, CLICOLOR_FORCE)

    Examples:
      wamp keygen cryptosign --authid alice --role admin >> wamp.toml
      wamp keygen ticket --authid sensor7 --out /etc/wamp/sensor7.ticket
      wamp keygen scram --authid alice
      wamp keygen wampcra --authid alice --secret env:ALICE_PASSWORD

    The lines on standard output belong under a [[realms]] of the configuration. The
    private part is written to a file that only you can read, ID.key, ID.ticket or
    ID.password, and is the SRC of a client: --key file:ID.key, --secret
    file:ID.ticket.

    The password of wampcra and scram is prompted for at a terminal, and otherwise,
    or with --out, a random one is made.
    "#);
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
          --invoke <POLICY>    Share it: first, last, random, roundrobin; or single
          --concurrency <N>    The most calls that the router may send at once
          --force              Take it from whoever has it
      -n, --count <N>          Leave after N calls; 0 is no end
          --lines              Each line of CMD is a progressive result
          --coprocess          Keep CMD running for all calls, one line of JSON each
      -j, --jobs <N>           The most CMDs to run at once [16]
          --delay <D>          Wait before each answer
          --ready-file <FILE>  Written once all is registered, removed at the start
      -O, --option <K=V>       Option of REGISTER: disclose_caller=true; may be
                               repeated
      -h, --help               Print help (see more with '--help')

    Connection:
      -u, --url <URL>    Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]
      -r, --realm <URI>  Realm [$WAMP_REALM, else realm1]

    Output:
      -o, --output <F>   auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]
      -t, --timeout <D>  How long to wait for an answer: 500ms, 5s, 1m, or seconds

    Messages:
      -q, --quiet       Errors only: no notes, no hints
      -v, --verbose...  Log to standard error; twice for more
    "###);
}

#[test]
fn help_of_ping() {
    assert_snapshot!(help("ping", false), @"
    Time the way to a router: connecting, joining, round trips

    Usage: wamp ping [OPTIONS]

    Options:
      -n, --count <N>     How many round trips; 0 is until Ctrl-C [default: 5]
      -i, --interval <D>  Time from one to the next, at the least [default: 1s]
      -h, --help          Print help (see more with '--help')

    Connection:
      -u, --url <URL>    Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]
      -r, --realm <URI>  Realm [$WAMP_REALM, else realm1]

    Output:
      -o, --output <F>   auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]
      -t, --timeout <D>  How long to wait for an answer: 500ms, 5s, 1m, or seconds

    Messages:
      -q, --quiet       Errors only: no notes, no hints
      -v, --verbose...  Log to standard error; twice for more
    ");
}
