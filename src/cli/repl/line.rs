//! A command of a line as the grammar has it, and what is wrong with it, with a caret.

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::super::args::{LineArgs, LineCommand, command};
use super::super::error::CliError;
use super::super::fault::Fault;
use super::super::output::Envelope;
use super::super::usage::parts;
use super::last::expand;
use super::words::Word;

/// The words of a command, and the line that they stand in.
#[derive(Clone)]
pub(super) struct Words {
    line: String,
    words: Vec<(String, usize)>,
}

/// What a command is.
pub(super) enum Read {
    /// One of these.
    Command(Box<LineCommand>),
    /// Help was asked for.
    Help(String),
}

impl Words {
    /// The words of a command, with the last result in its places.
    ///
    /// # Errors
    /// That there is no such result.
    pub(super) fn new(
        line: &str,
        command: &[Word],
        last: Option<&Envelope>,
    ) -> Result<Self, CliError> {
        let texts = expand(line, command, last)?;
        let places = command.iter().map(|word| word.span.start);
        Ok(Self {
            line: line.to_owned(),
            words: texts.into_iter().zip(places).collect(),
        })
    }

    /// The last ones, so many: a command in a command.
    pub(super) fn last(&self, count: usize) -> Self {
        let from = self.words.len().saturating_sub(count);
        Self {
            line: self.line.clone(),
            words: self.words[from..].to_vec(),
        }
    }

    /// What they mean.
    ///
    /// # Errors
    /// What is wrong with them.
    pub(super) fn read(&self, grammar: &mut Command) -> Result<Read, CliError> {
        let texts = self.words.iter().map(|(text, _)| text.clone());
        match LineArgs::read(grammar, &texts.collect::<Vec<_>>()) {
            Ok(command) => Ok(Read::Command(Box::new(command))),
            Err(error) if error.kind() == ErrorKind::DisplayHelp => {
                Ok(Read::Help(without_name(&error.render().to_string())))
            }
            Err(error) => Err(self.fault(&error)),
        }
    }

    /// The same error with a caret under the word that it is about.
    pub(super) fn point(&self, word: &str, error: CliError) -> CliError {
        let found = self.words.iter().skip(1).find(|(text, _)| text == word);
        let Some((_, at)) = found else { return error };
        let fault = Fault {
            place: String::new(),
            message: String::new(),
            text: self.line.clone(),
            at: *at,
            hint: None,
        };
        CliError::Pointed {
            error: Box::new(error),
            excerpt: fault.excerpt(),
        }
    }

    fn fault(&self, error: &clap::Error) -> CliError {
        let (message, mut hints) = parts(&error.render().to_string());
        let name = self.words.first().map_or("", |(text, _)| text);
        let more = match error.kind() {
            ErrorKind::InvalidSubcommand if command().find_subcommand(name).is_some() => {
                // What is spelt alike is not what was meant.
                hints.clear();
                format!("it is a command of the shell: `! wamp {name}`, or another terminal")
            }
            ErrorKind::InvalidSubcommand => "`help` lists the commands".to_owned(),
            _ => format!("try `help {name}`"),
        };
        hints.push(more);
        let hint = Some(hints.join("\n"));
        match self.culprit(error) {
            Some(at) => Fault {
                place: name.to_owned(),
                message,
                text: self.line.clone(),
                at,
                hint,
            }
            .into(),
            None => CliError::Usage {
                message: format!("{name}: {message}"),
                hint,
            },
        }
    }

    /// Where the word stands that is wrong.
    fn culprit(&self, error: &clap::Error) -> Option<usize> {
        let kinds = [
            ContextKind::InvalidValue,
            ContextKind::InvalidArg,
            ContextKind::InvalidSubcommand,
        ];
        kinds.into_iter().find_map(|kind| {
            let Some(ContextValue::String(culprit)) = error.get(kind) else {
                return None;
            };
            let is = |word: &&(String, usize)| {
                let text = &word.0;
                text == culprit
                    || text
                        .strip_prefix(&**culprit)
                        .is_some_and(|rest| rest.starts_with('='))
            };
            let found = self.words.iter().find(is).filter(|_| !culprit.is_empty())?;
            Some(found.1)
        })
    }
}

/// Help as it is for lines: they do not begin with `wamp`.
pub(super) fn without_name(help: &str) -> String {
    let help = help.replace("Usage: wamp ", "Usage: ");
    help.replace("\n  wamp ", "\n  ").trim_end().to_owned()
}
