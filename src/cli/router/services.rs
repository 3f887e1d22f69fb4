//! Something to call and to subscribe to, `wamp router --test-services`.
//!
//! Nothing of anybody's is called `test`: that is a top-level domain which nobody can have.
//!
//! - `test.echo …` answers with the arguments of the call, part by part where they come in parts;
//! - `test.add N…` with the sum of numbers, an integer if they all are;
//! - `test.sleep SECONDS` with nothing, when they are over;
//! - `test.fail [URI] …` with that error, and the other arguments in it;
//! - `test.progress N [SECONDS]` with progressive results from 1 to N, so many seconds apart, and with N in the end;
//! - `test.tick` is published every second: `{"count","time"}`.
//!
//! The other end of it is a client like any other, but that it is in the router's process and trusted: the realm's rules say
//! who may call, and nothing about who answers. A realm that comes into being for those who join it does not have them.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use futures_util::FutureExt as _;
use tokio::time::{MissedTickBehavior, interval, sleep};
use wampkit::client::{Error, Invocation, Registration, WampError};
use wampkit::proto::{Dict, Uri, UriRule, Value, uris};
use wampkit::router::RealmSetup;
use wampkit::{Client, Router, Serializer, Session};

use super::super::error::CliError;
use super::super::register::echo;

/// The test services of a router.
pub(super) struct Services {
    router: Router,
    /// Who answers, in each realm.
    callees: HashMap<Uri, Callee>,
}

/// A session that answers.
struct Callee {
    session: Session,
    /// What is no longer held is taken back.
    _registrations: Vec<Registration>,
}

impl Callee {
    fn has_ended(&self) -> bool {
        self.session.closed().now_or_never().is_some()
    }
}

impl Services {
    /// Those of this router, in no realm yet.
    pub(super) fn new(router: Router) -> Self {
        Self {
            router,
            callees: HashMap::new(),
        }
    }

    /// Serves these realms and no others, and tells which. Where they are served already, they go on.
    ///
    /// # Errors
    /// A realm that somebody serves with a procedure of the same name.
    pub(super) async fn serve(&mut self, realms: &[RealmSetup]) -> Result<(), CliError> {
        let names: Vec<&Uri> = realms.iter().map(|realm| &realm.config.uri).collect();
        for (realm, callee) in std::mem::take(&mut self.callees) {
            if !names.contains(&&realm) {
                // It would keep the realm alive. That the router says goodbye is of no consequence.
                let _ = callee.session.leave().await;
            } else if !callee.has_ended() {
                self.callees.insert(realm, callee);
            }
        }
        for realm in names {
            if self.callees.contains_key(realm) {
                continue;
            }
            let callee = join(&self.router, realm).await?;
            tracing::info!("test services in {realm}: {SERVICES}");
            self.callees.insert(realm.clone(), callee);
        }
        Ok(())
    }
}

/// What there is, for people.
const SERVICES: &str =
    "test.echo, test.add, test.sleep, test.fail, test.progress, and the topic test.tick";

async fn join(router: &Router, realm: &Uri) -> Result<Callee, CliError> {
    let transport = router.connect_trusted(Serializer::MsgPack);
    let client = Client::builder("memory").realm(&**realm).authid("test");
    let session = client.connect_over(transport).await;
    let session = session.map_err(|error| CliError::Connect {
        url: "memory".to_owned(),
        error: Box::new(error),
    })?;
    let registrations = offer(&session)
        .await
        .map_err(|error| CliError::of_request(&format!("test services in {realm}"), error))?;
    tokio::spawn(tick(session.clone()));
    Ok(Callee {
        session,
        _registrations: registrations,
    })
}

async fn offer(session: &Session) -> Result<Vec<Registration>, Error> {
    let echo = session.register("test.echo", echo).stream_arguments();
    Ok(vec![
        echo.await?,
        session.register("test.add", add).await?,
        session.register("test.sleep", nap).await?,
        session.register("test.fail", fail).await?,
        session.register("test.progress", count).await?,
    ])
}

/// `test.tick`, until the session ends.
async fn tick(session: Session) {
    let mut seconds = interval(Duration::from_secs(1));
    seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for count in 1_u64.. {
        seconds.tick().await;
        let time = humantime::format_rfc3339_millis(SystemTime::now()).to_string();
        let event = Dict::new().with("count", count).with("time", time);
        if session
            .publish("test.tick")
            .args((Value::from(event),))
            .await
            .is_err()
        {
            return;
        }
    }
}

async fn add(invocation: Invocation) -> Result<Value, WampError> {
    sum(&invocation.arguments()?.args)
}

/// The sum, exact as long as there are integers only.
fn sum(numbers: &[Value]) -> Result<Value, WampError> {
    // So many integers of 64 bits that 128 would not be enough do not fit into a message.
    let (mut integers, mut floats) = (0_i128, None);
    for number in numbers {
        match number {
            Value::Int(number) => integers += i128::from(*number),
            Value::UInt(number) => integers += i128::from(*number),
            Value::Float(number) => *floats.get_or_insert(0.0) += number,
            other => return Err(invalid(format!("{} is no number", other.kind()))),
        }
    }
    if let Some(floats) = floats {
        return Ok(Value::Float(integers as f64 + floats));
    }
    let small = i64::try_from(integers).map(Value::Int);
    small
        .or_else(|_| u64::try_from(integers).map(Value::UInt))
        .map_err(|_| invalid("the sum has more than 64 bits"))
}

