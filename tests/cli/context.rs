//! `wamp context`, contexts and project files under other commands: what counts, who can read it, what is refused.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use insta::assert_snapshot;
use tempfile::{TempDir, tempdir};

use crate::support::{Ended, Router, Wamp, content, wamp};

/// A person with a home and a project.
struct Person(TempDir);

impl Person {
    fn new() -> Self {
        let person = Self(tempdir().unwrap());
        fs::create_dir_all(person.project().join("src/deep")).unwrap();
        fs::create_dir(person.project().join(".git")).unwrap();
        person
    }

    /// With these contexts, by their text.
    fn with(contexts: &[(&str, &str)]) -> Self {
        let person = Self::new();
        for (name, text) in contexts {
            person.wamp(&["context", "add", name]).run();
            fs::write(person.context(name), text).unwrap();
        }
        person
    }

    fn project(&self) -> PathBuf {
        self.0.path().join("project")
    }

    /// The file of a context.
    fn context(&self, name: &str) -> PathBuf {
        let folder = self.0.path().join("config/wamp/contexts");
        folder.join(format!("{name}.toml"))
    }

    /// `wamp` in a folder of the project, below its root.
    fn wamp(&self, arguments: &[&str]) -> Wamp {
        wamp(arguments)
            .env("HOME", self.0.path())
            .env("XDG_CONFIG_HOME", self.0.path().join("config"))
            .current_dir(&self.project().join("src/deep"))
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        self.wamp(arguments).run()
    }

    /// The project file, in the project's root.
    fn project_file(&self, text: &str) {
        fs::write(self.project().join(".wamp.toml"), text).unwrap();
    }

    /// Output without the folder of this test.
    fn shown(&self, text: &str) -> String {
        let folder = fs::canonicalize(self.0.path()).unwrap();
        text.replace(folder.to_str().unwrap(), "~")
            .replace(self.0.path().to_str().unwrap(), "~")
    }

