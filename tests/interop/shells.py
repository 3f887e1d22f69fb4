"""Part D: what Tab does in real shells on a terminal, with the scripts of `wamp completions` and a live router.

What a line has become is told by the shell itself: `printf` is put in front of it, and it is run. What is offered is read
from the terminal, without the sequences that move its cursor.
"""

import os
import pty
import re
import select
import shutil
import signal
import subprocess
import time
from pathlib import Path

from harness import step

PACKAGES = {"bash": ["bash", "bash-completion"], "zsh": ["zsh"], "fish": ["fish"]}
SCRIPTS = {
    "bash": "data/bash-completion/completions/wamp",
    "zsh": "zfunc/_wamp",
    "fish": "config/fish/completions/wamp.fish",
}
BASH_COMPLETION = "/usr/share/bash-completion/bash_completion"
# Show what there is when Tab is pressed once.
AT_ONCE = "bind 'set show-all-if-ambiguous on'"
START = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], f"source {BASH_COMPLETION}; {AT_ONCE}"),
    "bash without bash-completion": (["bash", "--norc", "--noprofile", "-i"], f"source $HOME/{SCRIPTS['bash']}; {AT_ONCE}"),
    "zsh": (["zsh", "-f", "-i"], "fpath=($HOME/zfunc $fpath); autoload -U compinit; compinit -u; bindkey -e; setopt no_list_ambiguous"),
    "fish": (["fish", "--no-config", "-i"], f"source $HOME/{SCRIPTS['fish']}"),
}
TAB, HOME, END, KILL = "\t", "\x01", "\x05", "\x15"

# What is typed, and the words of the line after Tab. In front of each is `wamp`.
LINES = {
    "a procedure": ("call com.example.shop.ch{TAB}", "call com.example.shop.charge"),
    "as much as all have": ("call com{TAB}", "call com.example.sho"),
    "a segment, and then the next": ("call com.example.shop.or{TAB}op{TAB}", "call com.example.shop.order.open"),
    "an argument behind it": ("call com.example.shop.ch{TAB}5", "call com.example.shop.charge 5"),
    "a topic": ("publish com.example.n{TAB}", "publish com.example.news"),
    "a topic by the alias": ("sub com.example.n{TAB}", "sub com.example.news"),
    "another procedure": ("register x com.example.shop.ch{TAB}", "register x com.example.shop.charge"),
    "what is shown": ("show com.example.sho{TAB}es{TAB}", "show com.example.shoes"),
    "a context": ("-c develo{TAB}call x", "-c development call x"),
    "a context to select": ("context select develo{TAB}", "context select development"),
    "a realm": ("call -r com.example.re{TAB}x", "call -r com.example.realm x"),
    "a realm behind its sign": ("call --realm=com.example.re{TAB}x", "call --realm=com.example.realm x"),
    "an option of the message": ("call x -O disc{TAB}true", "call x -O disclose_me=true"),
    "a file": ("call x a=@payl{TAB}", "call x a=@payload.json"),
    "the file of a secret": ("call x --secret file:payl{TAB}", "call x --secret file:payload.json"),
    "at the router of the line": ("-u {OTHER} call com.{TAB}", "-u {OTHER} call com.other"),
    "an option": ("call x --progr{TAB}", "call x --progress"),
    "a command": ("compl{TAB}", "completions"),
    "a value that is always the same": ("call x --cancel killn{TAB}", "call x --cancel killnowait"),
    "nothing where no router is": ("-u ws://127.0.0.1:1/ call com.exa{TAB}", "-u ws://127.0.0.1:1/ call com.exa"),
}


