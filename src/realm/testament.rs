//! What a session leaves behind: publications that are made when it has ended, however it ended.
//!
//! There is no session resumption here, so a session is detached and destroyed at once: the testaments of the scope
//! `detached` come first, then those of `destroyed`, each in the order in which they were added.
//!
//! Source: Advanced Profile, "Session Testament".

use crate::proto::{Payload, PublishOptions, Uri};

use super::refusal::Refusal;
use super::stored::weight_of_fields;

/// A publication to be.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Testament {
    pub(super) topic: Uri,
    /// `acknowledge` has no meaning here: nobody is there to be told.
    pub(super) options: PublishOptions,
    pub(super) payload: Payload,
}

/// When a testament is published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Scope {
    /// When the session is detached from its client.
    Detached,
    /// When the session is gone.
    #[default]
    Destroyed,
}

impl Scope {
    /// The scope of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "detached" => Some(Self::Detached),
            "destroyed" => Some(Self::Destroyed),
            _ => None,
        }
    }
}

/// The testaments of one session.
#[derive(Debug, Default)]
pub(super) struct Testaments {
    detached: Vec<Testament>,
    destroyed: Vec<Testament>,
}

impl Testaments {
    /// Adds a testament, copied out of the frame that it came in.
    ///
    /// # Errors
    /// It would be more than a session may leave behind.
    pub(super) fn add(&mut self, scope: Scope, testament: &Testament) -> Result<(), Refusal> {
        let all = || self.detached.iter().chain(&self.destroyed);
        let weight = all().map(weight).sum::<usize>() + weight(testament);
        if all().count() >= MOST || weight > MOST_BYTES {
            return Err(Refusal::TooManyTestaments {
                most: MOST,
                bytes: MOST_BYTES,
            });
        }
        let testament = Testament {
            topic: testament.topic.detach(),
            options: testament.options.detach(),
            payload: testament.payload.detach(),
        };
        self.scope(scope).push(testament);
        Ok(())
    }

    /// Removes the testaments of a scope.
    pub(super) fn flush(&mut self, scope: Scope) {
        self.scope(scope).clear();
    }

    /// Removes the testaments whose topic is not `lasting`.
    pub(super) fn retain(&mut self, lasting: impl Fn(&Uri) -> bool) {
        self.detached.retain(|testament| lasting(&testament.topic));
        self.destroyed.retain(|testament| lasting(&testament.topic));
    }

    /// All testaments, in the order in which they are published.
    pub(super) fn in_order(self) -> impl Iterator<Item = Testament> {
        self.detached.into_iter().chain(self.destroyed)
    }

    const fn scope(&mut self, scope: Scope) -> &mut Vec<Testament> {
        match scope {
            Scope::Detached => &mut self.detached,
            Scope::Destroyed => &mut self.destroyed,
        }
    }
}

fn weight(testament: &Testament) -> usize {
    let Testament {
        topic,
        options,
        payload,
    } = testament;
    size_of::<Testament>() + topic.len() + payload.bytes().len() + weight_of_fields(options)
}

/// How many testaments a session may have: more than anybody has, few enough for the burst when it ends.
const MOST: usize = 100;

/// How many bytes they may take together: room for any notice of departure, not for a store of data.
const MOST_BYTES: usize = 1 << 20;

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::proto::{PayloadShape, Serializer, uris};

    fn testament(topic: &str, length: usize) -> Testament {
        let bytes = Bytes::from(format!("[\"{}\"]", "x".repeat(length)));
        Testament {
            topic: topic.into(),
            options: PublishOptions::default(),
            payload: Payload::from_raw(Serializer::Json, PayloadShape::Args, bytes),
        }
    }

    fn topics(testaments: Testaments) -> Vec<String> {
        let all = testaments.in_order();
        all.map(|testament| testament.topic.to_string()).collect()
    }

    fn four() -> Testaments {
        let mut testaments = Testaments::default();
        for (scope, topic) in [
            (Scope::Destroyed, "a"),
            (Scope::Detached, "b"),
            (Scope::Destroyed, "c"),
            (Scope::Detached, "d"),
        ] {
            testaments.add(scope, &testament(topic, 1)).unwrap();
        }
        testaments
    }

    #[test]
    fn the_detached_scope_comes_first_and_each_in_its_order() {
        assert_eq!(topics(four()), ["b", "d", "a", "c"]);
    }

    #[test]
    fn a_flush_removes_one_scope() {
        for (scope, left) in [
            (Scope::Destroyed, ["b", "d"]),
            (Scope::Detached, ["a", "c"]),
        ] {
            let mut testaments = four();
            testaments.flush(scope);
            assert_eq!(topics(testaments), left);
        }
        assert_eq!(Scope::default(), Scope::Destroyed);
        assert_eq!(Scope::named("detached"), Some(Scope::Detached));
        assert_eq!(Scope::named("destroyed"), Some(Scope::Destroyed));
        assert_eq!(Scope::named("Destroyed"), None);
    }

    #[test]
    fn what_a_session_leaves_behind_has_its_bounds() {
        let mut testaments = Testaments::default();
        for _ in 0..MOST {
            testaments.add(Scope::Detached, &testament("a", 1)).unwrap();
        }
        let refusal = testaments
            .add(Scope::Destroyed, &testament("a", 1))
            .unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "a session can leave at most 100 testaments, which take at most 1048576 bytes"
        );
        assert_eq!(refusal.uri(), uris::PAYLOAD_SIZE_EXCEEDED);

        let mut testaments = Testaments::default();
        let half = testament("a", MOST_BYTES / 2);
        testaments.add(Scope::Detached, &half).unwrap();
        assert!(testaments.add(Scope::Destroyed, &half).is_err());
        testaments.flush(Scope::Detached);
        testaments.add(Scope::Destroyed, &half).unwrap();
    }

    #[test]
    fn a_testament_is_a_copy() {
        let frame =
            Bytes::from(b"[16,1,{\"exclude_authid\":[\"bob\"]},\"com.topic\",[1]]".to_vec());
        let message = crate::codec::decode(Serializer::Json, &frame).unwrap();
        let crate::proto::Message::Publish(publish) = message else {
            panic!("no PUBLISH");
        };
        let testament = Testament {
            topic: publish.topic,
            options: publish.options,
            payload: publish.payload,
        };
        let mut testaments = Testaments::default();
        testaments.add(Scope::Detached, &testament).unwrap();
        drop(testament);
        assert!(frame.is_unique());
    }
}
