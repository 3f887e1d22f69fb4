//! Man pages: what clap knows of a command, and what it does not know: environment, files and exit codes.
//!
//! Nothing is written here; the sibling `generated` compares the pages with the files.

use clap::{Arg, Command};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::super::super::exit::Exit;
use super::super::command;

#[test]
fn every_variable_in_a_help_text_is_on_the_page() {
    let commands = commands(&command());
    let names: Vec<_> = commands.iter().map(|(name, _)| name.clone()).collect();
    for (name, command) in commands {
        let help = command.clone().render_long_help().to_string();
        let page = page(&name, command, &names);
        let (_, environment) = page.split_once(".SH ENVIRONMENT").unwrap();
        let (environment, _) = environment.split_once(".SH").unwrap();
        let words =
            help.split(|character: char| !(character.is_ascii_uppercase() || character == '_'));
        for variable in words.filter(|word| word.starts_with("WAMP_")) {
            assert!(
                environment.contains(&format!("\\fB{variable}\\fR")),
                "{name}: {variable} belongs among the variables of {}",
                file!()
            );
        }
    }
}

/// The commands that have a page, by its name, `wamp-authz-explain`.
pub(super) fn commands(root: &Command) -> Vec<(String, Command)> {
    let mut root = root
        .clone()
        .disable_help_subcommand(true)
        .subcommand_help_heading("COMMANDS");
    root.build();
    let mut commands = Vec::new();
    collect(&root, &mut commands);
    commands
}

fn collect(command: &Command, commands: &mut Vec<(String, Command)>) {
    let name = command.get_display_name().unwrap_or("wamp").to_owned();
    // The page is the long help; what is hidden in the short one would lack its only line.
    let shown = command.clone().mut_args(|arg| arg.hide_short_help(false));
    commands.push((name, shown));
    for command in command
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
    {
        collect(command, commands);
    }
}

/// The examples in a command's help, each a line for a shell.
pub(super) fn examples(command: &Command) -> Vec<String> {
    let text = after_help(command);
    let lines = text.lines().skip_while(|line| *line != EXAMPLES).skip(1);
    lines
        .map_while(|line| line.strip_prefix("  "))
        .map(str::to_owned)
        .collect()
}

/// The page of a command; `all` are the names of all pages.
pub(super) fn page(name: &str, command: Command, all: &[String]) -> String {
    let mut roff = Roff::new();
    let version = format!("wamp {}", env!("CARGO_PKG_VERSION"));
    let title = name.to_uppercase();
    roff.control("TH", [&*title, "1", NOTHING, &version, "WAMP toolkit"]);
    // Examples and usage are not to be hyphenated or stretched, and the rest reads well without.
    roff.control("nh", []).control("ad", ["l"]);
    synopsis(&mut roff, name, command.clone());
    description(&mut roff, &command);
    let mut page = roff.render();
    let man = Man::new(command.clone());
    let mut part = Vec::new();
    man.render_options_section(&mut part).unwrap();
    if command.has_subcommands() {
        man.render_subcommands_section(&mut part).unwrap();
    }
    page.push_str(&tidy(&String::from_utf8(part).unwrap()));
    let mut roff = Roff::new();
    environment(&mut roff, name, &command);
    entries(&mut roff, "FILES", files(name));
    exit_status(&mut roff, name);
    print_examples(&mut roff, &command);
    see_also(&mut roff, name, all);
    page.push_str(&tidy(&roff.render()));
    page
}

/// What the generator does not do well: it repeats its preamble, and leaves empty lines, which are no markup.
fn tidy(part: &str) -> String {
    let mut lines = String::new();
    for line in part.lines() {
        match line {
            ".ie \\n(.g .ds Aq \\(aq" | ".el .ds Aq '" => continue,
            "" => lines.push_str(".sp"),
            line => lines.push_str(line.trim_end()),
        }
        lines.push('\n');
    }
    lines
}

fn synopsis(roff: &mut Roff, name: &str, mut command: Command) {
    let about = command.get_about().map(ToString::to_string);
    roff.control("SH", ["NAME"]);
    roff.text([roman(format!("{name} - {}", about.unwrap_or_default()))]);
    let program = name.replace('-', " ");
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    roff.control("SH", ["SYNOPSIS"]);
    roff.text([
        bold(&*program),
        roman(usage.strip_prefix(&program).unwrap()),
    ]);
}

