//! Requests that are decided before they are acted on, and sessions that wait for an authorizer to do so.
//!
//! While a session waits, what it sends stays behind the request in question, in order; only its answers to invocations
//! pass, so that an authorizer that waits itself can still answer. Nobody else waits.
//!
//! An authorizer is called with what crossbar's are: the details of the session, the URI, the action, and options with
//! `match` where it is a pattern. It answers `true` or `false`, or a dictionary with `allow`, `disclose` and `cache`.
//! Anything else, and no answer at all, is a failure of the authorizer, and nothing is granted by it.
//!
//! Answers are kept for the session alone, not for its role: the authorizer was told which session it is.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::codec::Arguments;
use crate::proto::{Dict, Field, Id, MatchPolicy, Message, MessageType, Uri, Value};

use super::authz::{Action, Inquiry, Permissions, Verdict};
use super::desk::{Answer, Question};
use super::refusal::{AuthorizationFault, Denial, Refusal};
use super::session::{Peers, Session};
use super::{Output, Realm, SessionKey, uris, weight};

/// A session that waits for an authorizer.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// What is to be decided. There always is, save while that changes.
    head: Option<Head>,
    /// What was sent since, with its weight.
    behind: VecDeque<(Message, usize)>,
    bytes: usize,
    /// Whether the owner was told to read no more.
    held: bool,
}

/// A request that waits to be decided.
#[derive(Debug)]
struct Head {
    message: Message,
    /// The call to the authorizer.
    call: Id,
    asked: Asked,
    cache: bool,
    /// What was granted on the way here.
    granted: Granted,
}

/// What an authorizer is asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Asked {
    procedure: Uri,
    action: Action,
    policy: MatchPolicy,
    uri: Uri,
}

/// What an authorizer said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Said {
    allow: bool,
    disclose: bool,
    cache: bool,
}

/// What authorizers have granted for the request at hand, and whether with disclosure.
pub(super) type Granted = Vec<(Asked, bool)>;

/// The answers that are kept for a session. When there are too many, all are forgotten.
#[derive(Debug, Default)]
pub(super) struct Answers {
    said: BTreeMap<Asked, (bool, bool)>,
    bytes: usize,
}

/// What becomes of a request.
pub(super) enum Ruling {
    Granted { disclose: bool },
    Refused(Refusal),
    Asks { asked: Asked, cache: bool },
}

/// Something that a request needs to be allowed to do.
struct Need {
    action: Action,
    policy: MatchPolicy,
    uri: Uri,
}

impl Answers {
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    fn keep(&mut self, asked: &Asked, said: Said) {
        let weight = asked.procedure.len() + asked.uri.len();
        if self.said.len() >= MOST_ANSWERS || self.bytes + weight > MOST_ANSWER_BYTES {
            self.forget();
        }
        let asked = Asked {
            procedure: asked.procedure.detach(),
            uri: asked.uri.detach(),
            ..*asked
        };
        if self
            .said
            .insert(asked, (said.allow, said.disclose))
            .is_none()
        {
            self.bytes += weight;
        }
    }
}

/// Whether a message has to stay behind a request that waits to be decided.
pub(super) const fn stays_behind(message: &Message) -> bool {
    !matches!(
        message,
        Message::Yield(_) | Message::Error(_) | Message::Abort(_)
    )
}

impl Realm {
    /// Whether a request may be acted on, given what authorizers granted for it so far.
    pub(super) fn authorize(
        &self,
        permissions: &Permissions,
        key: SessionKey,
        message: &Message,
        granted: &[(Asked, bool)],
    ) -> Ruling {
        let mut disclosed = false;
        let session = self.sessions.get(key);
        let Some(session) = session.filter(|session| !session.join.trusted) else {
            return Ruling::Granted { disclose: false };
        };
        let Some(first) = self.need(session, message) else {
            return Ruling::Granted { disclose: false };
        };
        let mut need = Some(first);
        let mut more = true;
        while let Some(Need {
            action,
            policy,
            uri,
        }) = need.take()
        {
            match permissions.decide(&session.join.authrole, action, policy, &uri) {
                Verdict::Allowed { disclose } => disclosed = disclose,
                // It is going to be refused for what it is.
                _ if self.is_invalid(action, policy, &uri) => {}
                Verdict::Denied => {
                    return Ruling::Refused(refusal(session, action, policy, uri));
                }
                Verdict::Asks(inquiries) => {
                    for Inquiry {
                        procedure,
                        cache,
                        disclose,
                    } in inquiries
                    {
                        let asked = Asked {
                            procedure: procedure.clone(),
                            action,
                            policy,
                            uri: uri.clone(),
                        };
                        let now = granted.iter().find(|(known, _)| *known == asked);
                        let now = now.map(|(_, disclose)| (true, *disclose));
                        match now.or_else(|| session.answers.said.get(&asked).copied()) {
                            Some((true, said)) => disclosed = disclose || said,
                            Some((false, _)) => {
                                return Ruling::Refused(refusal(session, action, policy, uri));
                            }
                            None => return Ruling::Asks { asked, cache },
                        }
                    }
                }
            }
            if std::mem::take(&mut more) {
                need = self.further_need(key, message);
            }
        }
        Ruling::Granted {
            disclose: disclosed,
        }
    }

