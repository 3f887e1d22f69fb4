//! What a command is run for, as the command is told.

use std::time::SystemTime;

use tokio::process::Command;
use wampkit::client::Invocation;
use wampkit::codec::Arguments;
use wampkit::proto::{DictFields as _, Value};

use crate::cli::json;
use crate::cli::output::Envelope;

/// A call, or whatever else makes a command run.
pub(crate) struct Occasion {
    variables: Vec<(&'static str, Option<String>)>,
    /// The command's standard input: the envelope as one line of JSON.
    pub(super) input: String,
}

impl Occasion {
    /// A call with these arguments.
    pub(crate) fn call(invocation: &Invocation, arguments: Arguments) -> Self {
        let details = &invocation.details;
        let authid = details.caller_authid.as_ref().map(ToString::to_string);
        let caller = details.caller.map(|id| id.to_string());
        Self::new("WAMP_PROCEDURE", &envelope(invocation, arguments))
            .with("WAMP_CALLER", caller)
            .with("WAMP_CALLER_AUTHID", authid)
    }

    /// What the envelope tells; `subject` is the variable that has its URI.
    pub(crate) fn new(subject: &'static str, envelope: &Envelope) -> Self {
        let Arguments { args, kwargs } = &envelope.arguments;
        let json = |value: Value| Some(json::compact(&value)).filter(|it| it.len() <= MAX_VARIABLE);
        Self {
            variables: Vec::new(),
            input: json::compact(&envelope.to_value()) + "\n",
        }
        .with(subject, envelope.uri.clone())
        .with("WAMP_ARGS_JSON", json(Value::List(args.clone())))
        .with("WAMP_KWARGS_JSON", json(kwargs.clone().into()))
    }

    /// With a further variable; with `None` it is not even inherited.
    pub(crate) fn with(mut self, variable: &'static str, value: Option<String>) -> Self {
        self.variables.push((variable, value));
        self
    }

    /// Puts the variables into the environment of the command.
    pub(super) fn describe(&self, command: &mut Command) {
        for (name, value) in &self.variables {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
    }
}

/// The call as a command reads it.
pub(crate) fn envelope(invocation: &Invocation, arguments: Arguments) -> Envelope {
    Envelope {
        kind: "invocation",
        uri: Some(invocation.procedure.to_string()),
        arguments,
        details: invocation.details.to_dict(),
        at: SystemTime::now(),
    }
}

/// The longest JSON in an environment variable. Linux takes 128 KiB for each.
const MAX_VARIABLE: usize = 64 << 10;
