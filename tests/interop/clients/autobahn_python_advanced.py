"""The Advanced Profile as autobahn (Python, asyncio) has it.

    autobahn_python_advanced.py --url ws://127.0.0.1:8080/ws --serializer json --realm some.realm advanced

The checks are those under "advanced" in ../checks.json, over three sessions; the router must open any realm, so
that nobody else is in `--realm` nor in those beside it that the checks of kill_all and its like empty.
"""

import asyncio

from autobahn.wamp.message import Cancel
from autobahn.wamp.types import CallOptions, RegisterOptions, SubscribeOptions

from autobahn_python import (
    Inbox,
    arguments,
    bounded,
    expect,
    open_session,
    publish,
    refused,
    run_checks,
    settled,
    subscribed,
)

# What this client cannot show, and why.
CANNOT = {
    "progressive_invocations": "has progressive results only",
    "progressive_both": "has progressive results only",
    "cancel_fallback": "its callees can be interrupted",
    "caller_disclosure": "has no option disclose_me",
    "publisher_disclosure": "has no option disclose_me",
    "remove_subscriber": "announces subscription_revocation, and takes the revocation for a violation",
    "ppt_call": "has an older mode, enc_algo, in its place",
    "ppt_publish": "has an older mode, enc_algo, in its place",
    "ppt_wamp": "has an older mode, enc_algo, in its place",
}
CANCELED = "wamp.error.canceled"
CONFLICT = "wamp.error.procedure_exists_with_different_invocation_policy"


class Work:
    """A procedure that does not come to its end by itself, and what happens to it."""

    def __init__(self):
        self.started, self.interrupted, self.released = (asyncio.Event() for _ in range(3))

    async def __call__(self):
        self.started.set()
        try:
            await self.released.wait()
        except asyncio.CancelledError:
            self.interrupted.set()
            raise
        return "done"


