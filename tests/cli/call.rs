//! `wamp call`: arguments on their way out, results on their way back.

use insta::assert_snapshot;

use crate::support::{Router, file, wamp};

/// What comes back from an echo.
fn echo(router: &Router, arguments: &[&str]) -> String {
    router
        .wamp(["call", "com.echo"])
        .args(arguments)
        .run()
        .clean()
}

#[test]
fn a_sum_is_a_bare_number() {
    let router = Router::start();
    let _callee = router.register(["com.add", "--return", "5"]);
    assert_eq!(
        router.wamp(["call", "com.add", "2", "3"]).run().clean(),
        "5\n"
    );
}

#[test]
fn results_have_the_shape_of_their_payload() {
    let router = Router::start();
    let _callee = router.register(["com.echo", "--echo"]);
    for (arguments, printed) in [
        (&[][..], ""),
        (&["hello world"], "hello world\n"),
        (&["007"], "007\n"),
        (&["null"], "null\n"),
        (&["1.5"], "1.5\n"),
        (&["-7"], "-7\n"),
        (&["1", "x", "true"], "[1,\"x\",true]\n"),
        (&["{\"z\":1,\"a\":[]}"], "{\"z\":1,\"a\":[]}\n"),
        (
            &["z=1", "a=x"],
            "{\"args\":[],\"kwargs\":{\"z\":1,\"a\":\"x\"}}\n",
        ),
        (
            &["7", "id:s=007"],
            "{\"args\":[7],\"kwargs\":{\"id\":\"007\"}}\n",
        ),
        (&["18446744073709551615"], "18446744073709551615\n"),
        (&["-9223372036854775808"], "-9223372036854775808\n"),
        (
            &["--args", "[1,[2]]", "--kwargs", "{\"a\":1}"],
            "{\"args\":[1,[2]],\"kwargs\":{\"a\":1}}\n",
        ),
    ] {
        assert_eq!(echo(&router, arguments), printed, "{arguments:?}");
    }
}

#[test]
fn values_survive_every_serializer_on_either_side() {
    let router = Router::start();
    let serializers = ["json", "msgpack", "cbor"];
    let arguments = [
        "9223372036854775807",
        "0.1",
        "null",
        "false",
        "żółć ☕",
        "{\"a\":[{\"b\":null}]}",
        ":b=AAH/",
        "k:b=EOP/",
    ];
    let printed = "{\"args\":[9223372036854775807,0.1,null,false,\"żółć ☕\",{\"a\":[{\"b\":null}]},\"\\u0000AAH/\"],\
                   \"kwargs\":{\"k\":\"\\u0000EOP/\"}}\n";
    for callee in serializers {
        let _callee = router.register(["com.echo", "--echo", "--serializer", callee]);
        for caller in serializers {
            let call = router.wamp(["call", "com.echo", "--serializer", caller]);
            assert_eq!(
                call.args(arguments).run().clean(),
                printed,
                "{callee} {caller}"
            );
        }
    }
}

#[test]
fn files_and_standard_input_are_arguments() {
    let router = Router::start();
    let _callee = router.register(["com.echo", "--echo"]);
    let (_folder, path) = file("order.json", "{\"n\": 1}\n");
    let path = path.display();
    assert_eq!(echo(&router, &[&format!("@{path}")]), "{\"n\": 1}\n\n");
    assert_eq!(echo(&router, &[&format!(":=@{path}")]), "{\"n\":1}\n");
    let call = router.wamp(["call", "com.echo", ":=@-"]).input("[1, 2]\n");
    assert_eq!(call.run().clean(), "[1,2]\n");
}

