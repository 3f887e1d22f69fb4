//! What stands dim behind the cursor: how the word goes on, what was typed before, or what is wanted next.

use rustyline::Context;
use rustyline::hint::{Hinter, HistoryHinter};

use super::super::super::complete::Place;
use super::super::super::sanitize;
use super::super::words::split;
use super::complete::Offers;
use super::language::{Language, Spot};

/// What is shown, and whether the right arrow takes it into the line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Hint {
    text: String,
    is_typed: bool,
}

impl rustyline::hint::Hint for Hint {
    fn display(&self) -> &str {
        &self.text
    }

    fn completion(&self) -> Option<&str> {
        self.is_typed.then_some(&*self.text)
    }
}

impl Hinter for Language {
    type Hint = Hint;

    fn hint(&self, line: &str, cursor: usize, context: &Context<'_>) -> Option<Hint> {
        // This is asked first of all when a line begins.
        self.gate.opened();
        if cursor == line.len() && line.ends_with('\n') {
            return continued(line);
        }
        // Without colours it would look as if it had been typed.
        if !self.color || cursor < line.len() || line.len() > LONGEST {
            return None;
        }
        let typed = |text| Hint {
            text,
            is_typed: true,
        };
        let shown = |text| Hint {
            text,
            is_typed: false,
        };
        let spot = Spot::of(line);
        let rest = spot.as_ref().and_then(|spot| self.rest(spot)).map(typed);
        let about = spot.as_ref().and_then(|spot| self.about(spot)).map(shown);
        let next = spot.as_ref().and_then(|spot| self.next(spot)).map(shown);
        let before = || {
            let before = HistoryHinter::new().hint(line, cursor, context)?;
            let is_plain = !before.contains('\n') && sanitize::line(&before) == before;
            is_plain.then(|| typed(before))
        };
        rest.or(about).or(next).or_else(before)
    }
}

impl Language {
    /// The rest of the word, if only one begins so.
    fn rest(&self, spot: &Spot) -> Option<String> {
        if spot.typed.is_empty() || spot.quote.is_some() {
            return None;
        }
        let offers = self.offers(spot);
        match &*offers.values {
            [only] => {
                let rest = only.value.strip_prefix(&*offers.typed)?;
                (!rest.is_empty()).then(|| rest.to_owned())
            }
            _ => None,
        }
    }

    /// What there is to say about the word, if it is one that is offered.
    fn about(&self, spot: &Spot) -> Option<String> {
        if spot.typed.is_empty() || spot.quote.is_some() {
            return None;
        }
        let Offers { typed, values } = self.offers(spot);
        let offer = values.iter().find(|offer| offer.value == typed)?;
        (!offer.about.is_empty()).then(|| format!("  {}", sanitize::line(&offer.about)))
    }

    /// The arguments of the command that are still to come, where a word begins.
    fn next(&self, spot: &Spot) -> Option<String> {
        if !spot.typed.is_empty() || spot.quote.is_some() || spot.before.is_empty() {
            return None;
        }
        let words = spot.words();
        let place = Place::read(&self.grammar, &words)?;
        if std::ptr::eq(place.command, &raw const self.grammar) {
            return None;
        }
        if !place.may_be_option {
            // The value of an option.
            let (arg, _) = place
                .value
                .as_ref()
                .filter(|(arg, _)| !arg.is_positional())?;
            let names = arg.get_value_names()?.iter().map(ToString::to_string);
            return Some(names.collect::<Vec<_>>().join(" "));
        }
        let given = place.positionals.len();
        let rest = place
            .command
            .get_positionals()
            .filter(|arg| !arg.is_hide_set());
        let rest = rest
            .skip(given)
            .map(ToString::to_string)
            .collect::<Vec<_>>();
        (!rest.is_empty()).then(|| rest.join(" "))
    }
}

/// Why there is one more line. It is told without colours too: nothing else shows that what is typed is not run.
fn continued(line: &str) -> Option<Hint> {
    let open = split(line).open?;
    Some(Hint {
        text: format!("… {open}: go on, or Ctrl-C"),
        is_typed: false,
    })
}

/// A line that is longer is not looked at with every key.
pub(super) const LONGEST: usize = 4096;

#[cfg(test)]
mod tests {
    use rustyline::history::{FileHistory, History as _};

    use super::super::complete::tests::language;
    use super::*;

    fn hint(line: &str) -> Option<(String, bool)> {
        let mut history = FileHistory::new();
        history.add("call com.shop.order.list 5").unwrap();
        history.add("jobs").unwrap();
        let hint = language().hint(line, line.len(), &Context::new(&history));
        hint.map(|hint| (hint.text, hint.is_typed))
    }

    #[test]
    fn how_it_goes_on() {
        for (line, expected) in [
            ("who", Some(("ami", true))),
            ("call com.shop.ch", Some(("arge", true))),
            ("call com.sho", Some(("p.order.list 5", true))),
            ("call ", Some(("<PROC> [ARG]...", false))),
            ("unsub 1", Some(("  com.shop.sold org.news", false))),
            ("kill 4711", Some(("  joe, admin", false))),
            ("call com.shoes ", Some(("[ARG]...", false))),
            ("call --cancel ", Some(("MODE", false))),
            ("whoami ", None),
            ("", None),
            ("nonsense ", None),
            ("call 'com.shop.ch", None),
            (
                "call p {\"a\": [1,\n",
                Some(("… the [ is not closed: go on, or Ctrl-C", false)),
            ),
            ("call p\n", None),
        ] {
            let expected = expected.map(|(text, is_typed)| (text.to_owned(), is_typed));
            assert_eq!(hint(line), expected, "{line}");
        }
    }
}
