"""The Lab in a real browser: opens alive, trains, scrubs, links, fails well, fits a phone."""

import json
import os
import re
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, ViewportSize, expect
from websockets.sync.client import connect

from tests.cases import config
from tests.e2e.conftest import LOOKS, PHONE, WIDE, Server
from tests.e2e.lab import DONE, Open, card, set_field, small, status, train
from tests.e2e.test_accessible import violations
from tests.servers import drain

pytestmark = pytest.mark.e2e
CHARTS = (
    "What the network has learnt so far",
    "Each mode dies at its own rate",
    "Eigenvalues of the kernel",
    "How much is learnt",
    "Loss",
    "How far the kernel has moved",
)
FOCUSED = """(() => { const at = document.activeElement;
    return (at.getAttribute('aria-label') || at.textContent || at.id).trim(); })()"""
SMALL_TARGETS = """[...document.querySelectorAll('button, select, input[type=range]')]
    .filter(e => e.checkVisibility({ visibilityProperty: true }))
    .filter(e => {
        e.scrollIntoView({ block: 'center' });
        const box = e.getBoundingClientRect(), x = box.x + box.width / 2, y = box.y + box.height / 2;
        if (box.bottom <= 0) return false;  // for keys alone: above the window until it has the focus
        const hit = (dx, dy) => document.elementFromPoint(x + dx, y + dy)?.closest('button, select, input') === e;
        return !hit(-21, 0) || !hit(21, 0) || !hit(0, -21) || !hit(0, 21);
    })
    .map(e => e.textContent.trim() || e.getAttribute('aria-label'))"""
RANGES = """JSON.stringify([...document.querySelectorAll('.js-plotly-plot')]
    .map(e => [e._fullLayout.xaxis.range, e._fullLayout.yaxis.range]))"""


def place(page: Page) -> str:
    return page.get_by_test_id("place").inner_text()


def drawn(page: Page) -> int:
    """Charts that have marks in them."""
    return int(
        page.evaluate("document.querySelectorAll('section.card .js-plotly-plot .trace, section.card .bars').length")
    )


def submit(server: Server, **changes: object) -> str:
    """A run of the REST API, followed until the server closes its stream: the run has ended."""
    body = {"config": config(**changes).model_dump(mode="json")}
    run_id = httpx.post(f"{server.url}/api/runs", json=body).raise_for_status().json()["id"]
    with connect(f"{server.url.replace('http', 'ws', 1)}/api/runs/{run_id}/stream", compression=None) as socket:
        drain(socket)
    assert httpx.get(f"{server.url}/api/runs/{run_id}").json()["ended_at"]
    return str(run_id)


@LOOKS
def test_a_fresh_start_is_alive_and_nothing_overflows(
    server: Server, open_page: Open, size: ViewportSize, scheme: str
) -> None:
    page = open_page(server.url, size, color_scheme=scheme)
    for title in CHARTS:
        expect(card(page, title)).to_be_attached()
    expect(page.get_by_test_id("banner")).to_contain_text("recorded run is playing")
    expect(page.get_by_role("button", name="Pause playing")).to_be_visible()
    expect(page.locator("section.card .trace").nth(10)).to_be_attached()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if size is WIDE:
        assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    folder = os.environ.get("NTKSCOPE_SCREENSHOTS")
    if folder:
        kind = "wide" if size is WIDE else "phone"
        page.wait_for_timeout(2500)  # the whole log is there
        head = page.get_by_label("Time in the run, logarithmic")
        head.evaluate("e => { e.value = 1150; e.dispatchEvent(new Event('input', { bubbles: true })); }")
        page.wait_for_timeout(1000)
        page.screenshot(path=Path(folder) / f"lab-{kind}-{scheme}.png")


