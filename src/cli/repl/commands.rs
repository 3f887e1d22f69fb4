//! The commands of a line, one by one.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use clap::ValueEnum as _;
use tokio::process::Command;
use tokio::time::{Instant, timeout};
use wampkit::codec::Arguments;
use wampkit::proto::{Dict, DictFields as _, MatchPolicy, Value};

use super::super::args::{
    CallArgs, ClientArgs, ExpectArgs, LineCommand, OutputArgs, PublishArgs, SetArgs, Setting,
    Switch, duration,
};
use super::super::command::code;
use super::super::connection::{DEFAULT_URL, answer};
use super::super::console::Console;
use super::super::error::CliError;
use super::super::exit::Exit;
use super::super::files::Files;
use super::super::output::{Envelope, Format};
use super::super::ping::{millis, shown};
use super::super::settings;
use super::super::signals::Work;
use super::super::{argument, call, kill, ls, ping, publish, show, trace};
use super::editor::History;
use super::expect::compare;
use super::jobs::Kind;
use super::line::{Read, Words, without_name};
use super::script::Script;
use super::shell::{Shell, WAIT, elsewhere};

impl Shell {
    /// Runs a command.
    ///
    /// # Errors
    /// What is wrong with it, and everything that it can come to.
    pub(super) async fn execute(&mut self, words: &Words) -> Result<Exit, CliError> {
        let command = match words.read(&mut self.grammar)? {
            Read::Command(command) => *command,
            Read::Help(text) => return self.console.line(&text).map(|()| Exit::Success),
        };
        match command {
            LineCommand::Call(args) => return self.call(*args).await,
            LineCommand::Publish(args) => return self.publish(*args).await,
            LineCommand::Subscribe(mut args) => {
                let console = self.adopt(&mut args.client).in_background();
                let topics = args.topics.clone();
                self.session().await?;
                let names = Arc::clone(&self.names);
                let subscribing = self.jobs.subscribe(*args, &self.link, console, names);
                self.connection.guard(subscribing).await?;
                topics.iter().for_each(|topic| self.names.seen_uri(topic));
            }
            LineCommand::Register(mut args) => {
                let console = self.adopt(&mut args.client).in_background();
                self.session().await?;
                let names = Arc::clone(&self.names);
                let registering = self.jobs.register(*args, &self.link, console, names);
                self.connection.guard(registering).await?;
            }
            LineCommand::Ls(mut args) => {
                let console = self.adopt(&mut args.client);
                self.session().await?;
                let unasked = self.unasked();
                ls::on(&mut self.connection, &args, &unasked, &console).await?;
            }
            LineCommand::Show(mut args) => {
                let console = self.adopt(&mut args.client);
                self.session().await?;
                show::on(&mut self.connection, &args, &console).await?;
            }
            LineCommand::Kill(mut args) => {
                let console = self.adopt(&mut args.client);
                self.session().await?;
                kill::on(&mut self.connection, &args, &console).await?;
            }
            LineCommand::Ping(mut args) => {
                let console = self.adopt(&mut args.client);
                self.session().await?;
                ping::on(&mut self.connection, &args, &console).await?;
            }
            LineCommand::Wait(args) => {
                let limit = args.limit.unwrap_or(WAIT);
                let event = self.wait(&args.topic, limit, args.match_policy, true);
                self.last = Some(event.await?);
            }
            LineCommand::Expect(args) => return self.expect(args, words).await,
            LineCommand::Jobs => {
                let jobs = self.jobs.list();
                if jobs.is_empty() {
                    self.console.note("no jobs");
                }
                let columns = ["job", "type", "uris", "count", "muted"];
                self.console.list(&columns, &jobs)?;
            }
            LineCommand::Unsub(args) => {
                self.check_jobs(Some(Kind::Subscription), &args.numbers, words)?;
                self.end_jobs(&args.numbers).await?;
            }
            LineCommand::Unreg(args) => {
                self.check_jobs(Some(Kind::Registration), &args.numbers, words)?;
                self.end_jobs(&args.numbers).await?;
            }
            LineCommand::Mute(args) => {
                self.check_jobs(None, &args.numbers, words)?;
                for told in self.jobs.mute(&args.numbers) {
                    self.console.note(&told);
                }
            }
            LineCommand::Whoami => self.whoami().await?,
            LineCommand::Connect { .. } | LineCommand::Realm { .. } | LineCommand::Use { .. }
                if self.stays() => {}
            LineCommand::Connect { url } => {
                let mut client = self.client.clone();
                client.connection = elsewhere(&client.connection, url);
                self.go(client).await?;
                self.history = Some(History::of(None));
            }
            LineCommand::Realm { realm } => {
                let mut client = self.client.clone();
                client.connection.realm = Some(realm);
                self.go(client).await?;
            }
            LineCommand::Use { context } => self.take_context(context).await?,
            LineCommand::Set(args) => self.set(args, words)?,
            LineCommand::Trace { switch } => trace::pause(switch == Switch::Off),
            LineCommand::Time(args) => {
                let started = Instant::now();
                let outcome = Box::pin(self.execute(&words.last(args.words.len()))).await;
                self.took(started.elapsed());
                return outcome;
            }
            LineCommand::Source { file } => return self.source(&file).await,
            LineCommand::Shell(args) => return self.shell(&args.words.join(" ")).await,
            LineCommand::Help { command } => self.help(command.as_deref(), words)?,
            LineCommand::Quit => self.quit = true,
        }
        Ok(Exit::Success)
    }

