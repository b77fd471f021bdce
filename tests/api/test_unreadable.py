"""A stored row that this version cannot read: listed with why, opened with a clear problem, deleted."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fake_trainer import FAST, behaving
from tests.servers import Server, serving, settings_in, wait_for


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("unreadable")


@pytest.fixture(scope="module")
def lab(folder: Path) -> Iterator[Server]:
    with serving(settings_in(folder)) as server:
        yield server


def execute(folder: Path, statement: str, *values: str) -> None:
    with sqlite3.connect(folder / "test.db", timeout=20) as connection:
        connection.execute(statement, values)
    connection.close()


def test_a_run_of_a_later_version(lab: Server, folder: Path) -> None:
    good, bad = (lab.submit(behaving(FAST), name=name)["id"] for name in ("good", "bad"))
    for run_id in (good, bad):
        lab.until(run_id, "completed")
    execute(folder, "UPDATE runs SET config = replace(config, '\"seed\"', '\"later\"') WHERE id = ?", bad)

    listed = lab.client.get("api/runs").json()
    assert (listed["total"], [run["id"] for run in listed["runs"]]) == (2, [good])
    assert [(row["id"], row["name"]) for row in listed["unreadable"]] == [(bad, "bad")]
    assert "later" in listed["unreadable"][0]["sentence"]
    for method, path in (("GET", ""), ("GET", "/events"), ("GET", "/dataset.csv"), ("POST", "/pause")):
        answer = lab.client.request(method, f"api/runs/{bad}{path}")
        assert answer.status_code == 409, path
        assert "cannot read it" in answer.json()["got"]
        assert "DELETE" in answer.json()["remedy"]
    _, code, reason = lab.follow(bad)
    assert code == 4400
    assert "this version" in reason
    assert lab.client.get("api/health").status_code == 200

    assert lab.client.delete(f"api/runs/{bad}").json()["deleted_at"] is not None
    assert lab.client.get("api/runs").json()["total"] == 1
    assert lab.client.get(f"api/runs/{bad}").status_code == 410
    assert lab.client.post(f"api/runs/{bad}/restore").json()["id"] == bad
    assert lab.client.get("api/runs").json()["total"] == 2
    lab.client.delete(f"api/runs/{bad}")


def test_a_sweep_of_a_later_version_and_a_log_that_cannot_be_read(lab: Server, folder: Path) -> None:
    body = {"config": behaving(FAST).model_dump(mode="json"), "axes": [{"field": "seed", "values": [FAST]}]}
    made = lab.client.post("api/sweeps", json=body).json()["id"]
    run_id = wait_for(lambda: lab.client.get(f"api/sweeps/{made}").json()["runs"][0]["run_id"])
    lab.until(run_id, "completed")
    execute(folder, "UPDATE events SET type = 'started', bytes = x'c1' WHERE run = ?", run_id)

    seen = lab.client.get(f"api/sweeps/{made}").json()
    assert seen["study"] is None
    assert "cannot read its log" in seen["runs"][0]["sentence"]

    execute(folder, "UPDATE sweeps SET request = '{}' WHERE id = ?", made)
    listed = lab.client.get("api/sweeps").json()
    assert (listed["total"], listed["sweeps"]) == (1, [])
    assert [row["id"] for row in listed["unreadable"]] == [made]
    for method, path in (("GET", ""), ("POST", "/resume"), ("POST", "/cancel")):
        answer = lab.client.request(method, f"api/sweeps/{made}{path}")
        assert answer.status_code == 409
        assert "cannot be read" in answer.json()["title"]
    assert lab.client.delete(f"api/sweeps/{made}").status_code == 204
    assert lab.client.get("api/sweeps").json()["total"] == 0
