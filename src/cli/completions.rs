//! `wamp completions`: what a shell needs to know to complete command lines.
//!
//! Commands, options and the values that are always the same are in the script. For all others it runs `wamp complete`, so
//! that every shell is told the same.

use std::io;

use clap::builder::{PossibleValuesParser, Str};
use clap::{Arg, Command, ValueHint};
use clap_complete::{Generator as _, Shell};
use wampkit::auth::Method;
use wampkit::ppt::Cipher;
use wampkit::proto::Serializer;
use wampkit::realm::Action;

use super::args::{CompletionsArgs, command};
use super::complete::Wanted;
use super::console::Console;
use super::error::CliError;
use super::exit::Exit;

/// Prints the script.
///
/// # Errors
/// Those of standard output.
pub(crate) fn run(args: &CompletionsArgs, console: &Console) -> Result<Exit, CliError> {
    let script = script(args.shell).map_err(|error| CliError::System {
        doing: "write the script".to_owned(),
        error,
    })?;
    console.line(script.trim_end())?;
    Ok(Exit::Success)
}

/// The script for a shell.
///
/// # Errors
/// Those of the generator, which has none of its own: it writes to memory.
pub(super) fn script(shell: Shell) -> io::Result<String> {
    let mut command = offered(&command());
    command.set_bin_name("wamp");
    command.build();
    let mut script = Vec::new();
    shell.try_generate(&command, &mut script)?;
    let script = String::from_utf8(script).map_err(io::Error::other)?;
    Ok(match shell {
        Shell::Bash => bash(&script),
        Shell::Zsh => zsh(&script),
        Shell::Fish => fish(&script, &command),
        Shell::Elvish => script.replacen("{|@words|\n", &format!("{{|@words|\n{ELVISH}"), 1),
        _ => script,
    })
}

/// The script for bash, which asks before it does all else.
fn bash(script: &str) -> String {
    let script = script.replacen("() {\n", "() {\n    _wamp_values \"$2\" && return 0\n", 1);
    format!("{script}\n{BASH}")
}

/// The script for zsh, which keeps the words that it takes apart.
fn zsh(script: &str) -> String {
    let lines = script.lines().map(zsh_line).collect::<String>();
    let words = r#"local -a wamp_words=("${(@)words[1,CURRENT-1]}" "$PREFIX")"#;
    let main = "_wamp() {\n";
    lines.replacen(main, &format!("{ZSH}\n{main}    {words}\n"), 1)
}

/// The script for fish, with the arguments that are not options, which it has not.
fn fish(script: &str, command: &Command) -> String {
    let live = command
        .get_subcommands()
        .filter(|command| has_live_values(command));
    let names = live.flat_map(|command| {
        std::iter::once(command.get_name()).chain(command.get_visible_aliases())
    });
    let names = names.collect::<Vec<_>>().join(" ");
    let is_there =
        format!("__fish_wamp_using_subcommand {names}; and not contains -- -- (commandline -opc)");
    let script = script
        .replace("__fish_print_hostnames", "__fish_wamp_values")
        // Where the value of an option is wanted, the options in front of it cannot be read.
        .replacen(
            "-- $cmd 2>/dev/null\n    or return\n",
            "-- $cmd 2>/dev/null\n    or return 0\n",
            1,
        );
    format!("{script}\n{FISH}\ncomplete -c wamp -n \"{is_there}\" -f -a \"(__fish_wamp_values)\"\n")
}

/// Whether an argument of the command, or of one below it, is one that `wamp complete` knows.
fn has_live_values(command: &Command) -> bool {
    command
        .get_positionals()
        .any(|arg| arg.get_value_hint() == LIVE)
        || command.get_subcommands().any(has_live_values)
}

/// A line of the script for zsh, changed if it describes arguments that are not completed, so that options are, in front of
/// them and behind. With two colons after the star zsh would take all that follows the first argument for more of them;
/// with no words to choose from, not even a blank, it would show what is to be typed, and insert no option.
fn zsh_line(line: &str) -> String {
    if let Some(live) = line.strip_suffix(":_hosts' \\") {
        let live = live
            .strip_prefix("'*::")
            .map_or_else(|| live.to_owned(), |rest| format!("'*:{rest}"));
        return format!("{live}:_wamp_values' \\\n");
    }
    let uncompleted = line.strip_suffix(":' \\");
    match uncompleted.map(|rest| (rest.strip_prefix("'*::"), rest)) {
        Some((Some(rest), _)) => format!("'*:{rest}:( )' \\\n"),
        Some((None, rest)) if rest.starts_with("':") => format!("{rest}:( )' \\\n"),
        _ => format!("{line}\n"),
    }
}

/// The definition with nothing but what is offered. The scripts know no hidden options, so those are left out here.
fn offered(command: &Command) -> Command {
    let arguments = command.get_arguments().filter(|arg| !arg.is_hide_set());
    let aliases = command.get_visible_aliases().map(str::to_owned);
    let commands = command
        .get_subcommands()
        .filter(|command| !command.is_hide_set());
    let mut shown = Command::new(command.get_name().to_owned())
        .visible_aliases(aliases)
        .args(
            arguments
                .cloned()
                .map(|arg| completed(command.get_name(), arg)),
        )
        .subcommands(commands.map(offered));
    if let Some(about) = command.get_about() {
        shown = shown.about(about.clone());
    }
    match command.get_version() {
        Some(version) => shown.version(version.to_owned()),
        None => shown,
    }
}

