//! The events of `wamp publish` when there are many: each with its arguments, when it is due.

use tokio::time::{Instant, sleep_until};
use wampkit::codec::Arguments;
use wampkit::proto::{Dict, Value};

use super::super::args::PublishArgs;
use super::super::error::CliError;
use super::super::files::Files;
use super::super::limits::bound;
use super::super::pace::Pace;
use super::super::records::{Records, Separator, Unreadable};
use super::super::{argument, json};
use super::template::{Filling, Template};

/// Where the events come from.
pub(super) struct Events<'a> {
    topic: &'a str,
    arguments: Source,
    /// About how much memory they take.
    weight: usize,
    records: Option<Records>,
    /// Whether a record is JSON of an event.
    jsonl: bool,
    pace: Option<Pace>,
    /// How many there are at the most.
    most: Option<u64>,
    /// How many there have been.
    count: u64,
    /// The next one, if it is only waiting for its time.
    waiting: Option<(Record, Instant)>,
}

/// An event.
#[derive(Debug)]
pub(super) struct Event {
    /// Which it is, for error lines.
    pub(super) place: String,
    /// Its topic.
    pub(super) topic: String,
    /// Its arguments.
    pub(super) arguments: Arguments,
    /// About how much memory it takes.
    pub(super) weight: usize,
}

/// A record of standard input, and where it is.
#[derive(Debug)]
struct Record {
    text: Option<String>,
    place: String,
}

/// The arguments in front of a line.
enum Source {
    Fixed(Arguments),
    Template(Template),
}

impl<'a> Events<'a> {
    /// The events that the options describe.
    ///
    /// # Errors
    /// Words that are not what they say they are; standard input that has been read already.
    pub(super) fn read(args: &'a PublishArgs, files: &mut Files) -> Result<Self, CliError> {
        let many = &args.many;
        let arguments = if many.template {
            Source::Template(Template::read(&args.payload.words, many.lines, files)?)
        } else {
            Source::Fixed(args.payload.read(files)?)
        };
        let separator = if many.null {
            Separator::Nul
        } else {
            Separator::Newline
        };
        let option = if many.jsonl { "--jsonl" } else { "--lines" };
        let reads = many.lines || many.jsonl;
        if reads {
            files.take_stdin(option)?;
        }
        let pace = many.interval.map(Pace::apart);
        let most = match many.count {
            Some(_) => bound(many.count),
            None if reads => None,
            None => Some(1),
        };
        Ok(Self {
            topic: &args.topic,
            // Of one event it makes no difference.
            weight: if most == Some(1) {
                0
            } else {
                arguments.weight()
            },
            arguments,
            records: reads.then(|| Records::of_stdin(separator)),
            jsonl: many.jsonl,
            pace: pace.or_else(|| many.rate.map(Pace::at)),
            most,
            count: 0,
            waiting: None,
        })
    }

    /// How many there will be, if that is known.
    pub(super) fn total(&self) -> Option<u64> {
        self.most.filter(|_| self.records.is_none())
    }

    /// The next event once it is due, or why it is none; `None` at the end. Dropping the future loses nothing.
    ///
    /// # Errors
    /// Those after which there are no more.
    pub(super) async fn next(&mut self) -> Result<Option<Result<Event, CliError>>, CliError> {
        loop {
            if self.waiting.is_none() {
                let record = match self.record().await {
                    Ok(Some(record)) => record,
                    Ok(None) => return Ok(None),
                    Err(Unreadable::Record(error)) => {
                        self.count += 1;
                        return Ok(Some(Err(error)));
                    }
                    Err(Unreadable::Input(error)) => return Err(error),
                };
                let now = Instant::now();
                let due = self.pace.as_mut().map_or(now, |pace| pace.due(now));
                self.waiting = Some((record, due));
            }
            if let Some((_, due)) = &self.waiting
                && self.pace.is_some()
            {
                sleep_until(*due).await;
            }
            let Some((record, _)) = self.waiting.take() else {
                continue;
            };
            self.count += 1;
            if let Some(event) = self.event(record).transpose() {
                return Ok(Some(event));
            }
            self.count -= 1;
        }
    }

    async fn record(&mut self) -> Result<Option<Record>, Unreadable> {
        if self.most.is_some_and(|most| self.count >= most) {
            return Ok(None);
        }
        let Some(records) = &mut self.records else {
            let place = format!("event {}", self.count + 1);
            return Ok(Some(Record { text: None, place }));
        };
        let text = records.next().await?;
        Ok(text.map(|text| Record {
            text: Some(text),
            place: records.place(),
        }))
    }

    /// The event that a record makes; what subscribers missed is none.
    fn event(&self, record: Record) -> Result<Option<Event>, CliError> {
        let Record { text, place } = record;
        let weight = WEIGHT + self.weight + text.as_ref().map_or(0, String::len);
        let (topic, arguments) = match &text {
            Some(text) if self.jsonl => {
                let line = argument::line(text, &place)?;
                match line.kind.as_deref() {
                    None | Some("event" | "call" | "invocation" | "result") => {}
                    Some("gap") => return Ok(None),
                    Some(other) => {
                        return Err(CliError::Usage {
                            message: format!("{place}: a line of type {other} is no event"),
                            hint: Some("--keep-going passes it over".to_owned()),
                        });
                    }
                }
                (self.topic_or(line.uri, &place)?, line.arguments)
            }
            text => (self.topic.to_owned(), self.arguments(text.as_deref())),
        };
        Ok(Some(Event {
            place,
            topic,
            arguments,
            weight,
        }))
    }

    /// The topic, or for `-` that of the line.
    fn topic_or(&self, uri: Option<String>, place: &str) -> Result<String, CliError> {
        if self.topic != EACH {
            return Ok(self.topic.to_owned());
        }
        uri.ok_or_else(|| CliError::Usage {
            message: format!("{place}: there is no \"uri\" to publish to"),
            hint: Some("write the topic in place of -".to_owned()),
        })
    }

    /// The arguments with the line behind them, unless it is in them already.
    fn arguments(&self, line: Option<&str>) -> Arguments {
        let filling = Filling {
            count: self.count,
            line,
        };
        let mut arguments = self.arguments.fill(&filling);
        if let Some(line) = line.filter(|_| !self.arguments.has_line()) {
            let value = json::parse(line).unwrap_or_else(|_| Value::from(line));
            arguments.args.push(value);
        }
        arguments
    }
}

impl Source {
    fn fill(&self, filling: &Filling<'_>) -> Arguments {
        match self {
            Self::Fixed(arguments) => arguments.clone(),
            Self::Template(template) => template.fill(filling),
        }
    }

    fn has_line(&self) -> bool {
        match self {
            Self::Fixed(_) => false,
            Self::Template(template) => template.has_line(),
        }
    }

    /// About how much memory the arguments of one event take, the line apart.
    fn weight(&self) -> usize {
        let arguments = self.fill(&Filling::default());
        json::compact(&json::with_arguments(Dict::new(), &arguments).into()).len()
    }
}

/// The topic that stands for each line's own.
const EACH: &str = "-";

/// What an event takes in memory beside its line, about.
const WEIGHT: usize = 256;
