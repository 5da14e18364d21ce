"""Real worker processes on both databases and both brokers: killed, cut off from their broker, and nothing is lost."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
import redis

from tests.workload import OFFERS
from tsc_portal import serve

pytestmark = pytest.mark.services
ROOT = Path(__file__).resolve().parents[2]
NOBODY_LISTENS = "redis://127.0.0.1:1/0"


class Trial:
    """A portal of its own for one test: database, broker, data directory and at most one worker."""

    def __init__(self, folder, **surroundings):
        self.folder, self.worker = folder, None
        base = {name: value for name, value in os.environ.items() if not name.startswith("COV_CORE")}
        self.environment = base | {
            "DJANGO_SETTINGS_MODULE": "tests.worker_settings", "TSC_MODE": "test", "TSC_DATA_DIR": str(folder),
            "SECRET_KEY": "only-for-tests", "DATABASE_URL": "", "REDIS_URL": "",
        } | surroundings  # fmt: skip

    def run(self, *command, **changes):
        """Run a command of the portal to its end; returns what it wrote to its log."""
        done = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=self.environment | changes, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stderr

    def start(self, *command):
        return subprocess.Popen([sys.executable, *command], cwd=ROOT, env=self.environment)

    def start_worker(self):
        """The worker of the quick queue with beat inside, exactly as the portal starts it, in a group of its own."""
        schedule = str(self.folder / "beat-schedule")
        child = serve.worker(SimpleNamespace(data_dir=self.folder), "quick", "--beat", "--schedule", schedule)
        child.environment = self.environment | child.environment
        child.start()
        self.worker = child

    def kill_worker(self):
        """kill -9 for the whole group, parent, pool and beat."""
        if self.worker is not None:
            os.killpg(self.worker.popen.pid, signal.SIGKILL)
            self.worker.popen.wait()
            self.worker = None

    def runs(self):
        """How many runs there are in each state."""
        return dict(self.ask("SELECT state, count(*) FROM requests_offers_matchrun GROUP BY state"))

    def wait_until(self, holds, what, seconds=120):
        last_moment = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < last_moment, f"waited in vain until {what}: {self.runs()}"
            time.sleep(0.1)


class Embedded(Trial):
    """SQLite and the file broker."""

    def ask(self, question):
        with contextlib.closing(sqlite3.connect(self.folder / "portal.sqlite3", timeout=20)) as connection:
            return connection.execute(question).fetchall()

    def cut_off(self):
        """Options and surroundings under which no message reaches the broker."""
        return ["--broken-folder"], {}

    def clear(self):
        pass


class Services(Trial):
    """PostgreSQL and Redis, each shared with others: a database and a prefix of its own."""

    def __init__(self, folder):
        self.name = f"tsc_trial_{uuid.uuid4().hex[:12]}"
        base = os.environ.get("DATABASE_URL") or "postgres://postgres@127.0.0.1:5432/tsc"
        self.server = base.rpartition("/")[0]
        self.redis_url = os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/15"
        self._on_the_server(f"CREATE DATABASE {self.name}")
        database = f"{self.server}/{self.name}"
        super().__init__(folder, DATABASE_URL=database, REDIS_URL=self.redis_url, TSC_TRIAL=f"{self.name}:")

    def _on_the_server(self, command):
        with psycopg.connect(f"{self.server}/postgres", autocommit=True) as connection:
            connection.execute(command)

    def ask(self, question):
        with psycopg.connect(f"{self.server}/{self.name}") as connection:
            return connection.execute(question).fetchall()

    def cut_off(self):
        return [], {"REDIS_URL": NOBODY_LISTENS}

    def clear(self):
        self._on_the_server(f"DROP DATABASE {self.name} WITH (FORCE)")
        server = redis.Redis.from_url(self.redis_url)
        for key in server.scan_iter(f"{self.name}:*"):
            server.delete(key)
        server.close()


@pytest.fixture(params=[Embedded, Services], ids=["sqlite-files", "postgresql-redis"])
def trial(request, tmp_path):
    trial = request.param(tmp_path)
    try:
        trial.run("manage.py", "migrate", "--verbosity", "0")
        yield trial
    finally:
        trial.kill_worker()
        trial.clear()


def all_scored(trial, count):
    """Every need has its one finished run."""
    return lambda: trial.runs() == {"done": count}


def partly_scored(trial, enough):
    """At least so many runs are finished."""
    return lambda: trial.runs().get("done", 0) >= enough


def assert_nothing_lost_and_nothing_twice(trial, count, attempts_at_most):
    components = "SELECT count(*) FROM requests_offers_component WHERE scored_at IS NOT NULL"
    assert trial.ask(components) == [(count,)]
    runs = "SELECT count(*), count(DISTINCT component_id), sum(attempt) FROM requests_offers_matchrun"
    (rows, needs, attempts) = trial.ask(runs)[0]
    assert (rows, needs) == (count, count)
    assert count <= attempts <= attempts_at_most
    pairs = "SELECT count(*), count(DISTINCT component_id * 1000000 + offer_id) FROM requests_offers_match"
    assert trial.ask(pairs) == [(count * OFFERS, count * OFFERS)]
    told = "SELECT count(*), count(DISTINCT recipient_id * 1000000 + event_id) FROM accounts_notice"
    (notices, different) = trial.ask(told)[0]
    assert notices == different > count


def test_a_worker_killed_again_and_again_scores_everything_once(trial):
    count, kills = 200, 5
    trial.run("-m", "tests.workload", "prepare", str(count))
    trial.start_worker()
    officer = trial.start("-m", "tests.workload", "accept")
    for number in range(kills):
        enough = (number + 1) * count // (kills + 2)
        trial.wait_until(partly_scored(trial, enough), f"{enough} are scored")
        trial.kill_worker()
        trial.start_worker()
    assert officer.wait() == 0
    assert trial.runs().get("done", 0) < count, "the worker must be killed while there is work"
    trial.wait_until(all_scored(trial, count), "all are scored")
    assert_nothing_lost_and_nothing_twice(trial, count, attempts_at_most=count + 2 * kills)


def test_while_the_broker_is_down_everybody_is_served_and_all_is_scored_when_it_is_back(trial):
    count = 100
    trial.run("-m", "tests.workload", "prepare", str(count))
    options, surroundings = trial.cut_off()
    log = trial.run("-m", "tests.workload", "accept", *options, **surroundings)
    assert "Error calling" in log
    assert trial.runs() == {"queued": count}
    trial.start_worker()
    trial.wait_until(all_scored(trial, count), "all are scored", seconds=60)
    assert_nothing_lost_and_nothing_twice(trial, count, attempts_at_most=count)
