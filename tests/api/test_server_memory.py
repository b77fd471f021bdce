"""The server's own memory while large checkpoints pass through it, from outside."""

import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.api.test_restart import started, worker_of
from tests.cases import config
from tests.servers import Server, wait_for

MB = 2**20
LARGE = config(
    network__width=2800, network__depth=2, training__precision="float64", training__stop__steps=100_000,
    recording__frames=6, recording__kernel_frames=2,
)  # fmt: skip
CHECKPOINT = 8 * (2 * 2800 + 2800**2 + 3 * 2800)  # bytes of parameters, nearly: 63 MB


def memory(pid: int, which: str) -> int:
    """VmRSS or VmHWM, in bytes."""
    found = re.search(rf"{which}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) * 1024


def reset_peak(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def begun(server: Server) -> str:
    run_id = str(server.submit(LARGE)["id"])
    wait_for(lambda: server.client.get(f"api/runs/{run_id}/events").json()["last_seq"] >= 2)
    return run_id


def peak_beyond(process: subprocess.Popen[str], before: int) -> float:
    """In checkpoints."""
    return (memory(process.pid, "VmHWM") - before) / CHECKPOINT


@pytest.mark.soak
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks into /proc")
def test_a_checkpoint_passes_through_the_server_in_one_copy_and_none_stays(tmp_path: Path) -> None:
    with started(tmp_path) as (process, server):
        run_id = begun(server)
        before = memory(process.pid, "VmRSS")
        reset_peak(process.pid)
        server.post(run_id, "pause")
        server.until(run_id, "paused")
        server.post(run_id, "resume")
        server.post(run_id, "cancel")
        server.until(run_id, "cancelled")
        assert peak_beyond(process, before) < 1.7
        assert (memory(process.pid, "VmRSS") - before) / CHECKPOINT < 0.5

        reset_peak(process.pid)
        seq = server.get(run_id)["last_seq"]
        server.post(run_id, "extend", steps=200_000)
        wait_for(lambda: server.client.get(f"api/runs/{run_id}/events?after={seq}").json()["events"])
        assert peak_beyond(process, before) < 1.7
        assert (memory(process.pid, "VmRSS") - before) / CHECKPOINT < 0.5


@pytest.mark.soak
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks into /proc")
def test_a_paused_run_in_the_way_gives_its_memory_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NTKSCOPE_MAX_MEMORY_BYTES", str(10 * CHECKPOINT))  # for one of these runs
    with started(tmp_path) as (process, server):
        first = begun(server)
        worker = worker_of(process)
        assert worker is not None
        server.post(first, "pause")
        server.until(first, "paused")
        holding = memory(worker, "VmRSS")
        second = server.submit(LARGE)["id"]
        server.until(second, "running")
        assert server.get(first)["sentence"].startswith("Paused. Its memory was needed")
        wait_for(lambda: server.client.get(f"api/runs/{second}/events").json()["last_seq"] >= 2)
        assert memory(worker, "VmRSS") < holding + CHECKPOINT  # not both of them

        server.post(second, "cancel")
        server.until(second, "cancelled")
        last = server.get(first)["last_seq"]
        server.post(first, "resume")
        server.until(first, "running")
        wait_for(lambda: server.client.get(f"api/runs/{first}/events?after={last}").json()["events"])
        types = [event["type"] for event in server.client.get(f"api/runs/{first}/events").json()["events"]]
        assert types.count("started") == 1


@pytest.mark.soak
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks into /proc")
def test_predictions_of_a_long_run_read_a_few_of_its_events(tmp_path: Path) -> None:
    """Its log is some 60 MB as it is stored, and decoded several times as large."""
    long = config(
        data__points={"kind": "circle", "n": 512}, data__grid=1024, training__stop__steps=3000,
        recording__frames=1000, recording__kernel_frames=60, recording__modes=256,
    )  # fmt: skip
    with started(tmp_path) as (process, server):
        run = server.submit(long)["id"]
        server.until(run, "completed")
        address = f"api/runs/{run}/prediction?kernel=infinite&time="
        assert server.client.get(f"{address}0.1").status_code == 200  # both kernels are kept from here on
        before = memory(process.pid, "VmRSS")
        reset_peak(process.pid)
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda tenths: server.client.get(f"{address}{tenths / 10}"), range(8)))
        assert [answer.status_code for answer in answers] == [200] * 8
        assert memory(process.pid, "VmHWM") - before < 250 * MB
