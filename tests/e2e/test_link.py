"""A link is the view: another browser shows the sender's run as he saw it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server

pytestmark = pytest.mark.e2e


@pytest.mark.errors_expected  # the browser logs that a run is not found
def test_a_copied_link_shows_the_same_in_another_browser(server: Server, open_page: Callable[..., Page]) -> None:
    sender = open_page(f"{server.url}/#network.width=64&data.noise=0.1&training.stop.steps=40&seed=3")
    sender.get_by_role("button", name="Train", exact=True).click()
    expect(sender.get_by_text("Completed").first).to_be_visible()
    expect(sender).to_have_url(re.compile("#run="))
    sender.get_by_role("slider", name="Time in the run").focus()
    for _ in range(3):
        sender.keyboard.press("ArrowLeft")
    sender.keyboard.press("t")
    sender.get_by_role("button", name=re.compile("dark|theme", re.IGNORECASE)).first.click()
    place = sender.get_by_test_id("place").text_content()
    sender.get_by_role("button", name="Copy link").click()
    link = sender.evaluate("navigator.clipboard.readText()")
    # Since then the sender's server has trained another run, which is now the newest.
    server_run = sender.request.post(
        f"{server.url}/api/runs", data={"config": {"seed": 9, "training": {"stop": {"steps": 5}}}}
    )
    assert server_run.status == 201

    other = open_page(link, depth=None)
    expect(other.get_by_test_id("place")).to_have_text(place or "")
    expect(other.get_by_role("slider", name="Time in the run, linear")).to_be_visible()
    expect(other.locator("html")).to_have_attribute("data-theme", "dark")
    expect(other.locator('[data-path="network.width"] input')).to_have_value("64")

    elsewhere = open_page(re.sub("#run=[^&]+", "#run=elsewhere", link).replace("seed=3", "seed=4"), depth=None)
    expect(elsewhere.get_by_text("This server does not have the run of this link.").first).to_be_visible()
    elsewhere.get_by_role("button", name="Train", exact=True).last.click()
    expect(elsewhere).to_have_url(re.compile("#run=(?!elsewhere).*seed=4"))
