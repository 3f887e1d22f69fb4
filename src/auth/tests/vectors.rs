//! Vectors of the specification, of RFCs and of other implementations.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::exchange::signed;
use super::super::kdf::pbkdf2;
use super::super::scram::{AuthMessage, Dialect, Salted};
use super::super::{cra, hex};
use super::*;

/// Advanced Profile, "Cryptosign-based Authentication", `test_vectors_1`: channel id, private key, challenge, signature.
const CRYPTOSIGN: [[&str; 4]; 6] = [
    [
        "",
        "4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "b32675b221f08593213737bef8240e7c15228b07028e19595294678c90d11c0cae80a357331bfc5cc9fb71081464e6e75013517c2cf067ad566a6b7b728e5d03ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ],
    [
        "",
        "d511fe78e23934b3dadb52fcd022974b80bd92bccc7c5cf404e46cc0a8a2f5cd",
        "b26c1f87c13fc1da14997f1b5a71995dff8fbe0a62fae8473c7bdbd05bfb607d",
        "d4209ad10d5aff6bfbc009d7e924795de138a63515efc7afc6b01b7fe5201372190374886a70207b042294af5bd64ce725cd8dceb344e6d11c09d1aaaf4d660fb26c1f87c13fc1da14997f1b5a71995dff8fbe0a62fae8473c7bdbd05bfb607d",
    ],
    [
        "",
        "6e1fde9cf9e2359a87420b65a87dc0c66136e66945196ba2475990d8a0c3a25b",
        "b05e6b8ad4d69abf74aa3be3c0ee40ae07d66e1895b9ab09285a2f1192d562d2",
        "7beb282184baadd08f166f16dd683b39cab53816ed81e6955def951cb2ddad1ec184e206746fd82bda075af03711d3d5658fc84a76196b0fa8d1ebc92ef9f30bb05e6b8ad4d69abf74aa3be3c0ee40ae07d66e1895b9ab09285a2f1192d562d2",
    ],
    [
        "62e935ae755f3d48f80d4d59f6121358c435722a67e859cc0caa8b539027f2ff",
        "4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "9b6f41540c9b95b4b7b281c3042fa9c54cef43c842d62ea3fd6030fcb66e70b3e80d49d44c29d1635da9348d02ec93f3ed1ef227dfb59a07b580095c2b82f80f9d16ca518aa0c2b707f2b2a609edeca73bca8dd59817a633f35574ac6fd80d00",
    ],
    [
        "62e935ae755f3d48f80d4d59f6121358c435722a67e859cc0caa8b539027f2ff",
        "d511fe78e23934b3dadb52fcd022974b80bd92bccc7c5cf404e46cc0a8a2f5cd",
        "b26c1f87c13fc1da14997f1b5a71995dff8fbe0a62fae8473c7bdbd05bfb607d",
        "305aaa3ac25e98f651427688b3fc43fe7d8a68a7ec1d7d61c61517c519bd4a427c3015599d83ca28b4c652333920223844ef0725eb5dc2febfd6af7677b73f01d0852a29b460fc92ec943242ac638a053bbacc200512b18b30d15083cbdc9282",
    ],
    [
        "62e935ae755f3d48f80d4d59f6121358c435722a67e859cc0caa8b539027f2ff",
        "6e1fde9cf9e2359a87420b65a87dc0c66136e66945196ba2475990d8a0c3a25b",
        "b05e6b8ad4d69abf74aa3be3c0ee40ae07d66e1895b9ab09285a2f1192d562d2",
        "ee3c7644fd8070532bc1fde3d70d742267da545d8c8f03e63bda63f1ad4214f4d2c4bfdb4eb9526def42deeb7e31602a6ff99eba893e0a4ad4d45892ca75e608d2b75e24a189a7f78ca776ba36fc53f6c3e31c32f251f2c524f0a44202f2902d",
    ],
];

#[test]
fn cryptosign_signs_as_the_specification_does() {
    for [channel, private, challenge, signature] in CRYPTOSIGN {
        let binding = hex::decode(channel).map(ChannelBinding::exporter);
        assert_eq!(binding.is_some(), !channel.is_empty());
        let challenge = hex::decode(challenge).unwrap();
        let message = ChannelBinding::bind(binding.as_ref(), &challenge);
        let key: PrivateKey = private.parse().unwrap();
        assert_eq!(signed(&key, &message), signature);
        let bytes: [u8; 96] = hex::decode(signature).unwrap();
        assert!(key.public().verify(&bytes[64..], &bytes[..64]));
        assert!(!key.public().verify(&bytes[63..95], &bytes[..64]));
    }
}

