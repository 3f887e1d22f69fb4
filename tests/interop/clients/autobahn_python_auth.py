"""Logins of autobahn (Python, asyncio), and the dynamic authenticators and authorizer that others are let in by.

    autobahn_python_auth.py login PLAN           tries each login of the JSON file PLAN, one outcome per line
    autobahn_python_auth.py serve PLAN           logs in by the first of PLAN and answers until standard input ends

../auth.py writes the plans and says what stands in them; auth.mjs is the same for the JavaScript clients.
"""

import argparse
import asyncio
import json
import ssl
from collections import Counter
from pathlib import Path
from urllib.parse import urlparse

from autobahn.asyncio.rawsocket import WampRawSocketClientFactory
from autobahn.asyncio.wamp import Session
from autobahn.asyncio.websocket import WampWebSocketClientFactory
from autobahn.wamp.auth import create_authenticator
from autobahn.wamp.cryptosign import CryptosignKey
from autobahn.wamp.exception import ApplicationError
from autobahn.wamp.interfaces import IAuthenticator
from autobahn.wamp.types import ComponentConfig, PublishOptions, RegisterOptions

from autobahn_python import SERIALIZERS, bounded, expect, report

REFUSED = "interop.auth.refused"


class Candidate(Session):
    """A session of autobahn's newer kind, with the authenticators that come with it."""

    def __init__(self, entry):
        super().__init__(ComponentConfig(entry["realm"]))
        loop = asyncio.get_running_loop()
        self.joined, self.gone = (loop.create_future() for _ in range(2))
        self.bare = {"authmethods": list(entry["secrets"]), "authid": entry.get("authid")}
        for method, secret in entry["secrets"].items():
            if method != "tls":  # which it has no authenticator for: TLS has said it all
                self.add_authenticator(authenticator(method, secret, entry))

    def on_connect(self):
        self.join(self.config.realm, **self.bare)

    def on_join(self, details):
        self.joined.set_result(details)

    def on_leave(self, details):
        if not self.joined.done():
            self.joined.set_exception(ApplicationError(details.reason, details.message))
        self.disconnect()

    def on_disconnect(self):
        if not self.joined.done():
            self.joined.set_exception(ConnectionError("the connection ended before WELCOME or ABORT"))
        if not self.gone.done():
            self.gone.set_result(None)

    async def close(self):
        self.leave()
        await bounded(self.gone)


def authenticator(method, secret, entry):
    authid = {"authid": entry["authid"]} if entry.get("authid") else {}
    if method == "anonymous":
        return create_authenticator(method, **authid)
    if method == "cryptosign" and "/" in secret:
        return KeyFile(secret, authid)
    if method == "cryptosign":
        binding = {"authextra": {"channel_binding": entry["binding"]}} if entry.get("binding") else {}
        return create_authenticator(method, privkey=secret, **authid, **binding)
    key = {"ticket": "ticket", "wampcra": "secret", "scram": "password"}[method]
    return create_authenticator(method, **{key: secret}, **authid)


class KeyFile:
    """Cryptosign with an SSH key: autobahn reads those, while its authenticator takes hexadecimal digits only."""

    name = "cryptosign"

    def __init__(self, path, authid):
        self._args = authid
        self._key = CryptosignKey.from_ssh_file(path)
        self.authextra = {"pubkey": self._key.public_key()}

    def on_challenge(self, session, challenge):
        return self._key.sign_challenge(challenge)

    def on_welcome(self, msg, authextra):
        return None


IAuthenticator.register(KeyFile)


async def open_session(entry):
    url = urlparse(entry["url"])
    candidate = Candidate(entry)
    serializer = SERIALIZERS[entry["serializer"]]()
    if url.scheme in ("ws", "wss"):
        factory = WampWebSocketClientFactory(lambda: candidate, url=entry["url"], serializers=[serializer])
    else:
        factory = WampRawSocketClientFactory(lambda: candidate, serializer=serializer)
    security = secured(entry) if url.scheme in ("wss", "rss") else None
    loop = asyncio.get_running_loop()
    await bounded(loop.create_connection(factory, url.hostname, url.port, ssl=security))
    details = await bounded(candidate.joined)
    return candidate, details


def secured(entry):
    context = ssl.create_default_context(cafile=entry["ca"])
    if certificate := entry.get("certificate"):
        context.load_cert_chain(certificate["cert"], certificate["key"])
    if highest := entry.get("highest"):
        context.maximum_version = getattr(ssl.TLSVersion, highest)
    return context


