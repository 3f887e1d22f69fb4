//! `wamp authz explain`: which rule decides.

use insta::assert_snapshot;

use crate::support::{file, wamp};

const CONFIG: &str = "\
[[listeners]]
url = \"wss://127.0.0.1:1/ws\"
tls = { cert = \"/nowhere/c.pem\", key = \"/nowhere/k.pem\" }

[[realms]]
name = \"com.shop\"
[[realms.users]]
authid = \"alice\"
role = \"guest\"
ticket = \"env:NOT_SET_WHERE_THE_RULES_ARE_CHECKED\"
[[realms.roles]]
name = \"guest\"
[[realms.roles.permissions]]
uri = \"com.\"
match = \"prefix\"
allow = [\"call\", \"publish\"]
[[realms.roles.permissions]]
uri = \"com.shop.\"
match = \"prefix\"
allow = [\"call\"]
[[realms.roles.permissions]]
uri = \"com.shop.refund\"
authorizer = \"com.shop.authorize\"
[[realms.roles]]
name = \"admin\"
authorizer = \"com.shop.authorize\"
";

/// What is printed with this exit code, without the folder of the file.
fn explain(line: &str, code: i32) -> String {
    let (folder, path) = file("wamp.toml", CONFIG);
    let ended = wamp(["authz", "explain", "-f"])
        .args([&path])
        .args(line.split(' '))
        .run();
    assert_eq!(ended.code, Some(code), "{}{}", ended.stdout, ended.stderr);
    let all = ended.stdout + &ended.stderr;
    all.replace(&format!("{}/", folder.path().display()), "")
}

#[test]
fn the_verdict_with_the_rule_and_its_place() {
    assert_snapshot!(explain("--role guest --action call --uri com.shop.order", 0), @r#"
    allowed
      wamp.toml:17:1: prefix "com.shop." (allows call) allows call
      wamp.toml:13:1: prefix "com." (allows call, publish) has no say: its prefix is less specific
    "#);
    assert_snapshot!(explain("--role guest --action publish --uri com.shop.order", 7), @r#"
    denied
      wamp.toml:17:1: prefix "com.shop." (allows call) does not allow publish
      wamp.toml:13:1: prefix "com." (allows call, publish) has no say: its prefix is less specific
    "#);
    assert_snapshot!(explain("--role guest --action call --uri com.shop.refund", 0), @r#"
    asks com.shop.authorize
      wamp.toml:21:1: exact "com.shop.refund" (asks com.shop.authorize) leaves it to its authorizer
      wamp.toml:17:1: prefix "com.shop." (allows call) has no say: its prefix is less specific
      wamp.toml:13:1: prefix "com." (allows call, publish) has no say: its prefix is less specific
    "#);
    assert_snapshot!(explain("--role guest --action subscribe --uri org.x", 7), @r#"
    denied
      no rule of role "guest" covers it, and the role has no authorizer
    "#);
    assert_snapshot!(explain("--role admin --action register --uri org.x", 0), @r#"
    asks com.shop.authorize
      no rule of role "admin" covers it, so the role's authorizer is asked: com.shop.authorize
    "#);
    assert_snapshot!(explain("--role guest --action call --uri com.shop.order -o json", 0), @r#"{"verdict":"allowed","realm":"com.shop","role":"guest","action":"call","uri":"com.shop.order","match":"exact","asks":[],"deciding":[{"file":"wamp.toml","line":17,"column":1,"uri":"com.shop.","match":"prefix","allow":["call"],"authorizer":null}],"overruled":[{"file":"wamp.toml","line":13,"column":1,"uri":"com.","match":"prefix","allow":["call","publish"],"authorizer":null}],"reasons":["prefix \"com.shop.\" (allows call) allows call","prefix \"com.\" (allows call, publish) has no say: its prefix is less specific"]}"#);
}

#[test]
fn what_the_file_does_not_have() {
    assert_snapshot!(explain("--role gest --action call --uri x", 2), @r#"
    wamp: error: the file has no role "gest"
      hint: did you mean guest?
    "#);
    assert_snapshot!(explain("--role guest --action call --uri x --realm com.ship", 2), @r#"
    wamp: error: the file has no realm "com.ship"
      hint: did you mean com.shop?
    "#);
    assert_snapshot!(explain("--role guest --action call --uri com.", 2), @r#"wamp: error: --uri "com.": a URI must not have an empty component"#);
    assert_snapshot!(explain("--role guest --action cal --uri x", 2), @r#"
    wamp: error: invalid value 'cal' for '--action <A>': "cal" is none of call, register, subscribe, publish
      hint: try `wamp authz explain --help`
    "#);
}

#[test]
fn realms_without_roles_and_any_other_realm() {
    let text =
        "[[realms]]\nname = \"a\"\n[[realms]]\nname = \"*\"\n[[realms.roles]]\nname = \"r\"\n";
    let (_folder, path) = file("wamp.toml", text);
    let run = |realm: &[&str]| {
        wamp([
            "authz", "explain", "--role", "r", "--action", "call", "--uri", "x", "-f",
        ])
        .args([&path])
        .args(realm)
        .run()
    };
    assert_eq!(
        run(&["--realm", "a"]).clean(),
        "allowed\n  the realm has no roles, so everything is allowed\n"
    );
    assert_eq!(run(&["--realm", "whatever"]).code, Some(7));
    assert_eq!(
        run(&[]).failed(2),
        "wamp: error: the file has several realms\n  hint: say --realm: there is a\n"
    );
}

#[test]
fn a_wrong_file_is_told_of_line_by_line() {
    let run = |text: &str| {
        let (folder, path) = file("wamp.toml", text);
        let ended = wamp([
            "authz", "explain", "--role", "r", "--action", "call", "--uri", "x", "-f",
        ])
        .args([&path])
        .run();
        let place = format!("{}/", folder.path().display());
        ended.failed(2).replace(&place, "")
    };
    assert_snapshot!(run("[[realms]]\nname = \"a\"\nuser = 1\n"), @r#"
    wamp: error: wamp.toml:3:1: unknown key `user` in [[realms]]
      hint: did you mean `users`?
    "#);
    assert_snapshot!(run("[[realms]]\nnam = \"a\"\nuser = 1\n"), @r#"
    wamp: error: wamp.toml has 3 faults
      wamp.toml:1:1: [[realms]] lacks `name`
      wamp.toml:2:1: unknown key `nam` in [[realms]]: did you mean `name`?
      wamp.toml:3:1: unknown key `user` in [[realms]]: did you mean `users`?
    "#);
}
