//! `wamp keygen`.

use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use wampkit::auth::{
    CraSecret, Kdf, PrivateKey, ScramKeys, ScramRecord, Secret, TicketSecret, new_ticket,
};
use wampkit::secret::SecretSource;

use super::args::{KeyKdf, KeyMethod, KeygenArgs};
use super::console::Console;
use super::error::CliError;
use super::exit::Exit;
use super::private;

/// Makes a key or secret, keeps the private part in a file, and prints the lines for the configuration.
///
/// # Errors
/// Options that do not go together, a file that is there already, a password that cannot be had or is none.
pub(crate) fn run(args: &KeygenArgs, console: &Console) -> Result<Exit, CliError> {
    check(args)?;
    let (key, value) = match args.method {
        KeyMethod::Cryptosign => {
            let private = PrivateKey::from_seed(random()?);
            let path = keep(args, "key", &private.to_hex())?;
            told(args, console, &path, "private key", "--key");
            ("cryptosign", format!("[\"{}\"]", private.public()))
        }
        KeyMethod::Ticket => {
            let ticket = new_ticket(&random()?);
            let path = keep(args, "ticket", ticket.expose())?;
            told(args, console, &path, "ticket", "--secret");
            let hash = TicketSecret::plain(&ticket).sha256();
            ("ticket_sha256", text(&hash))
        }
        KeyMethod::Wampcra => {
            let password = password(args, console)?;
            let iterations = args.iterations.unwrap_or(CraSecret::DEFAULT_ITERATIONS);
            let record = CraSecret::derive(&password.secret, &random()?, iterations);
            let record = wampcra(&record.map_err(usage)?);
            password.keep(args, console)?;
            console.note("the key of the record is as good as the password: keep the configuration to yourself");
            ("wampcra", record)
        }
        KeyMethod::Scram => {
            let password = password(args, console)?;
            let kdf = kdf(args)?;
            let record = ScramRecord::derive(&password.secret, &random::<16>()?, kdf);
            let record = scram(&record.map_err(usage)?);
            password.keep(args, console)?;
            ("scram", record)
        }
    };
    console.line("[[realms.users]]")?;
    console.line(&format!("authid = {}", text(&args.authid)))?;
    console.line(&format!("role = {}", text(&args.role)))?;
    console.line(&format!("{key} = {value}"))?;
    Ok(Exit::Success)
}

/// Whether the options go with the method.
fn check(args: &KeygenArgs) -> Result<(), CliError> {
    let has_password = matches!(args.method, KeyMethod::Wampcra | KeyMethod::Scram);
    let has_kdf = args.method == KeyMethod::Scram;
    for (option, is_given, is_fit) in [
        ("--secret", args.secret.is_some(), has_password),
        ("--iterations", args.iterations.is_some(), has_password),
        ("--kdf", args.kdf.is_some(), has_kdf),
        (
            "--memory",
            args.memory.is_some(),
            has_kdf && args.kdf != Some(KeyKdf::Pbkdf2),
        ),
    ] {
        if is_given && !is_fit {
            let method = args.method.name();
            let pbkdf2 = if has_kdf { " with pbkdf2" } else { "" };
            return Err(usage(format!("{method}{pbkdf2} has no use for {option}")));
        }
    }
    if args.authid.trim().is_empty() || args.role.trim().is_empty() {
        return Err(usage("--authid and --role must not be empty"));
    }
    Ok(())
}

/// A password, and whether it was made here.
struct Password {
    secret: Secret,
    is_new: bool,
}

impl Password {
    /// Keeps a password that nobody knows yet.
    fn keep(&self, args: &KeygenArgs, console: &Console) -> Result<(), CliError> {
        if self.is_new {
            let path = keep(args, "password", self.secret.expose())?;
            told(args, console, &path, "password", "--secret");
        }
        Ok(())
    }
}

