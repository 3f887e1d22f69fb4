"""autobahn (Python, asyncio) as a peer of the router under test.

    autobahn_python.py --url ws://127.0.0.1:8080/ws --serializer json check
    autobahn_python.py --url rs://127.0.0.1:8080 --serializer cbor serve NAME
    autobahn_python.py --url rs+unix:///tmp/rs.sock --serializer msgpack meet NAME PEER...

`check` runs the checks of ../checks.json in two sessions of its own, `serve` answers others until standard
input ends, `meet` calls, and publishes to, the peers that serve. Every outcome is one line of JSON on
standard output: {"check", "ok", "detail"}. suite.mjs is the same for the JavaScript clients.
"""

import argparse
import asyncio
import base64
import json
import sys
from pathlib import Path
from urllib.parse import urlparse

import cbor2
from autobahn.asyncio.rawsocket import WampRawSocketClientFactory
from autobahn.asyncio.wamp import ApplicationSession
from autobahn.asyncio.websocket import WampWebSocketClientFactory
from autobahn.wamp.exception import ApplicationError
from autobahn.wamp.serializer import CBORSerializer, JsonSerializer, MsgPackSerializer
from autobahn.wamp.types import (
    CallOptions,
    CallResult,
    ComponentConfig,
    PublishOptions,
    RegisterOptions,
    SubscribeOptions,
)

TABLE = json.loads((Path(__file__).parent.parent / "checks.json").read_text())
SERIALIZERS = {"json": JsonSerializer, "msgpack": MsgPackSerializer, "cbor": CBORSerializer}
PATIENCE = 10  # seconds that one step may take
TOPIC = "interop.meet.event"

# What this client cannot show, and why.
CANNOT = {"agent": "SessionDetails drops it"}

VALUES = {
    row["name"]: base64.b64decode(row["base64"]) if "base64" in row else row["value"]
    for row in TABLE["values"]
}
# Only another Python peer can be held to the difference between 2 and 2.0.
PORTABLE = {row["name"] for row in TABLE["values"] if "beyond" not in row}


class Peer(ApplicationSession):
    """A session whose beginning and end can be awaited."""

    def __init__(self, realm):
        super().__init__(ComponentConfig(realm))
        loop = asyncio.get_running_loop()
        self.joined, self.left, self.gone = (loop.create_future() for _ in range(3))

    def onJoin(self, details):
        self.joined.set_result(details)

    def onLeave(self, details):
        if not self.joined.done():
            self.joined.set_exception(ApplicationError(details.reason))
        if not self.left.done():
            self.left.set_result(details.reason)
        return super().onLeave(details)

    def onDisconnect(self):
        if not self.gone.done():
            self.gone.set_result(None)
        super().onDisconnect()

    async def close(self):
        self.leave()
        reason = await bounded(self.left)
        await bounded(self.gone)
        return reason


async def bounded(awaitable):
    return await asyncio.wait_for(awaitable, PATIENCE)


async def open_session(options, realm=None):
    """Joins, and returns the session once WELCOME is there."""
    url = urlparse(options.url)
    peer = Peer(realm or options.realm)
    serializer = SERIALIZERS[options.serializer]()
    loop = asyncio.get_running_loop()
    if url.scheme == "ws":
        factory = WampWebSocketClientFactory(lambda: peer, url=options.url, serializers=[serializer])
    else:
        factory = WampRawSocketClientFactory(lambda: peer, serializer=serializer)
    if url.scheme.endswith("unix"):
        await bounded(loop.create_unix_connection(factory, url.path))
    else:
        await bounded(loop.create_connection(factory, url.hostname, url.port))
    await bounded(peer.joined)
    return peer


