"""A scan before training in a real browser: a field over three values, one of them taken."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Server
from tests.e2e.lab import Open
from tests.e2e.test_accessible import violations

pytestmark = pytest.mark.e2e


def test_a_scan_answers_value_by_value_and_one_is_taken(server: Server, open_page: Open) -> None:
    page = open_page(f"{server.url}/#depth=measure")
    page.get_by_role("button", name="Scan one field before training").click()
    page.get_by_test_id("scan-values").fill("8, 0, 32")
    page.get_by_role("button", name="Scan", exact=True).click()
    rows = page.get_by_role("table", name="Value by value", exact=True).locator("tbody tr")
    expect(rows).to_have_count(3, timeout=60_000)
    expect(rows.nth(1)).to_contain_text("network.width should be greater than or equal to 1")
    expect(rows.nth(2)).to_contain_text("by rehearsal")
    curves = page.get_by_role("region", name="Eigenvalues, value by value", exact=True)
    expect(curves.locator(".scatterlayer .trace").first).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Take 32 into the set-up").click()
    expect(rows.nth(2)).to_contain_text("in the set-up")
    expect(page.get_by_label("Width", exact=True).first).to_have_value("32")
    page.get_by_role("button", name="Back to the charts").click()
    expect(page.get_by_role("region", name="Each mode dies at its own rate")).to_be_visible()


def test_watch_looks_at_several_widths_and_plays_the_rehearsal_of_the_one_that_is_taken(
    server: Server, open_page: Open
) -> None:
    page = open_page(f"{server.url}/#depth=watch")
    page.get_by_role("button", name="Scan the width before training").click()
    expect(page.get_by_test_id("scan-field")).to_have_value("network.width")
    page.get_by_test_id("scan-values").fill("8, 32")
    page.get_by_role("button", name="Scan", exact=True).first.click()
    page.get_by_role("button", name="Take 32 into the set-up").click(timeout=60_000)
    expect(page.get_by_test_id("scan")).to_have_count(0)
    expect(page.get_by_test_id("caption")).to_contain_text("Rehearsed, not trained yet")
    expect(page.get_by_label(re.compile("Width 32"))).to_be_visible()
    page.get_by_role("button", name="Scan the learning rate before training").click()
    expect(page.get_by_test_id("scan-values")).to_have_value(re.compile("^0.05, 0.1"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("region", name="When each wave is learnt")).to_be_visible()
