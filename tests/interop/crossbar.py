"""Part B: the commands of `wamp` against crossbar, over each serializer on WebSocket and RawSocket."""

import base64
import json
import signal
import socket
import subprocess
import time
from contextlib import contextmanager

import repl
from harness import HERE, Tools, await_file
from router import TABLE

PATIENCE = 20  # seconds that one command may take
TOPIC = "interop.meet.event"  # what clients/autobahn_python.py publishes to, and listens to
PEER = "autobahn_python"
VALUES = {
    row["name"]: "\0" + row["base64"] if "base64" in row else row["value"]  # binary as -o json prints it
    for row in TABLE["values"]
}


def run(wamp, folder, children, tally):
    port = free_port()
    urls = {
        "ws": f"ws://127.0.0.1:{port}/ws",
        "rs": f"rs://127.0.0.1:{port}",
        "rs+unix": f"rs+unix://{folder / 'crossbar.sock'}",
    }
    node = folder / "crossbar"
    node.mkdir()
    (node / "config.json").write_text(json.dumps(configuration(port, folder / "crossbar.sock")))
    broker = children.start(Tools.crossbar, "start", "--cbdir", node, "--color", "false", cwd=folder)
    broker.line("local node configuration ran successfully", 90)

    # The peer that the commands meet: autobahn, over a serializer of its own.
    peer = python(children, urls["ws"], "cbor", "serve", PEER)
    peer.line('"ready"')
    for transport, serializer in [
        *(("ws", serializer) for serializer in ("json", "msgpack", "cbor")),
        *(("rs", serializer) for serializer in ("json", "msgpack", "cbor")),
        ("rs+unix", "cbor"),
    ]:
        Commands(wamp, urls[transport], serializer, folder, children).run(f"crossbar {transport} {serializer}", tally)
    peer.end()
    broker.end(by=signal.SIGTERM)


def configuration(port, path):
    """Two realms in which anybody may do anything; WebSocket and RawSocket on one port, RawSocket on a Unix socket."""
    anonymous = {"anonymous": {"type": "static", "role": "anonymous"}}
    serializers = ["json", "msgpack", "cbor"]
    anything = {"call": True, "register": True, "publish": True, "subscribe": True}
    role = {"name": "anonymous", "permissions": [{"uri": "", "match": "prefix", "allow": anything}]}
    websocket = {"type": "websocket", "serializers": serializers, "auth": anonymous}
    rawsocket = {"serializers": serializers, "auth": anonymous}
    tcp = {"type": "tcp", "interface": "127.0.0.1", "port": port}
    unix = {"type": "unix", "path": str(path)}
    transports = [
        {"type": "universal", "endpoint": tcp, "rawsocket": rawsocket, "websocket": {"ws": websocket}},
        {"type": "rawsocket", "endpoint": unix, **rawsocket},
    ]
    realms = [{"name": name, "roles": [role]} for name in ("realm1", repl.OTHER_REALM)]
    worker = {"type": "router", "id": "worker1", "realms": realms, "transports": transports}
    return {"version": 2, "controller": {}, "workers": [worker]}


def scheme(url):
    return url.split(":")[0]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def python(children, url, serializer, *rest):
    command = [Tools.python, "clients/autobahn_python.py", "--url", url, "--serializer", serializer, *rest]
    return children.start(*command, cwd=HERE)


