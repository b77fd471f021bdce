"""Sweeps over REST: with runs that do as they are told, and a small width ladder that is really trained."""

from typing import Any

import pytest

from ntkscope.experiment.presets import preset
from ntkscope.schemas.config import RunConfig
from tests.cases import config
from tests.fake_trainer import FAST, RAISES, STEADY, behaving
from tests.servers import Server, wait_for

SEED_AXIS = {"field": "seed", "values": [FAST, RAISES]}


def create(server: Server, base: RunConfig, *axes: dict[str, Any], name: str = "") -> dict[str, Any]:
    body = {"name": name, "config": base.model_dump(mode="json"), "axes": axes}
    made = server.client.post("api/sweeps", json=body)
    assert made.status_code == 201, made.text
    assert made.headers["location"] == f"/api/sweeps/{made.json()['id']}"
    return dict(made.json())


def get(server: Server, sweep_id: str) -> dict[str, Any]:
    answer = server.client.get(f"api/sweeps/{sweep_id}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def ended(server: Server, sweep_id: str) -> dict[str, Any]:
    return dict(wait_for(lambda: sweep if (sweep := get(server, sweep_id))["state"] != "running" else None))


def test_a_sweep_is_made_listed_found_and_deleted(fake: Server) -> None:
    made = create(fake, behaving(FAST), SEED_AXIS, name="Ä")
    done = ended(fake, made["id"])

    assert (done["state"], done["total"], done["done"], done["failed"]) == ("completed", 2, 2, 1)
    assert [run["state"] for run in done["runs"]] == ["completed", "failed"]
    assert done["runs"][1]["values"] == {"seed": RAISES}
    listed = fake.client.get("api/sweeps").json()
    assert {key: done[key] for key in done if key not in ("runs", "study")} in listed["sweeps"]
    of_sweep = fake.client.get("api/runs", params={"sweep": made["id"]}).json()
    assert {run["id"] for run in of_sweep["runs"]} == {run["run_id"] for run in done["runs"]}
    assert not any(run["sweep"] for run in fake.client.get("api/runs").json()["runs"])
    assert fake.get(done["runs"][0]["run_id"])["state"] == "completed"
    assert fake.client.delete(f"api/sweeps/{made['id']}").status_code == 204
    assert fake.client.get(f"api/sweeps/{made['id']}").status_code == 404
    assert fake.client.get(f"api/runs/{done['runs'][0]['run_id']}").status_code == 410


def test_cancel_and_resume(fake: Server) -> None:
    long = {"field": "network.width", "values": [8, 16]}
    made = create(fake, behaving(STEADY, 100_000), long)
    wait_for(lambda: get(fake, made["id"])["runs"][0]["state"] == "running")
    stopped = fake.client.post(f"api/sweeps/{made['id']}/cancel").json()
    assert (stopped["state"], [run["state"] for run in stopped["runs"]]) == ("cancelled", ["cancelled", "waiting"])
    assert fake.client.post(f"api/sweeps/{made['id']}/resume").json()["state"] == "running"
    refused = fake.client.post(f"api/sweeps/{made['id']}/resume")
    assert (refused.status_code, refused.json()["got"]) == (409, "a sweep that is running")
    fake.client.delete(f"api/sweeps/{made['id']}")


@pytest.mark.parametrize(
    ("body", "where", "words"),
    [
        ({"axes": []}, "axes", "At least 1 items"),
        ({}, "axes", "Add this field"),
        ({"axes": [{"field": "seed", "values": [1, 1]}]}, "axes.0.values", "Every value once. You gave 1 again."),
        ({"axes": [SEED_AXIS, SEED_AXIS]}, "axes", "You gave seed twice."),
        ({"axes": [{"field": "network.widht", "values": [1]}]}, "axes.0.field", "Did you mean 'network.width'?"),
        ({"axes": [SEED_AXIS, {"field": "data.points.d", "values": [1]}]}, "axes.1.field", "of kind 'interval'"),
        ({"axes": [{"field": "seed", "values": [None]}]}, "axes.0.values.0", "A number, text, true or false."),
        ({"axes": [{"field": "network.bias", "values": [True, 2]}]}, "axes.0.values", "network.bias = 2"),
        ({"axes": [{"field": "network.bias", "values": ["x" * 999]}]}, "axes.0.values", "a valid boolean"),
        ({"axes": [{"field": "data.target.kind", "values": ["formula"]},
                   {"field": "data.target.draw", "values": ["none"]}]}, "axes.0.values", "data.target.draw"),
        ({"axes": [{"field": "training.learning_rate.fraction", "values": [0.5, 0]}]}, "axes.0.values",
         "training.learning_rate.fraction should be greater than 0."),
        ({"axes": [{"field": "network.width", "values": [8, 0]}]}, "axes.0.values", "network.width = 0"),
        ({"axes": [{"field": "network.width", "values": [8, "16"]}]}, "axes.0.values", "network.width = '16'"),
        ({"axes": [{"field": "network.width", "values": [8, 10**6]}]}, "network.width", "with width 1000000"),
        (
            {"axes": [{"field": field, "values": list(range(1, 33))} for field in ("network.width", "seed")]},
            "axes",
            "At most 1,000 runs. You gave 1,024.",
        ),
        ({"axes": [SEED_AXIS], "confg": {}}, "confg", "Did you mean 'config'?"),
    ],
)  # fmt: skip
def test_a_sweep_that_cannot_be(real: Server, body: dict[str, Any], where: str, words: str) -> None:
    deep = behaving(0).model_dump(mode="json")
    deep["network"]["depth"] = 3
    answer = real.client.post("api/sweeps", json={"config": deep} | body)

    assert answer.status_code == 422, answer.text
    assert answer.json()["where"] == where
    assert words in answer.json()["detail"]


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("DELETE", ""), ("POST", "/cancel"), ("POST", "/resume")])
def test_a_sweep_that_is_not_there(fake: Server, method: str, path: str) -> None:
    answer = fake.client.request(method, f"api/sweeps/nobody{path}")

    assert answer.status_code == 404
    assert answer.json()["got"] == "'nobody'"


