//! Trials of what routers do: a session, or two, that talk to themselves.
//!
//! All URIs are under `cli.wamp.doctor`. What is subscribed and registered is given up after each trial; what stays is one retained
//! event, of the same topic each time.

use std::pin::Pin;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use wampkit::Session;
use wampkit::client::{
    Error as RequestError, Event, Invocation, PayloadError, Subscription, WampError,
};
use wampkit::ppt::Wrapping;
use wampkit::proto::{
    CallOptions, CancelMode, Feature, Id, InvocationPolicy, MatchPolicy, PublishOptions,
    Recipients, Role, Serializer, Uri, uris,
};

use super::super::exit::Exit;

/// What came of a trial: what was seen, or why it was not.
pub(super) type Trial = Result<String, Fault>;

/// Why something was not seen.
pub(super) enum Fault {
    /// The router does not allow it to this session: nothing can be said.
    Denied(String),
    /// It does not do it.
    Broken(String),
    /// The session is over.
    Lost(String),
}

/// Where trials are made.
pub(super) struct Lab<'a> {
    session: &'a Session,
    /// For what takes two.
    other: Option<Session>,
    /// What URIs begin with that are this session's own.
    prefix: String,
}

/// A trial under way.
type Trying<'a> = Pin<Box<dyn Future<Output = Trial> + 'a>>;

/// A handler under way.
type Answering = Pin<Box<dyn Future<Output = Result<(), WampError>> + Send>>;

impl<'a> Lab<'a> {
    pub(super) fn new(session: &'a Session, other: Option<Session>) -> Self {
        Self {
            session,
            other,
            prefix: format!("{PREFIX}.s{}", session.id()),
        }
    }

