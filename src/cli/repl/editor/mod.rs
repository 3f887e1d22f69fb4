//! The line that is being typed.
//!
//! It is edited on a thread of its own, so that neither a slow typist holds up the session nor a busy session an echo. What is
//! printed meanwhile is printed above it, through the [`Screen`].

mod complete;
mod gate;
mod highlight;
mod hint;
mod history;
mod language;

use std::io::{self, ErrorKind, Write as _};
use std::sync::{Arc, mpsc};
use std::thread;

use clap::Command;
use rustix::process::Signal;
use rustix::termios::{OptionalActions, OutputModes, Termios, tcgetattr, tcsetattr};
use rustyline::config::{BellStyle, CompletionType};
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{ColorMode, ExternalPrinter};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::{JoinHandle, spawn_local};

use super::super::error::CliError;
use super::super::progress;
use super::names::Names;
use super::screen::Screen;

use gate::Gate;
use language::Language;

pub(crate) use history::History;

/// What edits lines at the terminal.
///
/// Dropping it leaves the terminal as it was, even in the midst of a line.
pub(crate) struct Editor {
    orders: mpsc::Sender<Order>,
    typed: Mutex<Reader>,
    gate: Arc<Gate>,
    before: Option<Termios>,
    resuming: JoinHandle<()>,
}

/// What an editor needs to know.
pub(crate) struct Config {
    /// The definition of the lines.
    pub(crate) grammar: Command,
    /// What is completed and coloured by.
    pub(crate) names: Arc<Names>,
    /// Whether there are colours.
    pub(crate) color: bool,
    /// Where lines are kept.
    pub(crate) history: History,
}

/// What stands in front of the line that is typed.
pub(crate) struct Prompt {
    /// How it looks while there is a session.
    pub(crate) up: String,
    /// How it looks while there is none. It is as wide: the line editor asks for the width once a line.
    pub(crate) lost: String,
    /// Whether there is one now.
    pub(crate) is_up: Box<dyn Fn() -> bool + Send + Sync>,
}

impl rustyline::Prompt for Prompt {
    fn raw(&self) -> &str {
        if (self.is_up)() { &self.up } else { &self.lost }
    }
}

/// What came of a prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Typed {
    /// A line, or several of them if they belong together or were pasted.
    Line(String),
    /// Ctrl-C: what was typed is given up.
    Interrupted,
    /// Bytes that are no UTF-8: the line is lost.
    Garbled,
    /// Ctrl-D on an empty line.
    End,
    /// The terminal is gone.
    Gone,
}

/// What the thread is told.
enum Order {
    /// To let a line be typed behind this prompt.
    Read(Prompt),
    /// To keep lines elsewhere from now on.
    Keep(History),
}

struct Reader {
    lines: UnboundedReceiver<Typed>,
    /// Whether a line has been asked for that has not come yet.
    asked: bool,
}

type Rustyline = rustyline::Editor<Language, FileHistory>;

impl Editor {
    /// Starts it, and the screen that prints above its line. Standard input is a terminal.
    ///
    /// # Errors
    /// Those of the terminal, and that no thread can be started.
    pub(crate) fn start(config: Config) -> Result<(Self, &'static Screen), CliError> {
        let before = tcgetattr(io::stdin()).ok();
        let (editor, gate) = rustyline(&config)?;
        let mut editor = editor;
        let printer = editor.create_external_printer().ok();
        let screen = screen(printer, Arc::clone(&gate)).map_err(failed)?;
        let (orders, taken) = mpsc::channel();
        let (lines, typed) = unbounded_channel();
        let at_work = Arc::clone(&gate);
        let history = config.history;
        thread::Builder::new()
            .name("editor".to_owned())
            .spawn(move || serve(editor, history, &taken, &lines, &at_work))
            .map_err(failed)?;
        let typed = Mutex::new(Reader {
            lines: typed,
            asked: false,
        });
        let resuming = resume(Arc::clone(&gate), screen).map_err(failed)?;
        let editor = Self {
            orders,
            typed,
            gate,
            before,
            resuming,
        };
        Ok((editor, screen))
    }

    /// Lets a line be typed behind this prompt. If this is given up, the next one gets what is being typed.
    pub(crate) async fn read(&self, prompt: Prompt) -> Typed {
        let mut typed = self.typed.lock().await;
        if !typed.asked {
            if self.orders.send(Order::Read(prompt)).is_err() {
                return Typed::End;
            }
            typed.asked = true;
        }
        let line = typed.lines.recv().await;
        typed.asked = false;
        line.unwrap_or(Typed::End)
    }

    /// Goes on with the lines of another context: those that follow are kept there.
    pub(crate) fn keep(&self, history: History) {
        // Without its thread the next line is the end anyway.
        let _ = self.orders.send(Order::Keep(history));
    }
}

