//! `wamp.router.metrics` and `wamp.router.status`: how the router does.
//!
//! The realm does not know: whoever owns it counts what goes in and out. So it asks ([`Output::Inquire`]), and is told at
//! once ([`Input::Report`](super::super::Input::Report)).

use crate::codec;
use crate::proto::{Call, Id, MessageType};

use super::super::refusal::Refusal;
use super::super::{Inquiry, Output, Realm, SessionKey};
use super::arguments::Arguments;

/// The procedures, and what is asked for them.
const INQUIRIES: [(&str, Inquiry); 2] = [
    ("wamp.router.metrics", Inquiry::Metrics),
    ("wamp.router.status", Inquiry::Status),
];

/// The URIs of the procedures.
pub(super) fn uris() -> impl Iterator<Item = &'static str> {
    INQUIRIES.into_iter().map(|(uri, _)| uri)
}

/// What a procedure asks for, if it is one of these.
pub(super) fn inquiry(procedure: &str) -> Option<Inquiry> {
    let named = INQUIRIES.into_iter().find(|(uri, _)| *uri == procedure);
    named.map(|(_, inquiry)| inquiry)
}

impl Realm {
    /// Asks for what a caller wants to know.
    pub(super) fn inquire(
        &mut self,
        caller: SessionKey,
        call: &Call,
        inquiry: Inquiry,
        outputs: &mut Vec<Output>,
    ) {
        let request = call.request;
        match Arguments::of(call).and_then(Arguments::end) {
            Ok(()) => outputs.push(Output::Inquire {
                caller,
                request,
                inquiry,
            }),
            Err(fault) => {
                let refusal = Refusal::from(fault);
                self.peers(outputs)
                    .refuse(caller, MessageType::Call, request, &refusal);
            }
        }
    }

    /// Tells the caller.
    pub(in crate::realm) fn report(
        &mut self,
        caller: SessionKey,
        request: Id,
        results: &codec::Arguments,
        outputs: &mut Vec<Output>,
    ) {
        if self.sessions.get(caller).is_some() {
            let result = self.result(caller, request, results);
            self.reply(caller, request, result, outputs);
        }
    }
}
