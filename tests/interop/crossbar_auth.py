"""Part D: the commands of `wamp` log in to crossbar by every method that both have.

crossbar has its users in its configuration, and on a path of its own asks authenticators that autobahn-python serves: the same
that auth.py has our router ask, which so are held to crossbar's conventions.
"""

import json
import signal
import subprocess
from urllib.parse import urlsplit

import auth
from crossbar import PATIENCE, expect, free_port
from harness import Tools

REALM = "interop.static"
CLERK = "clerk"
WHOAMI = "interop.open.whoami"


def run(wamp, folder, children, tally):
    known = auth.credentials(folder)
    (folder / "secret").write_text(known["password"] + "\n")
    (folder / "wrong").write_text("pencil cases\n")
    for name in ("secret", "wrong"):
        (folder / name).chmod(0o600)
    node = folder / "crossbar-auth"
    node.mkdir()
    ports = {"plain": free_port(), "tls": free_port(), "mutual": free_port()}
    (node / "config.json").write_text(json.dumps(configuration(ports, folder, known)))
    broker = children.start(Tools.crossbar, "start", "--cbdir", node, "--color", "false", cwd=folder)
    broker.line("local node configuration ran successfully", 90)

    ws = f"ws://127.0.0.1:{ports['plain']}/ws"
    urls = {
        "ws": ws, "rs": f"rs://{urlsplit(ws).netloc}", "dynamic": ws.replace("/ws", "/dynamic"),
        "wss": f"wss://127.0.0.1:{ports['tls']}/ws", "mutual": f"wss://127.0.0.1:{ports['mutual']}/ws",
    }
    backend = auth.serve(urls, folder, known, children, REALM, CLERK)
    commands = Commands(wamp, urls, folder, children)
    for text, check in [*logins(commands), *refusals(commands)]:
        tally.check("crossbar auth", text, check)
    backend.end()
    broker.end(by=signal.SIGTERM)


class Commands:
    """`wamp call` as one user or another."""

    def __init__(self, wamp, urls, folder, children):
        self.wamp, self.urls, self.folder, self.children = wamp, urls, folder, children

    def once(self, over, *options, code=0):
        command = [self.wamp, "call", WHOAMI, "--url", self.urls[over], "--realm", REALM, *options]
        environment = {**self.children.environment, "INTEROP_SECRET": "pencil case"}
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=PATIENCE, stdin=subprocess.DEVNULL, cwd=self.folder,
        )
        assert done.returncode == code, f"{command[1:]} gave {done.returncode}: {done.stdout!r} {done.stderr!r}"
        assert "pencil case" not in done.stdout + done.stderr, done
        return done

    def admitted(self, authid, *options, over="ws", named=None):
        """A check that a login makes the session `authid`'s."""
        who = ["--authid", named or authid]
        return lambda: expect(json.loads(self.once(over, *who, *options).stdout), [authid, CLERK])

    def refused(self, text, authid, *options, over="ws"):
        """A check that a login is refused with exit code 4, standard error telling why."""

        def check():
            error = self.once(over, "--authid", authid, *options, code=4).stderr
            assert text in error, error

        return check


def logins(commands):
    secret, variable = ["--secret", "file:secret"], ["--secret", "env:INTEROP_SECRET"]
    ca = ["--ca", "ca.pem"]
    certificate = [*ca, "--cert", "client.pem", "--tls-key", "client.key"]
    method = lambda name: ["--authmethod", name]
    key = lambda name: ["--key", f"file:{name}"]
    admitted = commands.admitted
    yield "ticket", admitted("tess", *method("ticket"), *secret)
    yield "ticket from the environment", admitted("tess", *method("ticket"), *variable)
    yield "wampcra", admitted("carl", *method("wampcra"), *secret)
    yield "wampcra, salted", admitted("sally", *method("wampcra"), *secret)
    yield "scram with pbkdf2", admitted("pablo", *method("scram"), *secret)
    yield "scram with argon2id-13", admitted("arne", *method("scram"), *secret)
    yield "cryptosign with a key in hexadecimal digits", admitted("kim", *method("cryptosign"), *key("id_ed25519.hex"))
    yield "cryptosign with an SSH key", admitted("kim", *method("cryptosign"), *key("id_ed25519"))
    yield "cryptosign, nothing but the key given", admitted("kim", *key("id_ed25519"))
    # crossbar goes by the first method that a transport has, whoever has which; ours names scram first.
    yield "scram without naming the method", admitted("arne", *secret)
    for name, authid in (("wampcra", "sally"), ("scram", "arne")):
        yield f"{name} over RawSocket", admitted(authid, *method(name), *secret, over="rs")
    yield "ticket over TLS", admitted("tess", *ca, *method("ticket"), *secret, over="wss")
    yield "cryptosign over TLS", admitted("kim", *ca, *key("id_ed25519"), over="wss")
    yield "certificate", admitted("tina", *certificate, *method("tls"), over="mutual")
    dynamic = lambda name, *rest, is_, named="dynamo": admitted(is_, *method(name), *rest, over="dynamic", named=named)
    yield "dynamic ticket", dynamic("ticket", *secret, is_="plain", named="plain")
    yield "dynamic ticket, the authid another", dynamic("ticket", *secret, is_=f"tess@{REALM}", named="tess")
    yield "dynamic wampcra", dynamic("wampcra", *secret, is_="dynamo")
    yield "dynamic wampcra, salted", dynamic("wampcra", *secret, is_="salted", named="salted")
    yield "dynamic scram", dynamic("scram", *secret, is_="dynamo")
    yield "dynamic cryptosign", dynamic("cryptosign", *key("id_ed25519"), is_="the holder of the key")