def run(wamp, folder, children, tally):
    for shell in PACKAGES:
        need(shell)
    home = folder / "shells"
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "wamp").symlink_to(wamp)
    for shell, path in SCRIPTS.items():
        script = home / path
        script.parent.mkdir(parents=True)
        script.write_text(subprocess.check_output([wamp, "completions", shell], text=True))
    context = home / "config/wamp/contexts/development.toml"
    context.parent.mkdir(parents=True)
    context.write_text('realm = "com.example.realm"\n')
    (home / "payload.json").write_text("{}")

    shop = ["shop.charge", "shop.order.list", "shop.order.open", "shoes"]
    url = router(wamp, children, *(f"com.example.{name}" for name in shop))
    topic = children.start(wamp, "subscribe", "-u", url, "com.example.news", "--ready-file", home / "ready")
    until(lambda: (home / "ready").exists(), topic)
    other = router(wamp, children, "com.other")
    session = subprocess.check_output([wamp, "ls", "sessions", "-u", url], text=True).split()[0]

    for name in START:
        with Terminal(name, home, url) as terminal:
            for what, (typed, expected) in LINES.items():
                typed = typed.format(TAB=TAB, OTHER=other)
                expected = expected.format(OTHER=other).split()
                tally.check(f"shells {name}", what, lambda: became(terminal, typed, expected))
            several = lambda: terminal.offers("wamp call com.example.sho", ["shoes", "shop."])
            tally.check(f"shells {name}", "several procedures are shown", several)
            # bash has no descriptions.
            about = [session] if name.startswith("bash") else [session, "anonymous"]
            tally.check(f"shells {name}", "sessions are shown", lambda: terminal.offers("wamp kill ", about))


def router(wamp, children, *procedures):
    """A router with these procedures; its URL."""
    url = children.start(wamp, "router", "--port", "0").line("WAMP_URL=").removeprefix("WAMP_URL=")
    callee = children.start(wamp, "register", "-u", url, *procedures, "--echo")
    until(lambda: any("registered" in line for line in callee.errors), callee)
    return url


def until(is_so, child, seconds=30):
    deadline = time.monotonic() + seconds
    while not is_so():
        assert child.process.poll() is None and time.monotonic() < deadline, child.trouble()
        time.sleep(0.01)


def need(shell):
    """Installs a shell that is not there, where Debian's packages can be installed."""
    if shutil.which(shell) and (shell != "bash" or Path(BASH_COMPLETION).exists()):
        return
    step(["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *PACKAGES[shell]])


def became(terminal, typed, expected):
    words = terminal.words(f"wamp {typed}")
    assert words == ["wamp", *expected], words


class Terminal:
    """A shell on a pseudo-terminal of its own."""

    def __init__(self, name, home, url):
        self._words, setup = START[name]
        self._count = 0
        self._environment = {
            "HOME": str(home), "PATH": f"{home}/bin:/usr/local/bin:/usr/bin:/bin", "TERM": "xterm", "LANG": "C.UTF-8",
            "XDG_CONFIG_HOME": f"{home}/config", "XDG_DATA_HOME": f"{home}/data", "XDG_CACHE_HOME": f"{home}/cache",
            "WAMP_URL": url,
        }
        self._home = home
        self._setup = setup
        self.text = ""

    def __enter__(self):
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            os.chdir(self._home)
            os.execvpe(self._words[0], self._words, self._environment)
        self.send(f"{self._setup}; printf '<%s>\\n' ready\r")
        self.expect("<ready>")
        return self

    def __exit__(self, *_):
        os.close(self._terminal)
        try:
            os.kill(self._pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        os.waitpid(self._pid, 0)

    def send(self, keys):
        os.write(self._terminal, keys.encode())

    def expect(self, pattern, seconds=20):
        """Waits for what matches, and forgets all up to it."""
        deadline = time.monotonic() + seconds
        while not (found := re.search(pattern, plain(self.text))):
            ready, _, _ = select.select([self._terminal], [], [], max(0, deadline - time.monotonic()))
            assert ready, f"no {pattern!r} on the terminal: {plain(self.text)[-400:]!r}"
            self.text += os.read(self._terminal, 65536).decode(errors="replace")
        self.text = plain(self.text)[found.end():]
        return found

    def words(self, typed):
        """The words of the line that the keys have made."""
        self._count += 1
        self.send(typed)
        self.send(f"{HOME}printf '<%s>' {self._count}: {END} ; printf '<%s>\\n' end\r")
        found = self.expect(f"<{self._count}:>((?:<[^<>]*>)*)<end>")
        return re.findall("<([^<>]*)>", found[1])

    def offers(self, typed, expected):
        """Checks what the shell shows when there are several."""
        self.text = ""
        self.send(typed + TAB)
        try:
            # In any order.
            self.expect("(?s)" + "".join(f"(?=.*{re.escape(text)})" for text in expected))
        finally:
            self.send(END + KILL)


def plain(text):
    """Without the sequences that move the cursor, and paint."""
    return re.sub(r"\x1b(\[[0-9;?<>=]*[a-zA-Z]|\][^\x07\x1b]*(\x07|\x1b\\)|[()][0-9A-B]|[=>])|[\r\x0f\x08]", "", text)
