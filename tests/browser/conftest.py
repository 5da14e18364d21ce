"""The whole portal, started as a new user starts it, and a browser that walks it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "chromium"
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PASSWORD = "tsc-demo-2026"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_up(address: str, process: subprocess.Popen, seconds: float = 240) -> None:
    """Until the portal answers; a portal that ends instead fails the test with its own words."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if process.poll() is not None:
            raise RuntimeError(f"The portal ended with {process.returncode}.")
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2):
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.2)
    raise RuntimeError("The portal did not come up.")


@pytest.fixture(scope="session")
def portal(tmp_path_factory):
    """The address of a portal in demo mode with a data directory of its own; web server, workers and beat."""
    data, port = tmp_path_factory.mktemp("portal"), free_port()
    hidden = ("TSC_MODE", "TSC_DATA_DIR", "SECRET_KEY", "DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    environment |= {"TSC_MODE": "demo", "TSC_DATA_DIR": str(data), "PORT": str(port)}
    with (data / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tsc_portal.serve"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            wait_until_up(f"http://127.0.0.1:{port}", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def visitor(browser, portal):
    """Makes people at a browser of their own: `visitor("officer")` is signed in, `visitor()` is a stranger."""
    contexts = []

    def open_browser(account: str = "", *, javascript: bool = True, width: int = 1280, language: str = ""):
        context = browser.new_context(
            java_script_enabled=javascript, viewport={"width": width, "height": 900}, base_url=portal, locale="en-GB"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        if account:
            sign_in(page, account)
        return page

    yield open_browser
    for context in contexts:
        context.close()


@pytest.fixture
def in_the_portal(portal, tmp_path_factory):
    """Runs a few lines in the portal's own database, as an operator would: the days of a record are moved there."""
    data = next(tmp_path_factory.getbasetemp().glob("portal*"))

    def run(lines):
        hidden = ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "TSC_TEST_ROOT")
        environment = {name: value for name, value in os.environ.items() if name not in hidden}
        environment |= {"TSC_MODE": "demo", "TSC_DATA_DIR": str(data), "PORT": portal.rpartition(":")[2]}
        command = [sys.executable, "manage.py", "shell", "--verbosity", "0", "--command", lines]
        subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=120)

    return run


def sign_in(page, account: str) -> None:
    """Sign in as one of the demo accounts."""
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(f"{account}@demo.tsc")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.locator("main form button[type=submit], main form button:not([type])").first.click()
    page.wait_for_url(lambda address: "/login/" not in address)
