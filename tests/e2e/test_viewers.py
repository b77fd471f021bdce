"""Two links to one server: who has the viewers' watches and can change nothing; the owner's sees how the server is."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from ntkscope.executors.inline import InlineExecutor
from tests.cases import config
from tests.servers import serving, settings_in

pytestmark = pytest.mark.e2e
OWNER, VIEWER = "the-owner's-own-token", "the-viewers-own-token"


def test_two_links(tmp_path: Path, open_page: Callable[..., Page]) -> None:
    settings = settings_in(tmp_path, token=OWNER, viewer_token=VIEWER, people="anna annas-own-long-token")
    with serving(settings, InlineExecutor()) as server:
        long = config(training__stop__steps=10_000_000).model_dump(mode="json")
        headers = {"authorization": "Bearer annas-own-long-token"}
        made = httpx.post(f"{server.url}api/runs", json={"config": long, "name": "The lecture's"}, headers=headers)
        run = f"{server.url}api/runs/{made.json()['id']}"
        server.client.headers.update(headers)
        server.until(made.json()["id"], "running")
        httpx.post(f"{run}/pause", headers=headers)
        pages: list[Page] = []
        try:
            pages.append(viewer := open_page(f"{server.url}?token={VIEWER}"))
            expect(viewer.get_by_test_id("watches")).to_have_text("You watch")
            expect(viewer.get_by_role("button", name="The lecture's")).to_be_visible()
            expect(viewer.get_by_role("button", name="Train", exact=True)).to_be_disabled()
            expect(viewer.get_by_role("button", name="Stop")).to_have_count(0)
            expect(viewer.get_by_text("Your link is to watch")).to_be_visible()
            expect(viewer.get_by_role("link", name="Server")).to_have_count(0)

            pages.append(owner := open_page(f"{server.url}?token={OWNER}"))
            expect(owner.get_by_role("button", name="Stop")).to_be_visible()
            owner.get_by_role("link", name="Server").click()
            row = owner.get_by_role("row").filter(has_text="The lecture's")
            expect(row).to_contain_text("anna")
            expect(row).to_contain_text("Paused")
            expect(owner.get_by_text("NTKSCOPE_MAX_RUNS", exact=True)).to_be_visible()
        finally:
            for page in pages:
                page.context.close()  # before the server, whose end they would report
            httpx.post(f"{run}/cancel", headers=headers)
