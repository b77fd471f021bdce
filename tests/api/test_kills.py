"""kill -9 of server, worker or both while a run is watched: nothing that was seen is lost, and the run goes on."""

import contextlib
import os
import random
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
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
MOST_BETWEEN = 30  # events from one kill to the next, of about 160
Kind = Literal["server", "worker", "both"]
KINDS: tuple[Kind, ...] = ("server", "worker", "both")
pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks into /proc")


class Watched:
    """What a viewer has seen of one run, over all its connections."""

    def __init__(self) -> None:
        self.seen: dict[int, dict[str, Any]] = {}
        self._there: Callable[[], bool]

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
            self._there = thread.is_alive
            yield
        finally:
            thread.join()

    def wait(self, events: int) -> None:
        """Until so many more have been seen, or the socket is closed."""
        awaited = len(self.seen) + events
        wait_for(lambda: len(self.seen) >= awaited or not self._there())


def without_clock(event: dict[str, Any]) -> dict[str, Any]:
    """And without its number, which depends on when checkpoints were due."""
    return {name: value for name, value in event.items() if name not in ("wall_seconds", "seq")}


def log_of(server: Server, run_id: str) -> list[dict[str, Any]]:
    return server.follow(run_id)[0]


def kills(folder: Path, kinds: list[Kind], chance: random.Random) -> tuple[int, int]:
    """Kills again and again during one run, resumes it each time, and compares its log with that of a whole run.

    Returns:
        How often it was resumed, and how many events its viewers have seen, none of them lost.
    """
    watched, run_id, resumed = Watched(), "", 0
    with contextlib.ExitStack() as last:
        servers = contextlib.ExitStack()
        process, server = servers.enter_context(started(folder, environment=OFTEN))
        run_id = server.submit(WATCHED)["id"]
        for kind in kinds:
            server.until(run_id, "running", "completed")
            with watched.watching(server, run_id):
                worker = wait_for(lambda: worker_of(process))  # noqa: B023
                # Events and not seconds: on a busy machine all seconds pass before the first event.
                watched.wait(chance.randint(0, MOST_BETWEEN))
                time.sleep(chance.uniform(0.0, 0.2))
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
            resumed += 1
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
    return resumed, len(watched.seen)


def test_five_kills_lose_nothing_and_the_run_ends_as_if_there_had_been_none(tmp_path: Path) -> None:
    resumed, seen = kills(tmp_path, ["worker", "server", "worker", "both", "worker"], random.Random(1))
    assert resumed == 5
    assert seen > 5


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_two_hundred_kills_lose_nothing(tmp_path: Path) -> None:
    chance, resumed, seen, number = random.Random(2), 0, 0, 0
    while resumed < 200:
        folder = tmp_path / str(number)
        folder.mkdir()
        here = kills(folder, [chance.choice(KINDS) for _ in range(5)], chance)
        number, resumed, seen = number + 1, resumed + here[0], seen + here[1]
        print(f"{resumed} kills in {number} runs, all resumed, {seen:,} events seen, none lost", flush=True)
        shutil.rmtree(folder)
