//! What a command line that is being typed has at its cursor.
//!
//! clap reads whole lines only. This reads the beginning of one by the same definition, [`command`](super::super::args::command), and
//! makes do with what is wrong in it.

use std::env;

use clap::{Arg, ArgAction, Command};

/// Where the cursor is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// What may stand here.
    pub(crate) wanted: Wanted,
    /// What of it stands in front of the cursor.
    pub(crate) typed: String,
    /// The options in front of the cursor that say where to connect, as words.
    pub(crate) connection: Vec<String>,
}

/// Values that are not in the definition: the router, the disk or the specification tells them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The name of a context.
    Context,
    /// The realm to join.
    Realm,
    /// A procedure that can be called.
    Procedure,
    /// A procedure, or a pattern of them, that is registered.
    Registration,
    /// A topic that can be published to.
    Topic,
    /// A topic, or a pattern of them, that is subscribed to.
    Subscription,
    /// Anything with a URI or an id.
    Anything,
    /// The id of a session.
    Session,
    /// Who may be there.
    Authid,
    /// Where a secret is.
    Secret,
    /// An argument, which may be that of a file.
    Payload,
    /// A name that is put in front of a file, `k=@FILE`, or nothing but `@FILE`.
    File,
    /// An option of such a message, `K=V`.
    MessageOption(&'static [&'static str]),
}

impl Wanted {
    /// What the value of an argument of a command may be. Arguments are known by what their help says.
    pub(crate) fn of(command: &str, arg: &Arg) -> Option<Self> {
        let name = arg.get_value_names()?.first()?.as_str();
        Some(match (command, name) {
            (_, "NAME") if arg.get_id() == "context" => Self::Context,
            ("show" | "select" | "edit" | "rm" | "check", "NAME") => Self::Context,
            (_, "URI") if arg.get_id() == "realm" => Self::Realm,
            ("register", "PROC") => Self::Registration,
            (_, "PROC") => Self::Procedure,
            ("publish", "TOPIC") => Self::Topic,
            (_, "TOPIC") => Self::Subscription,
            (_, "URI|ID") => Self::Anything,
            (_, "SESSION") => Self::Session,
            ("ls", "PREFIX") => Self::Anything,
            (_, "SRC") => Self::Secret,
            (_, "ARG") => Self::Payload,
            (_, "@FILE" | "ID=@FILE" | "JSON") => Self::File,
            ("call", "K=V") => Self::MessageOption(&CALL),
            ("publish", "K=V") => Self::MessageOption(&PUBLISH),
            ("subscribe", "K=V") => Self::MessageOption(&SUBSCRIBE),
            ("register", "K=V") => Self::MessageOption(&REGISTER),
            _ => return None,
        })
    }
}

impl Cursor {
    /// Reads the words behind the program's name, the last of which is the one at the cursor as far as it is typed. `None` if
    /// nothing is wanted there that this tells.
    pub(crate) fn read(root: &Command, words: &[String]) -> Option<Self> {
        let place = Place::read(root, words)?;
        Some(Self {
            wanted: place.wanted()?,
            typed: place.value?.1,
            connection: place.connection,
        })
    }
}

/// What the word at the cursor is by the definition.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    /// The command that it belongs to; the root where there is none yet.
    pub(crate) command: &'a Command,
    /// The argument that it is a value of, and what of the value is typed.
    pub(crate) value: Option<(&'a Arg, String)>,
    /// The words of the command in front of it that are no options.
    pub(crate) positionals: Vec<String>,
    /// Whether it may be an option.
    pub(crate) may_be_option: bool,
    connection: Vec<String>,
}

impl<'a> Place<'a> {
    /// Reads the words behind the program's name, the last of which is the one at the cursor. `None` if there are no words.
    pub(crate) fn read(root: &'a Command, words: &[String]) -> Option<Self> {
        let (last, words) = words.split_last()?;
        let mut line = Line {
            root,
            command: root,
            awaited: None,
            positionals: Vec::new(),
            ours: true,
            connection: Vec::new(),
        };
        for word in words {
            line.take(expanded(word));
        }
        let may_be_option = line.ours && line.awaited.is_none();
        let value = line.at(last).map(|(arg, typed)| (arg, typed.to_owned()));
        Some(Self {
            command: line.command,
            value,
            positionals: line.positionals,
            may_be_option,
            connection: line.connection,
        })
    }

    /// What the value may be, if that is not in the definition.
    pub(crate) fn wanted(&self) -> Option<Wanted> {
        let (arg, _) = self.value.as_ref()?;
        let wanted = Wanted::of(self.command.get_name(), arg)?;
        Some(
            match (wanted, self.positionals.first().map(String::as_str)) {
                (Wanted::Anything, Some("procedures")) => Wanted::Registration,
                (Wanted::Anything, Some("topics")) => Wanted::Subscription,
                (Wanted::Anything, Some("sessions")) => Wanted::Authid,
                (wanted, _) => wanted,
            },
        )
    }
}

