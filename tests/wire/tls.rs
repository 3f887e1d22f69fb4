//! TLS: who is believed and who is not, and what both ends know afterwards. That frames come through is in `round_trip`.

use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::Arc;

use rcgen::date_time_ymd;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use wampkit::proto::Serializer;
use wampkit::transport::{
    CertificateFault, ClientAuth, ClientTls, CloseCode, ConnectError, ConnectOptions, Endpoint,
    HandshakeError, Listener, ServerTls, TlsError, TlsFiles, Transport, TransportError, connect,
};

use crate::certificates::{Authority, Identity, expired, options};
use crate::support::{
    Pair, address, endpoint, frame, listen_tcp, listen_with, pair_with, raw_client, read_to_end,
    refused, serve, soon, url,
};

pub(crate) const HERE: &str = "127.0.0.1";

async fn listen(identity: &Identity) -> Listener {
    listen_with("wss://127.0.0.1:0/ws", identity.options()).await
}

pub(crate) fn with(tls: &ClientTls) -> ConnectOptions {
    ConnectOptions {
        tls: tls.clone(),
        ..ConnectOptions::default()
    }
}

/// What a client and the router say to each other.
async fn meet(
    listener: &Listener,
    to: &Endpoint,
    tls: &ClientTls,
) -> (
    Result<Box<dyn Transport>, ConnectError>,
    Result<Box<dyn Transport>, HandshakeError>,
) {
    let options = with(tls);
    // In a task of its own, for the router may wait until a client that it turned away has gone.
    let to = to.clone();
    let connecting = tokio::spawn(async move { connect(&to, &[Serializer::Json], &options).await });
    let served = soon(serve(listener)).await;
    (soon(connecting).await.unwrap(), served)
}

pub(crate) async fn pair(listener: &Listener, scheme: &str, tls: &ClientTls) -> Pair {
    let to = url(listener, scheme);
    pair_with(listener, &to, Serializer::Json, &with(tls)).await
}

/// A client of another make: TLS of exactly one version over a bare socket.
async fn bare_client(
    listener: &Listener,
    authority: &Authority,
    version: &'static SupportedProtocolVersion,
) -> tokio_rustls::client::TlsStream<TcpStream> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(authority.ca()).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(HERE).unwrap();
    let connector = TlsConnector::from(Arc::new(config));
    let stream = raw_client(listener).await;
    connector.connect(name, stream).await.unwrap()
}

/// Such a client after the handshake of RawSocket, and the router's end.
async fn bare_pair(
    listener: &Listener,
    authority: &Authority,
    version: &'static SupportedProtocolVersion,
) -> (
    tokio_rustls::client::TlsStream<TcpStream>,
    Box<dyn Transport>,
) {
    let client = async {
        let mut client = bare_client(listener, authority, version).await;
        client.write_all(&[0x7F, 0xF1, 0, 0]).await.unwrap();
        client.flush().await.unwrap();
        let mut reply = [0; 4];
        client.read_exact(&mut reply).await.unwrap();
        assert_eq!(reply, [0x7F, 0xF1, 0, 0]);
        client
    };
    let (client, router) = soon(async { tokio::join!(client, serve(listener)) }).await;
    (client, router.unwrap())
}

#[tokio::test]
async fn both_ends_have_the_same_exporter_and_no_other_connection_has_it() {
    let authority = Authority::new();
    let server = authority.issue(&[HERE]);
    let listener = listen(&server).await;
    let mut seen = HashSet::new();
    for scheme in ["wss", "rss", "wss", "rss"] {
        let pair = pair(&listener, scheme, &authority.client()).await;
        let client = pair.client.security().unwrap();
        let router = pair.router.security().unwrap();
        assert_eq!(client.exporter, router.exporter);
        assert!(seen.insert(client.exporter.unwrap()), "not unique");
        assert_eq!(client.peer_certificate.as_deref(), Some(&*server.der));
        assert_eq!(router.peer_certificate, None);
        let here: IpAddr = HERE.parse().unwrap();
        assert_eq!(pair.router.remote_address(), Some(here));
        assert_eq!(pair.client.remote_address(), Some(here));
    }
    // Without TLS there is nothing to tell.
    let plain = listen_tcp().await;
    let pair = pair(&plain, "ws", &ClientTls::default()).await;
    assert_eq!(pair.client.security(), None);
    assert_eq!(pair.router.security(), None);
}

