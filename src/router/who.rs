//! Who a session is, for log lines about it.

use crate::proto::{Id, Uri};

/// A session by what its log lines name it.
#[derive(Debug, Default)]
pub(super) struct Who {
    /// Its id, as a number, which is what JSON has for it.
    pub(super) session: u64,
    /// Where it is.
    pub(super) realm: Uri,
    /// Who it is there.
    pub(super) authid: Box<str>,
    /// Where its other end is.
    pub(super) peer: Box<str>,
}

impl Who {
    /// The session of a realm with this id.
    pub(super) fn new(session: Id, realm: &Uri, authid: &str, peer: &str) -> Self {
        Self {
            session: session.get(),
            realm: realm.clone(),
            authid: authid.into(),
            peer: peer.into(),
        }
    }
}