    /// What `context show --resolved` says about a key.
    fn resolved(&self, wamp: Wamp, key: &str) -> String {
        let told = wamp.run();
        assert_eq!(told.code, Some(0), "{told:?}");
        let line = told.stdout.lines().find(|line| line.starts_with(key));
        self.shown(line.unwrap_or("nothing"))
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn the_upper_layer_counts() {
    let person = Person::with(&[("dev", "realm = \"com.context\"\n")]);
    let show =
        |arguments: &[&str]| person.wamp(&[&["context", "show", "--resolved"], arguments].concat());
    let realm = |wamp| person.resolved(wamp, "realm");
    // From the bottom up, each with all the layers below it.
    assert_eq!(realm(show(&[])), "realm = \"realm1\"  # default");
    person.project_file("realm = \"com.project\"\n");
    assert_eq!(
        realm(show(&[])),
        "realm = \"com.project\"  # ~/project/.wamp.toml:1"
    );
    person.run(&["context", "select", "dev"]).clean();
    let context = "realm = \"com.context\"  # ~/config/wamp/contexts/dev.toml:1";
    assert_eq!(realm(show(&[])), context);
    let variable = |wamp: Wamp| wamp.env("WAMP_REALM", "com.variable");
    assert_eq!(
        realm(variable(show(&[]))),
        "realm = \"com.variable\"  # WAMP_REALM"
    );
    let option = "realm = \"com.option\"  # --realm";
    assert_eq!(realm(variable(show(&["-r", "com.option"]))), option);
    let before = ["-r", "com.option", "context", "show", "--resolved"];
    assert_eq!(realm(variable(person.wamp(&before))), option);
    // An empty variable is none.
    assert_eq!(realm(show(&[]).env("WAMP_REALM", "")), context);
}

#[test]
fn commands_go_by_what_is_shown() {
    let router = Router::with(&["--realm", "com.a", "--realm", "com.b"]);
    let _a = router.register(["-r", "com.a", "p", "--return", "a"]);
    let _b = router.register(["-r", "com.b", "p", "--return", "b"]);
    let url = format!("url = \"{}\"\n", router.url);
    let person = Person::with(&[
        ("a", &format!("{url}realm = \"com.a\"\noutput = \"json\"\n")),
        ("b", &format!("{url}realm = \"com.b\"\n")),
    ]);
    let refused = person.run(&["call", "p", "-u", &router.url]);
    assert_eq!(refused.code, Some(4), "there is no realm1");
    person.run(&["context", "select", "a"]).clean();
    let json = person.run(&["call", "p"]).clean();
    assert!(json.starts_with("{\"type\":\"result\""), "{json}");
    assert_eq!(person.run(&["call", "p", "-o", "raw"]).clean(), "a\n");
    for arguments in [["call", "p", "-c", "b"], ["-c", "b", "call", "p"]] {
        assert_eq!(person.run(&arguments).clean(), "b\n");
    }
    let variable = || person.wamp(&["call", "p"]).env("WAMP_CONTEXT", "b");
    assert_eq!(variable().run().clean(), "b\n");
    let both = variable().args(["-c", "a", "-o", "raw"]);
    assert_eq!(both.run().clean(), "a\n");
    let without = variable().args(["--no-context", "-u", &router.url]).run();
    assert_eq!(without.code, Some(4), "{without:?}");
    let without = variable().args(["--no-context", "-u", &router.url, "-r", "com.b"]);
    assert_eq!(without.run().clean(), "b\n");
    // A project names its context, and is overruled by whoever names another.
    person.project_file("context = \"b\"\n");
    assert_eq!(person.run(&["call", "p"]).clean(), "b\n");
    for (ignored, printed) in [("1", "a\n"), ("0", "b\n"), ("", "b\n")] {
        let call = person.wamp(&["call", "p", "-o", "raw"]);
        let call = call.env("WAMP_NO_PROJECT", ignored);
        assert_eq!(call.run().clean(), printed, "{ignored:?}");
    }
    let other = person.run(&["call", "p", "-c", "a", "-o", "raw"]);
    assert_eq!(other.clean(), "a\n");
}

#[test]
fn contexts_are_their_owners_alone() {
    let person = Person::new();
    let mut add = person.wamp(&["context", "add", "dev", "-u", "ws://h/", "-H", "A: b"]);
    add = add
        .env("WAMP_REALM", "com.variable")
        .args([
            "--secret",
            "plain:s3cr3t",
            "--ca",
            "ca.pem",
            "--key",
            "file:k",
        ])
        .args(["--authid", "joe", "--serializer", "cbor,json"]);
    let told = add.run();
    assert_eq!(told.code, Some(0));
    assert_snapshot!(person.shown(&told.stderr), @"wamp: the context dev is in ~/config/wamp/contexts/dev.toml; use it with -c dev, or `wamp context select dev`");
    let path = person.context("dev");
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    // Nothing from the environment, and no path that counts from where it was written.
    assert_snapshot!(person.shown(&content(&path)), @r#"
    url = "ws://h/"
    serializer = ["cbor", "json"]
    authid = "joe"
    secret = "plain:s3cr3t"
    key = "file:~/project/src/deep/k"
    header = ["A: b"]
    ca = "~/project/src/deep/ca.pem"
    "#);
    assert_snapshot!(person.shown(&person.run(&["ctx", "show", "dev"]).clean()), @r#"
    url = "ws://h/"
    serializer = ["cbor", "json"]
    authid = "joe"
    secret = "plain:***"
    key = "file:~/project/src/deep/k"
    header = ["A: b"]
    ca = "~/project/src/deep/ca.pem"
    "#);
    let again = person.run(&["context", "add", "dev", "-u", "ws://other/"]);
    assert_snapshot!(again.failed(2), @"
    wamp: error: there is a context dev already
      hint: replace it with --force, or change it with `wamp context edit dev`
    ");
    person
        .run(&[
            "-q",
            "context",
            "add",
            "dev",
            "-u",
            "ws://other/",
            "--force",
            "--select",
        ])
        .clean();
    assert_eq!(content(&path), "url = \"ws://other/\"\n");
    assert_eq!(mode(&path), 0o600);
    let files = fs::read_dir(path.parent().unwrap()).unwrap().count();
    assert_eq!(files, 1, "nothing is left beside it");
}

#[test]
fn a_secret_that_others_can_read_is_told_of() {
    let text = "url = \"ws://127.0.0.1:1/\"\nauthid = \"joe\"\nsecret = \"plain:s3cr3t\"\n";
    let person = Person::with(&[("dev", text), ("open", "url = \"ws://127.0.0.1:1/\"\n")]);
    for name in ["dev", "open"] {
        fs::set_permissions(person.context(name), fs::Permissions::from_mode(0o644)).unwrap();
    }
    let call = |name| person.run(&["call", "p", "-c", name]).failed(3);
    assert_snapshot!(person.shown(&call("dev")), @"
    wamp: warning: ~/config/wamp/contexts/dev.toml has a secret in it and is open to others (mode 0644): `chmod 600` it
    wamp: error: cannot connect to ws://127.0.0.1:1/: connection refused
      hint: start a router with `wamp router`
    ");
    assert!(!call("open").contains("warning"));
}

#[test]
fn contexts_are_listed_selected_and_removed() {
    let person = Person::with(&[("prod", "url = \"ws://p/\"\n"), ("dev", "")]);
    fs::write(person.context(".hidden"), "").unwrap();
    assert_eq!(person.run(&["context", "ls"]).clean(), "dev\nprod\n");
    person.run(&["context", "select", "prod"]).clean();
    assert_snapshot!(person.run(&["context", "ls", "-o", "table"]).clean(), @"
    NAME  SELECTED  URL
    dev   false     -
    prod  true      ws://p/
    ");
    let json = person.wamp(&["context", "ls"]).env("WAMP_OUTPUT", "json");
    let json = json.run().clean();
    assert!(
        json.contains("\"name\":\"prod\",\"selected\":true,"),
        "{json}"
    );
    assert!(
        json.contains("\"name\":\"dev\",\"selected\":false,"),
        "{json}"
    );
    for (arguments, error) in [
        (&["context", "select", "prd"][..], "no context prd"),
        (&["context", "rm", "dev", "prd"], "no context prd"),
        (&["context", "edit", "prd"], "no context prd"),
        (&["context", "show", "prd"], "no context prd"),
        (&["context", "check", "prd"], "no context prd"),
        (&["call", "p", "-c", "prd"], "no context prd"),
        (&["call", "p", "-c", "../prod"], "no name of a context"),
        (&["context", "add", "a/b"], "no name of a context"),
        (
            &["context", "rm", "../contexts/dev"],
            "no name of a context",
        ),
    ] {
        let told = person.run(arguments).failed(2);
        assert!(told.contains(error), "{told}");
        if error.contains("prd") {
            assert!(told.contains("hint: did you mean prod?"), "{told}");
        }
    }
    // What is not there is not selected any more.
    person.run(&["context", "rm", "prod"]).clean();
    assert_eq!(person.run(&["context", "ls"]).clean(), "dev\n");
    assert!(
        person.resolved(person.wamp(&["context", "show", "--resolved"]), "context") == "nothing"
    );
    person.run(&["context", "select", "dev"]).clean();
    fs::remove_file(person.context("dev")).unwrap();
    assert_snapshot!(person.run(&["call", "p"]).failed(2), @"
    wamp: error: there is no context dev, the one that is selected
      hint: `wamp context select --none` ends that
    ");
    person.run(&["context", "select", "--none"]).clean();
    assert_snapshot!(person.run(&["context", "show"]).failed(2), @"
    wamp: error: no context is selected
      hint: name one, or select one with `wamp context select NAME`
    ");
    for wrong in [
        &["context", "ls", "-u", "ws://h/"][..],
        &["-r", "x", "context", "select", "dev"],
        &["context", "show", "dev", "-r", "x"],
        &["context", "show", "dev", "-c", "dev"],
        &["context", "add", "dev", "-c", "dev"],
        &["call", "p", "-c", "dev", "--no-context"],
        &["context", "add", "x", "-u", "nonsense"],
        &["context", "add", "x", "--secret", "s3cr3t"],
    ] {
        let told = person.run(wrong).failed(2);
        assert!(!told.contains("s3cr3t"), "{told}");
    }
}

#[test]
fn a_context_is_edited_as_a_whole_or_not_at_all() {
    let before = "url = \"ws://127.0.0.1:1/\"\n";
    let person = Person::with(&[("dev", before)]);
    let edit = |script: &str| {
        let editor = format!("sh -c {}", shlex::try_quote(script).unwrap());
        person
            .wamp(&["context", "edit", "dev"])
            .env("EDITOR", "false")
            .env("VISUAL", editor)
            .run()
    };
    // The editor's file is the argument behind its own.
    let wrong = edit("stat -c %a \"$0\" > mode; echo 'relm = \"x\"' >> \"$0\"");
    assert_eq!(content(&person.project().join("src/deep/mode")), "600\n");
    assert_snapshot!(person.shown(&wrong.failed(2)), @"
    wamp: the context dev is as it was; `wamp context edit dev` goes on with ~/config/wamp/contexts/.dev.edit.toml
    wamp: error: ~/config/wamp/contexts/.dev.edit.toml:2:1: unknown key `relm`
      hint: did you mean `realm`?
    ");
    assert_eq!(content(&person.context("dev")), before);
    assert_eq!(person.run(&["context", "ls"]).clean(), "dev\n");
    // The work is not lost, and can be put right.
    let right = edit("sed -i s/relm/realm/ \"$0\"");
    assert_eq!(right.code, Some(0), "{right:?}");
    let after = format!("{before}realm = \"x\"\n");
    assert_eq!(content(&person.context("dev")), after);
    assert_eq!(mode(&person.context("dev")), 0o600);
    // Nor does an editor that fails change anything.
    let failed = edit("echo x > \"$0\"; exit 3");
    assert_snapshot!(failed.failed(1), @"wamp: error: cannot edit with sh: exit status: 3");
    assert_eq!(content(&person.context("dev")), after);
    let folder = person.context("dev");
    assert_eq!(fs::read_dir(folder.parent().unwrap()).unwrap().count(), 1);
    let none = person.wamp(&["context", "edit", "dev"]);
    let none = none.env("EDITOR", "/nowhere/editor").run();
    assert_eq!(none.code, Some(127), "{none:?}");
}

#[test]
fn a_project_file_is_not_trusted() {
    let person = Person::with(&[
        ("own", "secret = \"env:S3CR3T\"\nauthid = \"joe\"\n"),
        (
            "whole",
            "url = \"ws://127.0.0.1:1/\"\nkey = \"env:S3CR3T\"\n",
        ),
    ]);
    let call = |text: &str, arguments: &[&str]| {
        person.project_file(text);
        let ended = person.run(&[&["call", "p"], arguments].concat());
        (ended.code, person.shown(&ended.stderr))
    };
    for text in [
        "secret = \"cmd:touch ran\"",
        "key = \"file:/etc/passwd\"",
        "authextra = \"@/etc/passwd\"",
        "secret = \"env:AWS_SECRET_ACCESS_KEY\"",
        "secret = \"env:WAMP_TICKET\"",
        "key = \"fd:3\"",
        "output = \"raw\"",
    ] {
        let (code, told) = call(text, &[]);
        assert_eq!(code, Some(2), "{told}");
        assert!(told.contains("~/project/.wamp.toml:1:"), "{told}");
        assert!(told.contains("in a project file"), "{told}");
    }
    assert!(!person.project().join("src/deep/ran").exists());
    assert_snapshot!(call("secret = \"cmd:touch ran\"", &[]).1, @"
    wamp: error: ~/project/.wamp.toml:1:10: `secret` must not be cmd: in a project file
      hint: whoever wrote it would run programs or read secrets as you, so keep it in a context
    ");
    assert_snapshot!(call("realm = 1\nuri = \"ws://h/\"\n", &[]).1, @"
    wamp: error: ~/project/.wamp.toml has 2 faults
      ~/project/.wamp.toml:1:9: `realm` must be text, not a whole number
      ~/project/.wamp.toml:2:1: unknown key `uri`: did you mean `url`?
    ");
    // It gets no secrets of contexts, and does not uncover connections that they are used on.
    let elsewhere = "url = \"ws://127.0.0.1:2/\"\ninsecure = true\nca = \"ca.pem\"\n";
    assert_snapshot!(call(elsewhere, &["-c", "own"]).1, @"
    wamp: error: the secret of the context own would go to the url of ~/project/.wamp.toml:1
      hint: give the context a url with `wamp context edit own`, or say --url
    ");
    assert_snapshot!(call("insecure = true\nca = \"ca.pem\"\n", &["-c", "whole"]).1, @"
    wamp: error: ~/project/.wamp.toml has 2 faults
      ~/project/.wamp.toml:1:12: `insecure` goes with `url` in a project file: whom to trust is not said of other routers than its own
      ~/project/.wamp.toml:2:6: `ca` goes with `url` in a project file: whom to trust is not said of other routers than its own
    ");
    // But what the context or the command line says of a router is no matter of the project.
    let show = ["context", "show", "whole", "--resolved"];
    person.project_file(elsewhere);
    for key in ["insecure", "ca"] {
        assert_eq!(person.resolved(person.wamp(&show), key), "nothing");
    }
    // Nor does it get those of the environment, unless it is said where they are to go.
    let ticket = "authmethod = \"ticket\"\nauthid = \"a\"\nurl = \"ws://127.0.0.1:1/\"\n";
    person.project_file(ticket);
    let call_with = |arguments: &[&str]| {
        let wamp = person.wamp(&[&["call", "p"], arguments].concat());
        let ended = wamp.env("WAMP_TICKET", "s3cr3t").run();
        (ended.code, person.shown(&ended.stderr))
    };
    let (code, told) = call_with(&[]);
    assert_eq!(code, Some(2));
    assert_snapshot!(told, @"
    wamp: error: the secret in WAMP_TICKET would go to the url of ~/project/.wamp.toml:3
      hint: say --url, or set WAMP_URL, if that router is to have it
    ");
    assert_eq!(call_with(&["--url", "ws://127.0.0.1:1/"]).0, Some(3));
    assert_eq!(call_with(&["--authmethod", "anonymous"]).0, Some(3));
    // Other sources are as good as elsewhere.
    let (code, told) = call(
        "url = \"ws://127.0.0.1:1/\"\nauthid = \"a\"\nsecret = \"env:WAMP_NONE\"\n",
        &[],
    );
    assert_eq!(code, Some(2));
    assert_snapshot!(told, @"wamp: error: `secret` in the project file: env:WAMP_NONE: the variable is not set");
}

#[test]
fn a_project_ends_at_the_root_of_its_repository() {
    let person = Person::new();
    fs::write(person.0.path().join(".wamp.toml"), "realm = \"outside\"\n").unwrap();
    let show = ["context", "show", "--resolved"];
    let realm = |folder: &Path| {
        let wamp = person.wamp(&show).current_dir(folder);
        person.resolved(wamp, "realm")
    };
    let default = "realm = \"realm1\"  # default";
    assert_eq!(realm(&person.project()), default);
    let without = tempdir().unwrap();
    fs::write(without.path().join(".wamp.toml"), "realm = \"here\"\n").unwrap();
    fs::create_dir(without.path().join("below")).unwrap();
    assert!(realm(without.path()).starts_with("realm = \"here\""));
    assert_eq!(realm(&without.path().join("below")), default);
}

#[test]
fn each_value_is_shown_with_where_it_comes_from() {
    let person = Person::with(&[(
        "dev",
        "realm = \"com.context\"\n\nauthid = \"joe\"\nsecret = \"plain:s3cr3t\"\nheader = [\"A: 1\", \"Cookie: s3cr3t\"]\nca = \"ca.pem\"\n",
    )]);
    person.project_file(
        "context = \"dev\"\nconnect_timeout = 3\nrealm = \"com.project\"\nserializer = \"json\"\n",
    );
    let show = |arguments: &[&str]| {
        let show = person.wamp(&[&["context", "show", "--resolved"], arguments].concat());
        let told = show.env("WAMP_AUTHROLE", "user").run().clean();
        assert!(!told.contains("s3cr3t"), "{told}");
        person.shown(&told)
    };
    assert_snapshot!(show(&["-u", "ws://h/"]), @r#"
    context = "dev"  # ~/project/.wamp.toml:1
    url = "ws://h/"  # --url
    realm = "com.context"  # ~/config/wamp/contexts/dev.toml:1
    serializer = ["json"]  # ~/project/.wamp.toml:4
    authid = "joe"  # ~/config/wamp/contexts/dev.toml:3
    authrole = "user"  # WAMP_AUTHROLE
    secret = "plain:***"  # ~/config/wamp/contexts/dev.toml:4
    header = ["A: 1", "Cookie: ***"]  # ~/config/wamp/contexts/dev.toml:5
    ca = "~/config/wamp/contexts/ca.pem"  # ~/config/wamp/contexts/dev.toml:6
    connect_timeout = "3s"  # ~/project/.wamp.toml:2
    retry_max = "20s"  # default
    output = "auto"  # default
    "#);
    // Headers come from all layers, each name from the uppermost. A key on the line shuts out the secret.
    assert_snapshot!(show(&["-u", "ws://h/", "-H", "a: 2", "--key", "env:K"]), @r#"
    context = "dev"  # ~/project/.wamp.toml:1
    url = "ws://h/"  # --url
    realm = "com.context"  # ~/config/wamp/contexts/dev.toml:1
    serializer = ["json"]  # ~/project/.wamp.toml:4
    authid = "joe"  # ~/config/wamp/contexts/dev.toml:3
    authrole = "user"  # WAMP_AUTHROLE
    key = "env:K"  # --key
    header = ["a: 2"]  # --header
    header = ["Cookie: ***"]  # ~/config/wamp/contexts/dev.toml:5
    ca = "~/config/wamp/contexts/ca.pem"  # ~/config/wamp/contexts/dev.toml:6
    connect_timeout = "3s"  # ~/project/.wamp.toml:2
    retry_max = "20s"  # default
    output = "auto"  # default
    "#);
    let table = person.run(&["context", "show", "--resolved", "-o", "table"]);
    let table = table.clean();
    assert!(table.starts_with("KEY "), "{table}");
    assert!(table.lines().next().unwrap().ends_with(" FROM"), "{table}");
    let json = show(&["--no-context", "-o", "json"]);
    let line = json.lines().next().unwrap();
    let (line, _) = line.split_once(",\"at\":").unwrap();
    assert_snapshot!(line, @r#"{"type":"option","uri":null,"args":[],"kwargs":{},"details":{"key":"url","value":"ws://127.0.0.1:8080/ws","from":"default","kind":"default"}"#);
    // A secret in the environment shuts out those of files.
    let variable = person.wamp(&["context", "show", "--resolved"]);
    let variable = variable.env("WAMP_PRIVATE_KEY", "s3cr3t").run().clean();
    assert!(
        variable.contains("key = \"***\"  # WAMP_PRIVATE_KEY\n"),
        "{variable}"
    );
    assert!(!variable.contains("secret = "), "{variable}");
}

#[test]
fn a_context_is_tried_out() {
    let ticket = "alice:ticket:plain:open:admin";
    let router = Router::with(&["--user", ticket]);
    let url = &router.url;
    let person = Person::with(&[
        (
            "good",
            &format!(
                "url = \"{url}\"\nauthid = \"alice\"\nauthmethod = \"ticket\"\nsecret = \"plain:open\"\n"
            ),
        ),
        (
            "bad",
            &format!(
                "url = \"{url}\"\nauthid = \"alice\"\nauthmethod = \"ticket\"\nsecret = \"plain:shut\"\n"
            ),
        ),
        ("gone", "url = \"ws://127.0.0.1:1/\"\n"),
    ]);
    for name in ["good", "bad"] {
        fs::set_permissions(person.context(name), fs::Permissions::from_mode(0o600)).unwrap();
    }
    let found = person
        .run(&["context", "check", "good", "-o", "table"])
        .clean();
    let fixed = found
        .lines()
        .filter(|line| !line.contains("session  ") && !line.contains("url  "));
    assert_snapshot!(fixed.collect::<Vec<_>>().join("\n"), @"
    session
      context       good
      realm         realm1
      agent         wamp-0.1.0
      authid        alice
      authrole      admin
      authmethod    ticket
      authprovider  static
      serializer    msgpack
    ");
    assert!(found.contains(&format!(" {url}\n")), "{found}");
    let refused = person.run(&["context", "check", "bad"]).failed(4);
    assert!(refused.contains("authentication_denied"), "{refused}");
    person.run(&["context", "check", "gone"]).failed(3);
    // That it was not the context's router which was found is said.
    let other = person
        .wamp(&["context", "check", "gone"])
        .env("WAMP_URL", url);
    let other = other
        .env("WAMP_TICKET", "open")
        .env("WAMP_AUTHID", "alice")
        .run();
    assert_eq!(other.code, Some(0), "{other:?}");
    assert!(
        other.stderr.contains("wamp: url is that of WAMP_URL\n"),
        "{other:?}"
    );
}