/// RFC 9266 wants the extended master secret with TLS 1.2, about which rustls keeps silent.
#[tokio::test]
async fn tls_1_2_is_spoken_but_has_no_exporter() {
    let authority = Authority::new();
    let listener = listen(&authority.issue(&[HERE])).await;
    for (version, has_one) in [(&TLS12, false), (&TLS13, true)] {
        let (client, router) = bare_pair(&listener, &authority, version).await;
        let exporter = router.security().unwrap().exporter;
        assert_eq!(exporter.is_some(), has_one, "{version:?}");
        if let Some(exporter) = exporter {
            let label = b"EXPORTER-Channel-Binding";
            let theirs = client.get_ref().1;
            let theirs = theirs.export_keying_material([0; 32], label, Some(&[]));
            assert_eq!(theirs.unwrap(), exporter);
        }
    }
}

#[tokio::test]
async fn a_certificate_that_is_not_to_be_believed_is_told_in_plain_words() {
    let authority = Authority::new();
    let stranger = Authority::named("a stranger");
    let future = authority.issue_with(&[HERE], |params| {
        params.not_before = date_time_ymd(2999, 1, 2);
        params.not_after = date_time_ymd(3000, 1, 1);
    });
    for (server, said) in [
        (
            stranger.issue(&[HERE]),
            "its certificate is not signed by an authority that is trusted here",
        ),
        (
            Authority::new().issue(&[HERE]),
            "its certificate is not signed by the authority that it names",
        ),
        (
            stranger.self_signed(&[HERE], false),
            "its certificate is not signed by an authority that is trusted here",
        ),
        (
            authority.issue(&["example.org", "*.example.com", "192.0.2.1"]),
            "its certificate is not for 127.0.0.1, but for example.org, *.example.com, 192.0.2.1",
        ),
        (
            authority.issue(&[]),
            "its certificate is not for 127.0.0.1, and names nobody else",
        ),
        (
            authority.issue_with(&[HERE], expired),
            "its certificate expired on 2002-03-04T00:00:00Z",
        ),
        (
            future,
            "its certificate is not valid yet, but from 2999-01-02T00:00:00Z on",
        ),
    ] {
        let listener = listen(&server).await;
        for scheme in ["wss", "rss"] {
            let to = url(&listener, scheme);
            let (client, served) = meet(&listener, &to, &authority.client()).await;
            assert_eq!(client.err().unwrap().to_string(), said);
            let served = served.err().unwrap();
            assert!(matches!(served, HandshakeError::Tls(_)), "{served:?}");

            let anybody = ClientTls {
                insecure: true,
                ..ClientTls::default()
            };
            let (client, served) = meet(&listener, &to, &anybody).await;
            let certificate = client.unwrap().security().unwrap().peer_certificate.clone();
            assert_eq!(certificate, Some(server.der.clone()));
            served.unwrap();
        }
    }
}

