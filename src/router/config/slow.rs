//! `slow_consumers`: what is done about sessions that do not take their EVENTs, in a realm or for a role of it.

use super::super::{SlowConsumerPolicy, SlowConsumers};
use super::effective::{Entries, table};
use super::realms::ConfiguredRealm;
use super::summary::Summary;
use crate::settings::{Item, Section, size};

/// What holds around such a table.
#[derive(Clone, Copy)]
pub(super) struct Around {
    /// What holds where the table says nothing.
    pub(super) slow: SlowConsumers,
    /// The `limit` of `[slow_consumers]`.
    pub(super) limit: usize,
}

/// Reads such a table. Answers its `block_time` as well if that is for nobody whom the table itself is about.
pub(super) fn read<'a>(section: &Section<'a>, around: Around) -> (SlowConsumers, Option<Item<'a>>) {
    let Around { mut slow, limit } = around;
    let words = SlowConsumerPolicy::ALL.map(|policy| (policy.as_str(), policy));
    let policy = section.get("policy");
    slow.policy = (policy.and_then(|it| it.choice(&words))).unwrap_or(slow.policy);
    let events = section.get("event_limit");
    let bytes = events.and_then(|it| it.size(LEAST));
    slow.event_limit = bytes.or(slow.event_limit);
    let mut idle_time = None;
    if let Some(item) = section.get("block_time")
        && let Some(time) = item.duration()
    {
        slow.block_time = time;
        idle_time = Some(item).filter(|_| !blocks(slow));
    }
    let blocks = blocks(slow);
    if let Some(item) = events.or(policy)
        && let Some(bytes) = slow.event_limit
        && (bytes > limit || bytes == limit && blocks)
    {
        let limit = size(limit);
        let message = if blocks {
            format!(
                "`event_limit` must be below the `limit` of [slow_consumers], {limit}, for publishers to wait"
            )
        } else {
            format!("`event_limit` must be at most the `limit` of [slow_consumers], {limit}")
        };
        item.fault_with(message, Some("say less, or a larger `limit`".to_owned()));
    }
    (slow, idle_time)
}

/// Notes a `block_time` that is for nobody.
pub(super) fn refuse_idle(time: Item<'_>) {
    time.fault_with(
        "`block_time` goes with the policy \"block-publisher\"",
        Some("leave it out, or set `policy`".to_owned()),
    );
}

/// Reads the table of a realm or role, if it has one.
pub(super) fn inner<'a>(
    section: &Section<'a>,
    name: &'static str,
    around: Around,
) -> Option<(SlowConsumers, Option<Item<'a>>)> {
    let section = section.get("slow_consumers")?.section(name)?;
    let read = read(&section, around);
    section.finish();
    Some(read)
}

/// Has the usual limit of EVENTs, where none was said, make way for the `limit` of all.
pub(super) fn settle(slow: &mut SlowConsumers, limit: usize) {
    if slow.policy != SlowConsumerPolicy::Disconnect && slow.most_events() >= limit {
        slow.event_limit.get_or_insert(limit / 2);
    }
}

impl ConfiguredRealm {
    /// Whether publishers wait for any of its sessions.
    pub(super) fn blocks(&self) -> bool {
        self.all_slow().any(blocks)
    }

    fn all_slow(&self) -> impl Iterator<Item = SlowConsumers> {
        let roles = self.roles.iter().flatten();
        let of_roles = roles.filter_map(|role| role.slow_consumers);
        std::iter::once(self.slow_consumers).chain(of_roles)
    }

    /// As [`settle`], for all that it says.
    pub(super) fn settle_slow(&mut self, limit: usize) {
        let roles = self.roles.iter_mut().flatten();
        let of_roles = roles.filter_map(|role| role.slow_consumers.as_mut());
        for slow in std::iter::once(&mut self.slow_consumers).chain(of_roles) {
            settle(slow, limit);
        }
    }
}

/// Whether publishers wait.
pub(super) fn blocks(slow: SlowConsumers) -> bool {
    slow.policy == SlowConsumerPolicy::BlockPublisher
}