def same(got, wanted, strict):
    """Equality that tells booleans from numbers and sees the order of keys; `strict` also tells 2 from 2.0."""
    if isinstance(got, cbor2.CBORTag) and got.tag == 64:
        got = got.value  # RFC 8746: binary as well; wampy sends all of its binary so
    if isinstance(wanted, (list, tuple)):
        return type(got) is type(wanted) and len(got) == len(wanted) and all(map(same, got, wanted, [strict] * len(got)))
    if isinstance(wanted, dict):
        return isinstance(got, dict) and list(got) == list(wanted) and all(same(got[k], wanted[k], strict) for k in got)
    if isinstance(wanted, (int, float)) and not isinstance(wanted, bool) and not strict:
        return isinstance(got, (int, float)) and not isinstance(got, bool) and got == wanted
    return type(got) is type(wanted) and got == wanted


def expect(got, wanted):
    assert same(got, wanted, True), f"expected {wanted!r}, got {got!r}"


def report(check, ok, detail=""):
    """One outcome; `ok` is None where the client cannot show it."""
    print(json.dumps({"check": check, "ok": ok, "detail": detail}), flush=True)


async def invoke(session, procedure, *args, **kwargs):
    """The whole result, also where autobahn would unwrap it."""
    result = await session.call(procedure, *args, options=CallOptions(details=True), **kwargs)
    return list(result.results), result.kwresults


async def publish(session, topic, *args, exclude_me=None, **kwargs):
    """An acknowledged publication."""
    options = PublishOptions(acknowledge=True, exclude_me=exclude_me)
    publication = await session.publish(topic, *args, options=options, **kwargs)
    assert 1 <= publication.id <= 2**53, publication.id


async def refused(awaitable, uri):
    """The error that `awaitable` must end with."""
    try:
        await awaitable
    except ApplicationError as error:
        expect(error.error, uri)
        return error
    raise AssertionError(f"expected {uri}, got success")


async def settled(session):
    """Comes back once `session` has handled everything that was sent to it before."""
    await refused(session.call("interop.nobody"), "wamp.error.no_such_procedure")


class Inbox(list):
    """The events of a subscription, each as [args, kwargs, topic]."""

    def __init__(self, session):
        super().__init__()
        self.session, self.grown = session, asyncio.Event()

    def add(self, event):
        self.append(event)
        self.grown.set()

    async def holding(self, count):
        """The events once `count` of them are there, and any more that were on their way."""
        while len(self) < count:
            self.grown.clear()
            await self.grown.wait()
        await settled(self.session)
        return list(self)


async def subscribed(session, topic, match=None):
    """A subscription and its inbox."""
    events = Inbox(session)

    def on_event(*args, details, **kwargs):
        events.add([list(args), kwargs, details.topic])

    return await session.subscribe(on_event, topic, SubscribeOptions(match=match, details=True)), events


def fail(*args, **kwargs):
    raise ApplicationError("interop.error.refused", *args, **kwargs)


