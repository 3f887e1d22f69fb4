"""What the parts of the suite share: packages, the binary, child processes, and the count of outcomes."""

import hashlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TARGET = ROOT / "target" / "interop"


class Tally:
    """Prints each outcome as it comes and counts them."""

    def __init__(self):
        self.passed = self.failed = 0
        self._lock = threading.Lock()

    def add(self, scenario, check, ok, detail=""):
        """`ok` is None where the software under test has no means to show the check."""
        verdict = {True: "ok  ", False: "FAIL", None: "n/a "}[ok]
        with self._lock:
            self.passed += ok is True
            self.failed += ok is False
            shown = f": {detail}" if detail and ok is not True else ""
            print(f"{verdict} {scenario}: {check}{shown}", flush=True)

    def check(self, scenario, check, act):
        """Runs `act`; whatever it raises is a failure."""
        try:
            act()
        except Exception as error:
            self.add(scenario, check, False, f"{type(error).__name__}: {error}")
        else:
            self.add(scenario, check, True)


class Tools:
    """Where the installed packages are."""

    python = str(TARGET / "python" / "bin" / "python")
    crossbar = str(TARGET / "python" / "bin" / "crossbar")
    node = "node"
    environment = {
        "NODE_PATH": str(TARGET / "js" / "node_modules"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",  # crossbar's log tells when it is ready
    }


def install():
    """Installs what the lock files pin, unless that is there already."""
    pinned("python", ["requirements.txt"], install_python)
    pinned("js", ["package.json", "package-lock.json", ".npmrc"], install_js)


def install_python(folder):
    venv.create(folder, with_pip=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
    step([*pip, "install", "--quiet", "--no-deps", "-r", str(HERE / "requirements.txt")])
    step([*pip, "check"])


def install_js(folder):
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(HERE / name, folder)
    # The native add-ons are all optional: each has a fallback in JavaScript.
    step(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=folder)


def pinned(name, locks, install_into):
    """Fills target/interop/`name`; its stamp holds the hash of the lock files it was filled by."""
    folder = TARGET / name
    digest = hashlib.sha256(b"".join((HERE / lock).read_bytes() for lock in locks)).hexdigest()
    stamp = folder / "stamp"
    if stamp.exists() and stamp.read_text() == digest:
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    install_into(folder)
    stamp.write_text(digest)


def wamp_binary():
    """WAMP_BIN, or else what cargo builds from this tree."""
    if given := os.environ.get("WAMP_BIN"):
        return str(Path(given).resolve())
    built = step(["cargo", "build", "--locked", "--bin", "wamp", "--message-format=json-render-diagnostics"])
    messages = map(json.loads, built.splitlines())
    return next(message["executable"] for message in messages if message.get("executable"))


def step(command, cwd=ROOT):
    """Runs a command that the suite cannot go on without; its standard output."""
    print("+", *command, file=sys.stderr, flush=True)
    try:
        done = subprocess.run(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, timeout=900)
    except (OSError, subprocess.TimeoutExpired) as error:
        sys.exit(f"cannot run {command[0]}: {error}")
    if done.returncode:
        sys.exit(f"{command[0]} failed with {done.returncode}\n{done.stdout}")
    return done.stdout


class Child:
    """A process in a group of its own, with its lines of output as they come."""

    def __init__(self, command, environment, cwd):
        self.command = command
        self.process = subprocess.Popen(
            command, env=environment, cwd=cwd, start_new_session=True, text=True, errors="replace",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        self.lines = queue.Queue()  # of standard output; None at its end
        self.errors = []
        self._readers = [threading.Thread(target=read, daemon=True) for read in (self._read_lines, self._read_errors)]
        for reader in self._readers:
            reader.start()

    def _read_lines(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def _read_errors(self):
        self.errors.extend(self.process.stderr)

    def line(self, starts, seconds=30):
        """The first line of output from here that starts with, or holds, `starts`."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                line = self.lines.get(timeout=max(0, deadline - time.monotonic()))
            except queue.Empty:
                raise TimeoutError(f"no {starts!r} from {self.name} in {seconds} s; {self.trouble()}") from None
            if line is None:
                raise EOFError(f"{self.name} ended without {starts!r}; {self.trouble()}")
            if starts in line:
                return line

    def end(self, seconds=30, by=None):
        """Sends the signal `by`, or else ends its input; the exit code and the rest of its output."""
        self.process.send_signal(by) if by else self.process.stdin.close()
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise TimeoutError(f"{self.name} did not end in {seconds} s; {self.trouble()}") from None
        return code, self.rest()

    def rest(self):
        """The lines of output that nobody has read."""
        for reader in self._readers:
            reader.join(5)  # at once, unless a child of the child holds the pipe open
        lines = [self.lines.get_nowait() for _ in range(self.lines.qsize())]
        return [line for line in lines if line is not None]

    def kill(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()

    @property
    def name(self):
        return Path(self.command[0]).name

    def trouble(self):
        """The end of its standard error, in one line."""
        return " | ".join(line.strip() for line in self.errors[-8:]) or "nothing on standard error"


class Children:
    """Every process that the suite starts; none outlives it."""

    def __init__(self):
        self._running = []
        self.environment = {
            **{name: os.environ[name] for name in ("PATH", "LANG", "TZ") if name in os.environ},
            **Tools.environment,
        }

    def __enter__(self):
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: sys.exit(143))
        return self

    def __exit__(self, *_):
        for child in self._running:
            child.kill()

    def start(self, *command, cwd=ROOT):
        child = Child([str(part) for part in command], {**self.environment, "HOME": str(TARGET)}, cwd)
        self._running.append(child)
        return child


def await_file(path, child, seconds=30):
    """Comes back once `child` has made the file or socket `path`."""
    deadline = time.monotonic() + seconds
    while not path.exists():
        assert child.process.poll() is None, f"{child.name} ended with {child.process.poll()}; {child.trouble()}"
        assert time.monotonic() < deadline, f"{child.name} made no {path.name} in {seconds} s; {child.trouble()}"
        time.sleep(0.01)
