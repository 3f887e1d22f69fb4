//! The ciphers against published vectors, and wrappings there and back.

use super::*;

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect()
}

fn key(hex: &str) -> Key {
    hex.parse().unwrap()
}

/// `NaCl`'s own test of its secret box.
#[test]
fn xsalsa20poly1305() {
    let key = key("1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389");
    let nonce = bytes("69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37");
    let plain = bytes(
        "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c\
         61296cdc3c01233561f41db66cce314adb310e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f\
         21af1fde048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f937763848645e0705",
    );
    let boxed = bytes(
        "f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1\
         186ac0dfc17c98dce87b4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548\
         e526ae90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b37973f622a43d14a6599b1f65\
         4cb45a74e355a5",
    );
    let cipher = Cipher::XSalsa20Poly1305;
    let sealed = cipher
        .encrypt(&key, &plain, nonce[..].try_into().unwrap())
        .unwrap();
    assert_eq!(sealed, [nonce, boxed].concat());
    assert_eq!(cipher.decrypt(&key, &sealed).unwrap(), plain);
}

/// Test case 14 of the specification of GCM (McGrew and Viega, appendix B).
#[test]
fn aes256gcm() {
    let key = Key::new([0; 32]);
    let cipher = Cipher::Aes256Gcm;
    let sealed = cipher.encrypt(&key, &[0; 16], &[0; NONCE]).unwrap();
    let expected =
        "000000000000000000000000cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919";
    assert_eq!(sealed, bytes(expected));
    assert_eq!(cipher.decrypt(&key, &sealed).unwrap(), [0; 16][..]);
}

#[test]
fn what_was_tampered_with_is_not_decrypted() {
    for cipher in Cipher::ALL {
        let key = Key::new([7; 32]);
        let sealed = cipher.encrypt(&key, b"secret", &[3; NONCE]).unwrap();
        for at in 0..sealed.len() {
            let mut forged = sealed.to_vec();
            forged[at] ^= 1;
            let opened = cipher.decrypt(&key, &forged);
            assert!(matches!(opened, Err(PptError::Decrypt)), "{cipher:?} {at}");
            let cut = cipher.decrypt(&key, &sealed[..at]);
            assert!(matches!(cut, Err(PptError::Decrypt)), "{cipher:?} {at}");
        }
        let other = Key::new([8; 32]);
        assert!(cipher.decrypt(&other, &sealed).is_err());
    }
}

#[test]
fn keys_are_hex_or_base64_and_are_not_shown() {
    let key = Key::new([0xab; 32]);
    assert_eq!("ab".repeat(32).parse(), Ok(key.clone()));
    assert_eq!(
        "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=".parse(),
        Ok(key.clone())
    );
    for bad in ["", "ab", &"xy".repeat(32), &"ab".repeat(33)] {
        assert_eq!(bad.parse::<Key>(), Err(BadKey));
    }
    assert_eq!(format!("{key:?}"), "Key(…)");
}

fn arguments() -> Arguments {
    Arguments {
        args: vec![1.into(), "two".into(), Bytes::from_static(b"3").into()],
        kwargs: Dict::new().with("x", Value::Null),
    }
}

fn keys() -> Keyring {
    Keyring::new()
        .with("one", Key::new([1; 32]))
        .with("two", Key::new([2; 32]))
}

fn binary(item: impl Into<Value>) -> Arguments {
    Arguments {
        args: vec![item.into()],
        kwargs: Dict::new(),
    }
}

/// What arrives of `arguments`.
fn sent(wrapping: &Wrapping, arguments: Arguments) -> Result<Arguments, PptError> {
    let wrapped = wrapping.wrap(arguments, &keys(), [9; NONCE])?;
    open(binary(wrapped), &wrapping.attributes(), &keys())
}

#[test]
fn arguments_arrive_as_they_were() {
    let custom = || Wrapping::custom("x_mine").unwrap();
    for serializer in Serializer::ALL {
        for wrapping in [
            Wrapping::wamp(),
            Wrapping::mqtt().serialized(serializer),
            custom().serialized(serializer),
        ] {
            assert_eq!(sent(&wrapping, arguments()).unwrap(), arguments());
            for cipher in Cipher::ALL {
                let wrapping = wrapping.clone().encrypted(cipher, "two");
                assert_eq!(sent(&wrapping, arguments()).unwrap(), arguments());
                assert_eq!(
                    sent(&wrapping, Arguments::default()).unwrap(),
                    Arguments::default()
                );
            }
        }
    }
    let native = binary(Bytes::from_static(b"\0payload"));
    for wrapping in [Wrapping::mqtt(), custom()] {
        assert_eq!(sent(&wrapping, native.clone()).unwrap(), native);
        let wrapping = wrapping.encrypted(Cipher::Aes256Gcm, "one");
        assert_eq!(sent(&wrapping, native.clone()).unwrap(), native);
    }
}

