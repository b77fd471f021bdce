"""Every mistake is a problem that says what was expected, what came, and what to do."""

import difflib
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from ntkscope.api import body_limit, validation
from ntkscope.executors.inline import InlineExecutor
from ntkscope.schemas.run import RunRequest
from ntkscope.store.run_store import RunStore
from tests.cases import config, fields
from tests.servers import Server, serving, settings_in

KEYS = {"type", "title", "status", "detail", "expected", "got", "remedy", "where", "instance", "errors", "more"}


def problem(response: httpx.Response, status: int) -> dict[str, Any]:
    """The problem, whole."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = response.json()
    assert found.keys() == KEYS
    assert found["status"] == status
    assert found["expected"]
    assert found["remedy"]
    assert "Traceback" not in response.text
    return found


def submit(server: Server, **changes: Any) -> httpx.Response:
    """Posts the small config with changes that a RunConfig itself would not take."""
    return server.client.post("api/runs", json={"config": fields(**changes)})


@pytest.mark.parametrize(
    ("changes", "where", "words"),
    [
        ({"network__widht": 3}, "network.widht", "Did you mean 'width'?"),
        ({"network__width": -5}, "network.width", "A number of at least 1. You gave -5."),
        ({"network__width": "wide"}, "network.width", 'A whole number. You gave "wide".'),
        ({"network__width": 2.5}, "network.width", "A whole number. You gave 2.5."),
        ({"network__activation": "rellu"}, "network.activation", "Did you mean 'relu'?"),
        ({"network__encoding": {"kind": "fourrier"}}, "network.encoding", "Did you mean 'fourier'?"),
        ({"network__encoding": {}}, "network.encoding", "A field 'kind'"),
        ({"data__points": {"kind": "interval", "n": 0}}, "data.points.n", "at least 1"),
        ({"data__points": {"kind": "interval", "low": 2, "high": 1}}, "data.points", "below its right end"),
        ({"data__points": 7}, "data.points", "braces"),
        ({"data__target": {"kind": "dataset"}}, "data", "Set data.points.kind to 'dataset'"),
        ({"training__stop": {"steps": 10**9}}, "training.stop.steps", "at most 100,000,000"),
        ({"training__stop": {"steps": 10**40}}, "training.stop.steps", "at most 100,000,000"),
        ({"data__noise": 1e9}, "data.noise", "at most"),
        ({"recording__epsilon": 1}, "recording.epsilon", "below 1"),
    ],
)
def test_a_config_that_cannot_be(real: Server, changes: dict[str, Any], where: str, words: str) -> None:
    found = problem(submit(real, **changes), 422)

    assert found["where"] == where
    assert words in found["detail"]


def test_every_wrong_field_is_named(real: Server) -> None:
    found = problem(submit(real, network__width=-1, data__noise=-1, seed="x"), 422)

    assert {error["where"] for error in found["errors"]} == {"network.width", "data.noise", "seed"}


def test_a_billion_parameters_are_refused_with_their_memory_and_the_setting(real: Server) -> None:
    found = problem(submit(real, network__width=30_000, network__depth=2), 422)

    assert "parameters" in found["expected"]
    assert "GB of memory" in found["got"]
    assert "NTKSCOPE_MAX_PARAMETERS" in found["remedy"]


def test_too_much_memory_and_too_many_points_name_their_settings(real: Server) -> None:
    points = {"kind": "interval", "n": 8000}
    assert "NTKSCOPE_MAX_POINTS" in problem(submit(real, data__points=points), 422)["remedy"]
    for steps in (15_000_000, 90_000_000):
        assert "NTKSCOPE_MAX_STEPS" in problem(submit(real, training__stop={"steps": steps}), 422)["remedy"]


@pytest.mark.parametrize(
    "text", ["__import__('os').system('true')", "().__class__", "x**9**9**9", "open('x')", "sin(", "[x for x in y]"]
)
def test_a_formula_that_is_none_is_refused(real: Server, text: str) -> None:
    found = problem(real.client.post("api/preview", json={"data": {"target": {"kind": "formula", "text": text}}}), 422)

    assert found["where"].startswith("data.target")


def test_a_formula_that_divides_by_zero_on_the_grid(real: Server) -> None:
    data = {"points": {"kind": "interval", "n": 9}, "target": {"kind": "formula", "text": "1/x"}}
    found = problem(real.client.post("api/preview", json={"data": data}), 422)

    assert found["where"].startswith("data.target")


def test_a_table_with_nan_names_its_line(real: Server) -> None:
    found = problem(real.client.post("api/datasets", content=b"x1,y\n0,1\n1,nan\n"), 422)

    assert "3" in found["where"] + found["detail"]


def test_a_data_set_that_is_not_here(real: Server) -> None:
    points = {"kind": "dataset", "sha256": "0" * 64}
    found = problem(submit(real, data__points=points, data__target={"kind": "dataset"}), 404)

    assert "POST /api/datasets" in found["remedy"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "api/runs/nobody"), ("PATCH", "api/runs/nobody"), ("DELETE", "api/runs/nobody"),
        ("POST", "api/runs/nobody/cancel"), ("POST", "api/runs/nobody/pause"), ("POST", "api/runs/nobody/resume"),
        ("POST", "api/runs/nobody/extend"), ("POST", "api/runs/nobody/restore"),
        ("GET", "api/runs/nobody/events"), ("GET", "api/runs/nobody/prediction?time=1"),
        ("GET", "api/runs/nobody/dataset.csv"),
    ],
)  # fmt: skip
def test_a_run_that_is_not_there(real: Server, method: str, path: str) -> None:
    body = {"steps": 5} if path.endswith("extend") else {} if method == "PATCH" else None
    found = problem(real.client.request(method, path, json=body), 404)

    assert found["got"] == "'nobody'"
    assert found["instance"] == f"/{path.partition('?')[0]}"


def test_what_is_no_json(real: Server) -> None:
    headers = {"content-type": "application/json"}
    found = problem(real.client.post("api/runs", content=b'{"config": {', headers=headers), 400)
    assert "JSON" in found["expected"]
    problem(real.client.post("api/runs", content=b"\xff\xfe", headers=headers), 400)
    problem(real.client.post("api/runs", json=[1, 2]), 422)
    problem(real.client.post("api/runs", content=b'{"config": {"seed": NaN}}', headers=headers), 422)


def test_addresses_and_methods_that_are_not_there(real: Server) -> None:
    assert "/docs" in problem(real.client.get("api/nothing"), 404)["remedy"]
    found = problem(real.client.put("api/runs"), 405)
    assert found["got"] == "PUT"
    assert "POST" in found["expected"] or "GET" in found["expected"]


def test_no_more_errors_are_described_than_can_be_read(real: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    threads = set()
    close = difflib.get_close_matches

    def watched(*arguments: Any) -> list[str]:
        threads.add(threading.current_thread())
        return close(*arguments)

    monkeypatch.setattr(difflib, "get_close_matches", watched)
    unknown = {f"widht{number}": 0 for number in range(1000)} | {"x" * 5000: 0}
    found = problem(real.client.post("api/runs", json={"config": unknown}), 422)

    assert len(found["errors"]) == validation.MOST
    assert found["more"] == len(unknown) - validation.MOST
    assert "Did you mean 'width'?" in found["remedy"]
    # Comparing names takes milliseconds: none of it on the event loop's thread.
    assert threads
    assert all("worker" in thread.name.lower() for thread in threads), threads


@pytest.mark.parametrize(
    ("body", "where", "words"),
    [
        ({"config": {"name": "mine"}}, "name", "stands beside 'config'"),
        ({"config": {"width": 3}}, "width", "Its place is network.width."),
        ({"network": {"width": 3}}, "network", "Its place is inside 'config'."),
        (
            {"config": {"data": {"points": {"kind": "circle", "low": 0}}}},
            "data.points.low",
            "The kind 'circle' has: n,",
        ),
        ({"config": {"training": {"stop": {"step": 3}}}}, "training.stop.step", "Did you mean 'steps'?"),
    ],
)
def test_a_field_is_never_said_to_be_meant_for_itself(
    real: Server, body: dict[str, Any], where: str, words: str
) -> None:
    found = problem(real.client.post("api/runs", json=body), 422)

    assert found["where"] == where
    assert words in found["remedy"]


def test_a_body_that_is_too_long(real: Server) -> None:
    table, config_ = b"x" * (6 * 2**20), b" " * (body_limit.LARGEST_JSON + 1)

    def pieces(size: int) -> Iterator[bytes]:
        for _ in range(size // 2**20):
            yield bytes(2**20)

    assert "NTKSCOPE_MAX_UPLOAD_BYTES" in problem(real.client.post("api/datasets", content=table), 413)["remedy"]
    # One that does not say how long it is, is counted.
    assert (
        "NTKSCOPE_MAX_UPLOAD_BYTES"
        in problem(real.client.post("api/datasets", content=pieces(50 * 2**20)), 413)["remedy"]
    )
    headers = {"content-type": "application/json"}
    for content in (config_, pieces(2**20)):
        found = problem(real.client.post("api/runs", content=content, headers=headers), 413)
        assert f"{body_limit.LARGEST_JSON:,} bytes" in found["expected"]
        assert "POST /api/datasets" in found["remedy"]


def test_the_largest_config_is_far_below_the_limit() -> None:
    long = [-1.2345678901234567e-300] * 64
    target = {"kind": "sinusoids", "frequencies": [abs(value) for value in long], "amplitudes": long, "phases": long}
    request = RunRequest(config=config(data__target=target), name="\U0001f600" * 120, tags=["\U0001f600" * 40] * 20)
    body = request.model_dump(mode="json")
    axes = [{"field": "network.width", "values": [2**40 + number for number in range(32)]}] * 3

    assert len(json.dumps(body, indent=4)) < body_limit.LARGEST_JSON / 2
    assert len(json.dumps(body | {"axes": axes}, indent=4)) < body_limit.LARGEST_JSON / 2


def test_a_fault_of_ours_shows_no_trace(real: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("secret")

    monkeypatch.setattr("ntkscope.api.schema.schema", fail)
    found = problem(real.client.get("api/schema"), 500)

    assert "secret" not in str(found)
    assert real.client.get("api/health").status_code == 200


def test_a_database_that_fails_is_told(real: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OperationalError("select", {}, Exception("disk I/O error"))

    monkeypatch.setattr(RunStore, "runs", fail)
    found = problem(real.client.get("api/runs"), 503)
    assert "disk I/O error" in found["got"]
    assert "select" not in str(found)


def test_extending_beyond_the_largest_number_of_steps_is_refused(tmp_path: Path) -> None:
    with serving(settings_in(tmp_path, max_steps=10**9), InlineExecutor()) as server:
        run = server.submit(config(training__stop__steps=20))["id"]
        server.until(run, "completed")
        refused = server.client.post(f"api/runs/{run}/extend", json={"steps": 10**8 + 1})
        found = problem(refused, 422)

        assert found["where"] == "steps"
        assert found["remedy"]
        assert server.get(run)["state"] == "completed"
        assert server.get(run)["config"]["training"]["stop"]["steps"] == 20
