//! Key derivation: from a password to a key, at a cost that guessing has to pay too.

use std::num::NonZeroU32;

use argon2::{Algorithm, Argon2, Params, Version};
use ring::pbkdf2;
use zeroize::Zeroizing;

/// A key derivation function with its cost, as SCRAM names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kdf {
    /// `pbkdf2`, with HMAC-SHA-256.
    Pbkdf2 {
        /// How often HMAC is applied.
        iterations: u32,
    },
    /// `argon2id13`: Argon2id, version 1.3, one lane.
    Argon2id13 {
        /// Passes over the memory.
        iterations: u32,
        /// In KiB.
        memory: u32,
    },
}

impl Kdf {
    /// What a new record takes unless told otherwise. Some hundredths of a second, and 19 MiB, on a desktop of 2025.
    ///
    /// Source: OWASP, "Password Storage Cheat Sheet".
    pub const DEFAULT: Self = Self::Argon2id13 {
        iterations: 2,
        memory: 19_456,
    };

    /// What a new record takes where it has to be PBKDF2.
    ///
    /// Source: OWASP, "Password Storage Cheat Sheet".
    pub const DEFAULT_PBKDF2: Self = Self::Pbkdf2 {
        iterations: 600_000,
    };

    /// The name in `CHALLENGE.Extra.kdf`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pbkdf2 { .. } => PBKDF2,
            Self::Argon2id13 { .. } => ARGON2ID13,
        }
    }

    /// The function of that name; Argon2 needs its memory.
    ///
    /// # Errors
    /// Another name, or a cost that the function cannot have.
    pub fn named(name: &str, iterations: u32, memory: Option<u32>) -> Result<Self, KdfError> {
        let kdf = match (name, memory) {
            (PBKDF2, _) => Self::Pbkdf2 { iterations },
            (ARGON2ID13 | ARGON2ID_13, Some(memory)) => Self::Argon2id13 { iterations, memory },
            (ARGON2ID13 | ARGON2ID_13, None) => return Err(KdfError::NoMemory),
            _ => return Err(KdfError::Unknown(name.to_owned())),
        };
        let possible = match kdf {
            Self::Pbkdf2 { iterations } => iterations > 0,
            Self::Argon2id13 { iterations, memory } => {
                Params::new(memory, iterations, LANES, None).is_ok()
            }
        };
        if possible {
            Ok(kdf)
        } else {
            Err(KdfError::Impossible(kdf))
        }
    }

    /// How often HMAC or the pass over the memory is repeated.
    #[must_use]
    pub const fn iterations(self) -> u32 {
        match self {
            Self::Pbkdf2 { iterations } | Self::Argon2id13 { iterations, .. } => iterations,
        }
    }

    /// In KiB, where the function has such a cost.
    #[must_use]
    pub const fn memory(self) -> Option<u32> {
        match self {
            Self::Pbkdf2 { .. } => None,
            Self::Argon2id13 { memory, .. } => Some(memory),
        }
    }

    /// Whether a client should go along with this cost. What is too cheap would make a router that is none a present of a
    /// hash that is soon guessed; what is too dear would stall the client, or fill its memory.
    ///
    /// # Errors
    /// Which of both it is.
    pub const fn check(self) -> Result<(), KdfError> {
        let (cost, least, most) = match self {
            Self::Pbkdf2 { iterations } => (iterations as u64, LEAST_ITERATIONS, MOST_ITERATIONS),
            Self::Argon2id13 { iterations, memory } => {
                if memory > MOST_MEMORY {
                    return Err(KdfError::Excessive(self));
                }
                let work = iterations as u64 * memory as u64;
                (work, LEAST_ARGON_WORK, MOST_ARGON_WORK)
            }
        };
        if cost < least {
            Err(KdfError::Cheap(self))
        } else if cost > most {
            Err(KdfError::Excessive(self))
        } else {
            Ok(())
        }
    }

    /// The key, of 32 bytes.
    ///
    /// # Errors
    /// A cost or a salt that the function cannot have, or memory that is not there.
    pub(super) fn derive(
        self,
        password: &[u8],
        salt: &[u8],
    ) -> Result<Zeroizing<[u8; 32]>, KdfError> {
        let mut key = Zeroizing::new([0; 32]);
        match self {
            Self::Pbkdf2 { iterations } => {
                pbkdf2(password, salt, iterations, &mut *key).ok_or(KdfError::Impossible(self))?;
            }
            Self::Argon2id13 { iterations, memory } => {
                Params::new(memory, iterations, LANES, Some(key.len()))
                    .and_then(|params| {
                        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
                            .hash_password_into(password, salt, &mut *key)
                    })
                    .map_err(|_| KdfError::Impossible(self))?;
            }
        }
        Ok(key)
    }
}

/// PBKDF2 with HMAC-SHA-256; `None` for no iterations.
pub(super) fn pbkdf2(password: &[u8], salt: &[u8], iterations: u32, key: &mut [u8]) -> Option<()> {
    let iterations = NonZeroU32::new(iterations)?;
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, iterations, salt, password, key);
    Some(())
}

/// Why a key cannot or shall not be derived.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KdfError {
    /// No such function is known here.
    #[error("the key derivation {0:?} is unknown; known are pbkdf2 and argon2id13")]
    Unknown(String),
    /// Argon2 without its memory cost.
    #[error("argon2id13 needs a memory cost")]
    NoMemory,
    /// The cost or the salt is none that the function can have.
    #[error("a key cannot be derived by {} with {}", .0.name(), costs(*.0))]
    Impossible(Kdf),
    /// A derived key of no length, or of an absurd one.
    #[error("a derived key of {0} bytes is none")]
    KeyLength(u32),
    /// See [`Kdf::check`].
    #[error("{} with {} is too cheap to protect the password", .0.name(), costs(*.0))]
    Cheap(Kdf),
    /// See [`Kdf::check`].
    #[error("{} with {} costs more than a login is worth", .0.name(), costs(*.0))]
    Excessive(Kdf),
}

fn costs(kdf: Kdf) -> String {
    match kdf {
        Kdf::Pbkdf2 { iterations } => format!("{iterations} iterations"),
        Kdf::Argon2id13 { iterations, memory } => {
            format!("{iterations} iterations over {memory} KiB")
        }
    }
}

const PBKDF2: &str = "pbkdf2";
const ARGON2ID13: &str = "argon2id13";
/// As autobahn-python and crossbar spell it.
pub(super) const ARGON2ID_13: &str = "argon2id-13";

/// Fixed by the specification: the password is hashed on a device whose cores nobody knows.
const LANES: u32 = 1;

/// RFC 7677, section 4.
const LEAST_ITERATIONS: u64 = 4096;
/// A few seconds.
const MOST_ITERATIONS: u64 = 10_000_000;
/// In KiB, over all passes: a quarter of the least that OWASP recommends.
const LEAST_ARGON_WORK: u64 = 8 << 10;
/// In KiB, over all passes: 16 GiB, some ten seconds.
const MOST_ARGON_WORK: u64 = 16 << 20;
/// In KiB: 256 MiB.
const MOST_MEMORY: u32 = 256 << 10;