/// What the words so far have come to.
struct Line<'a> {
    root: &'a Command,
    command: &'a Command,
    /// The option whose value comes next.
    awaited: Option<&'a Arg>,
    positionals: Vec<String>,
    /// Whether `--` is still to come.
    ours: bool,
    connection: Vec<String>,
}

impl<'a> Line<'a> {
    /// Takes a whole word.
    fn take(&mut self, word: String) {
        if let Some(option) = self.awaited.take() {
            self.note(option, Some(&word));
        } else if self.ours && word == "--" {
            self.ours = false;
        } else if let Some(name) = self.option(&word).and_then(|word| word.strip_prefix("--")) {
            let (name, value) = match name.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (name, None),
            };
            if let Some(option) = self.long(name) {
                self.await_or_note(option, value);
            }
        } else if let Some(cluster) = self.option(&word) {
            if let Some(value) = self.short(&cluster[1..])
                && !value.is_empty()
                && let Some(option) = self.awaited.take()
            {
                self.note(option, Some(value));
            }
        } else if let Some(command) = self.below(&word) {
            self.command = command;
        } else {
            self.positionals.push(word);
        }
    }

    /// The argument that the word at the cursor belongs to, and what is typed of its value.
    fn at<'b>(&mut self, word: &'b str) -> Option<(&'a Arg, &'b str)> {
        if let Some(option) = self.awaited {
            return Some((option, word));
        }
        if let Some(name) = self.option(word).and_then(|word| word.strip_prefix("--")) {
            let (name, value) = name.split_once('=')?;
            return Some((self.long(name)?, value));
        }
        if self.option(word).is_some() {
            let value = self.short(&word[1..]).filter(|value| !value.is_empty())?;
            return self.awaited.map(|option| (option, value));
        }
        // An option is about to be written.
        if self.ours && word == "-" {
            return None;
        }
        // What stands behind `--` is another command.
        if !self.ours && self.command.get_positionals().any(Arg::is_last_set) {
            return None;
        }
        let mut args = self.command.get_positionals().peekable();
        for _ in &self.positionals {
            // One that is repeated takes all the rest.
            args.next_if(|arg| !matches!(arg.get_action(), ArgAction::Append));
        }
        Some((args.next()?, word))
    }

    /// The word, if it is one of options. Numbers are not.
    fn option<'b>(&self, word: &'b str) -> Option<&'b str> {
        let rest = word.strip_prefix('-')?;
        let is_number = rest.starts_with(|first: char| first.is_ascii_digit() || first == '.');
        (self.ours && !rest.is_empty() && !is_number).then_some(word)
    }

    fn find(&self, is: impl Fn(&Arg) -> bool) -> Option<&'a Arg> {
        let args = self
            .command
            .get_arguments()
            .chain(self.root.get_arguments());
        args.filter(|arg| !arg.is_hide_set()).find(|arg| is(arg))
    }

    fn long(&self, name: &str) -> Option<&'a Arg> {
        self.find(|arg| arg.get_long() == Some(name))
    }

    /// Takes short options in one word. The answer is the value of the last one, if it takes one, which is then awaited.
    fn short<'b>(&mut self, cluster: &'b str) -> Option<&'b str> {
        for (at, letter) in cluster.char_indices() {
            let option = self.find(|arg| arg.get_short() == Some(letter))?;
            if !option.get_action().takes_values() {
                self.note(option, None);
                continue;
            }
            let value = &cluster[at + letter.len_utf8()..];
            let value = value.strip_prefix('=').unwrap_or(value);
            self.awaited = Some(option);
            return Some(value);
        }
        None
    }

    fn await_or_note(&mut self, option: &'a Arg, value: Option<&str>) {
        if option.get_action().takes_values() && value.is_none() && !option.is_require_equals_set()
        {
            self.awaited = Some(option);
        } else {
            self.note(option, value);
        }
    }

    /// Keeps an option that says where to connect.
    fn note(&mut self, option: &Arg, value: Option<&str>) {
        if let (Some("Connection"), Some(name)) = (option.get_help_heading(), option.get_long()) {
            self.connection.push(match value {
                Some(value) => format!("--{name}={value}"),
                None => format!("--{name}"),
            });
        }
    }

    fn below(&self, word: &str) -> Option<&'a Command> {
        let is_open = self.ours && self.positionals.is_empty();
        is_open
            .then(|| self.command.find_subcommand(word))
            .flatten()
    }
}