    /// The trial of a feature; `None` if there is none.
    pub(super) fn feature(&self, role: Role, feature: Feature) -> Option<Trying<'_>> {
        use Feature as F;
        Some(match (role, feature) {
            (Role::Broker, F::PublisherExclusion) => Box::pin(self.exclusion()),
            (Role::Broker, F::PatternBasedSubscription) => Box::pin(self.patterns()),
            (Role::Broker, F::PublisherIdentification) => Box::pin(self.publisher()),
            (Role::Broker, F::SubscriberBlackwhiteListing) => Box::pin(self.blacklist()),
            (Role::Broker, F::EventRetention) => Box::pin(self.retention()),
            (Role::Broker, F::EventHistory) => Box::pin(self.history()),
            (Role::Broker, F::SubscriptionMetaApi) => Box::pin(self.subscription_lookup()),
            (Role::Broker, F::PayloadPassthruMode) => Box::pin(self.wrapped_event()),
            (Role::Broker, F::TopicReflection) => Box::pin(self.answers(TOPICS)),
            (_, F::SessionMetaApi) => Box::pin(self.answers(SESSIONS)),
            (Role::Dealer, F::ProgressiveCallResults) => Box::pin(self.partial_results()),
            (Role::Dealer, F::ProgressiveCallInvocations) => Box::pin(self.partial_arguments()),
            (Role::Dealer, F::CallCanceling) => Box::pin(self.canceling()),
            (Role::Dealer, F::CallTimeout) => Box::pin(self.timing_out()),
            (Role::Dealer, F::CallerIdentification) => Box::pin(self.caller()),
            (Role::Dealer, F::PatternBasedRegistration) => Box::pin(self.procedures()),
            (Role::Dealer, F::SharedRegistration) => Box::pin(self.shared()),
            (Role::Dealer, F::RegistrationMetaApi) => Box::pin(self.registration_lookup()),
            (Role::Dealer, F::PayloadPassthruMode) => Box::pin(self.wrapped_call()),
            (Role::Dealer, F::ProcedureReflection) => Box::pin(self.answers(PROCEDURES)),
            (Role::Dealer, F::TestamentMetaApi) => Box::pin(self.answers(TESTAMENTS)),
            _ => return None,
        })
    }

    /// An event there and back.
    pub(super) async fn event(&self) -> Trial {
        let topic = self.uri("event");
        let mut events = self.session.subscribe(topic.clone()).await?;
        self.publish(&topic, 1, to_all()).await?;
        expect(next(&mut events).await?.args::<(u64,)>()? == (1,))?;
        Ok("an event comes back, acknowledged".to_owned())
    }

    /// A call there and back.
    pub(super) async fn call(&self) -> Trial {
        let procedure = self.uri("call");
        let echo = async |invocation: Invocation| Ok(invocation.arguments()?);
        let _registration = self.session.register(procedure.clone(), echo).await?;
        let echoed: String = self
            .session
            .call(procedure)
            .args((1, "ü"))
            .await?
            .args::<(u64, String)>()?
            .1;
        expect(echoed == "ü")?;
        Ok("a call comes back".to_owned())
    }

    async fn exclusion(&self) -> Trial {
        let topic = self.uri("exclusion");
        let mut events = self.session.subscribe(topic.clone()).await?;
        self.publish(&topic, 1, PublishOptions::default()).await?;
        self.publish(&topic, 2, to_all()).await?;
        expect(next(&mut events).await?.args::<(u64,)>()? == (2,))?;
        Ok("publishers get their own events only if they ask for them".to_owned())
    }

    async fn patterns(&self) -> Trial {
        let topic = self.uri("pattern.a.b");
        let prefix = self.uri("pattern.");
        let wildcard = self.uri("pattern..b");
        for (pattern, policy) in [
            (prefix, MatchPolicy::Prefix),
            (wildcard, MatchPolicy::Wildcard),
        ] {
            let subscribe = self.session.subscribe(pattern).match_policy(policy);
            let mut events = subscribe.await?;
            self.publish(&topic, 1, to_all()).await?;
            expect(next(&mut events).await?.topic == topic)?;
        }
        Ok("by prefix and by wildcard".to_owned())
    }

    async fn publisher(&self) -> Trial {
        let topic = self.uri("publisher");
        let mut events = self.session.subscribe(topic.clone()).await?;
        let options = PublishOptions {
            disclose_me: Some(true),
            ..to_all()
        };
        self.publish(&topic, 1, options).await?;
        let publisher = next(&mut events).await?.details.publisher;
        expect(publisher.ok_or_else(untold)? == self.session.id())?;
        Ok("subscribers learn who published".to_owned())
    }

    async fn blacklist(&self) -> Trial {
        let topic = self.uri("blacklist");
        let mut events = self.session.subscribe(topic.clone()).await?;
        let not_me = Recipients {
            exclude: Some(vec![self.session.id()]),
            ..Recipients::default()
        };
        let options = PublishOptions {
            recipients: Some(Box::new(not_me)),
            ..to_all()
        };
        self.publish(&topic, 1, options).await?;
        self.publish(&topic, 2, to_all()).await?;
        expect(next(&mut events).await?.args::<(u64,)>()? == (2,))?;
        Ok("who is excluded does not get the event".to_owned())
    }

    async fn retention(&self) -> Trial {
        let topic = Uri::from(format!("{PREFIX}.retained"));
        let options = PublishOptions {
            retain: Some(true),
            ..to_all()
        };
        self.publish(&topic, 1, options).await?;
        let mut events = self.session.subscribe(topic).retained().await?;
        expect(next(&mut events).await?.details.retained == Some(true))?;
        Ok("those who come later get the last event".to_owned())
    }

    /// A topic that nobody keeps events of says nothing about the others.
    async fn history(&self) -> Trial {
        let topic = self.uri("history");
        let events = self.session.subscribe(topic.clone()).await?;
        self.publish(&topic, 1, PublishOptions::default()).await?;
        let call = self.session.call(HISTORY).args((events.id().get(),));
        match call.await {
            Ok(_) => Ok("the events of the past can be had".to_owned()),
            Err(RequestError::Wamp(error)) if error.error != uris::NO_SUCH_PROCEDURE => {
                Err(Fault::Denied(format!("not for this topic: {error}")))
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn subscription_lookup(&self) -> Trial {
        let topic = self.uri("lookup");
        let events = self.session.subscribe(topic.clone()).await?;
        self.looks_up("wamp.subscription.lookup", &topic, events.id())
            .await
    }

    async fn registration_lookup(&self) -> Trial {
        let procedure = self.uri("lookup");
        let idle = async |_| Ok(());
        let registration = self.session.register(procedure.clone(), idle).await?;
        self.looks_up("wamp.registration.lookup", &procedure, registration.id())
            .await
    }

    async fn looks_up(&self, lookup: &'static str, uri: &Uri, id: Id) -> Trial {
        let reply = self.session.call(lookup).args((&**uri,)).await?;
        expect(reply.value::<u64>()? == id.get())?;
        Ok(format!("{lookup} answers"))
    }

    async fn answers(&self, procedure: &'static str) -> Trial {
        self.session.call(procedure).await?;
        Ok(format!("{procedure} answers"))
    }

    async fn wrapped_event(&self) -> Trial {
        let topic = self.uri("wrapped");
        let mut events = self.session.subscribe(topic.clone()).await?;
        let publish = self.session.publish(topic).options(to_all());
        publish.passthru(wrapping()?).args((WRAPPED,)).await?;
        let passthru = next(&mut events).await?.details.passthru;
        expect(passthru.is_some_and(|it| it.ppt_scheme.as_deref() == Some(SCHEME)))?;
        Ok("events go through unread".to_owned())
    }

    async fn wrapped_call(&self) -> Trial {
        let procedure = self.uri("wrapped");
        let scheme = async |invocation: Invocation| {
            let passthru = invocation.details.passthru.as_deref();
            let scheme = passthru.and_then(|it| it.ppt_scheme.as_deref());
            Ok(scheme.unwrap_or_default().to_owned())
        };
        let _registration = self.session.register(procedure.clone(), scheme).await?;
        let call = self.session.call(procedure).args((WRAPPED,));
        let reply = call.passthru(wrapping()?).await?;
        expect(reply.value::<String>()? == SCHEME)?;
        Ok("calls go through unread".to_owned())
    }

    async fn partial_results(&self) -> Trial {
        let procedure = self.uri("results");
        let results = async |invocation: Invocation| {
            // That the caller does not take them shows in what it gets.
            let _ = invocation.progress(1).await;
            Ok(2)
        };
        let _registration = self.session.register(procedure.clone(), results).await?;
        let mut call = self.session.call(procedure).progress()?;
        let mut partial = 0;
        while let Some(reply) = call.next().await {
            partial += u64::from(!reply?.is_final());
        }
        expect(partial == 1)?;
        Ok("partial results come before the final one".to_owned())
    }

    async fn partial_arguments(&self) -> Trial {
        let procedure = self.uri("arguments");
        let count = async |mut invocation: Invocation| {
            let mut parts = 1;
            while invocation.next_arguments().await? {
                parts += 1;
            }
            Ok(parts)
        };
        let register = self.session.register(procedure.clone(), count);
        let _registration = register.stream_arguments().await?;
        let call = self.session.call(procedure).args((1,));
        let (mut more, mut call) = call.stream_arguments()?;
        more.send((2,), ()).await?;
        more.finish((3,), ()).await?;
        let reply = call.next().await.transpose()?;
        let parts = reply.map(|reply| reply.value::<u64>()).transpose()?;
        expect(parts == Some(3))?;
        Ok("arguments go in parts".to_owned())
    }

    async fn canceling(&self) -> Trial {
        let procedure = self.uri("cancel");
        let (handler, mut moments) = endless();
        let _registration = self.session.register(procedure.clone(), handler).await?;
        let mut call = self.session.call(procedure).start()?;
        moments.recv().await;
        call.cancel(CancelMode::Kill);
        match call.next().await {
            Some(Err(RequestError::Wamp(error))) if uris::is_canceled(&error.error) => {}
            Some(Err(RequestError::Wamp(error))) => {
                return Err(Fault::Broken(format!("a canceled call ends with {error}")));
            }
            Some(Err(error)) => return Err(error.into()),
            Some(Ok(_)) | None => expect(false)?,
        }
        moments.recv().await;
        Ok("a call is ended, and the callee told".to_owned())
    }

    async fn timing_out(&self) -> Trial {
        let procedure = self.uri("timeout");
        let (handler, mut moments) = endless();
        let _registration = self.session.register(procedure.clone(), handler).await?;
        let call = self.session.call(procedure).options(CallOptions {
            timeout: Some(MILLISECONDS),
            ..CallOptions::default()
        });
        match call.await {
            Err(RequestError::Wamp(error)) => {
                // Then the callee, which is this library, has ended it.
                let told = moments.try_recv().unwrap_or_default();
                let by = if told {
                    ", by the callee, which is told of it"
                } else {
                    ""
                };
                Ok(format!("a late call ends with {}{by}", error.error))
            }
            Err(error) => Err(error.into()),
            Ok(_) => Err(unexpected()),
        }
    }

    async fn caller(&self) -> Trial {
        let procedure = self.uri("caller");
        let caller = async |invocation: Invocation| Ok(invocation.details.caller.map(Id::get));
        let _registration = self.session.register(procedure.clone(), caller).await?;
        let reply = self.session.call(procedure).disclose_me().await?;
        let caller = reply.value::<Option<u64>>()?;
        expect(caller.ok_or_else(untold)? == self.session.id().get())?;
        Ok("callees learn who calls".to_owned())
    }

    async fn procedures(&self) -> Trial {
        let called = self.uri("procedures.a.b");
        let prefix = self.uri("procedures.");
        let wildcard = self.uri("procedures..b");
        for (pattern, policy) in [
            (prefix, MatchPolicy::Prefix),
            (wildcard, MatchPolicy::Wildcard),
        ] {
            let name = async |invocation: Invocation| {
                let procedure = invocation.details.procedure.as_deref();
                Ok(procedure.unwrap_or_default().to_owned())
            };
            let register = self.session.register(pattern, name).match_policy(policy);
            let registration = register.await?;
            let reply = self.session.call(called.clone()).await?;
            expect(reply.value::<String>()? == *called)?;
            registration.unregister().await?;
        }
        Ok("by prefix and by wildcard".to_owned())
    }

    async fn shared(&self) -> Trial {
        let Some(other) = &self.other else {
            return Err(Fault::Denied("there is no second session".to_owned()));
        };
        let procedure = self.uri("shared");
        let register = |session: &Session, number: u64| {
            let register = session.register(procedure.clone(), move |_| async move { Ok(number) });
            register.invoke(InvocationPolicy::RoundRobin)
        };
        let _first = register(self.session, 1).await?;
        let _second = register(other, 2).await?;
        let mut sum = 0;
        for _ in 0..2 {
            let reply = self.session.call(procedure.clone()).await?;
            sum += reply.value::<u64>()?;
        }
        expect(sum == 3)?;
        Ok("two sessions take turns".to_owned())
    }

    /// A URI that is this session's own.
    fn uri(&self, name: &str) -> Uri {
        format!("{}.{name}", self.prefix).into()
    }

    async fn publish(
        &self,
        topic: &Uri,
        number: u64,
        options: PublishOptions,
    ) -> Result<(), Fault> {
        let publish = self.session.publish(topic.clone()).options(options);
        publish.args((number,)).acknowledge().await?;
        Ok(())
    }
}

/// To the publisher as well.
fn to_all() -> PublishOptions {
    PublishOptions {
        exclude_me: Some(false),
        ..PublishOptions::default()
    }
}

async fn next(events: &mut Subscription) -> Result<Event, Fault> {
    let over = || Fault::Broken("the subscription ended".to_owned());
    events.next().await.ok_or_else(over)
}

fn expect(seen: bool) -> Result<(), Fault> {
    if seen { Ok(()) } else { Err(unexpected()) }
}

/// There are routers that disclose nobody who asks for it, but those whom their configuration names.
fn untold() -> Fault {
    Fault::Denied("not upon disclose_me; the router's configuration may decide".to_owned())
}

fn unexpected() -> Fault {
    Fault::Broken("what comes back is something else".to_owned())
}

fn wrapping() -> Result<Wrapping, Fault> {
    let wrapping = Wrapping::custom(SCHEME).map_err(|error| Fault::Broken(error.to_string()))?;
    Ok(wrapping.serialized(Serializer::Cbor))
}

/// A handler that answers only when it is told to give up, and who hears when it begins and ends, and whether the call's
/// time is the callee's business.
fn endless() -> (impl Fn(Invocation) -> Answering, UnboundedReceiver<bool>) {
    let (moments, received) = unbounded_channel();
    let handler = move |invocation: Invocation| {
        let moments = moments.clone();
        let endless = async move {
            let is_timed = invocation.details.timeout.is_some();
            // Whoever has heard enough does not listen any more.
            let _ = moments.send(is_timed);
            invocation.canceled().await;
            let _ = moments.send(is_timed);
            Err(WampError::new(uris::CANCELED))
        };
        Box::pin(endless) as Answering
    };
    (handler, received)
}

impl From<RequestError> for Fault {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::Wamp(error) if Exit::of_error(&error.error) == Exit::NotAuthorized => {
                Self::Denied(format!("not allowed: {}", error.error))
            }
            RequestError::Lost(closed) => Self::Lost(format!("session lost: {closed}")),
            error => Self::Broken(error.to_string()),
        }
    }
}

impl From<PayloadError> for Fault {
    fn from(error: PayloadError) -> Self {
        Self::Broken(error.to_string())
    }
}

/// What the URIs of all trials begin with.
const PREFIX: &str = "cli.wamp.doctor";

const HISTORY: &str = "wamp.subscription.get_events";
const TOPICS: &str = "wamp.reflection.topic.list";
const SESSIONS: &str = "wamp.session.count";
const PROCEDURES: &str = "wamp.reflection.procedure.list";
const TESTAMENTS: &str = "wamp.session.flush_testaments";

/// The scheme of what is wrapped, which nobody has to know.
const SCHEME: &str = "x_wamp_doctor";

/// What is wrapped.
const WRAPPED: &str = "doctor";

/// When a call that is to time out does.
const MILLISECONDS: u64 = 100;