/// The password that is given, typed, or else made up.
fn password(args: &KeygenArgs, console: &Console) -> Result<Password, CliError> {
    let authid = &args.authid;
    let typed = |source: &SecretSource, what: &str| {
        let found = source.read(what).map_err(usage)?;
        if let Some(warning) = &found.warning {
            console.note(&warning.to_string());
        }
        Ok::<_, CliError>(found.secret)
    };
    let source = match &args.secret {
        // Not read by clap, whose errors repeat what they complain of.
        Some(text) => text
            .parse()
            .map_err(|error| usage(format!("--secret: {error}")))?,
        None if args.out.is_none() && io::stdin().is_terminal() => SecretSource::Prompt,
        None => {
            return Ok(Password {
                secret: new_ticket(&random()?),
                is_new: true,
            });
        }
    };
    let secret = typed(&source, &format!("Password of {authid}"))?;
    if source == SecretSource::Prompt && typed(&source, "The same again")? != secret {
        return Err(usage("these are two different passwords"));
    }
    Ok(Password {
        secret,
        is_new: false,
    })
}

fn kdf(args: &KeygenArgs) -> Result<Kdf, CliError> {
    let default = match args.kdf {
        Some(KeyKdf::Pbkdf2) => Kdf::DEFAULT_PBKDF2,
        Some(KeyKdf::Argon2id13) | None => Kdf::DEFAULT,
    };
    let iterations = args.iterations.unwrap_or_else(|| default.iterations());
    let kdf = Kdf::named(
        default.name(),
        iterations,
        args.memory.or_else(|| default.memory()),
    );
    // A client would not go along with what is too cheap or too dear.
    kdf.and_then(|kdf| kdf.check().map(|()| kdf)).map_err(usage)
}

fn wampcra(record: &CraSecret) -> String {
    match record {
        CraSecret::Salted {
            key,
            salt,
            iterations,
            keylen,
        } => format!(
            "{{ key = {}, salt = {}, iterations = {iterations}, keylen = {keylen} }}",
            text(key.expose()),
            text(salt)
        ),
        // What was derived is salted; of anything else a source is what there is to say.
        CraSecret::Plain(_) => text("prompt"),
    }
}

fn scram(record: &ScramRecord) -> String {
    let mut parts = vec![
        format!("kdf = {}", text(record.kdf.name())),
        format!("salt = {}", text(&STANDARD.encode(&record.salt))),
        format!("iterations = {}", record.kdf.iterations()),
    ];
    parts.extend(
        record
            .kdf
            .memory()
            .map(|memory| format!("memory = {memory}")),
    );
    let mut keys = |prefix: &str, keys: &ScramKeys| {
        for (name, key) in [("stored_key", &keys.stored), ("server_key", &keys.server)] {
            parts.push(format!("{prefix}{name} = {}", text(&STANDARD.encode(key))));
        }
    };
    keys("", &record.keys);
    if let Some(compat) = &record.compat {
        keys("compat_", compat);
    }
    format!("{{ {} }}", parts.join(", "))
}

/// Text as TOML has it.
fn text(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// Writes the private part to its file, with a newline.
fn keep(args: &KeygenArgs, extension: &str, secret: &str) -> Result<PathBuf, CliError> {
    let path = match &args.out {
        Some(path) => path.clone(),
        None if args.authid.contains(['/', '\0']) => {
            return Err(usage("an ID with / is no name of a file: say --out"));
        }
        None => PathBuf::from(format!("{}.{extension}", args.authid)),
    };
    let line = format!("{secret}\n");
    let written = if args.force {
        private::replace(&path, &line)
    } else {
        private::create(&path, &line)
    };
    match written {
        Ok(()) => Ok(path),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(CliError::Usage {
            message: format!("{} is there already", path.display()),
            hint: Some("name another file with --out, or replace it with --force".to_owned()),
        }),
        Err(error) => Err(CliError::System {
            doing: format!("write {}", path.display()),
            error,
        }),
    }
}

fn told(args: &KeygenArgs, console: &Console, path: &Path, what: &str, option: &str) {
    let path = path.display();
    console.note(&format!(
        "the {what} is in {path}; a client takes it by --authid {} {option} file:{path}",
        args.authid
    ));
}

fn random<const N: usize>() -> Result<[u8; N], CliError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| CliError::System {
        doing: "draw random numbers".to_owned(),
        error: error.into(),
    })?;
    Ok(bytes)
}

fn usage(error: impl ToString) -> CliError {
    CliError::Usage {
        message: error.to_string(),
        hint: None,
    }
}
