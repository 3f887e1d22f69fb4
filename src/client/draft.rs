//! Arguments on their way out.

use bytes::BytesMut;
use serde::Serialize;

use crate::codec::{self, Arguments};
use crate::proto::{Payload, PayloadShape, Serializer};

use super::{Error, PayloadError};

/// The arguments of a call or publication as they are put together. What is wrong with them is told in the end, so
/// that a builder's methods need not fail.
#[derive(Debug, Default)]
pub(super) struct Draft {
    args: Option<Payload>,
    kwargs: Option<Payload>,
    /// In place of both.
    whole: Option<Payload>,
    fault: Option<PayloadError>,
}

impl Draft {
    pub(super) fn args(&mut self, args: &impl Serialize) {
        self.whole = None;
        self.args = self.note(typed(args, &()));
    }

    pub(super) fn kwargs(&mut self, kwargs: &impl Serialize) {
        self.whole = None;
        self.kwargs = self.note(typed(&(), kwargs));
    }

    pub(super) fn arguments(&mut self, arguments: &Arguments, serializer: Serializer) {
        let payload = arguments.to_payload(serializer);
        self.whole = self.note(payload.map_err(PayloadError::from));
    }

    /// The payload in `serializer`.
    pub(super) fn finish(self, serializer: Serializer) -> Result<Payload, Error> {
        if let Some(fault) = self.fault {
            return Err(Error::Encode(fault));
        }
        if let Some(whole) = self.whole {
            return Ok(whole);
        }
        let both = match (self.args, self.kwargs) {
            (None, None) => return Ok(Payload::empty(serializer)),
            (Some(one), None) | (None, Some(one)) => one,
            (Some(args), Some(kwargs)) => join(args, kwargs),
        };
        codec::transcode(&both, serializer).map_err(|fault| Error::Encode(fault.into()))
    }

    /// Keeps the first fault.
    fn note(&mut self, payload: Result<Payload, PayloadError>) -> Option<Payload> {
        match payload {
            Ok(payload) => Some(payload),
            Err(fault) => {
                self.fault.get_or_insert(fault);
                None
            }
        }
    }
}

/// A payload in MessagePack, which typed values are written in first whatever they are sent in.
pub(super) fn typed(
    args: &impl Serialize,
    kwargs: &impl Serialize,
) -> Result<Payload, PayloadError> {
    Ok(codec::to_payload(Serializer::MsgPack, args, kwargs)?)
}

/// The positional arguments of one payload in MessagePack and the keyword arguments of another.
fn join(args: Payload, kwargs: Payload) -> Payload {
    let Some(kw) = kwargs.kwargs() else {
        return args;
    };
    let Some(list) = args.args() else {
        return kwargs;
    };
    let Ok(args_len) = u32::try_from(list.len()) else {
        // Such a payload is refused by every transport for its length; `transcode` says so too.
        return args;
    };
    let mut bytes = BytesMut::with_capacity(list.len() + kw.len());
    bytes.extend_from_slice(list);
    bytes.extend_from_slice(kw);
    let shape = PayloadShape::ArgsKwargs {
        args_len,
        kwargs_at: args_len,
    };
    Payload::from_raw(Serializer::MsgPack, shape, bytes.freeze())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::{Dict, Value};

    fn finished(draft: Draft, serializer: Serializer) -> Arguments {
        Arguments::from_payload(&draft.finish(serializer).unwrap()).unwrap()
    }

    #[test]
    fn positional_and_keyword_arguments_in_any_order() {
        let expected = Arguments {
            args: vec![Value::Int(1), Value::from("a")],
            kwargs: Dict::new().with("x", 2),
        };
        for serializer in Serializer::ALL {
            let mut draft = Draft::default();
            draft.kwargs(&Dict::new().with("x", 2));
            draft.args(&(1, "a"));
            assert_eq!(finished(draft, serializer), expected);

            let mut draft = Draft::default();
            draft.args(&["overruled"]);
            draft.arguments(&expected, serializer);
            assert_eq!(finished(draft, serializer), expected);

            let mut draft = Draft::default();
            draft.kwargs(&Dict::new().with("x", 2));
            assert_eq!(finished(draft, serializer).kwargs, expected.kwargs);

            assert_eq!(finished(Draft::default(), serializer), Arguments::default());
        }
    }

    #[test]
    fn what_is_no_list_is_refused_in_the_end() {
        let mut draft = Draft::default();
        draft.args(&5);
        draft.kwargs(&Dict::new());
        assert!(matches!(
            draft.finish(Serializer::Json),
            Err(Error::Encode(_))
        ));
    }

    #[test]
    fn a_value_without_form_is_refused() {
        let mut draft = Draft::default();
        draft.args(&(f64::NAN,));
        assert!(matches!(
            draft.finish(Serializer::Json),
            Err(Error::Encode(_))
        ));
    }
}
