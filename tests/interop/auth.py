"""Part C: who may come in and what they may do: clients of other makers log in to `wamp router`.

One router with the configuration file below, one process per client that tries all its logins, and one more that serves
dynamic authenticators and an authorizer. A login is an entry of the plan that a client is given:

    check               its name
    url, ca             where to, and whose signature the router's certificate has
    realm, serializer
    authid, secrets     by method, in the order in which HELLO is to offer them: text, a seed in hexadecimal digits, the path
                        of an SSH key, or null for methods that need none
    certificate         paths of the client's own, where it shows one
    binding, highest    of cryptosign: the channel binding to ask for, and the highest version of TLS
    acts                what to do then: [action, uri, arguments…]
    outcome             {welcome: some of its details, gave: what each act came to} or {refused: reason of ABORT}
"""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from harness import HERE, Tools, step
from router import conclude, slug, stopped

CLIENTS = {
    "autobahn-python": [Tools.python, "clients/autobahn_python_auth.py"],
    "autobahn-js": [Tools.node, "clients/autobahn_js.mjs"],
    "wampy": [Tools.node, "clients/wampy.mjs"],
}
SERIALIZERS = ("json", "msgpack", "cbor")
METHODS = {"ticket": "tess", "wampcra": "carl", "scram": "arne", "cryptosign": "kim"}  # and a user who has only that one

DENIED = {"refused": "wamp.error.authentication_denied"}
NO_METHOD = {"refused": "wamp.error.no_matching_auth_method"}
REQUIRED = {"refused": "wamp.error.authentication_required"}
NOT_AUTHORIZED = "wamp.error.not_authorized"

NO_SCRAM = "has no SCRAM"
NO_PBKDF2 = "hands the salt as text to its own PBKDF2, which wants bytes"
NO_ANONYMOUS_AUTHID = "names a method only along with an authid"
# What a client cannot show, and why; by the name of the check, or how it begins.
CANNOT = {
    "autobahn-python": {
        "scram_pbkdf2": NO_PBKDF2,
        "scram_pbkdf2_wrong": NO_PBKDF2,
    },
    "autobahn-js": {
        "scram": NO_SCRAM,
        "ssh": "reads no SSH keys",
        "binding": "has no channel binding",
    },
    "wampy": {
        "scram": NO_SCRAM,
        "ssh": "reads no SSH keys",
        "binding": "has no channel binding",
        "rs": "has no RawSocket",
        "cryptosign_unnamed": NO_ANONYMOUS_AUTHID,
        "cryptosign_unnamed_unknown": NO_ANONYMOUS_AUTHID,
    },
}


@dataclass
class Login:
    """One row: the text of the check, and what its entry in the plan is made of."""

    check: str
    text: str
    outcome: dict
    secrets: dict
    authid: str | None = None
    realm: str = "interop.static"
    over: str = "ws"
    rest: dict = field(default_factory=dict)

    def entry(self, urls, ca, serializer):
        return {
            "check": self.check, "url": urls[self.over], "ca": str(ca), "realm": self.realm, "serializer": serializer,
            "authid": self.authid, "secrets": self.secrets, "outcome": self.outcome, **self.rest,
        }


def run(wamp, folder, children, tally):
    known = credentials(folder)
    (folder / "wamp.toml").write_text(configuration(known))
    router = children.start(wamp, "router", "-f", folder / "wamp.toml", cwd=folder)
    ws, wss = (router.line("WAMP_URL=").removeprefix("WAMP_URL=") for _ in range(2))
    urls = {"ws": ws, "wss": wss, "rs": "rs" + ws.removeprefix("ws"), "rss": "rss" + wss.removeprefix("wss")}

    backend = serve(urls, folder, known, children)

    def attempt(name):
        rows = logins(name, known, folder)
        texts = {row.check: row.text for row in rows}
        skipped = {row.check: why for row in rows if (why := cannot(name, row.check))}
        rows = [row for row in rows if row.check not in skipped]
        plan = folder / f"{name}.json"
        entries = [
            row.entry(urls, folder / "ca.pem", "json" if row.over == "rs" else SERIALIZERS[number % 3])
            for number, row in enumerate(rows)  # RawSocket: autobahn-js has JSON only
        ]
        plan.write_text(json.dumps(entries))
        child = client(children, name, plan, folder / "ca.pem")
        for check, why in skipped.items():
            tally.add(f"auth {name}", texts[check], None, why)
        conclude(child, f"auth {name}", {row.check: row.text for row in rows}, tally)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(attempt, CLIENTS))
    tally.check("auth backend", "serves authenticators and the authorizer to the end", lambda: served(backend))
    tally.check("auth router", "ends with 0 on SIGTERM, and never panicked", lambda: stopped(router))
    tally.check("auth router", "shows no secret on standard error", lambda: discreet(router, known))