/// Advanced Profile, "Challenge Response Authentication": the example with its signature. It does not say so, but the secret is
/// `secret1`, derived with the salt and the costs that the chapter has further below.
#[test]
fn wampcra_signs_as_the_specification_does() {
    let challenge = r#"{"nonce": "LHRTC9zeOIrt_9U3", "authprovider": "userdb", "authid": "peter", "timestamp": "2014-06-22T16:36:25.448Z", "authrole": "user", "authmethod": "wampcra", "session": 3251278072152162}"#;
    let signature = "gir1mSx+deCDUV7wRM5SGIn/+R/ClqLZuH4m7FJeBVI=";
    let key = cra::derived(&"secret1".into(), "salt123", 1000, 32).unwrap();
    assert_eq!(key.expose(), "64xfzBvZhGDT7PB0bQwDeI8/WR1M9x6Cw5dt0yP9koc=");
    assert_eq!(cra::sign(&key, challenge), signature);
    assert_eq!(cra::verify(&key, challenge, signature), Some(true));
    assert_eq!(cra::verify(&key, &challenge[1..], signature), Some(false));

    let mut attempt = attempt(Login::WampCra("secret1".into()), "peter");
    let challenge = Challenge {
        method: "wampcra".into(),
        extra: Dict::new()
            .with("challenge", challenge)
            .with("salt", "salt123")
            .with("keylen", 32)
            .with("iterations", 1000),
    };
    assert_eq!(&*attempt.answer(&challenge).unwrap().signature, signature);
}

/// autobahn-python's `derive_key` and `compute_wcs`.
#[test]
fn wampcra_derives_as_autobahn_does() {
    let key = cra::derived(&"secret1".into(), "salt123", 100, 16).unwrap();
    assert_eq!(key.expose(), "prq7+YkJ1/KlW1X0YczMHw==");
    assert_eq!(
        cra::sign(&"secret1".into(), "hello"),
        "qgeRM+qADhP46mwcgXTueDVLIA/izmrF6GXTqQCA1t0="
    );
}

/// RFC 7677, section 3, which the specification's own example is taken from.
#[test]
fn scram_proves_as_the_rfc_does() {
    let message = AuthMessage {
        dialect: Dialect::Wamp,
        authid: "user",
        client_nonce: "rOprNGfwEbeRWgbNEkqO",
        nonce: "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
        salt: "W22ZaJ0SNY7soEsUEjb6gQ==",
        iterations: 4096,
        binding: None,
    }
    .to_string();
    assert_eq!(
        message,
        "n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
    );
    let salt = STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
    let salted = Salted::derive(Dialect::Wamp, &secret(), &salt, CHEAP_PBKDF2).unwrap();
    let proof = salted.proof(&message);
    assert_eq!(
        STANDARD.encode(proof),
        "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
    );
    let verifier = "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";
    assert_eq!(STANDARD.encode(salted.verifier(&message)), verifier);

    let record = ScramRecord::derive(&secret(), &salt, CHEAP_PBKDF2).unwrap();
    assert!(bool::from(record.keys.is_proven(&message, &proof)));
    assert!(!bool::from(record.keys.is_proven(&message[1..], &proof)));
    assert_eq!(STANDARD.encode(record.keys.verifier(&message)), verifier);
}

