//! `wamp authz explain`.

use wampkit::proto::{Dict, Uri, Value};
use wampkit::realm::{Explanation, Finding, PermissionRule};
use wampkit::router::config::{Config, ConfiguredRealm, RoleSetup};

use super::args::{AuthzArgs, AuthzCommand, ExplainArgs};
use super::console::Console;
use super::error::CliError;
use super::exit::Exit;
use super::output::Format;
use super::suggestion::nearest;
use super::{json, sanitize};

/// Says what a role may do by the rules of a configuration file.
///
/// # Errors
/// A file that is wrong, a role or realm that it does not have.
pub(crate) fn run(args: &AuthzArgs, console: &Console) -> Result<Exit, CliError> {
    let AuthzCommand::Explain(args) = &args.command;
    let config = Config::read_rules(&args.config).map_err(CliError::of_config)?;
    let (name, realm) = realm(&config, args.realm.as_deref())?;
    let verdict = Verdict::of(args, name, realm)?;
    if console.format() == Format::Json {
        console.line(&json::compact(&verdict.to_value().into()))?;
    } else {
        for line in verdict.lines() {
            console.line(&sanitize::line(&line))?;
        }
    }
    Ok(match verdict.explanation.finding {
        Finding::Allowed | Finding::Asks(_) => Exit::Success,
        Finding::Denied => Exit::NotAuthorized,
    })
}

/// The realm that is meant, with its name.
fn realm<'a>(
    config: &'a Config,
    wanted: Option<&'a str>,
) -> Result<(&'a str, &'a ConfiguredRealm), CliError> {
    let named = || {
        config
            .realms
            .iter()
            .map(|realm| (&*realm.config.uri, realm))
    };
    let any = config.template.as_ref();
    let names = || named().map(|(name, _)| name.to_owned()).collect::<Vec<_>>();
    let Some(wanted) = wanted else {
        let mut all = named().chain(any.map(|realm| (ANY, realm)));
        return match (all.next(), all.next()) {
            (Some(only), None) => Ok(only),
            (None, _) => Err(usage("the file has no realms".to_owned(), None)),
            _ => {
                let hint = format!("say --realm: there is {}", names().join(", "));
                Err(usage("the file has several realms".to_owned(), Some(hint)))
            }
        };
    };
    named()
        .find(|(name, _)| *name == wanted)
        .or_else(|| any.map(|realm| (wanted, realm)))
        .ok_or_else(|| unknown("realm", wanted, names()))
}

/// What the rules say about one request.
struct Verdict<'a> {
    args: &'a ExplainArgs,
    realm: &'a str,
    /// `None` where the realm has no roles.
    role: Option<&'a RoleSetup>,
    explanation: Explanation,
}

impl<'a> Verdict<'a> {
    fn of(
        args: &'a ExplainArgs,
        name: &'a str,
        realm: &'a ConfiguredRealm,
    ) -> Result<Self, CliError> {
        let (Some(roles), Some(permissions)) = (&realm.roles, &realm.config.permissions) else {
            return Ok(Self {
                args,
                realm: name,
                role: None,
                explanation: Explanation {
                    finding: Finding::Allowed,
                    deciding: Vec::new(),
                    overruled: Vec::new(),
                    reasons: vec!["the realm has no roles, so everything is allowed".to_owned()],
                },
            });
        };
        Uri::from(args.uri.as_str())
            .check_pattern(args.policy, realm.config.uri_rule)
            .map_err(|fault| usage(format!("--uri {:?}: {fault}", args.uri), None))?;
        let role = roles.iter().find(|role| role.rules.name == args.role);
        let role = role.ok_or_else(|| {
            let names = roles.iter().map(|role| role.rules.name.clone());
            unknown("role", &args.role, names.collect())
        })?;
        Ok(Self {
            args,
            realm: name,
            role: Some(role),
            explanation: permissions.explain(&args.role, args.action, args.policy, &args.uri),
        })
    }

    /// For people: the verdict, then a line for each reason, with the place of the rule that it is about.
    fn lines(&self) -> Vec<String> {
        let mut lines = vec![self.explanation.finding.to_string()];
        for reason in &self.explanation.reasons {
            let rules = self.role.iter().flat_map(|role| &role.rules.rules);
            // A reason begins with the rule that it is about.
            let about = rules.filter(|rule| reason.starts_with(&rule.to_string()));
            let place = about.max_by_key(|rule| rule.to_string().len());
            let place = place.and_then(|rule| self.role?.place_of(rule));
            lines.push(match place {
                Some(place) => format!("  {}:{place}: {reason}", self.args.config.display()),
                None => format!("  {reason}"),
            });
        }
        lines
    }

    fn to_value(&self) -> Dict {
        let explanation = &self.explanation;
        let (verdict, asks) = match &explanation.finding {
            Finding::Allowed => ("allowed", Vec::new()),
            Finding::Denied => ("denied", Vec::new()),
            Finding::Asks(procedures) => ("asks", procedures.clone()),
        };
        let rules = |rules: &[PermissionRule]| {
            let rules = rules.iter().map(|rule| Value::from(self.rule(rule)));
            rules.collect::<Vec<_>>()
        };
        Dict::new()
            .with("verdict", verdict)
            .with("realm", self.realm)
            .with("role", self.args.role.as_str())
            .with("action", self.args.action.name())
            .with("uri", self.args.uri.as_str())
            .with("match", self.args.policy.as_str())
            .with("asks", texts(asks.iter().map(|uri| &**uri)))
            .with("deciding", rules(&explanation.deciding))
            .with("overruled", rules(&explanation.overruled))
            .with("reasons", texts(explanation.reasons.iter().map(|it| &**it)))
    }

    fn rule(&self, rule: &PermissionRule) -> Dict {
        let place = self.role.and_then(|role| role.place_of(rule));
        let number = |number: Option<usize>| {
            let number = number.and_then(|number| i64::try_from(number).ok());
            number.map_or(Value::Null, Value::from)
        };
        let authorizer = rule.authorizer.as_deref();
        Dict::new()
            .with("file", self.args.config.display().to_string())
            .with("line", number(place.map(|place| place.line)))
            .with("column", number(place.map(|place| place.column)))
            .with("uri", &*rule.uri)
            .with("match", rule.policy.as_str())
            .with(
                "allow",
                texts(rule.allow.iter().map(|action| action.name())),
            )
            .with("authorizer", authorizer.map_or(Value::Null, Value::from))
    }
}

fn texts<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<Value> {
    texts.map(Value::from).collect()
}

fn unknown(what: &str, wanted: &str, known: Vec<String>) -> CliError {
    let all = known.join(", ");
    let hint = match nearest(wanted, known) {
        Some(meant) => format!("did you mean {meant}?"),
        None => format!("there is {all}"),
    };
    usage(format!("the file has no {what} {wanted:?}"), Some(hint))
}

const fn usage(message: String, hint: Option<String>) -> CliError {
    CliError::Usage { message, hint }
}

/// The name of the realm that stands for any other.
const ANY: &str = "*";
