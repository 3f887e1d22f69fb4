//! `wamp complete`, which the completion scripts run.

use std::ffi::OsString;

use clap::{Args, ValueEnum};

/// Print what may stand at the cursor
///
/// The scripts of `wamp completions` run this. What it prints is between them and it.
#[derive(Debug, Args)]
pub(crate) struct CompleteArgs {
    /// bash, zsh, fish, elvish
    #[arg(value_name = "SHELL", value_enum, hide_possible_values = true)]
    pub(crate) asker: Asker,

    /// The words up to the cursor; of bash, what it replaces and the line
    #[arg(value_name = "WORD", last = true)]
    pub(crate) words: Vec<OsString>,
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Asker {
    /// What it replaces is only a part of the word, and it has no descriptions.
    Bash,
    /// It takes values with descriptions.
    Zsh,
    /// It takes values with descriptions.
    Fish,
    /// It takes values alone.
    Elvish,
    /// `wamp complete` itself, to have the router asked and the answer kept. Prints nothing.
    Cache,
}