    /// What a message needs, if it is a request that is decided.
    fn need(&self, session: &Session, message: &Message) -> Option<Need> {
        let exact = MatchPolicy::Exact;
        let (action, policy, uri) = match message {
            Message::Call(call) => {
                // What continues a call was decided with it.
                let now = self.now.instant;
                let continues = session.calls.contains_key(&call.request)
                    || session.ended_streams.has(call.request, now);
                if continues {
                    return None;
                }
                (Action::Call, exact, &call.procedure)
            }
            Message::Publish(publish) => (Action::Publish, exact, &publish.topic),
            Message::Subscribe(subscribe) => (
                Action::Subscribe,
                subscribe.options.match_policy.unwrap_or_default(),
                &subscribe.topic,
            ),
            Message::Register(register) => (
                Action::Register,
                register.options.match_policy.unwrap_or_default(),
                &register.procedure,
            ),
            _ => return None,
        };
        let uri = uri.clone();
        Some(Need {
            action,
            policy,
            uri,
        })
    }

    /// What a call of some procedures of the router needs beside the permission to call them: a testament is a publication,
    /// and the history of a subscription is for those who may subscribe (Advanced Profile, "Event History").
    fn further_need(&self, key: SessionKey, message: &Message) -> Option<Need> {
        let Message::Call(call) = message else {
            return None;
        };
        let first = || {
            let arguments = Arguments::from_payload(&call.payload).ok()?;
            arguments.args.into_iter().next()
        };
        match &*call.procedure {
            "wamp.session.add_testament" => Some(Need {
                action: Action::Publish,
                policy: MatchPolicy::Exact,
                uri: Uri::from_value(first()?).ok()?,
            }),
            "wamp.subscription.get_events" => {
                let id = Id::from_value(first()?).ok()?;
                let (pattern, _) = self.broker.subscription(id)?;
                let session = self.sessions.get(key)?;
                // It was allowed to subscribe, whoever allowed it.
                let subscribed = session.subscriptions.contains(&id);
                (!subscribed).then(|| Need {
                    action: Action::Subscribe,
                    policy: pattern.policy,
                    uri: pattern.uri.clone(),
                })
            }
            _ => None,
        }
    }

    /// Whether a request has no valid URI, so that it is refused anyway and by that reason.
    fn is_invalid(&self, action: Action, policy: MatchPolicy, uri: &Uri) -> bool {
        let reserved = matches!(action, Action::Register | Action::Publish) && uri.is_reserved();
        reserved || uri.check_pattern(policy, self.meta.rule()).is_err()
    }

    /// Answers a request that is not acted on.
    pub(super) fn deny(
        &mut self,
        key: SessionKey,
        message: &Message,
        refusal: &Refusal,
        outputs: &mut Vec<Output>,
    ) {
        let request = match message {
            Message::Call(call) => {
                let now = self.now.instant;
                if call.options.progress == Some(true)
                    && let Some(session) = self.sessions.get_mut(key)
                {
                    // More of it may be on its way.
                    session.ended_streams.add(call.request, now);
                }
                call.request
            }
            // The publisher asked not to be told.
            Message::Publish(publish) if publish.options.acknowledge != Some(true) => return,
            Message::Publish(publish) => publish.request,
            Message::Subscribe(subscribe) => subscribe.request,
            Message::Register(register) => register.request,
            _ => return,
        };
        let kind: MessageType = message.kind();
        self.peers(outputs).refuse(key, kind, request, refusal);
    }