/// What the command does, and what its help says behind the examples.
fn description(roff: &mut Roff, command: &Command) {
    roff.control("SH", ["DESCRIPTION"]);
    let about = command.get_long_about().or_else(|| command.get_about());
    roff.text([roman(format!("{}.", about.unwrap()))]);
    let text = after_help(command);
    let remarks = text
        .split("\n\n")
        .filter(|paragraph| !paragraph.starts_with(EXAMPLES));
    for paragraph in remarks.filter(|paragraph| !paragraph.is_empty()) {
        roff.control("PP", []);
        for line in paragraph.lines() {
            roff.text([roman(line)]);
        }
    }
}

fn print_examples(roff: &mut Roff, command: &Command) {
    roff.control("SH", ["EXAMPLES"]);
    roff.control("nf", []);
    for example in examples(command) {
        roff.text([roman(example)]);
    }
    roff.control("fi", []);
}

fn after_help(command: &Command) -> String {
    let text = command.get_after_long_help();
    text.map(ToString::to_string).unwrap_or_default()
}

fn environment(roff: &mut Roff, name: &str, command: &Command) {
    let shown = |id: &&str| {
        let mut shown = command.get_arguments().filter(|arg| !arg.is_hide_set());
        shown.any(|arg: &Arg| arg.get_id() == *id)
    };
    let options = OPTION_VARIABLES
        .iter()
        .filter(|(ids, ..)| ids.iter().any(shown))
        .map(|(_, variable, text)| (*variable, *text));
    let set = match name {
        "wamp-register" => &CALL_VARIABLES[..],
        "wamp-subscribe" => &EVENT_VARIABLES[..],
        "wamp-router" => &ROUTER_VARIABLES[..],
        "wamp-context" => &CONTEXT_VARIABLES[..],
        _ => &[],
    };
    let variables: Vec<_> = options.chain(set.iter().copied()).collect();
    entries(roff, "ENVIRONMENT", &variables);
}

fn exit_status(roff: &mut Roff, name: &str) {
    use Exit::*;
    let applies = |exit: Exit| match name {
        "wamp-keygen"
        | "wamp-completions"
        | "wamp-context-add"
        | "wamp-context-ls"
        | "wamp-context-show"
        | "wamp-context-select"
        | "wamp-context-edit"
        | "wamp-context-rm" => {
            matches!(exit, Success | Other | Usage)
        }
        "wamp-authz" | "wamp-authz-explain" => {
            matches!(exit, Success | Other | Usage | NotAuthorized)
        }
        "wamp-router" => matches!(exit, Success | Other | Usage | Connect | Command(_)),
        "wamp-subscribe" | "wamp-register" | "wamp-record" => {
            !matches!(exit, NoSuch | Assertion | Terminated | Command(_))
        }
        "wamp-publish" => !matches!(exit, NoSuch | Assertion | Command(_)),
        "wamp-ping" => !matches!(
            exit,
            Error | NoSuch | NotAuthorized | Assertion | Command(_)
        ),
        "wamp-bench" | "wamp-bench-rpc" => !matches!(exit, NoSuch | Command(_)),
        "wamp-bench-compare" => !matches!(exit, NoSuch | Assertion | Command(_)),
        "wamp-bench-pubsub" => !matches!(exit, Error | NoSuch | Command(_)),
        "wamp-bench-connect" | "wamp-bench-idle" => {
            !matches!(exit, Error | NoSuch | NotAuthorized | Timeout | Command(_))
        }
        "wamp-doctor" => !matches!(
            exit,
            NoSuch | NotAuthorized | Assertion | Timeout | Command(_)
        ),
        "wamp-context-check" => matches!(
            exit,
            Success | Other | Usage | Connect | Refused | Interrupted | Terminated
        ),
        "wamp" | "wamp-repl" => true,
        _ => !matches!(exit, Assertion | Command(_)),
    };
    roff.control("SH", ["EXIT STATUS"]);
    for exit in EXITS.into_iter().filter(|exit| applies(*exit)) {
        let code = match exit {
            Command(_) => "other".to_owned(),
            exit => exit.code().to_string(),
        };
        entry(roff, &code, meaning(exit));
    }
    let signals = match name {
        "wamp-subscribe" | "wamp-register" | "wamp-record" => "SIGTERM ends this command with 0.",
        "wamp-router" => "SIGTERM and SIGINT end this command with 0.",
        _ => return,
    };
    roff.control("PP", []);
    roff.text([roman(signals)]);
}

