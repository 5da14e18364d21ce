"""docs/api.md: every line of its ten tasks runs, in a shell and in Python, against a portal that is served."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from accounts import outbox
from requests_offers.models import CooperationRequest, Offer
from tests import factories as f
from tests.api.test_schema import secret_of
from tsc_portal.api.throttles import Window
from tsc_portal.celery import app

pytestmark = pytest.mark.django_db(transaction=True)
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "api.md"
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language):
    """The blocks of one language, each with the heading it stands under."""
    found = []
    for section in re.split(r"^## ", GUIDE.read_text(encoding="utf-8"), flags=re.MULTILINE):
        found += [(section.partition("\n")[0], code) for kind, code in BLOCK.findall(section) if kind == language]
    return found


@pytest.fixture
def served(live_server, monkeypatch):
    """A portal with a worker that is always quick: what is queued is done as soon as it is committed."""

    class AtOnce:
        def send_task(self, name, args, queue):
            app.tasks[name](*args)

    people = f.everyone_known()
    f.target(4), f.target(6), f.cooperation_type("technology_transfer")
    f.match_in("offered", component=f.request_in("matching", people.party).components.get())
    app.loader.import_default_modules()
    monkeypatch.setattr(outbox, "current_app", AtOnce())
    monkeypatch.setattr(Window, "rate", lambda self: (10**9, 60))
    tokens = {"TOKEN": secret_of(people.focal_point, "write"), "PROVIDER": secret_of(people.provider, "write")}
    return os.environ | tokens | {"API": f"{live_server.url}/api/v1"}


def run(command, environment, folder):
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_the_guide_has_ten_tasks_each_in_both_languages():
    tasks = re.findall(r"^## (\d+)\. ", GUIDE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert tasks == [str(number) for number in range(1, 11)]
    for language in ("sh", "python"):
        headings = [heading for heading, _code in blocks(language)]
        assert len(headings) == 11
        assert len(set(headings)) == 11


def test_every_line_of_the_guide_runs(served, tmp_path):
    script = "\n".join(["set -eu", *(code for _heading, code in blocks("sh"))])
    has_curl = shutil.which("curl") and "NO_CURL" not in served
    environment = served if has_curl else served | {"PATH": f"{stand_in(tmp_path)}:{served['PATH']}"}
    (tmp_path / "tasks.sh").write_text(script, encoding="utf-8")
    said = run(["sh", "tasks.sh"], environment, tmp_path)
    assert "304\n" in said
    assert '"status":412' in said
    assert '"open_steps":[' in said
    filed = CooperationRequest.objects.get(external_id="N-4711")
    assert (filed.title, filed.status) == ("Floating plants in our lagoons", "paused")
    assert sorted(Offer.objects.filter(external_system="lab.example.org").values_list("external_id", flat=True)) == [
        "S-1",
        "S-2",
    ]
    assert (tmp_path / "requests.csv").read_text(encoding="utf-8-sig").startswith("reference,")

    (_beginning, module), *tasks = blocks("python")
    (tmp_path / "portal.py").write_text(module, encoding="utf-8")
    whole = "\n".join(code for _heading, code in tasks)
    (tmp_path / "tasks.py").write_text(whole, encoding="utf-8")
    run([sys.executable, "tasks.py"], served, tmp_path)
    assert CooperationRequest.objects.get(external_id="N-4712").status == "withdrawn"
    assert Offer.objects.get(external_id="S-2").title == "Training in seed banks and nurseries"


def stand_in(folder):
    """A folder with a program that is called curl."""
    (folder / "bin").mkdir()
    program = folder / "bin" / "curl"
    script = Path(__file__).with_name("curl_stand_in.py")
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{script}" "$@"\n')
    program.chmod(0o755)
    return folder / "bin"