    /// Completes the options of a line with those of the session. The console is as they want it.
    fn adopt(&self, own: &mut ClientArgs) -> Console {
        let (line, session) = (std::mem::take(&mut own.output), &self.client.output);
        own.output = OutputArgs {
            output: line.output.or(session.output),
            details: line.details || session.details,
            timeout: line.timeout.or(session.timeout),
        };
        own.connection = self.client.connection.clone();
        self.console.with(&own.output)
    }

    /// Whether there are these jobs, of this kind if it is to be one.
    fn check_jobs(
        &mut self,
        kind: Option<Kind>,
        numbers: &[u32],
        words: &Words,
    ) -> Result<(), CliError> {
        numbers.iter().try_for_each(|number| {
            let checked = self.jobs.check(kind, *number);
            checked.map_err(|error| words.point(&number.to_string(), error))
        })
    }

    async fn end_jobs(&mut self, numbers: &[u32]) -> Result<(), CliError> {
        let ending = async { Ok(self.jobs.end(numbers).await) };
        for told in self.connection.guard(ending).await? {
            self.console.note(&told);
        }
        Ok(())
    }

    async fn call(&mut self, mut args: CallArgs) -> Result<Exit, CliError> {
        if args.stream {
            return Err(no_stdin("--stream"));
        }
        let console = self.adopt(&mut args.client);
        self.session().await?;
        let called = call::on(&mut self.connection, &args, &console).await?;
        self.saw(&args.procedure, &args.payload.words);
        if let Some(result) = called.result {
            self.last = Some(result);
        }
        Ok(called.exit)
    }

    async fn publish(&mut self, mut args: PublishArgs) -> Result<Exit, CliError> {
        if args.many.lines || args.many.jsonl {
            return Err(no_stdin("--lines"));
        }
        let console = self.adopt(&mut args.client);
        self.session().await?;
        publish::on(&mut self.connection, &args, &console).await
    }

    /// The topics that are subscribed to for Tab alone: nobody has typed that.
    fn unasked(&mut self) -> BTreeSet<String> {
        let mut topics = self.names.watched();
        topics.retain(|topic| self.jobs.hears(topic).is_none());
        topics
    }

    /// Remembers a URI and the keywords that went with it.
    fn saw(&self, uri: &str, words: &[String]) {
        self.names.seen_uri(uri);
        for word in words {
            let key = word.split(['=', ':']).next().unwrap_or_default();
            if !key.is_empty() && key.len() < word.len() && !key.starts_with(['{', '[', '"', '@']) {
                self.names.seen_keyword(uri, key);
            }
        }
    }

