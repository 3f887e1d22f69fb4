//! What receivers learn about senders, subscribers about publishers and callees about callers: who they are, and how far
//! they are trusted.
//!
//! Source: Advanced Profile, "Publisher Identification" and "Publication Trust Levels", "Caller Identification" and "Call
//! Trust Levels".

use bytestring::ByteString;

use crate::proto::{EventDetails, InvocationDetails, MatchPolicy, Uri};

use super::refusal::Refusal;
use super::session::Session;

/// What holds for the publishers of some topics, or for the callers of some procedures. Of several rules the first one
/// that applies counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityRule {
    /// How `uri` matches topics or procedures.
    pub policy: MatchPolicy,
    /// The topics or procedures that it applies to.
    pub uri: Uri,
    /// The authrole of the senders that it applies to; all if there is none.
    pub authrole: Option<String>,
    /// Whether receivers learn who sent it.
    pub disclosure: Disclosure,
    /// How far the sender is trusted: `EVENT.Details.trustlevel`, `INVOCATION.Details.trustlevel`.
    pub trustlevel: Option<u64>,
}

/// Whether those who receive something learn who sent it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Disclosure {
    /// If the sender asks for it, or the callee did when it registered.
    #[default]
    OnRequest,
    /// Always.
    Always,
    /// Never: to ask for it is refused with `wamp.error.option_disallowed.disclose_me`.
    Never,
}

/// Who stands at the other end.
#[derive(Clone, Copy)]
enum Sender {
    Publisher,
    Caller,
}

/// What EVENTs say about their publisher.
pub(super) fn event_details(
    rules: &[IdentityRule],
    publisher: &Session,
    topic: &Uri,
    disclose_me: Option<bool>,
) -> Result<EventDetails, Refusal> {
    let asked = disclose_me == Some(true);
    let rule = rule(rules, publisher, topic);
    let mut details = EventDetails {
        trustlevel: rule.and_then(|rule| rule.trustlevel),
        ..EventDetails::default()
    };
    if is_disclosed(rule, asked, false, Sender::Publisher)? {
        let join = &publisher.join;
        details.publisher = Some(join.session);
        details.publisher_authid = Some(ByteString::from(join.authid.as_str()));
        details.publisher_authrole = Some(ByteString::from(join.authrole.as_str()));
    }
    Ok(details)
}

/// Adds what the INVOCATION for a call says about its caller. `wanted` says that the callee asked for it.
pub(super) fn identify(
    details: &mut InvocationDetails,
    rules: &[IdentityRule],
    caller: &Session,
    procedure: &Uri,
    disclose_me: Option<bool>,
    wanted: bool,
) -> Result<(), Refusal> {
    let asked = disclose_me == Some(true);
    let rule = rule(rules, caller, procedure);
    details.trustlevel = rule.and_then(|rule| rule.trustlevel);
    if is_disclosed(rule, asked, wanted, Sender::Caller)? {
        let join = &caller.join;
        details.caller = Some(join.session);
        details.caller_authid = Some(ByteString::from(join.authid.as_str()));
        details.caller_authrole = Some(ByteString::from(join.authrole.as_str()));
    }
    Ok(())
}

/// Whether receivers may learn who the sender is.
pub(super) fn may_disclose(rules: &[IdentityRule], sender: &Session, uri: &Uri) -> bool {
    rule(rules, sender, uri).is_none_or(|rule| rule.disclosure != Disclosure::Never)
}

/// The rule that applies.
fn rule<'a>(rules: &'a [IdentityRule], sender: &Session, uri: &Uri) -> Option<&'a IdentityRule> {
    rules.iter().find(|rule| {
        rule.policy.matches(&rule.uri, uri)
            && rule
                .authrole
                .as_ref()
                .is_none_or(|role| *role == sender.join.authrole)
    })
}

fn is_disclosed(
    rule: Option<&IdentityRule>,
    asked: bool,
    wanted: bool,
    sender: Sender,
) -> Result<bool, Refusal> {
    match rule.map(|rule| rule.disclosure).unwrap_or_default() {
        Disclosure::OnRequest => Ok(asked || wanted),
        Disclosure::Always => Ok(true),
        Disclosure::Never if asked => Err(match sender {
            Sender::Publisher => Refusal::PublisherUndisclosed,
            Sender::Caller => Refusal::CallerUndisclosed,
        }),
        Disclosure::Never => Ok(false),
    }
}
