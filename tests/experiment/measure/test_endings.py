"""Saturated units are told with numbers that an independent count gives; remedies follow from what was measured."""

from dataclasses import replace
from typing import Any

import pytest
import torch

from ntkscope.experiment.measure.endings import Condition, Facts, end_sentence, suggestion
from ntkscope.experiment.measure.scale_warnings import start_warnings
from ntkscope.experiment.presets import presets
from ntkscope.experiment.preview import preview
from ntkscope.experiment.problem.scaling import Spread
from ntkscope.experiment.theory.initial_state import initial
from ntkscope.numerics import ACTIVATIONS, UnitSlopes
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import Finished, Started
from ntkscope.schemas.training import AutoRate
from tests.cases import config, of, run

YEARS = {"data__points": {"kind": "interval", "n": 24, "low": 1700, "high": 2008}}
WELL = Condition(step=9, slopes=UnitSlopes([0.2], [0.6]), linear=False, rank=20, points=24, left=0.5)
STUCK = replace(WELL, slopes=UnitSlopes([1.0], [1.0]), rank=1)
SPREAD = Spread(low=-1.0, high=1.0, size=0.6, offset=0.0, mean_share=0.0)
ORDINARY = Facts(inputs=SPREAD, scalable=True, target=SPREAD, target_norm=1.0)


def facts_of(settings: RunConfig) -> tuple[Facts, Condition]:
    state = initial(settings)
    return Facts.of(state.problem, settings), Condition.at_start(state)


@pytest.mark.parametrize(
    ("change", "saturated"),
    [
        ({}, True),
        ({"slopes": UnitSlopes([0.0, 0.95], [0.2, 0.3])}, True),  # one layer that nothing passes is enough
        ({"slopes": UnitSlopes([0.0, 0.0], [1.0, 0.97])}, True),  # straight units, such as relus beyond their kinks
        ({"slopes": UnitSlopes([0.0, 0.0], [1.0, 0.5])}, False),  # another layer bends
        ({"slopes": UnitSlopes([0.0], [1.0]), "linear": True}, False),  # as it should be
        ({"rank": 13}, False),
        ({"left": 0.05}, False),  # what it has it has learnt
        ({"slopes": UnitSlopes([], []), "rank": 2}, False),
    ],
)
def test_what_saturated_means(change: dict[str, Any], saturated: bool) -> None:
    assert replace(STUCK, **change).saturated == saturated
    assert not WELL.saturated


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_is_looked_at(name: str) -> None:
    """On years all but waves end on straight pieces; the same inputs scaled leave every activation its bends."""
    _, own = facts_of(config(**YEARS, network__activation=name))
    _, scaled = facts_of(config(**YEARS, network__activation=name, data__scale_inputs="unit"))
    assert own.saturated == (name not in ("sin", "cos", "rbf", "linear"))
    assert not scaled.saturated


def test_where_no_sigma_is_read_none_is_to_be_changed() -> None:
    """Inputs that nothing can scale, and a saturated start: smaller σ_w would change nothing."""
    facts = replace(ORDINARY, scalable=False)
    read, unread = (
        config(network__parameterization="standard", network__initialization=name) for name in ("normal", "glorot")
    )
    assert start_warnings(read, facts, STUCK)[0].sentence.endswith("Take smaller weights than σ_w = 4.")
    said = start_warnings(unread, facts, STUCK)[0].sentence
    assert said.endswith("Take another activation, encoding or initialization.")
    found = suggestion(unread, facts, STUCK)
    assert found is not None
    assert not any("sigma" in name for name in found.changes)


def test_no_preset_begins_saturated() -> None:
    for preset in presets():
        for variant in preset.variants:
            if variant.config.network.width <= 512:
                facts, condition = facts_of(variant.config)
                assert start_warnings(variant.config, facts, condition) == [], (preset.id, variant.name)


