"""500 viewers for minutes: each has the whole log, those that stop reading change nothing, dead ones are let go."""

import asyncio
import base64
import contextlib
import json
import os
import socket
import time
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgpack
import pytest
import websockets

from ntkscope.api.stream import ENDED
from tests.api.test_restart import started
from tests.cases import config
from tests.servers import Server

VIEWERS, DEAF, MINUTES = int(os.environ.get("VIEWER_COUNT", "500")), 5, float(os.environ.get("VIEWER_MINUTES", "4"))
MIB = 2**20


def head_of(data: bytes) -> int:
    """The seq of an event, without decoding the rest of it."""
    unpacker = msgpack.Unpacker(strict_map_key=False)
    unpacker.feed(data)
    for _ in range(unpacker.read_map_header()):
        if unpacker.unpack() == "seq":
            return int(unpacker.unpack())
        unpacker.skip()
    raise AssertionError("an event without a seq")


class Watched:
    """What all viewers were sent, and when."""

    def __init__(self) -> None:
        self.first: dict[int, float] = {}
        self.joined = 0  # viewers that have had an event
        self.drops = 0
        self.lags: list[float] = []
        self.logs: Counter[tuple[int, ...]] = Counter()

    async def watch(self, url: str) -> None:
        """As a page does: whoever is cut off comes back, and goes on where it was."""
        seqs: list[int] = []
        code = 0
        while code != ENDED:
            options: dict[str, Any] = {
                "max_size": None,
                "open_timeout": 120,
                "compression": None,
                "ping_interval": None,
            }
            try:
                async with websockets.connect(f"{url}?after={seqs[-1] if seqs else 0}", **options) as viewer:
                    with contextlib.suppress(websockets.ConnectionClosed):
                        async for data in viewer:
                            if seq := self.took(data):
                                self.joined += not seqs
                                seqs.append(seq)
                                await viewer.send(json.dumps({"ack": seq}))
                    code = viewer.close_code or 0
            except (OSError, TimeoutError, websockets.InvalidHandshake):
                code = 0
                await asyncio.sleep(0.25)
            self.drops += code != ENDED
        self.logs[tuple(seqs)] += 1

    def took(self, data: Any) -> int:
        """The seq of what has come; 0 of a tick."""
        now = time.perf_counter()
        assert isinstance(data, bytes)
        if seq := head_of(data):
            self.lags.append(now - self.first.setdefault(seq, now))
        return seq


def deaf(url: str) -> socket.socket:
    """A viewer whose machine is there and who reads nothing, answers no ping, and never says good-bye."""
    parts = urlsplit(url)
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect((parts.hostname, parts.port))
    key = base64.b64encode(os.urandom(16)).decode()
    head = f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\n"
    rest = f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    connection.sendall((head + rest).encode())
    assert b"101" in connection.recv(64)
    return connection


def viewers_of(server: Server) -> int:
    lines = server.client.get("metrics").text.splitlines()
    return int(float(next(line for line in lines if line.startswith("ntkscope_viewers ")).split()[1]))


def resident(pid: int) -> int:
    """Bytes in memory."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def followed(server: Server, run_id: str, pid: int, viewers: int, watched: Watched) -> tuple[list[int], float]:
    """The server's memory once a second while all watch, and after how many seconds the deaf ones were gone.

    Those come when all others are there, so that the server's count tells of them alone.
    """
    url = f"{server.url.replace('http', 'ws', 1)}api/runs/{run_id}/stream"
    tasks = [asyncio.create_task(watched.watch(url)) for _ in range(viewers)]
    while watched.joined < viewers:
        assert not any(task.done() for task in tasks), "one was done before all had come"
        await asyncio.sleep(0.1)
    silent = [deaf(url) for _ in range(DEAF)]
    begun, gone, memory, came = time.monotonic(), 0.0, list[int](), False
    while not all(task.done() for task in tasks):
        await asyncio.sleep(1)
        memory.append(resident(pid))
        there = await asyncio.to_thread(viewers_of, server)
        came = came or there == viewers + DEAF
        if came and not gone and there <= viewers:
            gone = time.monotonic() - begun
    await asyncio.gather(*tasks)
    for connection in silent:
        connection.close()
    return memory, gone


def quantile(values: list[float], share: float) -> float:
    return sorted(values)[int(share * (len(values) - 1))]


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_many_viewers_have_the_whole_log_and_the_server_its_memory(tmp_path: Path) -> None:
    slow = config(
        data__points={"kind": "interval", "n": 64}, network__width=256, network__depth=2,
        training__stop__steps=10_000_000, training__stop__wall_seconds=60 * MINUTES,
        recording__frames=600, recording__kernel_frames=20,
    )  # fmt: skip
    watched = Watched()
    with started(tmp_path, "--workers", "1") as (process, server):
        run = server.submit(slow)["id"]
        memory, gone = asyncio.run(followed(server, run, process.pid, VIEWERS, watched))
        ended = server.get(run)
        events = server.client.get(f"api/runs/{run}/events?limit=1000").json()["events"]

    whole = tuple(event["seq"] for event in events)
    settled = memory[len(memory) // 4]
    print(
        f"{VIEWERS} viewers, {len(memory)} s, {len(whole)} events each, {watched.drops} drops; lag p50 "
        f"{1e3 * quantile(watched.lags, 0.5):.0f} ms, p99 {1e3 * quantile(watched.lags, 0.99):.0f} ms; {DEAF} that "
        f"read nothing gone after {gone:.0f} s; memory {settled / MIB:.0f} -> {memory[-1] / MIB:.0f} MiB"
    )
    assert ended["state"] == "completed"
    assert watched.logs == {whole: VIEWERS}
    assert watched.drops == 0
    assert 0 < gone < 60
    assert memory[-1] < 1.1 * settled + 16 * MIB
