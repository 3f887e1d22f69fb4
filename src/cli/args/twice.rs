//! Options of a message that have a flag of their own: whoever gives both, `-m prefix -O match=exact`, means one of the two.

use clap::{Arg, ArgMatches};

use super::super::argument;

/// What is wrong with the words of `command` if an option of `-O` is said by a flag too; `given` tells of an id whether that flag is on
/// the line. What a context or the environment says is no flag: it gives way.
pub(super) fn said_twice<'a>(
    command: &str,
    own: &ArgMatches,
    mut flags: impl Iterator<Item = &'a Arg>,
    given: impl Fn(&str) -> bool,
) -> Option<String> {
    let words = own.try_get_many::<String>("options").ok()??;
    let (option, id) = words
        .filter_map(|word| {
            let option = argument::split(word).0?;
            Some((option, flag(command, option)?))
        })
        .find(|(_, id)| given(id))?;
    let flag = flags.find(|flag| flag.get_id() == id)?;
    Some(format!(
        "the argument '{flag}' cannot be used with '--option {option}': both say {option}"
    ))
}

/// The id of the flag that says this option of the command's message.
fn flag(command: &str, option: &str) -> Option<&'static str> {
    let has =
        |(commands, key, _): &&(&[&str], &str, &str)| *key == option && commands.contains(&command);
    FLAGS.iter().find(has).map(|(_, _, id)| *id)
}

/// Commands, the option, and the flag's id. The lists of recipients are not among them: flags add to those.
const FLAGS: [(&[&str], &str, &str); 16] = [
    (&["call"], "timeout", "timeout"),
    (&["call"], "receive_progress", "progress"),
    (&["call"], "progress", "stream"),
    (&["call", "publish"], "disclose_me", "disclose_me"),
    (&["call", "publish"], "ppt_scheme", "ppt_scheme"),
    (&["call", "publish"], "ppt_serializer", "ppt_serializer"),
    (&["call", "publish"], "ppt_cipher", "ppt_cipher"),
    (&["call", "publish"], "ppt_keyid", "ppt_keyid"),
    (&["publish"], "acknowledge", "no_ack"),
    (&["publish"], "retain", "retain"),
    (&["publish"], "exclude_me", "include_me"),
    (&["subscribe", "register"], "match", "match_policy"),
    (&["subscribe"], "get_retained", "retained"),
    (&["register"], "invoke", "invoke"),
    (&["register"], "concurrency", "concurrency"),
    (&["register"], "force_reregister", "force"),
];
