//! Payload passthru mode: `--ppt-scheme`, `--ppt-cipher`, `--ppt-key`.

use wampkit::codec::Arguments;
use wampkit::ppt::{self, Keyring};
use wampkit::proto::{Dict, Message, MessageType, Passthru};

use super::scripted::Scripted;
use crate::support::{Router, file, wamp};

const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";

/// What a router gets for `call com.p 1 a=x` with these flags: the `ppt_` attributes, and the arguments taken out of what
/// wraps them.
fn sent(flags: &[&str]) -> (Passthru, Arguments) {
    let router = Scripted::start(|_, _| Ok(5.into()));
    let call = router.wamp(["call", "com.p", "1", "a=x"]).args(flags);
    assert_eq!(call.run().clean(), "5\n");
    let Message::Call(call) = router.received(MessageType::Call) else {
        panic!();
    };
    let passthru = *call.options.passthru.unwrap();
    let keys = Keyring::new().with("shop", KEY.trim().parse().unwrap());
    let arguments = Arguments::from_payload(&call.payload).unwrap();
    let opened = ppt::open(arguments, &passthru, &keys).unwrap();
    (passthru, opened)
}

#[test]
fn arguments_are_wrapped_and_encrypted() {
    let expected = Arguments {
        args: vec![1.into()],
        kwargs: Dict::new().with("a", "x"),
    };
    for serializer in ["json", "msgpack", "cbor"] {
        let flags = ["--ppt-scheme", "x_own", "--ppt-serializer", serializer];
        let (passthru, arguments) = sent(&flags);
        assert_eq!(passthru.ppt_scheme.as_deref(), Some("x_own"));
        assert_eq!(passthru.ppt_serializer.as_deref(), Some(serializer));
        assert_eq!(arguments, expected);
    }
    let (_folder, path) = file("shop.key", KEY);
    let key = format!("--ppt-key=shop=@{}", path.display());
    for cipher in ["xsalsa20poly1305", "aes256gcm"] {
        let (passthru, arguments) = sent(&["--ppt-cipher", cipher, "--ppt-keyid", "shop", &key]);
        assert_eq!(passthru.ppt_scheme.as_deref(), Some("wamp"));
        assert_eq!(passthru.ppt_cipher.as_deref(), Some(cipher));
        assert_eq!(arguments, expected);
    }
}

#[test]
fn a_key_that_is_not_there_keeps_the_call_from_being_sent() {
    let router = Scripted::without_procedures();
    let call = [
        "call",
        "com.p",
        "1",
        "--ppt-cipher",
        "aes256gcm",
        "--ppt-keyid",
        "shop",
    ];
    let error = router.wamp(call).run().failed(2);
    assert!(error.contains("there is no key shop"), "{error}");
}

#[test]
fn subscribers_read_what_they_can_and_get_the_rest_as_it_is() {
    let router = Router::start();
    let mut subscriber = router.subscribe(["com.t"]);
    let publish = |word: &str, options: &[&str]| {
        let options = options.iter().flat_map(|option| ["-O", option]);
        router
            .wamp(["publish", "com.t", word])
            .args(options)
            .run()
            .clean();
    };
    // {"args":[7],"kwargs":{}}
    let packed = ":b=eyJhcmdzIjpbN10sImt3YXJncyI6e319";
    publish(packed, &["ppt_scheme=x_own", "ppt_serializer=json"]);
    let line = subscriber.line();
    assert!(line.contains("\"args\":[7],\"kwargs\":{},"), "{line}");
    let secret = [
        "ppt_scheme=wamp",
        "ppt_serializer=cbor",
        "ppt_cipher=aes256gcm",
        "ppt_keyid=k",
    ];
    publish(":b=AQI=", &secret);
    let line = subscriber.line();
    assert!(line.contains("\"args\":[\"\\u0000AQI=\"]"), "{line}");
    assert!(line.contains("\"ppt_keyid\":\"k\""), "{line}");
    subscriber.note("there is no key k");
}

#[test]
fn what_does_not_go_together_is_usage() {
    let (_folder, path) = file("bad.key", "00");
    let bad = format!("--ppt-key=shop=@{}", path.display());
    for arguments in [
        &["--ppt-scheme", "own"][..],
        &["--ppt-serializer", "cbor"],
        &["--ppt-scheme", "wamp", "--ppt-serializer", "json"],
        &["--ppt-cipher", "aes256gcm"],
        &["--ppt-cipher", "rot13", "--ppt-keyid", "k"],
        &["--ppt-key", "k"],
        &["--ppt-key", "k=@/no/such/file"],
        &[&bad],
    ] {
        let error = wamp(["call", "p"]).args(arguments).run().failed(2);
        assert!(error.starts_with("wamp: error: "), "{arguments:?}: {error}");
    }
}
