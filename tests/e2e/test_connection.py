"""The page when the server goes away, and behind a proxy's sub-path."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Server
from tests.e2e.lab import Open, set_field, small, status, train

pytestmark = [pytest.mark.e2e, pytest.mark.errors_expected]


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One that may be killed, behind a proxy's sub-path."""
    running = Server(tmp_path_factory.mktemp("own"), base_path="/lab/ntk")
    running.start()
    yield running
    running.stop()


def test_the_page_reconnects_by_itself_and_loses_nothing(server: Server, open_page: Open) -> None:
    page = open_page(server.url)
    set_field(page, "network.width", "512")
    set_field(page, "training.stop.steps", "8000")
    page.route_web_socket("**/stream*", lambda socket: socket.connect_to_server())
    train(page)
    expect(status(page)).to_contain_text("Live")
    page.context.set_offline(True)
    page.wait_for_timeout(500)
    page.context.set_offline(False)
    expect(status(page)).to_contain_text("Completed", timeout=60_000)
    expect(page.get_by_test_id("place")).to_contain_text("step 8,000")


def test_everything_follows_a_base_path(own_server: Server, open_page: Open) -> None:
    page = open_page(f"{own_server.url}/")
    small(page)
    train(page)
    expect(status(page)).to_contain_text("Completed")
    document = httpx.get(f"{own_server.url}/openapi.json").json()
    assert document["servers"][0]["url"] == "/lab/ntk"


def test_a_killed_server_leaves_the_run_interrupted_until_it_is_resumed(own_server: Server, open_page: Open) -> None:
    page = open_page(f"{own_server.url}/")
    set_field(page, "network.width", "512")
    set_field(page, "training.stop.steps", "1000000")
    train(page)
    expect(status(page)).to_contain_text("Live")
    own_server.stop(kill=True)
    expect(status(page)).to_contain_text("Reconnecting")
    own_server.start()
    expect(page.get_by_test_id("banner")).to_contain_text("server stopped", timeout=30_000)
    runs = httpx.get(f"{own_server.url}/api/runs").json()["runs"]
    assert runs[0]["state"] == "interrupted"
    page.get_by_role("button", name="Resume it").click()
    expect(status(page)).to_contain_text("Live", timeout=30_000)
