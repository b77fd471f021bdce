"""Real servers for tests: uvicorn in a thread, spoken to over loopback."""

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgpack
import uvicorn
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from ntkscope.api.app import create_app
from ntkscope.api.pages import BUILT
from ntkscope.cli.serve import listen
from ntkscope.executors.base import Executor
from ntkscope.executors.inline import InlineExecutor
from ntkscope.settings import Settings
from tests import fake_trainer

# Seconds, on processors that other checks use too; nothing is timed by it, it only ends a test that hangs.
GENEROUS = 60.0


@dataclass(frozen=True)
class Server:
    """One that is up."""

    url: str
    client: httpx.Client

    def submit(self, config: Any, **fields: Any) -> dict[str, Any]:
        """The new run."""
        body = {"config": config.model_dump(mode="json"), **fields}
        response = self.client.post("api/runs", json=body)
        assert response.status_code == 201, response.text
        return dict(response.json())

    def get(self, run_id: str) -> dict[str, Any]:
        response = self.client.get(f"api/runs/{run_id}")
        assert response.status_code == 200, response.text
        return dict(response.json())

    def post(self, run_id: str, doing: str, **body: Any) -> dict[str, Any]:
        response = self.client.post(f"api/runs/{run_id}/{doing}", json=body or None)
        assert response.status_code == 200, response.text
        return dict(response.json())

    def until(self, run_id: str, *states: str) -> dict[str, Any]:
        """The run, once it is in one of these states."""
        return wait_for(lambda: run if (run := self.get(run_id))["state"] in states else None)

    def socket(self, run_id: str, after: object = 0, **options: Any) -> ClientConnection:
        url = self.url.replace("http", "ws", 1)
        return connect(f"{url}api/runs/{run_id}/stream?after={after}", compression=None, **options)

    def follow(self, run_id: str, after: int = 0) -> tuple[list[dict[str, Any]], int, str]:
        """All that a well-behaved viewer is sent until the socket closes, the code, and the reason."""
        with self.socket(run_id, after) as socket:
            return drain(socket)


def drain(socket: ClientConnection) -> tuple[list[dict[str, Any]], int, str]:
    """What comes until the server closes, each event acknowledged; the code, and the reason."""
    events: list[dict[str, Any]] = []
    try:
        while True:
            events.append(receive(socket))
            if events[-1]["seq"]:
                acknowledge(socket, events[-1]["seq"])
    except ConnectionClosed:
        return events, socket.close_code or 0, socket.close_reason or ""


def acknowledge(socket: ClientConnection, seq: int) -> None:
    """Also where the server has closed already: what it sent before may still be read."""
    with contextlib.suppress(ConnectionClosed):
        socket.send(json.dumps({"ack": seq}))


def receive(socket: ClientConnection, within: float = GENEROUS) -> dict[str, Any]:
    """The next event, its arrays as they are on the wire.

    Raises:
        TimeoutError: none came within these seconds.
    """
    return dict(msgpack.unpackb(socket.recv(timeout=within)))


def seqs(events: list[dict[str, Any]]) -> list[int]:
    """Of those that have one."""
    return [event["seq"] for event in events if event["seq"]]


def wait_for(look: Callable[[], Any]) -> Any:
    """What `look` returns, once it is not None or False."""
    deadline = time.monotonic() + GENEROUS
    while not (found := look()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)
    return found


def settings_in(folder: Path, **changes: Any) -> Settings:
    """Of a server whose database is there; without the recorded run."""
    fields: dict[str, Any] = {"database_url": f"sqlite:///{folder}/test.db", "port": 0, "recording": False}
    return Settings(**(fields | changes))


def fake_executor(slots: int = 1) -> InlineExecutor:
    return InlineExecutor(slots, fake_trainer.train)


@contextlib.contextmanager
def serving(settings: Settings, executor: Executor | None = None, built: Path = BUILT) -> Iterator[Server]:
    """A server of this app; with an executor of fakes unless another is given."""
    with listen(settings) as listener:
        port = listener.getsockname()[1]
        app = create_app(settings.model_copy(update={"port": port}), executor=executor or fake_executor(), built=built)
        config = uvicorn.Config(
            app, ws="websockets-sansio", ws_per_message_deflate=False, log_level="critical",
            timeout_graceful_shutdown=2,
        )  # fmt: skip
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            wait_for(lambda: server.started or not thread.is_alive())
            url = f"http://127.0.0.1:{port}{settings.base_path}/"
            with httpx.Client(base_url=url, timeout=GENEROUS, verify=False) as client:  # reads no certificates: no TLS
                yield Server(url, client)
        finally:
            server.should_exit = True
            thread.join()
