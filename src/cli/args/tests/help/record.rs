//! The help of `wamp record` and `wamp replay`.

use insta::assert_snapshot;

use super::help;

#[test]
fn help_of_record() {
    assert_snapshot!(help("record", false), @"
    Record events, and calls, to replay them later

    Usage: wamp record [OPTIONS] [TOPIC]...

    Arguments:
      [TOPIC]...  The topics, or patterns of topics

    Options:
          --proc <PROC>        Record the calls of this procedure; may be repeated
          --return <ARG>       Answer them with this ARG of `call`; may be repeated
          --forward <PROC>     Pass them on to this procedure, and answer as it does
      -w, --write <FILE>       Where to write; must be new or empty [stdout]
          --append             Go on behind what the file has
          --force              Replace what the file has
      -m, --match <POLICY>     exact, prefix, wildcard; of TOPIC and PROC
          --retained           Get the event too that the router keeps
      -n, --count <N>          Leave after N events and calls; 0 is no end
          --for <D>            Leave after this time; 124 if fewer than -n by then
          --idle <D>           Leave after this time without any; likewise
          --ready-file <FILE>  Written once all is subscribed, removed at the start
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
    ");
    assert_snapshot!(help("record", true), @r#"
    Record events, and calls, to replay them later

    Usage: wamp record [OPTIONS] [TOPIC]...

    Arguments:
      [TOPIC]...
              The topics, or patterns of topics

    Options:
          --proc <PROC>
              Record the calls of this procedure; may be repeated

          --return <ARG>
              Answer them with this ARG of `call`; may be repeated

          --forward <PROC>
              Pass them on to this procedure, and answer as it does

      -w, --write <FILE>
              Where to write; must be new or empty [stdout]

          --append
              Go on behind what the file has

          --force
              Replace what the file has

      -m, --match <POLICY>
              exact, prefix, wildcard; of TOPIC and PROC

          --retained
              Get the event too that the router keeps

      -n, --count <N>
              Leave after N events and calls; 0 is no end

          --for <D>
              Leave after this time; 124 if fewer than -n by then

          --idle <D>
              Leave after this time without any; likewise

          --ready-file <FILE>
              Written once all is subscribed, removed at the start

      -h, --help
              Print help (see a summary with '-h')

    Connection:
      -c, --context <NAME>
              Options kept by `wamp context` [$WAMP_CONTEXT]

              What is on the command line or in the environment counts more than the
              context, and the context more than .wamp.toml in this folder, or above
              it up to the root of the git repository.

          --no-context
              Use no context, whichever is selected

      -u, --url <URL>
              Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]

              Schemes: ws, rs (RawSocket), ws+unix, rs+unix; wss and rss with TLS.

      -r, --realm <URI>
              Realm [$WAMP_REALM, else realm1]

          --serializer <S>
              Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]

          --authid <ID>
              Who to be [$WAMP_AUTHID]

          --authrole <R>
              The role to ask for [$WAMP_AUTHROLE]

          --secret <SRC>
              Ticket or password [$WAMP_SECRET]

              SRC is prompt, env:NAME, file:PATH, fd:N, cmd:ARGV or plain:VALUE; the
              variable holds that or the secret itself. Without --authmethod it is
              offered for SCRAM and WAMP-CRA, and as a ticket where nobody on the
              way can read it. WAMP_TICKET is a ticket only.

          --key <SRC>
              Private key for cryptosign [$WAMP_PRIVATE_KEY]

              64 hexadecimal digits, an OpenSSH key without a passphrase, or a key
              file of crossbar.

          --authmethod <M>
              anonymous, ticket, wampcra, scram, cryptosign, tls

              By default whatever --secret, --key and --cert are good for. scram is
              wamp-scram and the dialect of autobahn and crossbar.

          --authextra <JSON>
              Tell the router more, as a JSON object or @FILE

              {"channel_binding":"tls-exporter"} binds the login to the TLS
              connection.

      -H, --header <K: V>
              HTTP header of the handshake; may be repeated

          --ppt-key <ID=@FILE>
              Key for payloads encrypted from end to end; may be repeated

              The file has 64 hexadecimal digits or 32 bytes in base64. Results,
              events and invocations that came encrypted with the key are decrypted;
              answers to such invocations are encrypted likewise.

          --ca <FILE>
              Trust these certificates (PEM) rather than the system's authorities

              With wss and rss. They are those of authorities, or the router's own.

          --cert <FILE>
              Show the router this certificate (PEM)

              With wss and rss. Certificates that lead up to its authority follow it
              in the file.

          --tls-key <FILE>
              Its private key (PEM), if it is in a file of its own

          --insecure
              Do not check the router's certificate

              Whoever is on the way can then read and change everything.

          --connect-timeout <D>
              Time for connecting and joining, more than 0 [5s]

          --retry <N>
              How often to try again to connect [0; streams: without end]

              Only connecting is tried again, never what was sent, and not where it
              would be in vain: with a wrong password say, or on a realm that there
              is not. `subscribe` and `register` connect again whenever they lose
              their session, without end unless this says how often in a row (exit
              code 8 then, and at once with 0); but if there is no router at their
              start, they too wait for one with this option only (otherwise exit
              code 3).

          --retry-max <D>
              The largest pause between two attempts to connect [20s]

              The first is a tenth of a second at most, each about twice as long as
              the one before.

          --heartbeat <D>
              How often to ask a silent router whether it is still there [20s]

              If it has not answered by the next time, the session is lost (exit
              code 8). 0 is never. RawSocket routers other than wamp are not sent
              pings, which not all of them survive; there the system looks after the
              connection.

    Output:
      -o, --output <F>
              auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]

              auto is indented on a terminal and compact in a pipe. json prints
              {"type","uri","args","kwargs","details","at"} on one line, errors on
              standard error likewise. raw is auto as in a pipe, with text unescaped
              and binary as its bytes. table lays out dictionaries and lists of them
              in columns.

      -t, --timeout <D>
              How long to wait for an answer: 500ms, 5s, 1m, or seconds

          --dry-run
              Print what would be sent, as JSON; do not connect

              A line for each message that asks for something, CALL or PUBLISH say,
              with `…` in place of secrets; of many calls or events that of the
              first; what depends on answers is left out. HELLO is not shown, and no
              secret is read: see --trace for what is really sent.

          --trace[=<FILE>]
              Print every WAMP message to standard error, or into FILE

              On a line each: the time since the start, the direction, the type, the
              size in bytes, how long an answer took, and the message as JSON, with
              `…` in place of secrets, and cut off where it is long. With -o json
              each line is an object, and nothing is cut off. FILE is readable by
              its owner only.

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
      wamp record com.shop. -m prefix -w shop.jsonl
      wamp record com.shop.sold -n 10 | gzip > sold.jsonl.gz
      wamp record com.shop.sold --for 1h -w shop.jsonl --append
      wamp record --proc com.shop.charge --return ok -w charged.jsonl
      wamp record --proc com.shop.charge --forward com.shop.v2.charge

    A recording has one line of JSON for each event or call, as `wamp subscribe`
    prints events in a pipe: {"type","uri","args","kwargs","details","at"}, where
    type is event or call, or gap where events may be missing. Each line is written
    at once and as a whole. `wamp replay` plays it; jq and grep make another one of
    it. Floats that JSON does not have, NaN and the infinities, are recorded as
    null.

    To record calls is to take them: PROC is registered, and answered as --return or
    --forward say, else with an empty result.
    "#);
}

