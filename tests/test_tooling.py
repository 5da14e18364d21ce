"""The repository itself: what it promises about settings, requirements and tasks, and what must not stand in it."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from celery import current_app
from django.conf import settings

from accounts import outbox
from tsc_portal.pulse import SILENT_FOR

ROOT = Path(__file__).resolve().parent.parent
NOT_COMMITTED = {
    ".git", ".venv", "var", "node_modules", "__pycache__", "dist", "staticfiles",
    ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".import_linter_cache",
}  # fmt: skip
BINARY = {".mo", ".png", ".jpg", ".ico", ".woff2", ".xlsx", ".npz", ".gz", ".pyc", ".sqlite3", ".pdf"}
# Written in pieces, so that this file does not find itself.
REGISTRIES = ("pypi" + ".org", "python" + "hosted", "registry." + "npmjs", "registry." + "yarnpkg", "--index" + "-url")
PLACES = ("/wo" + "rk/", "/ro" + "ot/", "../sha" + "red", "/tm" + "p/", "/ho" + "me/")
READ_BY = ("tsc_portal/settings.py", "tsc_portal/serve.py", "gunicorn.conf.py")


def committed_files():
    """The text files that a clone would hold."""
    for file in ROOT.rglob("*"):
        parts = file.relative_to(ROOT).parts
        if NOT_COMMITTED.isdisjoint(parts) and file.is_file() and file.suffix not in BINARY:
            yield file


def lines_with(needles):
    return [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for file in committed_files()
        if file.name not in {"uv.lock", ".env", ".coverage"}
        for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if any(needle in line for needle in needles)
    ]


# What must not stand in the repository --------------------------------------------------------------------------------


def test_no_file_names_a_package_registry():
    assert lines_with(REGISTRIES) == []


def test_no_file_names_a_place_on_somebodys_machine():
    assert lines_with(PLACES) == []


def test_the_search_sees_what_it_looks_for():
    assert any(line.startswith("README") or "pyproject.toml" in line for line in lines_with(["tsc-portal"]))


# Requirements ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("group", ["base", "dev", "client", "bench"])
def test_requirements_are_pinned_hashed_and_name_no_host(group):
    text = (ROOT / "requirements" / f"{group}.txt").read_text()
    entries = [entry for entry in re.split(r"\n(?=\S)", text.replace("\\\n", "")) if not entry.startswith("#")]
    loose = [
        entry[:60] for entry in entries if not re.match(r"[\w.\[\],-]+==\S+", entry) or "--hash=sha256:" not in entry
    ]
    assert len(entries) > 5
    assert loose == []
    assert "//" not in text


# Settings -------------------------------------------------------------------------------------------------------------


def variables_read():
    pattern = re.compile(r"""(?:env\.\w+|environ\.get)\(\s*["']([A-Z_]+)["']""")
    return {name for path in READ_BY for name in pattern.findall((ROOT / path).read_text())}


def variables_explained():
    text = (ROOT / ".env.example").read_text()
    return set(re.findall(r"^#? ?([A-Z][A-Z_]+)=", text, flags=re.MULTILINE))


# Set by the portal for its own processes, never by people.
INTERNAL = {"TSC_PROCESS", "TSC_BIND"}
# Read by docker-compose.yml alone.
COMPOSE_ONLY = {"POSTGRES_PASSWORD", "TSC_HOST", "HTTP_PORT", "HTTPS_PORT", "KEEP_DAYS"}


def test_the_example_environment_names_what_is_read_and_nothing_else():
    assert variables_explained() - COMPOSE_ONLY == variables_read() - INTERNAL


def test_compose_asks_only_for_variables_that_are_explained():
    asked = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert asked <= variables_explained()
    assert asked >= COMPOSE_ONLY


# Containers -----------------------------------------------------------------------------------------------------------


def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_compose_starts_every_part_of_the_portal():
    names = {"proxy", "web", "worker", "worker-bulk", "beat", "database", "redis", "setup", "certificate", "backup"}
    assert set(compose()["services"]) == names


def test_compose_never_starts_a_demo():
    text = (ROOT / "docker-compose.yml").read_text()
    modes = {
        service["environment"]["TSC_MODE"]
        for service in compose()["services"].values()
        if "TSC_MODE" in service.get("environment", {})
    }
    assert modes == {"production"}
    assert "manage.py demo" not in text


def test_redis_keeps_its_queue_over_a_restart():
    assert "--appendonly yes" in compose()["services"]["redis"]["command"]


# The worker -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tasks():
    current_app.autodiscover_tasks(force=True)
    return current_app.tasks


def test_every_kind_of_job_has_a_registered_task(tasks):
    jobs = outbox.job_models()
    assert len(jobs) >= 1
    assert [model.__name__ for model in jobs if model.TASK not in tasks] == []


def test_every_job_waits_in_a_queue_that_a_worker_serves():
    assert {model.QUEUE for model in outbox.job_models()} <= set(SILENT_FOR)


def test_every_scheduled_task_is_registered(tasks):
    assert [name for name, entry in settings.CELERY_BEAT_SCHEDULE.items() if entry["task"] not in tasks] == []


def test_every_queue_is_swept_often_enough_to_show_a_pulse():
    for queue, silent_for in SILENT_FOR.items():
        gaps = [
            entry["schedule"]
            for entry in settings.CELERY_BEAT_SCHEDULE.values()
            if entry["task"] == "accounts.sweep" and entry.get("options", {}).get("queue", "quick") == queue
        ]
        assert len(gaps) == 1
        assert gaps[0] * 3 <= silent_for


def test_no_task_may_run_so_long_that_its_worker_seems_dead(tasks):
    queues = {(model.TASK, model.QUEUE) for model in outbox.job_models()} | {
        (entry["task"], entry.get("options", {}).get("queue", "quick"))
        for entry in settings.CELERY_BEAT_SCHEDULE.values()
    }
    limits = {(name, queue): tasks[name].time_limit or settings.CELERY_TASK_TIME_LIMIT for name, queue in queues}
    assert {pair: limit for pair, limit in limits.items() if limit >= SILENT_FOR[pair[1]]} == {}


def test_a_lease_is_longer_than_the_time_limit_of_its_task(tasks):
    for model in outbox.job_models():
        limit = tasks[model.TASK].time_limit or settings.CELERY_TASK_TIME_LIMIT
        assert model.LEASE.total_seconds() > limit, model.__name__


# The package ----------------------------------------------------------------------------------------------------------


def test_the_licence_is_the_one_that_the_package_names():
    named = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["license"]
    text = (ROOT / "LICENSE").read_text()
    assert named == "Apache-2.0"
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text
