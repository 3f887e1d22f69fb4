//! Who may log in to one realm, and by what: the router's side up to CHALLENGE.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::time::Duration;

use bytestring::ByteString;
use zeroize::Zeroizing;

use super::mock::{self, Profile};
use super::{
    CertificateMatch, CertificateNames, ChannelBinding, Credential, Exchange, LoginRefusal, Method,
    Principal, PrivateKey, PublicKey, User, hex,
};
use crate::proto::{Challenge, Dict, Id, Uri, Value};

/// Who may log in to one realm, and by what.
///
/// Whoever is not in it is met in the same way as those who are: with a CHALLENGE of the same form, whose salt and costs are
/// the same each time, the same work, and the same refusal. There is no telling from outside whether a name is known, as long
/// as the realm's users have the same methods and costs; where they differ, an unknown name is given those of one of them.
#[derive(Clone)]
pub struct Directory {
    users: HashMap<String, User>,
    /// Whose key it is, for clients that do not give their name. `None` if it is several users'.
    keys: HashMap<PublicKey, Option<String>>,
    /// Whose certificates they are, for clients that do not give their name.
    certificates: Vec<(CertificateMatch, String)>,
    /// What users look like from outside, in an order that depends on nothing else.
    profiles: Vec<Profile>,
    anonymous: Option<String>,
    router: Option<PrivateKey>,
    key: Zeroizing<[u8; 32]>,
}

impl Directory {
    /// A directory of these users, who are one where they have the same name. `key` is what answers to unknown names are drawn
    /// from: random, and the same for as long as that is possible.
    ///
    /// # Errors
    /// One name with two roles.
    pub fn new(
        users: impl IntoIterator<Item = User>,
        key: [u8; 32],
    ) -> Result<Self, DirectoryError> {
        let mut known: HashMap<String, User> = HashMap::new();
        for user in users {
            match known.entry(user.authid.clone()) {
                Entry::Vacant(place) => {
                    place.insert(user);
                }
                Entry::Occupied(place) if place.get().role != user.role => {
                    return Err(DirectoryError::TwoRoles {
                        authid: user.authid,
                        role: place.get().role.clone(),
                        other: user.role,
                    });
                }
                Entry::Occupied(mut place) => place.get_mut().credentials.extend(user.credentials),
            }
        }
        let mut directory = Self {
            users: known,
            keys: HashMap::new(),
            certificates: Vec::new(),
            profiles: Vec::new(),
            anonymous: None,
            router: None,
            key: Zeroizing::new(key),
        };
        directory.index();
        Ok(directory)
    }

    fn index(&mut self) {
        for user in self.users.values() {
            self.profiles.push(Profile::of(user));
            for credential in &user.credentials {
                match credential {
                    Credential::Cryptosign(key) => {
                        self.keys
                            .entry(*key)
                            .and_modify(|owner| {
                                if owner.as_deref() != Some(&*user.authid) {
                                    *owner = None;
                                }
                            })
                            .or_insert_with(|| Some(user.authid.clone()));
                    }
                    Credential::Tls(wanted) => {
                        self.certificates
                            .push((wanted.clone(), user.authid.clone()));
                    }
                    Credential::Ticket(_) | Credential::WampCra(_) | Credential::Scram(_) => {}
                }
            }
        }
        self.profiles.sort_unstable();
        self.profiles.dedup();
    }

    /// The same, with a way in for anonymous clients, who get this role.
    #[must_use]
    pub fn with_anonymous(mut self, role: impl Into<String>) -> Self {
        self.anonymous = Some(role.into());
        self
    }

    /// The same, with a key by which the router proves itself to clients that ask for that under cryptosign. It signs what
    /// clients want signed: it must be of use for nothing else.
    #[must_use]
    pub fn with_router_key(mut self, key: PrivateKey) -> Self {
        self.router = Some(key);
        self
    }

    /// The role of anonymous clients, if they may come in.
    #[must_use]
    pub fn anonymous(&self) -> Option<&str> {
        self.anonymous.as_deref()
    }

    /// The salt of a user whose record is derived from a password when the router starts: the same for as long as the key is,
    /// and drawn as that of an unknown name is.
    #[must_use]
    pub fn salt(key: &[u8; 32], authid: &str) -> [u8; 16] {
        let mut salt = [0; 16];
        salt.copy_from_slice(&mock::salt_bytes(key, authid, 16));
        salt
    }

