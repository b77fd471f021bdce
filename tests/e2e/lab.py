"""What the tests of the Lab do with its page."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, ViewportSize, expect

Open = Callable[..., Page]
DONE = re.compile("Completed")
PLAY = re.compile("^(Play|Pause playing)$")
# Every shift of the layout that no input caused: how much, when (ms), and what went from where to where.
SHIFTS = """new Promise(done => {
    const shifts = [], box = at => [at.x, at.y, at.width, at.height].map(Math.round).join(' ');
    new PerformanceObserver(list => shifts.push(...list.getEntries().filter(one => !one.hadRecentInput).map(one => [
        one.value, Math.round(one.startTime), ...one.sources.map(({node, previousRect, currentRect}) =>
            `${node?.outerHTML?.slice(0, 100) ?? node?.data}: ${box(previousRect)} to ${box(currentRect)}`)])))
        .observe({ type: 'layout-shift', buffered: true });
    setTimeout(() => done(shifts), 300); })"""
FOCUSED = "document.activeElement.getAttribute('aria-label') || document.activeElement.textContent.trim()"


def card(page: Page, title: str) -> Locator:
    return page.get_by_role("region", name=title, exact=True)


def set_field(page: Page, path: str, value: str) -> Locator:
    field = page.locator(f'[data-path="{path}"] input')
    field.fill(value)
    return field


def train(page: Page) -> None:
    """Until the page follows the new run: before, its status is still that of the run before."""
    with page.expect_websocket():
        page.get_by_label("Set-up").get_by_role("button", name=re.compile("^Train")).click()


def status(page: Page) -> Locator:
    return page.get_by_test_id("status")


def stops(page: Page, size: ViewportSize) -> list[str]:
    """The names of the first five places that the Tab key comes to, at a size."""
    page.set_viewport_size(size)
    page.reload()
    expect(page.get_by_role("button", name=PLAY)).to_be_enabled()
    found = []
    for _ in range(5):
        page.keyboard.press("Tab")
        found.append(page.evaluate(FOCUSED))
    return found


def small(page: Page, steps: int = 300) -> None:
    """A set-up that trains in a fraction of a second."""
    set_field(page, "network.width", "64")
    set_field(page, "training.stop.steps", str(steps))


def shifted(page: Page) -> float:
    """How much the layout has shifted since the page came; what moved is printed, and so stands below a failure."""
    shifts = page.evaluate(SHIFTS)
    print(*shifts, sep="\n")
    return float(sum(shift[0] for shift in shifts))
