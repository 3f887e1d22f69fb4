//! The help of `wamp repl`.

use insta::assert_snapshot;

use super::help;

#[test]
fn help_of_repl() {
    assert_snapshot!(help("repl", false), @r#"
    Explore a realm line by line, or test it

    Usage: wamp repl [OPTIONS]

    Options:
      -c, --command <CMDS>  Run these commands, separated by `;`, and leave
      -f, --file <FILE>     Run the commands of this file, and leave
          --keep-going      Go on when a command of -c, -f or a pipe fails
          --embedded        Start a router in this process, and say where it listens
      -h, --help            Print help (see more with '--help')

    Connection:
      -u, --url <URL>    Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]
      -r, --realm <URI>  Realm [$WAMP_REALM, else realm1]

    Output:
      -o, --output <F>   auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]
      -t, --timeout <D>  How long to wait for an answer: 500ms, 5s, 1m, or seconds

    Messages:
      -q, --quiet       Errors only: no notes, no hints
      -v, --verbose...  Log to standard error; twice for more
    "#);
    assert_snapshot!(help("repl", true), @r#"
    Explore a realm line by line, or test it

    Usage: wamp repl [OPTIONS]

    Options:
      -c, --command <CMDS>
              Run these commands, separated by `;`, and leave

      -f, --file <FILE>
              Run the commands of this file, and leave

          --keep-going
              Go on when a command of -c, -f or a pipe fails

              The exit code is that of the first that failed all the same.

          --embedded
              Start a router in this process, and say where it listens

      -h, --help
              Print help (see a summary with '-h')

    Connection:
          --context <NAME>
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
      wamp repl
      wamp repl --embedded
      wamp repl -c 'call com.math.add 2 3; expect 5'
      wamp repl -f smoke.wamp
      echo 'ls procedures' | wamp repl

    Lines are commands as on the command line, without `wamp`; `help` lists them. $_
    is the last result, $_.args[0] a part of it. Tab completes commands, options and
    the URIs that the router has now. What is subscribed or registered goes on while
    other lines are typed: `jobs` lists it. If the session is lost, it is had again
    (--retry), with all of that.

    Lines of -c, -f or a pipe run until one fails; its exit code is that of the
    whole.
    It is 9 if `expect` finds something else. Ctrl-D or the end of the lines leaves.
    "#);
}
