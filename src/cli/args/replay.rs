//! `wamp replay`.

use clap::Args;

use super::super::replay::Mapping;
use super::super::replay::Speed;
use super::client::{ClientArgs, DryRunArgs};

/// Publish and call again what was recorded, at its own pace
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wamp replay shop.jsonl
  wamp replay shop.jsonl --speed 10 --map com.shop=test.shop
  wamp replay shop.jsonl --speed max --keep-going -t 5s
  zcat sold.jsonl.gz | wamp replay - -n 100
  jq -c 'select(.type == \"event\")' shop.jsonl | wamp replay - --map =copy.

The recording is that of `wamp record`, or what `wamp subscribe` prints in a pipe.
Events are published and calls made in their order and with the pauses of `at`;
results are not looked at. Lines of another type are passed over with a note. A
file is checked before anything is sent, standard input as it comes: a line that
cannot be read is exit code 2.

The first that fails ends it with the exit code of its error. With --keep-going
the others are sent all the same, and that code comes at the end.")]
pub(crate) struct ReplayArgs {
    /// The recording; - is standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: String,

    /// So many times as fast; max is as fast as it is answered
    ///
    /// With max each event or call waits for the answer to the one before. Otherwise they are sent when it is their time, whether
    /// or not what came before has been answered.
    #[arg(long, value_name = "X", default_value = "1", hide_default_value = true)]
    pub(crate) speed: Speed,

    /// Write NEW for OLD in URIs; may be repeated
    ///
    /// OLD is a whole URI or its first components: com.shop matches com.shop and com.shop.sold, but not com.shopping. An empty OLD
    /// matches them all, so NEW comes in front. Of several the first that matches counts.
    #[arg(long, value_name = "OLD=NEW")]
    pub(crate) map: Vec<Mapping>,

    /// Leave after N events and calls; 0 is no end
    #[arg(short = 'n', long = "count", value_name = "N")]
    pub(crate) count: Option<u64>,

    /// Play the file N times; 0 is until Ctrl-C
    #[arg(
        long = "loop",
        value_name = "N",
        default_value_t = 1,
        hide_default_value = true
    )]
    pub(crate) rounds: u64,

    /// Do not ask for acknowledgements of events
    #[arg(long)]
    pub(crate) no_ack: bool,

    /// Go on after failures, and tell of them at the end
    #[arg(long)]
    pub(crate) keep_going: bool,

    #[command(flatten)]
    pub(crate) client: ClientArgs,

    #[command(flatten)]
    pub(crate) dry_run: DryRunArgs,
}
