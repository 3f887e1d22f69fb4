//! Flags that are options of one message, as the router gets them.

use wampkit::proto::{
    CallOptions, Dict, DictFields as _, Id, InvocationPolicy, Message, MessageType, PublishOptions,
    Recipients, RegisterOptions, SubscribeOptions,
};

use super::scripted::Scripted;
use crate::support::{file, wamp};

fn published(arguments: &[&str]) -> PublishOptions {
    let router = Scripted::without_procedures();
    let publish = router.wamp(["publish", "com.t", "1", "--no-ack"]);
    publish.args(arguments).run().clean();
    match router.received(MessageType::Publish) {
        Message::Publish(publish) => publish.options,
        other => panic!("{other:?}"),
    }
}

fn called(arguments: &[&str]) -> CallOptions {
    let router = Scripted::start(|_, _| Ok(5.into()));
    let call = router.wamp(["call", "com.p"]).args(arguments);
    assert_eq!(call.run().clean(), "5\n");
    match router.received(MessageType::Call) {
        Message::Call(call) => call.options,
        other => panic!("{other:?}"),
    }
}

fn subscribed(arguments: &[&str]) -> SubscribeOptions {
    let router = Scripted::without_procedures();
    let _subscriber = router
        .wamp(["subscribe", "com.t"])
        .args(arguments)
        .start_ready();
    match router.received(MessageType::Subscribe) {
        Message::Subscribe(subscribe) => subscribe.options,
        other => panic!("{other:?}"),
    }
}

fn registered(arguments: &[&str]) -> RegisterOptions {
    let router = Scripted::without_procedures();
    let register = router.wamp(["register", "com.p", "--echo"]).args(arguments);
    let _callee = register.start_ready();
    match router.received(MessageType::Register) {
        Message::Register(register) => register.options,
        other => panic!("{other:?}"),
    }
}

#[test]
fn nothing_is_sent_that_was_not_asked_for() {
    assert_eq!(published(&[]).to_dict(), Dict::new());
    assert_eq!(called(&[]).to_dict(), Dict::new());
    assert_eq!(subscribed(&[]).to_dict(), Dict::new());
    assert_eq!(registered(&[]).to_dict(), Dict::new());
}

#[test]
fn publish() {
    let flags = ["--retain", "--include-me", "--disclose-me"];
    let expected = PublishOptions {
        retain: Some(true),
        exclude_me: Some(false),
        disclose_me: Some(true),
        ..PublishOptions::default()
    };
    assert_eq!(published(&flags), expected);
}

#[test]
fn whom_an_event_reaches() {
    let flags = [
        "--exclude=1,2",
        "--exclude-authid=joe,jane",
        "--exclude-authrole=guest",
        "--eligible=3",
        "--eligible=4",
        "--eligible-authid=007",
        "--eligible-authrole=staff",
    ];
    let ids = |ids: [u64; 2]| Some(ids.into_iter().filter_map(Id::new).collect());
    let names = |names: &[&str]| Some(names.iter().map(|&name| name.into()).collect());
    let expected = Recipients {
        exclude: ids([1, 2]),
        exclude_authid: names(&["joe", "jane"]),
        exclude_authrole: names(&["guest"]),
        eligible: ids([3, 4]),
        eligible_authid: names(&["007"]),
        eligible_authrole: names(&["staff"]),
        ..Recipients::default()
    };
    assert_eq!(published(&flags).recipients.as_deref(), Some(&expected));
    // Flags add to what is spelled out; a list that is empty is a list.
    let both = published(&["-O", "eligible=[]", "-O", "exclude=[9]", "--exclude", "1"]);
    assert_eq!(
        both.to_dict(),
        Dict::new()
            .with("exclude", vec![9, 1])
            .with("eligible", Vec::<u64>::new())
    );
}

#[test]
fn call_subscribe_and_register() {
    assert_eq!(called(&["--disclose-me"]).disclose_me, Some(true));
    assert_eq!(subscribed(&["--retained"]).get_retained, Some(true));
    let expected = RegisterOptions {
        invoke: Some(InvocationPolicy::RoundRobin),
        concurrency: Some(3),
        force_reregister: Some(true),
        ..RegisterOptions::default()
    };
    let flags = ["--invoke", "roundrobin", "--concurrency", "3", "--force"];
    assert_eq!(registered(&flags), expected);
}

/// Neither gives way to the other.
#[test]
fn an_option_is_said_once() {
    for line in [
        &["call", "com.p", "-O", "timeout=5000", "-t", "1"][..],
        &["-t", "1", "call", "com.p", "-O", "timeout=5000"],
        &["call", "com.p", "-O", "receive_progress=true", "-p"],
        &["call", "com.p", "-O", "disclose_me=false", "--disclose-me"],
        &["publish", "com.t", "-O", "retain=false", "--retain"],
        &["pub", "com.t", "-O", "acknowledge:=true", "--no-ack"],
        &[
            "publish",
            "com.t",
            "--ppt-scheme=mqtt",
            "-O",
            "ppt_scheme=x_a",
        ],
        &["subscribe", "com.t", "-O", "match=exact", "-m", "prefix"],
        &[
            "subscribe",
            "com.t",
            "-O",
            "get_retained=false",
            "--retained",
        ],
        &[
            "register",
            "com.p",
            "--echo",
            "-Oinvoke=last",
            "--invoke=first",
        ],
        &["repl", "--embedded", "-c", "call com.p -O timeout=1 -t 1"],
    ] {
        let message = wamp(line).run().failed(2);
        assert!(
            message.contains("cannot be used with '--option"),
            "{message}"
        );
        assert!(message.contains("both say"), "{message}");
    }
}

#[test]
fn what_no_flag_says_does_not_give_way() {
    assert_eq!(
        called(&["-O", "receive_progress=true"]).receive_progress,
        Some(true)
    );
    let (folder, _) = file(".wamp.toml", "timeout = \"9s\"\n");
    let call = wamp(["call", "com.p", "--dry-run", "-O", "timeout=5000"]);
    let printed = call.current_dir(folder.path()).run().clean();
    assert_eq!(printed, "[48,1,{\"timeout\":5000},\"com.p\"]\n");
}

#[test]
fn what_is_wrong_is_said_in_words_of_ours() {
    let ls = wamp(["ls", "procedures"]);
    let message = ls.env("WAMP_OUTPUT", "bad").run().failed(2);
    assert!(
        message.contains("invalid value 'bad' in WAMP_OUTPUT"),
        "{message}"
    );
    for (line, words) in [
        (
            ["call", "com.p", "-n=-1"],
            "write a whole number, 0 or more",
        ),
        (["call", "com.p", "-P0"], "write 1 or more"),
        (["subscribe", "com.t", "--history=0"], "write 1 or more"),
        (["call", "com.p", ":=[1"], "the list is not closed"),
    ] {
        let message = wamp(line).run().failed(2);
        assert!(message.contains(words), "{message}");
    }
}
