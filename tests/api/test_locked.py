"""A run whose database another program locks for a while goes on by itself; page and health say so meanwhile."""

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.api.test_restart import started
from tests.cases import config
from tests.fake_trainer import STEADY, behaving
from tests.servers import Server, receive, seqs, serving, settings_in, wait_for

# Holds the lock that every write needs until its standard input ends.
LOCK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=60)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
connection.rollback()
"""
STEPS = 250


@contextlib.contextmanager
def locked(file: Path) -> Iterator[None]:
    """Another process holds the lock."""
    command = [sys.executable, "-c", LOCK, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "locked\n"
        yield


def silence(server: Server) -> dict[str, Any]:
    """What health says, once it says that the database takes no writes."""
    answer = wait_for(lambda: found if (found := server.client.get("api/health")).status_code == 503 else None)
    return dict(answer.json())


def check_said(server: Server, run: str) -> None:
    """The run, and whoever wants to write, are told while the lock lasts."""
    said = silence(server)
    assert "locked" in said["got"]
    assert "Nothing is lost" in said["remedy"]
    sentence = server.get(run)["sentence"]
    assert "Training waits: the database cannot be written now" in sentence
    assert "goes on by itself" in sentence
    assert server.client.post("api/runs", json={"config": {}}).status_code == 503


def test_a_locked_database_holds_a_run_up_and_nothing_more(tmp_path: Path) -> None:
    with serving(settings_in(tmp_path)) as server:
        run = server.submit(behaving(STEADY, STEPS))["id"]
        wait_for(lambda: server.get(run)["last_seq"] > 2)
        with locked(tmp_path / "test.db"):
            check_said(server, run)
            assert last_tick(server, run) < STEPS
            stored = server.get(run)["last_seq"]
        done = server.until(run, "completed", "failed")
        events, code, _ = server.follow(run)

        assert done["state"] == "completed"
        assert stored < STEPS
        assert seqs(events) == list(range(1, STEPS + 2))
        assert code == 1000
        assert server.client.get("api/health").status_code == 200


def last_tick(server: Server, run: str) -> int:
    """The step at which the run is held up: until then there are a hundred ticks a second."""
    step = 0
    with server.socket(run, server.get(run)["last_seq"]) as socket, contextlib.suppress(TimeoutError):
        while True:
            step = receive(socket, within=1.0)["step"]
    return step


@pytest.mark.soak
def test_a_lock_of_ten_seconds_loses_nothing(tmp_path: Path) -> None:
    long = config(data__points={"kind": "circle", "n": 64}, data__grid=512, training__stop__steps=30_000,
                  recording__frames=1000, recording__kernel_frames=100)  # fmt: skip
    with started(tmp_path) as (_, server):
        run = str(server.submit(long)["id"])
        wait_for(lambda: server.get(run)["last_seq"] > 20)
        begun = time.monotonic()
        with locked(tmp_path / "ntkscope.db"):
            check_said(server, run)
            stored = server.get(run)["last_seq"]
            time.sleep(10 - (time.monotonic() - begun))  # the length of the lock
            assert server.get(run)["last_seq"] == stored
            assert server.get(run)["state"] == "running"
            check_said(server, run)
        done = server.until(run, "completed", "failed")
        events, code, _ = server.follow(run)

        assert done["state"] == "completed"
        assert seqs(events) == list(range(1, done["last_seq"]))  # the last of all is the checkpoint
        assert sum(event["type"] == "frame" for event in events) == 1000
        assert code == 1000
        assert server.client.get("api/health").status_code == 200


def test_a_database_that_is_deleted_is_told_within_seconds(tmp_path: Path) -> None:
    with serving(settings_in(tmp_path)) as server:
        (tmp_path / "test.db").unlink()

        assert "is gone" in silence(server)["got"]
        assert not (tmp_path / "test.db").exists()
