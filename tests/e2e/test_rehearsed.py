"""Measure before, during and after a run: what is rehearsed is played, measurement runs over it, and nothing moves."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE, TABLET, WIDE, Server
from tests.e2e.lab import FOCUSED, PLAY, Open, card, shifted, small, status, stops, train

pytestmark = pytest.mark.e2e
COVERED = """name => {
    const card = document.querySelector(`section.card[aria-label="${name}"]`);
    const [a, b] = ['[popover]', '.plot'].map(part => card.querySelector(part).getBoundingClientRect());
    return a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top; }"""


def place(page: Page) -> str:
    return page.get_by_test_id("place").inner_text()


def test_a_set_up_is_played_before_it_is_trained_and_nothing_moves_until_its_end(
    server: Server, open_page: Open
) -> None:
    page = open_page(server.url)
    small(page, 300)
    expect(page.get_by_test_id("banner")).to_contain_text("Rehearsed, not trained yet")
    names = ("Loss", "Each mode dies at its own rate", "How much is learnt", "What the network has learnt so far")
    for name in (*names, "How far the kernel has moved"):
        expect(card(page, name)).to_contain_text(re.compile("rehearsed", re.IGNORECASE))
    expect(page.get_by_test_id("place")).to_contain_text("rehearsed, not yet trained")
    end = place(page)
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.get_by_test_id("place")).not_to_have_text(end)
    assert "rehearsed" in place(page)
    train(page)
    expect(status(page)).to_contain_text("Completed", timeout=60_000)
    expect(page.get_by_test_id("banner")).to_be_hidden()
    assert "step 300" in place(page)
    assert shifted(page) < 0.002


def test_on_a_phone_train_is_pinned_below_the_set_up(server: Server, open_page: Open) -> None:
    page = open_page(server.url, size=PHONE)
    page.get_by_role("button", name="Set up").click()
    button = page.get_by_role("dialog").get_by_role("button", name="Train", exact=True)
    expect(button).to_be_in_viewport(ratio=1)
    button.click()
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_the_keyboard_comes_to_train_and_play_first(server: Server, open_page: Open) -> None:
    page = open_page(server.url)
    for size in (WIDE, {"width": 1024, "height": 768}, TABLET, PHONE):
        reached = stops(page, size)
        assert any(PLAY.match(name) for name in reached), (size, reached)
        assert "Train" in reached, (size, reached)
    assert page.get_by_role("button", name="Set up").is_visible()
    page.keyboard.press("Shift+Tab")
    for _ in range(5):  # back to Train, which is seen only while the keyboard is on it
        if page.evaluate(FOCUSED) == "Train":
            break
        page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_in_viewport(ratio=1)
    with page.expect_websocket():
        page.keyboard.press("Enter")


def test_help_covers_no_chart(server: Server, open_page: Open) -> None:
    for size in (WIDE, PHONE):
        page = open_page(server.url, size=size)
        expect(card(page, "Loss")).to_be_attached()
        for name in ("What the network has learnt so far", "Loss"):
            button = card(page, name).get_by_role("button", name=f'About "{name}"')
            button.scroll_into_view_if_needed()
            button.click()
            expect(page.get_by_role("dialog").get_by_role("heading", name=name)).to_be_visible()
            assert not page.evaluate(COVERED, name), name
            page.keyboard.press("Escape")
