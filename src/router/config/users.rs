//! `[[realms.users]]`: who may log in, and what each proves that by. Secrets are read here.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::auth::{
    CertificateMatch, CraSecret, Credential, Directory, Kdf, PublicKey, ScramKeys, ScramRecord,
    Secret, TicketSecret, User,
};
use crate::secret::SecretSource;

use crate::settings::Place;
use crate::settings::Value;
use crate::settings::{Item, Reader, Section};

/// Somebody who may log in, with where the secrets came from.
#[derive(Clone, Debug)]
pub struct UserSetup {
    /// Who, and by what.
    pub user: User,
    /// The keys of the file that say by what, as they may be shown.
    pub(super) shown: Vec<(&'static str, toml::Value)>,
    /// Where it stands.
    pub(super) place: Place,
}

pub(super) fn read(section: Section<'_>, known: &[UserSetup]) -> Option<UserSetup> {
    let mut credentials = Credentials {
        reader: section.reader,
        salt: [0; 16],
        found: Vec::new(),
        shown: Vec::new(),
        faulty: false,
    };
    let authid = section.need("authid").and_then(|item| {
        let authid = item.name()?;
        if let Some(first) = known.iter().find(|known| known.user.authid == authid) {
            let line = first.place.line;
            item.fault(format!("user {authid:?} is there already, in line {line}"));
        }
        Some(authid.to_owned())
    });
    let role = section.need("role").and_then(|item| item.name());
    if let (Some(key), Some(authid)) = (section.reader.key, &authid) {
        credentials.salt = Directory::salt(key, authid);
    }
    for key in METHODS {
        let Some(item) = section.get(key) else {
            continue;
        };
        let read = match key {
            "ticket" => credentials.ticket(item),
            "ticket_sha256" => credentials.ticket_hash(item),
            "wampcra" => credentials.wampcra(item),
            "scram" => credentials.scram(item),
            "cryptosign" => credentials.cryptosign(item),
            _ => credentials.tls(item),
        };
        credentials.faulty |= read.is_none();
    }
    if credentials.found.is_empty() && !credentials.faulty {
        let methods = METHODS.map(|key| format!("`{key}`")).join(", ");
        section.fault(format!("a user needs one of {methods} to log in by"));
    }
    let place = section.reader.place(section.at);
    section.finish();
    Some(UserSetup {
        user: User {
            authid: authid?,
            role: role?.to_owned(),
            credentials: credentials.found,
        },
        shown: credentials.shown,
        place,
    })
}

/// The keys of a user that are ways to log in.
const METHODS: [&str; 6] = [
    "ticket",
    "ticket_sha256",
    "wampcra",
    "scram",
    "cryptosign",
    "tls",
];

struct Credentials<'a> {
    reader: &'a Reader<'a>,
    /// For records that are derived from passwords.
    salt: [u8; 16],
    found: Vec<Credential>,
    shown: Vec<(&'static str, toml::Value)>,
    faulty: bool,
}

impl Credentials<'_> {
    fn add(&mut self, key: &'static str, credential: Credential, shown: impl Into<toml::Value>) {
        self.found.push(credential);
        self.shown.push((key, shown.into()));
    }

    fn ticket(&mut self, item: Item<'_>) -> Option<()> {
        let (secret, source) = secret(self.reader, item)?;
        let ticket = TicketSecret::plain(&secret);
        self.add("ticket", Credential::Ticket(ticket), source.to_string());
        Some(())
    }

    fn ticket_hash(&mut self, item: Item<'_>) -> Option<()> {
        let ticket = TicketSecret::from_sha256(item.text()?);
        let ticket = ticket.map_err(|error| item.fault(error.to_string())).ok()?;
        let digits = ticket.sha256();
        self.add("ticket_sha256", Credential::Ticket(ticket), digits);
        Some(())
    }

