"""What an operator's programs are told."""

import json
import logging
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from ntkscope.cli.logs import JsonLines
from tests.fake_trainer import FAST, STEADY, behaving
from tests.servers import Server, acknowledge, receive, serving, settings_in, wait_for

LONG = behaving(STEADY, 100_000)


def metrics(server: Server) -> dict[str, float]:
    """Samples by name, with the one label that some have."""
    answer = server.client.get("metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return {
        "".join([sample.name, *(f"[{value}]" for value in sample.labels.values())]): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_runs_events_viewers_and_memory_are_counted(tmp_path: Path) -> None:
    with serving(settings_in(tmp_path)) as server:
        before = metrics(server)
        assert before["ntkscope_queue"] == before["ntkscope_viewers"] == before["ntkscope_memory_held_bytes"] == 0
        done = server.submit(behaving(FAST, 20))["id"]
        server.until(done, "completed")
        trains, waits = server.submit(LONG)["id"], server.submit(behaving(FAST))["id"]
        with server.socket(trains) as socket:
            acknowledge(socket, receive(socket)["seq"])
            wait_for(lambda: metrics(server)["ntkscope_steps_per_second"])  # of the first tick
            found = metrics(server)
            assert found["ntkscope_viewers"] == 1
            assert found["ntkscope_viewer_lag_events"] >= 0
        assert found["ntkscope_queue"] == 1
        assert found["ntkscope_live_runs[running]"] == 1
        assert found["ntkscope_live_runs[queued]"] == 1
        assert found["ntkscope_runs[completed]"] == 1
        assert found["ntkscope_events_total[frame]"] > 20
        assert found["ntkscope_events_total[checkpoint]"] == 1
        assert found["ntkscope_steps_per_second"] == 1  # as the trainer of the tests says
        assert 0 < found["ntkscope_memory_held_bytes"] <= found["ntkscope_memory_limit_bytes"]
        assert found["ntkscope_database_refuses"] == 0
        assert found["process_resident_memory_bytes"] > 2**20
        for run in (waits, trains):
            server.post(run, "cancel")
        wait_for(lambda: metrics(server)["ntkscope_viewers"] == 0)


def test_live_ready_and_health(fake: Server) -> None:
    assert fake.client.get("api/health/live").json() == {"status": "ok"}
    assert fake.client.get("api/health/ready").json() == fake.client.get("api/health").json()


def test_a_log_line_is_json_with_the_runs_id(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    caplog.set_level(logging.INFO, "ntkscope")
    with serving(settings_in(tmp_path)) as server:
        run = server.submit(behaving(FAST))["id"]
        server.until(run, "completed")
    lines = [json.loads(JsonLines().format(record)) for record in caplog.records if record.name == "ntkscope"]
    own = [line for line in lines if line.get("run") == run]
    assert [line["state"] for line in own] == ["running", "completed"]
    assert own[0]["message"] == f"run {run} is running"
    assert own[0]["level"] == "info"
    assert own[0]["time"].endswith("Z")


def test_an_error_keeps_its_trace_in_one_line() -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError as error:
        record = logging.makeLogRecord(
            {
                "msg": "it broke",
                "levelno": 40,
                "levelname": "ERROR",
                "exc_info": (ValueError, error, error.__traceback__),
            }
        )
    line = JsonLines().format(record)
    assert "\n" not in line
    assert "ValueError" in json.loads(line)["trace"]
