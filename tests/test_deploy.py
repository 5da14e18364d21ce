"""Production as it is deployed: Django's own checks for it find nothing."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "TSC_MODE": "production", "DATABASE_URL": "postgres://portal:letters@127.0.0.1:5432/none",
    "ALLOWED_HOSTS": "portal.example",
    "REDIS_URL": "redis://127.0.0.1:6379/9", "CSRF_TRUSTED_ORIGINS": "https://portal.example",
    "SITE_ADDRESS": "https://portal.example", "EMAIL_URL": "smtp+tls://portal:letters@mail.example:587",
}  # fmt: skip


def check(tmp_path, **changes):
    """What `check --deploy` answers and says; nothing is connected to."""
    known = {name: value for name, value in os.environ.items() if not name.startswith("COV_CORE")}
    told = PRODUCTION | {"TSC_DATA_DIR": str(tmp_path), "SECRET_KEY": secrets.token_urlsafe(64)} | changes
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=ROOT, env=known | told, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


def test_nothing_is_found_in_production(tmp_path):
    assert check(tmp_path) == (0, "System check identified no issues (1 silenced).\n")


@pytest.mark.parametrize(
    ("changes", "found"),
    [({"SECRET_KEY": "short"}, "security.W009"), ({"SECURE_SSL_REDIRECT": "false"}, "security.W008")],
)
def test_what_is_wrong_would_be_found(tmp_path, changes, found):
    code, said = check(tmp_path, **changes)
    assert code == 1
    assert found in said
