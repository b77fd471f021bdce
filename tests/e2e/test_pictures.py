"""What the page looks like, against pictures that somebody has looked at; `make soak` has every state at every size."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from ntkscope.executors.inline import InlineExecutor
from tests.cases import config
from tests.e2e import pictures
from tests.e2e.conftest import CINEMA, PATIENCE, PHONE, TABLET, WIDE, Server
from tests.e2e.pictures import AT, cards
from tests.servers import serving, settings_in, wait_for

pytestmark = pytest.mark.e2e
LAPTOP = {"width": 1280, "height": 720}
SIZES = {"390": PHONE, "768": TABLET, "1280": LAPTOP, "1440": WIDE, "2560": CINEMA}
CHANGE = """change => { const style = new CSSStyleSheet(); style.replaceSync(change.replace(";", " !important;"));
document.adoptedStyleSheets = [...document.adoptedStyleSheets, style]; }"""


def rows(page: Page) -> None:
    expect(page.get_by_role("listitem")).to_have_count(6)
    expect(page.get_by_test_id("place")).to_contain_text("t = 0.04")
    # Until its log is there, the run is shown as it was rehearsed.
    expect(page.locator(".plot path.network")).to_have_attribute("d", re.compile("L"))


def rehearsed(page: Page) -> None:
    expect(page.get_by_role("listitem")).to_have_count(2)
    expect(page.locator("figure path.rehearsed")).to_have_attribute("d", re.compile("L"))


def scanned(page: Page) -> None:
    expect(page.locator("section.card").first).to_be_visible()
    if page.get_by_role("button", name="Set up").is_visible():
        page.get_by_role("button", name="Set up").click()
    page.get_by_role("button", name="Scan one field before training").click()
    page.get_by_test_id("scan-values").fill("8, 32")
    page.get_by_role("button", name="Scan", exact=True).click()
    expect(page.get_by_role("table", name="Value by value", exact=True).locator("tbody tr")).to_have_count(2)
    expect(page.get_by_role("button", name="Scan", exact=True)).to_be_visible()
    page.evaluate("document.querySelectorAll('aside, aside *').forEach(one => (one.scrollTop = 0))")


def asked(page: Page) -> None:
    # Where they stand below the six charts, they are drawn once they are seen.
    page.get_by_test_id("questions").evaluate("one => one.scrollIntoView()")
    expect(page.get_by_test_id("questions").locator(".trace").nth(5)).to_be_attached()
    expect(page.get_by_text("Loading", exact=False)).to_have_count(0)


def drawn(page: Page) -> None:
    rows(page)
    if page.get_by_role("button", name="Change the target").is_visible():
        page.get_by_role("button", name="Change the target").click()
    page.get_by_role("button", name="Draw one").click()
    expect(page.get_by_role("application", name="The target as it is drawn")).to_be_visible()
    expect(page.get_by_test_id("caption")).to_contain_text("Rehearsed")


def study(page: Page) -> None:
    expect(page.get_by_text("No width study yet.")).to_be_visible()


def studied(page: Page) -> None:
    expect(page.get_by_test_id("slopes").locator("tbody tr")).to_have_count(2)
    expect(page.locator("section.card .scatterlayer .trace").nth(7)).to_be_attached()
    expect(page.get_by_text("Loading", exact=False)).to_have_count(0)


def ended_badly(page: Page) -> None:
    cards(page)
    expect(page.get_by_test_id("banner")).to_contain_text("as learning rate")


def asked_for_a_token(page: Page) -> None:
    expect(page.get_by_role("textbox")).to_be_visible()


def limits(page: Page) -> None:
    expect(page.get_by_role("heading", name="Limits")).to_be_visible()


# Of each state: its address, and what is done until it is there.
STATES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "watch": (f"#depth=watch&{AT}", rows),
    "rehearsed": (f"#data.points=circle&network.width=64&seed=0&depth=watch&{AT}", rehearsed),
    "drawn": (f"#depth=watch&{AT}", drawn),
    "measure": (f"#depth=measure&{AT}", cards),
    "more": (f"#depth=measure&charts=more&{AT}", asked),
    "scan": (f"#depth=measure&{AT}", scanned),
    "sweep": ("sweep", study),
    "server": ("server", limits),
    "present": (f"?view=present#depth=watch&{AT}", rows),
    "present-measure": (f"?view=present#depth=measure&{AT}", cards),
}
SHOWN = [("watch", "1440", "light"), ("watch", "390", "dark"), ("measure", "1440", "light"), ("scan", "1440", "light")]
LOOKED_AT = [(size, theme) for size in SIZES for theme in ("light", "dark")]
ALL = [(state, size, theme) for state in STATES for size, theme in LOOKED_AT]


# Those of another server, which asks who one is, and where a run has diverged and a study has ended.
WAITED_FOR = {"sign-in": asked_for_a_token, "diverged": ended_badly, "sweep-results": studied}
OWNER = "the-owner's-own-token"


@dataclass(frozen=True)
class Private:
    """A server with a token."""

    url: str
    run_id: str
    sweep_id: str

    def addresses(self, state: str) -> list[str]:
        """What is opened one after the other until it is there."""
        if state == "sign-in":
            return [self.url]
        there = {"diverged": f"#run={self.run_id}&depth=measure", "sweep-results": f"sweep#{self.sweep_id}"}
        # By way of an empty page: an address that differs in its hash alone opens no page anew.
        return [f"{self.url}?token={OWNER}", "about:blank", self.url + there[state]]


@pytest.fixture(scope="module")
def private(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Private]:
    settings = settings_in(tmp_path_factory.mktemp("private"), token=OWNER)
    with serving(settings, InlineExecutor()) as server:
        server.client.headers["authorization"] = f"Bearer {OWNER}"
        rate = {"kind": "auto", "fraction": 6}
        run = server.submit(config(training__learning_rate=rate, seed=0), name="Six times the limit")
        server.until(run["id"], "diverged")
        axes = [{"field": "network.width", "values": [64, 128, 256]}, {"field": "seed", "values": [0, 1]}]
        base = config(training__stop={"steps": 60}, recording={"frames": 4, "kernel_frames": 4})
        body = {"name": "Width study", "config": base.model_dump(mode="json"), "axes": axes}
        sweep = server.client.post("api/sweeps", json=body).raise_for_status().json()
        ended = f"api/sweeps/{sweep['id']}"
        wait_for(lambda: server.client.get(ended).json()["state"] == "completed")
        yield Private(server.url, run["id"], sweep["id"])


@contextmanager
def picture(
    browser: Browser, addresses: list[str], until: Callable[[Page], None], size: str, theme: str
) -> Iterator[Page]:
    """A page in a state, with nothing on it that moves."""
    context = browser.new_context(viewport=SIZES[size], color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    pictures.use_inter(context)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    for address in addresses:
        page.goto(address)
    until(page)
    yield page
    context.close()


def at(server: Server, state: str) -> tuple[list[str], Callable[[Page], None]]:
    """Where a state is, and until when it is waited for."""
    address, until = STATES[state]
    return [f"{server.url}/{address}"], until


@pytest.mark.parametrize(("state", "size", "theme"), SHOWN)
def test_it_looks_as_it_did(server: Server, browser: Browser, state: str, size: str, theme: str) -> None:
    with picture(browser, *at(server, state), size, theme) as page:
        pictures.compare(page, f"{state}-{size}-{theme}")


@pytest.mark.parametrize("change", [".plot .network { stroke: #2aa14a; }", ".ladder { transform: translateY(4px); }"])
def test_another_colour_and_another_place_are_seen(server: Server, browser: Browser, change: str) -> None:
    with picture(browser, *at(server, "watch"), "390", "dark") as page:
        page.evaluate(CHANGE, change)
        seen = pictures.differing(pictures.reference("watch-390-dark"), pictures.half(pictures.still(page)))
    assert seen > pictures.TOLERANCE


@pytest.mark.soak
@pytest.mark.parametrize(("state", "size", "theme"), ALL)
def test_every_state_looks_as_it_did(server: Server, browser: Browser, state: str, size: str, theme: str) -> None:
    with picture(browser, *at(server, state), size, theme) as page:
        pictures.compare(page, f"{state}-{size}-{theme}")


@pytest.mark.soak
@pytest.mark.parametrize(("size", "theme"), LOOKED_AT)
@pytest.mark.parametrize("state", WAITED_FOR)
def test_every_end_looks_as_it_did(private: Private, browser: Browser, state: str, size: str, theme: str) -> None:
    with picture(browser, private.addresses(state), WAITED_FOR[state], size, theme) as page:
        pictures.compare(page, f"{state}-{size}-{theme}")