    /// What is to happen upon a HELLO: the method is the first of the client's that the user has, but SCRAM as specified goes
    /// before the other dialect, which cannot be bound to a connection.
    ///
    /// # Errors
    /// Why the session is refused at once.
    pub fn begin(&self, hello: &HelloFacts<'_>) -> Result<Begun, LoginRefusal> {
        // A client that names no method takes what there is (Advanced Profile, "Authentication").
        let unnamed = [Method::Anonymous.text()];
        let offered = match hello.authmethods {
            [] => &unnamed,
            offered => offered,
        };
        let mut nameless = None;
        let mut more_than_anonymous = false;
        for method in distinct(offered) {
            more_than_anonymous |= method != Some(Method::Anonymous);
            let Some(method) = method else { continue };
            let begun = match method {
                Method::Anonymous => self.admit_anonymous(hello),
                Method::Tls => self.begin_tls(hello)?,
                Method::Cryptosign => self.begin_cryptosign(hello)?,
                Method::Ticket | Method::WampCra | Method::WampScram | Method::Scram => {
                    match hello.authid {
                        Some(authid) => self.begin_named(hello, method, authid)?,
                        None => {
                            let accepted = self.knows(method) || hello.dynamic.contains(&method);
                            nameless = nameless.or_else(|| accepted.then_some(method));
                            None
                        }
                    }
                }
            };
            if let Some(begun) = begun {
                return Ok(begun);
            }
        }
        Err(match nameless {
            Some(method) => LoginRefusal::Malformed {
                method,
                fault: "the client has to say who it is, by authid",
            },
            None if more_than_anonymous => LoginRefusal::NoMatchingMethod {
                offered: shown(offered),
            },
            None => LoginRefusal::Required,
        })
    }

    /// What happens to a name that a dynamic authenticator does not know: as [`begin`](Self::begin) does it with a name that
    /// is in no directory, by that method.
    ///
    /// # Errors
    /// Why the session is refused at once.
    pub fn decoy(&self, hello: &HelloFacts<'_>, method: Method) -> Result<Begun, LoginRefusal> {
        let authid = hello.authid.unwrap_or_default();
        let mut user = self.stranger(authid);
        if !user.serves(method) {
            user = Profile::with(method).user(&self.key, authid);
        }
        let credentials = match method {
            Method::Cryptosign => vec![Credential::Cryptosign(announced(hello)?)],
            _ => user.credentials,
        };
        let principal = Principal {
            authprovider: DYNAMIC.to_owned(),
            ..known_as(user.authid, user.role, method)
        };
        let router = self.router.as_ref();
        let (challenge, exchange) =
            Exchange::new(hello, method, &credentials, principal, false, router)?;
        Ok(Begun::Challenge(challenge, exchange))
    }

    fn admit_anonymous(&self, hello: &HelloFacts<'_>) -> Option<Begun> {
        match &self.anonymous {
            Some(role) => {
                // An anonymous client is not who it says it is: it gets a name of the router's making.
                let authid = hex::encode(&hello.random[..7]);
                let principal = known_as(authid, role.clone(), Method::Anonymous);
                Some(Begun::Admitted(principal))
            }
            None => hello.asks(Method::Anonymous),
        }
    }

    /// By a secret that belongs to a name.
    fn begin_named(
        &self,
        hello: &HelloFacts<'_>,
        method: Method,
        authid: &str,
    ) -> Result<Option<Begun>, LoginRefusal> {
        // Drawn for those too who are known, so that it takes as long.
        let stranger = self.stranger(authid);
        let known = self.users.get(authid);
        let user = match known {
            Some(user) if user.serves(method) => user,
            // Whose name is in the directory is not up to an authenticator.
            Some(_) => return Ok(None),
            None if hello.dynamic.contains(&method) => return Ok(hello.asks(method)),
            None if stranger.serves(method) => &stranger,
            None => return Ok(None),
        };
        let genuine = known.is_some();
        self.challenge(hello, method, user, &user.credentials, genuine)
            .map(Some)
    }