/// What autobahn-python's `AuthScram` answers to a challenge with Argon2.
#[test]
fn scram_proves_as_autobahn_does() {
    let record = ScramRecord::derive(&secret(), b"somesaltsomesalt", CHEAP_ARGON).unwrap();
    let keys = record.keys(Dialect::Autobahn).unwrap();
    assert_eq!(
        hex::encode(&keys.stored),
        "782155f342ae898ffa422591bdd9df5cff7d2b9501ae5ce3e7a014bc4659c693"
    );
    assert_eq!(
        hex::encode(&keys.server),
        "1693ef04d84fc8d2695e289126312d2f97f9d8c3db0957fc0fe9da9bf119cee0"
    );
    let message = AuthMessage {
        dialect: Dialect::Autobahn,
        authid: "user",
        client_nonce: "AAAAAAAAAAAAAAAAAAAAAA==",
        nonce: "AAAAAAAAAAAAAAAAAAAAAA==BBBBBBBBBBBBBBBBBBBBBBBB",
        salt: &STANDARD.encode(b"somesaltsomesalt"),
        iterations: 1,
        binding: None,
    }
    .to_string();
    let proof = STANDARD
        .decode("sd2NcuoNP9VBmNBR8ptXc6IPpie/FBywHscGusC+jI0=")
        .unwrap();
    assert!(bool::from(
        keys.is_proven(&message, proof.as_slice().try_into().unwrap())
    ));
    assert_eq!(
        STANDARD.encode(keys.verifier(&message)),
        "5yf0KNEIeNNFwCohR8iL0b6NmDLOVIPT8cJQ2gpYAfU="
    );
}

/// The other dialect neither escapes the name nor has a header for the channel.
#[test]
fn the_dialects_differ_in_what_is_signed() {
    let message = |dialect, binding| {
        AuthMessage {
            dialect,
            authid: "a,b=c",
            client_nonce: "C",
            nonce: "CS",
            salt: "salt",
            iterations: 1,
            binding,
        }
        .to_string()
    };
    assert_eq!(
        message(Dialect::Wamp, None),
        "n=a=2Cb=3Dc,r=C,r=CS,s=salt,i=1,c=biws,r=CS"
    );
    assert_eq!(
        message(Dialect::Autobahn, None),
        "n=a,b=c,r=C,r=CS,s=salt,i=1,c=,r=CS"
    );
    let binding = ChannelBinding::exporter([0; 32]);
    let bound = STANDARD.encode([b"p=tls-exporter,,".as_slice(), &[0; 32]].concat());
    assert_eq!(
        message(Dialect::Wamp, Some(&binding)),
        format!("n=a=2Cb=3Dc,r=C,r=CS,s=salt,i=1,c={bound},r=CS")
    );
}

/// RFC 7914, section 11.
#[test]
fn pbkdf2_is_that_of_the_rfc() {
    let mut key = [0; 64];
    pbkdf2(b"passwd", b"salt", 1, &mut key).unwrap();
    assert_eq!(
        hex::encode(&key),
        "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783"
    );
    assert_eq!(pbkdf2(b"passwd", b"salt", 0, &mut key), None);
}

/// From the tests of the reference implementation in C, and from its binding in Python.
#[test]
fn argon2_is_that_of_the_reference_implementation() {
    for (iterations, memory, key) in [
        (
            2,
            256,
            "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe",
        ),
        (
            1,
            8192,
            "07200454a4c2369a893741c6bf6355f29bf357857cc5eb8e8795104fbe70a38e",
        ),
    ] {
        let kdf = Kdf::Argon2id13 { iterations, memory };
        let derived = kdf.derive(b"password", b"somesalt").unwrap();
        assert_eq!(hex::encode(&*derived), key);
    }
}

/// RFC 4013, section 3, and RFC 7677's recommendation on how to come to a record.
#[test]
fn passwords_are_prepared() {
    let salt = b"saltsaltsaltsalt";
    let record =
        |password: &str| ScramRecord::derive(&password.into(), salt, CHEAP_PBKDF2).unwrap();
    for (typed, prepared) in [("I\u{ad}X", "IX"), ("\u{aa}", "a"), ("\u{2168}", "IX")] {
        assert_eq!(record(typed).keys, record(prepared).keys, "{typed:?}");
        // The other dialect takes them as they are.
        assert_ne!(record(typed).compat, None, "{typed:?}");
    }
    assert_eq!(record("IX").compat, None);
    assert_ne!(record("user").keys, record("USER").keys);
    assert_eq!(
        ScramRecord::derive(&"\u{7}".into(), salt, CHEAP_PBKDF2),
        Err(ScramError::Password)
    );
}

#[test]
fn times_are_written_as_the_specification_does() {
    assert_eq!(
        cra::timestamp(Duration::from_millis(1_403_454_985_448)),
        "2014-06-22T16:36:25.448Z"
    );
    assert_eq!(cra::timestamp(Duration::MAX), "9999-12-31T23:59:59.000Z");
}
