"""A log that is damaged on the disk: those who ask are told so, and all else goes on."""

import sqlite3
from pathlib import Path

import pytest

from tests.fake_trainer import FAST, behaving
from tests.servers import Server, drain, seqs, serving, settings_in


def finished(server: Server) -> str:
    run = str(server.submit(behaving(FAST))["id"])
    server.until(run, "completed")
    return run


@pytest.mark.parametrize("damaged", ["substr(bytes, 1, length(bytes) - 3)", "zeroblob(length(bytes))", "x''"])
def test_a_damaged_event_is_told_after_those_before_it(tmp_path: Path, damaged: str) -> None:
    with serving(settings_in(tmp_path)) as server:
        run, other = finished(server), finished(server)
        with sqlite3.connect(tmp_path / "test.db") as connection:
            connection.execute(f"UPDATE events SET bytes = {damaged} WHERE run = ? AND seq = 5", (run,))
        connection.close()
        words = f"event 5 of run '{run}', whose stored bytes are damaged"
        events, code, reason = server.follow(run)
        refused = server.client.get(f"api/runs/{run}/events?after=4")

        assert seqs(events) == [1, 2, 3, 4]
        assert (code, reason) == (4507, f"The run's log cannot be read: {words}.")
        assert refused.status_code == 409
        assert refused.json()["got"] == words
        assert "DELETE" in refused.json()["remedy"]
        assert server.follow(run, 5)[1] == 1000  # what comes after it is there
        assert server.follow(other)[1] == 1000
        assert server.client.get("api/health").status_code == 200
        assert server.client.delete(f"api/runs/{run}").status_code == 200


def test_a_damaged_file_is_told_by_a_code(tmp_path: Path) -> None:
    with serving(settings_in(tmp_path)) as server:
        run = finished(server)
    file = tmp_path / "test.db"
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'events'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    with file.open("r+b") as stored:
        stored.seek((page - 1) * size)
        stored.write(b"\xff" * size)

    with serving(settings_in(tmp_path)) as server:
        with server.socket(run) as socket:
            assert drain(socket) == ([], 4507, "The run's log cannot be read: database disk image is malformed.")
        refused = server.client.get(f"api/runs/{run}/events")
        assert refused.status_code == 503
        assert "malformed" in refused.json()["got"]
        assert server.get(run)["state"] == "completed"  # the list of runs is as it was
