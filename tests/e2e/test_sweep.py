"""The Sweep page in a real browser: a tiny study up to its slopes, stopped and resumed, and the Lab beside it."""

import re

import httpx
import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.cases import config
from tests.e2e.conftest import LOOKS, PHONE, WIDE, Server
from tests.e2e.lab import Open

pytestmark = pytest.mark.e2e
WIDTHS = ("64", "128", "256", "512", "1,024", "2,048", "4,096")
CHARTS = ("The kernel at the start nears its limit", "The kernel moves less and less")


def form(page: Page) -> Locator:
    return page.get_by_role("form", name="What to sweep")


def take(page: Page, widths: tuple[str, ...], seeds: int, scalings: tuple[str, ...] = ("NTK",)) -> None:
    """Sets what to sweep."""
    for names, chosen in ((WIDTHS, widths), (("NTK", "Mean field"), scalings)):
        for name in names:
            chip = form(page).get_by_role("button", name=name, exact=True)
            if (chip.get_attribute("aria-pressed") == "true") != (name in chosen):
                chip.click()
    form(page).get_by_label("Seeds for each").fill(str(seeds))


def run(page: Page) -> None:
    form(page).get_by_role("button", name="Run the study").click()


def progress(page: Page) -> Locator:
    return page.get_by_test_id("progress")


def test_a_tiny_study_from_nothing_to_its_slopes(server: Server, open_page: Open) -> None:
    page = open_page(f"{server.url}/sweep")
    expect(page.get_by_text("No width study yet.")).to_be_visible()
    take(page, ("64", "128"), 2)
    expect(page.get_by_test_id("cost")).to_contain_text("4 runs of 300 steps each, depth 1.")
    run(page)
    expect(progress(page)).to_contain_text("Completed", timeout=60_000)
    expect(progress(page)).to_contain_text("4 of 4 runs")
    slopes = page.get_by_test_id("slopes").locator("tbody tr")
    expect(slopes).to_have_count(2)
    expect(slopes.nth(0)).to_contain_text(re.compile("Distance of K₀ to its limit.*−1/2"))
    expect(slopes.nth(1)).to_contain_text(re.compile("Drift of the kernel.*−3/4"))
    expect(page.get_by_test_id("slopes")).to_contain_text("Under NTK scaling the drift")
    for title in CHARTS:
        card = page.get_by_role("region", name=title, exact=True)
        # Four runs, the guide, the fit, two means.
        expect(card.locator(".scatterlayer .trace")).to_have_count(4)
        expect(card.locator(".scatterlayer .point")).to_have_count(6)
        expect(card.locator(".errorbar")).to_have_count(2)
        expect(card.locator("table")).to_contain_text("128")
    page.reload()
    expect(progress(page)).to_contain_text("4 of 4 runs")
    expect(page.get_by_test_id("slopes").locator("tbody tr")).to_have_count(2)


def test_a_run_is_opened_in_the_lab_and_the_study_found_again(server: Server, open_page: Open) -> None:
    page = open_page(f"{server.url}/sweep")
    expect(progress(page)).to_contain_text("Completed")
    page.get_by_text("Every run").click()
    page.get_by_role("button", name="Open in the Lab: Width 128, Scaling NTK, Seed 1").click()
    expect(page.get_by_test_id("place")).to_contain_text("step 300")
    expect(page.locator('[data-path="network.width"] input')).to_have_value("128")
    expect(page.locator('[data-path="seed"] input')).to_have_value("1")
    page.go_back()
    expect(progress(page)).to_contain_text("4 of 4 runs")


def test_the_lab_survives_the_round_trip(server: Server, open_page: Open) -> None:
    body = {"config": config().model_dump(mode="json"), "name": "FutureCache"}
    httpx.post(f"{server.url}/api/runs", json=body).raise_for_status()
    page = open_page(server.url)
    expect(page.get_by_test_id("place")).to_contain_text("step 200")
    page.locator('[data-path="network.width"] input').fill("77")
    expect(page).to_have_url(re.compile("network.width=77"))
    expect(page.get_by_test_id("place")).to_contain_text("rehearsed")
    page.get_by_role("slider", name="Time in the run").focus()
    page.keyboard.press("Home")
    expect(page.get_by_test_id("place")).to_contain_text("t = 0 ·")
    address = page.url
    pages = page.get_by_role("navigation", name="Pages")
    pages.get_by_role("link", name="Sweep").click()
    expect(pages.get_by_role("link", name="Sweep")).to_have_attribute("aria-current", "page")
    expect(form(page)).to_be_visible()
    pages.get_by_role("link", name="Lab").click()
    expect(page.get_by_test_id("place")).to_contain_text("t = 0 ·")
    expect(page.locator('[data-path="network.width"] input')).to_have_value("77")
    expect(page.get_by_role("button", name="Runs. In view: FutureCache")).to_be_visible()
    assert page.url == address


