#!/usr/bin/env python3
"""What peers that do not read cost the others: 10 000 sessions, 200 of them subscribers that first read and then stop.

    python3 benches/stalled.py target/release/wamp [SECONDS [SECONDS_BEFORE]]

The second half takes SECONDS (60), and the first as long unless it is said. In each, a publisher floods those 200 and
`wamp bench rpc --rate 1000` measures calls of others; what is printed are their latencies and losses, and the router's memory. The policy
is `drop-oldest`: stalled sessions stay. Linux, and Python alone.
"""

import json
import resource
import select
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

SESSIONS, SUBSCRIBERS, EVENTS_A_SECOND, EVENT = 10_000, 200, 100, 1000
CONFIG = """
[limits]
connections_per_address = 20000

[[realms]]
name = "realm1"
slow_consumers = { policy = "drop-oldest", event_limit = "1MiB" }
"""


def message(content):
    body = json.dumps(content).encode()
    return struct.pack(">I", len(body)) + body


def exactly(peer, count):
    data = b""
    while len(data) < count:
        more = peer.recv(count - len(data))
        if not more:
            raise ConnectionError("the router has closed")
        data += more
    return data


def receive(peer):
    (length,) = struct.unpack(">I", exactly(peer, 4))
    return json.loads(exactly(peer, length))


def join(port):
    peer = socket.create_connection(("127.0.0.1", port))
    peer.sendall(b"\x7f\xf1\0\0")
    exactly(peer, 4)
    peer.sendall(message([1, "realm1", {"roles": {"subscriber": {}, "publisher": {}}}]))
    assert receive(peer)[0] == 2
    return peer


class Readers(threading.Thread):
    """Reads what comes to some peers, and throws it away, until told to stop."""

    def __init__(self, peers):
        super().__init__(daemon=True)
        self.peers = {peer.fileno(): peer for peer in peers}
        self.reading = True

    def run(self):
        poll = select.epoll()
        for number, peer in self.peers.items():
            peer.setblocking(False)
            poll.register(number, select.EPOLLIN)
        while self.reading:
            for number, _ in poll.poll(0.2):
                try:
                    self.peers[number].recv(1 << 20)
                except OSError:
                    return  # all is over


class Flood(threading.Thread):
    """Publishes at a steady rate to those subscribers."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.peer = join(port)
        self.events = 0

    def run(self):
        start = time.monotonic()
        while True:
            self.events += 1
            try:
                self.peer.sendall(message([16, self.events, {}, "com.flood", ["x" * EVENT]]))
            except OSError:
                return  # all is over
            time.sleep(max(0, start + self.events / EVENTS_A_SECOND - time.monotonic()))


def memory(process):
    with open(f"/proc/{process.pid}/status") as status:
        (line,) = [line for line in status if line.startswith("VmRSS:")]
    return int(line.split()[1]) / 1024


def measure(wamp, url, router, seconds, title):
    line = [wamp, "bench", "rpc", "-u", url, "--rate", "1000", "--duration", f"{seconds}s", "-o", "json"]
    bench = subprocess.Popen(line, stdout=subprocess.PIPE, text=True)
    curve = []
    while bench.poll() is None:
        curve.append(memory(router))
        time.sleep(max(1, seconds / 10))
    figures = json.loads(bench.stdout.read())["details"]
    faults = sum(figures[name] for name in ("errors", "loss", "duplicates", "unanswered", "disorder"))
    print(f"{title}: {figures['operations']:.0f} calls, {faults:.0f} faults, p50 {figures['p50']:.0f} us, p99 {figures['p99']:.0f} us")
    print("  memory, MiB: " + " ".join(f"{mib:.0f}" for mib in curve), flush=True)
    return figures


def main():
    wamp, seconds = sys.argv[1], int((sys.argv + ["60"])[2])
    seconds_before = int(sys.argv[3]) if len(sys.argv) > 3 else seconds
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as config:
        config.write(CONFIG)
        config.flush()
        line = [wamp, "router", "-q", "--port", "0", "-f", config.name]
        router = subprocess.Popen(line, stdout=subprocess.PIPE, text=True)
        url = router.stdout.readline().strip().removeprefix("WAMP_URL=")
    try:
        port = int(url.split(":")[2].split("/")[0])
        print(f"at the start: {memory(router):.0f} MiB")
        idle = [join(port) for _ in range(SESSIONS - SUBSCRIBERS)]
        subscribers = [join(port) for _ in range(SUBSCRIBERS)]
        for peer in subscribers:
            peer.sendall(message([32, 1, {}, "com.flood"]))
            assert receive(peer)[0] == 33
        print(f"with {SESSIONS} sessions: {memory(router):.0f} MiB", flush=True)
        Readers(idle).start()
        readers = Readers(subscribers)
        readers.start()
        Flood(port).start()
        before = measure(wamp, url, router, seconds_before, "all read")
        readers.reading = False
        readers.join()
        after = measure(wamp, url, router, seconds, f"{SUBSCRIBERS} do not read")
        print(f"p99 of calls: {after['p99'] / before['p99']:.2f} times what it was when all read")
    finally:
        router.kill()


main()
