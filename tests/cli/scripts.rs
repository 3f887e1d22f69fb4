//! Lines of the REPL that nobody types: how each kind of failure ends them, wherever they come from.

use tempfile::TempDir;

use crate::support::{Ended, Router, file, wamp};

/// The same lines as `-c`, as a file, and from a pipe.
fn everywhere(router: &Router, lines: &str) -> [Ended; 3] {
    let (_folder, path) = file("lines.wamp", lines);
    [
        router.wamp(["repl", "-c", lines]).run(),
        router.wamp(["repl", "-f", path.to_str().unwrap()]).run(),
        router.wamp(["repl"]).input(lines).run(),
    ]
}

#[test]
fn each_failure_has_its_code_wherever_the_lines_come_from() {
    let router = Router::start();
    for (lines, code) in [
        ("", 0),
        ("# nothing\n\n", 0),
        ("call wamp.session.count\nquit\nnonsense", 0),
        ("nonsense", 2),
        ("call com.p :=x", 2),
        ("connect ws://127.0.0.1:1/ws", 3),
        ("realm there.is.none", 4),
        ("register com.fail --error com.error.no\ncall com.fail", 5),
        ("call com.nothing", 6),
        ("kill 1", 6),
        ("expect 1 -- call com.nothing", 6),
        ("register com.p --return 1\nexpect 2 -- call com.p", 9),
        (
            "register com.p --return 1 --delay 60s\ncall com.p -t 10ms",
            124,
        ),
        ("wait com.t 1ms", 124),
        ("! exit 17", 17),
        ("! kill -9 $$", 137),
    ] {
        for ended in everywhere(&router, lines) {
            assert_eq!(ended.code, Some(code), "{lines}: {ended:?}");
        }
    }
    for arguments in [["-c", "jobs"], ["-f", "/nowhere/lines"]] {
        let nobody = ["repl", "-u", "ws://127.0.0.1:1/ws"];
        let ended = wamp(nobody).args(arguments).run();
        let code = if arguments[0] == "-c" { 3 } else { 2 };
        assert_eq!(ended.code, Some(code), "{ended:?}");
    }
}

#[test]
fn a_script_that_ends_in_a_quote_says_where_it_begins() {
    let router = Router::start();
    for (lines, says) in [
        ("jobs\ncall com.p 'never\nclosed\n", "the ' is not closed"),
        ("jobs\ncall com.p {\"a\": [1,\n", "the [ is not closed"),
        ("jobs\ncall com.p \\", "nothing follows the \\"),
    ] {
        for ended in everywhere(&router, lines) {
            assert_eq!(ended.code, Some(2), "{ended:?}");
            assert!(ended.stderr.contains(says), "{ended:?}");
        }
    }
}

#[test]
fn a_file_that_runs_itself_ends_with_an_error() {
    let router = Router::start();
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("self.wamp");
    std::fs::write(&path, format!("! echo once\nsource '{}'\n", path.display())).unwrap();
    let ended = router.wamp(["repl", "-f", path.to_str().unwrap()]).run();
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(
        ended.stderr.contains("in one another are enough"),
        "{ended:?}"
    );
    // Told once, with the place that it has in each file.
    assert_eq!(ended.stderr.matches("error").count(), 1, "{ended:?}");
    assert_eq!(ended.stdout, "once\n".repeat(17));

    // Where failures are passed over it ends as well.
    let arguments = ["repl", "--keep-going", "-f", path.to_str().unwrap()];
    let ended = router.wamp(arguments).run();
    assert_eq!(ended.code, Some(2), "{ended:?}");
}

#[test]
fn a_file_that_is_not_there_is_told_and_passed_over_if_that_is_wanted() {
    let router = Router::start();
    for ended in everywhere(&router, "source /nowhere/lines\n! echo after") {
        assert_eq!((ended.code, &*ended.stdout), (Some(2), ""), "{ended:?}");
        assert!(
            ended.stderr.contains("cannot read /nowhere/lines"),
            "{ended:?}"
        );
    }
    let line = "source /nowhere/lines; ! echo after";
    let ended = router.wamp(["repl", "--keep-going", "-c", line]).run();
    assert_eq!(
        (ended.code, &*ended.stdout),
        (Some(2), "after\n"),
        "{ended:?}"
    );
}

#[test]
fn what_is_no_text_is_no_script() {
    let router = Router::start();
    let (_folder, path) = file("lines.wamp", b"! echo a\ncall com.p \xff\n");
    let ended = router.wamp(["repl", "-f", path.to_str().unwrap()]).run();
    assert_eq!((ended.code, &*ended.stdout), (Some(2), ""), "{ended:?}");
    let ended = router
        .wamp(["repl"])
        .input(b"! echo a\ncall com.p \xff\n")
        .run();
    assert_eq!((ended.code, &*ended.stdout), (Some(2), "a\n"), "{ended:?}");
}

#[test]
fn hundreds_of_jobs_are_begun_and_ended() {
    let router = Router::start();
    let jobs = (0..300).map(|number| {
        format!("register com.p{number} --return {number}\nsubscribe com.t{number} -m prefix\n")
    });
    let numbers = |first: u32| {
        (0..300)
            .map(|number| format!(" {}", first + 2 * number))
            .collect::<String>()
    };
    let lines = format!(
        "{}expect 299 -- call com.p299\npublish com.t299 here --include-me\nwait com.t29\nexpect here\nunreg{}\n\
         expect --error wamp.error.no_such_procedure -- call com.p0\nunsub{}\njobs\n",
        jobs.collect::<String>(),
        numbers(1),
        numbers(2),
    );
    let ended = router.wamp(["-q", "repl"]).input(lines).run();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
}
