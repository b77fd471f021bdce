"""A tried config does what it does when it is trained, on fewer points as on all."""

from typing import Any

import pytest
import torch

from ntkscope.experiment.explain.fewer import Fewer
from ntkscope.experiment.explain.trial import Change, Trial
from ntkscope.experiment.explain.trials import try_stages
from ntkscope.experiment.pasted.model import with_changes
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.theory.initial_state import initial
from ntkscope.numerics import complete, euler_step
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event_parts import Changes
from tests.cases import config

GIVEN: dict[str, Any] = {"kind": "given", "value": 2e-3}


def tried(asked: RunConfig, changes: Changes | None = None, before: Trial | None = None, work: float = 2e9) -> Trial:
    fewer = before.fewer if before else Fewer.of(asked, None)
    change = None if changes is None else Change("changed", changes)
    made = asked if changes is None else with_changes(asked, changes)
    return complete(try_stages(change, made, None, fewer, before, work=work))


def trained(asked: RunConfig, table: Table | None = None) -> tuple[float, float, float]:
    """The slow twin: what every step, really taken on all points, leaves of the target; there and between."""
    state = initial(asked, table)
    network, problem = state.network.copy(), state.problem
    take = euler_step(network, state.probe.inputs)
    for _ in range(state.last_step):
        take(state.probe.goal, state.learning_rate)
    values = state.probe.values(network)
    assert problem.grid_target is not None
    wrong, about = values.fitted - problem.clean, problem.clean - problem.clean.mean()
    error = float((wrong**2).mean()) ** 0.5 * problem.target_scaling.spread
    apart, target = values.function - problem.grid_target, problem.grid_target - problem.grid_target.mean()
    return float((wrong**2).sum() / (about**2).sum()), float((apart**2).sum() / (target**2).sum()), error


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"network__centered": False, "network__activation": "relu"},
        {"data__noise": 0.2, "data__target": {"kind": "formula", "text": "5*sin(pi*x) + 40"}},
        {
            "data__scale_targets": "standardize",
            "data__noise": 3.0,
            "data__target": {"kind": "formula", "text": "9*x^3"},
        },
        {"data__scale_inputs": "unit", "data__points": {"kind": "interval", "n": 16, "low": 0, "high": 30}},
    ],
)
def test_what_is_learnt_is_what_training_learns(changes: dict[str, Any]) -> None:
    asked = config(**changes)
    found, (left, between, error) = tried(asked), trained(asked)
    assert found.left == pytest.approx(left, rel=0.1)
    assert found.left_between == pytest.approx(between, rel=0.1)
    assert found.error == pytest.approx(error, rel=0.05)


def test_beyond_its_work_the_kernel_where_it_ended_goes_on() -> None:
    asked = config(network__width=512, data__target={"kind": "formula", "text": "x/20 + sin(2*pi*x)/30"})
    found, (left, between, _) = tried(asked, work=2e8), trained(asked)
    assert found.beyond
    assert found.run.rehearsal.reach < 100
    assert found.left == pytest.approx(left, rel=0.1)
    assert found.left_between == pytest.approx(between, rel=0.1)


@pytest.mark.parametrize("rate", [GIVEN, {"kind": "auto"}])
def test_fewer_points_stand_for_all(rate: dict[str, Any]) -> None:
    asked = config(
        data__points__n=600, training__learning_rate={**rate, **({"value": 5e-5} if "value" in rate else {})}
    )
    found = tried(asked)
    assert len(found.about) == found.fewer.taken == 200
    assert found.left == pytest.approx(trained(asked)[0], rel=0.1)


def test_every_wave_keeps_its_points() -> None:
    fast = config(data__points__n=900, data__target={"kind": "sinusoids", "frequencies": [60], "amplitudes": [1]})
    assert Fewer.of(fast, None).taken == 480
    assert Fewer.of(config(), None) == Fewer(16, 16, judged=False)


def test_rows_of_a_table_are_kept_apart_to_judge_by() -> None:
    x = torch.linspace(-1, 1, 50, dtype=torch.float64).numpy()
    table = Table("t", x[:, None], x**2, ["x", "y"])
    points = {"kind": "dataset", "sha256": "0" * 64}
    asked = config(data__points=points, data__target={"kind": "dataset"})
    fewer = Fewer.of(asked, table)
    found = complete(try_stages(None, asked, table, fewer, work=1e9))
    assert (fewer.judged, fewer.factor, len(found.about)) == (True, 1.25, 40)
    assert found.left_between is not None


def test_a_given_rate_is_carried_over_to_a_kernel_for_which_it_is_too_large() -> None:
    asked = config(training__learning_rate=GIVEN)
    base = tried(asked)
    same = tried(asked, {"network.centered": False}, base)
    assert same.change is not None
    assert list(same.change.changes) == ["network.centered"]
    wide = tried(asked, {"network.sigma_w": 40.0}, base)
    assert wide.change is not None
    carried = wide.change.changes["training.learning_rate"]
    assert wide.config.training.learning_rate == carried
    assert wide.fraction == pytest.approx(base.fraction, rel=0.01)
    assert "with a learning rate of" in wide.change.words


def test_a_rate_that_is_found_is_told_in_the_units_of_the_loss() -> None:
    asked = config(training__learning_rate={"kind": "given", "value": 1e-6}, training__loss="mean")
    base = tried(asked)
    found = tried(asked, {"training.learning_rate": {"kind": "rehearsed"}}, base)  # type: ignore[dict-item]
    rate = found.config.training.learning_rate
    assert rate.kind == "given"
    assert found.state.learning_rate == pytest.approx(rate.value * 2 / 16)
    assert found.fraction > 0.2


def test_a_training_that_diverges_leaves_all() -> None:
    found = tried(config(training__learning_rate={"kind": "given", "value": 1e3}))
    assert (found.residual, found.function) == (None, None)
    assert found.left == found.left_between == found.error == float("inf")
    assert found.moves
