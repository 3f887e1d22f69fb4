//! TLS from the command line: whom a client trusts, and what it says when it does not.

use std::fs;
use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tempfile::TempDir;
use wampkit::transport::{ClientAuth, ListenOptions, ServerTls, TlsFiles};

use super::scripted::Scripted;
use crate::support::wamp;

/// A directory with an authority, `ca.pem`, and what it has signed: `router.pem` and `client.pem`, each with a `.key`.
pub(super) fn directory() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, text: String| fs::write(directory.path().join(name), text).unwrap();
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
        .distinguished_name
        .push(DnType::CommonName, "an authority");
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    write("ca.pem", issuer.pem());
    for (name, host) in [("router", "127.0.0.1"), ("client", "client.example.org")] {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([host.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap();
        write(&format!("{name}.pem"), certificate.pem());
        write(&format!("{name}.key"), key.serialize_pem());
    }
    directory
}

fn router(directory: &Path, scheme: &str, client_auth: ClientAuth) -> Scripted {
    let tls = ServerTls::load(&TlsFiles {
        cert: directory.join("router.pem"),
        key: directory.join("router.key"),
        client_ca: Some(directory.join("ca.pem")),
        client_auth,
    })
    .unwrap();
    let options = ListenOptions {
        tls: Some(tls),
        ..ListenOptions::default()
    };
    Scripted::start_at(&format!("{scheme}://127.0.0.1:0"), options, |_, _| {
        Ok(5.into())
    })
}

fn path(directory: &TempDir, name: &str) -> String {
    let path: PathBuf = directory.path().join(name);
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_private_authority_is_trusted_if_it_is_named() {
    let directory = directory();
    let ca = path(&directory, "ca.pem");
    for scheme in ["wss", "rss"] {
        let router = router(directory.path(), scheme, ClientAuth::None);
        for arguments in [
            ["--ca", &ca, "call", "com.p"],
            ["call", "--ca", &ca, "com.p"],
        ] {
            assert_eq!(router.wamp(arguments).run().clean(), "5\n");
        }
    }
}

#[test]
fn without_tls_there_is_nothing_to_trust() {
    let plain = Scripted::start(|_, _| Ok(5.into()));
    // The file is not looked at.
    for options in [&["--ca", "/no/such/file"][..], &["--insecure"]] {
        let ended = plain.wamp(["call", "com.p"]).args(options).run();
        assert_eq!((ended.code, &*ended.stdout), (Some(0), "5\n"), "{ended:?}");
        assert_eq!(
            ended.stderr,
            "wamp: warning: this connection is not encrypted: --ca, --cert and --insecure are for TLS\n"
        );
        let quiet = plain.wamp(["call", "com.p", "-q"]).args(options);
        assert_eq!(quiet.run().clean(), "5\n");
    }
}

#[test]
fn who_does_not_trust_the_router_is_told_how_to() {
    let directory = directory();
    let router = router(directory.path(), "rss", ClientAuth::None);
    // Some other certificate, so that the outcome is the same whatever the system trusts.
    let stranger = path(&directory, "client.pem");
    let error = router
        .wamp(["call", "com.p", "--ca", &stranger])
        .run()
        .failed(3);
    assert!(
        error.contains(": its certificate is not signed by an authority that is trusted here\n  hint: trust a private authority, or the certificate itself, with `--ca FILE`"),
        "{error}"
    );
}

#[test]
fn insecure_warns_each_time_that_it_matters() {
    let directory = directory();
    let router = router(directory.path(), "wss", ClientAuth::None);
    let warning = "the router's certificate is not checked: it can be anybody";
    let ended = router.wamp(["call", "com.p", "--insecure"]).run();
    assert_eq!(ended.stdout, "5\n");
    assert_eq!(ended.stderr.trim_end(), format!("wamp: warning: {warning}"));
    let call = router.wamp(["call", "com.p", "--insecure", "-o", "json"]);
    assert_eq!(
        call.run().stderr.trim_end(),
        format!("{{\"type\":\"warning\",\"message\":\"{warning}\"}}")
    );
    let call = router.wamp(["-q", "--insecure", "call", "com.p"]);
    assert_eq!(call.run().clean(), "5\n");
}

#[test]
fn a_client_shows_its_certificate() {
    let directory = directory();
    let ca = path(&directory, "ca.pem");
    let (cert, key) = (
        path(&directory, "client.pem"),
        path(&directory, "client.key"),
    );
    let router = router(directory.path(), "wss", ClientAuth::Require);
    let call = [
        "call",
        "com.p",
        "--ca",
        &ca,
        "--cert",
        &cert,
        "--tls-key",
        &key,
    ];
    assert_eq!(router.wamp(call).run().clean(), "5\n");

    let error = router.wamp(["call", "com.p", "--ca", &ca]).run().failed(3);
    assert!(
        error.contains(
            ": the router does not accept the client's certificate: there is none\n  hint: "
        ),
        "{error}"
    );

    let in_one = path(&directory, "both.pem");
    let text = [&cert, &key].map(|path| fs::read_to_string(path).unwrap());
    fs::write(&in_one, text.concat()).unwrap();
    // In place of the one that stands in front, with that one's key.
    let call = [
        "--cert",
        &cert,
        "--tls-key",
        &key,
        "--ca",
        &ca,
        "call",
        "com.p",
        "--cert",
        &in_one,
    ];
    assert_eq!(router.wamp(call).run().clean(), "5\n");
}

#[test]
fn what_is_wrong_with_the_files_is_a_matter_of_usage() {
    let directory = directory();
    let file = |name| path(&directory, name);
    let (ca, cert, key, other) = (
        file("ca.pem"),
        file("client.pem"),
        file("client.key"),
        file("router.key"),
    );
    for (arguments, said) in [
        (
            &["--ca", "/no/such/file"][..],
            "cannot read /no/such/file: no such file or directory",
        ),
        (&["--ca", &key], "client.key: there is no certificate in it"),
        (
            &["--cert", &cert],
            "client.pem: there is no private key in it",
        ),
        (
            &["--cert", &cert, "--tls-key", &other],
            "router.key: the private key does not belong to the certificate in ",
        ),
        (&["--tls-key", &key], "--tls-key goes with --cert"),
    ] {
        let command = ["call", "com.p", "-u", "wss://127.0.0.1:1/"];
        // The first of them is read first, so that it is the one complained about.
        let ca = ["--ca", &ca];
        let ca = if arguments[0] == "--ca" {
            &ca[..0]
        } else {
            &ca
        };
        let error = wamp([&command, ca, arguments].concat()).run().failed(2);
        assert!(error.contains(said), "{error}");
    }
}

#[test]
fn a_ping_times_tls_too() {
    let directory = directory();
    let router = router(directory.path(), "wss", ClientAuth::None);
    let ping = router.wamp(["ping", "-n", "1", "--ca", &path(&directory, "ca.pem")]);
    let printed = ping.run().clean();
    let steps = printed.lines().nth(1).unwrap();
    let names: Vec<_> = steps.split(' ').filter(|it| it.len() > 2).collect();
    let names: Vec<_> = names
        .iter()
        .filter(|it| it.parse::<f64>().is_err())
        .collect();
    assert_eq!(
        names,
        [&"lookup", &"tcp", &"tls", &"upgrade", &"welcome", &"total"]
    );
}
