"""Values at the edge of what can be sent: an answer or a sentence, never a fault of ours; nothing heavy on the loop."""

import asyncio
import json
import pkgutil
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cases import config, fields
from tests.servers import Server

HALF = "\\ud800"  # one half of a pair, as JSON writes it: no text in UTF-8
JSON = {"content-type": "application/json"}


def sent(server: Server, method: str, path: str, **request: Any) -> httpx.Response:
    """The answer, which is no fault of ours and, where it refuses, says what was expected."""
    answer = server.client.request(method, path, **request)
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert answer.json()["expected"], answer.text
    return answer


@pytest.mark.parametrize(
    "body",
    [
        '{"config": {}, "name": "HALF"}',
        '{"config": {}, "tags": ["HALF"]}',
        '{"config": {"data": {"target": {"kind": "formula", "text": "xHALF"}}}}',
        '{"config": {"data": {"points": {"kind": "HALF"}}}}',
        '{"config": {"HALF": 1}}',
        '{"HALF": 1}',
        '"HALF"',
    ],
)
@pytest.mark.parametrize("path", ["api/runs", "api/preview", "api/sweeps"])
def test_half_a_character_is_refused(real: Server, path: str, body: str) -> None:
    answer = sent(real, "POST", path, content=body.replace("HALF", HALF), headers=JSON)

    assert answer.status_code == 422
    answer.json()


@pytest.mark.parametrize(
    "path",
    ["api/runs?search=%ED%A0%80", "api/runs?search=%00", "api/runs/%ED%A0%80", "api/runs/%00", "api/sweeps/%00",
     "api/runs/%00/events", "api/runs/%00/prediction?time=1", "api/datasets/%00", "assets/%00", "%00"],
)  # fmt: skip
def test_addresses_of_bytes_that_are_no_text(real: Server, path: str) -> None:
    sent(real, "GET", path)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "api/runs", {"config": {}, "name": "a\0b"}),
        ("POST", "api/runs", {"config": {}, "tags": ["fine", "\0"]}),
        ("PATCH", "api/runs/recorded", {"name": "\0"}),
        ("POST", "api/sweeps", {"name": "a\0b", "axes": [{"field": "seed", "values": [1]}]}),
    ],
)
def test_a_name_with_nul_is_refused(real: Server, method: str, path: str, body: dict[str, Any]) -> None:
    answer = sent(real, method, path, json=body)

    assert answer.status_code == 422, answer.text
    assert answer.json()["where"] in ("name", "tags.1")
    assert answer.json()["expected"] == "Text without the character NUL."
    assert answer.json()["remedy"].startswith("Remove it")


def test_a_table_of_half_a_name(real: Server) -> None:
    sent(real, "POST", "api/datasets?name=%ED%A0%80%00", content=b"x,y\n1,2\n", headers={"content-type": "text/csv"})


@pytest.mark.parametrize(
    "changes",
    [
        {"training__learning_rate": {"kind": "given", "value": 5e-324}},
        {"training__learning_rate": {"kind": "auto", "fraction": 5e-324}},
        {"training__learning_rate": {"kind": "given", "value": 1e12}},
        {"data__points": {"kind": "interval", "n": 4, "low": 1e12 - 1, "high": 1e12}},
        {"data__points": {"kind": "interval", "n": 4, "low": -1e12, "high": 1e12}},
        {"data__points": {"kind": "interval", "n": 4, "low": 0, "high": 5e-324}},
        {"data__target": {"kind": "sinusoids", "frequencies": [1e-300], "amplitudes": [1e12]}},
        {"data__target": {"kind": "gaussian_bump", "spread": 5e-324}},
        {"recording__epsilon": 5e-324},
        {"training__stop": {"steps": 10, "time": 5e-324}},
    ],
)
def test_the_smallest_and_the_largest_numbers(real: Server, changes: dict[str, Any]) -> None:
    body = {"config": config(**changes).model_dump(mode="json")}
    sent(real, "POST", "api/preview", json=body["config"])
    run = sent(real, "POST", "api/runs", json=body)
    if run.status_code == 201:
        ended = real.until(run.json()["id"], "completed", "diverged", "dead_units", "failed")
        for kernel in ("start", "infinite", "moving"):
            sent(real, "GET", f"api/runs/{ended['id']}/prediction?time=1&kernel={kernel}")
            sent(real, "GET", f"api/runs/{ended['id']}/prediction?time=inf&kernel={kernel}")