def refusals(commands):
    wrong, stranger = ["--secret", "file:wrong"], ["--key", "file:id_stranger"]
    refused = commands.refused
    denied = "wamp.error.not_authorized"
    for authid, method in (("tess", "ticket"), ("carl", "wampcra"), ("sally", "wampcra"), ("pablo", "scram"), ("arne", "scram")):
        yield f"{method} of {authid} with a wrong secret, exit code 4", refused(denied, authid, "--authmethod", method, *wrong)
    yield "cryptosign with a wrong key, exit code 4", refused(denied, "kim", "--authmethod", "cryptosign", *stranger)
    yield "ticket of an unknown user, exit code 4", refused(denied, "nobody", "--authmethod", "ticket", *wrong)
    yield "anonymous where it is not allowed, exit code 4", refused("wamp.error.no_auth_method", "nobody")
    dynamic = refused(denied, "dynamo", "--authmethod", "wampcra", *wrong, over="dynamic")
    yield "dynamic wampcra with a wrong secret, exit code 4", dynamic
    dynamic = refused("interop.auth.refused", "tess", "--authmethod", "ticket", *wrong, over="dynamic")
    yield "dynamic ticket, refused by the authenticator, exit code 4", dynamic
    tess = ["--authid", "tess", "--authmethod", "ticket", "--secret", "file:secret"]
    yield "a certificate of an authority that is not trusted, exit code 3", lambda: commands.once("wss", *tess, code=3)


def configuration(ports, folder, known):
    """One realm; WebSocket and RawSocket on one port, TLS without and with certificates of clients on two more."""
    anything = {"call": True, "register": True, "publish": True, "subscribe": True}
    rule = {"uri": "", "match": "prefix", "allow": anything, "disclose": {"caller": True, "publisher": True}}
    roles = [{"name": name, "permissions": [rule]} for name in (CLERK, "backend")]
    static = {"ticket": static_tickets(known), **methods(known)}
    dynamic = {
        method: {"type": "dynamic", "authenticator": f"interop.auth.{method}", "authenticator-realm": REALM}
        for method in ("ticket", "wampcra", "scram", "cryptosign")
    }
    websocket = lambda auth: {"type": "websocket", "serializers": ["json", "msgpack", "cbor"], "auth": auth}
    tcp = lambda which, **rest: {"type": "tcp", "interface": "127.0.0.1", "port": ports[which], **rest}
    security = {"certificate": str(folder / "server.pem"), "key": str(folder / "server.key")}
    mutual = {**security, "ca_certificates": [str(folder / "ca.pem")]}
    certificates = {"tls": {"type": "static", "principals": {
        "tina": {"certificate-sha1": known["certificate_sha1"], "role": CLERK},
    }}}
    transports = [
        {
            "type": "universal", "endpoint": tcp("plain"),
            "rawsocket": {"serializers": ["json", "msgpack", "cbor"], "auth": static},
            "websocket": {"ws": websocket(static), "dynamic": websocket(dynamic)},
        },
        {"type": "websocket", "endpoint": tcp("tls", tls=security), **websocket(static)},
        {"type": "websocket", "endpoint": tcp("mutual", tls=mutual), **websocket(certificates)},
    ]
    realm = {"name": REALM, "roles": roles}
    worker = {"type": "router", "id": "worker1", "realms": [realm], "transports": transports}
    return {"version": 2, "controller": {}, "workers": [worker]}


def static_tickets(known):
    ticket = known["password"]
    principals = {"tess": {"ticket": ticket, "role": CLERK}, "backend": {"ticket": ticket, "role": "backend"}}
    return {"type": "static", "principals": principals}


def methods(known):
    """crossbar wants the secret itself beside the salt, and sends salt, iterations and keylen in CHALLENGE."""
    user = {"secret": known["password"], "role": CLERK}
    argon2, pbkdf2 = known["argon2id13"], known["pbkdf2"]
    records = {
        "pablo": {"kdf": "pbkdf2", "memory": 0, **pbkdf2},  # which wants a memory, and says it in CHALLENGE
        "arne": {"kdf": "argon2id-13", **argon2, **argon2["compat"]},
    }
    return {
        "wampcra": {"type": "static", "users": {
            "carl": user, "sally": {**user, "salt": "salt123", "iterations": 100, "keylen": 32},
        }},
        "scram": {"type": "static", "principals": {
            authid: {"role": CLERK, **{key.replace("_", "-"): value for key, value in record.items() if key != "compat"}}
            for authid, record in records.items()
        }},
        "cryptosign": {"type": "static", "principals": {
            "kim": {"authorized_keys": [known["pubkey"]], "role": CLERK},
        }},
    }
