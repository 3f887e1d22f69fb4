"""The script repl.wamp, which has every command of `wamp repl`: here against `wamp router`, in crossbar.py against crossbar."""

import signal
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from harness import HERE, await_file
from router import ALL

SCRIPT = HERE / "repl.wamp"
OTHER_REALM = "interop.repl.other"  # where the script goes besides realm1
PATIENCE = 60  # seconds that the script may take


def run(wamp, folder, children, tally):
    socket = folder / "repl.sock"
    realms = ["--realm", "realm1", "--realm", OTHER_REALM]
    listeners = ["--listen", "ws://127.0.0.1:0/ws", "--listen", f"rs+unix://{socket}"]
    router = children.start(wamp, "router", *realms, *listeners)
    ws = router.line("WAMP_URL=").removeprefix("WAMP_URL=")
    await_file(socket, router)
    urls = {"ws": ws, "rs": f"rs://{urlsplit(ws).netloc}", "rs+unix": f"rs+unix://{socket}"}
    for transport, serializers in {"ws": ALL, "rs": ["msgpack"], "rs+unix": ["cbor"]}.items():
        for serializer in serializers:
            act = lambda: script(wamp, urls[transport], serializer, folder, children)
            tally.check(f"repl {transport} {serializer}", "a script with every command passes", act)
    code, _ = router.end(by=signal.SIGTERM)
    assert code == 0, f"exit code {code}; {router.trouble()}"


def script(wamp, url, serializer, folder, children):
    """Runs the script to its last line; the first line of it that fails is an error."""
    with tempfile.TemporaryDirectory(dir=folder) as empty:
        (commands := Path(empty, "bin")).mkdir()
        (commands / "wamp").symlink_to(wamp)
        environment = {
            **children.environment, "PATH": f"{commands}:{children.environment['PATH']}", "XDG_CONFIG_HOME": empty,
            "WAMP_URL": url, "WAMP_SERIALIZER": serializer,
        }
        done = subprocess.run(
            ["wamp", "repl", "-f", SCRIPT], env=environment, capture_output=True, text=True, timeout=PATIENCE,
            stdin=subprocess.DEVNULL, cwd=empty,
        )
    end = done.stdout.splitlines()[-1:], " | ".join(done.stderr.splitlines()[-4:])
    assert (done.returncode, end[0]) == (0, ["to the end"]), f"exit code {done.returncode}: {end}"