def credentials(folder):
    return json.loads(step([Tools.python, str(HERE / "credentials.py"), str(folder)]))


def serve(urls, folder, known, children, realm="interop.dynamic", role="member"):
    """autobahn-python, serving authenticators that give this role, and an authorizer."""
    own = Login("backend", "", {}, {"ticket": known["password"]}, "backend", realm)
    plan = folder / "backend.json"
    crossbar = {"kdf": "argon2id-13", **known["argon2id13"], **known["argon2id13"]["compat"]}
    scram = {key.replace("_", "-"): value for key, value in crossbar.items() if key != "compat"}
    plan.write_text(json.dumps([own.entry(urls, folder / "ca.pem", "cbor"), {**known, "scram": scram, "role": role}]))
    backend = children.start(Tools.python, "clients/autobahn_python_auth.py", "serve", plan, cwd=HERE)
    backend.line('"ready"')
    return backend


def client(children, name, plan, ca):
    """Node is told of the authority in its environment: the clients have no option for it, or only along with others."""
    command = ["env", f"NODE_EXTRA_CA_CERTS={ca}", *CLIENTS[name], "login", plan]
    return children.start(*command, cwd=HERE)


def cannot(name, check):
    return CANNOT[name].get(check) or CANNOT[name].get(check.split("_")[0])


def served(backend):
    code, _ = backend.end()
    assert code == 0, f"exit code {code}; {backend.trouble()}"


def discreet(router, known):
    assert not any(known[secret] in line for line in router.errors for secret in ("password", "seed", "derived"))


def logins(name, known, folder):
    return [*static(known, folder), *refusals(known, folder), *transports(known, folder), *dynamic(name, known)]


def welcome(authid, method, role="clerk"):
    return {"welcome": {"authid": authid, "authrole": role, "authmethod": method}}


def static(known, folder):
    """Each method once, by users that the file names."""
    password, seed = known["password"], known["seed"]
    return [
        Login(
            "anonymous", "anonymous where it is allowed",
            {"welcome": {"authrole": "guest", "authmethod": "anonymous"}}, {"anonymous": None}, realm="interop.open",
        ),
        Login("ticket", "ticket", welcome("tess", "ticket"), {"ticket": password}, "tess"),
        Login("ticket_hashed", "ticket that the router has the hash of", welcome("hash", "ticket"), {"ticket": password}, "hash"),
        Login("wampcra", "wampcra", welcome("carl", "wampcra"), {"wampcra": password}, "carl"),
        Login("wampcra_salted", "wampcra, salted", welcome("sally", "wampcra"), {"wampcra": password}, "sally"),
        Login("scram_pbkdf2", "scram with pbkdf2", welcome("pablo", "scram"), {"scram": password}, "pablo"),
        Login("scram_argon2", "scram with argon2id-13", welcome("arne", "scram"), {"scram": password}, "arne"),
        Login("scram_derived", "scram, derived at start", welcome("scott", "scram"), {"scram": password}, "scott"),
        Login("cryptosign", "cryptosign", welcome("kim", "cryptosign"), {"cryptosign": seed}, "kim"),
        Login("cryptosign_unnamed", "cryptosign, the key telling who it is", welcome("kim", "cryptosign"), {"cryptosign": seed}),
        Login("ssh", "cryptosign with an SSH key", welcome("kim", "cryptosign"), {"cryptosign": f"{folder}/id_ed25519"}, "kim"),
        Login(
            "several", "the first method offered that the user has",
            welcome("tess", "ticket"), {"cryptosign": seed, "ticket": password, "wampcra": password}, "tess",
        ),
    ]


def refusals(known, folder):
    """What each ABORT is for; an unknown user is told the same as a wrong secret.

    In a realm where several methods are in use a name that nobody has is given one of them, and any other is as foreign to it
    as it is to a user who has not got it. Hence a realm for each method.
    """
    password, wrong = known["password"], "pencil cases"
    rows = []
    for method, authid in METHODS.items():
        bad, good = (known["stranger"], known["seed"]) if method == "cryptosign" else (wrong, password)
        rows.append(Login(f"{method}_wrong", f"{method} with a wrong secret is denied", DENIED, {method: bad}, authid))
        unknown = f"{method} of an unknown user is denied"
        rows.append(Login(f"{method}_unknown", unknown, DENIED, {method: good}, "nobody", f"interop.{method}"))
    return [
        *rows,
        Login("wampcra_salted_wrong", "wampcra, salted, with a wrong secret is denied", DENIED, {"wampcra": wrong}, "sally"),
        Login("scram_pbkdf2_wrong", "scram with pbkdf2 with a wrong secret is denied", DENIED, {"scram": wrong}, "pablo"),
        Login("cryptosign_unnamed_unknown", "cryptosign with an unknown key is denied", DENIED, {"cryptosign": known["stranger"]}),
        Login("ssh_wrong", "cryptosign with another SSH key is denied", DENIED, {"cryptosign": f"{folder}/id_stranger"}, "kim"),
        Login("no_method", "no method in common", NO_METHOD, {"wampcra": password}, "tess"),
        Login("required", "anonymous where it is not allowed", REQUIRED, {"anonymous": None}),
        Login("no_method_open", "a method that a realm without users has not", NO_METHOD, {"ticket": password}, "tess", "interop.open"),
    ]