    fn wampcra(&mut self, item: Item<'_>) -> Option<()> {
        if !matches!(item.node.value, Value::Table(_)) {
            let (secret, source) = secret(self.reader, item)?;
            let credential = Credential::WampCra(CraSecret::Plain(secret));
            self.add("wampcra", credential, source.to_string());
            return Some(());
        }
        let section = item.section("wampcra")?;
        let key = section.need("key").and_then(shown_secret);
        let salt = section.need("salt").and_then(|it| it.name());
        let iterations = section.need("iterations").and_then(|it| it.number(1));
        let keylen = match section.get("keylen") {
            Some(item) => item.number(1),
            None => Some(KEYLEN),
        };
        section.finish();
        let (key, salt, iterations, keylen) = (key?, salt?.to_owned(), iterations?, keylen?);
        let length = STANDARD.decode(key.expose()).ok().map(|key| key.len());
        if length != usize::try_from(keylen).ok() {
            item.fault(format!(
                "the `key` of a salted secret is base64 of {keylen} bytes"
            ));
            return None;
        }
        let mut shown = toml::Table::new();
        shown.insert("key".to_owned(), REDACTED.into());
        shown.insert("salt".to_owned(), salt.clone().into());
        shown.insert("iterations".to_owned(), i64::from(iterations).into());
        shown.insert("keylen".to_owned(), i64::from(keylen).into());
        let salted = CraSecret::Salted {
            key,
            salt,
            iterations,
            keylen,
        };
        self.add("wampcra", Credential::WampCra(salted), shown);
        Some(())
    }

    fn scram(&mut self, item: Item<'_>) -> Option<()> {
        if !matches!(item.node.value, Value::Table(_)) {
            let (secret, source) = secret(self.reader, item)?;
            let record = self.derived(item, &secret, Kdf::DEFAULT)?;
            self.add("scram", Credential::Scram(record), source.to_string());
            return Some(());
        }
        let section = item.section("scram")?;
        let kdf = section.need("kdf").map(|item| (item, item.text()));
        let iterations = section
            .need("iterations")
            .and_then(|it| it.number::<u32>(1));
        let memory = match section.get("memory") {
            Some(item) => item.number::<u32>(1).map(Some),
            None => Some(None),
        };
        let kdf = match (kdf, iterations, memory) {
            (Some((item, Some(name))), Some(iterations), Some(memory)) => {
                Kdf::named(name, iterations, memory)
                    .and_then(|kdf| kdf.check().map(|()| kdf))
                    .map_err(|error| item.fault(error.to_string()))
                    .ok()
            }
            _ => None,
        };
        let mut shown = toml::Table::new();
        let record = if let Some(item) = section.get("secret") {
            let found = secret(self.reader, item);
            section.finish();
            let (secret, source) = found?;
            shown.insert("secret".to_owned(), source.to_string().into());
            self.derived(item, &secret, kdf?)?
        } else {
            let salt = section.need("salt").and_then(salt);
            let own = keys(&section, "stored_key", "server_key");
            let compat = ["compat_stored_key", "compat_server_key"];
            let is_there = compat.map(|key| section.get(key).is_some());
            let compat = match is_there {
                [false, false] => Some(None),
                _ => keys(&section, compat[0], compat[1]).map(Some),
            };
            section.finish();
            let record = ScramRecord {
                kdf: kdf?,
                salt: salt?,
                keys: own?,
                compat: compat?,
            };
            shown.insert("salt".to_owned(), STANDARD.encode(&record.salt).into());
            let mut redacted = vec!["stored_key", "server_key"];
            if record.compat.is_some() {
                redacted.extend(["compat_stored_key", "compat_server_key"]);
            }
            for key in redacted {
                shown.insert(key.to_owned(), REDACTED.into());
            }
            record
        };
        shown.insert("kdf".to_owned(), record.kdf.name().into());
        let iterations = i64::from(record.kdf.iterations());
        shown.insert("iterations".to_owned(), iterations.into());
        if let Some(memory) = record.kdf.memory() {
            shown.insert("memory".to_owned(), i64::from(memory).into());
        }
        self.add("scram", Credential::Scram(record), shown);
        Some(())
    }

    fn derived(&self, item: Item<'_>, secret: &Secret, kdf: Kdf) -> Option<ScramRecord> {
        ScramRecord::derive(secret, &self.salt, kdf)
            .map_err(|error| item.fault(format!("`{}`: {error}", item.key)))
            .ok()
    }

    fn cryptosign(&mut self, item: Item<'_>) -> Option<()> {
        let items = item.one_or_more();
        let keys = items.iter().map(|item| self.public_key(*item));
        // All of them are looked at before the first that is wrong ends it.
        let keys = keys.collect::<Vec<_>>();
        let keys = keys.into_iter().collect::<Option<Vec<_>>>()?;
        let shown = keys.iter().map(|key| key.to_string().into()).collect();
        self.shown.push(("cryptosign", toml::Value::Array(shown)));
        self.found
            .extend(keys.into_iter().map(Credential::Cryptosign));
        Some(())
    }