def test_more_is_three_questions_with_the_same_play_head(server: Server, open_page: Open) -> None:
    page = open_page(server.url)
    page.get_by_role("button", name="More", exact=True).click()
    expect(card(page, "Loss")).to_be_hidden()
    for question, lead, said in (
        ("Why this order?", "When each mode is learnt", "Because of the eigenvalues"),
        ("Did the kernel move?", "Kernel and parameters", "Hardly: by t ="),
        ("What would infinite width do?", "Beside infinite width", "almost the same"),
    ):
        asked = page.get_by_role("region", name=question, exact=True)
        expect(asked.get_by_text(said)).to_be_visible()
        expect(card(page, lead).locator(".trace").first).to_be_attached()
    page.get_by_text("More on “Did the kernel move?”").click()
    for folded in ("Modes of the kernel now", "One step on one point", "Effective rank"):
        card(page, folded).scroll_into_view_if_needed()
        expect(card(page, folded).locator(".trace").first).to_be_attached()
    assert violations(page) == []
    expect(card(page, "Effective rank").locator(".playline")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_train_this_yourself_trains_here(server: Server, open_page: Open) -> None:
    page = open_page(server.url)
    page.get_by_test_id("banner").get_by_role("button", name="Train this yourself").click()
    expect(status(page)).to_contain_text(DONE, timeout=60_000)
    expect(page.get_by_test_id("verdict")).to_contain_text("Prediction holds")
    assert drawn(page) > 10


def test_edit_and_run_again(server: Server, open_page: Open) -> None:
    page = open_page(server.url)
    small(page)
    train(page)
    expect(status(page)).to_contain_text(DONE)
    expect(page.get_by_test_id("place")).to_contain_text("step 300")


def test_scrubbing_lets_go_of_live_and_only_the_button_takes_it_again(server: Server, open_page: Open) -> None:
    submit(server)
    page = open_page(server.url)
    live = page.get_by_role("button", name="Back to live")
    expect(page.get_by_test_id("place")).to_contain_text("step 200")
    expect(live).to_be_disabled()
    page.keyboard.press("Home")
    expect(page.get_by_test_id("place")).to_contain_text("step 0")
    expect(live).to_be_enabled()
    small(page, 4000)
    page.keyboard.press("Escape")
    live.click()
    expect(live).to_be_disabled()
    expect(page.get_by_test_id("place")).to_contain_text("step 200")


def test_the_play_head_moves_all_charts_together(server: Server, open_page: Open) -> None:
    submit(server)
    page = open_page(server.url)
    expect(page.get_by_test_id("place")).to_contain_text("step 200")
    page.keyboard.press("Home")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    for title in ("What the network has learnt so far", "How much is learnt"):
        expect(card(page, title)).to_contain_text("t = ")
    lines = page.locator(".playline")
    expect(lines).to_have_count(3)
    before = place(page)
    page.keyboard.press("ArrowRight")
    expect(page.get_by_test_id("place")).not_to_have_text(before)


def test_zoom_survives_new_data(server: Server, open_page: Open) -> None:
    page = open_page(server.url)
    set_field(page, "network.width", "512")
    set_field(page, "training.stop.steps", "60000")
    train(page)
    expect(status(page)).to_contain_text("Live")
    # a zoom belongs to what is drawn: that of the rehearsal ends where the run's own log is drawn
    expect(page.get_by_test_id("place")).to_contain_text("step")
    expect(page.get_by_test_id("place")).not_to_contain_text("rehearsed")
    plot = card(page, "Loss").locator(".js-plotly-plot")
    expect(page.locator("section.card .trace").nth(10)).to_be_attached()
    area = plot.locator(".nsewdrag").first.bounding_box()
    assert area is not None
    page.mouse.move(area["x"] + 0.3 * area["width"], area["y"] + 0.3 * area["height"])
    page.mouse.down()
    page.mouse.move(area["x"] + 0.7 * area["width"], area["y"] + 0.7 * area["height"], steps=5)
    page.mouse.up()
    expect(card(page, "Loss").locator(".reset")).to_be_visible()
    ranges = "el => JSON.stringify([el._fullLayout.xaxis.range, el._fullLayout.yaxis.range])"
    zoomed = plot.evaluate(ranges)
    step = page.get_by_test_id("place").inner_text()
    expect(page.get_by_test_id("place")).not_to_have_text(step)
    page.wait_for_timeout(1500)
    assert plot.evaluate(ranges) == zoomed
    page.get_by_role("button", name="Stop").click()
    expect(status(page)).to_contain_text("Stopped")


def test_a_copied_link_runs_the_same_thing(server: Server, open_page: Open) -> None:
    first = open_page(server.url)
    small(first)
    set_field(first, "seed", "7")
    train(first)
    expect(status(first)).to_contain_text(DONE)
    second = open_page(first.url)
    expect(second.locator('[data-path="seed"] input')).to_have_value("7")
    expect(second.locator('[data-path="network.width"] input')).to_have_value("64")
    train(second)
    expect(status(second)).to_contain_text(DONE)
    runs = httpx.get(f"{server.url}/api/runs").json()["runs"]
    assert runs[0]["digest"] == runs[1]["digest"]
    losses = []
    for run in runs[:2]:
        events = httpx.get(f"{server.url}/api/runs/{run['id']}/events?limit=1000").json()["events"]
        losses.append([event["loss"] for event in events if event["type"] == "frame"])
    assert losses[0] == losses[1]


def test_an_invalid_field_says_why_before_sending(server: Server, open_page: Open) -> None:
    page = open_page(server.url)
    set_field(page, "network.width", "-4")
    expect(page.locator('[data-path="network.width"]')).to_contain_text("Width must be at least 1; you gave −4.")
    expect(page.get_by_label("Set-up").get_by_role("button", name=re.compile("^Train"))).to_be_disabled()


@pytest.mark.errors_expected
def test_a_formula_that_is_refused_is_said_beside_its_field(server: Server, open_page: Open) -> None:
    page = open_page(server.url)
    page.locator('[data-path="data.target"] select').select_option("formula")
    field = page.locator('[data-path="data.target.text"]')
    field.locator("input").fill("__import__('os')")
    expect(field).to_contain_text("__import__")


def test_a_diverged_run_names_both_numbers_and_one_click_starts_a_stable_one(server: Server, open_page: Open) -> None:
    page = open_page(server.url)
    small(page)
    page.locator('[data-path="training.learning_rate.fraction"] input').fill("6")
    train(page)
    banner = page.get_by_test_id("banner")
    expect(banner).to_contain_text(re.compile("Learning rate .* is above 2/λ₁ = "))
    assert drawn(page) > 5
    expect(banner).to_contain_text("a quarter of 2/λ₁ as learning rate")
    place = card(page, "Loss").bounding_box()
    banner.get_by_role("button", name="Show all").click()
    assert banner.locator("p").evaluate("p => p.scrollHeight <= p.clientHeight")
    assert card(page, "Loss").bounding_box() == place  # it lies over what stands below
    banner.get_by_role("button", name="Show less").click()
    assert banner.locator("p").evaluate("p => p.scrollHeight > p.clientHeight")
    banner.get_by_role("button", name="Train with these changes").click()
    expect(status(page)).to_contain_text(DONE)
    expect(page.get_by_test_id("banner")).to_be_hidden()
    expect(page.locator('[data-path="training.learning_rate.fraction"] input')).to_have_value("0.25")


def test_delete_can_be_undone(server: Server, open_page: Open) -> None:
    submit(server)
    page = open_page(server.url)
    before = httpx.get(f"{server.url}/api/runs").json()["total"]
    page.get_by_role("button", name=re.compile("^Runs. In view")).click()
    page.get_by_role("button", name=re.compile("^Delete")).first.click()
    expect(page.get_by_text("Undo")).to_be_visible()
    assert httpx.get(f"{server.url}/api/runs").json()["total"] == before - 1
    with page.expect_response(re.compile("/restore$")):
        page.get_by_text("Undo").click()
    expect(page.get_by_text("Undo")).to_be_hidden()
    assert httpx.get(f"{server.url}/api/runs").json()["total"] == before


def test_on_a_phone_everything_is_within_reach(server: Server, open_page: Open) -> None:
    page = open_page(server.url, PHONE)
    page.get_by_role("button", name="Set up").click()
    sheet = page.get_by_role("dialog")
    expect(sheet).to_be_visible()
    small(page)
    sheet.get_by_role("button", name=re.compile("^Train")).click()
    expect(sheet).to_be_hidden()
    expect(status(page)).to_contain_text(DONE)
    targets = page.evaluate(SMALL_TARGETS)
    assert targets == []


def test_all_by_keyboard(server: Server, open_page: Open) -> None:
    page = open_page(server.url)
    expect(page.locator("section.card .trace").nth(10)).to_be_attached()
    seen = set()
    for _ in range(120):
        page.keyboard.press("Tab")
        seen.add(page.evaluate(FOCUSED))
    for reachable in ("Train", "Copy link", "Runs. In view", "Time in the run, logarithmic", "Back to live"):
        assert any(reachable in name for name in seen), reachable
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Play or pause")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_no_nan_is_drawn(server: Server, open_page: Open) -> None:
    submit(server, data__points={"kind": "interval", "n": 1})
    page = open_page(server.url)
    expect(page.get_by_test_id("place")).to_contain_text("step 200")
    text = page.locator("body").inner_text()
    assert "NaN" not in text
    assert "Infinity" not in text
    data = page.evaluate(RANGES)
    assert all(isinstance(bound, (int, float)) for chart in json.loads(data) for axis in chart for bound in axis)