    /// By the key that HELLO announces, which may say who it is, too.
    fn begin_cryptosign(&self, hello: &HelloFacts<'_>) -> Result<Option<Begun>, LoginRefusal> {
        let method = Method::Cryptosign;
        let announced = announced(hello);
        // Drawn for those too who are known, so that it takes as long.
        let stranger = self.stranger(hello.authid.unwrap_or_default());
        let (owner, served) = match (hello.authid, &announced) {
            (Some(authid), _) => match self.users.get(authid) {
                Some(user) => (Some(user), user.serves(method)),
                None => (None, stranger.serves(method)),
            },
            (None, Ok(key)) => {
                let authid = self.keys.get(key).and_then(Option::as_ref);
                let owner = authid.and_then(|authid| self.users.get(authid));
                (owner, !self.keys.is_empty())
            }
            (None, Err(_)) => (None, !self.keys.is_empty()),
        };
        let is_known = hello.authid.is_some() && owner.is_some();
        let owner = owner.filter(|user| user.serves(method));
        if owner.is_none() && !is_known && hello.dynamic.contains(&method) {
            return Ok(hello.asks(method));
        }
        if !served {
            return Ok(None);
        }
        let key = announced?;
        let credentials = [Credential::Cryptosign(key)];
        let genuine = owner.is_some_and(|user| user.credentials.contains(&credentials[0]));
        let user = owner.unwrap_or(&stranger);
        self.challenge(hello, method, user, &credentials, genuine)
            .map(Some)
    }

    /// By the certificate that TLS has verified.
    fn begin_tls(&self, hello: &HelloFacts<'_>) -> Result<Option<Begun>, LoginRefusal> {
        let method = Method::Tls;
        let Some(certificate) = hello.certificate else {
            return Ok(None);
        };
        // Drawn for those too who are known, so that it takes as long.
        let stranger = self.stranger(hello.authid.unwrap_or_default());
        let names = CertificateNames::of(certificate);
        let mut owners = self
            .certificates
            .iter()
            .filter(|(wanted, owner)| {
                hello.authid.is_none_or(|authid| *authid == **owner) && names.matches(wanted)
            })
            .map(|(_, owner)| owner);
        let first = owners.next();
        // A certificate that is several users' is nobody's as long as it is not said whose.
        let owner = first.filter(|first| owners.all(|other| other == *first));
        if let Some(user) = owner.and_then(|authid| self.users.get(authid)) {
            let principal = known_as(user.authid.clone(), user.role.clone(), method);
            return Ok(Some(Begun::Admitted(principal)));
        }
        if hello.dynamic.contains(&method) {
            return Ok(hello.asks(method));
        }
        let served = match hello.authid {
            None => !self.certificates.is_empty(),
            Some(authid) => match self.users.get(authid) {
                Some(user) => user.serves(method),
                None => stranger.serves(method),
            },
        };
        if served {
            Err(LoginRefusal::Denied(method))
        } else {
            Ok(None)
        }
    }

    /// Challenges a user, by credentials that are the user's or made up.
    fn challenge(
        &self,
        hello: &HelloFacts<'_>,
        method: Method,
        user: &User,
        credentials: &[Credential],
        genuine: bool,
    ) -> Result<Begun, LoginRefusal> {
        let principal = known_as(user.authid.clone(), user.role.clone(), method);
        let router = self.router.as_ref();
        let (challenge, exchange) =
            Exchange::new(hello, method, credentials, principal, genuine, router)?;
        Ok(Begun::Challenge(challenge, exchange))
    }

    /// Whether anybody can log in by that method.
    fn knows(&self, method: Method) -> bool {
        let mut profiles = self.profiles.iter();
        profiles.any(|profile| profile.user(&self.key, "").serves(method))
    }

    /// Somebody of that name, if nobody has it.
    fn stranger(&self, authid: &str) -> User {
        let [a, b, c, d, ..] = mock::drawn(&self.key, "profile", authid);
        let pick = u32::from_be_bytes([a, b, c, d]) as usize;
        match self.profiles.len() {
            0 => User {
                authid: authid.to_owned(),
                role: String::new(),
                credentials: Vec::new(),
            },
            count => self.profiles[pick % count].user(&self.key, authid),
        }
    }
}

/// Names and secrets are nobody's business.
impl fmt::Debug for Directory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Directory")
            .field("users", &self.users.len())
            .field("anonymous", &self.anonymous)
            .finish_non_exhaustive()
    }
}

/// Who comes in, for whom the directory vouches.
fn known_as(authid: String, authrole: String, authmethod: Method) -> Principal {
    Principal {
        authid,
        authrole,
        authmethod,
        authprovider: STATIC.to_owned(),
        authextra: Dict::new(),
    }
}