def transports(known, folder):
    """RawSocket, TLS, and what only TLS has."""
    password, seed = known["password"], known["seed"]
    certificate = lambda stem: {"certificate": {"cert": f"{folder}/{stem}.pem", "key": f"{folder}/{stem}.key"}}
    binding = lambda highest: {"binding": "tls-unique", "highest": highest}
    return [
        Login("rs", "wampcra over RawSocket", welcome("sally", "wampcra"), {"wampcra": password}, "sally", over="rs"),
        Login("rs_wrong", "wampcra over RawSocket with a wrong secret", DENIED, {"wampcra": "no"}, "sally", over="rs"),
        Login("wss", "ticket over TLS", welcome("tess", "ticket"), {"ticket": password}, "tess", over="wss"),
        Login("wss_wrong", "ticket over TLS, wrong, is denied", DENIED, {"ticket": "no"}, "tess", over="wss"),
        Login("cryptosign_wss", "cryptosign over TLS", welcome("kim", "cryptosign"), {"cryptosign": seed}, "kim", over="wss"),
        Login("scram_wss", "scram over TLS", welcome("arne", "scram"), {"scram": password}, "arne", over="wss"),
        Login("tls", "certificate", welcome("tina", "tls"), {"tls": None}, "tina", over="wss", rest=certificate("client")),
        Login("tls_stranger", "certificate of nobody known is denied", DENIED, {"tls": None}, "tina", over="wss", rest=certificate("stranger")),
        Login("tls_none", "no certificate is denied", DENIED, {"tls": None}, "tina", over="wss"),
        *(
            Login(
                f"binding_{version}", f"cryptosign bound to tls-unique, which the router has not, over {text}, is denied",
                DENIED, {"cryptosign": seed}, "kim", over="wss", rest=binding(version),
            )
            for version, text in (("TLSv1_2", "TLS 1.2"), ("TLSv1_3", "TLS 1.3"))
        ),
    ]


def dynamic(name, known):
    """Logins that autobahn-python's procedures decide, and what the roles may do."""
    password, seed = known["password"], known["seed"]
    realm = "interop.dynamic"
    member = lambda authid, method: welcome(authid, method, "member")
    asker = f"asker_{slug(name)}"
    yes, no, failing, disclosed = (f"interop.asked.whoami.{tail}" for tail in ("yes", "no", "failing", "disclosed"))
    permitted = {
        ("call", "interop.open.whoami"): ["plain", "member"],
        ("call", "interop.closed.whoami"): NOT_AUTHORIZED,
        ("publish", "interop.open.topic", 1): "done",
        ("publish", "interop.closed.topic", 1): NOT_AUTHORIZED,
        ("subscribe", "interop.open.topic"): "done",
        ("subscribe", "interop.closed.topic"): NOT_AUTHORIZED,
        ("register", "interop.open.procedure"): NOT_AUTHORIZED,
    }
    asked = [
        (["call", yes], [None, None]),
        (["call", yes], [None, None]),
        (["call", no], NOT_AUTHORIZED),
        (["call", failing], "wamp.error.authorization_failed"),
        (["call", disclosed], [asker, "asked"]),
        (["call", disclosed], [asker, "asked"]),
        (["publish", "interop.asked.yes", 1], "done"),
        (["publish", "interop.asked.no", 1], NOT_AUTHORIZED),
        (["subscribe", "interop.asked.yes"], NOT_AUTHORIZED),
        (["register", "interop.asked.yes"], NOT_AUTHORIZED),
        (["call", "interop.auth.asked", asker, "call", yes], 2),
        (["call", "interop.auth.asked", asker, "call", disclosed], 1),
    ]
    return [
        Login(
            "dynamic_ticket", "dynamic ticket, the answer a role, and static permissions of the role",
            {**member("plain", "ticket"), "gave": list(permitted.values())}, {"ticket": password}, "plain", realm,
            rest={"acts": [list(act) for act in permitted]},
        ),
        Login(
            "dynamic_dict", "dynamic ticket, the answer a dict with authid",
            member(f"tess@{realm}", "ticket"), {"ticket": password}, "tess", realm,
        ),
        Login("dynamic_ticket_wrong", "dynamic ticket, refused by the authenticator, is denied", DENIED, {"ticket": "no"}, "tess", realm),
        Login(
            "dynamic_failing", "dynamic ticket whose authenticator fails",
            {"refused": "wamp.error.authentication_failed"}, {"ticket": password}, "unruly", realm,
        ),
        Login("dynamic_wampcra", "dynamic wampcra", member("dynamo", "wampcra"), {"wampcra": password}, "dynamo", realm),
        Login("dynamic_wampcra_salted", "dynamic wampcra, salted", member("salted", "wampcra"), {"wampcra": password}, "salted", realm),
        Login("dynamic_wampcra_wrong", "dynamic wampcra with a wrong secret is denied", DENIED, {"wampcra": "no"}, "dynamo", realm),
        Login("dynamic_wampcra_unknown", "dynamic wampcra of an unknown user is denied", DENIED, {"wampcra": password}, "nobody", realm),
        Login("scram_dynamic", "dynamic scram", member("dynamo", "scram"), {"scram": password}, "dynamo", realm),
        Login("scram_dynamic_wrong", "dynamic scram with a wrong secret is denied", DENIED, {"scram": "no"}, "dynamo", realm),
        Login(
            "dynamic_cryptosign", "dynamic cryptosign, the authenticator telling who it is",
            member("the holder of the key", "cryptosign"), {"cryptosign": seed}, "dynamo", realm,
        ),
        Login(
            "dynamic_cryptosign_wrong", "dynamic cryptosign with an unknown key is denied",
            DENIED, {"cryptosign": known["stranger"]}, "dynamo", realm,
        ),
        Login(
            "authorizer", "dynamic authorizer: bool, dict, disclosure, cache and failure",
            {**welcome(asker, "ticket", "asked"), "gave": [result for _, result in asked]}, {"ticket": password}, asker, realm,
            rest={"acts": [act for act, _ in asked]},
        ),
    ]


