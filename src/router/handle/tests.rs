//! Who waits for whom, what is asked, and what a panic leaves behind.

use std::collections::VecDeque;
use std::task::Context;

use super::*;
use crate::proto::{
    Dict, Id, Payload, Publish, PublishOptions, Roles, Subscribe, SubscribeOptions,
};
use crate::realm::SessionLimits;
use crate::router::outbox::End;
use crate::router::slow::{SlowConsumerPolicy, SlowConsumers};
use crate::router::who::Who;

fn realm() -> RealmHandle {
    let config = RealmConfig {
        uri: Uri::from_static("realm1"),
        ..RealmConfig::default()
    };
    RealmHandle::new(config, 7, Arc::new(About::new(String::new())))
}

/// A session that joins.
pub(in crate::router) fn newcomer() -> Join {
    Join {
        key: SessionKey(0),
        session: Id::MIN,
        serializer: Serializer::Json,
        max_frame: 1 << 20,
        roles: Roles::default(),
        authid: String::new(),
        authrole: "anonymous".to_owned(),
        trusted: false,
        authmethod: String::new(),
        authprovider: String::new(),
        authextra: Dict::new(),
        agent: String::new(),
        limits: SessionLimits::default(),
    }
}

/// A session for which one event may wait, and publishers that bring about more wait for a second.
fn join(realm: &RealmHandle) -> (SessionKey, Arc<Outbox>) {
    let slow = SlowConsumers {
        policy: SlowConsumerPolicy::BlockPublisher,
        event_limit: Some(1),
        block_time: Duration::from_secs(1),
    };
    let outbox = Arc::new(Outbox::new(1 << 20, slow, Who::default()));
    let key = realm.join(Box::new(newcomer()), Arc::clone(&outbox));
    taken(&outbox);
    (key, outbox)
}

fn subscribe(realm: &RealmHandle, (key, outbox): &(SessionKey, Arc<Outbox>)) {
    let subscribe = Subscribe {
        request: Id::MIN,
        options: SubscribeOptions::default(),
        topic: Uri::from_static("com.news"),
    };
    realm.submit(
        &mut vec![Input::Message(*key, subscribe.into())],
        Arrived::default(),
    );
    taken(outbox);
}

/// So many publications of a session.
fn publications(key: SessionKey, count: usize) -> Vec<Input> {
    let publish = Publish {
        request: Id::MIN,
        options: PublishOptions::default(),
        topic: Uri::from_static("com.news"),
        payload: Payload::empty(Serializer::Json),
    };
    let message = || Input::Message(key, publish.clone().into());
    std::iter::repeat_with(message).take(count).collect()
}

/// How many frames the connection takes, whether somebody waited for that, and whether all is over.
fn taken(outbox: &Outbox) -> (usize, bool, Option<End>) {
    let mut frames = VecDeque::new();
    let taken = outbox.take(&mut frames, &Context::from_waker(Waker::noop()));
    (frames.len(), taken.awaited, taken.end)
}

#[test]
fn a_publisher_stops_behind_the_event_that_was_one_too_many() {
    let realm = realm();
    let [slow, (publisher, outbox)] = [join(&realm), join(&realm)];
    subscribe(&realm, &slow);
    let mut batch = publications(publisher, 5);
    realm.submit(&mut batch, Arrived::default());
    assert_eq!((batch.len(), outbox.is_held()), (3, true));
    assert_eq!(taken(&slow.1), (2, true, None));
    realm.unblock(slow.0);
    assert!(!outbox.is_held());
    realm.submit(&mut batch, Arrived::default());
    assert_eq!((batch.len(), outbox.is_held()), (1, true));
    realm.leave(slow.0);
    assert!(!outbox.is_held());
    realm.submit(&mut batch, Arrived::default());
    assert_eq!((batch.len(), outbox.is_held()), (0, false));
}