/// A word as the shell would pass it, as far as that is easy: `$NAME` and `~/` in front.
fn expanded(word: &str) -> String {
    let name = word.strip_prefix('$').map(|name| {
        let braced = name
            .strip_prefix('{')
            .and_then(|name| name.strip_suffix('}'));
        braced.unwrap_or(name)
    });
    if let Some(value) = name.and_then(|name| env::var(name).ok()) {
        return value;
    }
    match (word.strip_prefix("~/"), env::var("HOME")) {
        (Some(rest), Ok(home)) => format!("{home}/{rest}"),
        _ => word.to_owned(),
    }
}

/// Options of CALL that have no option of their own, or have one.
const CALL: [&str; 5] = [
    "timeout=",
    "disclose_me=",
    "receive_progress=",
    "rkey=",
    "runmode=",
];

const PUBLISH: [&str; 5] = [
    "acknowledge=",
    "disclose_me=",
    "exclude_me=",
    "retain=",
    "rkey=",
];

const SUBSCRIBE: [&str; 3] = ["get_retained=", "match=", "nkey="];

const REGISTER: [&str; 6] = [
    "concurrency=",
    "disclose_caller=",
    "force_reregister=",
    "forward_timeout=",
    "invoke=",
    "match=",
];

#[cfg(test)]
mod tests {
    use super::super::super::args::command;
    use super::*;

    fn at(line: &str) -> Option<(Wanted, String, String)> {
        let words = line
            .split(' ')
            .skip(1)
            .map(str::to_owned)
            .collect::<Vec<_>>();
        let cursor = Cursor::read(&command(), &words)?;
        Some((cursor.wanted, cursor.typed, cursor.connection.join(" ")))
    }

    #[test]
    fn what_is_wanted_at_the_cursor() {
        use Wanted::*;
        for (line, wanted, typed) in [
            ("wamp call ", Procedure, ""),
            ("wamp call com.sh", Procedure, "com.sh"),
            (
                "wamp -u ws://h/ call -v -t 3 --wait com.sh",
                Procedure,
                "com.sh",
            ),
            ("wamp call --progress -vo json com.sh", Procedure, "com.sh"),
            ("wamp call p -1 x=@f", Payload, "x=@f"),
            ("wamp call p -- -@f", Payload, "-@f"),
            ("wamp pub ", Topic, ""),
            ("wamp publish com.t a b", Payload, "b"),
            ("wamp sub a b", Subscription, "b"),
            ("wamp subscribe --match prefix a", Subscription, "a"),
            ("wamp reg com.", Registration, "com."),
            ("wamp register a b", Registration, "b"),
            ("wamp show ", Anything, ""),
            ("wamp ls procedures c", Registration, "c"),
            ("wamp ls sessions j", Authid, "j"),
            ("wamp kill 4", Session, "4"),
            ("wamp -c ", Context, ""),
            ("wamp -cdev", Context, "dev"),
            ("wamp call -vcdev", Context, "dev"),
            ("wamp --context=d", Context, "d"),
            ("wamp context select ", Context, ""),
            ("wamp ctx rm a b", Context, "b"),
            ("wamp call -r ", Realm, ""),
            ("wamp --realm=com.", Realm, "com."),
            ("wamp call p --secret file:", Secret, "file:"),
            ("wamp call p --input @", File, "@"),
            ("wamp call p -O di", MessageOption(&CALL), "di"),
            ("wamp pub t -Odi", MessageOption(&PUBLISH), "di"),
        ] {
            let found = at(line).map(|(wanted, typed, _)| (wanted, typed));
            assert_eq!(found, Some((wanted, typed.to_owned())), "{line}");
        }
    }

    #[test]
    fn all_else_is_left_to_the_script() {
        for line in [
            "wamp ",
            "wamp ca",
            "wamp call --ti",
            "wamp call -",
            "wamp -r",
            "wamp call -o ",
            "wamp ls ",
            "wamp ls procedures com. x",
            "wamp completions ",
            "wamp router --realm ",
            "wamp router -- ",
            "wamp register p -- ",
            "wamp context add ",
            "wamp context ls ",
            "wamp kill 4 5",
            "wamp nonsense x",
        ] {
            assert_eq!(at(line), None, "{line}");
        }
    }

    #[test]
    fn connection_options_are_noted_wherever_they_stand() {
        let connection = |line| at(line).unwrap().2;
        assert_eq!(
            connection("wamp -u ws://h/ -v -rcom.r call --insecure -o json --authid=joe -t 3 "),
            "--url=ws://h/ --realm=com.r --insecure --authid=joe"
        );
        assert_eq!(connection("wamp call -- p -u"), "");
        assert_eq!(connection("wamp call p --input=@"), "");
    }
}