    fn public_key(&self, item: Item<'_>) -> Option<PublicKey> {
        let text = item.text()?;
        let text = match text.strip_prefix("file:") {
            Some(path) => {
                self.reader.key?;
                let source = SecretSource::File(self.reader.folder.join(path));
                // A public key may be seen by everybody.
                let found = source.read("Public key");
                let found = found.map_err(|error| item.fault(format!("`cryptosign`: {error}")));
                found.ok()?.secret.expose().to_owned()
            }
            None => text.to_owned(),
        };
        text.parse()
            .map_err(|error| item.fault(format!("`cryptosign`: {error}")))
            .ok()
    }

    fn tls(&mut self, item: Item<'_>) -> Option<()> {
        let items = item.one_or_more();
        let found = items.iter().map(|item| item.parsed());
        let found = found.collect::<Vec<Option<CertificateMatch>>>();
        let found = found.into_iter().collect::<Option<Vec<_>>>()?;
        let shown = found.iter().map(|it| it.to_string().into()).collect();
        self.shown.push(("tls", toml::Value::Array(shown)));
        self.found.extend(found.into_iter().map(Credential::Tls));
        Some(())
    }
}

/// Reads the secret that a source leads to, at once: what is missing is to be found out before anybody logs in.
fn secret(reader: &Reader<'_>, item: Item<'_>) -> Option<(Secret, SecretSource)> {
    let key = item.key;
    let text = item.text()?;
    let source: SecretSource = text
        .parse()
        .map_err(|error| {
            if text == REDACTED {
                item.fault(format!("`{key}`: {HIDDEN}"));
            } else {
                item.fault(format!("`{key}`: {error}"));
            }
        })
        .ok()?;
    let source = source.from_folder(&reader.folder);
    match &source {
        SecretSource::Prompt => {
            item.fault(format!(
                "`{key}`: there is nobody to prompt when a router starts"
            ));
            return None;
        }
        SecretSource::Plain(secret) if secret.expose() == REDACTED => {
            item.fault(format!("`{key}`: {HIDDEN}"));
            return None;
        }
        SecretSource::Plain(_) => {
            let line = reader.place(item.node.at).line;
            reader.warn(format!(
                "line {line}: `{key}` has its secret in plain text; file: or env: keep it out of here"
            ));
            reader.has_secrets.set(true);
        }
        _ => {}
    }
    reader.key?;
    let found = source
        .read("Secret")
        .map_err(|error| item.fault(format!("`{key}`: {error}")))
        .ok()?;
    if let Some(warning) = found.warning {
        reader.warn(warning.to_string());
    }
    Some((found.secret, source))
}

/// A record's key that is as good as the secret.
fn shown_secret(item: Item<'_>) -> Option<Secret> {
    let text = item.name()?;
    if text == REDACTED {
        item.fault(format!("`{}`: {HIDDEN}", item.key));
        return None;
    }
    item.reader.has_secrets.set(true);
    Some(Secret::new(text))
}

fn salt(item: Item<'_>) -> Option<Vec<u8>> {
    let salt = STANDARD.decode(item.text()?).ok();
    let salt = salt.filter(|salt| salt.len() >= LEAST_SALT);
    if salt.is_none() {
        item.fault(format!(
            "`salt` must be base64 of at least {LEAST_SALT} bytes"
        ));
    }
    salt
}

fn keys(section: &Section<'_>, stored: &'static str, server: &'static str) -> Option<ScramKeys> {
    let key = |name| {
        let item = section.need(name)?;
        let text = shown_secret(item)?;
        let key = STANDARD.decode(text.expose()).ok();
        let key = key.and_then(|key| <[u8; 32]>::try_from(key).ok());
        if key.is_none() {
            item.fault(format!("`{name}` must be base64 of 32 bytes"));
        }
        key
    };
    let (stored, server) = (key(stored), key(server));
    Some(ScramKeys {
        stored: stored?,
        server: server?,
    })
}

/// What stands in a printed configuration where a secret would.
const REDACTED: &str = "***";

const HIDDEN: &str = "*** stands for a secret that is not shown";

/// The length of a key that is derived for WAMP-CRA, unless another is given.
const KEYLEN: u32 = 32;

/// In bytes; RFC 5802 has no bound, Argon2 this one.
const LEAST_SALT: usize = 8;
