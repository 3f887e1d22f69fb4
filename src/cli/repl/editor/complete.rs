//! What Tab offers: commands, options, values, and the names that the router has now.

use std::collections::BTreeSet;

use clap::{Command, ValueHint};
use rustyline::Context;
use rustyline::completion::{Completer, Pair};

use super::super::super::catalogue::segments;
use super::super::super::complete::{self, Place, Wanted, is_plain};
use super::super::super::completions;
use super::super::super::connection::DEFAULT_REALM;
use super::super::super::sanitize;
use super::super::jobs::Kind;
use super::language::{Language, Spot};

/// What may stand in place of a part of the word at the cursor.
pub(super) struct Offers {
    /// What of the word is replaced: its end.
    pub(super) typed: String,
    pub(super) values: Vec<Offer>,
}

pub(super) struct Offer {
    pub(super) value: String,
    /// What to say about it.
    pub(super) about: String,
}

impl Completer for Language {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        cursor: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let spot = line.get(..cursor).and_then(Spot::of);
        let Some(spot) = spot else {
            return Ok((cursor, Vec::new()));
        };
        let Offers { typed, values } = self.offers(&spot);
        let is_only = values.len() == 1;
        let pair = |Offer { value, about }| {
            let mut replacement = match spot.quote {
                Some(_) => value.clone(),
                None => escaped(&value),
            };
            // One that is finished is followed by the next word.
            if is_only && !value.ends_with(['.', '/', '=', ':', '@']) {
                replacement.extend(spot.quote);
                replacement.push(' ');
            }
            let display = if about.is_empty() {
                value
            } else {
                format!("{value} ({about})")
            };
            Pair {
                display: sanitize::line(&display).into_owned(),
                replacement,
            }
        };
        let pairs = values.into_iter().map(pair).collect();
        Ok((cursor - typed.len(), pairs))
    }
}

impl Language {
    /// What may stand at the cursor, in order.
    pub(super) fn offers(&self, spot: &Spot) -> Offers {
        let mut offers = self.all(spot);
        let Offers { typed, values } = &mut offers;
        values.retain(|offer| offer.value.starts_with(&**typed) && is_safe(&offer.value));
        offers
    }

    fn all(&self, spot: &Spot) -> Offers {
        let of = |typed: &str, values| Offers {
            typed: typed.to_owned(),
            values,
        };
        let typed = &*spot.typed;
        match spot.before.first().map(String::as_str) {
            None => return of(typed, self.commands(typed)),
            Some("!") => {
                let path = typed.rsplit(' ').next().unwrap_or_default();
                return of(path, plain(complete::files("", path)));
            }
            Some(_) => {}
        }
        let words = spot.words();
        let Some(place) = Place::read(&self.grammar, &words) else {
            return of(typed, Vec::new());
        };
        match &place.value {
            _ if place.may_be_option && typed.starts_with('-') && !typed.contains('=') => {
                let options = options(place.command, typed);
                // `-5` is a value, and so is what is glued to a short option.
                match &place.value {
                    Some((_, value)) if options.is_empty() => of(value, self.values(&place, value)),
                    _ => of(typed, options),
                }
            }
            Some((_, value)) => of(value, self.values(&place, value)),
            None => of(typed, self.below(&place)),
        }
    }

    /// The commands; their short names only where nothing else begins so.
    fn commands(&self, typed: &str) -> Vec<Offer> {
        let shown = || {
            self.grammar
                .get_subcommands()
                .filter(|command| !command.is_hide_set())
        };
        let names = shown().map(Command::get_name);
        let mut names = names.map(str::to_owned).collect::<Vec<_>>();
        if !names.iter().any(|name| name.starts_with(typed)) {
            names = shown()
                .flat_map(Command::get_visible_aliases)
                .map(str::to_owned)
                .collect();
        }
        plain(names)
    }

    /// The commands below one.
    fn below(&self, place: &Place<'_>) -> Vec<Offer> {
        let is_ours = !std::ptr::eq(place.command, &raw const self.grammar);
        let commands = place.command.get_subcommands().filter(|_| is_ours);
        plain(
            commands
                .map(|command| command.get_name().to_owned())
                .collect(),
        )
    }