def test_a_study_is_stopped_and_goes_on(server: Server, open_page: Open) -> None:
    page = open_page(f"{server.url}/sweep")
    take(page, ("2,048", "4,096"), 6)
    run(page)
    expect(progress(page)).to_contain_text("Training")
    progress(page).get_by_role("button", name="Stop").click()
    expect(progress(page)).to_contain_text("Stopped")
    listed = httpx.get(f"{server.url}/api/sweeps").json()["sweeps"][0]
    assert listed["state"] == "cancelled"
    assert listed["done"] < listed["total"] == 12
    progress(page).get_by_role("button", name="Go on").click()
    expect(progress(page)).to_contain_text("Training")
    progress(page).get_by_role("button", name="Stop").click()
    expect(progress(page)).to_contain_text("Stopped")


def other(server: Server) -> str:
    """The address of a sweep that is no width study, once it has ended; one of its runs diverges."""
    base = config(training__stop={"steps": 60}, recording={"frames": 4, "kernel_frames": 4})
    axes = [
        {"field": "network.activation", "values": ["relu", "erf"]},
        {"field": "training.learning_rate.fraction", "values": [0.25, 4.5]},
    ]
    body = {"name": "Activations and rates", "config": base.model_dump(mode="json"), "axes": axes}
    made = httpx.post(f"{server.url}/api/sweeps", json=body).raise_for_status().json()
    return f"{server.url}/sweep#{made['id']}"


def test_a_sweep_over_other_fields_is_a_table_that_keys_sort(server: Server, open_page: Open) -> None:
    page = open_page(other(server))
    expect(progress(page)).to_contain_text("Completed")
    expect(page.get_by_test_id("slopes")).to_have_count(0)
    expect(page.get_by_role("columnheader")).to_have_text(
        ["Activation", "Fraction of the limit", "State", "Steps", "Loss", "Prediction", "Distance", "Drift"]
    )
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(4)
    expect(rows.nth(1)).to_contain_text("Diverged")
    expect(rows.nth(1)).to_contain_text("Learning rate")
    rate = page.get_by_role("columnheader", name="Fraction of the limit")
    rate.get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(rate).to_have_attribute("aria-sort", "ascending")
    expect(page.locator("tbody td:nth-child(2)")).to_have_text(["0.25", "0.25", "4.5", "4.5"])
    page.get_by_role("button", name="Open in the Lab: Activation erf, Fraction of the limit 0.25").click()
    expect(page.get_by_test_id("place")).to_contain_text("step 60")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_its_table_scrolls_and_not_the_page(server: Server, open_page: Open, size: ViewportSize) -> None:
    page = open_page(other(server), size)
    expect(progress(page)).to_contain_text("Completed")
    expect(page.locator("tbody tr")).to_have_count(4)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("document.querySelector('main').scrollWidth <= document.querySelector('main').clientWidth")
    card = page.get_by_test_id("progress")
    assert card.evaluate("card => card.scrollWidth <= card.clientWidth")


def test_what_is_missing_is_said_and_nothing_is_sent(server: Server, open_page: Open) -> None:
    page = open_page(f"{server.url}/sweep")
    take(page, (), 99)
    expect(form(page)).to_contain_text("Take at least one width")
    expect(form(page)).to_contain_text("The number of seeds must be at most 32; you gave 99.")
    expect(form(page).get_by_role("button", name="Run the study")).to_be_disabled()


def test_delete_can_be_undone(server: Server, open_page: Open) -> None:
    page = open_page(f"{server.url}/sweep")
    expect(progress(page)).to_be_visible()
    before = httpx.get(f"{server.url}/api/sweeps").json()["total"]
    studies = page.get_by_role("button", name=re.compile("^Studies. In view"))
    studies.click()
    rows = page.get_by_role("dialog", name="Studies").get_by_role("listitem")
    expect(rows).to_have_count(before)
    page.get_by_role("button", name=re.compile("^Delete")).first.click()
    expect(rows).to_have_count(before - 1)
    page.get_by_text("Undo").click()
    expect(page.get_by_text("Undo")).to_be_hidden()
    studies.click()
    expect(rows).to_have_count(before)


@LOOKS
def test_nothing_overflows(server: Server, open_page: Open, size: ViewportSize, scheme: str) -> None:
    page = open_page(f"{server.url}/sweep", size, color_scheme=scheme)
    expect(progress(page)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("document.querySelector('main').scrollWidth <= document.querySelector('main').clientWidth")
    if size is PHONE:
        page.get_by_role("button", name="Set up").click()
        expect(form(page)).to_be_visible()
        expect(form(page).get_by_role("button", name="Run the study")).to_be_in_viewport()
