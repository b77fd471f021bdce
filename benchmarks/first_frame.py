"""From POST to the first frame on a socket, over loopback, by a warm server on which nothing else trains.

Starts `ntkscope serve` on a database of its own, waits for its warm worker, then twenty times: POSTs the preset
two-sines, opens the run's socket, and takes the time until the first frame has come; cancels the run. Prints the
median, and where the time went. Usage: python benchmarks/first_frame.py [--repeats 20] [--preset two-sines]
"""

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
import time

import httpx
import msgpack
from websockets.sync.client import connect

from ntkscope.experiment.presets import preset
from report import print_table, write_json

TARGET_SECONDS = 0.3


def once(client: httpx.Client, url: str, config: object) -> dict[str, float]:
    """Seconds until the answer to the POST, the first event, and the first frame."""
    begun = time.perf_counter()
    run_id = client.post("api/runs", json={"config": config, "name": "first frame"}).json()["id"]
    answered = time.perf_counter() - begun
    started = 0.0
    with connect(f"{url.replace('http', 'ws', 1)}api/runs/{run_id}/stream?after=0", compression=None) as socket:
        while (kind := msgpack.unpackb(socket.recv(timeout=60))["type"]) != "frame":
            if kind == "started":
                started = time.perf_counter() - begun
        frame = time.perf_counter() - begun
    client.post(f"api/runs/{run_id}/cancel")
    return {"answered": answered, "started": started, "first_frame": frame}


def wait_until_idle(client: httpx.Client) -> None:
    """Until the worker is warm and no run is left."""
    while (
        client.get("api/health").json()["warm_workers"] < 1
        or client.get("api/runs", params={"search": "running", "limit": 1}).json()["total"]
    ):
        time.sleep(0.05)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--preset", default="two-sines")
    chosen = parser.parse_args()
    config = preset(chosen.preset).variants[0].config.model_dump(mode="json")
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            [sys.executable, "-c", "from ntkscope.cli import main; main()", "serve", "--port", "0"],
            cwd=folder,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert server.stdout is not None
            found = re.search(r"http://\S+", server.stdout.readline())
            assert found is not None
            with httpx.Client(base_url=found[0], timeout=60) as client:
                rows = []
                for _ in range(chosen.repeats):
                    wait_until_idle(client)
                    rows.append(once(client, found[0], config))
        finally:
            server.terminate()
            server.wait()
    print_table([
        {"milliseconds to": name, "median": 1e3 * statistics.median(values), "worst": 1e3 * max(values)}
        for name in rows[0]
        if (values := [row[name] for row in rows])
    ])  # fmt: skip
    median = statistics.median(row["first_frame"] for row in rows)
    write_json("first_frame", {"preset": chosen.preset, "runs": rows, "median_seconds": median})
    print(f"first frame: median of {len(rows)} is {1e3 * median:.0f} ms, target below {1e3 * TARGET_SECONDS:.0f} ms")
    sys.exit(median >= TARGET_SECONDS)


if __name__ == "__main__":
    main()
