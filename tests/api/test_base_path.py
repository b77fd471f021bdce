"""Behind a proxy's sub-path: page, API, socket, documents."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.fake_trainer import FAST, behaving
from tests.servers import Server, seqs, serving, settings_in


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, built: Path) -> Iterator[Server]:
    settings = settings_in(tmp_path_factory.mktemp("lab"), base_path="/some/lab")
    with serving(settings, built=built) as server:
        yield server


def test_the_api_and_the_socket_follow_it(lab: Server) -> None:
    made = lab.client.post("api/runs", json={"config": behaving(FAST).model_dump(mode="json")})
    run_id = made.json()["id"]

    assert lab.url.endswith("/some/lab/")
    assert made.headers["location"] == f"/some/lab/api/runs/{run_id}"
    events, code, _ = lab.follow(run_id)
    assert seqs(events)[-1] == 21
    assert code == 1000
    assert lab.client.get("api/runs/nobody").json()["instance"] == "/some/lab/api/runs/nobody"


def test_the_page_and_its_assets_follow_it(lab: Server) -> None:
    assert "./assets/a-1f.js" in lab.client.get("").text
    assert lab.client.get("assets/a-1f.js").text == "let page;"
    assert lab.client.get("docs").status_code == 200
    assert lab.client.get("docs/docs.js").status_code == 200


def test_openapi_names_it(lab: Server) -> None:
    assert lab.client.get("openapi.json").json()["servers"] == [{"url": "/some/lab"}]


def test_the_bare_path_is_sent_to_the_one_with_a_slash(lab: Server) -> None:
    answer = httpx.get(lab.url.rstrip("/") + "?view=present")

    assert answer.status_code == 308
    assert answer.headers["location"] == "/some/lab/?view=present"


def test_a_proxy_may_have_taken_it_off(lab: Server) -> None:
    root = lab.url.removesuffix("some/lab/")

    assert httpx.get(root + "api/health").status_code == 200
    assert httpx.get(root + "some/laboratory").status_code == 404
