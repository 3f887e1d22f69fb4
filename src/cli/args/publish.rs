//! `wamp publish`.

use clap::Args;
use wampkit::proto::{Id, PublishOptions, Recipients};

use super::client::{ClientArgs, DryRunArgs, PayloadArgs, id};
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

An event goes to the subscribers that are named eligible, where any are, and that
are not excluded.")]
pub(crate) struct PublishArgs {
    /// The topic's URI
    #[arg(value_name = "TOPIC")]
    pub(crate) topic: String,

    #[command(flatten)]
    pub(crate) payload: PayloadArgs,

    /// Do not ask for an acknowledgement
    #[arg(long)]
    pub(crate) no_ack: bool,

    /// Have the router keep the event for those who come later
    #[arg(long)]
    pub(crate) retain: bool,

    /// Tell the subscribers who publishes
    #[arg(long)]
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
