"""A real server with a database of its own, and pages in a real Chromium."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize, expect, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--process-per-site",  # a page finds the programs of the last one compiled (Kept)
]
# In software a fifth of the frames of a screen is enough. Any frame can be cancelled until it runs.
SLOWER_FRAMES = """
window.requestAnimationFrame = (act) => setTimeout(() => act(performance.now()), 80);
window.cancelAnimationFrame = (id) => clearTimeout(id);
"""
NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
PATIENCE = 20_000  # ms that a page has to show something, on processors that other checks use too
expect.set_options(timeout=PATIENCE)
WIDE, PHONE = ViewportSize(width=1440, height=900), ViewportSize(width=390, height=844)
TABLET, CINEMA = ViewportSize(width=768, height=1024), ViewportSize(width=2560, height=1440)
# Both sizes and both themes; every pair of them in `make soak`.
LOOKS = pytest.mark.parametrize(
    ("size", "scheme"),
    [
        pytest.param(WIDE, "light", id="wide-light"),
        pytest.param(PHONE, "dark", id="phone-dark"),
        pytest.param(WIDE, "dark", id="wide-dark", marks=pytest.mark.soak),
        pytest.param(PHONE, "light", id="phone-light", marks=pytest.mark.soak),
    ],
)


def chromium() -> str:
    """The browser's path: $CHROMIUM, as `make test` sets it, or an installed one."""
    found = os.environ.get("CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail("no Chromium: set CHROMIUM, or run `make test`, which finds or installs one")
    return found


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """`ntkscope serve` in a process of its own; it can be stopped and started again on the same database."""

    def __init__(self, folder: Path, base_path: str = "") -> None:
        self.port, self.base_path = free_port(), base_path
        self.environment = os.environ | {
            "NTKSCOPE_DATABASE_URL": f"sqlite:///{folder / 'runs.db'}",
            "NTKSCOPE_BASE_PATH": base_path,
        }
        self.log = folder / "server.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.base_path}"

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [Path(sys.executable).with_name("ntkscope"), "serve", "--port", str(self.port)],
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        for _ in range(300):
            try:
                if httpx.get(f"{self.url}/api/health", timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
            if self.process.poll() is not None:
                break
        pytest.fail(f"the server did not start:\n{self.log.read_text()}")

    def stop(self, *, kill: bool = False) -> None:
        if self.process is not None:
            (self.process.kill if kill else self.process.terminate)()
            self.process.wait(20)
            self.process = None


@pytest.fixture(scope="session")
def one_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("server"))
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def server(one_server: Server) -> Iterator[Server]:
    """A server as it was at its first start: what the tests of another file made is gone."""
    with httpx.Client(base_url=f"{one_server.url}/api", timeout=20) as client:
        first = {run["id"] for run in client.get("runs").json()["runs"]}
        yield one_server
        for sweep in client.get("sweeps").json()["sweeps"]:
            client.delete(f"sweeps/{sweep['id']}").raise_for_status()
        for run in client.get("runs", params={"limit": 100}).json()["runs"]:
            if run["id"] not in first:
                client.delete(f"runs/{run['id']}").raise_for_status()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield launched
        launched.close()


@dataclass(frozen=True)
class Kept:
    """A context that one test after another has for itself; its first page keeps the process of the others."""

    context: BrowserContext
    first: Page

    def forget(self) -> bool:
        """What the last test has left in it goes; whether it can be used again."""
        if self.first.is_closed():
            return False
        for page in self.context.pages:
            if page is not self.first:
                page.close()
        self.context.set_offline(False)
        self.context.clear_cookies()
        self.first.evaluate("localStorage.clear()")
        return True


@pytest.fixture(scope="session")
def kept() -> dict[tuple[str, bool], list[Kept]]:
    """Contexts that no test uses now, by the server that they are for and whether they have a touch screen."""
    return defaultdict(list)


@pytest.fixture
def open_page(
    browser: Browser, kept: dict[tuple[str, bool], list[Kept]], request: pytest.FixtureRequest
) -> Iterator[Callable[..., Page]]:
    """Opens pages, each as in a browser of its own; the test fails if one logs an error or asks another host."""
    used: list[tuple[tuple[str, bool], Kept]] = []
    errors: list[str] = []
    quiet = request.node.get_closest_marker("errors_expected") is not None

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(message.text)

    def take(origin: str, touch: bool) -> BrowserContext:
        key = (origin, touch)
        if not kept[key]:
            context = browser.new_context(has_touch=touch)
            context.add_init_script(SLOWER_FRAMES)
            context.grant_permissions(["clipboard-read", "clipboard-write"])
            first = context.new_page()
            first.goto(f"{origin}/api/health")
            kept[key].append(Kept(context, first))
        used.append((key, kept[key].pop()))
        return used[-1][1].context

    def open_(url: str, size: ViewportSize = WIDE, depth: str | None = "measure", **media: Any) -> Page:
        """`depth`: as a reader who has chosen it before; None for a first visit. `media`: what its reader prefers."""
        address = urlsplit(url)
        page = take(f"{address.scheme}://{address.netloc}", touch=size is PHONE).new_page()
        page.set_viewport_size(size)
        page.emulate_media(**media)
        if depth is not None:
            page.add_init_script(f"localStorage.setItem('ntkscope.depth', '{depth}')")
        page.set_default_timeout(PATIENCE)
        page.on("console", heard)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda sent: foreign(sent.url))
        page.goto(url)
        return page

    def foreign(url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")):
            errors.append(f"asked another host: {url}")

    yield open_
    for key, one in used:
        if one.forget():
            kept[key].append(one)
    if not quiet:
        assert not errors
