"""Whatever one request does, `/api/health` answers at once: the largest legal and illegal bodies at every route."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.api.test_restart import started
from tests.cases import config
from tests.servers import Server, wait_for

LONGEST = 0.25  # seconds
AT_ONCE, ROUNDS = 8, 3
JSON = {"content-type": "application/json"}
CSV = {"content-type": "text/csv"}
# Valid JSON just below the limit: cut short it would only be refused by the parser.
UNKNOWN = json.dumps({"config": {f"widht{number}": number for number in range(3300)}}).encode()
Attack = Callable[[httpx.Client], httpx.Response]


def pieces(size: int) -> Iterator[bytes]:
    """A body that does not say how long it is."""
    for _ in range(size // 2**20):
        yield b"1" * 2**20


def table(rows: int, columns: int) -> bytes:
    names = ",".join([*(f"x{number + 1}" for number in range(columns)), "y"])
    different = [b",".join([b"%d.25" % digit] * (columns + 1)) + b"\n" for digit in range(8)]
    return f"{names}\n".encode() + b"".join(different[row % 8] for row in range(rows))


def posted(path: str, **fields: Any) -> Attack:
    return lambda client: client.post(path, **fields)


def bodies() -> dict[str, Attack]:
    """The largest of each kind that are taken, and some that are not."""
    large = config(data__points={"kind": "interval", "n": 1500}, network__width=2048, training__stop__steps=10)
    waves = {"kind": "sinusoids", "frequencies": [float(k + 1) for k in range(64)], "amplitudes": [1.0]}
    many = config(data__target=waves, data__points={"kind": "circle", "n": 1024})
    axes = [{"field": "network.width", "values": [8, 16, 32]}, {"field": "seed", "values": list(range(20))}]
    return {
        "5 MB of unknown fields": posted("api/runs", content=UNKNOWN * 90, headers=JSON),
        "64 KB of brackets": posted("api/runs", content=b"[" * 65_000, headers=JSON),
        "a number of 64 KB": posted("api/preview", content=b'{"seed": ' + b"9" * 65_000 + b"}", headers=JSON),
        "a table of 40,000 columns": posted("api/datasets", content=table(1, 40_000), headers=CSV),
        "a table of 4 MB": posted("api/datasets", content=table(400_000, 1), headers=CSV),
        "a table of 4 MB, to be read": posted("api/datasets/read", content=table(400_000, 1), headers=CSV),
        "a table of 4,096 inputs": posted("api/datasets", content=table(150, 4096), headers=CSV),
        "a cell of 200 KB": posted("api/datasets", content=b"x,y\n1," + b"1" * 200_000 + b"x\n", headers=CSV),
        "50 MB in pieces": lambda client: client.post("api/datasets", content=pieces(50 * 2**20), headers=CSV),
        "a large preview": posted("api/preview", json=large.model_dump(mode="json")),
        "a preview of many waves": posted("api/preview", json=many.model_dump(mode="json")),
        "a large run": posted("api/runs", json={"config": large.model_dump(mode="json")}),
        "a sweep of 60 runs": posted("api/sweeps", json={"config": config().model_dump(mode="json"), "axes": axes}),
    }


def routes(server: Server) -> dict[str, Attack]:
    """64 KB of unknown fields to every address and method of the API, and what a GET of a long log answers."""
    there = parameters(server)
    found: dict[str, Attack] = {}
    for path, methods in server.client.get("openapi.json").json()["paths"].items():
        address = path.lstrip("/").format(**there)  # a parameter without a value here is an error
        for method in methods:
            url = f"{address}?limit=1000" if address.endswith("events") else address
            url = f"{url}?time=0.1&kernel=infinite" if url.endswith("prediction") else url
            sent = {} if method in ("get", "delete") else {"content": UNKNOWN, "headers": JSON}
            if method != "delete":
                found[f"{method.upper()} {path}"] = _request(method, url, sent)
    return found


def parameters(server: Server) -> dict[str, str]:
    """What an address may name, each of it there: a run with a long log, a sweep, a preset, a large table."""
    long = config(training__stop__steps=20_000, recording__frames=1000, recording__kernel_frames=100)
    run = str(server.submit(long)["id"])
    server.until(run, "completed")
    small = config(training__stop__steps=10).model_dump(mode="json")
    axes = [{"field": "seed", "values": list(range(20))}]
    sweep = server.client.post("api/sweeps", json={"config": small, "axes": axes}).json()["id"]
    wait_for(lambda: server.client.get(f"api/sweeps/{sweep}").json()["state"] == "completed")
    stored = server.client.post("api/datasets", content=table(4000, 100), headers=CSV)
    preset = server.client.get("api/presets").json()[0]["id"]
    return {"run_id": run, "sweep_id": sweep, "preset_id": preset, "sha256": stored.json()["sha256"]}


def _request(method: str, url: str, fields: dict[str, Any]) -> Attack:
    return lambda client: client.request(method, url, **fields)


def longest_health(server: Server, attack: Attack) -> float:
    """The longest that `/api/health` takes while the attack is made from many sides, in seconds."""
    address = server.url.removeprefix("http://").rstrip("/")
    command = [sys.executable, str(Path(__file__).with_name("watch_health.py")), address]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as watcher:
        assert watcher.stdout is not None
        assert watcher.stdout.readline() == "watching\n"
        with httpx.Client(base_url=server.url, timeout=300) as client, ThreadPoolExecutor(AT_ONCE) as pool:
            answers = list(pool.map(lambda _: attack(client), range(AT_ONCE * ROUNDS)))
        longest, _ = watcher.communicate()
    assert all(answer.status_code < 500 or answer.status_code == 503 for answer in answers), answers[0].text
    assert all(answer.status_code not in (404, 405) for answer in answers), answers[0].text  # it met its route
    return float(longest)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_health_answers_whatever_is_asked(tmp_path: Path) -> None:
    with started(tmp_path) as (_, server):
        attacks = bodies() | routes(server)
        took = {name: longest_health(server, attack) for name, attack in attacks.items()}
    for name, seconds in sorted(took.items(), key=lambda item: -item[1]):
        print(f"{1000 * seconds:7.1f} ms  {name}")
    assert max(took.values()) < LONGEST