class Suite:
    """The checks, by their names in checks.json, over two sessions `a` and `b`."""

    def __init__(self, options):
        self.options = options

    async def run(self):
        self.a = await open_session(self.options)
        self.b = await open_session(self.options)
        for check in TABLE["checks"]:
            if check in CANNOT:
                report(check, None, CANNOT[check])
                continue
            try:
                await bounded(getattr(self, check)())
                report(check, True)
            except Exception as error:  # whatever a check meets is its outcome
                report(check, False, f"{type(error).__name__}: {error}")

    def uri(self, tail):
        return f"interop.{self.options.name}.{tail}"

    async def join(self):
        details = self.a.joined.result()
        expect(details.realm, self.options.realm)
        expect(details.authmethod, "anonymous")
        expect(details.serializer, self.options.serializer)
        assert details.authid and details.authrole, (details.authid, details.authrole)
        assert 1 <= details.session <= 2**53, details.session

    async def no_such_realm(self):
        await refused(open_session(self.options, "interop.no.such.realm"), "wamp.error.no_such_realm")

    async def call(self):
        await self.a.register(lambda *args, **kwargs: CallResult(*args, **kwargs), self.uri("echo"))
        reply = await invoke(self.a, self.uri("echo"), 1, "two", three=3, four=[4])
        expect(reply, ([1, "two"], {"three": 3, "four": [4]}))

    async def call_empty(self):
        await self.a.register(lambda: CallResult(), self.uri("empty"))
        result = await self.b.call(self.uri("empty"), options=CallOptions(details=True))
        expect([list(result.results), dict(result.kwresults)], [[], {}])

    async def error(self):
        await self.a.register(fail, self.uri("fail"))
        call = self.b.call(self.uri("fail"), 1, "two", [3], reason="empty", left=0)
        error = await refused(call, "interop.error.refused")
        expect([list(error.args), error.kwargs], [[1, "two", [3]], {"reason": "empty", "left": 0}])

    async def no_such_procedure(self):
        await refused(self.a.call(self.uri("nobody")), "wamp.error.no_such_procedure")

    async def procedure_exists(self):
        await self.a.register(fail, self.uri("taken"))
        await refused(self.b.register(fail, self.uri("taken")), "wamp.error.procedure_already_exists")

    async def unregister(self):
        registration = await self.a.register(lambda: 1, self.uri("brief"))
        expect(await self.b.call(self.uri("brief")), 1)
        await registration.unregister()
        await refused(self.b.call(self.uri("brief")), "wamp.error.no_such_procedure")

    async def register_prefix(self):
        await self.registered("prefix", "rpc.pre", "rpc.prefixed.one")

    async def register_wildcard(self):
        await self.registered("wildcard", "rpc..end", "rpc.middle.end")

    async def registered(self, match, pattern, procedure):
        options = RegisterOptions(match=match, details=True)
        await self.a.register(lambda details: details.procedure, self.uri(pattern), options)
        expect(await self.b.call(self.uri(procedure)), self.uri(procedure))

    async def publish_acknowledged(self):
        await publish(self.a, self.uri("nobody.listens"))

    async def publish_unacknowledged(self):
        _, events = await subscribed(self.b, self.uri("unacknowledged"))
        self.a.publish(self.uri("unacknowledged"), 7)
        expect([event[0] for event in await events.holding(1)], [[7]])

    async def subscribe_exact(self):
        _, events = await subscribed(self.b, self.uri("topic.exact"))
        await publish(self.a, self.uri("topic.exact"), 1, "two", three=3, four=[4])
        await publish(self.a, self.uri("topic.exact.not"), 2)
        expect([event[:2] for event in await events.holding(1)], [[[1, "two"], {"three": 3, "four": [4]}]])

    async def subscribe_prefix(self):
        await self.matched("prefix", "topic.pre", ["topic.prefix.one", "topic.pre"], "topic.pr")

    async def subscribe_wildcard(self):
        await self.matched("wildcard", "wild..end", ["wild.card.end", "wild.cat.end"], "wild.card.end.not")

    async def matched(self, match, pattern, topics, other):
        _, events = await subscribed(self.b, self.uri(pattern), match)
        for topic in [*topics, other]:
            await publish(self.a, self.uri(topic), topic)
        expect(await events.holding(len(topics)), [[[topic], {}, self.uri(topic)] for topic in topics])

    async def subscribe_twice(self):
        first, dropped = await subscribed(self.b, self.uri("twice"))
        _, kept = await subscribed(self.b, self.uri("twice"))
        await publish(self.a, self.uri("twice"), 1)
        await dropped.holding(1)
        await first.unsubscribe()
        await publish(self.a, self.uri("twice"), 2)
        await kept.holding(2)
        expect([[event[0] for event in events] for events in (dropped, kept)], [[[1]], [[1], [2]]])

    async def unsubscribe(self):
        subscription, events = await subscribed(self.b, self.uri("left"))
        await publish(self.a, self.uri("left"), 1)
        await events.holding(1)
        await subscription.unsubscribe()
        await publish(self.a, self.uri("left"), 2)
        expect([event[0] for event in await events.holding(1)], [[1]])

    async def exclude_me(self):
        _, events = await subscribed(self.a, self.uri("own"))
        await publish(self.a, self.uri("own"), 1)
        expect(await events.holding(0), [])

    async def exclude_me_false(self):
        _, events = await subscribed(self.a, self.uri("own.too"))
        await publish(self.a, self.uri("own.too"), 1, exclude_me=False)
        expect([event[0] for event in await events.holding(1)], [[1]])

    async def values(self):
        wrong = []
        for name, value in VALUES.items():
            reply = await invoke(self.b, self.uri("echo"), value, again=value)
            if not same(reply, ([value], {"again": value}), True):
                wrong.append(f"{name}: {reply!r}")
        assert not wrong, "; ".join(wrong)

    async def large(self):
        value = "0123456789abcdef" * 65536
        assert await self.b.call(self.uri("echo"), value) == value, "the text has changed"

    async def goodbye(self):
        for session in (self.a, self.b):
            reason = await session.close()
            assert reason.startswith("wamp.close."), reason


