//! What subscribers learn about publishers: who they are, and how far they are trusted.
//!
//! Source: Advanced Profile, "Publisher Identification" and "Publication Trust Levels".

use bytestring::ByteString;

use crate::proto::{EventDetails, MatchPolicy, Uri};

use super::refusal::Refusal;
use super::session::Session;

/// What holds for the publishers of some topics. Of several rules the first one that applies counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublisherRule {
    /// How `uri` matches topics.
    pub policy: MatchPolicy,
    /// The topics that it applies to.
    pub uri: Uri,
    /// The authrole of the publishers that it applies to; all if there is none.
    pub authrole: Option<String>,
    /// Whether subscribers learn who published.
    pub disclosure: Disclosure,
    /// How far the publisher is trusted: `EVENT.Details.trustlevel`.
    pub trustlevel: Option<u64>,
}

/// Whether those who receive something learn who sent it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Disclosure {
    /// If the sender asks for it.
    #[default]
    OnRequest,
    /// Always.
    Always,
    /// Never: to ask for it is refused with `wamp.error.option_disallowed.disclose_me`.
    Never,
}

/// What EVENTs say about their publisher.
pub(super) fn details(
    rules: &[PublisherRule],
    publisher: &Session,
    topic: &Uri,
    disclose_me: Option<bool>,
) -> Result<EventDetails, Refusal> {
    let join = &publisher.join;
    let rule = rules.iter().find(|rule| {
        rule.policy.matches(&rule.uri, topic)
            && rule
                .authrole
                .as_ref()
                .is_none_or(|role| *role == join.authrole)
    });
    let asked = disclose_me == Some(true);
    let disclosed = match rule.map(|rule| rule.disclosure).unwrap_or_default() {
        Disclosure::OnRequest => asked,
        Disclosure::Always => true,
        Disclosure::Never if asked => return Err(Refusal::DisclosureDisallowed),
        Disclosure::Never => false,
    };
    let mut details = EventDetails {
        trustlevel: rule.and_then(|rule| rule.trustlevel),
        ..EventDetails::default()
    };
    if disclosed {
        details.publisher = Some(join.session);
        details.publisher_authid = Some(ByteString::from(join.authid.as_str()));
        details.publisher_authrole = Some(ByteString::from(join.authrole.as_str()));
    }
    Ok(details)
}