HEAVY = [
    "ntkscope.api.problems.describe",
    "ntkscope.api.datasets.read_csv",
    "ntkscope.api.events.to_json",
    "ntkscope.api.events.decode",
    "ntkscope.api.events.build",
    "ntkscope.runs.compute.begin_preview",
    "ntkscope.runs.compute.preview_cost",
    "ntkscope.store.run_store.RunStore.events",
    "ntkscope.store.run_store.RunStore.runs",
]


def test_nothing_heavy_runs_on_the_event_loop(real: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    called: dict[str, bool] = {}

    def watched(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            on_loop = asyncio._get_running_loop() is not None
            called[name] = called.get(name, False) or on_loop
            return function(*arguments, **named)

        return call

    for path in HEAVY:
        owner, _, name = path.rpartition(".")
        target = pkgutil.resolve_name(owner)
        monkeypatch.setattr(target, name, watched(path, getattr(target, name)))
    body = config(seed=77).model_dump(mode="json")
    run = real.client.post("api/runs", json={"config": body}).json()["id"]
    real.until(run, "completed")
    real.client.post("api/runs", json={"config": {"widht": 1}})
    real.client.post("api/datasets", content=b"x,y\n1,2\n", headers={"content-type": "text/csv"})
    real.client.post("api/preview", json=body)
    for path in ("events?limit=1000", "prediction?time=0.1", "dataset.csv", "../../runs?search=a"):
        assert real.client.get(f"api/runs/{run}/{path}").status_code == 200
    with real.socket(run) as socket:
        socket.recv()

    assert called == dict.fromkeys(HEAVY, False)


def test_what_is_not_json_at_all_is_one_short_sentence(real: Server) -> None:
    for content in (b"\xff" * 60_000, b"[" * 60_000, json.dumps({"a": [0] * 10_000}).encode()):
        answer = sent(real, "POST", "api/runs", content=content, headers=JSON)
        assert answer.status_code in (400, 422)
        assert len(answer.content) < 20_000


# Text that some reader stumbles over: NUL, half a character, control characters, a sign beyond 16 bits, a path.
TEXT = st.text(st.sampled_from("a\0\ud800\udfff\n\x7f/.%\u202e\U0001f600"), min_size=1, max_size=8)
NUMBER = st.sampled_from([5e-324, 1e-310, 1e-160, 1e-12, 1.0, 1e6, 1e12])
SIGNED = st.builds(lambda sign, size: sign * size, st.sampled_from([-1, 0, 1]), NUMBER)
EXTREMES = st.fixed_dictionaries(
    {
        "data__points": st.builds(
            lambda low, high: {"kind": "interval", "n": 4, "low": low, "high": high}, SIGNED, SIGNED
        ),
        "data__target": st.builds(
            lambda frequency, size: {"kind": "sinusoids", "frequencies": [frequency], "amplitudes": [size]},
            NUMBER,
            SIGNED,
        ),
        "data__norm": st.none() | NUMBER,
        "network__width": st.just(4),
        "network__activation": st.sampled_from(["erf", "relu", "sin", "linear"]),
        "network__sigma_w": NUMBER,
        "network__centered": st.booleans(),
        "training__learning_rate": st.builds(lambda value: {"kind": "given", "value": value}, NUMBER)
        | st.builds(lambda value: {"kind": "auto", "fraction": value}, NUMBER),
        "training__stop": st.builds(lambda time: {"steps": 5, "time": time}, st.none() | NUMBER),
    }
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(EXTREMES)
def test_any_numbers_have_a_preview_or_a_sentence(real: Server, changes: dict[str, Any]) -> None:
    sent(real, "POST", "api/preview", json=fields(**changes))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(TEXT)
def test_any_text_anywhere_is_taken_or_refused(real: Server, text: str) -> None:
    formula = fields(data__target={"kind": "formula", "text": text})
    for path, body in (
        ("api/preview", formula),
        ("api/preview", {text: 1}),
        ("api/runs", {"name": text, "config": {text: text}}),
        ("api/runs", {"tags": [text, text, ""]}),
        ("api/sweeps", {"name": text, "axes": [{"field": text, "values": [text]}]}),
    ):
        sent(real, "POST", path, content=json.dumps(body), headers=JSON)
    quoted = quote(text.encode("utf-8", "surrogatepass"), safe="").replace(".", "%2E")  # not a way upwards
    for address in ("api/runs/", "api/presets/", "api/datasets/", "assets/", "docs/", "deep/", "api/runs?search="):
        sent(real, "GET", address + quoted)