fn files(name: &str) -> &'static [(&'static str, &'static str)] {
    match name {
        "wamp-router" | "wamp-authz-explain" => &[(
            "wamp.toml",
            "The configuration, or whatever --config names: TOML or JSON.",
        )],
        "wamp-keygen" => &[
            ("ID.key", "The private key that cryptosign makes."),
            ("ID.ticket", "The ticket that ticket makes."),
            (
                "ID.password",
                "The password that wampcra or scram makes, if it was not typed.",
            ),
        ],
        "wamp-repl" => &[(
            "$XDG_STATE_HOME/wamp/",
            "What was typed, but for lines with secrets; by default in ~/.local/state.",
        )],
        "wamp-completions" => &[(
            "$XDG_CACHE_HOME/wamp/",
            "What routers have told, for a few seconds; by default in ~/.cache.",
        )],
        _ => &[],
    }
}

/// A section of terms and what they stand for, if there are any.
fn entries(roff: &mut Roff, heading: &str, entries: &[(&str, &str)]) {
    if !entries.is_empty() {
        roff.control("SH", [heading]);
    }
    for (term, text) in entries {
        entry(roff, term, text);
    }
}

fn entry(roff: &mut Roff, term: &str, text: &str) {
    roff.control("TP", []);
    roff.text([bold(term)]);
    roff.text([roman(text)]);
}

/// The page above, and those beside and below.
fn see_also(roff: &mut Roff, name: &str, all: &[String]) {
    let above = name.rsplit_once('-').map_or(name, |(above, _)| above);
    let is_below = |page: &str, above: &str| {
        let rest = page.strip_prefix(above);
        let rest = rest.and_then(|rest| rest.strip_prefix('-'));
        rest.is_some_and(|rest| !rest.contains('-'))
    };
    let related = |page: &&String| {
        page.as_str() != name && (*page == above || is_below(page, above) || is_below(page, name))
    };
    let mut related: Vec<_> = all.iter().filter(related).collect();
    related.sort();
    roff.control("SH", ["SEE ALSO"]);
    let last = related.len() - 1;
    for (at, page) in related.into_iter().enumerate() {
        let comma = if at == last { "" } else { "," };
        roff.text([bold(page), roman(format!("(1){comma}"))]);
    }
}

/// An argument that is empty: the date, of which there is none.
const NOTHING: &str = "\"\"";

/// Begins the examples in a help text.
const EXAMPLES: &str = "Examples:";

/// The variables that stand in for options, by the options' ids.
const OPTION_VARIABLES: [(&[&str], &str, &str); 16] = [
    (&["url"], "WAMP_URL", "The router, unless --url is given."),
    (
        &["context"],
        "WAMP_CONTEXT",
        "The context, unless --context is given.",
    ),
    (&["context"], "WAMP_NO_PROJECT", NO_PROJECT),
    (
        &["realm"],
        "WAMP_REALM",
        "The realm, unless --realm is given.",
    ),
    (
        &["serializer"],
        "WAMP_SERIALIZER",
        "The serializers to offer, unless --serializer is given.",
    ),
    (
        &["authid"],
        "WAMP_AUTHID",
        "Who to be, unless --authid is given.",
    ),
    (
        &["authrole"],
        "WAMP_AUTHROLE",
        "The role to ask for, unless --authrole is given.",
    ),
    (
        &["secret"],
        "WAMP_SECRET",
        "The ticket or password, or where it is, unless --secret or --key is given.",
    ),
    (
        &["secret"],
        "WAMP_TICKET",
        "A ticket, or where it is, unless --secret or --key is given.",
    ),
    (
        &["key"],
        "WAMP_PRIVATE_KEY",
        "The private key for cryptosign, or where it is, unless --key or --secret is given.",
    ),
    (
        &["output", "explained_output", "contexts_output"],
        "WAMP_OUTPUT",
        "The format, unless --output is given.",
    ),
    (&["log"], "WAMP_LOG", "What to log, unless --log is given."),
    (
        &["ca"],
        "SSL_CERT_FILE",
        "The certificates of the authorities that the system trusts, in place of the usual file.",
    ),
    (
        &["ca"],
        "SSL_CERT_DIR",
        "Folders of such certificates, with a colon between them.",
    ),
    (
        &["color"],
        "NO_COLOR",
        "If it is set and not empty, there is no colour.",
    ),
    (
        &["color"],
        "CLICOLOR_FORCE",
        "If it is set and not 0, there is colour in pipes too.",
    ),
];

