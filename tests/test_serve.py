"""Starting, watching and stopping the processes of an embedded portal. The children here are small stand-ins; the whole
portal is started once, in the tests marked `services`."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import psycopg
import pytest
import redis

from tsc_portal import serve, supervisor
from tsc_portal.supervisor import PAUSES, Child, Supervisor

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 30  # seconds after which a test gives up waiting; no test asserts a time

# A child with a child of its own; both write their numbers. With "deaf" they hear no TERM.
FAMILY = """
import os, signal, subprocess, sys, time
from pathlib import Path
folder, manner = Path(sys.argv[1]), sys.argv[2]
if manner == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
inner = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
(folder / f"{inner.pid}.inner").touch()
(folder / f"{os.getpid()}.leader").touch()
time.sleep(600)
"""


def until(question, what):
    """Wait until the question is answered with something true, and return that."""
    last_moment = time.monotonic() + PATIENCE
    while time.monotonic() < last_moment:
        if answer := question():
            return answer
        time.sleep(0.05)
    raise AssertionError(f"waited in vain until {what}")


def is_gone(number):
    """Whether a process has ended; one that nobody has collected yet counts as ended."""
    with contextlib.suppress(ProcessLookupError, ChildProcessError):
        os.waitpid(number, os.WNOHANG)
    with contextlib.suppress(OSError):
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    return False


def all_gone(numbers):
    return until(lambda: all(is_gone(number) for number in numbers), f"{numbers} have ended")


def members(folder, role, count):
    """The numbers of the processes that said they are there."""
    return until(
        lambda: len(found := [int(file.stem) for file in folder.glob(f"*.{role}")]) >= count and found,
        f"{count} {role} are there",
    )


def family(folder, manner="obedient"):
    return Child("family", [sys.executable, "-c", FAMILY, str(folder), manner])


@pytest.fixture
def run():
    """Run supervisors in threads, and stop them whatever happens."""
    running = []

    def start(child):
        keeper = Supervisor([child], say=lambda _: None)
        thread = threading.Thread(target=keeper.run)
        thread.start()
        running.append((keeper, thread))
        return keeper, thread

    yield start
    for keeper, thread in running:
        keeper.stop.set()
        thread.join()


# Supervision ----------------------------------------------------------------------------------------------------------


def test_stopping_leaves_neither_child_nor_grandchild(run, tmp_path):
    keeper, thread = run(family(tmp_path))
    leader, inner = members(tmp_path, "leader", 1)[0], members(tmp_path, "inner", 1)[0]
    assert not is_gone(leader)
    assert not is_gone(inner)
    keeper.stop.set()
    thread.join()
    assert all_gone([leader, inner])


def test_a_child_that_does_not_listen_is_killed_with_its_family(run, tmp_path, monkeypatch):
    monkeypatch.setattr(supervisor, "GRACE", 0.5)
    keeper, thread = run(family(tmp_path, "deaf"))
    leader, inner = members(tmp_path, "leader", 1)[0], members(tmp_path, "inner", 1)[0]
    keeper.stop.set()
    thread.join()
    assert all_gone([leader, inner])


def test_a_killed_child_is_started_again_and_its_orphans_are_ended(run, tmp_path):
    run(family(tmp_path))
    leader, inner = members(tmp_path, "leader", 1)[0], members(tmp_path, "inner", 1)[0]
    os.kill(leader, signal.SIGKILL)
    assert len(members(tmp_path, "leader", 2)) == 2
    assert all_gone([leader, inner])


def test_a_child_without_a_pulse_is_started_again(run, tmp_path):
    child = family(tmp_path)
    child.pulse, child.silent_for = tmp_path / "pulse", 1.0
    run(child)
    assert len(members(tmp_path, "leader", 2)) == 2


def test_the_pauses_between_starts_grow_up_to_a_limit():
    child = Child("short-lived", [])
    child.started = time.time()
    assert [child.count_death() for _ in range(8)] == [*PAUSES, PAUSES[-1], PAUSES[-1]]


def test_a_long_life_makes_earlier_deaths_forgotten():
    child = Child("steady", [], deaths=5)
    child.started = time.time() - supervisor.STEADY_AFTER - 1
    assert child.count_death() == PAUSES[0]


def test_a_killed_supervisor_takes_its_children_with_it(tmp_path):
    code = f"""
    import sys
    from tsc_portal.supervisor import Child, Supervisor
    Supervisor([Child("family", [sys.executable, "-c", {FAMILY!r}, {str(tmp_path)!r}, "obedient"])], print).run()
    """
    keeper = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], cwd=ROOT)
    leader, inner = members(tmp_path, "leader", 1)[0], members(tmp_path, "inner", 1)[0]
    keeper.kill()
    keeper.wait()
    assert all_gone([leader, inner])


# What is refused at the start -----------------------------------------------------------------------------------------


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(folder, **changes):
    """What a shell hands over, without what the tests themselves run with."""
    ours = {"SECRET_KEY", "DJANGO_SETTINGS_MODULE", "DATABASE_URL", "REDIS_URL"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | {"TSC_MODE": "demo", "TSC_DATA_DIR": str(folder), "PORT": str(free_port())} | changes


def started(folder, **changes):
    """What the person at the terminal is told when the portal cannot start."""
    command = [sys.executable, "-m", "tsc_portal.serve"]
    done = subprocess.run(command, cwd=ROOT, env=environment(folder, **changes), capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "portal.example", "::"])
def test_a_demo_serves_this_machine_alone(tmp_path, host):
    code, told, errors = started(tmp_path, HOST=host)
    assert (code, errors) == (1, "")
    assert "known passwords" in told
    assert not (tmp_path / "mode").exists()


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "٨٠٨٠x"])
def test_a_port_that_is_none_is_refused_with_a_sentence(tmp_path, port):
    code, told, errors = started(tmp_path, PORT=port)
    assert (code, errors) == (1, "")
    assert "Set it to a number from 1 to 65535" in told


def test_a_port_in_use_is_named(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        code, told, errors = started(tmp_path, PORT=str(port))
    assert (code, errors) == (1, "")
    assert f"127.0.0.1:{port} cannot be used" in told


def test_two_portals_never_share_a_data_directory(tmp_path):
    with serve.alone_in(tmp_path):
        code, told, errors = started(tmp_path)
    assert (code, errors) == (1, "")
    assert "already runs" in told


# The whole portal -----------------------------------------------------------------------------------------------------


def family_of(leader):
    """All living descendants of a process."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    found, wave = [], [leader]
    while wave:
        wave = [number for number, parent in parents.items() if parent in wave]
        found += wave
    return found


