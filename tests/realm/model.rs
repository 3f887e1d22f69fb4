//! The realm in memory, held against the naive one: see `tests/model`. Here time passes as the test says, sessions are
//! congested, and the realm has to want to be woken exactly when it should.
//!
//! 10 000 sequences by default. More of them, or others:
//!
//! ```text
//! WAMP_MODEL_SEQUENCES=1000000 cargo test --release --test realm model
//! WAMP_MODEL_SEED=4711 cargo test --test realm model -- --nocapture    # only this one, and tell each step
//! ```

use std::thread;
use std::time::{Duration, Instant};

use wampkit::proto::{InvocationPolicy, Message, RegisterOptions, Serializer};
use wampkit::realm::{Input, SessionKey};

use super::support::*;
use crate::model::{Model, Port, Received, Scale, Tally, World, setting};

const SEQUENCES: u64 = 10_000;

const SCALE: Scale = Scale {
    steps: 30..61,
    sessions: 4..12,
    burst: 16,
};

#[test]
fn the_realm_does_what_the_naive_one_does() {
    if let Some(seed) = setting("WAMP_MODEL_SEED") {
        return run(seed, true);
    }
    let sequences = setting("WAMP_MODEL_SEQUENCES").unwrap_or(SEQUENCES);
    let threads = thread::available_parallelism().map_or(1, |count| count.get() as u64);
    thread::scope(|scope| {
        for first in 0..threads {
            scope.spawn(move || {
                for seed in (first..sequences).step_by(threads as usize) {
                    run(seed, false);
                }
            });
        }
    });
}

fn run(seed: u64, tell: bool) {
    let mut memory = Memory::new();
    let (mut model, mut tally) = (Model::default(), Tally::default());
    World::run(&mut memory, &mut model, &mut tally, &SCALE, seed, tell);
}

/// Found by thinking of what the model does by id: 10 000 sequences hardly ever come by it.
#[test]
fn who_takes_over_the_key_of_a_callee_that_left_has_not_been_tried() {
    let mut realm = Fixture::new();
    let (first, second, caller) = (realm.join(), realm.join(), realm.join());
    let shared = RegisterOptions {
        invoke: Some(InvocationPolicy::First),
        ..RegisterOptions::default()
    };
    realm.registered_with(first, "a", shared.clone());
    realm.registered_with(second, "a", shared.clone());
    realm.send(caller, call(1, "a"));
    realm.invocation(first);
    realm.send(first, unavailable(1));
    realm.invocation(second);
    realm.leave(first);
    let newcomer = realm.join_as(|join| join.key = first);
    realm.registered_with(newcomer, "a", shared);
    realm.send(second, unavailable(1));
    realm.invocation(newcomer);
    realm.everybody_leaves();
}

/// A realm without sockets.
struct Memory {
    realm: Fixture,
    start: Instant,
}

impl Memory {
    fn new() -> Self {
        let realm = Fixture::new();
        let start = realm.now.instant;
        Self { realm, start }
    }
}

impl Port for Memory {
    const VIRTUAL: bool = true;

    fn join(&mut self, key: SessionKey, serializer: Serializer, capable: bool) -> u64 {
        let mut session = 0;
        self.realm.join_and_look(|join| {
            join.key = key;
            join.serializer = serializer;
            join.roles = if capable {
                client_roles()
            } else {
                plain_roles()
            };
            session = join.session.get();
        });
        session
    }

    fn send(&mut self, key: SessionKey, message: Message) {
        self.realm.send(key, message);
    }

    fn noise(&mut self, key: SessionKey) {
        let noise = Input::Malformed(key, "noise".to_owned());
        self.realm.input(noise);
    }

    fn leave(&mut self, key: SessionKey) {
        self.realm.leave(key);
    }

    fn received(&mut self) -> Vec<Received> {
        let keys = self.realm.keys().into_iter();
        keys.map(|key| Received {
            key,
            messages: self.realm.received(key),
            closed: self.realm.is_closed(key),
        })
        .collect()
    }

    fn check(&mut self, model: &Model) {
        let realm = &self.realm.realm;
        assert_eq!(realm.census(), model.census());
        let deadline = model.deadline().map(|end| self.start + end);
        assert_eq!(realm.deadline(), deadline);
    }

    fn pass(&mut self, time: Duration, late: bool) {
        if late {
            self.realm.now.instant += time;
            self.realm.now.unix += time;
            self.realm.input(Input::Tick);
        } else {
            self.realm.pass(time);
        }
    }

    fn congest(&mut self, key: SessionKey, congested: bool) {
        self.realm.input(if congested {
            Input::Congested(key)
        } else {
            Input::Relieved(key)
        });
    }
}
