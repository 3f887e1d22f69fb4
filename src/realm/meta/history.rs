//! `wamp.subscription.get_events`: the events of the past.
//!
//! Source: Advanced Profile, "Event History".

use std::time::{Duration, UNIX_EPOCH};

use bytestring::ByteString;

use crate::codec;
use crate::proto::{Dict, DictFields, Id, Violation};

use super::super::Realm;
use super::super::history::{EventQuery, StoredEvent};
use super::arguments::Arguments;
use super::patterns::timestamp;
use super::{Answer, Fault, MetaCall, Procedure, nothing};

pub(super) const PROCEDURES: &[Procedure] = &[Procedure {
    uri: "wamp.subscription.get_events",
    answer: events,
}];

/// The events of a subscription that fulfil all conditions given, each of them one positional result.
fn events(realm: &mut Realm, mut call: MetaCall<'_>) -> Answer {
    let subscription: Id = call.arguments.required("subscription")?;
    let query = query(&mut call.arguments)?;
    call.arguments.end()?;
    let Some(reader) = realm.sessions.get(call.caller) else {
        return Ok(nothing());
    };
    let events = realm.broker.events(subscription, &query, reader)?;
    Ok(codec::Arguments {
        args: events.iter().map(|event| described(event).into()).collect(),
        kwargs: Dict::new(),
    })
}

fn query(arguments: &mut Arguments) -> Result<EventQuery, Fault> {
    let reverse: Option<bool> = arguments.keyword("reverse")?;
    Ok(EventQuery {
        from_time: time(arguments, "from_time")?,
        after_time: time(arguments, "after_time")?,
        before_time: time(arguments, "before_time")?,
        until_time: time(arguments, "until_time")?,
        topic: arguments.keyword("topic")?,
        from_publication: arguments.keyword("from_publication")?,
        after_publication: arguments.keyword("after_publication")?,
        before_publication: arguments.keyword("before_publication")?,
        until_publication: arguments.keyword("until_publication")?,
        reverse: reverse == Some(true),
        limit: limit(arguments)?,
    })
}

fn limit(arguments: &mut Arguments) -> Result<Option<usize>, Fault> {
    let name = "limit";
    match arguments.keyword::<u64>(name)? {
        Some(0) => Err(Violation::new(name, "a positive integer", "0").into()),
        // More than there can be is all there is.
        given => Ok(given.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX))),
    }
}

fn time(arguments: &mut Arguments, name: &'static str) -> Result<Option<Duration>, Fault> {
    let Some(text) = arguments.keyword::<ByteString>(name)? else {
        return Ok(None);
    };
    let time = parse(&text).ok_or_else(|| {
        let expected = "a time of RFC 3339 that is not before 1970";
        Violation::found(name, expected, &text.into())
    })?;
    Ok(Some(time))
}

/// The time since 1970-01-01 00:00 UTC that a text of RFC 3339 stands for.
fn parse(text: &str) -> Option<Duration> {
    let (local, offset) = match text.strip_suffix(['Z', 'z']) {
        Some(local) => (local, "+00:00"),
        None => text.split_at_checked(text.len().checked_sub("+00:00".len())?)?,
    };
    let local = local.replacen('t', "T", 1) + "Z";
    let local = humantime::parse_rfc3339(&local).ok()?;
    let local = local.duration_since(UNIX_EPOCH).ok()?;
    let (ahead, offset) = match offset.split_at_checked(1)? {
        ("+", offset) => (true, offset),
        ("-", offset) => (false, offset),
        _ => return None,
    };
    let (hours, minutes) = offset.split_once(':')?;
    let number = |digits: &str, limit: u64| {
        let number: Option<u64> = digits.parse().ok().filter(|number| *number < limit);
        number.filter(|_| digits.bytes().all(|digit| digit.is_ascii_digit()))
    };
    let offset = Duration::from_secs(number(hours, 24)? * 3600 + number(minutes, 60)? * 60);
    if ahead {
        local.checked_sub(offset)
    } else {
        local.checked_add(offset)
    }
}

/// An event as the chapter wants it told. Arguments that only the subscribers can read are left out.
fn described(stored: &StoredEvent) -> Dict {
    let StoredEvent { at, event } = stored;
    let told = Dict::new()
        .with("timestamp", timestamp(*at))
        .with("subscription", event.subscription)
        .with("publication", event.publication)
        .with("details", event.details.to_dict());
    match codec::Arguments::from_payload(&event.payload) {
        Ok(codec::Arguments { args, kwargs }) => told.with("args", args).with("kwargs", kwargs),
        Err(_) => told,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_whatever_its_offset() {
        for (text, millis) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2023-11-14T22:13:20.123Z", Some(1_700_000_000_123)),
            ("2023-11-14t22:13:20.123z", Some(1_700_000_000_123)),
            ("2023-11-14T23:43:20.123+01:30", Some(1_700_000_000_123)),
            ("2023-11-14T20:13:20.123-02:00", Some(1_700_000_000_123)),
            ("1970-01-01T00:00:00+01:00", None),
            ("1969-12-31T23:59:59Z", None),
            ("2023-11-14T22:13:20", None),
            ("2023-11-14T22:13:20+1:00", None),
            ("2023-11-14T22:13:20+25:00", None),
            ("2023-11-14T22:13:20++1:00", None),
            ("yesterday", None),
            ("é", None),
            ("", None),
        ] {
            let time = millis.map(Duration::from_millis);
            assert_eq!(parse(text), time, "{text}");
        }
    }
}
