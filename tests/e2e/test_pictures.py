"""What the page looks like, against pictures that somebody has looked at; `make soak` has every state at every size."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e import pictures
from tests.e2e.conftest import CINEMA, PATIENCE, PHONE, TABLET, WIDE, Server
from tests.e2e.pictures import AT, cards

pytestmark = pytest.mark.e2e
LAPTOP = {"width": 1280, "height": 720}
SIZES = {"390": PHONE, "768": TABLET, "1280": LAPTOP, "1440": WIDE, "2560": CINEMA}
CHANGE = """change => { const style = new CSSStyleSheet(); style.replaceSync(change.replace(";", " !important;"));
document.adoptedStyleSheets = [...document.adoptedStyleSheets, style]; }"""


def rows(page: Page) -> None:
    expect(page.get_by_role("listitem")).to_have_count(6)
    expect(page.get_by_test_id("place")).to_contain_text("t = 0.04")


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
    expect(page.get_by_test_id("scan").locator("tbody tr")).to_have_count(2)
    expect(page.get_by_role("button", name="Scan", exact=True)).to_be_visible()
    page.evaluate("document.querySelectorAll('aside, aside *').forEach(one => (one.scrollTop = 0))")


def asked(page: Page) -> None:
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
LOOKED_AT = [("390", "light"), ("768", "dark"), ("1280", "light"), ("1440", "dark"), ("2560", "light")]
BELOW = ("390", "768")  # where the further charts stand below the six, and are drawn once they are seen
ALL = [(state, size, theme) for state in STATES for size, theme in LOOKED_AT if not (state == "more" and size in BELOW)]


@contextmanager
def picture(browser: Browser, server: Server, state: str, size: str, theme: str) -> Iterator[Page]:
    """A page in a state, with nothing on it that moves."""
    address, until = STATES[state]
    context = browser.new_context(viewport=SIZES[size], color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    pictures.use_inter(context)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{server.url}/{address}")
    until(page)
    yield page
    context.close()


@pytest.mark.parametrize(("state", "size", "theme"), SHOWN)
def test_it_looks_as_it_did(server: Server, browser: Browser, state: str, size: str, theme: str) -> None:
    with picture(browser, server, state, size, theme) as page:
        pictures.compare(page, f"{state}-{size}-{theme}")


@pytest.mark.parametrize("change", [".plot .network { stroke: #2aa14a; }", ".ladder { transform: translateY(4px); }"])
def test_another_colour_and_another_place_are_seen(server: Server, browser: Browser, change: str) -> None:
    with picture(browser, server, "watch", "390", "dark") as page:
        page.evaluate(CHANGE, change)
        seen = pictures.differing(pictures.reference("watch-390-dark"), pictures.half(pictures.still(page)))
    assert seen > pictures.TOLERANCE


@pytest.mark.soak
@pytest.mark.parametrize(("state", "size", "theme"), ALL)
def test_every_state_looks_as_it_did(server: Server, browser: Browser, state: str, size: str, theme: str) -> None:
    with picture(browser, server, state, size, theme) as page:
        pictures.compare(page, f"{state}-{size}-{theme}")
