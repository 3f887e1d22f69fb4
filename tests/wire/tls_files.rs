//! The files of TLS: when they are read, and what is said of those that will not do.

use std::path::PathBuf;

use wampkit::proto::Serializer;
use wampkit::transport::{ClientAuth, ClientTls, PemFault, ServerTls, TlsError, TlsFiles, connect};

use crate::certificates::{Authority, Identity, options};
use crate::support::{endpoint, listen_tcp, listen_with, soon};
use crate::tls::{HERE, pair, with};

#[tokio::test]
async fn what_is_wrong_with_a_file_is_said() {
    let authority = Authority::new();
    let one = authority.issue(&[HERE]);
    let other = authority.issue(&[HERE]);
    let missing = PathBuf::from("/no/such/file.pem");
    let empty = authority.file("empty.pem", "nothing here\n");
    let broken = authority.file(
        "broken.pem",
        "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n",
    );
    let no_der = authority.file(
        "no-der.pem",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    );
    let encrypted = authority.file(
        "encrypted.key",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
    );
    let old_encrypted = authority.file(
        "old-encrypted.key",
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n",
    );
    let no_key = authority.file(
        "no.key",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    );
    for (cert, key, blamed, fault) in [
        (&missing, &one.key, &missing, "no such file or directory"),
        (&one.cert, &missing, &missing, "no such file or directory"),
        (&empty, &one.key, &empty, "there is no certificate in it"),
        (
            &one.key,
            &one.key,
            &one.key,
            "there is no certificate in it",
        ),
        (&broken, &one.key, &broken, "it is no well-formed PEM"),
        (
            &no_der,
            &one.key,
            &no_der,
            "a certificate in it cannot be read",
        ),
        (
            &one.cert,
            &one.cert,
            &one.cert,
            "there is no private key in it",
        ),
        (
            &one.cert,
            &encrypted,
            &encrypted,
            "the private key is encrypted",
        ),
        (
            &one.cert,
            &old_encrypted,
            &old_encrypted,
            "the private key is encrypted",
        ),
        (
            &one.cert,
            &no_key,
            &no_key,
            "the private key cannot be used",
        ),
        (
            &one.cert,
            &other.key,
            &other.key,
            "the private key does not belong to the certificate in",
        ),
    ] {
        let files = TlsFiles {
            cert: cert.clone(),
            key: key.clone(),
            ..one.files()
        };
        let error = ServerTls::load(&files).unwrap_err().to_string();
        assert!(error.contains(fault), "{error}");
        assert!(error.contains(blamed.to_str().unwrap()), "{error}");

        // A client's files are read by the same rules, before anybody is connected to.
        let client = ClientTls {
            cert: Some(cert.clone()),
            key: Some(key.clone()),
            ..authority.client()
        };
        let to = endpoint("wss://127.0.0.1:1/ws");
        let refused = soon(connect(&to, &[Serializer::Json], &with(&client))).await;
        assert_eq!(refused.err().unwrap().to_string(), error);
    }
    for (ca, fault) in [
        (&missing, "no such file or directory"),
        (&empty, "there is no certificate in it"),
        (&no_der, "a certificate in it cannot be read"),
    ] {
        let files = TlsFiles {
            client_ca: Some(ca.clone()),
            client_auth: ClientAuth::Request,
            ..one.files()
        };
        let error = ServerTls::load(&files).unwrap_err().to_string();
        assert!(error.contains(fault), "{error}");
        assert!(error.contains(ca.to_str().unwrap()), "{error}");
        for insecure in [false, true] {
            let client = ClientTls {
                ca: Some(ca.clone()),
                insecure,
                ..ClientTls::default()
            };
            let to = endpoint("rss://127.0.0.1:1");
            let refused = soon(connect(&to, &[Serializer::Json], &with(&client))).await;
            assert_eq!(refused.err().unwrap().to_string(), error);
        }
    }
    let nothing_to_check_by = TlsFiles {
        client_auth: ClientAuth::Require,
        ..one.files()
    };
    let error = ServerTls::load(&nothing_to_check_by).unwrap_err();
    assert!(matches!(error, TlsError::NoClientCa), "{error:?}");

    let mismatch = TlsFiles {
        key: other.key,
        ..one.files()
    };
    let error = ServerTls::load(&mismatch).unwrap_err();
    assert!(
        matches!(&error, TlsError::File { fault: PemFault::Mismatch { certificate }, .. } if *certificate == one.cert),
        "{error:?}"
    );
}

/// Certificate and key may share a file, at both ends; and without TLS no file is so much as looked at.
#[tokio::test]
async fn files_are_read_where_they_are_needed() {
    let authority = Authority::new();
    let in_one = |identity: &Identity, name: &str| {
        let text =
            [&identity.cert, &identity.key].map(|path| std::fs::read_to_string(path).unwrap());
        authority.file(name, &text.concat())
    };
    let server = in_one(&authority.issue(&[HERE]), "server.pem");
    let client = in_one(&authority.issue(&[]), "client.pem");
    let tls = ServerTls::load(&TlsFiles {
        cert: server.clone(),
        key: server,
        client_ca: Some(authority.ca()),
        client_auth: ClientAuth::Require,
    })
    .unwrap();
    let listener = listen_with("rss://127.0.0.1:0", options(tls)).await;
    let client = ClientTls {
        cert: Some(client),
        ..authority.client()
    };
    pair(&listener, "rss", &client).await;

    let nowhere = ClientTls {
        ca: Some("/no/such/file.pem".into()),
        ..ClientTls::default()
    };
    pair(&listen_tcp().await, "ws", &nowhere).await;
}
