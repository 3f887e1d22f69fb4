//! `wamp context`.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use toml::Value as Toml;
use wampkit::codec::Arguments;
use wampkit::proto::{Dict, Value};
use wampkit::transport::Endpoint;

use super::args::{
    ClientArgs, ContextAddArgs, ContextCheckArgs, ContextCommand, ContextEditArgs, ContextRmArgs,
    ContextSelectArgs, ContextShowArgs,
};
use super::block_on;
use super::connection::{Connection, DEFAULT_REALM, DEFAULT_URL, is_insecure};
use super::console::Console;
use super::error::CliError;
use super::exit::Exit;
use super::output::{Entry, Envelope};
use super::private;
use super::settings::{KEYS, Origin, Resolved, Secrets, Store, check, from_folder, resolve};
use super::signals::Work;

/// Keeps, shows and tries contexts. `environment` has the options that are variables; those of the command line are in the
/// command.
///
/// # Errors
/// A context that there is not, one that is wrong, and whatever the system refuses.
pub(crate) fn run(
    command: ContextCommand,
    environment: ClientArgs,
    console: &Console,
) -> Result<Exit, CliError> {
    match command {
        ContextCommand::Add(args) => add(args, console),
        ContextCommand::Ls(_) => ls(console),
        ContextCommand::Show(args) => show(args, environment, console),
        ContextCommand::Select(args) => select(&args),
        ContextCommand::Edit(args) => edit(&args, console),
        ContextCommand::Rm(args) => rm(&args),
        ContextCommand::Check(args) => try_out(args, environment, console),
    }
}

fn add(args: ContextAddArgs, console: &Console) -> Result<Exit, CliError> {
    check(&args.name)?;
    let store = Store::open()?;
    let mut options = args.client;
    let connection = &options.connection;
    if let Some(url) = &connection.url {
        url.parse::<Endpoint>()
            .map_err(|error| usage(format!("--url: {error}"), None))?;
    }
    let sources = [("--secret", &connection.secret), ("--key", &connection.key)];
    for (option, source) in sources {
        if let Some(Err(error)) = source.as_ref().map(|source| source.place()) {
            return Err(usage(format!("{option}: {error}"), None));
        }
    }
    let folder = env::current_dir().map_err(|error| CliError::System {
        doing: "find the current folder".to_owned(),
        error,
    })?;
    from_folder(&mut options, &folder);
    let path = store.write(&args.name, &lines(&options, Secrets::Plain), args.force)?;
    if args.select {
        store.select(Some(&args.name))?;
    }
    let name = &args.name;
    let select = if store.selected()?.as_deref() == Some(name) {
        "it is selected".to_owned()
    } else {
        format!("use it with -c {name}, or `wamp context select {name}`")
    };
    console.note(&format!(
        "the context {name} is in {}; {select}",
        path.display()
    ));
    Ok(Exit::Success)
}

fn ls(console: &Console) -> Result<Exit, CliError> {
    let store = Store::open()?;
    let selected = store.selected()?;
    let mut entries = Vec::new();
    for name in store.names()? {
        let is_selected = selected.as_ref() == Some(&name);
        let options = match store.read(&name) {
            Ok(settings) => settings.args,
            Err(error) => {
                console.warn(&error.to_string());
                ClientArgs::default()
            }
        };
        entries.push(Entry {
            envelope: described(&name, &store.path(&name), is_selected, &options),
            line: name,
        });
    }
    let columns = ["name", "selected", "url", "realm", "authid"];
    console.list(&columns, &entries)?;
    Ok(Exit::Success)
}