    /// The values of an argument.
    fn values(&self, place: &Place<'_>, typed: &str) -> Vec<Offer> {
        let Some((arg, _)) = &place.value else {
            return Vec::new();
        };
        let id = arg.get_id().as_str();
        let told = arg.get_possible_values();
        if !told.is_empty() {
            let told = told.iter().filter(|value| !value.is_hide_set());
            return plain(told.map(|value| value.get_name().to_owned()).collect());
        }
        if let Some(values) = completions::values(id) {
            return plain(values.into_iter().map(str::to_owned).collect());
        }
        match (place.command.get_name(), id) {
            ("unsub", "numbers") => return self.jobs(Some(Kind::Subscription), place),
            ("unreg", "numbers") => return self.jobs(Some(Kind::Registration), place),
            ("mute", "numbers") => return self.jobs(None, place),
            ("help", _) => return self.commands(typed),
            ("use", "context") => return plain(complete::contexts()),
            ("realm", "realm") => return plain(vec![DEFAULT_REALM.to_owned()]),
            ("set", "name") => return plain(SETTINGS.map(str::to_owned).to_vec()),
            ("set", "value") => {
                let name = place.positionals.first().map_or("", String::as_str);
                let values = setting_values(name).iter();
                return plain(values.map(|&value| value.to_owned()).collect());
            }
            _ => {}
        }
        match place.wanted() {
            Some(wanted) => self.live(wanted, place, typed),
            None if is_file(arg.get_value_hint()) => plain(complete::files("", typed)),
            None => Vec::new(),
        }
    }

    /// The values that are not in the definition. Those that the router tells are known already, or not at all.
    fn live(&self, wanted: Wanted, place: &Place<'_>, typed: &str) -> Vec<Offer> {
        let names = &self.names;
        let next = |uris: Vec<String>| plain(segments(typed, uris.iter().map(String::as_str)));
        match wanted {
            Wanted::Context => plain(complete::contexts()),
            Wanted::Realm => plain(vec![DEFAULT_REALM.to_owned()]),
            Wanted::Procedure | Wanted::Registration => next(names.procedures_like(typed)),
            Wanted::Topic | Wanted::Subscription => next(names.topics_like(typed)),
            Wanted::Session => self.sessions(),
            Wanted::Authid => {
                let sessions = names.sessions().into_iter();
                let authids = sessions.map(|(_, who)| first_part(&who).to_owned());
                plain(authids.collect::<BTreeSet<_>>().into_iter().collect())
            }
            Wanted::Anything => {
                let mut uris = names.procedures_like(typed);
                uris.extend(names.topics_like(typed));
                let mut all = next(uris);
                all.extend(self.sessions());
                all
            }
            Wanted::Secret => plain(complete::secrets(typed)),
            Wanted::Payload | Wanted::File => {
                let mut all = plain(complete::named_files(typed));
                if let (Wanted::Payload, Some(uri)) = (wanted, place.positionals.first()) {
                    let keywords = names.keywords(uri).into_iter();
                    all.extend(plain(keywords.map(|key| format!("{key}=")).collect()));
                }
                all
            }
            Wanted::MessageOption(options) => plain(complete::message_options(typed, options)),
        }
    }

    /// The numbers of jobs that the line does not have yet.
    fn jobs(&self, kind: Option<Kind>, place: &Place<'_>) -> Vec<Offer> {
        let offer = |(number, about): (u32, String)| Offer {
            value: number.to_string(),
            about,
        };
        let jobs = self.names.jobs(kind).into_iter().map(offer);
        jobs.filter(|job| !place.positionals.contains(&job.value))
            .collect()
    }

    fn sessions(&self) -> Vec<Offer> {
        let sessions = self.names.sessions().into_iter();
        let offer = |(id, about): (u64, String)| Offer {
            value: id.to_string(),
            about,
        };
        sessions.map(offer).collect()
    }
}

fn plain(values: Vec<String>) -> Vec<Offer> {
    let offer = |value| Offer {
        value,
        about: String::new(),
    };
    values.into_iter().map(offer).collect()
}

/// The long options of a command; of those with no long one the short.
fn options(command: &Command, typed: &str) -> Vec<Offer> {
    let shown = command.get_arguments().filter(|arg| !arg.is_hide_set());
    let mut names = shown
        .filter_map(|arg| match (arg.get_long(), arg.get_short()) {
            (Some(long), _) => Some(format!("--{long}")),
            (None, Some(short)) => Some(format!("-{short}")),
            (None, None) => None,
        })
        .filter(|name| name.starts_with(typed))
        .collect::<Vec<_>>();
    names.sort();
    plain(names)
}

/// Who a session is, without its role.
fn first_part(who: &str) -> &str {
    who.split(',').next().unwrap_or_default().trim()
}

const fn is_file(hint: ValueHint) -> bool {
    matches!(
        hint,
        ValueHint::AnyPath | ValueHint::FilePath | ValueHint::DirPath
    )
}

/// Whether a value can be put into the line: by a backslash at most.
fn is_safe(value: &str) -> bool {
    let rest = value
        .chars()
        .filter(|character| !ESCAPED.contains(character));
    // Options are values here; names that look like some are none.
    is_plain(rest.collect::<String>().trim_start_matches('-'))
}

/// The value as a word.
fn escaped(value: &str) -> String {
    let mut word = String::with_capacity(value.len());
    for character in value.chars() {
        if ESCAPED.contains(&character) {
            word.push('\\');
        }
        word.push(character);
    }
    word
}

/// What means something in a line, and nothing behind a backslash.
const ESCAPED: [char; 14] = [
    ' ', ';', '#', '\'', '"', '\\', '$', '{', '}', '[', ']', '(', ')', '&',
];

