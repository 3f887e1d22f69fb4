"""Part A: clients of other makers against `wamp router`, alone and among each other."""

import json
import signal
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from harness import HERE, Tools, await_file

TABLE = json.loads((HERE / "checks.json").read_text())
ALL = ("json", "msgpack", "cbor")

# By client: its command, and the serializers it has on each transport.
CLIENTS = {
    "autobahn-python": ([Tools.python, "clients/autobahn_python.py"], {"ws": ALL, "rs": ALL, "rs+unix": ALL}),
    "autobahn-js": ([Tools.node, "clients/autobahn_js.mjs"], {"ws": ALL, "rs": ["json"], "rs+unix": ["json"]}),
    "wampy": ([Tools.node, "clients/wampy.mjs"], {"ws": ALL}),
}
MEETING = {
    "call": "values of every kind, there and back",
    "nothing": "a result of nothing",
    "error": "error with args and kwargs",
    "event": "values of every kind in events",
}


def run(groups, wamp, folder, children, tally):
    tcp = children.start(wamp, "router", "--port", "0")
    ws = tcp.line("WAMP_URL=").removeprefix("WAMP_URL=")
    socket = folder / "rs.sock"
    unix = children.start(wamp, "router", "--listen", f"rs+unix://{socket}")
    await_file(socket, unix)
    urls = {"ws": ws, "rs": f"rs://{urlsplit(ws).netloc}", "rs+unix": f"rs+unix://{socket}"}

    alone = [
        (client, transport, serializer)
        for client, (_, transports) in CLIENTS.items() if client in groups
        for transport, serializers in transports.items()
        for serializer in serializers
    ]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda scenario: check(*scenario, urls, children, tally), alone))
    if "mixed" in groups:
        mixed(urls["ws"], children, tally)

    for name, router in (("tcp", tcp), ("unix", unix)):
        tally.check(f"router {name}", "ends with 0 on SIGTERM, and never panicked", lambda: stopped(router))


def stopped(router):
    code, _ = router.end(by=signal.SIGTERM)
    assert code == 0, f"exit code {code}; {router.trouble()}"
    assert not any("panicked" in line for line in router.errors), router.trouble()


def client(children, name, url, serializer, *rest):
    command, _ = CLIENTS[name]
    return children.start(*command, "--url", url, "--serializer", serializer, *rest, cwd=HERE)


def check(name, transport, serializer, urls, children, tally):
    """One client on its own: every row of the table has exactly one outcome."""
    scenario = f"{name} {transport} {serializer}"
    session = slug(name, transport.replace("+", "_"), serializer)
    child = client(children, name, urls[transport], serializer, "check", session)
    conclude(child, scenario, TABLE["checks"], tally)


def mixed(url, children, tally):
    """Every client over every serializer serves, then each meets all of them in the one realm."""
    peers = {slug(name, serializer): (name, serializer) for name in CLIENTS for serializer in ALL}
    serving = {peer: client(children, *start(peers[peer], url), "serve", peer) for peer in peers}
    for peer, child in serving.items():
        child.line('"ready"')
    meetings = {
        f"{kind} {peer}": f"{' '.join(peers[peer])}, {text}" for peer in peers for kind, text in MEETING.items()
    }

    def meet(peer):
        child = client(children, *start(peers[peer], url), "meet", peer, *peers)
        conclude(child, f"mixed {' '.join(peers[peer])} to", meetings, tally)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(meet, peers))
    for peer, child in serving.items():
        tally.check(f"mixed {' '.join(peers[peer])}", "serves to the end", lambda: ended(child))


def start(peer, url):
    name, serializer = peer
    return name, url, serializer


def conclude(child, scenario, texts, tally):
    """Counts what a client reports, and what it owed and did not."""
    try:
        code, lines = child.end(seconds=150)
        trouble = f"exit code {code}; {child.trouble()}"
    except TimeoutError as error:
        code, lines, trouble = None, child.rest(), str(error)
    outcomes = {row["check"]: row for row in map(json.loads, lines)}
    for check, text in texts.items():
        row = outcomes.get(check, {"ok": False, "detail": f"no outcome: {trouble}"})
        tally.add(scenario, text, row["ok"], row["detail"])
    if code != 0 and set(outcomes) >= set(texts):
        tally.add(scenario, "client ends well", False, trouble)


def ended(child):
    code, _ = child.end()
    assert code == 0, f"exit code {code}; {child.trouble()}"


def slug(*parts):
    return "_".join(parts).replace("-", "_")
