"""Keeps the processes of an embedded portal alive, and leaves none behind. It knows no Django, so it stays small."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

PAUSES = (1, 2, 4, 8, 15, 30)  # seconds before a child that died is started again
STEADY_AFTER = 60.0  # seconds of life after which a child's earlier deaths are forgotten
GRACE = 10.0  # seconds between a request to stop and the kill
TICK = 0.2


@dataclass
class Child:
    """One process group: the command, and how to tell that it hangs (a file it must touch, and how often)."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    pulse: Path | None = None
    silent_for: float = 0.0

    popen: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    due: float = 0.0

    def start(self) -> int:
        """Start the command as the leader of its own session, so that its whole family can be stopped together."""
        self.started = time.time()
        self.popen = subprocess.Popen(
            self.command, env=os.environ | self.environment, stdin=subprocess.DEVNULL, start_new_session=True
        )
        return self.popen.pid

    def is_running(self) -> bool:
        return self.popen is not None and self.popen.poll() is None

    def hangs(self) -> bool:
        """Whether the file that the child should touch has been left alone for too long."""
        if self.pulse is None or not self.is_running():
            return False
        touched = self.pulse.stat().st_mtime if self.pulse.exists() else 0.0
        return time.time() - max(touched, self.started) > self.silent_for

    def count_death(self) -> float:
        """Remember that the child died; returns the pause before its next start, longer each time."""
        lived = time.time() - self.started
        self.deaths = 1 if lived > STEADY_AFTER else self.deaths + 1
        pause = PAUSES[min(self.deaths, len(PAUSES)) - 1]
        self.due = time.time() + pause
        return pause

    def ask_to_stop(self) -> None:
        """TERM goes to the leader alone: it ends its family in order, finishing what it can."""
        if self.popen is not None and self.is_running():
            self.popen.terminate()

    def end_family(self) -> None:
        """Kill whatever is left of the process group: a leader that hangs, or children whose leader was killed."""
        if self.popen is not None:
            kill_group(self.popen.pid)
            self.popen.wait()


def kill_group(leader: int) -> None:
    """Kill a process group; it is no fault if it has gone already."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


class Supervisor:
    """Starts children, starts them again with growing pauses, and stops them all together."""

    def __init__(self, children: Iterable[Child], say: Callable[[str], None]):
        self.children = list(children)
        self.say = say
        self.stop = threading.Event()
        self.undertaker = Undertaker()

    def run(self) -> None:
        """Return when `stop` is set and no child is left."""
        try:
            for child in self.children:
                self._start(child)
            while not self.stop.wait(TICK):
                for child in self.children:
                    self._look_after(child)
        finally:
            self._stop_all()

    def _start(self, child: Child) -> None:
        self.undertaker.remember(child.start())

    def _look_after(self, child: Child) -> None:
        if child.hangs():
            self.say(f"{child.name} has done nothing for {child.silent_for:.0f} seconds; it is ended.")
            child.end_family()
        if child.is_running():
            return
        if child.popen is not None:
            self._bury(child)
        elif time.time() >= child.due:
            self._start(child)

    def _bury(self, child: Child) -> None:
        child.end_family()
        code = child.popen.returncode if child.popen else None
        self._forget(child)
        pause = child.count_death()
        self.say(f"{child.name} ended (exit code {code}); it is started again in {pause} s.")

    def _forget(self, child: Child) -> None:
        if child.popen is not None:
            self.undertaker.forget(child.popen.pid)
            child.popen = None

    def _stop_all(self) -> None:
        for child in self.children:
            child.ask_to_stop()
        last_moment = time.time() + GRACE
        while any(child.is_running() for child in self.children) and time.time() < last_moment:
            time.sleep(TICK / 4)
        for child in self.children:
            child.end_family()
            self._forget(child)
        self.undertaker.dismiss()


class Undertaker:
    """A tiny process that outlives the supervisor by a moment: if the supervisor is killed, it ends the children.

    It reads "+pid" and "-pid" from a pipe of which only the supervisor holds the other end; the end of the pipe is the
    end of the supervisor.
    """

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tsc_portal.supervisor"], stdin=subprocess.PIPE, start_new_session=True
        )

    def remember(self, leader: int) -> None:
        self._write(f"+{leader}\n")

    def forget(self, leader: int) -> None:
        self._write(f"-{leader}\n")

    def dismiss(self) -> None:
        if self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        self._process.wait()

    def _write(self, line: str) -> None:
        if self._process.stdin is None:
            return
        with contextlib.suppress(BrokenPipeError):  # the portal runs without an undertaker too
            self._process.stdin.write(line.encode())
            self._process.stdin.flush()


def bury_orphans() -> None:
    """Read leaders until the supervisor is gone, then end whoever is left."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    leaders: set[int] = set()
    for line in sys.stdin:
        change = leaders.add if line[0] == "+" else leaders.discard
        change(int(line[1:]))
    for leader in leaders:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(leader, signal.SIGTERM)
    last_moment = time.time() + GRACE
    while any(lives(leader) for leader in leaders) and time.time() < last_moment:
        time.sleep(TICK)
    for leader in leaders:
        kill_group(leader)


def lives(leader: int) -> bool:
    """Whether a leader is still at work; once it is gone, what is left of its family has no use."""
    try:
        os.kill(leader, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    bury_orphans()