#[test]
fn an_envelope_that_was_printed_can_be_sent() {
    let router = Router::start();
    let _callee = router.register(["com.echo", "--echo"]);
    let printed = echo(&router, &["1", "a=2", "-o", "json"]);
    let head =
        "{\"type\":\"result\",\"uri\":\"com.echo\",\"args\":[1],\"kwargs\":{\"a\":2},\"details\":{";
    assert!(printed.starts_with(head), "{printed}");
    assert_eq!(printed.lines().count(), 1);
    let again = router
        .wamp(["call", "com.echo", "--input", "@-"])
        .input(printed);
    assert_eq!(again.run().clean(), "{\"args\":[1],\"kwargs\":{\"a\":2}}\n");
}

#[test]
fn layouts() {
    let router = Router::start();
    let _callee = router.register(["com.echo", "--echo"]);
    assert_eq!(echo(&router, &["[1]", "-o", "pretty"]), "[\n  1\n]\n");
    assert_eq!(echo(&router, &[":b=AQI=", "-o", "raw"]), "\u{1}\u{2}");
    assert_eq!(echo(&router, &["x\u{1b}[2J"]), "x\u{1b}[2J\n");
    let details = echo(&router, &["1", "-d"]);
    assert!(
        details.starts_with("{\"args\":[1],\"kwargs\":{},\"details\":{"),
        "{details}"
    );
}

#[test]
fn the_environment_and_options_before_the_command() {
    let router = Router::with(&["--realm", "com.other"]);
    let _callee = router
        .wamp(["register", "com.echo", "--echo", "-r", "com.other"])
        .start_ready();
    let call = router
        .wamp(["call", "com.echo", "1"])
        .env("WAMP_REALM", "com.other");
    assert_eq!(call.env("WAMP_OUTPUT", "pretty").run().clean(), "1\n");
    // An option wins over the environment wherever it stands.
    let call = router.wamp(["--realm", "com.other", "call", "com.echo", "1"]);
    assert_eq!(call.env("WAMP_REALM", "com.none").run().clean(), "1\n");
}

#[test]
fn an_empty_variable_counts_as_none() {
    let router = Router::start();
    let _callee = router.register(["com.echo", "--echo"]);
    let names = ["REALM", "SERIALIZER", "AUTHID", "AUTHROLE", "OUTPUT"];
    let call = names
        .iter()
        .fold(router.wamp(["call", "com.echo", "1"]), |call, name| {
            call.env(&format!("WAMP_{name}"), "")
        });
    assert_eq!(call.run().clean(), "1\n");
    let call = wamp(["call", "com.echo", "1", "-u", &router.url]);
    assert_eq!(call.env("WAMP_URL", "").run().clean(), "1\n");
}