#[test]
fn the_bytes_and_attributes_of_the_scheme_wamp() {
    let wrapping = Wrapping::wamp().serialized(Serializer::Json);
    let wrapped = wrapping.wrap(binary(5), &keys(), [0; NONCE]).unwrap();
    assert_eq!(wrapped, b"\xa2\x64args\x81\x05\x66kwargs\xa0"[..]);
    let attributes = wrapping
        .encrypted(Cipher::XSalsa20Poly1305, "one")
        .attributes();
    assert_eq!(
        attributes,
        Passthru {
            ppt_scheme: Some("wamp".into()),
            ppt_serializer: Some("cbor".into()),
            ppt_cipher: Some("xsalsa20poly1305".into()),
            ppt_keyid: Some("one".into()),
            ..Passthru::default()
        }
    );
}

fn attributes(scheme: &str, serializer: Option<&str>, cipher: Option<&str>) -> Passthru {
    Passthru {
        ppt_scheme: Some(scheme.into()),
        ppt_serializer: serializer.map(Into::into),
        ppt_cipher: cipher.map(Into::into),
        ..Passthru::default()
    }
}

#[test]
fn attributes_that_do_not_go_together() {
    for (scheme, serializer, cipher, fault) in [
        ("wamp", None, None, "ppt_scheme wamp needs a ppt_serializer"),
        ("wamp", Some("native"), None, "ppt_serializer \"native\""),
        ("wamp", Some("json"), None, "ppt_serializer \"json\""),
        (
            "mqtt",
            Some("flatbuffers"),
            None,
            "ppt_serializer \"flatbuffers\"",
        ),
        ("amqp", Some("cbor"), None, "ppt_scheme \"amqp\""),
        ("x_mine", None, Some("rot13"), "ppt_cipher \"rot13\""),
    ] {
        let error = Wrapping::of(&attributes(scheme, serializer, cipher)).unwrap_err();
        assert!(error.to_string().contains(fault), "{error}");
    }
    assert!(matches!(Wrapping::custom("mine"), Err(PptError::Scheme(_))));
    assert!(matches!(Wrapping::custom("x_"), Err(PptError::Scheme(_))));
}

#[test]
fn a_message_without_a_scheme_is_not_wrapped() {
    for plain in [Passthru::default(), attributes("", Some("cbor"), None)] {
        assert_eq!(open(arguments(), &plain, &keys()).unwrap(), arguments());
    }
}

#[test]
fn payloads_that_are_not_as_they_claim() {
    let cbor = attributes("mqtt", Some("cbor"), None);
    let two = Arguments {
        args: vec![Bytes::new().into(), Bytes::new().into()],
        kwargs: Dict::new(),
    };
    let with_kwargs = Arguments {
        kwargs: Dict::new().with("x", 1),
        ..binary(Bytes::new())
    };
    for wrong in [Arguments::default(), two, with_kwargs, binary("text")] {
        assert!(matches!(open(wrong, &cbor, &keys()), Err(PptError::Shape)));
    }
    for (wrong, malformed) in [
        (&b"\xff"[..], true),
        (b"\x81\x01", false),
        (b"\xa1\x64args\x01", false),
        (b"\xa1\x66kwargs\x80", false),
    ] {
        let opened = open(binary(Bytes::from_static(wrong)), &cbor, &keys());
        let expected = if malformed {
            matches!(opened, Err(PptError::Decode(_)))
        } else {
            matches!(opened, Err(PptError::Packing))
        };
        assert!(expected, "{wrong:?}: {opened:?}");
    }
    let native = Wrapping::mqtt().wrap(binary("text"), &keys(), [0; NONCE]);
    assert!(matches!(native, Err(PptError::Native)));
}

#[test]
fn what_other_clients_leave_out() {
    let msgpack = attributes("x_mine", Some("msgpack"), None);
    let packed = Bytes::from_static(b"\x82\xa4args\x91\x05\xa6kwargs\xc0");
    assert_eq!(open(binary(packed), &msgpack, &keys()).unwrap(), binary(5));
    // Native arguments of wampy are a dictionary of the session's serializer.
    let native = attributes("mqtt", None, None);
    let packed = Dict::new().with("args", vec![5]);
    assert_eq!(open(binary(packed), &native, &keys()).unwrap(), binary(5));
}

#[test]
fn the_key_is_found_by_its_id() {
    let wrapping = Wrapping::wamp().encrypted(Cipher::Aes256Gcm, "one");
    let wrapped = wrapping.wrap(arguments(), &keys(), [0; NONCE]).unwrap();
    let mut unnamed = wrapping.attributes();
    unnamed.ppt_keyid = None;
    let one = Keyring::new().with("eins", Key::new([1; 32]));
    let found =
        |attributes: &Passthru, keys: &Keyring| open(binary(wrapped.clone()), attributes, keys);
    assert!(found(&wrapping.attributes(), &keys()).is_ok());
    assert!(found(&unnamed, &one).is_ok(), "it is the only one");
    for missing in [
        found(&unnamed, &keys()),
        found(&wrapping.attributes(), &one),
        found(&wrapping.attributes(), &Keyring::new()),
    ] {
        assert!(matches!(missing, Err(PptError::NoKey(_))), "{missing:?}");
    }
}