/// The table again, as far as it matters.
pub(super) fn shown(slow: &SlowConsumers) -> Entries {
    let mut shown = table([("policy", slow.policy.as_str().into())]);
    if slow.has_event_limit() {
        shown.push(("event_limit", size(slow.most_events()).into()));
    }
    if slow.policy == SlowConsumerPolicy::BlockPublisher {
        let time = humantime::format_duration(slow.block_time);
        shown.push(("block_time", time.to_string().into()));
    }
    shown
}

impl Summary {
    /// What becomes of slow consumers, where it is not what is always done.
    pub(super) fn slow_consumers(&mut self, name: &str, realm: &ConfiguredRealm) {
        let roles = realm.roles.iter().flatten();
        let roles = roles.filter_map(|role| Some((Some(&*role.rules.name), role.slow_consumers?)));
        let usual = realm.slow_consumers == SlowConsumers::default();
        let of_realm = (!usual).then_some((None, realm.slow_consumers));
        for (role, slow) in of_realm.into_iter().chain(roles) {
            let whose = role.map_or_else(
                || "a session".to_owned(),
                |role| format!("a session of role {role}"),
            );
            let deed = deed(&slow, &whose);
            self.sentences.push(format!("{name} {deed}"));
        }
    }
}

/// What is done, in words.
fn deed(slow: &SlowConsumers, whose: &str) -> String {
    if !slow.has_event_limit() {
        return format!("ends {whose} that too much waits for");
    }
    let limit = size(slow.most_events());
    let waits = format!("more than {limit} of events wait for {whose}");
    match slow.policy {
        SlowConsumerPolicy::Disconnect => {
            format!("ends {whose} that more than {limit} of events wait for")
        }
        SlowConsumerPolicy::DropOldest => format!("drops the oldest events when {waits}"),
        SlowConsumerPolicy::DropNewest => format!("drops the newest events when {waits}"),
        SlowConsumerPolicy::BlockPublisher => {
            let time = humantime::format_duration(slow.block_time);
            format!("has publishers wait for up to {time} when {waits}, then ends it")
        }
    }
}

/// The least that may wait: a few events.
const LEAST: usize = 1 << 10;

#[cfg(test)]
mod tests {
    use std::path::Path;

    use insta::assert_snapshot;

    use super::super::{Config, ConfigError, Format};

    fn parse(text: &str) -> Result<Config, ConfigError> {
        Config::parse(text, Format::Toml, Path::new("wamp.toml"), &[7; 32])
    }

