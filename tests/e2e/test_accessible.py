"""axe-core in the page: no rule is broken, on every page, in both themes, wide and on a phone."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.e2e.conftest import LOOKS, Server
from tests.e2e.lab import Open
from tests.e2e.test_sweep import other, progress

pytestmark = pytest.mark.e2e
AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
RUN = """async () => {
    // What comes in is shown bit by bit, and has its contrast at the end.
    const ends = document.getAnimations().filter(one => one.effect.getTiming().iterations !== Infinity);
    await Promise.all(ends.map(one => one.finished.catch(() => {})));
    return (await axe.run(document, { resultTypes: ['violations'] })).violations
    .map(({ id, nodes }) => [id, nodes.map(node => node.target.join(' ') + ': ' + node.failureSummary)]);
}"""


def violations(page: Page) -> list[object]:
    """Rules that the page breaks, with the elements that do."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return list(page.evaluate(RUN))


@LOOKS
def test_no_rule_is_broken(server: Server, open_page: Open, size: ViewportSize, scheme: str) -> None:
    page = open_page(server.url, size, depth=None, color_scheme=scheme)
    expect(page.get_by_role("listitem")).to_have_count(6)
    assert violations(page) == []
    page.get_by_role("button", name="Measure").click()
    expect(page.locator("section.card .trace").nth(10)).to_be_attached()
    assert violations(page) == []
    page.goto(f"{server.url}/sweep")
    expect(page.get_by_text("No width study yet.")).to_be_visible()
    assert violations(page) == []


def test_no_rule_is_broken_by_what_opens(server: Server, open_page: Open) -> None:
    page = open_page(server.url, depth=None)
    expect(page.get_by_role("listitem")).to_have_count(6)
    for opener in ("How it plays: 1×", "What is: kernel", "Keys"):
        page.get_by_role("button", name=opener, exact=True).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        assert violations(page) == [], opener
        page.keyboard.press("Escape")
    page.get_by_role("button", name="Square").click()
    expect(page.get_by_test_id("caption")).to_contain_text("Not trained yet.")
    assert violations(page) == []
    page.get_by_role("button", name="Draw one").click()
    expect(page.get_by_role("application", name="The target as it is drawn")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Paste numbers").click()
    page.get_by_label("Paste a table").fill("year count\n1 5\n2 ox\n3 7\n")
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_test_id("table-view")).to_be_visible()
    assert violations(page) == []


def test_no_rule_is_broken_by_a_table(server: Server, open_page: Open) -> None:
    page = open_page(other(server))
    expect(progress(page)).to_contain_text("Completed")
    assert violations(page) == []