def test_years_are_told_before_the_run_and_after_it_with_numbers_counted_here() -> None:
    settings = config(**YEARS, network__activation="tanh")
    state = initial(settings)
    eigenvalues, modes = torch.linalg.eigh(state.matrix)
    above = eigenvalues > len(eigenvalues) * torch.finfo(torch.float64).eps / 2 * eigenvalues.max()
    about = state.problem.targets - state.problem.targets.mean()
    below = 1 - float((modes[:, above].T @ about).square().sum() / about.square().sum())
    counted = f"{int((~above).sum())} of 24 modes lie below round-off and hold {100 * below:.3g} %"
    events = run(settings)
    (said,) = preview(settings).warnings[:1]
    assert said.startswith("With inputs of 1,700 to 2,008, 100 % of the units have no slope at any training point")
    assert counted in said
    assert said.endswith("Scale the inputs (data.scale_inputs).")
    assert said in of(events, Started)[0].notices
    end = of(events, Finished)[0]
    assert (end.outcome, end.reason) == ("completed", "steps")
    assert counted in end.sentence
    left = end.loss * 2 / float(about.square().sum()) if end.loss else 0.0
    assert f"; {100 * left:.3g} % of it is left at step 200." in end.sentence
    assert end.suggestion is not None
    assert end.suggestion.changes["data.scale_inputs"] == "unit"


def test_a_network_that_saturates_on_the_way_is_told_by_its_ranks() -> None:
    said = end_sentence(ORDINARY, WELL, STUCK)
    assert said == (
        "At step 9, 100 % of the units have no slope at any training point: of 20 modes above round-off at the start 1 "
        "is there, and 50 % of the target about its mean is left."
    )
    assert "inputs" not in said  # they are not to blame


def test_a_run_that_ends_well_suggests_nothing() -> None:
    events = run(config())
    assert of(events, Finished)[0].suggestion is None
    assert (
        of(events, Finished)[0].sentence
        == "Reached the last step: step 200, t = " + (of(events, Finished)[0].sentence.split("t = ")[1])
    )


def test_each_change_follows_from_a_number() -> None:
    bad = config(
        data__noise=2.0, training__stop={"steps": 200, "loss": 8.0, "time": 3.0}, network__centered=False,
        training__learning_rate={"kind": "given", "value": 1.0},
    )  # fmt: skip
    found = suggestion(bad, replace(ORDINARY, target_norm=240.0), WELL)
    assert found is not None
    assert found.changes == {
        "data.norm": 2.4,  # 0.3 sqrt(64)
        "data.noise": 0.02,
        "training.stop.loss": 8e-4,
        "network.centered": True,
        "training.learning_rate": AutoRate(fraction=0.25),
        "training.stop.time": None,
    }
    assert "losses are then of the scaled target" in found.sentence
    assert "seed" not in found.sentence


@pytest.mark.parametrize(
    ("network", "norm"),
    [
        ({}, 2.4),
        ({"network__output_scale": 0.1}, 0.24),
        ({"network__parameterization": "mean_field"}, 0.3),
        ({"network__width": [8, 64], "network__depth": 2}, 2.4),  # the last layer's
    ],
)
def test_the_target_is_measured_by_what_the_output_can_reach(network: dict[str, Any], norm: float) -> None:
    found = suggestion(config(**network), replace(ORDINARY, target_norm=240.0), WELL)
    assert found is not None
    assert found.changes["data.norm"] == norm


@pytest.mark.parametrize(
    ("inputs", "scalable", "scaled"),
    [
        ({}, True, False),
        ({"size": 10.0}, True, True),
        ({"size": 1e-3}, True, True),
        ({"offset": 1.7}, True, True),  # as inputs from 0 to 1
        ({"size": 10.0}, False, False),
    ],
)
def test_inputs_are_scaled_where_they_are_to_blame(inputs: dict[str, Any], scalable: bool, scaled: bool) -> None:
    found = suggestion(config(), replace(ORDINARY, inputs=replace(SPREAD, **inputs), scalable=scalable), STUCK)
    assert found is not None
    assert ("data.scale_inputs" in found.changes) == scaled
    assert ("network.sigma_w" in found.changes) != scaled  # saturated all the same: the weights are


def test_nothing_is_suggested_where_all_of_it_is_so_already() -> None:
    assert suggestion(config(training__learning_rate={"kind": "auto", "fraction": 0.2}), ORDINARY, WELL) is None
