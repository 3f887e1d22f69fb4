//! Arguments, variables and paths that are no UTF-8. URIs and values are text, so those are refused; what goes to another
//! program, and what names a file, is bytes.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;

use crate::support::{Router, wamp};

/// No UTF-8 on its own or with others.
fn bytes(text: &[u8]) -> OsString {
    OsStr::from_bytes(text).to_owned()
}

#[test]
fn text_that_is_none_is_refused() {
    let odd = || bytes(b"com.\xff");
    for mut words in [
        vec!["call".into()],
        vec!["call".into(), "p".into()],
        vec!["call".into(), "p".into(), "--args".into()],
        vec!["call".into(), "-u".into()],
        vec!["publish".into()],
        vec!["subscribe".into()],
        vec!["register".into(), "--return".into()],
        vec!["ls".into(), "topics".into()],
        vec!["show".into()],
        vec!["kill".into()],
        vec!["context".into(), "rm".into()],
        vec!["completions".into()],
        vec!["router".into(), "--listen".into()],
        vec![],
    ] {
        words.push(odd());
        let error = wamp::<OsString>(words.clone()).run().failed(2);
        assert!(error.starts_with("wamp: error: "), "{words:?}: {error}");
        assert!(
            !error.contains('\u{fffd}') || error.contains("com."),
            "{words:?}: {error}"
        );
    }
}

#[test]
fn variables_that_are_no_text() {
    for name in [
        "WAMP_URL",
        "WAMP_REALM",
        "WAMP_CONTEXT",
        "WAMP_AUTHID",
        "WAMP_OUTPUT",
    ] {
        let error = wamp(["call", "p"])
            .env(name, bytes(b"\xff"))
            .run()
            .failed(2);
        assert!(error.starts_with("wamp: error: "), "{name}: {error}");
    }
}

#[test]
fn what_another_program_gets_are_bytes() {
    let router = Router::start();
    let shown = || ["sh", "-c", "printf %s \"$1\" | od -An -tx1", "sh"].map(OsString::from);
    let _callee = router.register(
        ["com.p", "--"]
            .map(OsString::from)
            .into_iter()
            .chain(shown())
            .chain([bytes(b"a\xffz")]),
    );
    assert_eq!(router.wamp(["call", "com.p"]).run().clean(), " 61 ff 7a\n");

    let front = wamp(["router", "--port", "0", "--"]).args(shown());
    assert_eq!(front.args([bytes(b"\xfe")]).run().clean(), " fe\n");
}

#[test]
fn files_have_any_name() {
    let router = Router::start();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join(bytes(b"\xff"));
    std::fs::create_dir(&folder).unwrap();
    let ready = folder.join("ready");
    let subscribe = router.wamp(["subscribe", "com.t", "--for", "0", "-q", "--ready-file"]);
    subscribe.args([&ready]).run().clean();
    assert!(std::fs::exists(&ready).unwrap());

    // In a folder of such a name everything works.
    std::fs::write(folder.join("value"), "1").unwrap();
    let here = router
        .wamp(["publish", "com.t", ":=@value"])
        .current_dir(&folder);
    here.run().clean();
    let configured = |words: &[&str]| wamp(words).env("XDG_CONFIG_HOME", &folder).run();
    assert_eq!(configured(&["context", "add", "one"]).code, Some(0));
    assert_eq!(configured(&["context", "ls"]).clean(), "one\n");
}
