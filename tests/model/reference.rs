//! A realm as one would write it without a thought for speed: lists, linear scans, and the definitions of the
//! specification taken literally. `model` holds the real one against it.
//!
//! It speaks in [`Delivery`], which is what a session can observe of a message. It knows no serializers, no meta API, and
//! no progressive call invocations.

use std::time::Duration;

use wampkit::proto::{CancelMode, InvocationPolicy, MatchPolicy, MessageType, Uri, uris};
use wampkit::realm::{Census, SessionKey};

/// What a session observes of a message. Payloads are numbers, which tell them apart.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Delivery {
    Welcome,
    Goodbye,
    Abort,
    Subscribed {
        request: u64,
        subscription: u64,
    },
    Unsubscribed {
        request: u64,
    },
    Published {
        request: u64,
    },
    Event {
        subscription: u64,
        topic: Option<Uri>,
        publisher: Option<u64>,
        payload: u64,
    },
    Registered {
        request: u64,
        registration: u64,
    },
    Unregistered {
        request: Option<u64>,
        registration: Option<u64>,
    },
    Invocation {
        request: u64,
        registration: u64,
        procedure: Option<Uri>,
        caller: Option<u64>,
        receive_progress: bool,
        timeout: Option<u64>,
        payload: u64,
    },
    Interrupt {
        request: u64,
        mode: CancelMode,
        reason: Option<Uri>,
    },
    Result {
        request: u64,
        progress: bool,
        payload: u64,
    },
    /// The payload is none where the router speaks.
    Error {
        request_type: MessageType,
        request: u64,
        error: Uri,
        payload: Option<u64>,
    },
}

/// The naive realm.
#[derive(Debug, Default)]
pub(crate) struct Model {
    pub(crate) sessions: Vec<Session>,
    pub(crate) subscriptions: Vec<Subscription>,
    pub(crate) registrations: Vec<Registration>,
    pub(crate) calls: Vec<Call>,
    /// Since the beginning.
    pub(crate) now: Duration,
    /// What was sent since somebody took it.
    pub(crate) sent: Vec<(SessionKey, Delivery)>,
    last_subscription: u64,
    last_registration: u64,
    joins: u64,
}

#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) key: SessionKey,
    /// The session id; keys are used again, ids are not.
    pub(crate) id: u64,
    /// Whether it announced everything, or nothing.
    pub(crate) capable: bool,
    pub(crate) congested: bool,
    /// How many INVOCATIONs it got: their ids are counted from 1.
    pub(crate) invocations: u64,
}

#[derive(Debug)]
pub(crate) struct Subscription {
    pub(crate) id: u64,
    pub(crate) policy: MatchPolicy,
    pub(crate) uri: &'static str,
    pub(crate) subscribers: Vec<SessionKey>,
}

#[derive(Debug)]
pub(crate) struct Registration {
    pub(crate) id: u64,
    pub(crate) policy: MatchPolicy,
    pub(crate) uri: &'static str,
    invoke: InvocationPolicy,
    /// In the order in which they registered.
    pub(crate) callees: Vec<Callee>,
    /// The number of the callee that `roundrobin` chose last.
    served: u64,
}

#[derive(Clone, Debug)]
pub(crate) struct Callee {
    pub(crate) key: SessionKey,
    /// Counts up with every registering.
    number: u64,
    concurrency: u64,
    forward_timeout: bool,
}

/// A call without final answer.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) caller: SessionKey,
    pub(crate) asked: Asked,
    pub(crate) callee: SessionKey,
    pub(crate) invocation: u64,
    registration: u64,
    /// Whether it counts against the concurrency of its callee.
    counted: bool,
    interrupted: bool,
    /// Whether the caller got a progressive result.
    begun: bool,
    /// Whether there was more than one callee, so that the call can be given to another.
    shared: bool,
    /// The ids of the sessions that could not take it.
    tried: Vec<u64>,
    /// When the dealer gives it up.
    end: Option<Duration>,
}