/// The methods of a HELLO, each once, however often it is named: `None` stands for all that are unknown here. SCRAM as specified
/// comes before the other dialect.
fn distinct(offered: &[ByteString]) -> Vec<Option<Method>> {
    let mut methods = Vec::new();
    for name in offered {
        let method = name.parse().ok();
        if !methods.contains(&method) {
            methods.push(method);
        }
    }
    let place = |wanted| methods.iter().position(|method| *method == Some(wanted));
    if let (Some(scram), Some(specified)) = (place(Method::Scram), place(Method::WampScram))
        && scram < specified
    {
        methods.remove(specified);
        methods.insert(scram, Some(Method::WampScram));
    }
    methods
}

/// Methods as a client names them, in a sentence: the first few, escaped and shortened.
fn shown(offered: &[ByteString]) -> String {
    let names = offered.iter().take(SHOWN).map(|name| {
        let name: String = name.chars().take(LONGEST_SHOWN).collect();
        name.escape_debug().to_string()
    });
    names.collect::<Vec<_>>().join(", ")
}

/// The public key in HELLO.
fn announced(hello: &HelloFacts<'_>) -> Result<PublicKey, LoginRefusal> {
    hello
        .extra("pubkey")
        .and_then(Value::as_str)
        .and_then(hex::decode)
        .map(PublicKey)
        .ok_or(LoginRefusal::Malformed {
            method: Method::Cryptosign,
            fault: "authextra.pubkey is not 64 hexadecimal digits",
        })
}

/// What a login is judged by, beside the directory.
#[derive(Clone, Copy)]
pub struct HelloFacts<'a> {
    /// The realm that the client wants to join.
    pub realm: &'a Uri,
    /// `HELLO.Details.authmethods`.
    pub authmethods: &'a [ByteString],
    /// `HELLO.Details.authid`.
    pub authid: Option<&'a str>,
    /// `HELLO.Details.authrole`. The directory decides on the role; what is asked for here is of no consequence.
    pub authrole: Option<&'a str>,
    /// `HELLO.Details.authextra`.
    pub authextra: Option<&'a Dict>,
    /// The id that the session will have.
    pub session: Id,
    /// What time it is, since 1970.
    pub unix: Duration,
    /// Fresh random bytes for this handshake alone.
    pub random: [u8; 64],
    /// What the connection is known by, if it is over TLS.
    pub binding: Option<&'a ChannelBinding>,
    /// The DER of the client's certificate, if it showed one to TLS and TLS has verified it.
    pub certificate: Option<&'a [u8]>,
    /// The methods that dynamic authenticators serve in this realm.
    pub dynamic: &'a [Method],
}

impl HelloFacts<'_> {
    /// What stands under a key of `authextra`; null is nothing.
    pub(super) fn extra(&self, key: &str) -> Option<&Value> {
        let extra = self.authextra?.get(key);
        extra.filter(|value| **value != Value::Null)
    }

    /// That a dynamic authenticator is to be asked, if there is one for the method.
    fn asks(&self, method: Method) -> Option<Begun> {
        let served = self.dynamic.contains(&method);
        served.then_some(Begun::Dynamic(method))
    }
}

/// What follows from a HELLO.
#[derive(Debug)]
pub enum Begun {
    /// The client is in: it is anonymous, or TLS has proven who it is.
    Admitted(Principal),
    /// The client has to prove itself: the message to send, and what its answer is judged by.
    Challenge(Challenge, Box<Exchange>),
    /// A dynamic authenticator has to be asked about this method.
    Dynamic(Method),
}

/// Why there can be no such directory.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DirectoryError {
    /// One name with two roles.
    #[error("user {authid:?} has the role {role:?} and the role {other:?}; a user has one role")]
    TwoRoles {
        /// The name.
        authid: String,
        /// One role.
        role: String,
        /// The other.
        other: String,
    },
}

/// Who vouches for the users of a directory.
const STATIC: &str = "static";

/// Who vouches for those that a dynamic authenticator knows.
pub(super) const DYNAMIC: &str = "dynamic";

/// How many of the methods offered are told back in a refusal.
const SHOWN: usize = 8;

/// How much of each, in characters.
const LONGEST_SHOWN: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    /// However often a client names a method, it costs what naming it once does.
    #[test]
    fn each_method_counts_once_and_the_bound_scram_first() {
        let mut offered: Vec<ByteString> = vec!["kerberos".into(); 100_000];
        for name in ["scram", "ticket", "scram", "spnego", "wamp-scram", "ticket"] {
            offered.push(name.into());
        }
        let methods = distinct(&offered);
        let named = [Method::WampScram, Method::Scram, Method::Ticket].map(Some);
        assert_eq!(methods, [&[None][..], &named].concat());
    }
}
