"""Watch in a real browser: the first visit, its captions, an edit before training, Train, and a phone's one screen."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import PHONE, TABLET, WIDE, Server
from tests.e2e.lab import PLAY, Open, stops

pytestmark = pytest.mark.e2e
LAPTOP = {"width": 1024, "height": 768}
CAPTIONS = """() => { const at = document.querySelector('[data-testid=caption]'); window.captions = [at.textContent];
    new MutationObserver(() => window.captions.at(-1) === at.textContent || window.captions.push(at.textContent))
        .observe(at, { subtree: true, childList: true, characterData: true }); }"""
ORDER = (
    "The target is six waves added together.",
    "The wave that turns once is the first to arrive",
    "The wave that turns twice has just arrived",
    "All six waves are learnt",
)


def watch(server: Server, open_page: Open, **options: object) -> Page:
    """A first visit."""
    return open_page(server.url, depth=None, **options)


def caption(page: Page) -> Locator:
    return page.get_by_test_id("caption")


def rows(page: Page) -> Locator:
    return page.get_by_role("region", name=re.compile("When each (wave|mode) is learnt")).get_by_role("listitem")


def test_the_first_visit_plays_and_its_captions_come_in_order(server: Server, open_page: Open) -> None:
    page = watch(server, open_page)
    expect(page.get_by_role("heading", level=1)).to_have_text("A network learns slow waves first")
    page.evaluate(CAPTIONS)
    expect(caption(page)).to_contain_text(ORDER[0])
    expect(page.get_by_role("button", name="Pause playing")).to_be_visible()
    expect(caption(page)).to_contain_text(ORDER[-1], timeout=40_000)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    said = page.evaluate("window.captions")
    places = [next(i for i, text in enumerate(said) if text.startswith(start)) for start in ORDER]
    assert places == sorted(places)
    assert len(said) == len(set(said)), said
    assert not [text for text in said if "Not trained" in text], said
    expect(rows(page)).to_have_count(6)
    for row in rows(page).all():
        expect(row).to_contain_text("learnt at")


@pytest.mark.errors_expected
def test_a_formula_of_ones_own_is_drawn_or_refused_beside_its_field(server: Server, open_page: Open) -> None:
    page = watch(server, open_page)
    page.get_by_role("button", name="Formula").click()
    field = page.get_by_label("Formula, in theta")
    expect(field).to_be_visible()
    expect(caption(page)).to_contain_text("ot trained yet.")
    before = page.locator("figure path.target").get_attribute("d")
    field.fill("cos(2*theta)")
    expect(rows(page).first).to_contain_text("2waves")
    assert page.locator("figure path.target").get_attribute("d") != before
    field.fill("__import__('os')")
    expect(page.get_by_role("alert")).to_contain_text("__import__")
    expect(page.get_by_role("button", name="Train it")).to_be_disabled()


def test_on_a_phone_it_is_one_screen(server: Server, open_page: Open) -> None:
    page = watch(server, open_page, size=PHONE)
    expect(rows(page)).to_have_count(6)
    for size in ("document.documentElement", "document.querySelector('main')"):
        assert page.evaluate(f"{size}.scrollHeight <= {size}.clientHeight")
        assert page.evaluate(f"{size}.scrollWidth <= {size}.clientWidth")
    for name in ("Train it", "Change the target", "Pause playing"):
        expect(page.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="Change the target").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_role("button", name="Square").click()
    expect(sheet.get_by_role("button", name="Train it")).to_be_in_viewport(ratio=1)
    sheet.get_by_role("button", name="Close").click()
    expect(caption(page)).to_contain_text("Rehearsed, not trained yet.")


def test_train_and_play_are_within_the_first_five_stops(server: Server, open_page: Open) -> None:
    page = watch(server, open_page)
    for size in (WIDE, LAPTOP, TABLET, PHONE):
        reached = stops(page, size)
        assert any(PLAY.match(name) for name in reached), (size, reached)
        assert "Train it" in reached, (size, reached)


def test_keys_jump_to_what_is_learnt_and_are_listed(server: Server, open_page: Open) -> None:
    page = watch(server, open_page)
    expect(rows(page)).to_have_count(6)
    page.wait_for_timeout(500)  # the whole log is there
    page.keyboard.press("3")
    expect(caption(page)).to_contain_text("The wave that turns three times has just arrived")
    page.keyboard.press("n")
    expect(caption(page)).to_contain_text("The wave that turns four times has just arrived")
    step = page.get_by_test_id("place").inner_text()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_test_id("place")).not_to_have_text(step)
    page.keyboard.press("t")
    expect(page.get_by_label("Time in the run, linear")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("Logarithmic or linear time")
    page.keyboard.press("Escape")
    page.get_by_role("button", name=re.compile("^How it plays")).click()
    options = page.get_by_role("dialog", name="How it plays")
    options.get_by_role("button", name="4×").click()
    options.get_by_label("From the end to the start").check()
    options.get_by_role("button", name="the wave that turns twice").click()
    expect(caption(page)).to_contain_text("The wave that turns twice has just arrived")


def test_the_depth_is_remembered_and_in_the_link(server: Server, open_page: Open) -> None:
    page = watch(server, open_page)
    expect(page).to_have_url(re.compile("depth=watch"))
    watched = page.url
    page.get_by_role("button", name="Measure").click()
    expect(page.get_by_role("region", name="Loss", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile("depth=measure"))
    measured = page.url
    page.goto(server.url)
    expect(page.get_by_role("region", name="Loss", exact=True)).to_be_visible()
    page.keyboard.press("m")
    expect(rows(page).first).to_be_visible()
    expect(open_page(measured, depth=None).get_by_role("region", name="Loss", exact=True)).to_be_visible()
    expect(rows(open_page(watched, depth="measure")).first).to_be_visible()


def test_a_term_is_explained_and_shown(server: Server, open_page: Open) -> None:
    page = watch(server, open_page)
    page.get_by_role("button", name="What is: kernel").click()
    page.get_by_role("button", name="Show me").click()
    expect(page.get_by_role("region", name="The whole kernel", exact=True)).to_be_in_viewport(ratio=0.9)


def test_an_edit_is_drawn_before_training_and_train_measures_it(server: Server, open_page: Open) -> None:
    page = watch(server, open_page)
    expect(rows(page)).to_have_count(6)
    page.get_by_role("button", name="Square").click()
    expect(caption(page)).to_contain_text("Rehearsed, not trained yet.")
    expect(rows(page).nth(1)).to_contain_text("3waves")
    expect(rows(page).first).to_contain_text("due at")
    assert page.locator("figure path.network").get_attribute("d") == ""
    assert page.locator("figure path.target").get_attribute("d")
    assert page.locator("figure path.rehearsed").get_attribute("d")
    expect(page.get_by_role("button", name="Pause playing")).to_be_visible()  # it is played at once
    expect(page.get_by_test_id("training")).to_have_text("Rehearsed, not trained yet")
    expect(caption(page)).to_contain_text("The wave that turns once will have arrived by")
    marks = page.locator(".marks span").all_inner_texts()
    assert marks[0].startswith("1")
    page.get_by_label(re.compile("^Width")).fill("2")
    expect(page.get_by_label(re.compile("^Width"))).to_have_attribute("aria-valuetext", "64")
    with page.expect_websocket():
        page.get_by_role("button", name="Train it").click()
    expect(page.get_by_test_id("training")).to_contain_text("Trained in", timeout=60_000)
    expect(rows(page).first).to_contain_text("learnt at", timeout=40_000)
    assert page.locator("figure path.network").get_attribute("d")