def answers(address):
    try:
        with urllib.request.urlopen(address, timeout=5) as response:
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture(params=["embedded", "services"])
def services(request):
    """Nothing at all, or addresses of an empty database and a Redis of its own beside those of the tests."""
    if request.param == "embedded":
        yield {}
        return
    server, name = os.environ["DATABASE_URL"].rpartition("/")[0], f"tsc_serve_{os.getpid()}"
    redis_url = f"{os.environ['REDIS_URL'].rpartition('/')[0]}/14"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        redis.Redis.from_url(redis_url).flushdb()
        yield {"DATABASE_URL": f"{server}/{name}", "REDIS_URL": redis_url}
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def portal(tmp_path, services):
    """Start the portal as `make run` does; end it whatever happens."""
    running = []

    def start():
        surroundings = environment(tmp_path, **services)
        process = subprocess.Popen([sys.executable, "-m", "tsc_portal.serve"], cwd=ROOT, env=surroundings)
        running.append(process)
        address = f"http://127.0.0.1:{surroundings['PORT']}"
        last_moment = time.monotonic() + 300
        while not answers(f"{address}/readyz"):
            assert process.poll() is None, "the portal ended"
            assert time.monotonic() < last_moment, "the portal does not answer"
            time.sleep(0.2)
        return process, address

    yield start
    for process in running:
        process.terminate()
        process.wait()


@pytest.mark.services
def test_the_whole_portal_starts_recovers_and_stops(portal):
    process, address = portal()
    everybody = until(lambda: len(found := family_of(process.pid)) >= 8 and found, "web, workers and beat run")
    workers = [number for number in everybody if b"quick" in Path(f"/proc/{number}/cmdline").read_bytes()]
    os.kill(workers[0], signal.SIGKILL)
    assert all_gone(workers)
    until(
        lambda: any(b"quick" in Path(f"/proc/{number}/cmdline").read_bytes() for number in family_of(process.pid)),
        "the worker runs again",
    )
    everybody = family_of(process.pid)
    process.terminate()
    assert process.wait() == 0
    assert all_gone(everybody)

    again, address = portal()
    assert answers(f"{address}/healthz")
    again.terminate()
    assert again.wait() == 0