fn show(
    args: ContextShowArgs,
    environment: ClientArgs,
    console: &Console,
) -> Result<Exit, CliError> {
    let mut options = args.client;
    if args.name.is_some() {
        options.connection.context = args.name;
    }
    if args.resolved {
        let resolved = resolve(options, environment)?;
        warn(&resolved, console);
        console.list(&["key", "value", "from"], &origins(&resolved))?;
        return Ok(Exit::Success);
    }
    let is_given = |key: &&super::settings::Key| key.value(&options, Secrets::Redacted).is_some();
    if let Some(key) = KEYS
        .iter()
        .filter(|key| key.name != "output")
        .find(is_given)
    {
        let hint = "see what a command would use with `wamp context show --resolved`";
        let message = format!("{} goes with --resolved", key.option);
        return Err(usage(message, Some(hint)));
    }
    let store = Store::open()?;
    let name = match options.connection.context {
        Some(name) => name,
        None => match resolve(options, environment)?.context {
            Some((name, _)) => name,
            None => {
                let hint = "name one, or select one with `wamp context select NAME`";
                return Err(usage("no context is selected".to_owned(), Some(hint)));
            }
        },
    };
    let settings = store.read(&name)?;
    for warning in &settings.warnings {
        console.warn(warning);
    }
    let is_selected = store.selected()?.as_ref() == Some(&name);
    let envelope = described(&name, &settings.path, is_selected, &settings.args);
    console.lines_or_record(&lines(&settings.args, Secrets::Redacted), &envelope)?;
    Ok(Exit::Success)
}

fn select(args: &ContextSelectArgs) -> Result<Exit, CliError> {
    Store::open()?.select(args.name.as_deref())?;
    Ok(Exit::Success)
}

fn rm(args: &ContextRmArgs) -> Result<Exit, CliError> {
    let store = Store::open()?;
    // All or none, as far as that can be known before.
    for name in &args.names {
        store.find(name)?;
    }
    for name in &args.names {
        store.remove(name)?;
    }
    Ok(Exit::Success)
}

fn edit(args: &ContextEditArgs, console: &Console) -> Result<Exit, CliError> {
    let store = Store::open()?;
    let name = &args.name;
    let path = store.find(name)?;
    let failed = |doing: &str, path: &Path, error| CliError::System {
        doing: format!("{doing} {}", path.display()),
        error,
    };
    let before = fs::read_to_string(&path).map_err(|error| failed("read", &path, error))?;
    let draft = store.draft(name);
    match private::create(&draft, &before) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            console.note(&format!("going on with {}", draft.display()));
        }
        made => made.map_err(|error| failed("write", &draft, error))?,
    }
    open_editor(&draft)?;
    let after = fs::read_to_string(&draft).map_err(|error| failed("read", &draft, error))?;
    if let Err(error) = store.check_draft(name) {
        console.note(&format!(
            "the context {name} is as it was; `wamp context edit {name}` goes on with {}",
            draft.display()
        ));
        return Err(error);
    }
    // Written anew, because an editor may have given the copy other permissions.
    store.write(name, &after, true)?;
    fs::remove_file(&draft).map_err(|error| failed("remove", &draft, error))?;
    Ok(Exit::Success)
}

/// Has a file edited by the editor of the environment, and waits for it.
fn open_editor(path: &Path) -> Result<(), CliError> {
    let set = |name| env::var(name).ok().filter(|value| !value.trim().is_empty());
    let editor = set("VISUAL").or_else(|| set("EDITOR"));
    let editor = editor.unwrap_or_else(|| EDITOR.to_owned());
    let words = shlex::split(&editor).unwrap_or_default();
    let Some((program, arguments)) = words.split_first() else {
        let hint = "it is the words of a command, quoted as in a shell";
        return Err(usage(
            format!("{editor:?} in $VISUAL or $EDITOR is no command"),
            Some(hint),
        ));
    };
    let status = Command::new(program).args(arguments).arg(path).status();
    let status = status.map_err(|error| CliError::Spawn {
        command: program.clone(),
        error,
    })?;
    if status.success() {
        return Ok(());
    }
    // Whoever leaves the editor so, by `:cq` say, wants none of it.
    let _ = fs::remove_file(path);
    Err(CliError::System {
        doing: format!("edit with {program}"),
        error: io::Error::other(status.to_string()),
    })
}

