"""What the page says of a set-up before it is trained."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Server
from tests.e2e.lab import Open, small

pytestmark = pytest.mark.e2e


def test_the_preview_answers_before_training(server: Server, open_page: Open) -> None:
    page = open_page(server.url)
    small(page, 4000)
    setup = page.get_by_label("Set-up", exact=True)
    expect(setup).to_contain_text(re.compile("2/λ₁"))
    expect(page.get_by_label("Set-up, and train it")).to_contain_text(re.compile(r"k = \d+: (step|not)"))


def test_the_preview_is_rehearsed_and_one_click_takes_the_steps_that_are_enough(
    server: Server, open_page: Open
) -> None:
    page = open_page(server.url)
    small(page, 4000)
    expect(page.get_by_test_id("rehearsal")).to_contain_text("Rehearsed to step")
    expect(page.get_by_test_id("waves")).to_contain_text(re.compile(r"\d+–\d+, ±10 %; by K₀ \d+"))
    offer = page.get_by_role("button", name=re.compile(r"^Take [\d,]+ steps$")).last
    # What is said is of this set-up and no longer of the one before, whose offer cannot be taken.
    expect(page.get_by_test_id("preview")).to_have_attribute("aria-busy", "false")
    said = offer.evaluate("button => { const text = button.innerText; button.click(); return text; }")
    steps = re.sub(r"\D", "", said)
    expect(page.locator('[data-path="training.stop.steps"] input')).to_have_value(re.compile(f"^{steps}$"))
    expect(page.get_by_test_id("rehearsal")).to_contain_text("Rehearsed to step")