#[test]
fn wamp_options_are_typed() {
    let router = Router::start();
    let _callee = router.register(["com.p.", "--echo", "-O", "match=prefix"]);
    let call = router.wamp(["call", "com.p.q", "1", "-O", "timeout=60000"]);
    assert_eq!(call.run().clean(), "1\n");
    let error = router
        .wamp(["call", "com.p.q", "-O", "timeout=soon"])
        .run()
        .failed(2);
    assert_snapshot!(error, @r#"
    wamp: error: --option: timeout: expected a non-negative integer, found "soon"
      timeout=soon
      ^
    "#);
}

#[test]
fn what_cannot_be_sent_is_a_bad_argument() {
    let router = Router::start();
    let deep = format!("{}{}", "[".repeat(70), "]".repeat(70));
    let error = router.wamp(["call", "com.p", &deep]).run().failed(2);
    assert!(error.contains("nested deeper than 64 levels"), "{error}");
}

#[test]
fn a_call_many_times_one_at_a_time_or_several() {
    let router = Router::start();
    let _callee = router.register(["com.echo", "--echo"]);
    for parallel in [&["-n", "3"][..], &["-n", "3", "-P", "7"]] {
        let call = router.wamp(["call", "com.echo", "x"]).args(parallel);
        assert_eq!(call.run().clean(), "x\nx\nx\n");
    }
    let call = router.wamp([
        "call", "com.echo", "x", "-n", "2", "-i", "1ms", "-o", "json",
    ]);
    assert_eq!(call.run().clean().lines().count(), 2);
    for alone in [["-i", "1s"], ["-P", "2"]] {
        let error = router
            .wamp(["call", "com.echo"])
            .args(alone)
            .run()
            .failed(2);
        assert!(error.contains("--count <N>"), "{error}");
    }
}

#[test]
fn several_calls_are_under_way_at_once() {
    let router = Router::start();
    // Each invocation waits for as many as there are to be, and so none would end alone.
    let (folder, script) = file(
        "meet",
        "#!/bin/sh\necho > $1/$$\nuntil [ $(ls $1 | wc -l) -ge 4 ]; do :; done\necho met\n",
    );
    let place = folder.path().join("place");
    std::fs::create_dir(&place).unwrap();
    let callee = ["com.meet", "--", "/bin/sh", script.to_str().unwrap()];
    let _callee = router.register(callee.into_iter().chain([place.to_str().unwrap()]));
    let call = router.wamp(["call", "com.meet", "-n", "4", "-P", "4"]);
    assert_eq!(call.run().clean(), "met\nmet\nmet\nmet\n");
}

#[test]
fn how_long_calls_took_is_told_on_standard_error() {
    let router = Router::start();
    let _callee = router.register(["com.echo", "--echo"]);
    let call = |more: &[&str]| {
        let ended = router
            .wamp(["call", "com.echo", "x", "--time"])
            .args(more)
            .run();
        assert_eq!(ended.code, Some(0), "{ended:?}");
        (ended.stdout, ended.stderr)
    };
    let (stdout, stderr) = call(&[]);
    assert_eq!(stdout, "x\n");
    assert!(
        stderr.starts_with("wamp: 1 call in ") && stderr.ends_with(" ms\n"),
        "{stderr}"
    );
    let (stdout, stderr) = call(&["-n", "5", "-q"]);
    assert_eq!(stdout.lines().count(), 5);
    assert!(stderr.starts_with("wamp: 5 calls in "), "{stderr}");
    for column in [": min ", ", median ", ", p99 ", ", max "] {
        assert!(stderr.contains(column), "{stderr}");
    }
    let (_, stderr) = call(&["-n", "5", "-o", "json"]);
    let head = "{\"type\":\"summary\",\"uri\":\"com.echo\",\"args\":[],\"kwargs\":{},\"details\":{\"calls\":5,\"failed\":0,";
    assert!(stderr.starts_with(head), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
}

#[test]
fn the_first_of_many_that_fails_ends_it_or_not() {
    let router = Router::start();
    let _callee = router.register(["com.fail", "--error", "com.no"]);
    let call = router.wamp(["call", "com.fail", "-n", "3"]);
    assert_eq!(call.run().failed(5), "wamp: error: com.fail: com.no\n");
    let call = router.wamp(["call", "com.fail", "-n", "3", "--keep-going", "--time"]);
    let errors = call.run().failed(5);
    assert_eq!(errors.matches("wamp: error: com.fail: com.no\n").count(), 3);
    assert!(
        errors.contains("wamp: 0 calls in ") && errors.ends_with("; 3 failed\n"),
        "{errors}"
    );
    let call = router.wamp(["call", "com.fial", "-n", "0"]);
    let error = call.run().failed(6);
    assert!(error.contains("did you mean com.fail?"), "{error}");
}

#[test]
fn calls_without_end_are_summed_up_when_a_signal_ends_them() {
    let router = Router::start();
    let _callee = router.register(["com.echo", "--echo"]);
    let mut call = router
        .wamp(["call", "com.echo", "x", "-n", "0", "-i", "1ms", "--time"])
        .start();
    assert_eq!([call.line(), call.line()], ["x", "x"]);
    call.signal(crate::support::Signal::INT);
    let ended = call.wait();
    assert_eq!(ended.code, Some(130), "{ended:?}");
    assert!(ended.stderr.contains("median"), "{ended:?}");
}