fn try_out(
    args: ContextCheckArgs,
    environment: ClientArgs,
    console: &Console,
) -> Result<Exit, CliError> {
    let mut options = args.client;
    if args.name.is_some() {
        options.connection.context = args.name;
    }
    let resolved = resolve(options, environment)?;
    warn(&resolved, console);
    // What is found is then not what the context says.
    for key in KEYS.iter().filter(|_| resolved.context.is_some()) {
        if let [(_, Origin::Variable(name)), ..] = resolved.values(key).as_slice()
            && key.name != "output"
        {
            console.note(&format!("{} is that of {name}", key.name));
        }
    }
    let name = resolved.context.as_ref().map(|(name, _)| name.clone());
    let connection = &resolved.args.connection;
    if is_insecure(connection) {
        console.warn("the router's certificate is not checked: it can be anybody");
    }
    block_on(async {
        let open = Connection::open(connection, Work::Task, console).await?;
        let session = open.session();
        let details = session.details();
        let or_null = |value: Option<&str>| value.map_or(Value::Null, Value::from);
        let found = Dict::new()
            .with("context", or_null(name.as_deref()))
            .with("url", connection.url.as_deref().unwrap_or(DEFAULT_URL))
            .with(
                "realm",
                connection.realm.as_deref().unwrap_or(DEFAULT_REALM),
            )
            .with("session", session.id())
            .with("agent", or_null(details.agent.as_deref()))
            .with("authid", or_null(details.authid.as_deref()))
            .with("authrole", or_null(details.authrole.as_deref()))
            .with("authmethod", or_null(details.authmethod.as_deref()))
            .with("authprovider", or_null(details.authprovider.as_deref()))
            .with("serializer", session.serializer().as_str());
        let told = console.record(&envelope("session", found));
        open.leave().await;
        told.map(|()| Exit::Success)
    })
}

/// Options as the lines of a file.
fn lines(options: &ClientArgs, secrets: Secrets) -> String {
    let values = KEYS.iter().filter_map(|key| {
        let value = key.value(options, secrets)?;
        Some(format!("{} = {value}\n", key.name))
    });
    values.collect()
}

/// A context, its name and what it says.
fn described(name: &str, path: &Path, is_selected: bool, options: &ClientArgs) -> Envelope {
    let mut details = Dict::new()
        .with("name", name)
        .with("selected", is_selected)
        .with("file", path.display().to_string());
    for key in &KEYS {
        if let Some(value) = key.value(options, Secrets::Redacted) {
            details = details.with(key.name, plain(&value));
        }
    }
    envelope("context", details)
}

/// The options of a command, each with where it comes from.
fn origins(resolved: &Resolved) -> Vec<Entry> {
    let context = resolved.context.as_ref().map(|(name, origin)| {
        let name = Toml::String(name.clone());
        origin_of("context", &name, origin)
    });
    let values = KEYS.iter().flat_map(|key| {
        let values = resolved.values(key).into_iter();
        values.map(|(value, origin)| origin_of(key.name, &value, &origin))
    });
    context.into_iter().chain(values).collect()
}

fn origin_of(key: &str, value: &Toml, origin: &Origin) -> Entry {
    let mut details = Dict::new()
        .with("key", key)
        .with("value", plain(value))
        .with("from", origin.to_string())
        .with("kind", origin.kind());
    if let Some((path, line)) = place(origin) {
        let line = i64::try_from(line).unwrap_or(i64::MAX);
        details = details
            .with("file", path.display().to_string())
            .with("line", line);
    }
    Entry {
        line: format!("{key} = {value}  # {origin}"),
        envelope: envelope("option", details),
    }
}

const fn place(origin: &Origin) -> Option<(&PathBuf, usize)> {
    match origin {
        Origin::Context(path, line) | Origin::Project(path, line) => Some((path, *line)),
        _ => None,
    }
}

/// A value of a file as one of WAMP's; a file has no others that are shown.
fn plain(value: &Toml) -> Value {
    match value {
        Toml::String(text) => Value::from(text.as_str()),
        Toml::Boolean(is) => Value::from(*is),
        Toml::Array(items) => Value::List(items.iter().map(plain).collect()),
        other => Value::from(other.to_string()),
    }
}

fn envelope(kind: &'static str, details: Dict) -> Envelope {
    Envelope {
        kind,
        uri: None,
        arguments: Arguments::default(),
        details,
        at: SystemTime::now(),
    }
}

fn warn(resolved: &Resolved, console: &Console) {
    for warning in &resolved.warnings {
        console.warn(warning);
    }
}

fn usage(message: String, hint: Option<&str>) -> CliError {
    CliError::Usage {
        message,
        hint: hint.map(str::to_owned),
    }
}

/// The editor of those who have named none.
const EDITOR: &str = "vi";
