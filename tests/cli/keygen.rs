//! `wamp keygen`: what is printed goes into a configuration, what is kept nobody else can read.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use tempfile::{TempDir, tempdir};
use wampkit::auth::{
    CraSecret, Credential, PrivateKey, PublicKey, ScramRecord, Secret, TicketSecret, User,
};
use wampkit::router::config::{Config, Format};

use crate::support::{Ended, content, wamp};

/// `wamp keygen` with an ID whose files are in a fresh directory.
fn keygen(folder: &TempDir, file: &str, arguments: &[&str]) -> Ended {
    let out = folder.path().join(file);
    wamp([&["keygen"], arguments].concat())
        .args(["--authid", "alice", "--role", "admin", "--out"])
        .args([&out])
        .run()
}

/// The user that the printed lines make.
fn user(lines: &str) -> User {
    let text = format!("[[realms]]\nname = \"realm1\"\n{lines}");
    let config = Config::parse(&text, Format::Toml, Path::new("x.toml"), &[0; 32]);
    let config = config.unwrap_or_else(|error| panic!("{error}\n{text}"));
    config.realms[0].users[0].user.clone()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn a_cryptosign_key_and_its_public_key() {
    let folder = tempdir().unwrap();
    let ended = keygen(&folder, "alice.key", &["cryptosign"]);
    let path = folder.path().join("alice.key");
    assert_eq!(mode(&path), 0o600);
    let private: PrivateKey = content(&path).parse().unwrap();
    assert_eq!(
        ended.stderr,
        format!(
            "wamp: the private key is in {0}; a client takes it by --authid alice --key file:{0}\n",
            path.display()
        )
    );
    assert!(!ended.stdout.contains(&*private.to_hex()));
    let user = user(&ended.stdout);
    assert_eq!((&*user.authid, &*user.role), ("alice", "admin"));
    assert_eq!(user.credentials, [Credential::Cryptosign(private.public())]);
    let public: PublicKey = private.public().to_string().parse().unwrap();
    assert!(ended.stdout.contains(&public.to_string()));
}

#[test]
fn a_ticket_and_its_hash() {
    let folder = tempdir().unwrap();
    let ended = keygen(&folder, "t", &["ticket"]);
    let ticket = content(&folder.path().join("t"));
    let ticket = Secret::new(ticket.trim_end());
    assert!(ticket.expose().len() >= 43);
    let ticket = Credential::Ticket(TicketSecret::plain(&ticket));
    assert_eq!(user(&ended.stdout).credentials, [ticket]);
    let again = keygen(&folder, "u", &["ticket"]);
    assert_ne!(
        user(&again.stdout).credentials,
        user(&ended.stdout).credentials
    );
}

#[test]
fn records_of_passwords_that_are_made_or_given() {
    let folder = tempdir().unwrap();
    for arguments in [
        &["wampcra", "--iterations", "1000"][..],
        &["scram", "--memory", "8192"],
        &["scram", "--kdf", "pbkdf2", "--iterations", "4096"],
    ] {
        let file = arguments.concat();
        let ended = keygen(&folder, &file, arguments);
        let path = folder.path().join(&file);
        assert_eq!(mode(&path), 0o600);
        let password = Secret::new(content(&path).trim_end());
        assert!(!ended.stdout.contains(password.expose()));
        assert_derived(&user(&ended.stdout), &password);

        let given = wamp(["keygen"])
            .args(arguments)
            .args(["--secret", "env:PASSWORD"])
            .env("PASSWORD", "tr\u{e4}um\u{aa} \"weiter\"")
            .run();
        let note = "wamp: the key of the record is as good as the password: keep the configuration to yourself\n";
        let note = if arguments[0] == "wampcra" { note } else { "" };
        assert_eq!(given.stderr, note);
        let user = user(&given.stdout);
        assert_eq!((&*user.authid, &*user.role), ("client", "user"));
        assert_derived(&user, &Secret::new("tr\u{e4}um\u{aa} \"weiter\""));
    }
}

/// Whether the user's only credential is what becomes of the password.
fn assert_derived(user: &User, password: &Secret) {
    match &*user.credentials {
        [Credential::Scram(record)] => {
            let derived = ScramRecord::derive(password, &record.salt, record.kdf).unwrap();
            assert_eq!(*record, derived);
        }
        [
            Credential::WampCra(
                record @ CraSecret::Salted {
                    salt, iterations, ..
                },
            ),
        ] => {
            use base64::Engine as _;
            let salt = base64::engine::general_purpose::STANDARD
                .decode(salt)
                .unwrap();
            let salt = salt.try_into().unwrap();
            let derived = CraSecret::derive(password, &salt, *iterations).unwrap();
            assert!(*record == derived);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn nothing_is_overwritten_unless_that_is_said() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("k");
    fs::write(&path, "precious").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let error = keygen(&folder, "k", &["cryptosign"]).failed(2);
    assert_eq!(
        error,
        format!(
            "wamp: error: {} is there already\n  hint: name another file with --out, or replace it with --force\n",
            path.display()
        )
    );
    assert_eq!(content(&path), "precious");
    let elsewhere = folder.path().join("elsewhere");
    symlink(&elsewhere, folder.path().join("link")).unwrap();
    keygen(&folder, "link", &["ticket"]).failed(2);
    assert!(!elsewhere.exists());

    let forced = keygen(&folder, "k", &["cryptosign", "--force"]);
    let private: PrivateKey = content(&path).parse().unwrap();
    let key = Credential::Cryptosign(private.public());
    assert_eq!(user(&forced.stdout).credentials, [key]);
    assert_eq!(mode(&path), 0o600);
    let left = fs::read_dir(folder.path()).unwrap();
    assert_eq!(left.count(), 2, "a file beside it was left");
}

#[test]
fn options_that_would_do_nothing_are_refused() {
    for (line, message) in [
        ("ticket --secret env:X", "ticket has no use for --secret"),
        (
            "cryptosign --iterations 5",
            "cryptosign has no use for --iterations",
        ),
        (
            "wampcra --kdf pbkdf2 --secret env:X",
            "wampcra has no use for --kdf",
        ),
        (
            "scram --kdf pbkdf2 --memory 5 --secret env:X",
            "scram with pbkdf2 has no use for --memory",
        ),
        (
            "scram --iterations 1 --memory 8 --secret plain:x",
            "argon2id13 with 1 iterations over 8 KiB is too cheap to protect the password",
        ),
        (
            "scram --secret hunter2",
            "--secret: a secret is given as prompt, env:NAME, file:PATH, fd:N, cmd:ARGV or plain:VALUE",
        ),
        (
            "ticket --authid a/b",
            "an ID with / is no name of a file: say --out",
        ),
    ] {
        let error = wamp(["keygen"]).args(line.split(' ')).run().failed(2);
        assert_eq!(error, format!("wamp: error: {message}\n"), "{line}");
    }
}
