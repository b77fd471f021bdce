"""The question "Why? And what would help?" in a real browser: asked of a set-up, answered, one change taken."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Server
from tests.e2e.lab import Open

pytestmark = pytest.mark.e2e
# A wave that turns seven times, which 60 steps do not reach.
WAVES = "data.target.frequencies=1,7&data.target.amplitudes=1,1&data.target.phases=0,0"
TOO_FAST = f"data.points=circle&data.points.n=16&{WAVES}&network.width=16&training.stop.steps=60"


def test_what_is_not_learnt_is_explained_and_a_change_is_taken(server: Server, open_page: Open) -> None:
    page = open_page(f"{server.url}/#{TOO_FAST}&depth=measure")
    page.get_by_text("Why? And what would help?").click()
    why = page.get_by_test_id("why")
    expect(why).to_contain_text(re.compile(r"Not learnt by step 60: frequency 7, of which \d+(\.\d)? % is left"))
    offer = why.get_by_role("button", name=re.compile(r"^Set [\d,]+ steps instead of 60$"))
    steps = int(re.sub(r"\D", "", offer.inner_text().split("instead")[0]))
    offer.click()
    expect(page.locator('[data-path="training.stop.steps"] input')).to_have_value(str(steps))
    expect(why).to_contain_text("The set-up was changed since.")
    why.get_by_role("button", name="Ask again").click()
    expect(why).to_contain_text(re.compile(rf"Within {steps:,} steps it learns 9\d"))
    expect(why).not_to_contain_text("Not learnt by step")