/// What a caller asked for.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) request: u64,
    pub(crate) procedure: &'static str,
    /// In milliseconds; 0 is never.
    pub(crate) timeout: u64,
    pub(crate) receive_progress: bool,
    pub(crate) disclose_me: bool,
    pub(crate) payload: u64,
}

/// What a publisher asked for.
#[derive(Clone, Debug)]
pub(crate) struct Publishing {
    pub(crate) request: u64,
    pub(crate) topic: &'static str,
    pub(crate) acknowledge: bool,
    pub(crate) exclude_me: bool,
    pub(crate) disclose_me: bool,
    pub(crate) exclude: Option<Vec<u64>>,
    pub(crate) eligible: Option<Vec<u64>>,
    pub(crate) payload: u64,
}

/// What a callee registers.
#[derive(Clone, Debug)]
pub(crate) struct Registering {
    pub(crate) request: u64,
    pub(crate) policy: MatchPolicy,
    pub(crate) uri: &'static str,
    pub(crate) invoke: InvocationPolicy,
    /// 0 is any number.
    pub(crate) concurrency: u64,
    pub(crate) forward_timeout: bool,
    pub(crate) force: bool,
}

impl Model {
    /// An empty realm that has had so many subscriptions before.
    pub(crate) fn after_subscriptions(count: u64) -> Self {
        Self {
            last_subscription: count,
            ..Self::default()
        }
    }

    /// What the real realm should count.
    pub(crate) fn census(&self) -> Census {
        Census {
            questions: 0,
            sessions: self.sessions.len(),
            subscriptions: self.subscriptions.len(),
            registrations: self.registrations.len(),
            calls: self.calls.len(),
            timers: self.calls.iter().filter(|call| call.end.is_some()).count(),
            modified_sessions: 0,
            descriptions: 0,
        }
    }

    /// When the first call is to be given up.
    pub(crate) fn deadline(&self) -> Option<Duration> {
        self.calls.iter().filter_map(|call| call.end).min()
    }

    pub(crate) fn session(&self, key: SessionKey) -> &Session {
        let mut sessions = self.sessions.iter();
        sessions.find(|session| session.key == key).expect("open")
    }

    fn session_mut(&mut self, key: SessionKey) -> &mut Session {
        let mut sessions = self.sessions.iter_mut();
        sessions.find(|session| session.key == key).expect("open")
    }

    pub(crate) fn join(&mut self, key: SessionKey, id: u64, capable: bool) {
        self.sessions.push(Session {
            key,
            id,
            capable,
            congested: false,
            invocations: 0,
        });
        self.send(key, Delivery::Welcome);
    }

    /// A session ends, and is told so with `last` if it still can be.
    pub(crate) fn leave(&mut self, leaver: SessionKey, last: Option<Delivery>) {
        for subscription in &mut self.subscriptions {
            subscription.subscribers.retain(|key| *key != leaver);
        }
        for registration in &mut self.registrations {
            registration.callees.retain(|callee| callee.key != leaver);
        }
        self.sweep();
        for call in self.calls.clone() {
            if call.caller == leaver {
                self.end(&call);
                if call.callee != leaver {
                    self.stop(&call, None);
                }
            } else if call.callee == leaver {
                self.end(&call);
                self.refuse_call(&call, uris::CANCELED);
            }
        }
        self.sessions.retain(|session| session.key != leaver);
        self.sent.extend(last.map(|last| (leaver, last)));
    }

    pub(crate) fn subscribe(
        &mut self,
        key: SessionKey,
        request: u64,
        policy: MatchPolicy,
        uri: &'static str,
    ) {
        let mut known = self.subscriptions.iter_mut();
        let known = known.find(|known| known.policy == policy && known.uri == uri);
        let id = if let Some(known) = known {
            if !known.subscribers.contains(&key) {
                known.subscribers.push(key);
            }
            known.id
        } else {
            self.last_subscription += 1;
            self.subscriptions.push(Subscription {
                id: self.last_subscription,
                policy,
                uri,
                subscribers: vec![key],
            });
            self.last_subscription
        };
        let subscription = id;
        self.send(
            key,
            Delivery::Subscribed {
                request,
                subscription,
            },
        );
    }

