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

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from harness import HERE, Tools, step
from router import TABLE, conclude, slug, stopped

TEXTS = TABLE["auth"]
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
    """One row of the table `auth` in checks.json: what its entry in the plan is made of."""

    check: str
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
            tally.add(f"auth {name}", TEXTS[check], None, why)
        conclude(child, f"auth {name}", {check: text for check, text in TEXTS.items() if check not in skipped}, tally)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(attempt, CLIENTS))
    tally.check("auth backend", "serves authenticators and the authorizer to the end", lambda: served(backend))
    tally.check("auth router", "ends with 0 on SIGTERM, and never panicked", lambda: stopped(router))
    tally.check("auth router", "shows no secret on standard error", lambda: discreet(router, known))


def credentials(folder):
    return json.loads(step([Tools.python, str(HERE / "credentials.py"), str(folder)]))


def serve(urls, folder, known, children, realm="interop.dynamic", role="member"):
    """autobahn-python, serving authenticators that give this role, and an authorizer."""
    own = Login("backend", {}, {"ticket": known["password"]}, "backend", realm)
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
    return [*static(known, folder), *refusals(known, folder), *transports(known, folder), *dynamic(name, known, folder)]


def welcome(authid, method, role="clerk"):
    return {"welcome": {"authid": authid, "authrole": role, "authmethod": method}}


def static(known, folder):
    """Each method once, by users that the file names."""
    password, seed = known["password"], known["seed"]
    return [
        Login(
            "anonymous",
            {"welcome": {"authrole": "guest", "authmethod": "anonymous"}}, {"anonymous": None}, realm="interop.open",
        ),
        Login("ticket", welcome("tess", "ticket"), {"ticket": password}, "tess"),
        Login("ticket_hashed", welcome("hash", "ticket"), {"ticket": password}, "hash"),
        Login("wampcra", welcome("carl", "wampcra"), {"wampcra": password}, "carl"),
        Login("wampcra_salted", welcome("sally", "wampcra"), {"wampcra": password}, "sally"),
        Login("scram_pbkdf2", welcome("pablo", "scram"), {"scram": password}, "pablo"),
        Login("scram_argon2", welcome("arne", "scram"), {"scram": password}, "arne"),
        Login("scram_derived", welcome("scott", "scram"), {"scram": password}, "scott"),
        Login("cryptosign", welcome("kim", "cryptosign"), {"cryptosign": seed}, "kim"),
        Login("cryptosign_unnamed", welcome("kim", "cryptosign"), {"cryptosign": seed}),
        Login("ssh", welcome("kim", "cryptosign"), {"cryptosign": f"{folder}/id_ed25519"}, "kim"),
        Login(
            "several",
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
        rows.append(Login(f"{method}_wrong", DENIED, {method: bad}, authid))
        rows.append(Login(f"{method}_unknown", DENIED, {method: good}, "nobody", f"interop.{method}"))
    return [
        *rows,
        Login("wampcra_salted_wrong", DENIED, {"wampcra": wrong}, "sally"),
        Login("scram_pbkdf2_wrong", DENIED, {"scram": wrong}, "pablo"),
        Login("cryptosign_unnamed_unknown", DENIED, {"cryptosign": known["stranger"]}),
        Login("ssh_wrong", DENIED, {"cryptosign": f"{folder}/id_stranger"}, "kim"),
        Login("no_method", NO_METHOD, {"wampcra": password}, "tess"),
        Login("required", REQUIRED, {"anonymous": None}),
        Login("no_method_open", NO_METHOD, {"ticket": password}, "tess", "interop.open"),
    ]


def transports(known, folder):
    """RawSocket, TLS, and what only TLS has."""
    password, seed = known["password"], known["seed"]
    binding = lambda highest: {"binding": "tls-unique", "highest": highest}
    return [
        Login("rs", welcome("sally", "wampcra"), {"wampcra": password}, "sally", over="rs"),
        Login("rs_wrong", DENIED, {"wampcra": "no"}, "sally", over="rs"),
        Login("wss", welcome("tess", "ticket"), {"ticket": password}, "tess", over="wss"),
        Login("wss_wrong", DENIED, {"ticket": "no"}, "tess", over="wss"),
        Login("cryptosign_wss", welcome("kim", "cryptosign"), {"cryptosign": seed}, "kim", over="wss"),
        Login("scram_wss", welcome("arne", "scram"), {"scram": password}, "arne", over="wss"),
        Login("tls", welcome("tina", "tls"), {"tls": None}, "tina", over="wss", rest=certificate(folder, "client")),
        Login("tls_stranger", DENIED, {"tls": None}, "tina", over="wss", rest=certificate(folder, "stranger")),
        Login("tls_none", NO_METHOD, {"tls": None}, "tina", over="wss"),
        *(
            Login(
                f"binding_{version}",
                DENIED, {"cryptosign": seed}, "kim", over="wss", rest=binding(version),
            )
            for version in ("TLSv1_2", "TLSv1_3")
        ),
    ]


def certificate(folder, stem):
    return {"certificate": {"cert": f"{folder}/{stem}.pem", "key": f"{folder}/{stem}.key"}}


def dynamic(name, known, folder):
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
        ("call", "wamp.session.list"): NOT_AUTHORIZED,
        ("call", "wamp.session.kill_all"): NOT_AUTHORIZED,
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
            "dynamic_ticket",
            {**member("plain", "ticket"), "gave": list(permitted.values())}, {"ticket": password}, "plain", realm,
            rest={"acts": [list(act) for act in permitted]},
        ),
        Login(
            "dynamic_dict",
            member(f"tess@{realm}", "ticket"), {"ticket": password}, "tess", realm,
        ),
        Login("dynamic_ticket_wrong", DENIED, {"ticket": "no"}, "tess", realm),
        Login(
            "dynamic_failing",
            {"refused": "wamp.error.authentication_failed"}, {"ticket": password}, "unruly", realm,
        ),
        Login(
            "dynamic_absent",
            {"refused": "wamp.error.authentication_failed"}, {"ticket": password}, "tess", "interop.absent",
        ),
        Login(
            "dynamic_elsewhere",
            member("tess@interop.elsewhere", "ticket"), {"ticket": password}, "tess", "interop.elsewhere",
        ),
        Login("dynamic_wampcra", member("dynamo", "wampcra"), {"wampcra": password}, "dynamo", realm),
        Login("dynamic_wampcra_salted", member("salted", "wampcra"), {"wampcra": password}, "salted", realm),
        Login("dynamic_wampcra_wrong", DENIED, {"wampcra": "no"}, "dynamo", realm),
        Login("dynamic_wampcra_unknown", DENIED, {"wampcra": password}, "nobody", realm),
        Login("scram_dynamic", member("dynamo", "scram"), {"scram": password}, "dynamo", realm),
        Login("scram_dynamic_wrong", DENIED, {"scram": "no"}, "dynamo", realm),
        Login(
            "dynamic_cryptosign",
            member("the holder of the key", "cryptosign"), {"cryptosign": seed}, "dynamo", realm,
        ),
        Login(
            "dynamic_cryptosign_wrong",
            DENIED, {"cryptosign": known["stranger"]}, "dynamo", realm,
        ),
        *(
            Login(check, outcome, {"tls": None}, "dynamo", realm, over="wss", rest=certificate(folder, stem))
            for check, stem, outcome in (
                ("dynamic_tls", "client", member("dynamo", "tls")), ("dynamic_tls_stranger", "stranger", DENIED),
            )
        ),
        Login(
            "authorizer",
            {**welcome(asker, "ticket", "asked"), "gave": [result for _, result in asked]}, {"ticket": password}, asker, realm,
            rest={"acts": [act for act, _ in asked]},
        ),
    ]


