//! The help of `wamp call`.

use insta::assert_snapshot;

use super::help;

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
      -p, --progress       Print progressive results too, as they come
          --stream         Send lines of stdin as further arguments
      -n, --count <N>      Make the call N times; 0 is no end
      -i, --interval <D>   Time from one to the next, at the least
      -P, --parallel <N>   How many at a time [1]
          --time           Tell how long it took; with -n median, p99 and so on
          --cancel <MODE>  On Ctrl-C or when -t is over: skip, kill, killnowait
          --disclose-me    Tell the callee who calls
          --wait[=<D>]     Wait until there is such a procedure, or for this long
      -O, --option <K=V>   Option of CALL: timeout=5000; may be repeated
      -h, --help           Print help (see more with '--help')

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
    assert_snapshot!(help("call", true), @r#"
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
                @FILE    key=@FILE     a file as text; @- is stdin
                :=@FILE  key:=@FILE    a file as JSON
                :b=@FILE key:b=BASE64  binary

    Options:
          --args <JSON>
              All positional arguments, as a JSON list

          --kwargs <JSON>
              All keyword arguments, as a JSON object

          --input <@FILE>
              A whole envelope, as -o json prints it

      -p, --progress
              Print progressive results too, as they come

          --stream
              Send lines of stdin as further arguments

              Each line is one part: a JSON literal, else a string. Without ARGs the
              first line begins the call; the end of standard input ends its
              arguments (progressive call invocation). The router and the callee
              have to know about that.

      -n, --count <N>
              Make the call N times; 0 is no end

              Results are printed in the order in which they come. The first call
              that fails ends it. Ctrl-C cancels those that are not answered, as
              killnowait does.

      -i, --interval <D>
              Time from one to the next, at the least

      -P, --parallel <N>
              How many at a time [1]

          --time
              Tell how long it took; with -n median, p99 and so on

              That is a line on standard error; with -o json an object of type
              summary, with times in milliseconds.

          --keep-going
              Tell of a call that fails, and go on with the next

              The exit code is then that of the first failure.

          --cancel <MODE>
              On Ctrl-C or when -t is over: skip, kill, killnowait

              With skip the callee is not told and goes on, with killnowait it is
              interrupted, and so it is with kill, where its answer is awaited for a
              moment. Without this it is killnowait, and a router that can end calls
              by itself is told of -t as well.

          --disclose-me
              Tell the callee who calls

          --wait[=<D>]
              Wait until there is such a procedure, or for this long

              The call is made again and again while the answer is
              wamp.error.no_such_procedure. When the time is over, that is the
              outcome: exit code 6.

      -O, --option <K=V>
              Option of CALL: timeout=5000; may be repeated

      -h, --help
              Print help (see a summary with '-h')

    Payload passthru mode:
          --ppt-scheme <S>
              Wrap the arguments: wamp, mqtt, x_NAME

          --ppt-serializer <S>
              In this: json, msgpack, cbor, native [cbor for wamp, else native]

              native stands for one binary argument, which goes as it is.

          --ppt-cipher <C>
              Encrypt them from end to end: xsalsa20poly1305, aes256gcm

          --ppt-keyid <ID>
              With this key, one of --ppt-key

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

      -d, --details
              Print WAMP details too

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
      wamp call com.math.add 2 3
      wamp call com.shop.charge amount=12.50 to:s=007
      sum=$(wamp call com.math.add 2 3)
      jq -c . order.json | wamp call com.shop.order :=@- -t 5s
      wamp call com.shop.open --wait=30s
      wamp call -p com.files.find '*.rs'
      tail -f access.log | wamp call --stream -p com.log.analyse
      wamp call com.math.add 2 3 --time
      wamp call com.math.add 2 3 -n 1000 -P 16 --time > /dev/null
      wamp call com.shop.order -n 0 -i 5s

    A result of one argument is printed as that value, several as a JSON list, and
    with keywords as {"args":[…],"kwargs":{…}}.
    "#);
}