/// Has the terminal again for the line that is being typed, whenever the process goes on after a Ctrl-Z.
///
/// The line editor does so itself, but perhaps too early: the signal stops one thread after the other, and the shell then
/// changes the terminal once more.
fn resume(gate: Arc<Gate>, screen: &'static Screen) -> io::Result<JoinHandle<()>> {
    let mut continued = signal(SignalKind::from_raw(Signal::CONT.as_raw()))?;
    Ok(spawn_local(async move {
        while continued.recv().await.is_some() {
            if gate.is_open() && claim().is_ok() {
                // Below whatever is printed the line is drawn anew.
                screen.result("");
            }
        }
    }))
}

/// Sets the terminal to a mode in which every key comes as it is typed, pasted text in brackets.
fn claim() -> io::Result<()> {
    let mut mode = tcgetattr(io::stdin())?;
    mode.make_raw();
    mode.output_modes.insert(OutputModes::OPOST);
    tcsetattr(io::stdin(), OptionalActions::Drain, &mode)?;
    let mut stdout = io::stdout();
    stdout.write_all(b"\x1b[?2004h")?;
    stdout.flush()
}

impl Drop for Editor {
    fn drop(&mut self) {
        self.resuming.abort();
        if !self.gate.is_open() {
            return;
        }
        if let Some(before) = &self.before {
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, before);
        }
        // The line is left as it is, and pasted text comes in no brackets any more.
        let mut stdout = io::stdout();
        let _ = stdout.write_all(b"\x1b[?2004l\n");
        let _ = stdout.flush();
    }
}

fn rustyline(config: &Config) -> Result<(Rustyline, Arc<Gate>), CliError> {
    let gate = Arc::new(Gate::new());
    let color = if config.color {
        ColorMode::Enabled
    } else {
        ColorMode::Disabled
    };
    let settings = rustyline::Config::builder()
        .auto_add_history(false)
        .bell_style(BellStyle::None)
        .color_mode(color)
        .completion_type(CompletionType::List)
        .completion_show_all_if_ambiguous(true)
        .history_ignore_space(true)
        .max_history_size(history::MOST)
        .map_err(terminal)?
        .build();
    let history = FileHistory::with_config(&settings);
    let mut editor = rustyline::Editor::with_history(settings, history).map_err(terminal)?;
    editor.set_helper(Some(Language::new(
        config.grammar.clone(),
        Arc::clone(&config.names),
        config.color,
        Arc::clone(&gate),
    )));
    Ok((editor, gate))
}

/// The screen, which prints above the line if the terminal can, and behind the prompt if not.
fn screen<P>(printer: Option<P>, gate: Arc<Gate>) -> io::Result<&'static Screen>
where
    P: ExternalPrinter + Send + 'static,
{
    let Some(mut printer) = printer else {
        return Screen::start(|lines| {
            // Whoever closed the terminal does not miss it.
            let _ = progress::suspend(|| writeln!(io::stdout().lock(), "{lines}"));
        });
    };
    Screen::start(move |lines| {
        gate.print(|| {
            // Where no line is being typed, that of a command's progress may be there.
            let _ = progress::suspend(|| printer.print(format!("{lines}\n")));
        });
    })
}

/// Lets lines be typed as they are asked for, until nobody asks any more.
fn serve(
    mut editor: Rustyline,
    mut history: History,
    orders: &mpsc::Receiver<Order>,
    lines: &UnboundedSender<Typed>,
    gate: &Gate,
) {
    history.load(editor.history_mut());
    for order in orders {
        let typed = match order {
            Order::Keep(next) => {
                history = next;
                history.load(editor.history_mut());
                continue;
            }
            Order::Read(prompt) => {
                gate.enter();
                let typed = editor.readline(&prompt);
                gate.leave();
                typed
            }
        };
        let typed = match typed {
            Ok(line) => {
                history.keep(&line, editor.history_mut());
                Typed::Line(line)
            }
            Err(ReadlineError::Interrupted) => Typed::Interrupted,
            // A paste in another encoding, say: there is more to come.
            Err(ReadlineError::Io(error)) if error.kind() == ErrorKind::InvalidData => {
                Typed::Garbled
            }
            // Its signal may be on its way still.
            Err(_) if tcgetattr(io::stdin()).is_err() => Typed::Gone,
            Err(_) => Typed::End,
        };
        if lines.send(typed).is_err() {
            break;
        }
    }
}

fn failed(error: io::Error) -> CliError {
    CliError::System {
        doing: "start".to_owned(),
        error,
    }
}

fn terminal(error: ReadlineError) -> CliError {
    CliError::System {
        doing: "use the terminal".to_owned(),
        error: io::Error::other(error),
    }
}