async def login(plan):
    for entry in plan:
        try:
            expect(await attempt(entry), entry["outcome"])
            report(entry["check"], True)
        except Exception as trouble:  # whatever a login meets is its outcome
            report(entry["check"], False, f"{type(trouble).__name__}: {trouble}")


async def attempt(entry):
    """What a login comes to: whom WELCOME names, with what the acts gave, or why it was refused."""
    try:
        session, details = await open_session(entry)
    except ApplicationError as refusal:
        return {"refused": refusal.error}
    welcome = {key: getattr(details, key) for key in entry["outcome"].get("welcome", ["authid"])}
    gave = [await bounded(act(session, *step)) for step in entry.get("acts", [])]
    await session.close()
    return {"welcome": welcome, **({"gave": gave} if gave else {})}


async def act(session, action, uri, *args):
    """The result of a call, "done" for other acts, or the URI of the error."""
    try:
        if action == "call":
            return await session.call(uri, *args)
        if action == "register":
            await session.register(lambda: None, uri)
        if action == "subscribe":
            await session.subscribe(lambda: None, uri)
        if action == "publish":
            await session.publish(uri, *args, options=PublishOptions(acknowledge=True))
        return "done"
    except ApplicationError as refusal:
        return refusal.error


async def serve(plan):
    session, _ = await open_session(plan[0])
    backend = Backend(plan[1])
    for tail in ("ticket", "wampcra", "scram", "cryptosign", "tls", "authorize", "asked"):
        await session.register(getattr(backend, tail), f"interop.auth.{tail}")
    for uri in ("interop.open.whoami", "interop.closed.whoami", "interop.asked.whoami"):
        await session.register(whoami, uri, options=RegisterOptions(match="prefix", details=True))
    report("ready", True)
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), open(0, "rb"))
    await reader.read()
    await session.close()


def whoami(details):
    """The caller, as far as it is disclosed."""
    return [details.caller_authid, details.caller_authrole]


class Backend:
    """Procedures as crossbar calls them: authenticators get (realm, authid, details), authorizers (session, uri, action, options)."""

    def __init__(self, known):
        self.known = known
        self.asks = Counter()

    def ticket(self, realm, authid, details):
        if authid == "unruly":
            raise RuntimeError("not this time")
        if details["ticket"] != self.known["password"] or details["authmethod"] != "ticket":
            raise ApplicationError(REFUSED, "no such ticket")
        if authid == "plain":
            return self.known["role"]
        if authid.startswith("asker"):
            return {"role": "asked"}
        return {"role": self.known["role"], "authid": f"{authid}@{realm}", "extra": {"of": "interop"}}

    def wampcra(self, realm, authid, details):
        # crossbar derives the key from a secret that comes with a salt.
        salted = {"salt": "salt123", "iterations": 100, "keylen": 32} if authid == "salted" else {}
        return {"role": self.known["role"], "secret": self.admitted(authid)["password"], **salted}

    def scram(self, realm, authid, details):
        return {"role": self.known["role"], **self.admitted(authid)["scram"]}

    def cryptosign(self, realm, authid, details):
        if details["authextra"]["pubkey"] != self.known["pubkey"]:
            raise ApplicationError(REFUSED, "no such key")
        return {"role": self.known["role"], "authid": "the holder of the key", "pubkey": self.known["pubkey"]}

    def tls(self, realm, authid, details):
        if details["transport"]["peer_cert"]["sha1"] != self.known["certificate_sha1"]:
            raise ApplicationError(REFUSED, "no such certificate")
        return {"role": self.known["role"]}

    def admitted(self, authid):
        if authid not in ("dynamo", "salted"):
            raise ApplicationError(REFUSED, f"no user {authid}")
        return self.known

    def authorize(self, session, uri, action, options):
        self.asks[f"{session['authid']} {action} {uri}"] += 1
        what = uri.split(".")[-1]
        if what == "failing":
            raise RuntimeError("not this time")
        if what == "disclosed":
            return {"allow": True, "disclose": True, "cache": True}
        return what == "yes" and action in ("call", "publish")

    def asked(self, authid, action, uri):
        return self.asks[f"{authid} {action} {uri}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("mode", choices=["login", "serve"])
    parser.add_argument("plan", type=Path)
    options = parser.parse_args()
    asyncio.run({"login": login, "serve": serve}[options.mode](json.loads(options.plan.read_text())))


if __name__ == "__main__":
    main()
