"""Runs the whole portal on one machine: web server, workers and beat, started, watched and stopped together.

`make run` starts it in demo mode. It speaks in sentences, and ends with a code other than 0 if it cannot start.
"""

import contextlib
import fcntl
import ipaddress
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from environs import Env

from tsc_portal.pulse import SILENT_FOR, pulse_file
from tsc_portal.supervisor import Child, Supervisor

BASE_DIR = Path(__file__).resolve().parent.parent
# In containers and on trial machines root is usual, and Celery has no other way to be told so.
QUIET = "ignore:You're running the worker with superuser privileges"


class CannotStart(Exception):
    """The portal cannot start; the text says why and what to do."""


def say(text: str) -> None:
    """Tell the person at the terminal."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


class Place:
    """Where the portal runs: address, data directory and mode, from the environment and .env as in the settings."""

    def __init__(self) -> None:
        env = Env()
        env.read_env(str(BASE_DIR / ".env"), recurse=False)
        self.mode = env.str("TSC_MODE", default="production")
        self.host = env.str("HOST", default="127.0.0.1")
        self.port = self._port(env.str("PORT", default="8000"))
        self.data_dir = Path(env.str("TSC_DATA_DIR", default=str(BASE_DIR / "var"))).resolve()

    @staticmethod
    def _port(text: str) -> int:
        if text.isdecimal() and 0 < int(text) < 65536:
            return int(text)
        raise CannotStart(f'PORT is "{text}". Set it to a number from 1 to 65535, for example PORT=8001.')

    @property
    def bind(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def address(self) -> str:
        return f"http://{self.bind}"

    def is_loopback(self) -> bool:
        """Whether only this machine can reach the address."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def check(place: Place) -> None:
    """Refuse what cannot work before anything is started."""
    if place.mode == "demo" and not place.is_loopback():
        raise CannotStart(
            f'Demo mode has known passwords, so it serves this machine alone: HOST is "{place.host}". '
            "Set HOST to 127.0.0.1, or run the portal in production mode (docs/operations.md)."
        )
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((place.host, place.port))
        except OSError as error:
            raise CannotStart(
                f"{place.bind} cannot be used ({error.strerror}). If another program listens there, stop it or choose "
                f"another port: make run PORT={place.port % 65535 + 1}"
            ) from error


@contextlib.contextmanager
def alone_in(data_dir: Path) -> Iterator[None]:
    """Hold the data directory: two portals would take each other's messages."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "running").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CannotStart(
                f"A portal already runs with the data in {data_dir}. Stop it, or set TSC_DATA_DIR to another directory."
            ) from error
        yield


def children_environment(place: Place) -> dict[str, str]:
    """What every child of this portal must know, whatever the shell says."""
    known = {
        "DJANGO_SETTINGS_MODULE": "tsc_portal.settings",
        "TSC_MODE": place.mode,
        "TSC_DATA_DIR": str(place.data_dir),
        "TSC_BIND": place.bind,
        "SITE_ADDRESS": os.environ.get("SITE_ADDRESS", place.address),
    }
    if not os.environ.get("SECRET_KEY") and not os.environ.get("SECRET_KEY_FILE") and place.mode == "demo":
        known["SECRET_KEY_FILE"] = str(own_secret_key(place.data_dir))
    return known


def own_secret_key(data_dir: Path) -> Path:
    """The key that a demo makes for itself beside its data, readable by its owner alone."""
    kept = data_dir / "secret_key"
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(64))
    return kept


def children(place: Place) -> list[Child]:
    """Web server, the worker of the quick queue with beat inside, and the worker of the bulk queue."""
    beat = ["--beat", "--schedule", str(place.data_dir / "beat-schedule")]
    web = [sys.executable, "-m", "gunicorn", "--config", str(BASE_DIR / "gunicorn.conf.py"), "tsc_portal.wsgi"]
    return [Child("web", web), worker(place, "quick", *beat), worker(place, "bulk")]


def worker(place: Place, queue: str, *options: str) -> Child:
    """A Celery worker for one queue, with one process, watched by its pulse."""
    command = [sys.executable, "-m", "celery", "--quiet", "--app", "tsc_portal.celery", "worker", "--queues", queue]
    command += ["--concurrency", "1", "--hostname", f"{queue}@%h", "--include", "tsc_portal.pulse", *options]
    command += ["--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
    return Child(
        f"worker-{queue}",
        command,
        {"TSC_PROCESS": "worker", "TSC_QUEUE": queue, "PYTHONWARNINGS": QUIET},
        pulse=pulse_file(place.data_dir, queue),
        silent_for=SILENT_FOR[queue],
    )


def prepare() -> None:
    """Bring database, static files and reference data up to date in a process of its own; it says what it does."""
    done = subprocess.run([sys.executable, "-m", "tsc_portal.prepare"], cwd=BASE_DIR)
    if done.returncode:
        raise CannotStart("The portal was not started; the reason stands above.")


def welcome(place: Place) -> None:
    """Say where the portal is, and in demo mode who may come in."""
    say(f"\nThe portal runs at {place.address}/  (Ctrl-C stops it)")
    say(f"Its data are in {place.data_dir}")
    if place.mode == "demo":
        names = "focalpoint deputy drafter provider officer head coordinator donor advisor evaluator partner admin"
        say("\nDemo accounts, all with the password tsc-demo-2026:")
        for name in names.split():
            say(f"  {name}@demo.tsc")
        say(f"Outgoing mail can be read at {place.address}/mailbox/\n")


def run(place: Place) -> None:
    """Check, prepare, start everything, and stay until told to stop."""
    check(place)
    with alone_in(place.data_dir):
        os.environ.update(children_environment(place))
        prepare()
        supervisor = Supervisor(children(place), say)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: supervisor.stop.set())
        welcome(place)
        supervisor.run()
        say("Everything is stopped.")


def stop_early(number: int, _frame: object) -> None:
    """A signal before the children are started ends the preparation too."""
    raise SystemExit(128 + number)


def main() -> int:
    os.chdir(BASE_DIR)
    signal.signal(signal.SIGTERM, stop_early)
    try:
        run(Place())
    except CannotStart as reason:
        say(str(reason))
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
