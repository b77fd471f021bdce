"""A target is drawn, changed by the keyboard, taken back, and trained on."""

import math
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server

pytestmark = pytest.mark.e2e


def test_a_target_is_drawn_and_trained_on(server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page(
        f"{server.url}/#data.points=circle&data.points.n=24&network.width=128&training.stop.steps=60&seed=0",
        depth="watch",
    )
    page.get_by_role("button", name="Draw one").click()
    area = page.get_by_role("application", name="The target as it is drawn")
    said = page.get_by_test_id("drawn")
    expect(said).to_have_text("4 points")
    box = area.bounding_box()
    assert box is not None

    def at(share: float, height: float) -> tuple[float, float]:
        return box["x"] + box["width"] * (0.08 + 0.88 * share), box["y"] + box["height"] * (0.46 - 0.3 * height)

    # Freehand, over all of it: two waves.
    page.mouse.move(*at(0.02, 0))
    page.mouse.down()
    for i in range(50):
        page.mouse.move(*at(0.02 + 0.97 * i / 49, math.sin(4 * math.pi * i / 49)))
    page.mouse.up()
    expect(said).to_have_text(re.compile(r"^(1\d|2\d) points$"))
    expect(page.get_by_role("listitem").filter(has_text="waves").first).to_contain_text("2")
    drawn = said.text_content()

    # By the keyboard alone: a point more, moved, taken back, and back again.
    area.press("Home")
    expect(said).to_have_text(re.compile(r"^Point 1 of \d+: x "))
    page.keyboard.press("Enter")
    expect(said).to_have_text(re.compile(r"^Point 2 of "))
    moved = said.text_content()
    page.keyboard.press("Shift+ArrowUp")
    expect(said).not_to_have_text(moved or "")
    page.keyboard.press("Control+z")
    expect(said).to_have_text(moved or "")
    page.keyboard.press("Delete")
    page.keyboard.press("Escape")
    expect(said).to_have_text(drawn or "")
    expect(page).to_have_url(re.compile("data.target=drawn&data.target.x="))

    page.get_by_role("button", name="Train it").click()
    expect(page.get_by_test_id("training")).to_have_text(re.compile("^Trained in "))
    expect(page.get_by_role("listitem").filter(has_text=re.compile("learnt at")).first).to_be_visible()
    expect(page).to_have_url(re.compile("#run="))
