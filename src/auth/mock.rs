//! Users who do not exist.
//!
//! Who asks for a name that nobody has is met as if somebody had it: by the methods, with a salt and at the costs of a user
//! that there could be, the same each time. All of it is drawn from the name by a key that only this router has.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;

use super::{
    CertificateMatch, CraSecret, Credential, Kdf, Method, PublicKey, ScramKeys, ScramRecord,
    Secret, TicketSecret, User, hex,
};

/// What the users of a realm look like from outside: a role, and for each credential what shows in a CHALLENGE.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Profile {
    role: String,
    shapes: Vec<Shape>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Shape {
    Ticket,
    PlainCra,
    SaltedCra {
        salt: SaltForm,
        iterations: u32,
        keylen: u32,
    },
    Scram {
        kdf: Kdf,
        /// In bytes.
        salt: usize,
        /// Whether the record serves `scram` too.
        compat: bool,
    },
    Cryptosign,
    Tls,
}

/// How a salt is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum SaltForm {
    /// So many digits of lower case.
    Hex(usize),
    /// So many bytes in base64.
    Base64(usize),
    /// So many letters.
    Letters(usize),
}

impl Profile {
    /// What `user` looks like.
    pub(super) fn of(user: &User) -> Self {
        let mut shapes: Vec<Shape> = user.credentials.iter().map(Shape::of).collect();
        shapes.sort_unstable();
        shapes.dedup();
        Self {
            role: user.role.clone(),
            shapes,
        }
    }

    /// One that has a credential for the method, as a user without a model would look.
    pub(super) fn with(method: Method) -> Self {
        let shape = match method {
            Method::WampCra => Shape::PlainCra,
            Method::WampScram | Method::Scram => Shape::Scram {
                kdf: Kdf::DEFAULT,
                salt: 16,
                compat: true,
            },
            Method::Cryptosign => Shape::Cryptosign,
            Method::Tls => Shape::Tls,
            Method::Ticket | Method::Anonymous => Shape::Ticket,
        };
        Self {
            role: "user".to_owned(),
            shapes: vec![shape],
        }
    }

    /// Somebody of this name who looks like that.
    pub(super) fn user(&self, key: &[u8; 32], authid: &str) -> User {
        User {
            authid: authid.to_owned(),
            role: self.role.clone(),
            credentials: self
                .shapes
                .iter()
                .map(|shape| shape.credential(key, authid))
                .collect(),
        }
    }
}

impl Shape {
    fn of(credential: &Credential) -> Self {
        match credential {
            Credential::Ticket(_) => Self::Ticket,
            Credential::WampCra(CraSecret::Plain(_)) => Self::PlainCra,
            Credential::WampCra(CraSecret::Salted {
                salt,
                iterations,
                keylen,
                ..
            }) => Self::SaltedCra {
                salt: SaltForm::of(salt),
                iterations: *iterations,
                keylen: *keylen,
            },
            Credential::Scram(record) => Self::Scram {
                kdf: record.kdf,
                salt: record.salt.len(),
                compat: record.compat.is_some(),
            },
            Credential::Cryptosign(_) => Self::Cryptosign,
            Credential::Tls(_) => Self::Tls,
        }
    }

    /// What could be of that shape, and that nobody knows.
    fn credential(&self, key: &[u8; 32], authid: &str) -> Credential {
        let secret = || drawn(key, "secret", authid);
        match *self {
            Self::Ticket => Credential::Ticket(TicketSecret::of_hash(secret())),
            Self::PlainCra => {
                Credential::WampCra(CraSecret::Plain(Secret::new(STANDARD.encode(secret()))))
            }
            Self::SaltedCra {
                salt,
                iterations,
                keylen,
            } => Credential::WampCra(CraSecret::Salted {
                key: Secret::new(STANDARD.encode(secret())),
                salt: salt.drawn(key, authid),
                iterations,
                keylen,
            }),
            Self::Scram { kdf, salt, compat } => {
                let keys = ScramKeys {
                    stored: secret(),
                    server: drawn(key, "server", authid),
                };
                Credential::Scram(ScramRecord {
                    kdf,
                    salt: salt_bytes(key, authid, salt),
                    compat: compat.then(|| keys.clone()),
                    keys,
                })
            }
            Self::Cryptosign => Credential::Cryptosign(PublicKey(secret())),
            Self::Tls => Credential::Tls(CertificateMatch::Sha256(secret())),
        }
    }
}

impl SaltForm {
    fn of(salt: &str) -> Self {
        let is_hex = |digit: u8| matches!(digit, b'0'..=b'9' | b'a'..=b'f');
        if salt.bytes().all(is_hex) {
            Self::Hex(salt.len())
        } else if let Ok(bytes) = STANDARD.decode(salt) {
            Self::Base64(bytes.len())
        } else {
            Self::Letters(salt.chars().count())
        }
    }

    fn drawn(self, key: &[u8; 32], authid: &str) -> String {
        match self {
            Self::Hex(digits) => {
                let mut salt = hex::encode(&salt_bytes(key, authid, digits.div_ceil(2)));
                salt.truncate(digits);
                salt
            }
            Self::Base64(bytes) => STANDARD.encode(salt_bytes(key, authid, bytes)),
            Self::Letters(letters) => salt_bytes(key, authid, letters)
                .into_iter()
                .map(|byte| char::from(b'a' + byte % 26))
                .collect(),
        }
    }
}

/// As many bytes of salt as wanted, the first always the same.
pub(super) fn salt_bytes(key: &[u8; 32], authid: &str, length: usize) -> Vec<u8> {
    let blocks = length.div_ceil(32);
    let mut salt: Vec<u8> = (0..blocks)
        .flat_map(|block| drawn(key, &format!("salt {block}"), authid))
        .collect();
    salt.truncate(length);
    salt
}

/// 32 bytes that only who has the key can know.
pub(super) fn drawn(key: &[u8; 32], purpose: &str, authid: &str) -> [u8; 32] {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    context.update(purpose.as_bytes());
    context.update(b"\0");
    context.update(authid.as_bytes());
    context
        .sign()
        .as_ref()
        .try_into()
        .expect("HMAC-SHA-256 is 32 bytes")
}