    /// The next event of a topic. Where it is subscribed to already, the first that nobody has waited for.
    async fn wait(
        &mut self,
        topic: &str,
        limit: Duration,
        policy: Option<MatchPolicy>,
        printed: bool,
    ) -> Result<Envelope, CliError> {
        let late = || CliError::TooFew {
            got: 0,
            wanted: 1,
            why: format!("of {topic} within {}", humantime::format_duration(limit)),
        };
        if let Some(heard) = self.jobs.hears(topic) {
            let waiting = async { timeout(limit, heard.next(topic)).await.map_err(|_| late()) };
            return self.connection.guard(waiting).await;
        }
        let session = self.session().await?;
        let subscribed = self.client.output.timeout;
        let waiting = async {
            let mut subscribe = session.subscribe(topic);
            if let Some(policy) = policy {
                subscribe = subscribe.match_policy(policy);
            }
            // The time is for the event alone: the router's answer may take longer than none is to come in.
            let mut events = answer(topic, subscribed, subscribe).await?;
            match timeout(limit, events.next()).await {
                Ok(Some(event)) => Ok(event),
                Ok(None) => Err(CliError::Lost(session.closed().await)),
                Err(_) => Err(late()),
            }
        };
        let event = self.connection.guard(waiting).await?;
        let event = super::super::subscribe::envelope(&event, &self.console)?;
        if printed {
            self.console.with(&self.client.output).event(&event)?;
        }
        Ok(event)
    }

    async fn expect(&mut self, args: ExpectArgs, words: &Words) -> Result<Exit, CliError> {
        if let Some(topic) = &args.no_event {
            let limit = args.within.unwrap_or(WITHIN);
            return match self.wait(topic, limit, None, false).await {
                Ok(event) => Err(CliError::Unexpected(format!(
                    "expected no event of {topic}, got one: {}",
                    super::super::json::compact(&event.value().unwrap_or(Value::Null))
                ))),
                Err(CliError::TooFew { .. }) => Ok(Exit::Success),
                Err(error) => Err(error),
            };
        }
        if !args.command.is_empty() {
            self.last = None;
            let outcome = Box::pin(self.execute(&words.last(args.command.len()))).await;
            match (&args.error, outcome) {
                (None, Ok(Exit::Success)) => {}
                (None, outcome) => return outcome,
                (Some(uri), Err(CliError::Wamp { error, .. })) if error.error == **uri => {
                    return Ok(Exit::Success);
                }
                (Some(_), Err(error)) if error.is_final() => return Err(error),
                (Some(uri), outcome) => {
                    let got = outcome.map_or_else(|error| error.to_string(), |_| "none".to_owned());
                    let message = format!("expected the error {uri}, got {got}");
                    return Err(CliError::Unexpected(message));
                }
            }
            if args.words.is_empty() {
                return Ok(Exit::Success);
            }
        }
        let expected = argument::arguments(&args.words, &mut Files::default())?;
        let Some(last) = &self.last else {
            return Err(CliError::Unexpected("there is no result yet".to_owned()));
        };
        if !args.words.is_empty() {
            compare(&expected, &last.arguments, args.contains)?;
        }
        Ok(Exit::Success)
    }

    async fn whoami(&mut self) -> Result<(), CliError> {
        let session = self.session().await?;
        let url = self.client.connection.url.as_deref();
        let mut details = Dict::new()
            .with("url", url.unwrap_or(DEFAULT_URL))
            .with("session", session.id())
            .with("serializer", session.serializer().as_str());
        session.details().each(&mut |key, value| {
            if key != "roles" {
                details.push(key, value.clone());
            }
        });
        if details.get("realm").is_none() {
            details.push("realm", session.realm().clone());
        }
        let console = self.console.with(&self.client.output);
        console.record(&told("session", details))
    }

    async fn take_context(&mut self, context: String) -> Result<(), CliError> {
        let mut options = ClientArgs::default();
        options.connection.context = Some(context.clone());
        let resolved = settings::resolve(options, ClientArgs::default())?;
        for warning in &resolved.warnings {
            self.console.warn(warning);
        }
        let mut client = resolved.args;
        client.connection.trace = self.client.connection.trace.clone();
        self.go(client).await?;
        self.history = Some(History::of(Some(&context)));
        Ok(())
    }