async fn nap(invocation: Invocation) -> Result<(), WampError> {
    let (time,): (f64,) = invocation.args()?;
    pause(&invocation, seconds(time)?).await
}

async fn fail(invocation: Invocation) -> Result<(), WampError> {
    let mut arguments = invocation.arguments()?;
    let uri = match arguments.args.first() {
        None => Uri::from("test.error.failed"),
        Some(Value::Str(uri)) => Uri::from(&**uri),
        Some(other) => return Err(invalid(format!("{} is no URI", other.kind()))),
    };
    uri.check(UriRule::default())
        .map_err(|fault| invalid(fault.to_string()))?;
    if !arguments.args.is_empty() {
        arguments.args.remove(0);
    }
    let error = WampError::new(uri);
    Err(WampError { arguments, ..error })
}

async fn count(invocation: Invocation) -> Result<u64, WampError> {
    let (to, time): (u64, f64) = match invocation.arguments()?.args.len() {
        0 | 1 => {
            let (to,) = invocation.args()?;
            (to, 0.0)
        }
        _ => invocation.args()?,
    };
    let time = seconds(time)?;
    if time.is_zero() && !invocation.takes_progress() {
        return Ok(to);
    }
    for number in 1..=to {
        if invocation.takes_progress() {
            invocation.progress(number).await?;
        }
        pause(&invocation, time).await?;
    }
    Ok(to)
}

/// Waits, but not for longer than the caller does.
async fn pause(invocation: &Invocation, time: Duration) -> Result<(), WampError> {
    tokio::select! {
        biased;
        () = invocation.canceled() => Err(WampError::new(uris::CANCELED)),
        () = sleep(time) => Ok(()),
    }
}

fn seconds(number: f64) -> Result<Duration, WampError> {
    Duration::try_from_secs_f64(number)
        .map_err(|_| invalid(format!("one cannot wait {number} seconds")))
}

fn invalid(message: impl Into<String>) -> WampError {
    WampError::new(uris::INVALID_ARGUMENT).with(message.into())
}

#[cfg(test)]
mod tests {
    use wampkit::proto::CancelMode;
    use wampkit::realm::RealmConfig;

    use super::*;

    fn realm(name: &str) -> RealmSetup {
        RealmSetup::open(RealmConfig {
            uri: name.into(),
            ..RealmConfig::default()
        })
    }

    async fn client(router: &Router) -> Session {
        let client = Client::builder("memory").realm("com.realm");
        let transport = router.connect(Serializer::Json);
        client.connect_over(transport).await.unwrap()
    }

    /// The caller hears of the end from the callee alone, as it asks for that; time passes when nothing else happens.
    #[tokio::test(start_paused = true)]
    async fn a_sleep_can_be_interrupted() {
        let builder = Router::builder().realm("com.realm");
        let router = builder.build().unwrap();
        let mut services = Services::new(router.clone());
        services.serve(&[realm("com.realm")]).await.unwrap();
        let session = client(&router).await;
        let sleep = |seconds: u32| session.call("test.sleep").args((seconds,));
        sleep(1_000).await.unwrap();
        let mut call = sleep(1_000).start().unwrap();
        call.cancel(CancelMode::Kill);
        let Some(Err(Error::Wamp(error))) = call.next().await else {
            panic!("a call that is canceled ends in an error");
        };
        assert_eq!(error.error, uris::CANCELED);
    }

    #[tokio::test]
    async fn what_has_ended_is_served_again_and_what_is_gone_is_left() {
        let builder = Router::builder().realm("com.realm").any_realm(true);
        let router = builder.build().unwrap();
        let mut services = Services::new(router.clone());
        let realms = [realm("com.realm"), realm("com.other")];
        services.serve(&realms).await.unwrap();
        let session = client(&router).await;
        let kill = session.call("wamp.session.kill_by_authid").args(("test",));
        kill.await.unwrap();
        let add = || session.call("test.add").args((2, 3)).into_future();
        assert!(add().await.is_err());
        let killed = &services.callees[&Uri::from("com.realm")];
        killed.session.closed().await;
        services.serve(&realms[..1]).await.unwrap();
        assert_eq!(add().await.unwrap().value::<u64>().unwrap(), 5);
        assert_eq!(services.callees.len(), 1);
    }

    #[test]
    fn sums_are_exact() {
        let of = |numbers: &[Value]| sum(numbers).map_err(|error| error.error.to_string());
        assert_eq!(of(&[]), Ok(Value::Int(0)));
        let many = Value::Int(i64::MAX);
        assert_eq!(
            of(&[many.clone(), Value::Int(-1)]),
            Ok(Value::Int(i64::MAX - 1))
        );
        assert_eq!(of(&[many.clone(), Value::Int(1)]), Ok(Value::UInt(1 << 63)));
        let most = Value::UInt(u64::MAX);
        assert_eq!(
            of(&[most.clone(), Value::Int(-1)]),
            Ok(Value::UInt(u64::MAX - 1))
        );
        assert_eq!(
            of(&[Value::Int(1), Value::Float(0.5)]),
            Ok(Value::Float(1.5))
        );
        let invalid = || Err("wamp.error.invalid_argument".to_owned());
        assert_eq!(of(&[most, Value::Int(1)]), invalid());
        assert_eq!(of(&[Value::Int(i64::MIN), Value::Int(-1)]), invalid());
        assert_eq!(of(&[Value::from("1")]), invalid());
    }
}