async def serve(options):
    """Answers for a peer of the name `options.name`, until standard input ends."""
    session = await open_session(options)
    seen = {}  # by publisher: how many events, and the names of those that came changed

    def echo(name, value, again):
        for got in (value, again):
            if not same(got, VALUES[name], False):
                raise ApplicationError("interop.error.changed", f"{name} arrived as {got!r}")
        return CallResult(value, again=again)

    def on_event(publisher, name, value):
        count, wrong = seen.setdefault(publisher, (0, []))
        changed = [] if same(value, VALUES[name], False) else [f"{name} arrived as {value!r}"]
        seen[publisher] = (count + 1, wrong + changed)

    await session.subscribe(on_event, TOPIC)
    await session.register(echo, f"interop.{options.name}.echo")
    await session.register(fail, f"interop.{options.name}.fail")
    await session.register(lambda: None, f"interop.{options.name}.nothing")
    await session.register(lambda publisher: list(seen.get(publisher, (0, []))), f"interop.{options.name}.seen")
    print(json.dumps({"ready": options.name}), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await session.close()


async def meet(options):
    """Calls every peer and publishes to all of them; one outcome per peer and kind."""
    session = await open_session(options)
    for name, value in VALUES.items():
        await publish(session, TOPIC, options.name, name, value=value)
    for peer in options.peers:
        strict = peer.startswith("autobahn_python")
        values = {name: value for name, value in VALUES.items() if strict or name in PORTABLE}

        async def call():
            for name, value in values.items():
                reply = await invoke(session, f"interop.{peer}.echo", name, value, again=value)
                assert same(reply, ([value], {"again": value}), strict), f"{name} came back as {reply!r}"

        async def nothing():
            args, _ = await invoke(session, f"interop.{peer}.nothing")
            assert all(arg is None or arg is cbor2.undefined for arg in args), f"nothing came back as {args!r}"

        async def error():
            refusal = await refused(session.call(f"interop.{peer}.fail", 1, why="so"), "interop.error.refused")
            expect([list(refusal.args), refusal.kwargs], [[1], {"why": "so"}])

        async def event():
            count, wrong = await session.call(f"interop.{peer}.seen", options.name)
            assert count == len(VALUES) and not wrong, f"{count} of {len(VALUES)} events, changed: {wrong}"

        for outcome in (call, nothing, error, event):
            try:
                await bounded(outcome())
                report(f"{outcome.__name__} {peer}", True)
            except Exception as trouble:  # whatever an encounter meets is its outcome
                report(f"{outcome.__name__} {peer}", False, f"{type(trouble).__name__}: {trouble}")
    await session.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--url", required=True)
    parser.add_argument("--realm", default="realm1")
    parser.add_argument("--serializer", choices=SERIALIZERS, required=True)
    parser.add_argument("mode", choices=["check", "serve", "meet"])
    parser.add_argument("name", nargs="?", default="autobahn_python")
    parser.add_argument("peers", nargs="*")
    options = parser.parse_args()
    modes = {"check": lambda: Suite(options).run(), "serve": lambda: serve(options), "meet": lambda: meet(options)}
    asyncio.run(modes[options.mode]())


if __name__ == "__main__":
    main()
