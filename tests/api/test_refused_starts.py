"""What a preview refuses is refused before a run waits, with the same sentence, or ends the run with it."""

from typing import Any

import pytest

from ntkscope.experiment import check
from tests.api.test_problems import problem
from tests.cases import config
from tests.servers import Server

ZEROS: dict[str, Any] = {  # of which the kernel is: at x = 0 no unit is active
    "data__points": {"kind": "interval", "n": 1, "low": 0, "high": 1},
    "data__target": {"kind": "formula", "text": "1 + x"},
    "network__activation": "relu",
    "network__bias": False,
}


@pytest.mark.parametrize("formula", ["1/0", "__import__('os')", "log(x - 9)"])
def test_a_run_is_refused_with_the_sentence_of_its_preview(real: Server, formula: str) -> None:
    points = {"kind": "interval", "n": 9}
    body = config(data__points=points, data__target={"kind": "formula", "text": formula}).model_dump(mode="json")
    shown = problem(real.client.post("api/preview", json=body), 422)
    made = problem(real.client.post("api/runs", json={"config": body}), 422)

    assert (made["expected"], made["got"], made["remedy"]) == (shown["expected"], shown["got"], shown["remedy"])


def test_a_kernel_of_zeros_that_is_found_late_ends_the_run_with_the_sentence_of_its_preview(
    real: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "AT_ONCE", 0.0)  # as for a network whose kernel takes over a second
    body = config(**ZEROS).model_dump(mode="json")
    shown = problem(real.client.post("api/preview", json=body), 422)
    run = real.submit(config(**ZEROS))
    failed = real.until(run["id"], "failed", "completed")
    _, code, reason = real.follow(run["id"])

    assert failed["state"] == "failed"
    assert failed["sentence"] == shown["detail"]
    assert (code, reason) == (4500, failed["sentence"][: len(reason)])


@pytest.mark.parametrize(
    "changes",
    [
        {"data__points": {"kind": "interval", "n": 9, "low": 1, "high": 1.0000000000000002}},
        ZEROS,
    ],
)
def test_an_interval_too_small_and_a_kernel_of_zeros_are_refused_before_a_run_waits(
    real: Server, changes: dict[str, Any]
) -> None:
    body = config(**changes).model_dump(mode="json")
    shown = problem(real.client.post("api/preview", json=body), 422)
    axes = [{"field": "seed", "values": [1, 2]}]
    for path, sent in (("api/runs", {"config": body}), ("api/sweeps", {"config": body, "axes": axes})):
        made = problem(real.client.post(path, json=sent), 422)
        assert (made["expected"], made["remedy"]) == (shown["expected"], shown["remedy"])
        assert made["got"].startswith(shown["got"])
