//! `wamp publish`.

use std::time::Duration;

use clap::Args;
use wampkit::proto::{Id, PublishOptions, Recipients};

use super::super::error::CliError;
use super::super::pace::Rate;
use super::client::{ClientArgs, DryRunArgs, PayloadArgs, duration, id};
use super::passthru::PassthruArgs;

/// Publish an event, acknowledged by the router
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wamp publish com.shop.sold item=hat price=12.50
  wamp publish com.sensor.image :b=@image.png --no-ack
  wamp publish com.shop.state open --retain
  wamp publish com.chat hello --include-me --eligible 4711,4712
  wamp publish com.shop.alarm 'come quickly' --eligible-authrole staff
  tail -n 100 access.log | wamp publish com.log --lines
  find . -print0 | wamp publish com.files --lines -0
  wamp subscribe com.shop.sold -n 10 -o json | wamp publish com.shop.copy --jsonl
  wamp publish com.test -n 100 --rate 200/s --template '{{count}}' id='{{uuid}}'
  tail access.log | wamp publish com.log --lines --template '{{count}}: {{line}}'

An event goes to the subscribers that are named eligible, where any are, and that
are not excluded.

Placeholders of --template:
  {{count}}       the number of the event, from 1
  {{time}}        the time, as in 2026-01-31T12:00:00.000Z
  {{uuid}}        a random UUID
  {{random A B}}  an integer from A to B
  {{line}}        the line of --lines, which is then not put behind the ARGs
  {{env X}}       the variable X

One that is a whole ARG, or stands for a value in JSON, is a JSON literal or else
a string; with text around it, it makes a number, true, false, null or else a
string; in a string of JSON and behind :s= it is text. What it stands for is never
read as a keyword, a file or a part of JSON.")]
pub(crate) struct PublishArgs {
    /// The topic's URI
    ///
    /// With --jsonl, - is the uri of each line.
    #[arg(value_name = "TOPIC")]
    pub(crate) topic: String,

    #[command(flatten)]
    pub(crate) payload: PayloadArgs,

    #[command(flatten)]
    pub(crate) many: ManyArgs,

    /// Do not ask for an acknowledgement
    #[arg(long)]
    pub(crate) no_ack: bool,

    /// Have the router keep the event for those who come later
    #[arg(long)]
    pub(crate) retain: bool,

    /// Tell the subscribers who publishes
    #[arg(long, hide_short_help = true)]
    pub(crate) disclose_me: bool,

    /// Option of PUBLISH: rkey=7; may be repeated
    #[arg(short = 'O', long = "option", value_name = "K=V")]
    pub(crate) options: Vec<String>,

    #[command(flatten)]
    pub(crate) recipients: RecipientArgs,

    #[command(flatten)]
    pub(crate) passthru: PassthruArgs,

    #[command(flatten)]
    pub(crate) client: ClientArgs,

    #[command(flatten)]
    pub(crate) dry_run: DryRunArgs,
}

/// More events than one.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct ManyArgs {
    /// Make an event of each line of stdin, behind the ARGs
    ///
    /// A line is a JSON literal, else a string, and no longer than 16 MiB. Events are sent in their order, up to 1024 before the
    /// first of them is acknowledged. After one that fails no more are sent; the error tells its line.
    #[arg(long, conflicts_with = "jsonl")]
    pub(crate) lines: bool,

    /// Make an event of each line, as -o json prints it
    ///
    /// A line with args or kwargs is an envelope, of which nothing else counts but, if TOPIC is -, its uri. Any other JSON is the one
    /// argument. A line of type gap is passed over.
    #[arg(long, conflicts_with_all = ["words", "args", "kwargs", "input", "template"])]
    pub(crate) jsonl: bool,

    /// NUL bytes separate what is read, not newlines
    #[arg(short = '0', long, hide_short_help = true)]
    pub(crate) null: bool,

    /// How many events, with --lines at the most; 0 is no end
    #[arg(short = 'n', long, value_name = "N")]
    pub(crate) count: Option<u64>,

    /// Time from one to the next, at the least; or --rate 100/s
    #[arg(short, long, value_name = "D", value_parser = duration)]
    pub(crate) interval: Option<Duration>,

    /// How many in a second, or in a minute: 100, 100/s, 30/m
    ///
    /// That is the average, whatever time acknowledgements take. After a stall no more than the last tenth of a second is made up
    /// for.
    #[arg(long, value_name = "R", value_parser = Rate::parse)]
    #[arg(conflicts_with = "interval", hide_short_help = true)]
    pub(crate) rate: Option<Rate>,

    /// ARGs have placeholders: {{count}}, {{uuid}}, see --help
    #[arg(long, conflicts_with_all = ["args", "kwargs", "input"])]
    pub(crate) template: bool,

    /// Tell of what fails, and go on with the next
    ///
    /// The exit code is then that of the first failure.
    #[arg(long, hide_short_help = true)]
    pub(crate) keep_going: bool,
}

