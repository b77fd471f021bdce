"""Why a network learns what it learns, over REST."""

from typing import Any

import httpx
import pytest

from tests.cases import config
from tests.servers import Server, wait_for

SMALL = {"data__target": {"kind": "sinusoids", "frequencies": [1], "amplitudes": [0.1]}}


def test_a_report_is_there_when_it_is_asked_for_again(real: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ntkscope.runs.compute.WAIT_SECONDS", 0.0)
    body = config(**SMALL).model_dump(mode="json")

    def ask() -> httpx.Response:
        return real.client.post("api/explain", json=body)

    first = ask().json()
    made = wait_for(lambda: found if (found := ask().json())["status"] == "ready" else None)
    assert (first["status"], first["sentences"]) == ("working", [])
    assert 0 <= first["part"] <= 1
    assert [sentence["kind"] for sentence in made["sentences"]] == ["learns", "tried", "trust"]
    assert made["sentences"][0]["numbers"]["share"] > 0.98
    assert made["config"] == body


def test_what_helps_is_a_switch_that_a_config_takes(real: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ntkscope.experiment.explain.report.FIRST_WORK", 1e9)
    asked = config(data__target={"kind": "formula", "text": "sin(5*pi*x)"}, training__stop={"steps": 40})
    body = asked.model_dump(mode="json")

    def ready() -> dict[str, Any] | None:
        found: dict[str, Any] = real.client.post("api/explain", json=body).json()
        return found if found["status"] == "ready" else None

    made = wait_for(ready)
    (switch,) = next(sentence for sentence in made["sentences"] if sentence["kind"] == "change")["switches"]
    assert set(switch) == {"words", "changes"}
    assert switch["changes"]["network.encoding"]["kind"] in ("fourier", "positional")


def test_what_cannot_be_run_is_refused_as_by_a_preview(real: Server) -> None:
    body = config(data__target={"kind": "formula", "text": "log(x)"}, data__points={"kind": "interval", "n": 9})
    answers = [real.client.post(f"api/{what}", json=body.model_dump(mode="json")) for what in ("preview", "explain")]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert answers[0].json()["errors"] == answers[1].json()["errors"]
    body = config(network__width=10_000_000, network__depth=3)
    assert "NTKSCOPE_MAX_PARAMETERS" in real.client.post("api/explain", json=body.model_dump(mode="json")).text