/// What can be set.
const SETTINGS: [&str; 4] = ["output", "details", "timeout", "quiet"];

fn setting_values(name: &str) -> &'static [&'static str] {
    match name {
        "output" => &["auto", "json", "pretty", "raw", "table"],
        "details" | "quiet" => &["on", "off"],
        _ => &[],
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::Arc;

    use clap::CommandFactory as _;
    use rustyline::history::FileHistory;

    use super::super::super::super::args::LineArgs;
    use super::super::super::names::Names;
    use super::super::gate::Gate;
    use super::*;

    pub(in super::super) fn language() -> Language {
        let names = Names::default();
        names.set_procedures(
            ["com.shop.charge", "com.shop.order.list", "com.shoes"].map(str::to_owned),
        );
        names.set_topics(["com.shop.sold", "org.news"].map(str::to_owned));
        names.add_session(4711, "joe, admin".to_owned());
        names.set_jobs([
            (1, Kind::Subscription, "com.shop.sold org.news".to_owned()),
            (2, Kind::Registration, "com.shoes".to_owned()),
            (3, Kind::Subscription, "org.news".to_owned()),
        ]);
        names.seen_keyword("com.shop.charge", "amount");
        Language::new(
            LineArgs::command(),
            Arc::new(names),
            true,
            Arc::new(Gate::new()),
        )
    }

    /// The line behind each offer.
    fn lines(line: &str) -> Vec<String> {
        let history = FileHistory::new();
        let context = Context::new(&history);
        let (start, pairs) = language().complete(line, line.len(), &context).unwrap();
        let lines = pairs
            .iter()
            .map(|pair| format!("{}{}", &line[..start], pair.replacement));
        lines.collect()
    }

    #[test]
    fn what_is_offered() {
        for (line, offered) in [
            ("wh", vec!["whoami "]),
            ("reg", vec!["register "]),
            ("jobs; unr", vec!["jobs; unreg "]),
            ("call com.", vec!["call com.shoes", "call com.shop."]),
            ("call com.shop.c", vec!["call com.shop.charge "]),
            ("call 'com.shop.c", vec!["call 'com.shop.charge' "]),
            ("time call com.shoe", vec!["time call com.shoes "]),
            ("expect -- call com.shoe", vec!["expect -- call com.shoes "]),
            ("publish com.shop.", vec!["publish com.shop.sold "]),
            ("sub o", vec!["sub org.news "]),
            ("wait o", vec!["wait org.news "]),
            ("show com.shop.s", vec!["show com.shop.sold "]),
            ("kill 4", vec!["kill 4711 "]),
            ("unsub ", vec!["unsub 1", "unsub 3"]),
            ("unsub 1 ", vec!["unsub 1 3 "]),
            ("unreg ", vec!["unreg 2 "]),
            ("mute ", vec!["mute 1", "mute 2", "mute 3"]),
            ("ls sessions j", vec!["ls sessions joe "]),
            ("ls pro", vec!["ls procedures "]),
            (
                "call com.shop.charge a",
                vec!["call com.shop.charge amount="],
            ),
            ("call p --prog", vec!["call p --progress "]),
            (
                "call p --cancel k",
                vec!["call p --cancel kill", "call p --cancel killnowait"],
            ),
            ("subscribe --match=pre", vec!["subscribe --match=prefix "]),
            ("trace o", vec!["trace on", "trace off"]),
            ("set out", vec!["set output "]),
            ("set output j", vec!["set output json "]),
            ("help unre", vec!["help unreg "]),
            ("call p @Cargo.l", vec!["call p @Cargo.lock "]),
            ("source Cargo.t", vec!["source Cargo.toml "]),
            ("! cat Cargo.t", vec!["! cat Cargo.toml "]),
            ("call nothing.", vec![]),
            ("call p -5", vec![]),
            ("nonsense x", vec![]),
            ("# ca", vec![]),
        ] {
            assert_eq!(lines(line), offered, "{line}");
        }
    }

    #[test]
    fn what_would_be_something_else_is_escaped_or_not_offered() {
        let names = Names::default();
        names.set_procedures(["a.$_", "b.\u{1b}[2J", "c.d;e"].map(str::to_owned));
        let language = Language::new(
            LineArgs::command(),
            Arc::new(names),
            true,
            Arc::new(Gate::new()),
        );
        let history = FileHistory::new();
        let offered = |line: &str| {
            let context = Context::new(&history);
            let (_, pairs) = language.complete(line, line.len(), &context).unwrap();
            pairs
                .into_iter()
                .map(|pair| pair.replacement)
                .collect::<Vec<_>>()
        };
        assert_eq!(offered("call a."), ["a.\\$_ "]);
        assert_eq!(offered("call b."), [""; 0]);
        assert_eq!(offered("call c."), ["c.d\\;e "]);
    }
}