impl ManyArgs {
    /// Whether that is asked for.
    ///
    /// # Errors
    /// An option for many events where there is one, or for lines where there are none.
    pub(crate) fn is_wanted(&self) -> Result<bool, CliError> {
        if self.null && !self.lines {
            return Err(CliError::Usage {
                message: "-0 goes with --lines".to_owned(),
                hint: Some("write the number :=-0, or behind --".to_owned()),
            });
        }
        let wanted = self.lines || self.jsonl || self.count.is_some();
        let idle = [
            ("--interval", self.interval.is_some()),
            ("--rate", self.rate.is_some()),
            ("--keep-going", self.keep_going),
        ]
        .into_iter()
        .find(|(_, given)| *given && !wanted);
        match idle {
            None => Ok(wanted),
            Some((option, _)) => Err(CliError::Usage {
                message: format!("{option} goes with --count, --lines or --jsonl"),
                hint: Some("write -n 0 to go on until Ctrl-C".to_owned()),
            }),
        }
    }
}

/// Whom the event may and may not reach.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Recipients")]
pub(crate) struct RecipientArgs {
    /// Get the event too, if subscribed
    #[arg(long)]
    pub(crate) include_me: bool,

    /// Not these sessions: 4711,4712; also -authid, -authrole
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = id)]
    pub(crate) exclude: Vec<Id>,

    /// Not who has one of these authids
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    #[arg(hide_short_help = true)]
    pub(crate) exclude_authid: Vec<String>,

    /// Not who has one of these authroles
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    #[arg(hide_short_help = true)]
    pub(crate) exclude_authrole: Vec<String>,

    /// Only these sessions: 4711,4712; also -authid, -authrole
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = id)]
    pub(crate) eligible: Vec<Id>,

    /// Only who has one of these authids
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    #[arg(hide_short_help = true)]
    pub(crate) eligible_authid: Vec<String>,

    /// Only who has one of these authroles
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    #[arg(hide_short_help = true)]
    pub(crate) eligible_authrole: Vec<String>,
}

impl RecipientArgs {
    /// These on top of what the options say already.
    pub(crate) fn apply(&self, options: &mut PublishOptions) {
        if self.include_me {
            options.exclude_me = Some(false);
        }
        let names = |names: &[String]| {
            names
                .iter()
                .map(|name| (&**name).into())
                .collect::<Vec<_>>()
        };
        let mut to = options
            .recipients
            .take()
            .map_or_else(Recipients::default, |to| *to);
        add(&mut to.exclude, self.exclude.clone());
        add(&mut to.exclude_authid, names(&self.exclude_authid));
        add(&mut to.exclude_authrole, names(&self.exclude_authrole));
        add(&mut to.eligible, self.eligible.clone());
        add(&mut to.eligible_authid, names(&self.eligible_authid));
        add(&mut to.eligible_authrole, names(&self.eligible_authrole));
        options.recipients = (to != Recipients::default()).then(|| Box::new(to));
    }
}

/// A list that is there has a meaning even if it is empty, so none comes of nothing.
fn add<T>(list: &mut Option<Vec<T>>, more: Vec<T>) {
    if !more.is_empty() {
        list.get_or_insert_default().extend(more);
    }
}
