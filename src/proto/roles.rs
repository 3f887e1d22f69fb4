//! Roles and the features that peers announce for them.

use bytestring::ByteString;

use super::{Dict, Field, Value};

/// A part that a peer plays in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Client: publishes events.
    Publisher,
    /// Client: receives events.
    Subscriber,
    /// Client: calls procedures.
    Caller,
    /// Client: provides procedures.
    Callee,
    /// Router: hands events from publishers to subscribers.
    Broker,
    /// Router: hands calls from callers to callees.
    Dealer,
}

impl Role {
    /// The roles of a client.
    pub const CLIENT: [Self; 4] = [
        Self::Publisher,
        Self::Subscriber,
        Self::Caller,
        Self::Callee,
    ];
    /// The roles of a router.
    pub const ROUTER: [Self; 2] = [Self::Broker, Self::Dealer];

    /// The key in `roles`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Publisher => "publisher",
            Self::Subscriber => "subscriber",
            Self::Caller => "caller",
            Self::Callee => "callee",
            Self::Broker => "broker",
            Self::Dealer => "dealer",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::CLIENT
            .into_iter()
            .chain(Self::ROUTER)
            .find(|role| role.as_str() == name)
    }
}

macro_rules! features {
    ($($(#[$meta:meta])* $variant:ident = $name:literal,)+) => {
        /// A feature of the Advanced Profile that a role announces.
        ///
        /// Source: Advanced Profile, "Feature Announcement".
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Feature {
            $($(#[$meta])* #[doc = concat!("`", $name, "`")] $variant,)+
        }

        impl Feature {
            /// All features known here.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The key in `features`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

features! {
    ProgressiveCallResults = "progressive_call_results",
    ProgressiveCallInvocations = "progressive_call_invocations",
    CallTimeout = "call_timeout",
    CallCanceling = "call_canceling",
    CallerIdentification = "caller_identification",
    CallTrustlevels = "call_trustlevels",
    RegistrationMetaApi = "registration_meta_api",
    PatternBasedRegistration = "pattern_based_registration",
    SharedRegistration = "shared_registration",
    ShardedRegistration = "sharded_registration",
    RegistrationRevocation = "registration_revocation",
    ProcedureReflection = "procedure_reflection",
    CallReroute = "call_reroute",
    SubscriberBlackwhiteListing = "subscriber_blackwhite_listing",
    PublisherExclusion = "publisher_exclusion",
    PublisherIdentification = "publisher_identification",
    PublicationTrustlevels = "publication_trustlevels",
    SubscriptionMetaApi = "subscription_meta_api",
    PatternBasedSubscription = "pattern_based_subscription",
    ShardedSubscription = "sharded_subscription",
    EventHistory = "event_history",
    EventRetention = "event_retention",
    SubscriptionRevocation = "subscription_revocation",
    TopicReflection = "topic_reflection",
    SessionMetaApi = "session_meta_api",
    TestamentMetaApi = "testament_meta_api",
    PayloadPassthruMode = "payload_passthru_mode",
}

/// A set of features.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Features(u32);

impl Features {
    /// Whether `feature` is announced.
    #[must_use]
    pub const fn has(self, feature: Feature) -> bool {
        self.0 & (1 << feature as u32) != 0
    }

    /// The same set and `feature`.
    #[must_use]
    pub const fn with(self, feature: Feature) -> Self {
        Self(self.0 | (1 << feature as u32))
    }

    const fn without(self, feature: Feature) -> Self {
        Self(self.0 & !(1 << feature as u32))
    }

    /// The features in the set.
    pub fn iter(self) -> impl Iterator<Item = Feature> {
        Feature::ALL
            .iter()
            .copied()
            .filter(move |feature| self.has(*feature))
    }
}

impl FromIterator<Feature> for Features {
    fn from_iter<I: IntoIterator<Item = Feature>>(features: I) -> Self {
        features.into_iter().fold(Self::default(), Self::with)
    }
}

impl std::fmt::Debug for Features {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// The roles of one peer, each with the features it announces. Roles and features that are unknown here are dropped: a
/// peer ignores what it does not implement.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Roles(Vec<(Role, Features)>);

impl Roles {
    /// The same roles and one more.
    #[must_use]
    pub fn with(mut self, role: Role, features: impl IntoIterator<Item = Feature>) -> Self {
        self.0.push((role, features.into_iter().collect()));
        self
    }

    /// Whether the peer plays `role`.
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        self.0.iter().any(|(found, _)| *found == role)
    }

    /// The features announced for `role`; none if the peer does not play it.
    #[must_use]
    pub fn features(&self, role: Role) -> Features {
        self.0
            .iter()
            .find(|(found, _)| *found == role)
            .map_or_else(Features::default, |(_, features)| *features)
    }

    /// The roles and their features.
    pub fn iter(&self) -> impl Iterator<Item = (Role, Features)> {
        self.0.iter().copied()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads `roles`; `None` if a role is no dictionary.
    fn announced(dict: &Dict) -> Option<Self> {
        let mut roles = Self::default();
        for (name, announced) in dict.iter() {
            let Some(role) = Role::named(name) else {
                continue;
            };
            let features = announced.as_dict()?.get("features");
            let features = features
                .and_then(Value::as_dict)
                .into_iter()
                .flat_map(Dict::iter);
            let features = features.fold(Features::default(), |all, (name, value)| {
                match (Feature::named(name), value.as_bool()) {
                    (Some(feature), Some(true)) => all.with(feature),
                    (Some(feature), _) => all.without(feature),
                    (None, _) => all,
                }
            });
            roles.0.push((role, features));
        }
        Some(roles)
    }
}

impl Field for Roles {
    const EXPECTED: &'static str = "a dictionary with a dictionary for each role";

    fn from_value(value: Value) -> Result<Self, Value> {
        let roles = value.as_dict().and_then(Self::announced);
        roles.ok_or(value)
    }

    fn to_value(&self) -> Value {
        let of_role = |features: Features| {
            let features: Dict = features
                .iter()
                .map(|feature| (ByteString::from_static(feature.as_str()), true))
                .collect();
            if features.is_empty() {
                Dict::new()
            } else {
                Dict::new().with(ByteString::from_static("features"), features)
            }
        };
        Value::Dict(
            self.iter()
                .map(|(role, features)| (ByteString::from_static(role.as_str()), of_role(features)))
                .collect(),
        )
    }

    fn detach(&self) -> Self {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_read_back_and_the_unknown_is_ignored() {
        let roles = Roles::default()
            .with(
                Role::Caller,
                [Feature::CallCanceling, Feature::ProgressiveCallResults],
            )
            .with(Role::Publisher, []);
        assert_eq!(Roles::from_value(roles.to_value()), Ok(roles.clone()));
        assert!(roles.features(Role::Caller).has(Feature::CallCanceling));
        assert!(!roles.features(Role::Callee).has(Feature::CallCanceling));

        let stranger = Dict::new().with("juggler", Dict::new()).with(
            "callee",
            Dict::new().with(
                "features",
                Dict::new().with("flying", true).with("call_timeout", false),
            ),
        );
        assert_eq!(
            Roles::from_value(stranger.into()),
            Ok(Roles::default().with(Role::Callee, []))
        );
    }
}