def configuration(known):
    """The file of the router: a realm of every kind, and a listener without and one with TLS."""
    password = f"plain:{known['password']}"
    argon2, pbkdf2 = known["argon2id13"], known["pbkdf2"]
    users = {
        "tess": {"ticket": password},
        "hash": {"ticket_sha256": known["ticket_sha256"]},
        "carl": {"wampcra": password},
        "sally": {"wampcra": {"key": known["derived"], "salt": "salt123", "iterations": 100, "keylen": 32}},
        "pablo": {"scram": {"kdf": "pbkdf2", **pbkdf2}},
        "arne": {"scram": {
            "kdf": "argon2id13", **{key: value for key, value in argon2.items() if key != "compat"},
            **{f"compat_{key}": value for key, value in argon2["compat"].items() if key != "salt"},
        }},
        "scott": {"scram": password},
        "kim": {"cryptosign": [known["ssh_pubkey"].strip()]},
        "tina": {"tls": [f"sha256:{known['certificate_sha256']}"]},
    }
    tls = {"cert": "server.pem", "key": "server.key", "client_ca": "ca.pem", "client_auth": "request"}
    anything = ["call", "register", "subscribe", "publish"]
    document = {
        "limits": {"failed_logins": {"count": 1000, "per": "1m"}},
        "listeners": [{"url": "ws://127.0.0.1:0/ws"}, {"url": "wss://127.0.0.1:0/ws", "tls": tls}],
        "realms": [
            {
                "name": "interop.static",
                "users": [{"authid": authid, "role": "clerk", **methods} for authid, methods in users.items()],
                "roles": [{"name": "clerk"}],
            },
            *(
                {"name": f"interop.{method}", "users": [{"authid": "sole", "role": "clerk", **users[user]}]}
                for method, user in METHODS.items()
            ),
            {"name": "interop.open", "anonymous": {"role": "guest"}, "roles": [{"name": "guest"}]},
            {
                "name": "interop.dynamic",
                "users": [{"authid": "backend", "role": "backend", "ticket": password}],
                "authenticators": [
                    {"methods": [method], "procedure": f"interop.auth.{method}"}
                    for method in ("ticket", "wampcra", "scram", "cryptosign")
                ],
                "roles": [
                    {"name": "backend", "permissions": [{"uri": "", "match": "prefix", "allow": anything}]},
                    {"name": "member", "permissions": [{
                        "uri": "interop.open.", "match": "prefix", "allow": ["call", "subscribe", "publish"],
                        "disclose": ["caller"],
                    }]},
                    {
                        "name": "asked", "authorizer": "interop.auth.authorize",
                        "permissions": [{"uri": "interop.auth.asked", "allow": ["call"]}],
                    },
                ],
            },
        ],
    }
    return "".join(f"{key} = {toml(value)}\n" for key, value in document.items())


def toml(value):
    """A value on one line; strings are those of JSON."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
