//! TLS clients, known by their certificates.

use super::*;

/// Subject `O=Example, CN=alice`; alternative names of all kinds.
const CERTIFICATE: &[u8] = include_bytes!("certificate.der");
const FINGERPRINT: &str = "ED:25:D9:98:C3:92:A7:28:18:A4:E3:5B:96:E5:07:29:33:9B:85:F4:48:89:CE:BE:D3:65:5F:68:54:38:28:E0";

fn described(text: &str) -> CertificateMatch {
    text.parse().unwrap()
}

#[test]
fn certificates_are_recognized() {
    let names = CertificateNames::of(CERTIFICATE);
    assert_eq!(names.common, ["alice"]);
    assert_eq!(
        names.alternative,
        [
            "alice.example.org",
            "alice@example.org",
            "https://example.org/alice"
        ]
    );
    let bare = FINGERPRINT.replace(':', "").to_lowercase();
    for (wanted, found) in [
        (format!("sha256:{FINGERPRINT}"), true),
        (format!("sha256:{bare}"), true),
        (format!("sha256:{}", bare.replace("ed25", "ed26")), false),
        ("cn:alice".to_owned(), true),
        ("cn:Example".to_owned(), false),
        ("cn:alice.example.org".to_owned(), false),
        ("san:alice.example.org".to_owned(), true),
        ("san:alice@example.org".to_owned(), true),
        ("san:https://example.org/alice".to_owned(), true),
        ("san:alice".to_owned(), false),
        ("san:example.org".to_owned(), false),
    ] {
        assert_eq!(names.matches(&described(&wanted)), found, "{wanted}");
    }
}

#[test]
fn descriptions_read_back() {
    for text in ["cn:alice", "san:alice@example.org", "san:https://a/b"] {
        assert_eq!(described(text).to_string(), text);
    }
    let fingerprint = described(&format!("sha256:{FINGERPRINT}"));
    assert_eq!(described(&fingerprint.to_string()), fingerprint);
    for nothing in [
        "",
        "alice",
        "cn:",
        "san:",
        "sha256:12",
        "sha1:12",
        "dn:alice",
    ] {
        assert_eq!(
            nothing.parse::<CertificateMatch>(),
            Err(BadCertificateMatch),
            "{nothing}"
        );
    }
}

/// TLS has verified the certificate, but that does not mean that another parser takes it.
#[test]
fn no_certificate_makes_it_panic() {
    for length in 0..CERTIFICATE.len() {
        let names = CertificateNames::of(&CERTIFICATE[..length]);
        assert!(names.common.is_empty(), "{length}");
    }
    let mut random = fastrand::Rng::with_seed(1);
    for _ in 0..20_000 {
        let mut damaged = CERTIFICATE.to_vec();
        for _ in 0..random.usize(1..4) {
            let at = random.usize(..damaged.len());
            damaged[at] = random.u8(..);
        }
        let names = CertificateNames::of(&damaged);
        assert!(!names.matches(&described("cn:mallory")));
    }
}

fn knock(authid: Option<&str>, certificate: Option<&[u8]>) -> Knock {
    Knock {
        authid: authid.map(str::to_owned),
        certificate: certificate.map(<[u8]>::to_vec),
        ..Knock::named("", &[Method::Tls])
    }
}

#[test]
fn the_owner_of_a_certificate_comes_in() {
    for wanted in ["cn:alice", "san:alice@example.org"] {
        let directory = with([Credential::Tls(described(wanted))]);
        for authid in [None, Some("alice")] {
            let begun = knock(authid, Some(CERTIFICATE)).begin(&directory);
            let Ok(Begun::Admitted(principal)) = begun else {
                panic!("{begun:?}");
            };
            assert_eq!(principal.authid, "alice");
            assert_eq!(principal.authrole, "admin");
            assert_eq!(principal.authmethod, Method::Tls);
        }
    }
}

#[test]
fn other_certificates_and_other_names_are_refused_alike() {
    let directory = with([Credential::Tls(described("cn:alice"))]);
    let stranger = with([Credential::Tls(described("cn:bob"))]);
    let denied = LoginRefusal::Denied(Method::Tls);
    for (directory, authid, certificate) in [
        (&directory, Some("bob"), CERTIFICATE),
        (&stranger, Some("alice"), CERTIFICATE),
        (&stranger, None, CERTIFICATE),
        (&directory, None, &CERTIFICATE[1..]),
        (&directory, Some("alice"), b""),
    ] {
        let refused = knock(authid, Some(certificate)).begin(directory);
        assert_eq!(refused.unwrap_err(), denied, "{authid:?}");
    }
    let bare = knock(Some("alice"), None).begin(&directory).unwrap_err();
    assert!(matches!(bare, LoginRefusal::NoMatchingMethod { .. }));
}

#[test]
fn a_certificate_of_two_users_is_nobodys_until_it_is_said_whose() {
    let tls = |authid: &str, wanted: &str| User {
        authid: authid.to_owned(),
        role: "user".to_owned(),
        credentials: vec![Credential::Tls(described(wanted))],
    };
    let users = [
        tls("alice", "cn:alice"),
        tls("ali", "san:alice@example.org"),
    ];
    let directory = Directory::new(users, KEY).unwrap();
    assert!(knock(None, Some(CERTIFICATE)).begin(&directory).is_err());
    let begun = knock(Some("ali"), Some(CERTIFICATE)).begin(&directory);
    assert!(matches!(begun, Ok(Begun::Admitted(who)) if who.authid == "ali"));
}