class Advanced:
    """The checks, by their names, over three sessions `a`, `b` and `c`."""

    def __init__(self, options):
        self.options = options

    async def run(self):
        self.a, self.b, self.c = [await open_session(self.options) for _ in range(3)]
        await run_checks(self, "advanced", CANNOT)

    def uri(self, tail):
        return f"interop.{self.options.name}.{tail}"

    # Calls

    async def progressive_results(self):
        def squares(count, details):
            for number in range(count):
                details.progress(number, square=number * number)
            return "done"

        await self.a.register(squares, self.uri("squares"), RegisterOptions(details=True))
        parts = []
        options = CallOptions(on_progress=lambda number, square: parts.append([number, square]))
        expect(await self.b.call(self.uri("squares"), 4, options=options), "done")
        expect(parts, [[0, 0], [1, 1], [2, 4], [3, 9]])

    async def progressive_results_unasked(self):
        await self.a.register(lambda details: details.progress is None, self.uri("unasked"), RegisterOptions(details=True))
        expect(await self.b.call(self.uri("unasked")), True)

    async def cancel_skip(self):
        work, call = await self.canceled("skip")
        await refused(call, CANCELED)
        await settled(self.a)
        assert not work.interrupted.is_set(), "the callee was interrupted"
        work.released.set()  # its late answer troubles nobody
        await settled(self.a)
        await settled(self.b)

    async def cancel_kill(self):
        work, call = await self.canceled("kill")
        error = await refused(call, None)
        await work.interrupted.wait()
        assert error.error != CANCELED, error  # autobahn answers an interrupt with an error of its own

    async def cancel_killnowait(self):
        work, call = await self.canceled("killnowait")
        await refused(call, CANCELED)
        await work.interrupted.wait()
        await settled(self.a)

    async def canceled(self, mode):
        """A call of `b` to `a`, canceled once it is being worked on."""
        work = Work()
        await self.a.register(work, self.uri(f"work.{mode}"))
        call = self.b.call(self.uri(f"work.{mode}"))
        await work.started.wait()
        # The future's own cancel() sends CANCEL without a mode.
        self.b._transport.send(Cancel(max(self.b._call_reqs), mode))
        return work, call

    async def call_timeout(self):
        work = Work()
        await self.a.register(work, self.uri("slow"))
        await refused(self.b.call(self.uri("slow"), options=CallOptions(timeout=100)), "wamp.error.timeout")
        await work.interrupted.wait()

    # Registrations

    async def register_precedence(self):
        for pattern, match in [
            ("order.one.two", "exact"), ("order.one", "prefix"), ("order", "prefix"), ("order..two", "wildcard"),
            (".one.three", "wildcard"),
        ]:
            label = f"{match} {pattern}"
            await self.a.register(lambda label=label: label, self.uri(pattern), RegisterOptions(match=match))
        for procedure, wanted in [
            ("order.one.two", "exact order.one.two"),
            ("order.one.three", "prefix order.one"),
            ("order.none.two", "prefix order"),
            ("chaos.one.three", "wildcard .one.three"),
        ]:
            expect(await self.b.call(self.uri(procedure)), wanted)

    async def shared_roundrobin(self):
        await self.share("roundrobin")
        labels = [await self.ask("roundrobin") for _ in range(6)]
        expect(labels, ["a", "b"] * 3)

    async def shared_first(self):
        first, _ = await self.share("first")
        expect([await self.ask("first") for _ in range(3)], ["a"] * 3)
        await first.unregister()
        expect(await self.ask("first"), "b")

    async def shared_last(self):
        _, last = await self.share("last")
        expect([await self.ask("last") for _ in range(3)], ["b"] * 3)
        await last.unregister()
        expect(await self.ask("last"), "a")

    async def shared_random(self):
        await self.share("random")
        expect(sorted({await self.ask("random") for _ in range(64)}), ["a", "b"])

    async def shared_conflict(self):
        await self.a.register(lambda: "a", self.uri("shared.conflict"), RegisterOptions(invoke="roundrobin"))
        for policy in ("random", "first"):
            options = RegisterOptions(invoke=policy)
            await refused(self.b.register(lambda: "b", self.uri("shared.conflict"), options), CONFLICT)

    async def share(self, policy):
        """Registers a procedure in `a` and `b`, in this order."""
        uri, options = self.uri(f"shared.{policy}"), RegisterOptions(invoke=policy)
        return await self.a.register(lambda: "a", uri, options), await self.b.register(lambda: "b", uri, options)

    def ask(self, policy):
        return self.c.call(self.uri(f"shared.{policy}"))

    async def concurrency(self):
        uri, options = self.uri("busy"), RegisterOptions(invoke="first", concurrency=1)
        works = [Work(), Work()]
        for session, work in zip((self.a, self.b), works):
            await session.register(work, uri, options)
        calls = []
        for work in works:
            calls.append(self.c.call(uri))
            await work.started.wait()
        await refused(self.c.call(uri), "wamp.error.no_available_callee")
        for work, call in zip(works, calls):
            work.released.set()
            expect(await call, "done")

    async def force_reregister(self):
        await self.a.register(lambda: "a", self.uri("forced"))
        await self.b.register(lambda: "b", self.uri("forced"), RegisterOptions(force_reregister=True))
        expect(await self.c.call(self.uri("forced")), "b")
        await settled(self.a)  # which took the revocation well

    # Events

    async def exclude(self):
        await self.reached("exclude", {"exclude": [ident(self.b)]}, ["c"])

    async def exclude_authid(self):
        await self.reached("exclude_authid", {"exclude_authid": [authid(self.b)]}, ["c"])

    async def exclude_authrole(self):
        await self.reached("exclude_authrole", {"exclude_authrole": ["anonymous"]}, [])

    async def eligible(self):
        await self.reached("eligible", {"eligible": [ident(self.b)]}, ["b"])

    async def eligible_authid(self):
        await self.reached("eligible_authid", {"eligible_authid": [authid(self.b)]}, ["b"])

    async def eligible_authrole(self):
        await self.reached("eligible_authrole", {"eligible_authrole": ["anonymous"]}, ["b", "c"])
        await self.reached("eligible_authrole.none", {"eligible_authrole": ["interop.other"]}, [])

    async def reached(self, topic, options, wanted):
        """What `a` publishes with these options reaches those."""
        inboxes = {name: (await subscribed(getattr(self, name), self.uri(topic)))[1] for name in ("b", "c")}
        await publish(self.a, self.uri(topic), "limited", options=options)
        await publish(self.a, self.uri(topic), "free")
        for name, events in inboxes.items():
            texts = ["limited", "free"] if name in wanted else ["free"]
            expect([event[0] for event in await events.holding(len(texts))], [[text] for text in texts])

    async def retention(self):
        topic = self.uri("retained")
        for number in (1, 2):
            await publish(self.a, topic, number, options={"retain": True})
        await publish(self.a, topic, 3)
        _, fresh = await subscribed(self.b, topic)
        expect(await fresh.holding(0), [])
        events = Inbox(self.c)
        on_event = lambda number, details: events.add([number, details.retained])
        await self.c.subscribe(on_event, topic, SubscribeOptions(get_retained=True, details=True))
        expect(await events.holding(1), [[2, True]])
        await publish(self.a, topic, 4)
        number, retained = (await events.holding(2))[1]
        assert number == 4 and not retained, (number, retained)

    async def testaments(self):
        topic = self.uri("testament")
        _, events = await subscribed(self.b, topic)
        for flushed, wanted in [(None, ["detached", "destroyed"]), ("destroyed", ["detached"]), ("detached", ["destroyed"])]:
            events.clear()
            session = await open_session(self.options)
            for scope in ("detached", "destroyed"):
                await session.call("wamp.session.add_testament", topic, [scope], {"left": 1}, scope=scope)
            if flushed:
                await session.call("wamp.session.flush_testaments", scope=flushed)
            await self.left(session)
            expect([event[:2] for event in await events.holding(len(wanted))], [[[scope], {"left": 1}] for scope in wanted])

    # Sessions

    async def left(self, session):
        """Closes a session, and comes back when it is over for the router too."""
        left = ident(session)
        await session.close()
        while left in await self.a.call("wamp.session.list"):
            await asyncio.sleep(0.01)

    async def session_procedures(self):
        sessions = {ident(session) for session in (self.a, self.b, self.c)}
        assert sessions <= set(await self.a.call("wamp.session.list"))
        assert await self.a.call("wamp.session.count") >= 3
        expect(await self.a.call("wamp.session.count", ["interop.other"]), 0)
        details = await self.a.call("wamp.session.get", ident(self.b))
        expect([details[key] for key in ("session", "authid", "authrole")], [ident(self.b), authid(self.b), "anonymous"])
        await refused(self.a.call("wamp.session.get", 1), "wamp.error.no_such_session")

    async def session_events(self):
        events = await watching(self.b, "wamp.session", "on_join", "on_leave")
        session = await open_session(self.options)
        joined, name = ident(session), authid(session)
        await session.close()
        (join, _, _), (leave, _, _) = await events.holding(2)
        expect([join[0][key] for key in ("session", "authid", "authrole")], [joined, name, "anonymous"])
        expect(leave, [joined, name, "anonymous"])

    async def session_kill(self):
        victim = await open_session(self.options)
        await self.a.call("wamp.session.kill", ident(victim), reason="interop.killed", message="as asked")
        expect(await victim.left, "interop.killed")
        await refused(self.a.call("wamp.session.kill", 1), "wamp.error.no_such_session")
        await refused(self.a.call("wamp.session.kill", ident(self.a)), "wamp.error.no_such_session")

    async def session_kill_by_authid(self):
        victim = await open_session(self.options)
        killed = await self.a.call("wamp.session.kill_by_authid", authid(victim), reason="interop.killed")
        expect(killed, [ident(victim)])
        expect(await victim.left, "interop.killed")

    async def session_kill_by_authrole(self):
        await self.emptied("kill_by_authrole", "anonymous")

    async def session_kill_all(self):
        await self.emptied("kill_all")

    async def emptied(self, procedure, *args):
        """Two sessions of three in a realm of their own are killed by the third."""
        killer, *victims = [await open_session(self.options, f"{self.options.realm}.{procedure}") for _ in range(3)]
        expect(await killer.call(f"wamp.session.{procedure}", *args, reason="interop.killed"), 2)
        expect([await victim.left for victim in victims], ["interop.killed"] * 2)
        await settled(killer)
        await killer.close()

    # Registrations and subscriptions

    async def registration_procedures(self):
        ask = lambda name, *args, **kwargs: self.c.call(f"wamp.registration.{name}", *args, **kwargs)
        uri = self.uri("described")
        registration = await self.a.register(lambda: 1, uri, RegisterOptions(invoke="roundrobin"))
        await self.b.register(lambda: 2, uri, RegisterOptions(invoke="roundrobin"))
        pattern = await self.a.register(lambda: 3, self.uri("described"), RegisterOptions(match="prefix"))
        listed = await ask("list")
        assert registration.id in listed["exact"] and pattern.id in listed["prefix"], listed
        expect(await ask("lookup", uri), registration.id)
        expect(await ask("lookup", uri, {"match": "prefix"}), pattern.id)
        expect(await ask("lookup", self.uri("nobody")), None)
        expect(await ask("match", uri), registration.id)
        expect(await ask("match", f"{uri}.more"), pattern.id)
        details = await ask("get", registration.id)
        wanted = {"id": registration.id, "uri": uri, "match": "exact", "invoke": "roundrobin"}
        expect({key: details[key] for key in wanted}, wanted)
        expect(sorted(await ask("list_callees", registration.id)), sorted([ident(self.a), ident(self.b)]))
        expect(await ask("count_callees", registration.id), 2)
        await refused(ask("get", 2**53), "wamp.error.no_such_registration")

    async def registration_events(self):
        events = await watching(self.c, "wamp.registration", "on_create", "on_register", "on_unregister", "on_delete")
        registration = await self.a.register(lambda: 1, self.uri("watched"))
        await registration.unregister()
        created, *others = await events.holding(4)
        described(created, ident(self.a), registration.id, self.uri("watched"))
        pair = [ident(self.a), registration.id]
        expect([[topic.split(".")[-1], args] for args, _, topic in others], [
            ["on_register", pair], ["on_unregister", pair], ["on_delete", pair],
        ])

    async def remove_callee(self):
        registration = await self.a.register(lambda: 1, self.uri("removed"))
        await self.b.call("wamp.registration.remove_callee", registration.id, ident(self.a))
        await refused(self.b.call(self.uri("removed")), "wamp.error.no_such_procedure")
        await settled(self.a)

    async def subscription_procedures(self):
        ask = lambda name, *args, **kwargs: self.c.call(f"wamp.subscription.{name}", *args, **kwargs)
        topic = self.uri("listed")
        subscription, _ = await subscribed(self.a, topic)
        await subscribed(self.b, topic)
        pattern, _ = await subscribed(self.a, topic, "prefix")
        listed = await ask("list")
        assert subscription.id in listed["exact"] and pattern.id in listed["prefix"], listed
        expect(await ask("lookup", topic), subscription.id)
        expect(await ask("lookup", topic, {"match": "prefix"}), pattern.id)
        expect(await ask("lookup", self.uri("nobody")), None)
        expect(sorted(await ask("match", topic)), sorted([subscription.id, pattern.id]))
        expect(await ask("match", f"{topic}.more"), [pattern.id])
        details = await ask("get", subscription.id)
        wanted = {"id": subscription.id, "uri": topic, "match": "exact"}
        expect({key: details[key] for key in wanted}, wanted)
        expect(sorted(await ask("list_subscribers", subscription.id)), sorted([ident(self.a), ident(self.b)]))
        expect(await ask("count_subscribers", subscription.id), 2)
        await refused(ask("get", 2**53), "wamp.error.no_such_subscription")

    async def subscription_events(self):
        watched = ("on_create", "on_subscribe", "on_unsubscribe", "on_delete")
        events = await watching(self.c, "wamp.subscription", *watched)
        subscription, _ = await subscribed(self.a, self.uri("observed"))
        await subscription.unsubscribe()
        # Those of the watcher itself come first.
        about = [event for event in await events.holding(4) if ident(self.a) in event[0]]
        created, *others = about
        described(created, ident(self.a), subscription.id, self.uri("observed"))
        pair = [ident(self.a), subscription.id]
        expect([[topic.split(".")[-1], args] for args, _, topic in others], [
            ["on_subscribe", pair], ["on_unsubscribe", pair], ["on_delete", pair],
        ])

    async def reflection(self):
        uri = self.uri("reflected")
        await self.a.register(lambda: 1, uri)
        await self.a.call("wamp.reflect.define", uri, {"about": "one"})
        assert uri in await self.b.call("wamp.reflection.procedure.list")
        told = await self.b.call("wamp.reflection.procedure.describe", uri)
        expect([told["uri"], told["description"]], [uri, {"about": "one"}])

    async def advanced_goodbye(self):
        for session in (self.a, self.b, self.c):
            reason = await session.close()
            assert reason.startswith("wamp.close."), reason


def described(event, session, ident, uri):
    """on_create tells who, and what."""
    (who, details), _, topic = event
    assert topic.endswith(".on_create"), topic
    wanted = {"id": ident, "uri": uri, "match": "exact"}
    expect([who, {key: details[key] for key in wanted}], [session, wanted])


async def watching(session, prefix, *names):
    """One inbox for several meta events."""
    events = Inbox(session)
    for name in names:
        await subscribed(session, f"{prefix}.{name}", events=events)
    await settled(session)
    events.clear()
    return events


def ident(session):
    return session.joined.result().session


def authid(session):
    return session.joined.result().authid


def main():
    modes = {"advanced": lambda options: Advanced(options).run()}
    options = arguments(modes)
    asyncio.run(modes[options.mode](options))


if __name__ == "__main__":
    main()