#[test]
fn help_of_replay() {
    assert_snapshot!(help("replay", false), @"
    Publish and call again what was recorded, at its own pace

    Usage: wamp replay [OPTIONS] <FILE>

    Arguments:
      <FILE>  The recording; - is standard input

    Options:
          --speed <X>      So many times as fast; max is as fast as it is answered
          --map <OLD=NEW>  Write NEW for OLD in URIs; may be repeated
      -n, --count <N>      Leave after N events and calls; 0 is no end
          --loop <N>       Play the file N times; 0 is until Ctrl-C
          --no-ack         Do not ask for acknowledgements of events
          --keep-going     Go on after failures, and tell of them at the end
      -h, --help           Print help (see more with '--help')

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
    assert_snapshot!(help("replay", true), @r#"
    Publish and call again what was recorded, at its own pace

    Usage: wamp replay [OPTIONS] <FILE>

    Arguments:
      <FILE>
              The recording; - is standard input

    Options:
          --speed <X>
              So many times as fast; max is as fast as it is answered

              With max each event or call waits for the answer to the one before.
              Otherwise they are sent when it is their time, whether or not what
              came before has been answered.

          --map <OLD=NEW>
              Write NEW for OLD in URIs; may be repeated

              OLD is a whole URI or its first components: com.shop matches com.shop
              and com.shop.sold, but not com.shopping. An empty OLD matches them
              all, so NEW comes in front. Of several the first that matches counts.

      -n, --count <N>
              Leave after N events and calls; 0 is no end

          --loop <N>
              Play the file N times; 0 is until Ctrl-C

          --no-ack
              Do not ask for acknowledgements of events

          --keep-going
              Go on after failures, and tell of them at the end

      -h, --help
              Print help (see a summary with '-h')

    Connection:
      -c, --context <NAME>
              Options kept by `wamp context` [$WAMP_CONTEXT]

              What is on the command line or in the environment counts more than the
              context, and the context more than .wamp.toml in this folder, or above
              it up to the root of the git repository.

          --no-context
              Use no context, whichever is selected

      -u, --url <URL>
              Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]

              Schemes: ws, rs (RawSocket), ws+unix, rs+unix; wss and rss with TLS.

      -r, --realm <URI>
              Realm [$WAMP_REALM, else realm1]

          --serializer <S>
              Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]

          --authid <ID>
              Who to be [$WAMP_AUTHID]

          --authrole <R>
              The role to ask for [$WAMP_AUTHROLE]

          --secret <SRC>
              Ticket or password [$WAMP_SECRET]

              SRC is prompt, env:NAME, file:PATH, fd:N, cmd:ARGV or plain:VALUE; the
              variable holds that or the secret itself. Without --authmethod it is
              offered for SCRAM and WAMP-CRA, and as a ticket where nobody on the
              way can read it. WAMP_TICKET is a ticket only.

          --key <SRC>
              Private key for cryptosign [$WAMP_PRIVATE_KEY]

              64 hexadecimal digits, an OpenSSH key without a passphrase, or a key
              file of crossbar.

          --authmethod <M>
              anonymous, ticket, wampcra, scram, cryptosign, tls

              By default whatever --secret, --key and --cert are good for. scram is
              wamp-scram and the dialect of autobahn and crossbar.

          --authextra <JSON>
              Tell the router more, as a JSON object or @FILE

              {"channel_binding":"tls-exporter"} binds the login to the TLS
              connection.

      -H, --header <K: V>
              HTTP header of the handshake; may be repeated

          --ppt-key <ID=@FILE>
              Key for payloads encrypted from end to end; may be repeated

              The file has 64 hexadecimal digits or 32 bytes in base64. Results,
              events and invocations that came encrypted with the key are decrypted;
              answers to such invocations are encrypted likewise.

          --ca <FILE>
              Trust these certificates (PEM) rather than the system's authorities

              With wss and rss. They are those of authorities, or the router's own.

          --cert <FILE>
              Show the router this certificate (PEM)

              With wss and rss. Certificates that lead up to its authority follow it
              in the file.

          --tls-key <FILE>
              Its private key (PEM), if it is in a file of its own

          --insecure
              Do not check the router's certificate

              Whoever is on the way can then read and change everything.

          --connect-timeout <D>
              Time for connecting and joining, more than 0 [5s]

          --retry <N>
              How often to try again to connect [0; streams: without end]

              Only connecting is tried again, never what was sent, and not where it
              would be in vain: with a wrong password say, or on a realm that there
              is not. `subscribe` and `register` connect again whenever they lose
              their session, without end unless this says how often in a row (exit
              code 8 then, and at once with 0); but if there is no router at their
              start, they too wait for one with this option only (otherwise exit
              code 3).

          --retry-max <D>
              The largest pause between two attempts to connect [20s]

              The first is a tenth of a second at most, each about twice as long as
              the one before.

          --heartbeat <D>
              How often to ask a silent router whether it is still there [20s]

              If it has not answered by the next time, the session is lost (exit
              code 8). 0 is never. RawSocket routers other than wamp are not sent
              pings, which not all of them survive; there the system looks after the
              connection.

    Output:
      -o, --output <F>
              auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]

              auto is indented on a terminal and compact in a pipe. json prints
              {"type","uri","args","kwargs","details","at"} on one line, errors on
              standard error likewise. raw is auto as in a pipe, with text unescaped
              and binary as its bytes. table lays out dictionaries and lists of them
              in columns.

      -t, --timeout <D>
              How long to wait for an answer: 500ms, 5s, 1m, or seconds

          --dry-run
              Print what would be sent, as JSON; do not connect

              A line for each message that asks for something, CALL or PUBLISH say,
              with `…` in place of secrets; of many calls or events that of the
              first; what depends on answers is left out. HELLO is not shown, and no
              secret is read: see --trace for what is really sent.

          --trace[=<FILE>]
              Print every WAMP message to standard error, or into FILE

              On a line each: the time since the start, the direction, the type, the
              size in bytes, how long an answer took, and the message as JSON, with
              `…` in place of secrets, and cut off where it is long. With -o json
              each line is an object, and nothing is cut off. FILE is readable by
              its owner only.

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
      wamp replay shop.jsonl
      wamp replay shop.jsonl --speed 10 --map com.shop=test.shop
      wamp replay shop.jsonl --speed max --keep-going -t 5s
      zcat sold.jsonl.gz | wamp replay - -n 100
      jq -c 'select(.type == "event")' shop.jsonl | wamp replay - --map =copy.

    The recording is that of `wamp record`, or what `wamp subscribe` prints in a
    pipe.
    Events are published and calls made in their order and with the pauses of `at`;
    results are not looked at. Lines of another type are passed over with a note. A
    file is checked before anything is sent, standard input as it comes: a line that
    cannot be read is exit code 2.

    The first that fails ends it with the exit code of its error. With --keep-going
    the others are sent all the same, and that code comes at the end.
    "#);
}
