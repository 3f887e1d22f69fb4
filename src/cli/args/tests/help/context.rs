//! The help of `wamp context` and of the commands below it.

use insta::assert_snapshot;

use super::help;

#[test]
fn help_of_context() {
    assert_snapshot!(help("context", true), @"
    Keep connection options under a name

    Usage: wamp context [OPTIONS] <COMMAND>

    Commands:
      add     Keep the options of this command line as a context
      ls      List the contexts
      show    Show what a context says, or where each option comes from
      select  Use a context wherever none is named
      edit    Change a context in an editor, $VISUAL or $EDITOR
      rm      Remove contexts
      check   Connect with a context, and say what that finds
      help    Print this message or the help of the given subcommand(s)

    Options:
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
      wamp context add prod -u wss://example.org/ws --authid joe --secret prompt
      wamp context select prod
      wamp -c prod call com.shop.order
      wamp context show --resolved

    A context is a TOML file that only you can read, NAME.toml in
    $XDG_CONFIG_HOME/wamp/contexts, which is ~/.config/wamp/contexts if not set. Its
    keys are options: url, realm, serializer, authmethod, authid, authrole,
    authextra, secret, key, header, ppt_key, ca, cert, tls_key, insecure,
    connect_timeout, retry, retry_max, timeout, output.

    The context of a command is that of --context, else WAMP_CONTEXT, else `context`
    in the project file, else the selected one. The project file, .wamp.toml in the
    current folder or above it up to the root of the git repository, has the same
    keys, but its secrets must not be file: or cmd:. WAMP_NO_PROJECT=1 ignores it.
    Of several values the first one counts: option, environment variable, context,
    project file, default.
    ");
    assert_snapshot!(help("context add", false), @"
    Keep the options of this command line as a context

    Usage: wamp context add [OPTIONS] <NAME>

    Arguments:
      <NAME>  Its name: letters, digits, . _ -

    Options:
          --force   Replace the context if there is one
          --select  Select it too
      -h, --help    Print help (see more with '--help')

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
    assert_snapshot!(help("context show", false), @"
    Show what a context says, or where each option comes from

    Usage: wamp context show [OPTIONS] [NAME]

    Arguments:
      [NAME]  Its name [the context that a command would use]

    Options:
          --resolved  All that a command would use, and where it comes from
      -h, --help      Print help (see more with '--help')

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
    assert_snapshot!(help("context check", false), @"
    Connect with a context, and say what that finds

    Usage: wamp context check [OPTIONS] [NAME]

    Arguments:
      [NAME]  Its name [the context that a command would use]

    Options:
      -h, --help  Print help (see more with '--help')

    Connection:
      -u, --url <URL>    Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]
      -r, --realm <URI>  Realm [$WAMP_REALM, else realm1]

    Output:
      -o, --output <F>  auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]

    Messages:
      -q, --quiet       Errors only: no notes, no hints
      -v, --verbose...  Log to standard error; twice for more
    ");
    assert_snapshot!(help("context edit", true), @"
    Change a context in an editor, $VISUAL or $EDITOR

    Usage: wamp context edit [OPTIONS] <NAME>

    Arguments:
      <NAME>
              Its name

    Options:
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
      wamp context edit prod
      EDITOR='code --wait' wamp context edit prod

    What is edited is a copy. It takes the place of the context if nothing is wrong
    with it, and is otherwise kept for the next `wamp context edit`.
    ");
}
