//! `slow_consumers`: what is done about sessions that do not take their EVENTs, in a realm or for a role of it.

use super::super::{SlowConsumerPolicy, SlowConsumers};
use super::Config;
use super::effective::{Entries, table};
use super::realms::ConfiguredRealm;
use super::summary::Summary;
use crate::settings::{Section, size};

/// Reads such a table. What it does not say is as it is `above`.
pub(super) fn read(section: &Section<'_>, above: SlowConsumers) -> SlowConsumers {
    let mut slow = above;
    let words = SlowConsumerPolicy::ALL.map(|policy| (policy.as_str(), policy));
    if let Some(policy) = section.get("policy").and_then(|it| it.choice(&words)) {
        slow.policy = policy;
    }
    let limit = section.get("event_limit");
    slow.event_limit = limit.and_then(|it| it.size(LEAST)).or(slow.event_limit);
    if let Some(time) = section.get("block_time").and_then(|it| it.duration()) {
        slow.block_time = time;
    }
    slow
}

/// Reads the table of a realm or role, if it has one.
pub(super) fn inner(
    section: &Section<'_>,
    name: &'static str,
    above: SlowConsumers,
) -> Option<SlowConsumers> {
    let section = section.get("slow_consumers")?.section(name)?;
    let slow = read(&section, above);
    section.finish();
    Some(slow)
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
    pub(super) fn slow_consumers(&mut self, name: &str, realm: &ConfiguredRealm, config: &Config) {
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
            let blocks = slow.policy == SlowConsumerPolicy::BlockPublisher;
            if blocks && slow.most_events() >= config.outbox_limit {
                self.warnings.push(format!(
                    "{name}: `event_limit` is not below the `limit` of [slow_consumers], so {whose} is ended before publishers wait for it"
                ));
            }
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

    use super::super::{ConfigError, Format};
    use super::*;

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
    { name = \"b\", authorizer = \"com.a\", slow_consumers = { policy = \"block-publisher\", event_limit = \"4MiB\" } },
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
        realm above drops the newest events when more than 8MiB of events wait for a session
        realm own drops the newest events when more than 1MiB of events wait for a session
        realm own ends a session of role a that more than 1MiB of events wait for
        realm own has publishers wait for up to 10s when more than 4MiB of events wait for a session of role b, then ends it
        realm own drops the oldest events when more than 1MiB of events wait for a session of role c
        realm own drops the oldest events when more than 2KiB of events wait for a session of role d
        warning: realm own: `event_limit` is not below the `limit` of [slow_consumers], so a session of role b is ended before publishers wait for it
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
}
