"""A person's own table in the page: shown as it is understood, changed, kept, trained on with points held out."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.e2e.conftest import PHONE, WIDE, Server

pytestmark = pytest.mark.e2e
TABLE = "when;where;count;unit\n" + "".join(
    f"{1900 + i};{i % 3};{f'{3 * i % 7},5' if i != 4 else ''};mm\n" for i in range(24)
)


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_table_is_looked_at_chosen_kept_and_trained_on(
    server: Server, open_page: Callable[..., Page], size: ViewportSize
) -> None:
    page = open_page(server.url, size)
    if size is PHONE:
        page.get_by_role("button", name="Set up").first.click()
    page.locator('[data-path="data.points"] select').select_option("dataset")
    page.get_by_role("button", name="Paste", exact=True).click()
    page.get_by_label("Paste a table").fill(TABLE)
    page.get_by_role("button", name="Read it").click()
    view = page.get_by_role("dialog", name="Paste numbers").get_by_test_id("table-view")
    expect(view.get_by_text("Left out, since they hold text: unit.")).to_be_visible()
    expect(view.get_by_role("cell", name="3.5").first).to_be_visible()  # 3,5 as it is understood
    expect(view.get_by_label("Decimals begin with")).to_have_value("comma")
    drop = view.get_by_label("Leave out the 1 row")
    expect(drop).to_be_checked()
    drop.uncheck()
    expect(view.get_by_role("alert")).to_contain_text("1 row with an empty cell (line 6)")
    expect(page.get_by_role("button", name="Use this table")).to_be_disabled()
    drop.check()
    view.get_by_label("What where is").select_option("no")
    expect(view.get_by_label("What where is")).to_have_value("no")
    page.get_by_role("button", name="Use this table").click()

    expect(page.get_by_text("Inputs of 1,900 to 1,923 are scaled")).to_be_visible()
    expect(page.locator('[data-path="data.scale_inputs"] select')).to_have_value("unit")
    page.locator('[data-path="data.hold_out"] select').select_option("every")
    page.locator('[data-path="training.stop.steps"] input').fill("50")
    expect(page.get_by_test_id("preview").get_by_text("4 of 23 points are held out")).to_be_visible()
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text("held out", exact=True).first).to_be_visible()
    if size is WIDE:  # a phone draws what is in sight
        expect(page.get_by_text("L = ½ Σ r², scaled").first).to_be_attached()


def test_a_warning_of_scale_has_a_button_that_ends_it(server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{server.url}/#data.points.low=1700&data.points.high=2008&training.stop.steps=20&seed=0")
    preview = page.get_by_test_id("preview")
    warning = preview.get_by_text("Scale the inputs (data.scale_inputs)")
    expect(warning).to_be_visible()
    preview.get_by_role("button", name="Scale the inputs: To [−1, 1]").click()
    expect(page.locator('[data-path="data.scale_inputs"] select')).to_have_value("unit")
    expect(warning).to_be_hidden()