/// What `wamp register` sets for CMD.
const CALL_VARIABLES: [(&str, &str); 5] = [
    ("WAMP_PROCEDURE", "Set for CMD: the procedure's URI."),
    (
        "WAMP_ARGS_JSON",
        "Set for CMD unless it is very long: the arguments, as a JSON list.",
    ),
    (
        "WAMP_KWARGS_JSON",
        "Set for CMD unless it is very long: the keyword arguments, as a JSON object.",
    ),
    (
        "WAMP_CALLER",
        "Set for CMD if the caller is disclosed: its session.",
    ),
    (
        "WAMP_CALLER_AUTHID",
        "Set for CMD if the caller is disclosed: its authid.",
    ),
];

/// What `wamp subscribe` sets for CMD.
const EVENT_VARIABLES: [(&str, &str); 5] = [
    ("WAMP_TOPIC", "Set for CMD: the topic published to."),
    (
        "WAMP_ARGS_JSON",
        "Set for CMD unless it is very long: the arguments, as a JSON list.",
    ),
    (
        "WAMP_KWARGS_JSON",
        "Set for CMD unless it is very long: the keyword arguments, as a JSON object.",
    ),
    (
        "WAMP_CALLER",
        "Set for CMD if the publisher is disclosed: its session.",
    ),
    (
        "WAMP_CALLER_AUTHID",
        "Set for CMD if the publisher is disclosed: its authid.",
    ),
];

/// What `wamp router` sets for CMD.
const ROUTER_VARIABLES: [(&str, &str); 2] = [
    ("WAMP_URL", "Set for CMD: where the router listens."),
    ("WAMP_REALM", "Set for CMD: the first realm."),
];

/// The exit codes, in the order of the pages.
const EXITS: [Exit; 14] = [
    Exit::Success,
    Exit::Other,
    Exit::Usage,
    Exit::Connect,
    Exit::Refused,
    Exit::Error,
    Exit::NoSuch,
    Exit::NotAuthorized,
    Exit::Lost,
    Exit::Assertion,
    Exit::Timeout,
    Exit::Interrupted,
    Exit::Terminated,
    Exit::Command(0),
];

/// What a code means to whoever sees it.
const fn meaning(exit: Exit) -> &'static str {
    match exit {
        Exit::Success => "All went well. A broken pipe is that too.",
        Exit::Other => "Anything that has no code of its own.",
        Exit::Usage => "A wrong option, argument or setting.",
        Exit::Connect => "No connection, or no port to listen on.",
        Exit::Refused => {
            "The session was refused: by the router, or because the router has not proven itself."
        }
        Exit::Error => "An error from the callee or the router.",
        Exit::NoSuch => "There is no such procedure, registration, subscription or session.",
        Exit::NotAuthorized => "That is not authorized.",
        Exit::Lost => "The session ended under the command.",
        Exit::Assertion => "Something is not as it was expected to be.",
        Exit::Timeout => "Too late.",
        Exit::Interrupted => "Interrupted (SIGINT).",
        Exit::Terminated => "Terminated (SIGTERM).",
        Exit::Command(_) => {
            "The code of a command that was run; 127 if there is no such command, 126 if it cannot be run."
        }
    }
}

/// What chooses a context.
const CONTEXT_VARIABLES: [(&str, &str); 3] = [
    (
        "WAMP_CONTEXT",
        "The context of client commands, unless --context is given.",
    ),
    ("WAMP_NO_PROJECT", NO_PROJECT),
    (
        "XDG_CONFIG_HOME",
        "The folder where wamp/contexts is; ~/.config if it is not set.",
    ),
];

const NO_PROJECT: &str = "If it is set, and not 0, .wamp.toml is ignored.";
