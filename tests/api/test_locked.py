"""A run whose database another program locks for a while goes on by itself; page and health say so meanwhile."""

import sqlite3
from pathlib import Path

from tests.fake_trainer import STEADY, behaving
from tests.servers import seqs, serving, settings_in, wait_for


def test_a_locked_database_holds_a_run_up_and_nothing_more(tmp_path: Path) -> None:
    with serving(settings_in(tmp_path)) as server:
        run = server.submit(behaving(STEADY, 400))["id"]
        wait_for(lambda: server.get(run)["last_seq"] > 2)
        other = sqlite3.connect(tmp_path / "test.db")
        other.execute("BEGIN IMMEDIATE")
        silent = wait_for(lambda: answer if (answer := server.client.get("api/health")).status_code == 503 else None)
        said = server.get(run)
        refused = server.client.post("api/runs", json={"config": {}})
        other.rollback()
        other.close()
        done = server.until(run, "completed", "failed")
        events, code, _ = server.follow(run)

        assert "locked" in silent.json()["got"]
        assert "the database cannot be written now" in said["sentence"]
        assert "goes on by itself" in said["sentence"]
        assert refused.status_code == 503
        assert done["state"] == "completed"
        assert seqs(events) == list(range(1, 402))
        assert code == 1000
        assert server.client.get("api/health").status_code == 200


def test_a_database_that_is_deleted_is_told_within_seconds(tmp_path: Path) -> None:
    with serving(settings_in(tmp_path)) as server:
        (tmp_path / "test.db").unlink()
        answer = wait_for(lambda: answer if (answer := server.client.get("api/health")).status_code == 503 else None)

        assert "is gone" in answer.json()["got"]
        assert not (tmp_path / "test.db").exists()