    /// Has a request wait for an authorizer.
    pub(super) fn wait(
        &mut self,
        key: SessionKey,
        message: Message,
        asked: Asked,
        cache: bool,
        granted: Granted,
        outputs: &mut Vec<Output>,
    ) {
        let mut options = Dict::new();
        if asked.policy != MatchPolicy::Exact {
            options.push("match", asked.policy.as_str());
        }
        let args: Vec<Value> = vec![
            self.session_details(key).into(),
            asked.uri.clone().into(),
            asked.action.name().into(),
            options.into(),
        ];
        let arguments = Arguments {
            args,
            kwargs: Dict::new(),
        };
        let whose = Question::Permission(key);
        let procedure = asked.procedure.clone();
        let call = self.call_from_desk(whose, procedure, &arguments, PATIENCE, outputs);
        if let Some(session) = self.sessions.get_mut(key) {
            session.waiting.get_or_insert_default().head = Some(Head {
                message,
                call,
                asked,
                cache,
                granted,
            });
        }
    }

    /// Keeps a message until what was sent before it is decided.
    pub(super) fn stay_behind(
        &mut self,
        key: SessionKey,
        message: Message,
        outputs: &mut Vec<Output>,
    ) {
        let Some(session) = self.sessions.get_mut(key) else {
            return;
        };
        let waiting = session.waiting.get_or_insert_default();
        let weight = weight::of_message(&message);
        waiting.bytes += weight;
        waiting.behind.push_back((message, weight));
        let full = waiting.behind.len() > MOST_BEHIND || waiting.bytes > MOST_BYTES_BEHIND;
        if full && !waiting.held {
            waiting.held = true;
            outputs.push(Output::Hold(key));
        }
    }

    /// An authorizer has answered, or failed.
    pub(super) fn judged(&mut self, key: SessionKey, answer: Answer, outputs: &mut Vec<Output>) {
        let Some(session) = self.sessions.get_mut(key) else {
            return;
        };
        let Some(head) = session
            .waiting
            .as_mut()
            .and_then(|waiting| waiting.head.take())
        else {
            return;
        };
        let Head {
            message,
            asked,
            cache,
            mut granted,
            ..
        } = head;
        match read(answer) {
            Ok(said) => {
                if said.cache || cache {
                    session.answers.keep(&asked, said);
                }
                if said.allow {
                    granted.push((asked, said.disclose));
                    outputs.push(Output::OnBehalf(key));
                    self.act(key, message, granted, outputs);
                } else {
                    let refusal = refusal(session, asked.action, asked.policy, asked.uri);
                    self.deny(key, &message, &refusal, outputs);
                }
            }
            Err(fault) => {
                let (authorizer, fault) = (asked.procedure, Box::new(fault));
                let refusal = Refusal::AuthorizationFailed { authorizer, fault };
                self.deny(key, &message, &refusal, outputs);
            }
        }
        self.catch_up(key, outputs);
    }

    /// Acts on what a session sent while it waited, up to what is to be decided next.
    fn catch_up(&mut self, key: SessionKey, outputs: &mut Vec<Output>) {
        loop {
            let Some(session) = self.sessions.get_mut(key) else {
                return;
            };
            let Some(waiting) = &mut session.waiting else {
                return;
            };
            let message = match waiting.head {
                Some(_) => None,
                None => waiting.behind.pop_front(),
            };
            if let Some((_, weight)) = &message {
                waiting.bytes -= weight;
            }
            // Not at once, lest the owner stop and go with every message.
            let roomy =
                waiting.behind.len() <= MOST_BEHIND / 2 && waiting.bytes <= MOST_BYTES_BEHIND / 2;
            if roomy && std::mem::take(&mut waiting.held) {
                outputs.push(Output::Resume(key));
            }
            match message {
                Some((message, _)) => {
                    outputs.push(Output::OnBehalf(key));
                    self.act(key, message, Granted::new(), outputs);
                }
                None => {
                    if waiting.head.is_none() {
                        session.waiting = None;
                    }
                    return;
                }
            }
        }
    }

    /// Ends a session's wait, as the session ends.
    pub(super) fn end_wait(&mut self, key: SessionKey, outputs: &mut Vec<Output>) {
        let session = self.sessions.get_mut(key);
        let Some(waiting) = session.and_then(|session| session.waiting.take()) else {
            return;
        };
        if let Some(head) = &waiting.head {
            self.withdraw(head.call, outputs);
        }
        if waiting.held {
            // Its answer to GOODBYE is to be read.
            outputs.push(Output::Resume(key));
        }
    }

