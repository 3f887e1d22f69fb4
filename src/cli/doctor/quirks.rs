//! What is known about routers of other makers, in sentences.

use wampkit::proto::{Feature, Role, WelcomeDetails};

/// Whose router it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Router {
    Wamp,
    Crossbar,
    Nexus,
    Nxt,
    Other,
}

impl Router {
    /// By its agent, and where it gives none by what else is peculiar to its WELCOME.
    pub(super) fn of(details: &WelcomeDetails) -> Self {
        let agent = details.agent.as_deref().unwrap_or_default();
        let agent = agent.to_ascii_lowercase();
        for (name, router) in [
            ("wamp", Self::Wamp),
            ("crossbar", Self::Crossbar),
            ("nexus", Self::Nexus),
            ("nxt", Self::Nxt),
            ("xconn", Self::Nxt),
        ] {
            if agent.starts_with(name) {
                return router;
            }
        }
        if !agent.is_empty() {
            return Self::Other;
        }
        let peculiar = |key: &str| key.starts_with("x_cb_");
        let extra = details.authextra.iter().flat_map(|extra| extra.iter());
        if details
            .extra
            .iter()
            .chain(extra)
            .any(|(key, _)| peculiar(key))
        {
            return Self::Crossbar;
        }
        let announces = |role, feature| {
            let roles = details.roles.as_ref();
            roles.is_some_and(|roles| roles.features(role).has(feature))
        };
        let history = announces(Role::Broker, Feature::EventHistory);
        if details.realm.is_none() && history {
            return Self::Nexus;
        }
        let dealer = details.roles.as_ref().map(|it| it.features(Role::Dealer));
        let few = dealer.is_some_and(|features| features.iter().count() == 2);
        if few && announces(Role::Dealer, Feature::ProgressiveCallInvocations) {
            return Self::Nxt;
        }
        Self::Other
    }

    /// Its name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Wamp => "wamp",
            Self::Crossbar => "crossbar",
            Self::Nexus => "nexus",
            Self::Nxt => "nxt",
            Self::Other => "router",
        }
    }

    /// What one should know about it.
    pub(super) const fn quirks(self) -> &'static [&'static str] {
        match self {
            Self::Wamp | Self::Other => &[],
            Self::Crossbar => &[
                "It closes the connection upon a URI that it does not like, without an ERROR.",
                "It closes the connection upon a malformed message, without an ABORT.",
                "It tells callers and publishers where its configuration says so, and not upon disclose_me.",
                "A call that takes too long may end with wamp.error.canceled.",
                "It keeps any number of events for a subscriber that does not read.",
                "It does not survive the pings of RawSocket.",
            ],
            Self::Nexus => &[
                "It drops events for a slow subscriber beyond 64, and tells nobody but its log.",
                "Anybody may publish meta events, so that they can be forged.",
                "Lookups that find nothing answer 0 rather than null.",
                "It does not say in WELCOME which realm was joined.",
            ],
            Self::Nxt => &[
                "UNREGISTER of an unknown registration ends the router's process.",
                "A caller waits for ever when the callee goes away in the middle of a call.",
                "It drops events for a slow subscriber, and tells nobody but its log.",
                "It gives out the same session ids after each restart.",
                "Patterns, progressive results and shared registrations work though they are not announced.",
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use wampkit::proto::{Dict, Roles};

    use super::*;

    #[test]
    fn routers_are_known_by_what_they_say() {
        let agent = |agent: &str| WelcomeDetails {
            agent: Some(agent.into()),
            ..WelcomeDetails::default()
        };
        assert_eq!(Router::of(&agent("wamp-1.0")), Router::Wamp);
        assert_eq!(Router::of(&agent("wampkit-1.0")), Router::Wamp);
        assert_eq!(Router::of(&agent("Crossbar.io-26")), Router::Crossbar);
        assert_eq!(Router::of(&agent("bondy")), Router::Other);
        assert_eq!(Router::of(&WelcomeDetails::default()), Router::Other);
        let crossbar = WelcomeDetails {
            authextra: Some(Dict::new().with("x_cb_node", "n")),
            ..WelcomeDetails::default()
        };
        assert_eq!(Router::of(&crossbar), Router::Crossbar);
        let roles = |role, features: &[Feature]| WelcomeDetails {
            roles: Some(Roles::default().with(role, features.iter().copied())),
            ..WelcomeDetails::default()
        };
        let nexus = roles(Role::Broker, &[Feature::EventHistory]);
        assert_eq!(Router::of(&nexus), Router::Nexus);
        let nxt = [Feature::CallCanceling, Feature::ProgressiveCallInvocations];
        assert_eq!(Router::of(&roles(Role::Dealer, &nxt)), Router::Nxt);
        for router in [Router::Crossbar, Router::Nexus, Router::Nxt] {
            assert!(!router.quirks().is_empty());
        }
    }
}
