use proptest::prelude::*;

use super::*;

/// Few letters, so that much matches.
const URI: &str = "[ab]{1,2}(\\.[ab]{1,2}){0,2}";

fn policy() -> impl Strategy<Value = MatchPolicy> {
    prop_oneof![
        Just(MatchPolicy::Exact),
        Just(MatchPolicy::Prefix),
        Just(MatchPolicy::Wildcard),
    ]
}

fn pattern() -> impl Strategy<Value = (MatchPolicy, String)> {
    (policy(), "[ab]{0,2}(\\.[ab]{0,2}){0,2}")
}

fn rule() -> impl Strategy<Value = PermissionRule> {
    (pattern(), 0_u8..16, 0..8_u8).prop_map(|((policy, uri), allow, asks)| PermissionRule {
        policy,
        uri: uri.into(),
        allow: Actions(allow),
        disclose: Disclosed::default(),
        authorizer: (asks == 0).then(|| "authorize".into()),
        cache: false,
    })
}

/// The rule that decides a URI, found by looking at all of them.
fn decides<'a>(rules: &'a [PermissionRule], uri: &str) -> Option<&'a PermissionRule> {
    let matching = rules
        .iter()
        .filter(|rule| rule.policy.matches(&rule.uri, uri));
    // Of equals the first one counts, where `max_by` has the last.
    matching.rev().max_by(|a, b| a.rank().cmp(&b.rank()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// No configuration grants what no rule allows: what is allowed is so by the rule that decides it, and what is allowed
    /// of a pattern is allowed of every URI that the pattern matches.
    #[test]
    fn nothing_is_granted_that_no_rule_allows(
        rules in prop::collection::vec(rule(), 0..8),
        (policy, asked) in pattern(),
        uris in prop::collection::vec(URI, 1..40),
        action in prop::sample::select(Action::ALL.to_vec()),
    ) {
        let role = RoleRules { name: "r".to_owned(), rules: rules.clone(), authorizer: None };
        let permissions = Permissions::new(vec![role]);
        let whole = permissions.decide("r", action, policy, &asked);
        for uri in uris {
            let verdict = permissions.decide("r", action, MatchPolicy::Exact, &uri);
            let deciding = decides(&rules, &uri);
            let allowed = deciding.is_some_and(|rule| rule.authorizer.is_none() && rule.allow.has(action));
            let asks = deciding.is_some_and(|rule| rule.authorizer.is_some());
            prop_assert_eq!(matches!(verdict, Verdict::Allowed { .. }), allowed, "{}", uri);
            prop_assert_eq!(matches!(verdict, Verdict::Asks(_)), asks, "{}", uri);
            if policy.matches(&asked, &uri) {
                match &whole {
                    Verdict::Allowed { .. } => prop_assert!(allowed, "{} of {:?} {:?}", uri, policy, asked),
                    Verdict::Asks(_) => prop_assert!(allowed || asks, "{} of {:?} {:?}", uri, policy, asked),
                    Verdict::Denied => {}
                }
            }
        }
        let unknown = permissions.decide("s", action, policy, &asked);
        prop_assert_eq!(unknown, Verdict::Denied);
    }
}