    /// Other permissions hold from now on.
    pub(super) fn permit(
        &mut self,
        permissions: Option<std::sync::Arc<Permissions>>,
        outputs: &mut Vec<Output>,
    ) {
        self.permissions = permissions;
        for key in self.sessions.open_keys() {
            if let Some(permissions) = self.permissions.clone() {
                self.revoke_denied(key, &permissions, outputs);
            }
            let Some(session) = self.sessions.get_mut(key) else {
                continue;
            };
            session.answers.forget();
            let head = session
                .waiting
                .as_mut()
                .and_then(|waiting| waiting.head.take());
            if let Some(head) = head {
                self.withdraw(head.call, outputs);
                outputs.push(Output::OnBehalf(key));
                self.act(key, head.message, Granted::new(), outputs);
                self.catch_up(key, outputs);
            }
        }
    }

    /// Takes from a session what a rule denies it now. What an authorizer would have to decide it keeps.
    fn revoke_denied(
        &mut self,
        key: SessionKey,
        permissions: &Permissions,
        outputs: &mut Vec<Output>,
    ) {
        let Self {
            sessions,
            broker,
            dealer,
            now,
            ..
        } = self;
        let session = sessions.get_mut(key);
        let Some(session) = session.filter(|session| !session.join.trusted) else {
            return;
        };
        let role = session.join.authrole.as_str();
        let denied = |action, policy, uri: &str| {
            permissions.decide(role, action, policy, uri) == Verdict::Denied
        };
        let subscriptions: Vec<Id> = session.subscriptions.iter().copied().collect();
        let subscriptions: Vec<Id> = subscriptions
            .into_iter()
            .filter(|id| {
                let pattern = broker.subscription(*id).map(|(pattern, _)| pattern);
                pattern.is_some_and(|found| denied(Action::Subscribe, found.policy, &found.uri))
            })
            .collect();
        let registrations: Vec<Id> = session.registrations.iter().copied().collect();
        let registrations: Vec<Id> = registrations
            .into_iter()
            .filter(|id| {
                let pattern = dealer.registration(*id).map(|(pattern, _)| pattern);
                pattern.is_some_and(|found| denied(Action::Register, found.policy, &found.uri))
            })
            .collect();
        let lasting = |topic: &Uri| !denied(Action::Publish, MatchPolicy::Exact, topic);
        session.testaments.retain(lasting);
        let peers = &mut Peers {
            sessions,
            outputs,
            now: *now,
        };
        for id in subscriptions {
            // It is one of the session's, as was just seen.
            let _known = broker.revoke(peers, key, id, Some(uris::NOT_AUTHORIZED));
        }
        for id in registrations {
            dealer.revoke(peers, id, Some(key), Some(uris::NOT_AUTHORIZED));
        }
    }
}

fn refusal(session: &Session, action: Action, policy: MatchPolicy, uri: Uri) -> Refusal {
    let role = session.join.authrole.clone();
    Refusal::NotAuthorized(Box::new(Denial {
        role,
        action,
        policy,
        uri,
    }))
}

/// What an authorizer's answer says.
fn read(answer: Answer) -> Result<Said, AuthorizationFault> {
    let results = match answer {
        Ok(results) => results,
        Err((error, _)) => return Err(AuthorizationFault::Error(error.detach())),
    };
    let flag = |dict: &Dict, name: &str| match dict.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(_) => Err(AuthorizationFault::NoDecision),
    };
    match &results.args[..] {
        [Value::Bool(allow)] => Ok(Said {
            allow: *allow,
            disclose: false,
            cache: false,
        }),
        [Value::Dict(dict)] => Ok(Said {
            allow: flag(dict, "allow")?.ok_or(AuthorizationFault::NoDecision)?,
            disclose: flag(dict, "disclose")?.unwrap_or_default(),
            cache: flag(dict, "cache")?.unwrap_or_default(),
        }),
        _ => Err(AuthorizationFault::NoDecision),
    }
}

/// How long an authorizer may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many messages a session may send while it waits before its connection is held.
const MOST_BEHIND: usize = 256;

/// The same in bytes.
const MOST_BYTES_BEHIND: usize = 1 << 20;

/// How many answers are kept for one session.
const MOST_ANSWERS: usize = 1024;

/// How many bytes of URIs they may have.
const MOST_ANSWER_BYTES: usize = 256 << 10;