    pub(crate) fn unsubscribe(&mut self, key: SessionKey, request: u64, subscription: u64) {
        let mut known = self.subscriptions.iter_mut();
        let known = known.find(|known| known.id == subscription);
        let Some(known) = known.filter(|known| known.subscribers.contains(&key)) else {
            let error = uris::NO_SUCH_SUBSCRIPTION;
            return self.refuse(key, MessageType::Unsubscribe, request, error);
        };
        known.subscribers.retain(|subscriber| *subscriber != key);
        self.sweep();
        self.send(key, Delivery::Unsubscribed { request });
    }

    pub(crate) fn publish(&mut self, publisher: SessionKey, asked: &Publishing) {
        let mut sent = Vec::new();
        for subscription in &self.subscriptions {
            if !subscription.policy.matches(subscription.uri, asked.topic) {
                continue;
            }
            for &key in &subscription.subscribers {
                let id = self.session(key).id;
                let on = |list: &Vec<u64>| list.contains(&id);
                if asked.exclude_me && key == publisher
                    || asked.exclude.as_ref().is_some_and(on)
                    || !asked.eligible.as_ref().is_none_or(on)
                {
                    continue;
                }
                let event = Delivery::Event {
                    subscription: subscription.id,
                    topic: (subscription.policy != MatchPolicy::Exact).then(|| asked.topic.into()),
                    publisher: asked.disclose_me.then(|| self.session(publisher).id),
                    payload: asked.payload,
                };
                sent.push((key, event));
            }
        }
        self.sent.extend(sent);
        if asked.acknowledge {
            let request = asked.request;
            self.send(publisher, Delivery::Published { request });
        }
    }

    pub(crate) fn register(&mut self, key: SessionKey, asked: &Registering) {
        let Registering { policy, uri, .. } = *asked;
        let same = |known: &&mut Registration| known.policy == policy && known.uri == uri;
        if let Some(known) = self.registrations.iter_mut().find(same) {
            let has = known.callees.iter().any(|callee| callee.key == key);
            if asked.force {
                let registration = Some(known.id);
                for callee in std::mem::take(&mut known.callees) {
                    if self.session(callee.key).capable {
                        let request = None;
                        let revoked = Delivery::Unregistered {
                            request,
                            registration,
                        };
                        self.send(callee.key, revoked);
                    }
                }
                self.sweep();
            } else if known.invoke == InvocationPolicy::Single || has {
                let error = uris::PROCEDURE_ALREADY_EXISTS;
                return self.refuse(key, MessageType::Register, asked.request, error);
            } else if known.invoke != asked.invoke {
                let error = uris::DIFFERENT_INVOCATION_POLICY;
                return self.refuse(key, MessageType::Register, asked.request, error);
            }
        }
        self.joins += 1;
        let callee = Callee {
            key,
            number: self.joins,
            concurrency: asked.concurrency,
            forward_timeout: asked.forward_timeout,
        };
        let registration = if let Some(known) = self.registrations.iter_mut().find(same) {
            known.callees.push(callee);
            known.id
        } else {
            self.last_registration += 1;
            self.registrations.push(Registration {
                id: self.last_registration,
                policy,
                uri,
                invoke: asked.invoke,
                callees: vec![callee],
                served: 0,
            });
            self.last_registration
        };
        let request = asked.request;
        self.send(
            key,
            Delivery::Registered {
                request,
                registration,
            },
        );
    }

    /// Calls that are pending stay so.
    pub(crate) fn unregister(&mut self, key: SessionKey, request: u64, registration: u64) {
        let has = |known: &&mut Registration| known.callees.iter().any(|callee| callee.key == key);
        let mut known = self.registrations.iter_mut();
        let known = known.find(|known| known.id == registration);
        let Some(known) = known.filter(has) else {
            let error = uris::NO_SUCH_REGISTRATION;
            return self.refuse(key, MessageType::Unregister, request, error);
        };
        known.callees.retain(|callee| callee.key != key);
        self.sweep();
        self.send(
            key,
            Delivery::Unregistered {
                request: Some(request),
                registration: None,
            },
        );
    }