def test_a_sweep_over_other_fields_says_how_each_run_ended_and_is_no_width_study(real: Server) -> None:
    base = config(training__stop={"steps": 60}, recording={"frames": 12, "kernel_frames": 12})
    made = create(
        real,
        base,
        {"field": "network.activation", "values": ["relu", "erf"]},
        {"field": "training.learning_rate.fraction", "values": [0.5, 1, 4.5]},
        {"field": "network.bias", "values": [True]},
    )
    assert made["axes"][1] == {"field": "training.learning_rate.fraction", "values": [0.5, 1, 4.5]}
    done = ended(real, made["id"])

    assert (done["done"], done["failed"], done["study"]) == (6, 2, None)
    assert [run["state"] for run in done["runs"]] == ["completed", "completed", "diverged"] * 2
    for run, fraction in zip(done["runs"], [0.5, 1, 4.5] * 2, strict=True):
        events = real.client.get(f"api/runs/{run['run_id']}/events").json()["events"]
        started, finished = events[0], events[-1]
        rate = started["config"]["training"]["learning_rate"]
        assert run["values"]["training.learning_rate.fraction"] == rate["fraction"] == fraction
        assert run["values"]["network.bias"] is started["config"]["network"]["bias"] is True
        assert run["values"]["network.activation"] == started["config"]["network"]["activation"]
        assert (run["steps"], run["loss"]) == (finished["step"], finished["loss"])
        assert run["verdict"] == finished["verdict"]
        if run["state"] == "completed":
            assert run["verdict"]["word"] in ("holds", "roughly holds", "fails")
            assert run["distance"] == started["infinite"]["distance"]
            assert run["compared_at"] == done["runs"][0]["compared_at"]
        else:
            assert (run["distance"], run["drift"]) == (None, None)
    name = real.get(done["runs"][2]["run_id"])["name"]
    assert name == "activation relu, learning_rate.fraction 4.5, bias true"


def test_a_small_width_ladder(real: Server) -> None:
    """Every number that a page draws is there, and the slopes are about what theory says."""
    fields = {variant.name: variant.config for variant in preset("width-ladder").variants}["erf-64"].model_dump()
    fields["recording"].update(frames=6, kernel_frames=6)
    made = create(
        real,
        RunConfig.model_validate(fields),
        {"field": "network.parameterization", "values": ["ntk", "mean_field"]},
        {"field": "network.width", "values": [64, 256, 1024]},
        {"field": "seed", "values": [0, 1]},
    )
    done = ended(real, made["id"])
    study = done["study"]

    assert (done["done"], done["failed"]) == (12, 0)
    assert study["compared_at"] == pytest.approx(300, rel=1e-6)
    assert [(point["parameterization"], point["width"], point["runs"]) for point in study["points"]] == [
        (scaling, width, 2) for scaling in ("ntk", "mean_field") for width in (64, 256, 1024)
    ]
    of_point = [run for run in done["runs"] if run["values"]["network.width"] == 256][:2]
    for quantity in ("distance", "drift"):
        values = [run[quantity] for run in of_point]
        assert study["points"][1][quantity] == pytest.approx(sum(values) / 2)
        assert study["points"][1][f"{quantity}_error"] == pytest.approx(abs(values[0] - values[1]) / 2)
    assert all(run["compared_at"] == study["compared_at"] for run in done["runs"])
    slopes = {(slope["parameterization"], slope["quantity"]): slope for slope in study["slopes"]}
    assert -0.8 < slopes["ntk", "distance"]["slope"] < -0.3
    assert -1.2 < slopes["ntk", "drift"]["slope"] < -0.7
    assert -0.15 < slopes["mean_field", "drift"]["slope"] < 0.15
    assert [slope["expected"] for slope in slopes.values()] == [-0.5, -1, -0.5, 0]
    assert slopes["ntk", "distance"]["slope"] == pytest.approx(slopes["mean_field", "distance"]["slope"], abs=1e-3)
