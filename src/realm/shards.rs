//! Which shard a resource key belongs to: one choice among nodes that depends on nothing but the key and the nodes.
//!
//! Shared by sharded registrations, where the nodes are callees and the key is `CALL.Options.rkey`, and sharded
//! subscriptions, where the nodes are the node keys of subscribers and the key is `PUBLISH.Options.rkey`. The
//! specification says what keys are for, not how they are mapped. Here it is rendezvous hashing: each node is scored for
//! the key, the highest score wins. When a node comes, the only keys that move are those that move to it; when a node goes,
//! the only ones that move are those it had.
//!
//! The score is FNV-1a, 64 bits, over the canonical form of the key and then of the node, finished with the mixing
//! function of SplitMix64 (FNV alone leaves the scores of similar nodes in similar order). It is the same in every process,
//! on every machine and in every serializer, so that a router that was restarted, and one that is another's twin, choose
//! alike. Two keys are the same if they are equal as values: 5 and 5.0 are (some clients write integers as floats), "5" is
//! another. The order of a dictionary's entries makes no difference.
//!
//! Source: Advanced Profile, "Sharded Registration" and "Sharded Subscription".

use std::borrow::Borrow;
use std::cmp::Reverse;

use crate::proto::Value;

/// The number of the node that `key` belongs to, of `nodes` in this order; `None` if there are no nodes. Of nodes with
/// the same score, such as equal ones, it is the first.
pub(super) fn shard(
    key: &Value,
    nodes: impl IntoIterator<Item = impl Borrow<Value>>,
) -> Option<usize> {
    let mut seed = Fnv::default();
    seed.value(key);
    let scores = nodes.into_iter().map(|node| {
        let mut hash = seed;
        hash.value(node.borrow());
        mixed(hash.0)
    });
    let best = scores
        .enumerate()
        .max_by_key(|&(at, score)| (score, Reverse(at)));
    best.map(|(at, _)| at)
}

/// The state of FNV-1a.
#[derive(Clone, Copy)]
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    /// A tag that no other kind of value has, then what follows it: lengths go first, so that no two different values
    /// have the same form.
    fn tagged(&mut self, tag: u8, number: u64) {
        self.bytes(&[tag]);
        self.bytes(&number.to_le_bytes());
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.tagged(b'n', 0),
            Value::Bool(value) => self.tagged(b'b', u64::from(*value)),
            Value::Int(number) => self.tagged(b'i', number.cast_unsigned()),
            Value::UInt(number) => self.tagged(b'u', *number),
            Value::Float(number) => match integer(*number) {
                Some(number) => self.tagged(b'i', number.cast_unsigned()),
                None => self.tagged(b'f', number.to_bits()),
            },
            Value::Str(text) => {
                self.tagged(b's', text.len() as u64);
                self.bytes(text.as_bytes());
            }
            Value::Bin(bytes) => {
                self.tagged(b'x', bytes.len() as u64);
                self.bytes(bytes);
            }
            Value::List(items) => {
                self.tagged(b'l', items.len() as u64);
                for item in items {
                    self.value(item);
                }
            }
            Value::Dict(dict) => {
                let mut entries: Vec<_> = dict.iter().collect();
                // Stable, so that a key that is repeated keeps its own order.
                entries.sort_by_key(|(key, _)| *key);
                self.tagged(b'd', entries.len() as u64);
                for (key, value) in entries {
                    self.tagged(b's', key.len() as u64);
                    self.bytes(key.as_bytes());
                    self.value(value);
                }
            }
        }
    }
}

/// The integer that a float equals, if it equals one that a double tells from its neighbours.
fn integer(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "checked: integral and at most 2^53 either way"
    )]
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}

/// The finalizer of SplitMix64: each bit of the input changes half of the output's.
const fn mixed(mut hash: u64) -> u64 {
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::Dict;

    fn nodes(names: &[&str]) -> Vec<Value> {
        names.iter().copied().map(Value::from).collect()
    }

    #[test]
    fn the_choice_is_the_same_for_ever() {
        let nodes = nodes(&["node1", "node2", "node3"]);
        let chosen: Vec<_> = (0..12_u64)
            .map(|key| shard(&Value::from(key), &nodes).unwrap())
            .collect();
        assert_eq!(chosen, [1, 2, 0, 1, 0, 1, 0, 0, 1, 2, 2, 1]);
        assert_eq!(shard(&Value::from("sn239019"), &nodes), Some(2));
        assert_eq!(shard(&Value::Null, nodes.iter().take(0)), None);
    }

    #[test]
    fn equal_values_are_the_same_key_in_any_form() {
        let score = |value: &Value| {
            let mut hash = Fnv::default();
            hash.value(value);
            hash.0
        };
        let pair =
            |first: &str, second: &str| Value::from(Dict::new().with(first, 1).with(second, 1));
        assert_eq!(score(&Value::Float(-5.0)), score(&Value::Int(-5)));
        assert_eq!(score(&pair("a", "b")), score(&pair("b", "a")));
        let different = [
            Value::Null,
            Value::from(false),
            Value::from(0),
            Value::Float(0.5),
            Value::from("0"),
            Value::from(""),
            Value::from(vec!["a", "b"]),
            Value::from(vec!["ab"]),
            Value::from(vec!["a"]),
            pair("a", "b"),
        ];
        for (at, one) in different.iter().enumerate() {
            for other in &different[..at] {
                assert_ne!(score(one), score(other), "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn keys_are_spread_evenly_and_move_only_with_their_node() {
        let all = nodes(&["a", "b", "c", "d"]);
        let mut counts = [0; 4];
        for key in 0..4000_u64 {
            let key = Value::from(key);
            let chosen = shard(&key, &all).unwrap();
            counts[chosen] += 1;
            let without_last = shard(&key, &all[..3]).unwrap();
            assert!(chosen == 3 || chosen == without_last, "{key:?} moved");
        }
        assert!(
            counts.iter().all(|count| (900..1100).contains(count)),
            "{counts:?}"
        );
    }
}
