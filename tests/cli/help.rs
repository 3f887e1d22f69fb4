//! Help and version.

use crate::support::wamp;

#[test]
fn help_and_version_are_data() {
    for arguments in [
        &["--help"][..],
        &["-h"],
        &["call", "--help"],
        &["help", "router"],
        &["sub", "-h"],
    ] {
        let help = wamp(arguments).run().clean();
        assert!(help.contains("Usage: wamp"), "{help}");
    }
    let version = wamp(["--version"]).run().clean();
    assert_eq!(version, format!("wamp {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn colours_only_when_asked_for() {
    let error = |wamp: crate::support::Wamp| wamp.run().failed(2).contains('\u{1b}');
    assert!(!error(wamp(["call", "p", ":=x"])));
    assert!(error(wamp(["call", "p", ":=x", "--color", "always"])));
    assert!(error(wamp(["call", "p", ":=x"]).env("CLICOLOR_FORCE", "1")));
    let both = wamp(["call", "p", ":=x"])
        .env("CLICOLOR_FORCE", "1")
        .env("NO_COLOR", "1");
    assert!(!error(both));
}