#[tokio::test]
async fn whom_the_system_trusts_is_trusted_unless_there_is_a_file() {
    let authority = Authority::new();
    let listener = listen(&authority.issue(&[HERE])).await;
    let to = url(&listener, "wss");
    let options = with(&ClientTls::default());
    let connecting = connect(&to, &[Serializer::Json], &options);
    // A machine without any authorities does not come as far as this.
    let serving = async {
        let _ = serve(&listener).await;
        std::future::pending::<()>().await;
    };
    let client = soon(async {
        tokio::select! {
            client = connecting => client,
            () = serving => unreachable!("it pends"),
        }
    })
    .await;
    match client.err().unwrap() {
        ConnectError::Certificate(CertificateFault::UnknownIssuer)
        | ConnectError::Tls(TlsError::NoSystemRoots(_)) => {}
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn names_and_addresses_are_looked_for_in_the_certificate() {
    let authority = Authority::new();
    let listener = listen(&authority.issue(&["localhost"])).await;
    let (_, port) = address(&listener);
    for (host, fits) in [("localhost", true), ("LOCALHOST", true), (HERE, false)] {
        let to = endpoint(&format!("wss://{host}:{port}/ws"));
        let (client, _) = meet(&listener, &to, &authority.client()).await;
        assert_eq!(client.is_ok(), fits, "{host}");
    }
}

#[tokio::test]
async fn a_certificate_can_be_trusted_for_itself() {
    let authority = Authority::new();
    let trusting = |identity: &Identity| ClientTls {
        ca: Some(identity.cert.clone()),
        ..ClientTls::default()
    };
    for is_ca in [false, true] {
        let server = authority.self_signed(&[HERE], is_ca);
        let listener = listen(&server).await;
        pair(&listener, "wss", &trusting(&server)).await;
        // It vouches for itself, and for nobody that only looks like it.
        let like_it = authority.self_signed(&[HERE], is_ca);
        let (client, _) = meet(&listener, &url(&listener, "wss"), &trusting(&like_it)).await;
        assert!(client.is_err(), "{is_ca}");

        let other = authority.self_signed(&["example.org"], is_ca);
        let listener = listen(&other).await;
        let (client, _) = meet(&listener, &url(&listener, "wss"), &trusting(&other)).await;
        let error = client.err().unwrap();
        assert!(
            matches!(
                &error,
                ConnectError::Certificate(CertificateFault::Name { .. })
            ),
            "{error:?}"
        );
    }
    let old = authority.issue_with(&[HERE], expired);
    let listener = listen(&old).await;
    let (client, _) = meet(&listener, &url(&listener, "wss"), &trusting(&old)).await;
    let error = client.err().unwrap();
    assert!(
        matches!(
            error,
            ConnectError::Certificate(CertificateFault::Expired(_))
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_certificate_made_on_the_spot_serves_those_who_are_given_it() {
    let made = ServerTls::self_signed(&["router.example.org".to_owned()]).unwrap();
    let listener = listen_with("wss://127.0.0.1:0/ws", options(made.tls)).await;
    let authority = Authority::new();
    let client = ClientTls {
        ca: Some(authority.file("made.pem", &made.certificate)),
        ..ClientTls::default()
    };
    let (_, port) = address(&listener);
    for host in ["127.0.0.1", "localhost"] {
        let to = endpoint(&format!("wss://{host}:{port}/ws"));
        let (client, router) = meet(&listener, &to, &client).await;
        let security = client.unwrap().security().cloned().unwrap();
        router.unwrap();
        let digest = ring::digest::digest(
            &ring::digest::SHA256,
            security.peer_certificate.as_ref().unwrap(),
        );
        let hex: String = digest.as_ref().iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(hex, made.fingerprint);
    }
    // The name that was asked for is in it, though nobody can be reached by it here.
    let certificate = CertificateDer::from_pem_slice(made.certificate.as_bytes()).unwrap();
    let parsed = rustls::server::ParsedCertificate::try_from(&certificate).unwrap();
    let name = ServerName::try_from("router.example.org").unwrap();
    rustls::client::verify_server_name(&parsed, &name).unwrap();

    let error = ServerTls::self_signed(&["ümlaut".to_owned()]).unwrap_err();
    assert!(matches!(error, TlsError::Name(_)), "{error:?}");
}

#[tokio::test]
async fn clients_are_asked_for_certificates_as_the_listener_has_it() {
    let authority = Authority::new();
    let stranger = Authority::named("a stranger");
    let server = authority.issue(&[HERE]);
    let good = authority.issue(&[]);
    let alone = authority.self_signed(&[], true);
    let ca = authority.file(
        "clients.pem",
        &[authority.ca(), alone.cert.clone()]
            .map(|path| std::fs::read_to_string(path).unwrap())
            .concat(),
    );
    let nobody = authority.client();
    let unknown = "the router does not accept the client's certificate: it is not signed by an authority that is trusted there";
    let expired_one =
        "the router does not accept the client's certificate: it is expired or not valid yet";
    let missing = "the router does not accept the client's certificate: there is none";
    for (client_auth, client, outcome) in [
        (ClientAuth::None, nobody.clone(), Ok(None)),
        (ClientAuth::None, good.with(authority.client()), Ok(None)),
        (ClientAuth::Request, nobody.clone(), Ok(None)),
        (
            ClientAuth::Request,
            good.with(authority.client()),
            Ok(Some(&good.der)),
        ),
        (
            ClientAuth::Request,
            stranger.issue(&[]).with(authority.client()),
            Err(unknown),
        ),
        (ClientAuth::Require, nobody, Err(missing)),
        (
            ClientAuth::Require,
            good.with(authority.client()),
            Ok(Some(&good.der)),
        ),
        (
            ClientAuth::Require,
            alone.with(authority.client()),
            Ok(Some(&alone.der)),
        ),
        (
            ClientAuth::Require,
            stranger.issue(&[]).with(authority.client()),
            Err(unknown),
        ),
        (
            ClientAuth::Require,
            authority.issue_with(&[], expired).with(authority.client()),
            Err(expired_one),
        ),
    ] {
        let tls = ServerTls::load(&TlsFiles {
            client_ca: Some(ca.clone()),
            client_auth,
            ..server.files()
        })
        .unwrap();
        let listener = listen_with("wss://127.0.0.1:0/ws", options(tls)).await;
        for scheme in ["wss", "rss"] {
            let (client, router) = meet(&listener, &url(&listener, scheme), &client).await;
            match outcome {
                Ok(certificate) => {
                    client.unwrap();
                    let router = router.unwrap();
                    let shown = router.security().unwrap().peer_certificate.as_ref();
                    assert_eq!(shown, certificate, "{client_auth}");
                }
                Err(said) => {
                    assert_eq!(client.err().unwrap().to_string(), said, "{client_auth}");
                    let error = router.err().unwrap();
                    assert!(matches!(error, HandshakeError::Tls(_)), "{error:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_replaced_certificate_is_for_new_connections_and_leaves_old_ones_alone() {
    let authority = Authority::new();
    let (first, second, third) = (
        authority.issue(&[HERE]),
        authority.issue(&[HERE]),
        authority.issue(&[HERE]),
    );
    let tls = ServerTls::load(&first.files()).unwrap();
    let listener = listen_with("wss://127.0.0.1:0/ws", options(tls.clone())).await;
    let shown = |pair: &Pair| pair.client.security().unwrap().peer_certificate.clone();

    let mut old = pair(&listener, "wss", &authority.client()).await;
    assert_eq!(shown(&old), Some(first.der.clone()));

    tls.reload(&second.files()).unwrap();
    let newer = pair(&listener, "rss", &authority.client()).await;
    assert_eq!(shown(&newer), Some(second.der.clone()));

    tls.replace(&ServerTls::load(&third.files()).unwrap());
    let newest = pair(&listener, "wss", &authority.client()).await;
    assert_eq!(shown(&newest), Some(third.der.clone()));

    // What cannot be read changes nothing.
    let broken = TlsFiles {
        key: first.key.clone(),
        ..second.files()
    };
    assert!(tls.reload(&broken).is_err());
    let still = pair(&listener, "wss", &authority.client()).await;
    assert_eq!(shown(&still), Some(third.der));

    old.client.send(frame(1000)).await.unwrap();
    assert_eq!(
        soon(old.router.receive()).await.unwrap().unwrap(),
        frame(1000)
    );
}

#[tokio::test]
async fn who_speaks_without_tls_where_it_is_spoken_is_told() {
    let authority = Authority::new();
    let listener = listen(&authority.issue(&[HERE])).await;
    let (host, port) = address(&listener);

    let plain = endpoint(&format!("ws://{host}:{port}/ws"));
    let (client, served) = meet(&listener, &plain, &ClientTls::default()).await;
    assert_eq!(
        client.err().unwrap().to_string(),
        "the server answered with HTTP status 400: This port speaks TLS: connect to it with wss://, or https://."
    );
    let served = served.err().unwrap();
    assert!(
        matches!(served, HandshakeError::SpeaksPlainly),
        "{served:?}"
    );

    let plain = endpoint(&format!("rs://{host}:{port}"));
    let (client, served) = meet(&listener, &plain, &ClientTls::default()).await;
    assert_eq!(
        client.err().unwrap().to_string(),
        "that is no WAMP router: it closed the connection without an answer"
    );
    assert!(matches!(
        served.err().unwrap(),
        HandshakeError::SpeaksPlainly
    ));

    let (answer, served) = refused(&listener, b"").await;
    assert_eq!(answer, b"");
    assert!(matches!(served, HandshakeError::Left), "{served:?}");
}

#[tokio::test]
async fn who_speaks_tls_where_it_is_not_spoken_is_told() {
    let authority = Authority::new();
    let listener = listen_tcp().await;
    for scheme in ["wss", "rss"] {
        let to = url(&listener, scheme);
        let (client, served) = meet(&listener, &to, &authority.client()).await;
        let error = client.err().unwrap();
        assert!(matches!(error, ConnectError::NotTls), "{error:?}");
        assert_eq!(error.to_string(), "it does not speak TLS");
        let served = served.err().unwrap();
        assert!(matches!(served, HandshakeError::SpeaksTls), "{served:?}");
    }
}

#[tokio::test]
async fn a_client_that_stops_in_the_middle_of_the_tls_handshake_keeps_nobody_waiting() {
    let authority = Authority::new();
    let listener = listen(&authority.issue(&[HERE])).await;
    for beginning in [&b""[..], b"\x16", b"\x16\x03\x01\x02\0\x01\0"] {
        let mut slow = raw_client(&listener).await;
        slow.write_all(beginning).await.unwrap();
        let incoming = soon(listener.accept()).await.unwrap();
        let waiting = tokio::spawn(incoming.handshake());
        pair(&listener, "wss", &authority.client()).await;
        assert!(!waiting.is_finished());
        drop(slow);
        let error = soon(waiting).await.unwrap().err().unwrap();
        assert!(matches!(error, HandshakeError::Left), "{error:?}");
    }
}

#[tokio::test]
async fn what_is_no_tls_ends_the_handshake() {
    let authority = Authority::new();
    let listener = listen(&authority.issue(&[HERE])).await;
    let (_, error) = refused(&listener, b"\x16\x03\x01\0\x04garb").await;
    assert!(matches!(error, HandshakeError::Tls(_)), "{error:?}");
}

#[tokio::test]
async fn the_end_is_an_end_only_if_tls_says_so() {
    let authority = Authority::new();
    let listener = listen(&authority.issue(&[HERE])).await;
    for (version, in_good_order) in [
        (&TLS13, true),
        (&TLS13, false),
        (&TLS12, true),
        (&TLS12, false),
    ] {
        let (mut client, mut router) = bare_pair(&listener, &authority, version).await;
        client.write_all(b"\0\0\0\x03[1]").await.unwrap();
        client.flush().await.unwrap();
        let received = soon(router.receive()).await.unwrap().unwrap();
        assert_eq!(received, "[1]");
        if in_good_order {
            client.shutdown().await.unwrap();
            assert!(soon(router.receive()).await.is_none());
        } else {
            let (mut stream, _) = client.into_inner();
            stream.shutdown().await.unwrap();
            let error = soon(router.receive()).await.unwrap().unwrap_err();
            assert!(matches!(error, TransportError::Cut), "{error:?}");
        }
        assert!(soon(router.receive()).await.is_none());
    }
}

/// What this end said last arrives, even if the other end was still talking.
#[tokio::test]
async fn closing_says_goodbye_before_it_lets_go() {
    let authority = Authority::new();
    let listener = listen(&authority.issue(&[HERE])).await;
    let (mut client, mut router) = bare_pair(&listener, &authority, &TLS13).await;
    // More than this end has read when it closes.
    client.write_all(&[0; 1 << 16]).await.unwrap();
    client.flush().await.unwrap();
    router.feed(frame(3)).unwrap();
    let closing = router.close(CloseCode::Normal);
    let reading = async {
        // An end without TLS's goodbye would be an error here.
        let bytes = read_to_end(&mut client).await;
        client.shutdown().await.unwrap();
        bytes
    };
    let (closed, bytes) = soon(async { tokio::join!(closing, reading) }).await;
    closed.unwrap();
    assert_eq!(bytes, [&b"\0\0\0\x03"[..], &frame(3)].concat());
}

#[tokio::test]
async fn a_full_router_says_so_within_tls() {
    let authority = Authority::new();
    let listener = listen(&authority.issue(&[HERE])).await;
    for (scheme, said) in [
        (
            "wss",
            "the server answered with HTTP status 503: This router has too many connections.",
        ),
        (
            "rss",
            "the router refused the connection: the maximum connection count is reached",
        ),
    ] {
        let to = url(&listener, scheme);
        let options = with(&authority.client());
        let connecting =
            tokio::spawn(async move { connect(&to, &[Serializer::Json], &options).await });
        soon(async { listener.accept().await.unwrap().refuse().await })
            .await
            .unwrap();
        let error = soon(connecting).await.unwrap().err().unwrap();
        assert_eq!(error.to_string(), said);
    }
}
