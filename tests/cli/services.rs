//! `wamp router --test-services`.

use std::fs;

use crate::support::{Router, Signal, file, wamp};

#[test]
fn there_is_something_to_call() {
    let router = Router::with(&["--test-services"]);
    let call = |words: &str| router.wamp(["call"]).args(words.split(' ')).run();
    assert_eq!(call("test.add 2 3").clean(), "5\n");
    assert_eq!(call("test.add 2 0.5").clean(), "2.5\n");
    let printed = call("test.echo 1 a=2").clean();
    assert_eq!(printed, "{\"args\":[1],\"kwargs\":{\"a\":2}}\n");
    let echo = router.wamp(["call", "-p", "--stream", "test.echo"]);
    assert_eq!(echo.input("1\n2\n").run().clean(), "1\n2\n");
    assert_eq!(call("test.sleep 0.001").clean(), "");
    assert_eq!(call("-p test.progress 2").clean(), "1\n2\n2\n");
    assert_eq!(call("test.progress 2 0.001").clean(), "2\n");
    assert_eq!(
        call("test.fail com.my.error 1 a=2").failed(5),
        "wamp: error: test.fail: com.my.error\n  args: [1]  kwargs: {\"a\":2}\n"
    );
    assert_eq!(
        call("test.fail").failed(5),
        "wamp: error: test.fail: test.error.failed\n"
    );
    for wrong in [
        "test.add x",
        "test.add 18446744073709551615 1",
        "test.sleep -1",
        "test.sleep x",
        "test.fail a..b",
        "test.fail 5",
        "test.progress -1",
    ] {
        let error = call(wrong).failed(5);
        assert!(error.contains("wamp.error.invalid_argument"), "{error}");
    }
}

#[test]
fn there_is_something_to_subscribe_to() {
    let router = Router::with(&["--test-services", "--realm", "com.a", "--realm", "com.b"]);
    for realm in ["com.a", "com.b"] {
        let words = [
            "subscribe",
            "test.tick",
            "-qn",
            "2",
            "-r",
            realm,
            "-o",
            "raw",
        ];
        let printed = router.wamp(words).run().clean();
        assert_eq!(printed.lines().count(), 2, "{printed}");
        for line in printed.lines() {
            assert!(line.starts_with("{\"count\":"), "{line}");
        }
    }
}

#[test]
fn they_are_there_before_the_command() {
    let wamp_itself = env!("CARGO_BIN_EXE_wamp");
    let router = wamp(["router", "--port", "0", "--test-services", "--"]);
    let ended = router
        .args([wamp_itself, "call", "test.add", "2", "3"])
        .run();
    assert_eq!(ended.clean(), "5\n");
}

#[test]
fn they_are_told_at_the_start() {
    let mut router = wamp(["router", "--port", "0", "--test-services"]).start();
    router.note("test services in realm1: test.echo, test.add, test.sleep");
}

#[test]
fn without_the_option_there_are_none() {
    let router = Router::start();
    router.wamp(["call", "test.echo"]).run().failed(6);
}

#[test]
fn the_realms_rules_say_who_may_call_them_and_a_hangup_brings_new_realms() {
    let realm = "[[realms]]
name = \"com.a\"
anonymous = { role = \"guest\" }
[[realms.roles]]
name = \"guest\"
permissions = [{ uri = \"test.add\", allow = [\"call\"] }]
";
    let (_folder, path) = file("wamp.toml", realm);
    let path_text = path.display().to_string();
    let words = ["router", "--port", "0", "--test-services", "-f", &path_text];
    let mut router = wamp(words).start();
    let url = router.line().replace("WAMP_URL=", "");
    let call = |realm: &str, words: &str| {
        let call = wamp(["call", "-u", &url, "-r", realm]);
        call.args(words.split(' ')).run()
    };
    assert_eq!(call("com.a", "test.add 2 3").clean(), "5\n");
    call("com.a", "test.echo").failed(7);
    let register = wamp(["register", "-u", &url, "-r", "com.a", "test.add", "--echo"]);
    register.run().failed(7);

    fs::write(&path, format!("{realm}{}", realm.replace("com.a", "com.b"))).unwrap();
    router.signal(Signal::HUP);
    router.note("test services in com.b");
    assert_eq!(call("com.b", "test.add 2 3").clean(), "5\n");
    assert_eq!(call("com.a", "test.add 2 3").clean(), "5\n");

    fs::write(&path, realm.replace("com.a", "com.b")).unwrap();
    router.signal(Signal::HUP);
    router.note("was read again");
    assert_eq!(call("com.b", "test.add 2 3").clean(), "5\n");
    call("com.a", "test.add 2 3").failed(4);
}