    pub(crate) fn call(&mut self, caller: SessionKey, asked: Asked) {
        let mut call = Call {
            caller,
            asked,
            callee: caller,
            invocation: 0,
            registration: 0,
            counted: false,
            interrupted: false,
            begun: false,
            shared: false,
            tried: Vec::new(),
            end: None,
        };
        let Some(best) = self.best(call.asked.procedure) else {
            return self.refuse_call(&call, uris::NO_SUCH_PROCEDURE);
        };
        call.registration = best.id;
        call.shared = best.callees.len() > 1;
        self.invoke(call);
    }

    /// The registration that a call goes to: the exact one, else the longest prefix, else the wildcard pattern whose
    /// literal components are the longer ones, compared from the left.
    fn best(&self, procedure: &str) -> Option<&Registration> {
        let matching = self.registrations.iter();
        let matching = matching.filter(|known| known.policy.matches(known.uri, procedure));
        matching.max_by_key(|known| match known.policy {
            MatchPolicy::Exact => (2, vec![]),
            MatchPolicy::Prefix => (1, vec![known.uri.len()]),
            MatchPolicy::Wildcard => (0, known.uri.split('.').map(str::len).collect()),
        })
    }

    /// INVOCATION to the callee whose turn it is, of those that can take the call.
    fn invoke(&mut self, mut call: Call) {
        let known = self.registrations.iter();
        let ready: Vec<Callee> = known
            .filter(|known| known.id == call.registration)
            .flat_map(|known| &known.callees)
            .filter(|callee| {
                let session = self.session(callee.key);
                let running = self.calls.iter().filter(|running| {
                    running.counted
                        && running.callee == callee.key
                        && running.registration == call.registration
                });
                let busy = callee.concurrency > 0 && running.count() as u64 >= callee.concurrency;
                !busy && !session.congested && !call.tried.contains(&session.id)
            })
            .cloned()
            .collect();
        let mut known = self.registrations.iter_mut();
        let known = known.find(|known| known.id == call.registration);
        let Some((known, first)) = known.zip(ready.first()) else {
            return self.refuse_call(&call, uris::NO_AVAILABLE_CALLEE);
        };
        let callee = match known.invoke {
            InvocationPolicy::Last => ready.last().unwrap_or(first),
            InvocationPolicy::RoundRobin => {
                let mut next = ready.iter().filter(|callee| callee.number > known.served);
                next.next().unwrap_or(first)
            }
            _ => first,
        };
        known.served = callee.number;
        let procedure = (known.policy != MatchPolicy::Exact).then(|| call.asked.procedure.into());
        let forward = callee.forward_timeout
            && self.session(callee.key).capable
            && call.end.is_none()
            && call.asked.timeout > 0;
        if call.asked.timeout > 0 && call.end.is_none() && !forward {
            call.end = Some(self.now + call.patience());
        }
        let caller = call.asked.disclose_me.then(|| self.session(call.caller).id);
        let session = self.session_mut(callee.key);
        session.invocations += 1;
        call.callee = callee.key;
        call.invocation = session.invocations;
        call.counted = callee.concurrency > 0;
        let invocation = Delivery::Invocation {
            request: call.invocation,
            registration: call.registration,
            procedure,
            caller,
            receive_progress: call.asked.receive_progress,
            timeout: forward.then_some(call.asked.timeout),
            payload: call.asked.payload,
        };
        self.send(callee.key, invocation);
        self.calls.push(call);
    }

    /// YIELD for an invocation that the session got, answered or not.
    pub(crate) fn yields(
        &mut self,
        callee: SessionKey,
        invocation: u64,
        progress: bool,
        payload: u64,
    ) {
        let now = self.now;
        let Some(call) = self.invoked(callee, invocation) else {
            return;
        };
        if progress && !call.asked.receive_progress {
            return;
        }
        if progress {
            call.begun = true;
            call.end = call.end.map(|_| now + call.patience());
        }
        let call = call.clone();
        if !progress {
            self.end(&call);
        }
        self.send(
            call.caller,
            Delivery::Result {
                request: call.asked.request,
                progress,
                payload,
            },
        );
    }

