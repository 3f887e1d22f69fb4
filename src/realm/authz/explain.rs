//! Why a request is allowed or denied, for those who write the rules.

use std::fmt;

use crate::proto::{MatchPolicy, Uri};

use super::patterns;
use super::{Action, Compiled, PermissionRule, Permissions, Verdict};

/// What becomes of a request, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What becomes of it.
    pub finding: Finding,
    /// The rules that decide it, the one that settled it first. One at the most, unless a pattern was asked for.
    pub deciding: Vec<PermissionRule>,
    /// The rules that match it too and have no say, the more specific first.
    pub overruled: Vec<PermissionRule>,
    /// The same in words, a sentence for each step.
    pub reasons: Vec<String>,
}

/// What becomes of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It is acted on.
    Allowed,
    /// It is answered with ERROR `wamp.error.not_authorized`.
    Denied,
    /// These procedures are asked, and all of them have to allow it.
    Asks(Vec<Uri>),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Allowed => f.write_str("allowed"),
            Self::Denied => f.write_str("denied"),
            Self::Asks(procedures) => {
                let procedures: Vec<&str> = procedures.iter().map(|uri| &**uri).collect();
                write!(f, "asks {}", procedures.join(" and "))
            }
        }
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.finding)?;
        for reason in &self.reasons {
            write!(f, "\n{reason}")?;
        }
        Ok(())
    }
}

impl fmt::Display for PermissionRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?} ", self.policy, &*self.uri)?;
        match &self.authorizer {
            Some(procedure) => write!(f, "(asks {procedure})"),
            None => write!(f, "(allows {})", self.allow),
        }
    }
}

impl Permissions {
    /// Says what becomes of a request of `role` for a URI, or for a pattern where `policy` is not exact, and why.
    #[must_use]
    pub fn explain(
        &self,
        role: &str,
        action: Action,
        policy: MatchPolicy,
        uri: &str,
    ) -> Explanation {
        let finding = match self.decide(role, action, policy, uri) {
            Verdict::Allowed { .. } => Finding::Allowed,
            Verdict::Denied => Finding::Denied,
            Verdict::Asks(inquiries) => Finding::Asks(
                inquiries
                    .iter()
                    .map(|inquiry| inquiry.procedure.clone())
                    .collect(),
            ),
        };
        let Some(compiled) = self.roles.get(role) else {
            return Explanation {
                finding,
                deciding: Vec::new(),
                overruled: Vec::new(),
                reasons: vec![format!(
                    "role {role:?} is not configured, and may do nothing"
                )],
            };
        };
        compiled.explain(finding, role, action, policy, uri)
    }
}

impl Compiled {
    fn explain(
        &self,
        finding: Finding,
        role: &str,
        action: Action,
        policy: MatchPolicy,
        uri: &str,
    ) -> Explanation {
        let mut decide: Vec<Option<&PermissionRule>> = self.deciding(action, policy, uri).collect();
        // What settles it comes first: a rule that denies, else one that asks.
        decide.sort_by_key(|rule| match (self.verdict_of(*rule, action), &finding) {
            (Finding::Denied, Finding::Denied) => 0,
            (Finding::Asks(_), Finding::Asks(_)) => 1,
            (_, Finding::Allowed) => 1,
            _ => 2,
        });
        let deciding: Vec<PermissionRule> = decide.iter().copied().flatten().cloned().collect();
        let mut overruled: Vec<PermissionRule> = self
            .rules
            .iter()
            .filter(|rule| patterns::intersect((rule.policy, &rule.uri), (policy, uri)))
            .filter(|rule| !deciding.contains(rule))
            .cloned()
            .collect();
        overruled.sort_by_key(|rule| std::cmp::Reverse(rule.rank()));
        let mut reasons = Vec::new();
        for rule in &decide {
            reasons.push(self.reason(*rule, role, action));
        }
        if let Some(first) = deciding.first() {
            let why = |rule: &PermissionRule| {
                if rule.pattern() == first.pattern() || self.is_shadowed(rule) {
                    "an earlier rule has the same pattern".to_owned()
                } else if action == Action::Register && rule.is_reserved() {
                    "registrations do not reach what is under wamp".to_owned()
                } else {
                    format!("{} is less specific", rule.policy_phrase())
                }
            };
            let lost = overruled
                .iter()
                .map(|rule| format!("{rule} has no say: {}", why(rule)));
            reasons.extend(lost);
        }
        Explanation {
            finding,
            deciding,
            overruled,
            reasons,
        }
    }

    /// Whether an earlier rule of the same pattern stands before it.
    fn is_shadowed(&self, rule: &PermissionRule) -> bool {
        let counts = self.index.get(&rule.pattern()).map(|at| &self.rules[*at]);
        counts.is_some_and(|counts| !std::ptr::eq(counts, rule) && counts != rule)
    }

    fn verdict_of(&self, rule: Option<&PermissionRule>, action: Action) -> Finding {
        match self.opinion(rule, action) {
            super::Opinion::Allows { .. } => Finding::Allowed,
            super::Opinion::Denies => Finding::Denied,
            super::Opinion::Asks(inquiry) => Finding::Asks(vec![inquiry.procedure.clone()]),
        }
    }

    fn reason(&self, rule: Option<&PermissionRule>, role: &str, action: Action) -> String {
        match (rule, &self.authorizer) {
            (Some(rule), _) => {
                let says = match self.verdict_of(Some(rule), action) {
                    Finding::Allowed => format!("allows {action}"),
                    Finding::Denied => format!("does not allow {action}"),
                    Finding::Asks(_) => "leaves it to its authorizer".to_owned(),
                };
                format!("{rule} {says}")
            }
            (None, Some(procedure)) => format!(
                "no rule of role {role:?} covers it, so the role's authorizer is asked: {procedure}"
            ),
            (None, None) => {
                format!("no rule of role {role:?} covers it, and the role has no authorizer")
            }
        }
    }
}

impl PermissionRule {
    const fn policy_phrase(&self) -> &'static str {
        match self.policy {
            MatchPolicy::Exact => "an exact match",
            MatchPolicy::Prefix => "its prefix",
            MatchPolicy::Wildcard => "a wildcard pattern",
        }
    }
}