def configuration(known):
    """The file of the router: a realm of every kind, and a listener without and one with TLS."""
    password = f"plain:{known['password']}"
    argon2 = based(known["argon2id13"])
    compat = based(known["argon2id13"]["compat"])
    users = {
        "tess": {"ticket": password},
        "hash": {"ticket_sha256": known["ticket_sha256"]},
        "carl": {"wampcra": password},
        "sally": {"wampcra": {"key": known["derived"], "salt": "salt123", "iterations": 100, "keylen": 32}},
        "pablo": {"scram": {"kdf": "pbkdf2", **based(known["pbkdf2"])}},
        "arne": {"scram": {
            "kdf": "argon2id13", **argon2, **{f"compat_{key}": compat[key] for key in ("stored_key", "server_key")},
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
            {"name": "interop.absent", "authenticators": [{"methods": ["ticket"], "procedure": "interop.auth.ticket"}]},
            {
                "name": "interop.elsewhere",
                "authenticators": [
                    {"methods": ["ticket"], "procedure": "interop.auth.ticket", "realm": "interop.dynamic"},
                ],
            },
            {
                "name": "interop.dynamic",
                "users": [{"authid": "backend", "role": "backend", "ticket": password}],
                "authenticators": [
                    {"methods": [method], "procedure": f"interop.auth.{method}"}
                    for method in ("ticket", "wampcra", "scram", "cryptosign", "tls")
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


def based(record):
    """A SCRAM record as our file has it: in base64 where crossbar wants hexadecimal digits."""
    record = {key: value for key, value in record.items() if key != "compat"}
    texts = ("salt", "stored_key", "server_key")
    return record | {key: base64.b64encode(bytes.fromhex(record[key])).decode() for key in texts}


def toml(value):
    """A value on one line; strings are those of JSON."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