    /// ERROR for an invocation that the session got, answered or not.
    pub(crate) fn fails(&mut self, callee: SessionKey, invocation: u64, error: Uri, payload: u64) {
        let Some(call) = self.invoked(callee, invocation) else {
            return;
        };
        let mut call = call.clone();
        self.end(&call);
        if error == uris::UNAVAILABLE && !call.interrupted && !call.begun {
            if !call.shared {
                return self.refuse_call(&call, uris::NO_AVAILABLE_CALLEE);
            }
            call.tried.push(self.session(callee).id);
            return self.invoke(call);
        }
        let answer = Delivery::Error {
            request_type: MessageType::Call,
            request: call.asked.request,
            error,
            payload: Some(payload),
        };
        self.send(call.caller, answer);
    }

    pub(crate) fn cancel(&mut self, caller: SessionKey, request: u64, mode: CancelMode) {
        let mut calls = self.calls.iter();
        let call = calls.find(|call| call.caller == caller && call.asked.request == request);
        let Some(call) = call.cloned() else {
            return;
        };
        if mode == CancelMode::Kill && self.session(call.callee).capable {
            if !call.interrupted {
                let interrupt = Delivery::Interrupt {
                    request: call.invocation,
                    mode,
                    reason: None,
                };
                self.send(call.callee, interrupt);
            }
            if let Some(call) = self.invoked(call.callee, call.invocation) {
                call.interrupted = true;
            }
            return;
        }
        self.end(&call);
        self.refuse_call(&call, uris::CANCELED);
        if mode == CancelMode::KillNoWait {
            self.stop(&call, None);
        }
    }

    pub(crate) fn congest(&mut self, key: SessionKey, congested: bool) {
        self.session_mut(key).congested = congested;
    }

    /// Time goes by.
    pub(crate) fn pass(&mut self, time: Duration) {
        self.now += time;
        for call in self.calls.clone() {
            if call.end.is_some_and(|end| end <= self.now) {
                self.end(&call);
                self.refuse_call(&call, uris::TIMEOUT);
                self.stop(&call, Some(uris::TIMEOUT));
            }
        }
    }

    /// The call that an invocation belongs to, unless it has ended.
    fn invoked(&mut self, callee: SessionKey, invocation: u64) -> Option<&mut Call> {
        let mut calls = self.calls.iter_mut();
        calls.find(|call| call.callee == callee && call.invocation == invocation)
    }

    fn end(&mut self, call: &Call) {
        let is = |other: &Call| other.callee == call.callee && other.invocation == call.invocation;
        self.calls.retain(|other| !is(other));
    }

    /// Tells a callee to stop, if it was not told before and understands.
    fn stop(&mut self, call: &Call, reason: Option<Uri>) {
        if !call.interrupted && self.session(call.callee).capable {
            let interrupt = Delivery::Interrupt {
                request: call.invocation,
                mode: CancelMode::KillNoWait,
                reason,
            };
            self.send(call.callee, interrupt);
        }
    }

    fn refuse_call(&mut self, call: &Call, error: Uri) {
        self.refuse(call.caller, MessageType::Call, call.asked.request, error);
    }

    pub(crate) fn refuse(
        &mut self,
        key: SessionKey,
        request_type: MessageType,
        request: u64,
        error: Uri,
    ) {
        self.send(
            key,
            Delivery::Error {
                request_type,
                request,
                error,
                payload: None,
            },
        );
    }

    /// Drops what nobody holds any more.
    fn sweep(&mut self) {
        self.subscriptions
            .retain(|known| !known.subscribers.is_empty());
        self.registrations.retain(|known| !known.callees.is_empty());
    }

    fn send(&mut self, to: SessionKey, delivery: Delivery) {
        self.sent.push((to, delivery));
    }
}

impl Call {
    fn patience(&self) -> Duration {
        Duration::from_millis(self.asked.timeout)
    }
}
