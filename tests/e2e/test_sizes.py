"""The page at its sizes: nothing moves as it comes, nothing sticks out, type grows, a phone has little to scroll."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import CINEMA, PHONE, TABLET, Server
from tests.e2e.lab import Open, card, set_field, shifted, status, train

pytestmark = pytest.mark.e2e
# The play-head goes through the run; what stands beside the words that change stays where it is.
MOVED = """(async () => {
    const places = {}, slider = document.querySelector('footer .slider');
    for (let place = 0; place <= 2000; place += 160) {
        slider.value = String(place);
        slider.dispatchEvent(new Event('input', {bubbles: true}));
        await new Promise(done => setTimeout(done, 80));
        document.querySelectorAll('section.card').forEach(card => card.querySelectorAll('.item').forEach((item, i) => {
            const [at, edge] = [item.getBoundingClientRect(), card.getBoundingClientRect()];
            (places[`${card.ariaLabel} ${i}`] ??= new Set()).add(`${at.x - edge.x}, ${at.y - edge.y}`);
        }));
    }
    return Object.entries(places).filter(([, seen]) => seen.size > 1).map(([name, seen]) => [name, ...seen]);
})()"""
STICKING_OUT = """[...document.querySelectorAll('section.card')].flatMap(card => {
    const edge = card.getBoundingClientRect();
    return [...card.querySelectorAll('h2, .subtitle *')].filter(e => e.checkVisibility())
        .filter(e => e.getBoundingClientRect().right > edge.right + 1).map(e => e.textContent); })"""


OVER = """[...document.querySelectorAll('.ladder li')].flatMap((row, i, rows) => {
    const [edge, next] = [row.closest('.ladder').getBoundingClientRect(), rows[i + 1]?.getBoundingClientRect().top];
    return [...row.querySelectorAll('.course, .course span, .number')].map(e => e.getBoundingClientRect())
        .filter(e => e.right > edge.right - 8 || e.bottom > (next ?? edge.bottom) + 1).map(e => [i, e.right, e.bottom]);
})"""


@pytest.mark.parametrize("depth", ["watch", "measure"])
def test_nothing_moves_as_the_page_comes(server: Server, open_page: Open, depth: str) -> None:
    page = open_page(server.url, depth=depth)
    expect(page.get_by_role("button", name="Pause playing")).to_be_visible()
    page.wait_for_timeout(1500)
    assert shifted(page) < 0.01


@pytest.mark.parametrize("size", [TABLET, pytest.param(PHONE, marks=pytest.mark.soak)], ids=["tablet", "phone"])
def test_nothing_moves_while_the_play_head_does(server: Server, open_page: Open, size: dict[str, int]) -> None:
    page = open_page(f"{server.url}/#depth=measure&t=0.001", size=size)
    expect(page.locator("section.card .trace").nth(10)).to_be_attached()
    page.wait_for_timeout(1500)  # until the whole log is there
    assert page.evaluate(MOVED) == []
    assert shifted(page) == 0


def test_no_words_stick_out_of_a_card(server: Server, open_page: Open) -> None:
    page = open_page(server.url, size=TABLET)
    expect(page.locator("section.card .trace").nth(10)).to_be_attached()
    page.wait_for_timeout(500)
    assert page.evaluate(STICKING_OUT) == []


def test_watch_fits_a_tablet(server: Server, open_page: Open) -> None:
    page = open_page(server.url, size=TABLET, depth="watch")
    expect(page.get_by_role("listitem")).to_have_count(6)
    assert page.evaluate("document.querySelector('main').scrollWidth <= document.querySelector('main').clientWidth")
    tops = page.get_by_role("listitem").evaluate_all("rows => rows.map(row => row.getBoundingClientRect().bottom)")
    why = page.get_by_text("Why this order?").bounding_box()
    assert why is not None
    assert max(tops) <= why["y"]


def test_the_rows_of_watch_keep_to_their_card(server: Server, open_page: Open) -> None:
    """Where all that is said of a wave stands beside its bar: on laptops, tablets, and a projector."""
    page = open_page(f"{server.url}/?view=present#depth=watch&t=0.2", depth="watch")
    for size in ((1440, 900), (2560, 1440)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        expect(page.get_by_role("listitem").nth(4)).to_contain_text("predicted")
        assert page.evaluate(OVER) == [], ("present", size)
    page.goto(f"{server.url}/#depth=watch&t=0.2")
    for size in ((1440, 900), (1280, 720), (1100, 800), (1024, 768), (900, 1200), (768, 1024)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        expect(page.get_by_role("listitem").nth(4)).to_contain_text("predicted")
        assert page.evaluate(OVER) == [], size
        for name in ("Train it", "Play"):
            expect(page.get_by_role("button", name=name, exact=True)).to_be_in_viewport(ratio=1)


def test_type_and_marks_grow_with_the_window(server: Server, open_page: Open) -> None:
    page = open_page(server.url, size=CINEMA)
    plot = card(page, "Loss").locator(".js-plotly-plot")
    expect(plot).to_be_attached()
    assert plot.evaluate("e => e._fullLayout.xaxis.tickfont.size") > 13
    title = card(page, "Loss").get_by_role("heading")
    assert float(title.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")) > 20


def test_a_phone_has_six_charts_until_more_are_asked_for(server: Server, open_page: Open) -> None:
    page = open_page(server.url, size=PHONE)
    expect(card(page, "Loss")).to_be_attached()
    assert page.evaluate("document.querySelector('main').scrollHeight") < 2600
    expect(page.get_by_role("button", name=re.compile("^How it plays"))).to_be_visible()
    page.get_by_role("button", name="More charts").click()
    expect(card(page, "Kernel and parameters")).to_be_attached()
    assert page.evaluate("document.querySelector('main').scrollHeight") > 3500


def test_resume_and_play_are_told_apart(server: Server, open_page: Open) -> None:
    page = open_page(server.url)
    set_field(page, "network.width", "512")
    set_field(page, "training.stop.steps", "60000")
    expect(page.get_by_test_id("banner")).to_contain_text("not trained yet")
    train(page)
    expect(page.get_by_test_id("banner")).to_be_hidden()
    page.get_by_role("button", name="Pause training").click()
    expect(status(page)).to_contain_text("Paused")
    drawings = [
        page.get_by_role("button", name=name, exact=True).locator("path").get_attribute("d")
        for name in ("Resume training", "Play")
    ]
    assert drawings[0] != drawings[1]
    page.get_by_role("button", name="Stop").click()
    expect(status(page)).to_contain_text("Stopped")
