//! Keys from the texts that they are kept in.

use super::*;

const SSH: &str = include_str!("alice_ed25519");
const SSH_PUBLIC: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIN5/7kMR8ByQMoDYcUvFGVm40LVzlNFQoorSG9GsP9FH alice@example.org\n";
const SEED: &str = "4e8e8d332ab1f03df734d677595c4f12e6a3f9deff650d39161e98875e6b08b7";
const PUBLIC: &str = "de7fee4311f01c903280d8714bc51959b8d0b57394d150a28ad21bd1ac3fd147";

#[test]
fn private_keys_are_read_from_what_tools_write() {
    let crossbar = format!(
        "Crossbar.io node private key - KEEP THIS SAFE!\n\ncreator: alice@example.org\ncreated-at: 2026-11-26T12:00:00.000Z\nmachine-id: 1234\npublic-key-ed25519: {PUBLIC}\nprivate-key-ed25519: {SEED}\n"
    );
    let (begin, rest) = SSH.trim_end().split_once('\n').unwrap();
    let (body, end) = rest.rsplit_once('\n').unwrap();
    let body = body.replace('\n', "");
    let (first, second) = body.split_at(64); // python's cryptography writes lines of 64
    let other_lines = format!("{begin}\r\n{first}\r\n{second}\r\n{end}\r\n");
    for text in [
        SEED,
        &format!("{}\n", SEED.to_uppercase()),
        &crossbar,
        SSH,
        &other_lines,
    ] {
        let key: PrivateKey = text.parse().unwrap();
        assert_eq!(&**key.to_hex(), SEED);
        assert_eq!(key.public().to_string(), PUBLIC);
    }
}

#[test]
fn public_keys_are_read_from_what_tools_write() {
    let crossbar = format!("creator: alice\npublic-key-ed25519: {PUBLIC}\n");
    let bare = SSH_PUBLIC.rsplit_once(' ').unwrap().0;
    for text in [PUBLIC, &PUBLIC.to_uppercase(), &crossbar, SSH_PUBLIC, bare] {
        let key: PublicKey = text.parse().unwrap();
        assert_eq!(key.to_string(), PUBLIC);
    }
}

#[test]
fn what_is_no_private_key_is_told() {
    let private = |text: &str| text.parse::<PrivateKey>().unwrap_err();
    for nothing in [
        "",
        "abc",
        &SEED[1..],
        &SSH[..200],
        "private-key-ed25519: 12",
    ] {
        assert_eq!(private(nothing), KeyError::NotPrivate, "{nothing}");
    }
    assert_eq!(private(SSH_PUBLIC), KeyError::PublicOnly);
    let public_file = format!("public-key-ed25519: {PUBLIC}");
    assert_eq!(private(&public_file), KeyError::PublicOnly);
    let pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n";
    assert_eq!(private(pem), KeyError::Pem);
    let encrypted = private(include_str!("encrypted_ed25519"));
    assert_eq!(encrypted, KeyError::Encrypted);
    assert!(encrypted.to_string().contains("ssh-keygen -p"));
}

#[test]
fn what_is_no_public_key_is_told() {
    let public = |text: &str| text.parse::<PublicKey>().unwrap_err();
    for nothing in ["", "abc", &PUBLIC[1..], "ssh-ed25519 AAAA"] {
        assert_eq!(public(nothing), KeyError::NotPublic, "{nothing}");
    }
    assert_eq!(public(SSH), KeyError::PrivateGiven);
    let ecdsa = public(include_str!("alice_ecdsa.pub"));
    assert_eq!(ecdsa, KeyError::Algorithm("ecdsa-sha2-nistp256".to_owned()));
}

/// No error repeats what may be a secret.
#[test]
fn errors_do_not_show_keys() {
    let nearly = format!("{SEED}0");
    let errors = [
        nearly.parse::<PrivateKey>().unwrap_err().to_string(),
        nearly.parse::<PublicKey>().unwrap_err().to_string(),
        TicketSecret::from_sha256(&nearly).unwrap_err().to_string(),
    ];
    for error in errors {
        assert!(!error.contains(&SEED[..8]), "{error}");
    }
}

#[test]
fn new_secrets_are_drawn_from_the_random_bytes() {
    let ticket = new_ticket(&[0xff; 32]);
    assert_eq!(
        ticket.expose(),
        "__________________________________________8"
    );
    assert_ne!(ticket, new_ticket(&[0; 32]));
    assert_eq!(TicketSecret::plain(&"secret!!!".into()).sha256().len(), 64);
}
