//! What a message carries for the application, in plain or by payload passthru mode.

use serde::de::DeserializeOwned;

use crate::codec::{self, Arguments};
use crate::ppt::{self, Keyring, NONCE, Wrapping};
use crate::proto::{Passthru, Payload, Serializer};

use super::{PayloadError, WampError};

/// A payload that came in, and the keys to it.
#[derive(Clone, Debug, Default)]
pub(super) struct Content {
    pub(super) payload: Payload,
    pub(super) keys: Keyring,
}

impl Content {
    pub(super) fn new(payload: Payload, keys: &Keyring) -> Self {
        let keys = keys.clone();
        Self { payload, keys }
    }

    /// The arguments as they came.
    pub(super) fn raw(&self) -> Result<Arguments, PayloadError> {
        Ok(Arguments::from_payload(&self.payload)?)
    }

    /// The arguments, taken out of what wraps them by these attributes.
    pub(super) fn arguments(&self, passthru: Option<&Passthru>) -> Result<Arguments, PayloadError> {
        let arguments = self.raw()?;
        match passthru {
            None => Ok(arguments),
            Some(passthru) => Ok(ppt::open(arguments, passthru, &self.keys)?),
        }
    }

    pub(super) fn args<T: DeserializeOwned>(
        &self,
        passthru: Option<&Passthru>,
    ) -> Result<T, PayloadError> {
        Ok(codec::args_as(&self.opened(passthru)?)?)
    }

    pub(super) fn kwargs<T: DeserializeOwned>(
        &self,
        passthru: Option<&Passthru>,
    ) -> Result<T, PayloadError> {
        Ok(codec::kwargs_as(&self.opened(passthru)?)?)
    }

    /// The arguments as a payload again: that which came, unless it wraps another.
    pub(super) fn opened(&self, passthru: Option<&Passthru>) -> Result<Payload, PayloadError> {
        if passthru.is_none_or(|passthru| passthru.ppt_scheme.is_none()) {
            return Ok(self.payload.clone());
        }
        // What typed arguments are read from without a detour.
        Ok(self.arguments(passthru)?.to_payload(Serializer::MsgPack)?)
    }
}

/// A payload on its way out, with the attributes that go beside it.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) payload: Payload,
    pub(super) passthru: Option<Box<Passthru>>,
}

/// How what is sent is wrapped, and the keys for it.
#[derive(Clone, Debug)]
pub(super) struct Seal {
    pub(super) wrapping: Wrapping,
    pub(super) keys: Keyring,
}

impl Seal {
    /// The payload wrapped.
    pub(super) fn payload(&self, payload: &Payload) -> Result<Outgoing, PayloadError> {
        let arguments = self.arguments(Arguments::from_payload(payload)?)?;
        Ok(Outgoing {
            payload: arguments.to_payload(payload.serializer())?,
            passthru: Some(Box::new(self.wrapping.attributes())),
        })
    }

    /// The result of a handler wrapped. No result at all has nothing to hide, and no form without a serializer.
    pub(super) fn result(&self, payload: Payload) -> Result<Outgoing, PayloadError> {
        if payload.is_empty() && self.wrapping.is_native() {
            let passthru = None;
            return Ok(Outgoing { payload, passthru });
        }
        self.payload(&payload)
    }

    /// The error of a handler with its arguments wrapped. If they cannot be, they are left out, so that nothing goes in plain
    /// that was not to.
    pub(super) fn error(&self, mut error: WampError) -> WampError {
        if error.arguments == Arguments::default() {
            return error;
        }
        match self.arguments(std::mem::take(&mut error.arguments)) {
            Ok(arguments) => {
                error.arguments = arguments;
                error.details.passthru = Some(Box::new(self.wrapping.attributes()));
            }
            Err(fault) => {
                let message = format!("the arguments of the error cannot be wrapped: {fault}");
                error.details.message = Some(message.into());
            }
        }
        error
    }

    fn arguments(&self, arguments: Arguments) -> Result<Arguments, PayloadError> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(|fault| PayloadError::Random(fault.to_string()))?;
        let wrapped = self.wrapping.wrap(arguments, &self.keys, nonce)?;
        Ok(Arguments {
            args: vec![wrapped.into()],
            ..Arguments::default()
        })
    }
}
