"""kill -9 of server, worker or both while a run is watched: nothing that was seen is lost, and the run goes on."""

import contextlib
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.api.test_restart import started, worker_of
from tests.cases import config
from tests.servers import Server, acknowledge, receive, seqs, wait_for

# A run of some seconds, which leaves a checkpoint about every tenth of a second.
WATCHED = config(
    data__points__n=48, network__width=256, training__stop__steps=8_000, recording__frames=150,
    recording__kernel_frames=12, seed=3,
)  # fmt: skip
OFTEN = {"NTKSCOPE_CHECKPOINT_SECONDS": "0.1", "NTKSCOPE_CHECKPOINT_SHARE": "0.005"}
Kind = Literal["server", "worker", "both"]
KINDS: tuple[Kind, ...] = ("server", "worker", "both")
pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks into /proc")


class Watched:
    """What a viewer has seen of one run, over all its connections."""

    def __init__(self) -> None:
        self.seen: dict[int, dict[str, Any]] = {}

    @contextlib.contextmanager
    def watching(self, server: Server, run_id: str) -> Iterator[None]:
        def watch() -> None:
            with (
                contextlib.suppress(ConnectionClosed, InvalidHandshake, OSError, EOFError),
                server.socket(run_id, max(self.seen, default=0)) as socket,
            ):
                while True:
                    event = receive(socket)
                    if event["seq"]:
                        assert event["seq"] not in self.seen
                        self.seen[event["seq"]] = event
                        acknowledge(socket, event["seq"])

        thread = threading.Thread(target=watch)
        thread.start()
        try:
            yield
        finally:
            thread.join()


def without_clock(event: dict[str, Any]) -> dict[str, Any]:
    """And without its number, which depends on when checkpoints were due."""
    return {name: value for name, value in event.items() if name not in ("wall_seconds", "seq")}


def log_of(server: Server, run_id: str) -> list[dict[str, Any]]:
    return server.follow(run_id)[0]


def kills(folder: Path, kinds: list[Kind], chance: random.Random) -> None:
    """Kills again and again during one run, resumes it each time, and compares its log with that of a whole run."""
    watched, run_id = Watched(), ""
    with contextlib.ExitStack() as last:
        servers = contextlib.ExitStack()
        process, server = servers.enter_context(started(folder, environment=OFTEN))
        run_id = server.submit(WATCHED)["id"]
        for kind in kinds:
            server.until(run_id, "running", "completed")
            with watched.watching(server, run_id):
                worker = wait_for(lambda: worker_of(process))  # noqa: B023
                time.sleep(chance.uniform(0.05, 0.6))
                if kind != "server":
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(worker, signal.SIGKILL)
                if kind != "worker":
                    process.kill()
                else:
                    server.until(run_id, "failed", "completed")
            if kind != "worker":
                servers.close()
                servers = contextlib.ExitStack()
                process, server = servers.enter_context(started(folder, environment=OFTEN))
            if server.get(run_id)["state"] == "completed":
                break
            server.post(run_id, "resume")
        last.enter_context(servers)
        assert server.until(run_id, "completed", "failed")["state"] == "completed"
        log = log_of(server, run_id)
        by_seq = {event["seq"]: event for event in log}
        assert [seq for seq in watched.seen if seq not in by_seq] == []
        assert [seq for seq, event in watched.seen.items() if by_seq[seq] != event] == []
        assert seqs(log) == sorted(set(seqs(log)))
        whole = server.submit(WATCHED)["id"]
        server.until(whole, "completed")
        assert [without_clock(event) for event in log] == [without_clock(event) for event in log_of(server, whole)]


def test_five_kills_lose_nothing_and_the_run_ends_as_if_there_had_been_none(tmp_path: Path) -> None:
    kills(tmp_path, ["worker", "server", "worker", "both", "worker"], random.Random(1))


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_two_hundred_kills_lose_nothing(tmp_path: Path) -> None:
    chance = random.Random(2)
    for run in range(40):
        folder = tmp_path / str(run)
        folder.mkdir()
        kills(folder, [chance.choice(KINDS) for _ in range(5)], chance)