    fn set(&mut self, args: SetArgs, words: &Words) -> Result<(), CliError> {
        let output = &mut self.client.output;
        let (Some(name), Some(value)) = (args.name, args.value) else {
            let format = output.output.unwrap_or_default();
            let timeout = output
                .timeout
                .map(|time| humantime::format_duration(time).to_string());
            let details = Dict::new()
                .with("output", format.name())
                .with("details", output.details)
                .with("timeout", timeout.map_or(Value::Null, Value::from))
                .with("quiet", self.console.is_quiet());
            return self
                .console
                .with(&self.client.output)
                .record(&told("settings", details));
        };
        let wrong = |expected: &str| {
            let error = CliError::Usage {
                message: format!("set: {value} is none of {expected}"),
                hint: None,
            };
            words.point(&value, error)
        };
        match name {
            Setting::Output => {
                let format = Format::from_str(&value, true);
                let format = format.map_err(|_| wrong("auto, json, pretty, raw, table"))?;
                output.output = Some(format);
            }
            Setting::Details => output.details = switch(&value).ok_or_else(|| wrong("on, off"))?,
            Setting::Timeout => {
                let none = ["off", "none"].contains(&&*value);
                let limit = (!none).then(|| duration(&value)).transpose();
                output.timeout = limit.map_err(|_| wrong("a time, off"))?;
            }
            Setting::Quiet => {
                let quiet = switch(&value).ok_or_else(|| wrong("on, off"))?;
                self.console = self.console.quiet(quiet);
            }
        }
        self.console = self.console.with(&self.client.output);
        Ok(())
    }

    fn took(&self, time: Duration) {
        let details = Dict::new().with("ms", millis(time));
        let text = format!("that took {}", shown(time));
        self.console.told(&told("time", details), &text);
    }

    async fn source(&mut self, file: &Path) -> Result<Exit, CliError> {
        if self.depth == DEEPEST {
            return Err(CliError::Usage {
                message: format!("source: {} files in one another are enough", DEEPEST),
                hint: None,
            });
        }
        let script = Script::of_file(file, "source")?;
        self.depth += 1;
        let outcome = Box::pin(self.script(script)).await;
        self.depth -= 1;
        outcome
    }

    async fn shell(&mut self, line: &str) -> Result<Exit, CliError> {
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(line).kill_on_drop(true);
        if self.work != Work::Shell {
            shell.stdin(Stdio::null());
        }
        let running = async {
            shell.status().await.map_err(|error| CliError::Spawn {
                command: "sh".to_owned(),
                error,
            })
        };
        let code = code(self.connection.guard(running).await?);
        Ok(match u8::try_from(code) {
            Ok(0) => Exit::Success,
            Ok(code) => {
                self.console.note(&format!("exit code {code}"));
                Exit::Command(code)
            }
            Err(_) => Exit::Other,
        })
    }

    fn help(&mut self, command: Option<&str>, words: &Words) -> Result<(), CliError> {
        let help = match command {
            None => self.grammar.render_help(),
            Some(name) => {
                let found = self.grammar.find_subcommand_mut(name);
                let found = found.ok_or_else(|| {
                    let error = CliError::Usage {
                        message: format!("help: no such command: {name}"),
                        hint: Some("`help` lists the commands".to_owned()),
                    };
                    words.point(name, error)
                })?;
                found.render_long_help()
            }
        };
        self.console.line(&without_name(&help.to_string()))
    }
}

/// Standard input is where lines come from.
fn no_stdin(option: &str) -> CliError {
    CliError::Usage {
        message: format!("{option}: in the REPL standard input is not free for that"),
        hint: None,
    }
}

/// What is told about the REPL itself.
fn told(kind: &'static str, details: Dict) -> Envelope {
    Envelope {
        kind,
        uri: None,
        arguments: Arguments::default(),
        details,
        at: SystemTime::now(),
    }
}

fn switch(value: &str) -> Option<bool> {
    let switch = Switch::from_str(value, true).ok()?;
    Some(switch == Switch::On)
}

/// For how long no event is to come unless that is said.
const WITHIN: Duration = Duration::from_secs(1);

/// How many files may be in one another: more are a circle.
const DEEPEST: usize = 16;
