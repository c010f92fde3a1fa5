"""A browser for tests, as a pytest plug-in: the site, built once a run; Chromium; and a look at a page, which notes what is wrong with it."""

import contextlib
import fcntl
import functools
import importlib.resources
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[1]
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}


class BuildFailed(AssertionError):
    """MkDocs refused; the message is what it said."""


def build(target: Path, configuration: Path = ROOT / "mkdocs.yml") -> None:
    """Build the site into `target`, strictly, and with no network (tests/no_network.py sees to that). Raises BuildFailed."""
    # Without --quiet, which would keep warnings from being counted, and so strict builds from being strict.
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", configuration, "--site-dir", target]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"})
    if done.returncode:
        raise BuildFailed(done.stdout + done.stderr)


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Path:
    """The folder of the built site. Whichever test of a run wants it first builds it, in whatever process it is."""
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared
    with (shared / "site.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "site").exists():
            build(shared / "site.partial")
            (shared / "site.partial").rename(shared / "site")
    return shared / "site"


@contextlib.contextmanager
def chromium() -> Iterator:
    """A browser that reaches this machine and no other."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "these tests take Chromium: `apt install chromium`"
    options = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=options)
        yield browser
        browser.close()


@pytest.fixture(scope="module")  # and no longer: Playwright keeps an event loop running, which other tests do not expect
def browser() -> Iterator:
    """Chromium."""
    with chromium() as opened:
        yield opened


@dataclass
class Look:
    """What was noticed when a page was opened."""

    url: str
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)  # of the console, uncaught, or of requests
    violations: list[str] = field(default_factory=list)  # of what axe asks for
    wider_by: int = 0  # pixels that a phone has to scroll sideways

    @property
    def foreign(self) -> list[str]:
        """Requests to any other place than that of the page."""
        here = urlsplit(self.url)[:2]
        return [url for url in self.requests if urlsplit(url)[:2] != here and not url.startswith(("data:", "blob:"))]


def listen(page, look: Look) -> None:
    """Note from now on what goes wrong on a page, in `look`."""
    page.on("request", lambda request: look.requests.append(request.url))
    page.on("requestfailed", lambda request: look.errors.append(f"{request.url}: {request.failure}"))
    page.on("response", lambda response: response.status >= 400 and look.errors.append(f"{response.url}: {response.status}"))
    page.on("pageerror", lambda error: look.errors.append(f"uncaught: {error}"))
    page.on("console", lambda message: message.type == "error" and look.errors.append(message.text))


def look_at(context, url: str, with_axe: bool = False) -> Look:
    """Open a page in a browser's context, wait until nothing more is loaded, and say what is wrong."""
    look = Look(url)
    page = context.new_page()
    listen(page, look)
    page.goto(url, wait_until="networkidle")
    if with_axe:
        look.violations = violations(page)
    page.set_viewport_size(PHONE)
    look.wider_by = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.close()
    return look


def violations(page, seconds: float = 5) -> list[str]:
    """What axe objects to on a page, a line for each element; a page that is still being made ready has some seconds for it."""
    page.add_script_tag(content=_axe())
    end = time.monotonic() + seconds
    while True:
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(result => result.violations)")
        if not found or time.monotonic() > end:
            return [f"{each['id']}: {node['target']} {node['failureSummary']}" for each in found for node in each["nodes"]]
        page.wait_for_timeout(500)


@functools.cache
def _axe() -> str:
    return (importlib.resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
