//! `[limits]`: what is counted, and how far.

use crate::codec::{MAX_DEPTH, MessageLimits};
use crate::proto::UriFault;
use crate::realm::SessionLimits;
use crate::router::{ConnectionLimits, OverRate, Rate};
use crate::settings::{Item, OFF, Section};
use crate::transport::{DEFAULT_MAX_FRAME, NarrowerFrames};

use super::listeners::{LEAST_MESSAGE, MOST_MESSAGE};

/// `connections` and `connections_per_address`.
pub(super) fn connections(section: &Section<'_>) -> ConnectionLimits {
    let mut limits = ConnectionLimits::default();
    for (key, limit) in [
        ("connections", &mut limits.total),
        ("connections_per_address", &mut limits.per_address),
    ] {
        set(section, key, 1, limit);
    }
    limits
}

/// `max_depth`, `max_items`, `max_option_items` and `max_uri`.
pub(super) fn messages(section: &Section<'_>) -> MessageLimits {
    let mut limits = MessageLimits::default();
    for (key, least, most, limit) in [
        // HELLO nests as deep, where it says which features there are.
        ("max_depth", 4, MAX_DEPTH, &mut limits.depth),
        ("max_items", 1, MOST, &mut limits.payload),
        // What HELLO has of roles and features takes as many.
        ("max_option_items", 64, MOST, &mut limits.options),
        ("max_uri", 16, UriFault::MAX_LENGTH, &mut limits.uri),
    ] {
        set_up_to(section, key, least, most, limit);
    }
    limits
}

/// `subscriptions`, `registrations` and `calls`, where they are given.
pub(super) fn sessions(section: &Section<'_>, mut limits: SessionLimits) -> SessionLimits {
    for (key, limit) in [
        ("subscriptions", &mut limits.subscriptions),
        ("registrations", &mut limits.registrations),
        ("calls", &mut limits.calls),
    ] {
        set(section, key, 0, limit);
    }
    limits
}

/// `[realms.limits]`.
pub(super) fn realm(section: &Section<'_>, limits: SessionLimits) -> SessionLimits {
    let table = section.get("limits");
    let Some(section) = table.and_then(|it| it.section("[realms.limits]")) else {
        return limits;
    };
    let limits = sessions(&section, limits);
    section.finish();
    limits
}

/// How long messages may be, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageSizes {
    /// All of them.
    pub all: usize,
    /// By transport and serializer, where that is less.
    pub narrower: NarrowerFrames,
}

impl Default for MessageSizes {
    fn default() -> Self {
        Self {
            all: DEFAULT_MAX_FRAME,
            narrower: NarrowerFrames::default(),
        }
    }
}

/// `max_message`: a size, or a table of sizes. What it leaves open is as `sizes` has it.
pub(super) fn message_sizes(section: &Section<'_>, mut sizes: MessageSizes) -> MessageSizes {
    let Some(item) = section.get("max_message") else {
        return sizes;
    };
    let size = |item: Item<'_>| item.size_up_to(LEAST_MESSAGE, MOST_MESSAGE);
    // What was said elsewhere for a part counts only as far as it is still less.
    let settle = |sizes: &mut MessageSizes, all: usize| {
        sizes.all = all;
        for (_, narrower) in parts(&mut sizes.narrower) {
            *narrower = narrower.filter(|bytes| *bytes < all);
        }
    };
    if !item.is_table() {
        if let Some(all) = size(item) {
            settle(&mut sizes, all);
        }
        return sizes;
    }
    let Some(section) = item.section("max_message") else {
        return sizes;
    };
    if let Some(all) = section.get("all").and_then(size) {
        settle(&mut sizes, all);
    }
    let all = sizes.all;
    for (key, narrower) in parts(&mut sizes.narrower) {
        let item = section.get(key);
        if let (Some(item), Some(bytes)) = (item, item.and_then(size)) {
            if bytes > all {
                item.fault_with(
                    format!(
                        "`{key}` must be at most `all`, which is {}",
                        crate::settings::size(all)
                    ),
                    Some("say less, or a larger `all`".to_owned()),
                );
            }
            *narrower = Some(bytes);
        }
    }
    section.finish();
    sizes
}

/// The sizes with names of their own.
pub(super) const fn parts(
    narrower: &mut NarrowerFrames,
) -> [(&'static str, &mut Option<usize>); 5] {
    [
        ("websocket", &mut narrower.websocket),
        ("rawsocket", &mut narrower.rawsocket),
        ("json", &mut narrower.json),
        ("msgpack", &mut narrower.msgpack),
        ("cbor", &mut narrower.cbor),
    ]
}

/// `rate`: a table, or `off`.
pub(super) fn rate(item: Item<'_>) -> Option<Option<Rate>> {
    if item.is(OFF) {
        return Some(None);
    }
    let section = item.section("rate")?;
    let number = |item: Item<'_>| item.number::<u32>(1);
    let messages = section.need("messages").and_then(number);
    let burst = match section.get("burst") {
        Some(item) => number(item),
        None => messages,
    };
    let over = match section.get("over") {
        Some(item) => item.choice(&OVER),
        None => Some(OverRate::default()),
    };
    section.finish();
    Some(Some(Rate {
        messages: messages?,
        burst: burst?,
        over: over?,
    }))
}

/// What becomes of too many messages, by its word.
pub(super) const OVER: [(&str, OverRate); 2] =
    [("delay", OverRate::Delay), ("refuse", OverRate::Refuse)];

/// A number that may be given.
fn set(section: &Section<'_>, key: &'static str, least: u64, limit: &mut usize) {
    set_up_to(section, key, least, MOST, limit);
}

fn set_up_to(section: &Section<'_>, key: &'static str, least: u64, most: usize, limit: &mut usize) {
    let given = section.get(key);
    if let Some(count) = given.and_then(|it| it.count_up_to(least, most)) {
        *limit = count;
    }
}

/// More of anything fits into no memory, so that it is a mistake.
pub(super) const MOST: usize = 1_000_000_000;
