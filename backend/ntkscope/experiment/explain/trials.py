"""Trying a config: a rehearsal up to the last step that was asked for, and what is then learnt of the target."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import TypeVar

import torch
from torch import Tensor

from ntkscope.experiment.explain.fewer import Fewer
from ntkscope.experiment.explain.rates import with_its_rate
from ntkscope.experiment.explain.trial import Change, Trial
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.theory.initial_state import initial_stages
from ntkscope.experiment.theory.rehearsed import RehearsedRun, horizon_of, training_of
from ntkscope.experiment.theory.waves import Waves
from ntkscope.numerics.empirical_ntk import empirical_ntk_stages
from ntkscope.numerics.rehearsal import rehearse_stages
from ntkscope.numerics.rehearsal_leaps import Control
from ntkscope.numerics.rehearsal_result import Progress
from ntkscope.numerics.stages import Stages, telling
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.data import Data

T = TypeVar("T")
WORK = 6e9  # multiply-adds of a changed config's rehearsal: about half a second on one core


def try_stages(
    change: Change | None,
    config: RunConfig,
    dataset: Table | None,
    fewer: Fewer,
    before: Trial | None = None,
    *,
    work: float,
    farther: bool = False,
) -> Generator[Progress, None, Trial]:
    """Rehearses a config, with stops.

    Args:
        change: What it changes of another.
        config: With that change.
        dataset: Its table.
        fewer: On which points.
        before: The config that is changed, as it was tried: a given rate stays the same part of 2/lambda_1.
        work: Multiply-adds of the rehearsal.
        farther: Whether steps beyond the run's are asked about.

    Raises:
        NtkscopeError: the config cannot be run.
    """
    state = yield from _silent(initial_stages(fewer.thin(config), dataset))
    same = before is not None and _same_target(before.state.config.data, state.config.data)
    waves = before.run.waves if before is not None and same else Waves.of(state.problem, state.config.data)
    change, config, state = yield from with_its_rate(change, config, dataset, state, waves, fewer, before)
    steps = torch.tensor([state.last_step]).numpy()
    asked = training_of(state, waves, horizon_of(state, waves) if farther else state.last_step, steps=steps, grid=True)
    found = yield from rehearse_stages(asked, Control(work=work, more=1.0))
    run = RehearsedRun(state, waves, found, asked.horizon, grid=True)
    if found.ended == "diverges":
        return Trial(change, config, fewer, run, None, None)
    residual, function = found.residuals.get(state.last_step), run.function(state.last_step)
    if residual is None or function is None:
        residual, function = yield from _beyond(run)
    return Trial(change, config, fewer, run, residual, function)


def _same_target(one: Data, other: Data) -> bool:
    """Whether what is learnt is the same, to the last bit."""
    return one.model_copy(update={"scale_inputs": other.scale_inputs}) == other


def _beyond(run: RehearsedRun) -> Generator[Progress, None, tuple[Tensor, Tensor]]:
    """Residual (n,) and function on the grid (g,) at the last step, by the kernel where the rehearsal ended before."""
    found, state = run.rehearsal, run.initial
    inputs, grid = state.probe.inputs.double(), state.probe.grid_inputs.double()
    cross = yield from _silent(empirical_ntk_stages(found.network, grid, inputs))
    rest = replace(found.rest, cross_kernel=cross, function=found.nodes[-1].function)
    after = torch.tensor([float(state.last_step - found.reach)], dtype=torch.float64)
    predicted = rest.predict(state.training_law, after)
    return predicted.residual[0], predicted.function[0]


def _silent(stages: Stages[T]) -> Generator[Progress, None, T]:
    """Other stages, told as no progress."""
    return telling(stages, lambda _: Progress(0, 0.0, 0.0))