class Commands:
    """The checks of one transport and serializer; each method is one, its first line of documentation the text."""

    def __init__(self, wamp, url, serializer, folder, children):
        self.wamp, self.url, self.folder, self.children = wamp, url, folder, children
        self.connection = ["--url", url, "--serializer", serializer]
        self.name = f"{scheme(url).replace('+', '_')}_{serializer}"

    def run(self, scenario, tally):
        for check in (
            self.call, self.call_bare, self.values, self.callee_error, self.no_such_procedure, self.no_such_realm,
            self.nothing_listens, self.register_echo, self.register_return, self.register_error, self.register_command,
            self.register_taken, self.publish, self.publish_unacknowledged, self.publish_values, self.subscribe_exact,
            self.subscribe_prefix, self.subscribe_wildcard, self.subscribe_values, self.list_procedures, self.list_topics,
            self.list_sessions, self.show, self.kill, self.hint, self.doctor, self.repl,
        ):
            tally.check(scenario, check.__doc__, check)

    def uri(self, tail):
        return f"interop.wamp_{self.name}.{tail}"

    def once(self, *arguments, code=0, connection=None):
        """Runs a command to its end; its standard output and error."""
        command = [self.wamp, *arguments, *(connection or self.connection)]
        done = subprocess.run(
            command, env=self.children.environment, capture_output=True, text=True, timeout=PATIENCE,
            stdin=subprocess.DEVNULL, cwd=self.folder,
        )
        assert done.returncode == code, f"{command[1:]} gave {done.returncode}: {done.stdout!r} {done.stderr!r}"
        return done.stdout, done.stderr

    @contextmanager
    def lasting(self, command, *arguments):
        """A command that runs from when it is ready to the end of the block, where SIGTERM must end it with 0."""
        ready = self.folder / f"{self.name}.ready"
        ready.unlink(missing_ok=True)
        options = [*self.connection, "--ready-file", ready]
        child = self.children.start(self.wamp, command, *options, *arguments, cwd=self.folder)
        await_file(ready, child, PATIENCE)
        yield child
        if child.process.poll() is None:
            code, _ = child.end(by=signal.SIGTERM)
            assert code == 0, f"SIGTERM gave {code}; {child.trouble()}"

    def result(self, *arguments):
        """What a call gives, as args and kwargs."""
        envelope = json.loads(self.once("call", "-o", "json", *arguments)[0])
        assert set(envelope) >= {"type", "uri", "args", "kwargs", "details", "at"}, envelope
        return envelope["args"], envelope["kwargs"]

    def repl(self):
        """repl runs a script with every command"""
        repl.script(self.wamp, self.url, self.connection[-1], self.folder, self.children)

    def doctor(self):
        """doctor finds no fault, knows whose router it is, and sees its features work"""
        report = json.loads(self.once("doctor", "-o", "json")[0])["details"]
        steps = report["steps"]
        bad = [step for step in steps if step["status"] == "bad"]
        expect((report["ok"], bad), (True, []))
        assert any(step["section"] == "known about it" and step["step"] == "crossbar" for step in steps), steps
        good = {(step["section"], step["step"]) for step in steps if step["status"] == "good"}
        for feature in (
            ("session", "login by anonymous"), ("broker", "publish and subscribe"), ("broker", "publisher_exclusion"),
            ("broker", "pattern_based_subscription"), ("broker", "subscriber_blackwhite_listing"), ("broker", "event_retention"),
            ("dealer", "call and register"), ("dealer", "progressive_call_results"), ("dealer", "call_canceling"),
            ("dealer", "pattern_based_registration"), ("dealer", "shared_registration"),
        ):
            assert feature in good, f"{feature}: {[step for step in steps if step['step'] == feature[1]]}"

    def call(self):
        """call of a procedure of autobahn-python"""
        got = self.once("call", f"interop.{PEER}.echo", "text", "hello", "again=hello")[0]
        expect(json.loads(got), {"args": ["hello"], "kwargs": {"again": "hello"}})

    def call_bare(self):
        """call prints one argument bare, nothing for none"""
        expect(self.once("call", f"interop.{PEER}.nothing")[0], "null\n")  # autobahn yields [None]
        with self.lasting("register", self.uri("bare"), "--echo"):
            expect(self.once("call", self.uri("bare"), "5")[0], "5\n")
            expect(self.once("call", self.uri("bare"), "two words")[0], "two words\n")
            expect(self.once("call", self.uri("bare"))[0], "")

    def values(self):
        """call carries values of every kind both ways"""
        for name, value in VALUES.items():
            arguments = ["--args", json.dumps([name, value]), "--kwargs", json.dumps({"again": value})]
            expect(self.result(f"interop.{PEER}.echo", *arguments), ([value], {"again": value}))

    def callee_error(self):
        """call shows an error of the callee with args and kwargs, exit code 5"""
        arguments = ["call", f"interop.{PEER}.fail", "1", "two", "why=so"]
        out, err = self.once(*arguments, code=5)
        expect(out, "")
        for part in (f"interop.{PEER}.fail", "interop.error.refused", '[1,"two"]', '{"why":"so"}'):
            assert part in err, err
        error = json.loads(self.once(*arguments, "-o", "json", code=5)[1])
        expect((error["args"], error["kwargs"]), ([1, "two"], {"why": "so"}))

    def no_such_procedure(self):
        """call of an unknown procedure, exit code 6"""
        self.once("call", self.uri("nobody"), code=6)

    def no_such_realm(self):
        """a realm that does not exist, exit code 4"""
        self.once("call", self.uri("nobody"), "--realm", "interop.no.such.realm", code=4)

    def nothing_listens(self):
        """nothing listening, exit code 3"""
        unix = scheme(self.url).endswith("unix")
        url = f"{self.url}.not" if unix else f"{scheme(self.url)}://127.0.0.1:{free_port()}"
        self.once("call", self.uri("nobody"), connection=["--url", url], code=3)

    def register_echo(self):
        """register --echo"""
        with self.lasting("register", self.uri("echo"), "--echo"):
            expect(self.result(self.uri("echo"), "1", "two", "three=3"), ([1, "two"], {"three": 3}))

    def register_return(self):
        """register --return, and to an end after -n calls"""
        with self.lasting("register", self.uri("answer"), "--return", "42", "-n", "2") as child:
            expect(self.once("call", self.uri("answer"))[0], "42\n")
            expect(self.once("call", self.uri("answer"), "ignored")[0], "42\n")
            expect(child.process.wait(PATIENCE), 0)

    def register_error(self):
        """register --error"""
        with self.lasting("register", self.uri("declined"), "--error", "interop.error.declined"):
            assert "interop.error.declined" in self.once("call", self.uri("declined"), code=5)[1]

    def register_command(self):
        """register -- CMD answers with what CMD prints, or fails as it does"""
        with self.lasting("register", self.uri("command"), "--", "sh", "-c", 'echo "$WAMP_ARGS_JSON"; exit 0'):
            expect(self.result(self.uri("command"), "1", "two")[0], [[1, "two"]])
        with self.lasting("register", self.uri("broken"), "--", "sh", "-c", "echo sorry >&2; exit 3"):
            error = self.once("call", self.uri("broken"), code=5)[1]
            assert "wamp.cli.error.command_failed" in error and "sorry" in error, error

    def register_taken(self):
        """register of a procedure that is taken, exit code 5"""
        error = self.once("register", f"interop.{PEER}.echo", "--echo", code=5)[1]
        assert "wamp.error.procedure_already_exists" in error, error

    def publish(self):
        """publish, acknowledged, reaches autobahn-python; stdout stays empty"""
        self.published()

    def publish_unacknowledged(self):
        """publish --no-ack reaches autobahn-python"""
        self.published("--no-ack")

    def published(self, *options):
        publisher = f"{self.name}{''.join(options)}"
        expect(self.once("publish", *options, TOPIC, publisher, "text", "value=hello")[0], "")
        self.seen(publisher, 1)

    def publish_values(self):
        """publish carries values of every kind to autobahn-python"""
        publisher = f"{self.name}_values"
        for name, value in VALUES.items():
            arguments = ["--args", json.dumps([publisher, name]), "--kwargs", json.dumps({"value": value})]
            self.once("publish", TOPIC, *arguments)
        self.seen(publisher, len(VALUES))

    def seen(self, publisher, count):
        """Waits until the peer has as many events of `publisher`; crossbar answers PUBLISH before it sends EVENT."""
        deadline = time.monotonic() + PATIENCE
        while (got := self.result(f"interop.{PEER}.seen", publisher)[0][0])[0] < count and time.monotonic() < deadline:
            time.sleep(0.05)
        expect(got, [count, []])

    def subscribe_exact(self):
        """subscribe prints an event as one line of JSON and ends after -n"""
        with self.lasting("subscribe", self.uri("exact"), "-n", "1") as child:
            self.once("publish", self.uri("exact.not"), "no")
            self.once("publish", self.uri("exact"), "1", "two", "three=3")
            expect(events(child), [(self.uri("exact"), [1, "two"], {"three": 3})])

    def subscribe_prefix(self):
        """subscribe -m prefix prints the topic"""
        self.matched("prefix", "pre", "prefixed.one")

    def subscribe_wildcard(self):
        """subscribe -m wildcard prints the topic"""
        self.matched("wildcard", "wild..end", "wild.card.end")

    def matched(self, policy, pattern, topic):
        with self.lasting("subscribe", self.uri(pattern), "-m", policy, "-n", "1") as child:
            self.once("publish", self.uri(topic), "7")
            expect(events(child), [(self.uri(topic), [7], {})])

    def subscribe_values(self):
        """subscribe prints values of every kind that autobahn-python publishes"""
        with self.lasting("subscribe", TOPIC, "-n", str(len(VALUES))) as child:
            publisher = f"{self.name}_publisher"
            assert python(self.children, self.url, "msgpack", "meet", publisher).end() == (0, [])
            expect(events(child), [(TOPIC, [publisher, name], {"value": value}) for name, value in VALUES.items()])


    def list_procedures(self):
        """ls procedures, by prefix and in full"""
        with self.lasting("register", self.uri("listed.b"), self.uri("listed.a"), "--echo", "--invoke", "first"):
            expect(self.once("ls", "procedures", self.uri("listed"))[0].split(), [self.uri("listed.a"), self.uri("listed.b")])
            assert f"interop.{PEER}.echo" in self.once("ls", "procedures")[0].split()
            entry = json.loads(self.once("ls", "procedures", self.uri("listed.a"), "-o", "json")[0])
            expect((entry["type"], entry["uri"]), ("registration", self.uri("listed.a")))
            expect((entry["details"]["invoke"], entry["details"]["callee_count"]), ("first", 1))

    def list_topics(self):
        """ls topics, as a table"""
        with self.lasting("subscribe", self.uri("topic"), "-m", "prefix"):
            heading, row = self.once("ls", "topics", self.uri("topic"), "-o", "table")[0].splitlines()
            expect(heading.split()[:4], ["URI", "MATCH", "SUBSCRIBER", "COUNT"])
            expect(row.split()[:3], [self.uri("topic"), "prefix", "1"])

    def list_sessions(self):
        """ls sessions, without the one that asks"""
        entries = [json.loads(line) for line in self.once("ls", "sessions", "-o", "json")[0].splitlines()]
        assert entries and all(entry["details"]["authrole"] == "anonymous" for entry in entries), entries
        ids = [str(entry["details"]["session"]) for entry in entries]
        expect(sorted(self.once("ls", "sessions")[0].split()), sorted(ids))

    def show(self):
        """show of a procedure, a topic and an id; of nothing, exit code 6"""
        with self.lasting("register", self.uri("shown"), "--echo"):
            record = json.loads(self.once("show", self.uri("shown"))[0])
            expect((record["type"], record["uri"], record["details"]["callee_count"]), ("registration", self.uri("shown"), 1))
            again = json.loads(self.once("show", str(record["details"]["id"]))[0])
            expect(again["details"], record["details"])
            callee = json.loads(self.once("show", str(record["details"]["callees"][0]))[0])
            expect(callee["type"], "session")
        self.once("show", self.uri("shown"), code=6)
        self.once("show", "1", code=6)

    def kill(self):
        """kill ends a session, which is told why"""
        with self.lasting("register", self.uri("killed"), "--echo") as child:
            session = json.loads(self.once("show", self.uri("killed"))[0])["details"]["callees"][0]
            self.once("kill", str(session), "--reason", "interop.close.why", "--message", "so it goes")
            expect(child.process.wait(PATIENCE), 8)
            assert "interop.close.why" in child.trouble(), child.trouble()
        self.once("kill", str(session), code=6)

    def hint(self):
        """call of a procedure that was mistyped tells which was meant"""
        assert f"did you mean interop.{PEER}.echo?" in self.once("call", f"interop.{PEER}.ehco", code=6)[1]


def events(child):
    """What a subscriber that ends by itself has printed."""
    code, lines = child.end(PATIENCE)
    expect(code, 0)
    return [(event["uri"], event["args"], event["kwargs"]) for event in map(json.loads, lines)]


def expect(got, wanted):
    """Equality as JSON text: 1 is neither true nor 1.0, and keys keep their order."""
    assert json.dumps(got) == json.dumps(wanted), f"expected {wanted!r}, got {got!r}"
