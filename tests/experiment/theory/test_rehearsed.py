"""A run that is rehearsed does what it then does; what is told of it follows from the rehearsal."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from ntkscope.experiment.measure.notices import rehearsal_warnings
from ntkscope.experiment.preview import preview
from ntkscope.experiment.schedule import recording_steps
from ntkscope.experiment.theory.initial_state import InitialState, initial
from ntkscope.experiment.theory.learnt import wave_forecasts
from ntkscope.experiment.theory.rehearsed import (
    GRID_SHARE,
    LEAST_WORK,
    MOST_WORK,
    RehearsedRun,
    budget,
    horizon_of,
    left_out,
    may_be_rehearsed,
    rehearsed_stages,
)
from ntkscope.experiment.theory.waves import Waves
from ntkscope.experiment.trainer import train
from ntkscope.numerics import complete, euler_step
from ntkscope.numerics.rehearsal_leaps import Costs
from ntkscope.schemas.event import Started
from ntkscope.schemas.rehearsal import DrawnRehearsal
from tests.cases import config


def begin(**changes: Any) -> tuple[InitialState, Waves]:
    state = initial(config(**changes))
    return state, Waves.of(state.problem, state.config.data)


def rehearsed(state: InitialState, waves: Waves) -> tuple[RehearsedRun, DrawnRehearsal]:
    steps = recording_steps(state.last_step, state.config.recording.frames)
    found = complete(rehearsed_stages(state, waves, steps, horizon_of(state, waves)))
    assert found is not None
    return found, found.describe(wave_forecasts(state, waves))


def trained(state: InitialState) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    """The slow twin: the residual and the function on the grid before each step, and after the last."""
    network, goal = state.network.copy(), state.probe.goal
    take = euler_step(network, state.probe.inputs)
    residuals, functions = [], []
    for _ in range(state.last_step + 1):
        functions.append(state.probe.values(network).function)
        residuals.append(take(goal, state.learning_rate).double())
    return residuals, functions


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"network__centered": False, "training__precision": "float32"},
        {"network__depth": 2, "network__width": 32, "data__norm": 8.0},
        {"network__encoding": {"kind": "positional", "octaves": 2}, "network__parameterization": "standard"},
        {"data__noise": 0.2, "network__parameterization": "mean_field"},
    ],
)
def test_its_course_is_that_of_the_training(changes: dict[str, Any]) -> None:
    state, waves = begin(training__stop__steps=600, **changes)
    run, told = rehearsed(state, waves)
    residuals, functions = trained(state)
    whole = float(state.kernel.residual.norm())
    for at, step in enumerate(told.course.steps):
        assert run.error(step, residuals[step]) < 0.02
        assert told.course.wave_errors is not None
        np.testing.assert_allclose(told.course.wave_errors[at], waves.errors(residuals[step]), atol=0.05)
        assert abs(told.course.loss[at] - 0.5 * float(residuals[step] @ residuals[step])) < 0.02 * whole**2
    assert told.course.steps == recording_steps(600, state.config.recording.frames).tolist()
    assert told.course.function is not None
    for at, step in enumerate(told.course.nodes[:-1]):
        apart = np.linalg.norm(told.course.function[at] - functions[step].numpy())
        assert apart < 0.05 * np.linalg.norm(functions[-1].numpy())
    assert told.course.nodes[-1] >= 600 > told.course.nodes[-2]
    assert run.function(599) is None  # it is not recorded
    for step in told.course.steps:
        between = run.function(step)
        assert between is not None
        assert float((between - functions[step]).norm()) < 0.05 * float(functions[-1].norm())
    assert run.function(10**6) is None
    assert told.course.drift is not None
    assert told.course.drift[0] == 0
    assert told.course.drift[-1] == pytest.approx(run.rehearsal.nodes[-1].drift, rel=1e-5)
    assert told.course.largest_eigenvalues[0] == pytest.approx(float(state.kernel.spectrum.eigenvalues[0]), rel=1e-5)
    assert (told.course.remaining.shape, told.course.learnt.shape) == (
        (len(told.course.steps), len(state.groups.groups)),
    ) * 2


def test_its_steps_are_those_of_the_training() -> None:
    state, waves = begin(training__stop__steps=800, data__norm=6.0)
    _, told = rehearsed(state, waves)
    residuals, _ = trained(state)
    errors = torch.stack([waves.errors(residual) for residual in residuals])
    for column, wave in enumerate(told.waves):
        if wave is None:
            assert waves.sizes[column] == 0
            continue
        above = torch.nonzero(errors[:, column] > state.config.recording.epsilon)[:, 0]
        measured = int(above[-1]) + 1 if len(above) else 0
        if measured > 800:
            assert wave.step is None or wave.step > 700
        else:
            assert wave.step is not None
            assert wave.step_low <= measured <= (wave.step_high or 10**9)
            assert wave.within_run


def test_it_asks_beyond_the_run_where_there_are_waves() -> None:
    state, waves = begin()
    assert horizon_of(state, waves) == 1_000_000
    plane, none = begin(data__points={"kind": "random", "n": 9, "d": 2}, data__target={"kind": "gaussian_bump"})
    assert horizon_of(plane, none) == plane.last_step
    _, told = rehearsed(plane, none)
    assert (told.waves, told.reach) == ([], plane.last_step)


def test_a_run_is_asked_about_its_own_steps_which_are_the_preview_s() -> None:
    settings = config(training__stop__steps=800, data__norm=6.0)
    started = next(event for event in train(settings) if isinstance(event, Started))
    told, said = started.rehearsal, preview(settings).rehearsal
    assert told is not None
    assert said is not None
    assert (told.horizon, said.horizon) == (800, 1_000_000)
    (_, first, third), (first_said, third_said) = told.waves, said.waves  # the mean, of which a preview says nothing
    assert first is not None
    assert first_said is not None
    assert (first.step, first.step_low, first.within_run) == (first_said.step, first_said.step_low, True)
    assert third is not None
    assert third_said is not None
    assert (third.step, third.sentence) == (None, "Not within 800 steps.")
    assert third_said.step is not None
    assert third_said.step > 800


def test_a_wave_whose_share_is_no_double_is_watched() -> None:
    tiny = {"data__target": {"kind": "formula", "text": "1e-323"}, "data__points": {"kind": "interval", "n": 2}}
    _, told = rehearsed(*begin(**tiny))
    assert [wave is not None for wave in told.waves] == [True]


def test_a_zero_amplitude_is_left_out() -> None:
    state, waves = begin(data__target={"kind": "formula", "text": "0*x"})
    _, told = rehearsed(state, waves)
    assert all(wave is None for wave in told.waves)


def test_a_grid_that_costs_more_than_the_rest_is_not_told() -> None:
    network: dict[str, Any] = {"network__width": 512, "network__depth": 3, "training__stop__steps": 20}
    for grid in (32, 2048):
        state, waves = begin(data__grid=grid, **network)
        _, told = rehearsed(state, waves)
        passes = Costs.of(state.network, 16).outputs / 16 * grid * 8 * (1 + math.log10(20))
        assert (told.course.function is None) == (passes > GRID_SHARE * LEAST_WORK)
        assert told.course.steps[-1] == 20


def test_its_budget_is_a_share_of_the_run_between_two_bounds() -> None:
    small, _ = begin()
    assert budget(small) == LEAST_WORK
    long, _ = begin(training__stop__steps=100_000_000)
    assert budget(long) == MOST_WORK


def test_what_is_too_large_says_so_with_its_numbers() -> None:
    state, _ = begin()
    assert left_out(state) is None
    assert may_be_rehearsed(1024, 10_000_000)
    assert not may_be_rehearsed(1025, 10)
    assert not may_be_rehearsed(10, 10_000_001)


def test_a_rate_that_diverges_is_named_with_its_step() -> None:
    state, waves = begin(training__learning_rate={"kind": "auto", "fraction": 8}, data__norm=20.0)
    run, told = rehearsed(state, waves)
    assert told.ended == "diverges"
    assert run.rehearsal.reach == told.reach
    assert "diverges at step" in told.sentence
    assert all(wave is None or wave.step is None for wave in told.waves)


def test_a_risk_is_told_and_warned_of_with_the_step_where_it_begins() -> None:
    state, waves = begin(network__activation="relu", training__stop__steps=200)
    run, told = rehearsed(state, waves)
    assert not told.at_risk
    assert rehearsal_warnings(run) == []
    left = replace(run, rehearsal=replace(run.rehearsal, ended="budget", at_risk=True))
    assert left.describe(wave_forecasts(state, waves)).at_risk
    (warning,) = rehearsal_warnings(left)
    assert f"after step {told.reach:,}" in warning
    assert "lose all units" in warning