#[test]
fn a_publisher_waits_for_all_that_have_too_much() {
    let realm = realm();
    let [one, other, (publisher, outbox)] = [join(&realm), join(&realm), join(&realm)];
    for subscriber in [&one, &other] {
        subscribe(&realm, subscriber);
    }
    let mut batch = publications(publisher, 2);
    realm.submit(&mut batch, Arrived::default());
    realm.unblock(one.0);
    assert!(outbox.is_held(), "the other has taken nothing");
    realm.unblock(other.0);
    assert!(!outbox.is_held());
}

#[test]
fn a_session_does_not_wait_for_itself() {
    let realm = realm();
    let session = join(&realm);
    subscribe(&realm, &session);
    let mut batch = publications(session.0, 3);
    for input in &mut batch {
        if let Input::Message(_, Message::Publish(publish)) = input {
            publish.options.exclude_me = Some(false);
        }
    }
    realm.submit(&mut batch, Arrived::default());
    assert_eq!((batch.len(), session.1.is_held()), (0, false));
    assert_eq!(taken(&session.1).0, 3);
}

#[test]
fn a_publisher_that_has_left_is_not_taken_for_who_comes_in_its_place() {
    let realm = realm();
    let [slow, (publisher, _)] = [join(&realm), join(&realm)];
    subscribe(&realm, &slow);
    realm.submit(&mut publications(publisher, 2), Arrived::default());
    realm.leave(publisher);
    let (next, outbox) = join(&realm);
    assert_eq!(next, publisher);
    realm.submit(&mut publications(next, 1), Arrived::default());
    assert!(outbox.is_held());
    realm.unblock(slow.0);
    assert!(!outbox.is_held());
}

#[tokio::test(start_paused = true)]
async fn who_is_waited_for_too_long_is_ended() {
    let realm = realm();
    let [slow, (publisher, outbox)] = [join(&realm), join(&realm)];
    subscribe(&realm, &slow);
    realm.submit(&mut publications(publisher, 2), Arrived::default());
    tokio::time::sleep(Duration::from_millis(900)).await;
    assert!(outbox.is_held());
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!outbox.is_held());
    assert_eq!(taken(&slow.1), (0, false, Some(End::Overflow)));
    let counters = realm.counters();
    assert_eq!((counters.overflowed, counters.dropped), (1, 2));
    let mut batch = publications(publisher, 9);
    realm.submit(&mut batch, Arrived::default());
    assert!(batch.is_empty(), "nobody is subscribed any more");
}

#[test]
fn at_a_shutdown_nobody_waits() {
    let realm = realm();
    let [slow, (publisher, outbox)] = [join(&realm), join(&realm)];
    subscribe(&realm, &slow);
    realm.submit(&mut publications(publisher, 2), Arrived::default());
    realm.shut_down();
    assert!(!outbox.is_held(), "its answer to GOODBYE is to be read");
}

/// Nobody has joined, so there is nothing to be called; the answer is there before it is waited for.
#[tokio::test(start_paused = true)]
async fn a_question_is_answered_though_nobody_is_there() {
    let realm = realm();
    let procedure = Uri::from_static("com.authenticate");
    let answer = realm.ask(procedure, Arguments::default(), Duration::from_secs(1));
    assert!(realm.lock().askers.is_empty());
    assert_eq!(answer.await.unwrap_err().uri, uris::NO_SUCH_PROCEDURE);
}

/// A panic under the lock is its connection's, and what it was about to send nobody's.
#[tokio::test]
async fn a_panic_under_the_lock_leaves_a_realm_that_works() {
    let realm = realm();
    let panicking = realm.clone();
    let task = tokio::spawn(async move {
        panicking.with(|core, _| {
            core.buffer.extend_from_slice(b"half a mess");
            panic!("on purpose");
        });
    });
    assert!(task.await.unwrap_err().is_panic());
    let outbox = Arc::new(Outbox::new(
        1 << 20,
        SlowConsumers::default(),
        Who::default(),
    ));
    realm.join(Box::new(newcomer()), Arc::clone(&outbox));
    let mut frames = VecDeque::new();
    let cx = Context::from_waker(Waker::noop());
    outbox.take(&mut frames, &cx);
    let welcome = codec::decode(Serializer::Json, &frames[0]).unwrap();
    assert!(matches!(welcome, Message::Welcome(_)), "{welcome:?}");
}