/// An option of a command with the values that it can have. Names of files are offered only where one is meant.
fn completed(command: &str, arg: Arg) -> Arg {
    let is_live = Wanted::of(command, &arg).is_some();
    if !arg.get_action().takes_values() {
        return arg;
    }
    // A colon ends the name to zsh, and what is behind it would be run.
    let has_colon = |names: &[Str]| names.iter().any(|name| name.contains(':'));
    let arg = if arg.get_value_names().is_some_and(has_colon) {
        arg.value_name("VALUE")
    } else {
        arg
    };
    if let Some(values) = values(arg.get_id().as_str()) {
        return arg.value_parser(PossibleValuesParser::new(values));
    }
    match arg.get_value_hint() {
        _ if is_live => arg.value_hint(LIVE),
        ValueHint::Unknown if arg.get_id() == "command" => {
            arg.value_hint(ValueHint::CommandWithArguments)
        }
        ValueHint::Unknown if arg.get_possible_values().is_empty() => {
            arg.value_hint(ValueHint::Other)
        }
        _ => arg,
    }
}

/// The words that an option takes whose type, being the library's, does not tell clap.
pub(super) fn values(id: &str) -> Option<Vec<&'static str>> {
    Some(match id {
        "serializer" => Serializer::ALL.map(Serializer::as_str).to_vec(),
        "authmethod" => Method::ALL.map(Method::name).to_vec(),
        "action" => Action::ALL.map(Action::name).to_vec(),
        "ppt_cipher" => Cipher::ALL.map(Cipher::as_str).to_vec(),
        "ppt_serializer" => vec!["json", "msgpack", "cbor", "native"],
        "policy" | "match_policy" => vec!["exact", "prefix", "wildcard"],
        "invoke" => vec!["single", "first", "last", "random", "roundrobin"],
        "cancel" => vec!["skip", "kill", "killnowait"],
        _ => return None,
    })
}

/// How the generators are told of values that `wamp complete` knows: by one of their hints that nothing else here has. Those for
/// zsh and fish put the name of a function there, in whose place ours is put.
const LIVE: ValueHint = ValueHint::Hostname;

const BASH: &str = include_str!("completions/values.bash");

const ZSH: &str = include_str!("completions/values.zsh");

const ELVISH: &str = include_str!("completions/values.elv");

const FISH: &str = include_str!("completions/values.fish");

#[cfg(test)]
mod tests {
    use super::super::args::Cli;
    use super::*;

    #[test]
    fn every_value_that_is_offered_is_taken() {
        for (line, id) in [
            ("wamp call p --serializer", "serializer"),
            ("wamp call p --authmethod", "authmethod"),
            (
                "wamp authz explain -f c --role r --uri u --action",
                "action",
            ),
            ("wamp call p --ppt-keyid k --ppt-cipher", "ppt_cipher"),
            ("wamp call p --ppt-serializer", "ppt_serializer"),
            (
                "wamp authz explain -f c --role r --uri u --action call --match",
                "policy",
            ),
            ("wamp subscribe t --match", "match_policy"),
            ("wamp register p --echo --match", "match_policy"),
            ("wamp register p --echo --invoke", "invoke"),
            ("wamp call p --cancel", "cancel"),
        ] {
            for value in values(id).unwrap() {
                let words = line.split(' ').chain([value]).map(Into::into);
                assert!(Cli::read(words).is_ok(), "{line} {value}");
            }
        }
    }

    #[test]
    fn options_complete_around_arguments_in_zsh() {
        for (line, changed) in [
            ("'*::topics -- a\\: b:' \\", "'*:topics -- a\\: b:( )' \\\n"),
            ("':topic -- a topic:' \\", "':topic -- a topic:( )' \\\n"),
            (
                "'*::command -- run it:_cmdambivalent' \\",
                "'*::command -- run it:_cmdambivalent' \\\n",
            ),
            ("'--realm=[Realm]:URI:' \\", "'--realm=[Realm]:URI:' \\\n"),
            (
                "'*::topics -- a topic:_hosts' \\",
                "'*:topics -- a topic:_wamp_values' \\\n",
            ),
            ("\"*::: :->wamp\" \\", "\"*::: :->wamp\" \\\n"),
        ] {
            assert_eq!(zsh_line(line), changed);
        }
    }

    #[test]
    fn what_a_command_refuses_is_not_offered() {
        let offered = offered(&command());
        for name in ["register", "ls", "show", "kill"] {
            let mut options = offered.find_subcommand(name).unwrap().get_arguments();
            assert!(options.all(|arg| arg.get_id() != "details"), "{name}");
        }
        let call = offered.find_subcommand("call").unwrap();
        assert!(call.get_arguments().any(|arg| arg.get_id() == "details"));
    }
}
