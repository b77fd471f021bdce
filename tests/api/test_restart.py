"""A real server, in processes of its own, that is killed; and workers that are."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import httpx
import pytest

from tests.cases import config
from tests.servers import GENEROUS, Server, drain, receive, seqs, wait_for

LONG = config(training__stop__steps=10_000_000, recording__frames=200)


@contextmanager
def started(
    folder: Path, *options: str, environment: Mapping[str, str] = MappingProxyType({})
) -> Iterator[tuple[subprocess.Popen[str], Server]]:
    """`ntkscope serve` in this folder, its log in the file `log`."""
    with (folder / "log").open("a") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", "from ntkscope.cli import main; main()", "serve", "--port", "0", *options],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=os.environ | {"NTKSCOPE_RECORDING": "false", "OMP_NUM_THREADS": "1", **environment},
        )
    with process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://\S+", process.stdout.readline())
            assert found is not None
            with httpx.Client(base_url=found[0].partition("?")[0], timeout=GENEROUS) as client:
                server = Server(found[0], client)
                wait_for(lambda: answers(server))
                yield process, server
        finally:
            process.kill()


def answers(server: Server) -> bool:
    try:
        return server.client.get("api/health").status_code == 200
    except httpx.TransportError:
        return False


def worker_of(process: subprocess.Popen[str]) -> int | None:
    """The worker's process id; the first is a child of the main thread, later ones are of the slot's."""
    children = [
        child for listed in Path(f"/proc/{process.pid}/task").glob("*/children") for child in listed.read_text().split()
    ]
    return int(children[0]) if children else None


def assert_another_is_refused(folder: Path, server: Server) -> None:
    """A second server on the same database does not start, and names the first."""
    second = subprocess.run(
        [sys.executable, "-c", "from ntkscope.cli import main; main()", "serve", "--port", "0"],
        cwd=folder, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert second.returncode == 1
    assert server.url in second.stderr
    assert "Traceback" not in second.stderr


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks into /proc")
def test_killed_workers_and_killed_servers(tmp_path: Path) -> None:
    with started(tmp_path) as (process, server):
        run = server.submit(LONG)
        with server.socket(run["id"]) as socket:
            while receive(socket)["type"] != "frame":
                pass
        worker = wait_for(lambda: worker_of(process))
        os.kill(worker, signal.SIGKILL)
        failed = server.until(run["id"], "failed")
        _, code, reason = server.follow(run["id"])
        assert "exit code -9" in failed["sentence"]
        assert code == 4500
        assert "exit code -9" in reason

        # A new worker has taken its place.
        assert server.until(server.submit(config())["id"], "completed", "failed")["state"] == "completed"
        alive, waiting = server.submit(LONG), server.submit(config())
        with server.socket(alive["id"]) as socket:
            while (seen := receive(socket))["type"] != "frame":
                pass
        orphan = worker_of(process)
        process.kill()
    wait_for(lambda: not Path(f"/proc/{orphan}").exists() or "Z" in Path(f"/proc/{orphan}/stat").read_text())

    with started(tmp_path) as (_, server):
        for run_id in (alive["id"], waiting["id"]):
            assert server.get(run_id)["state"] == "interrupted"
            assert server.follow(run_id)[1] == 4503
        # Nothing that anybody has seen is lost.
        assert seen["seq"] in seqs(server.follow(alive["id"])[0])
        assert server.get(run["id"])["state"] == "failed"


def test_a_server_keeps_its_database_to_itself_and_stops_in_order_when_asked(tmp_path: Path) -> None:
    told = {"NTKSCOPE_LOG_FORMAT": "json", "NTKSCOPE_LOG_LEVEL": "info"}
    with started(tmp_path, environment=told) as (process, server):
        run = server.submit(LONG)
        with server.socket(run["id"]) as socket:
            while receive(socket)["type"] != "frame":
                pass
            process.send_signal(signal.SIGTERM)
            time.sleep(0.5)  # a viewer that is behind gets the rest too
            assert drain(socket)[1] == 4503
        assert process.wait(GENEROUS) == 0
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert [line["state"] for line in lines if line.get("run") == run["id"]] == ["running", "interrupted"]

    (tmp_path / "log").unlink()
    with started(tmp_path) as (process, server):
        assert server.get(run["id"])["state"] == "interrupted"
        assert_another_is_refused(tmp_path, server)
        server.post(run["id"], "resume")  # from the checkpoint that it left when it was told to stop
        server.until(run["id"], "running")
        server.post(run["id"], "cancel")
        process.send_signal(signal.SIGTERM)
        assert process.wait(GENEROUS) == 0
    assert (tmp_path / "log").read_text() == ""  # nothing but warnings, unless they are asked for


def test_a_server_that_asks_for_a_token_prints_the_links_once(tmp_path: Path) -> None:
    with started(tmp_path, "--token") as (process, server):
        assert process.stdout is not None
        assert server.url.partition("?token=")[2]
        watching = re.findall(r"http://\S+", process.stdout.readline())[0]
        base = server.url.partition("?")[0]
        with httpx.Client(base_url=base, follow_redirects=True) as owner, httpx.Client(follow_redirects=True) as viewer:
            owner.get(server.url)
            viewer.get(watching)
            assert owner.get("api/session").json() == {"role": "owner", "person": ""}
            assert viewer.get(f"{base}api/session").json() == {"role": "viewer", "person": ""}
            assert httpx.get(f"{base}api/runs").status_code == 401
    assert "token" not in (tmp_path / "log").read_text()