    #[test]
    fn what_becomes_of_slow_consumers_is_told_where_it_is_not_the_usual() {
        let config = parse(
            "[slow_consumers]
policy = \"drop-newest\"
limit = \"4MiB\"
[[realms]]
name = \"usual\"
slow_consumers = { policy = \"disconnect\" }
[[realms]]
name = \"above\"
[[realms]]
name = \"own\"
slow_consumers = { event_limit = \"1MiB\" }
anonymous = { role = \"b\" }
roles = [
    { name = \"a\", authorizer = \"com.a\", slow_consumers = { policy = \"disconnect\" } },
    { name = \"b\", authorizer = \"com.a\", slow_consumers = { policy = \"block-publisher\" } },
    { name = \"c\", authorizer = \"com.a\", slow_consumers = { policy = \"drop-oldest\" } },
    { name = \"d\", authorizer = \"com.a\", slow_consumers = { policy = \"drop-oldest\", event_limit = \"2KiB\" } },
    { name = \"e\", authorizer = \"com.a\" },
]
",
        );
        let summary = config.unwrap().summary().to_string();
        let told = |line: &&str| line.contains("wait") || line.contains("ends");
        let lines = summary.lines().filter(told).collect::<Vec<_>>();
        assert_snapshot!(lines.join("\n"), @r#"
        realm above drops the newest events when more than 2MiB of events wait for a session
        realm own drops the newest events when more than 1MiB of events wait for a session
        realm own ends a session of role a that more than 1MiB of events wait for
        realm own has publishers wait for up to 10s when more than 1MiB of events wait for a session of role b, then ends it
        realm own drops the oldest events when more than 1MiB of events wait for a session of role c
        realm own drops the oldest events when more than 2KiB of events wait for a session of role d
        "#);
        let wrong = parse(
            "[slow_consumers]
policy = 3
event_limit = 1
[[realms]]
name = \"realm1\"
slow_consumers = { limit = \"1MiB\", block_time = \"0s\" }
",
        );
        assert_snapshot!(wrong.unwrap_err(), @r#"
        wamp.toml:2:10: `policy` must be text, not a whole number
        wamp.toml:3:15: `event_limit` must be at least 1024 bytes
        wamp.toml:6:20: unknown key `limit` in [realms.slow_consumers]: there is policy, event_limit and block_time
        wamp.toml:6:49: `block_time` must be more than nothing
        "#);
    }

    #[test]
    fn what_does_not_go_together_is_refused() {
        let wrong = parse(
            "[slow_consumers]
policy = \"drop-oldest\"
limit = \"4MiB\"
event_limit = \"4MiB\"
block_time = \"1s\"
[[realms]]
name = \"a\"
slow_consumers = { event_limit = \"5MiB\" }
[[realms]]
name = \"b\"
slow_consumers = { block_time = \"2s\" }
roles = [
    { name = \"a\", slow_consumers = { policy = \"disconnect\", event_limit = 4194305 } },
    { name = \"b\", slow_consumers = { policy = \"drop-newest\", block_time = \"3s\" } },
]
",
        );
        assert_snapshot!(wrong.unwrap_err(), @r#"
        wamp.toml:5:14: `block_time` goes with the policy "block-publisher": leave it out, or set `policy`
        wamp.toml:8:34: `event_limit` must be at most the `limit` of [slow_consumers], 4MiB: say less, or a larger `limit`
        wamp.toml:11:33: `block_time` goes with the policy "block-publisher": leave it out, or set `policy`
        wamp.toml:13:75: `event_limit` must be at most the `limit` of [slow_consumers], 4MiB: say less, or a larger `limit`
        wamp.toml:14:75: `block_time` goes with the policy "block-publisher": leave it out, or set `policy`
        "#);
        // What is said for others further down is not for nobody.
        let config = parse(
            "[slow_consumers]
block_time = \"1s\"
[[realms]]
name = \"a\"
slow_consumers = { policy = \"drop-oldest\", block_time = \"2s\" }
roles = [{ name = \"a\", slow_consumers = { policy = \"block-publisher\" } }]
",
        )
        .unwrap();
        let role = &config.realms[0].roles.as_ref().unwrap()[0];
        let time = role.slow_consumers.unwrap().block_time;
        assert_eq!(time, std::time::Duration::from_secs(2));
        let wrong = parse(
            "[slow_consumers]\nlimit = \"1MiB\"\nevent_limit = \"1MiB\"\n[[realms]]\nname = \"a\"\nslow_consumers = { policy = \"block-publisher\" }\n",
        );
        assert_snapshot!(wrong.unwrap_err(), @"wamp.toml:6:29: `event_limit` must be below the `limit` of [slow_consumers], 1MiB, for publishers to wait: say less, or a larger `limit`");
    }

    #[test]
    fn a_small_limit_of_all_makes_the_usual_one_of_events_smaller() {
        let text = "[slow_consumers]\nlimit = \"4MiB\"\n[[realms]]\nname = \"a\"\nslow_consumers = { policy = \"block-publisher\" }\nroles = [{ name = \"a\", slow_consumers = { policy = \"disconnect\" } }]\n";
        let config = parse(text).unwrap();
        let realm = &config.realms[0];
        assert_eq!(realm.slow_consumers.event_limit, Some(2 << 20));
        let role = &realm.roles.as_ref().unwrap()[0];
        assert_eq!(role.slow_consumers.unwrap().event_limit, None);
        let (text, _) = text.split_once("roles").unwrap();
        let config = parse(text).unwrap();
        let again = parse(&config.effective()).unwrap();
        assert_eq!(again.effective(), config.effective());
    }
}
