"""Trying a config: a rehearsal up to the last step that was asked for, and what is then learnt of the target."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import TypeVar

import torch
from torch import Tensor

from ntkscope.experiment.estimate import sizes
from ntkscope.experiment.explain.fewer import Fewer
from ntkscope.experiment.explain.trial import Change, Trial
from ntkscope.experiment.format import number
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.problem.loss import half_sums
from ntkscope.experiment.theory.initial_state import InitialState, initial_stages, with_config
from ntkscope.experiment.theory.rate_search import chosen_stages, surely_too_large, with_rate
from ntkscope.experiment.theory.rehearsed import RehearsedRun, horizon_of, training_of
from ntkscope.experiment.theory.waves import Waves
from ntkscope.numerics.empirical_ntk import empirical_ntk_stages
from ntkscope.numerics.rehearsal import Progress, rehearse_stages
from ntkscope.numerics.rehearsal_leaps import Control
from ntkscope.numerics.stages import Stages, telling
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.data import Data
from ntkscope.schemas.event_parts import Changes
from ntkscope.schemas.training import GivenRate, RehearsedRate

T = TypeVar("T")
WORK = 6e9  # multiply-adds of a changed config's rehearsal: about half a second on one core
SLOW = 0.25  # of 2/lambda_1: below, a rate that is rehearsed is looked for anew once something else is changed
LARGEST = 0.5  # of 2/lambda_1, for a given rate that is carried over to another kernel
SLOWER = 0.5  # of the part of 2/lambda_1 that it was: below, a given rate is carried over, too


def try_stages(
    change: Change | None,
    config: RunConfig,
    dataset: Table | None,
    fewer: Fewer,
    before: Trial | None = None,
    *,
    work: float = WORK,
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
    change, config, state = yield from _with_its_rate(change, config, dataset, state, waves, fewer, before)
    steps = torch.tensor([state.last_step]).numpy()
    asked = training_of(state, waves, horizon_of(state, waves) if farther else state.last_step, steps=steps, grid=True)
    found = yield from rehearse_stages(asked, Control(work=work))
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


def _with_its_rate(
    change: Change | None,
    config: RunConfig,
    dataset: Table | None,
    state: InitialState,
    waves: Waves,
    fewer: Fewer,
    before: Trial | None,
) -> Generator[Progress, None, tuple[Change | None, RunConfig, InitialState]]:
    """A given rate is carried over to the changed kernel, and is then part of the change; a rehearsed one is chosen."""
    rate, largest = config.training.learning_rate, state.largest_stable_rate
    if rate.kind == "rehearsed" and rate.value is None and largest is not None:
        kept = before is not None and before.config.training.learning_rate.kind == "rehearsed"
        size = sizes(config, dataset)
        if kept and before is not None and before.fraction >= SLOW:
            chosen: RehearsedRate | None = rate.model_copy(update={"value": before.fraction * largest})
        elif surely_too_large(size.n, size.parameters, size.multiply_adds) and change is None:
            chosen = None  # as the run itself will have it
        else:
            chosen = yield from chosen_stages(state, waves)
        if chosen is None or chosen.value is None:
            return change, config, state
        if change is None or not change.of_rate:
            return change, config, with_config(state, with_rate(state.config, chosen))
        found = _own(chosen.value, config, fewer)
        fraction = number(float(f"{chosen.value / largest:.2g}"))
        words = f"a learning rate of {number(found)} ({fraction} of 2/λ₁, found by rehearsal)"
        return _with_given(Change(words, change.changes), config, state, fewer, found)
    if rate.kind != "given" or change is None or before is None or change.of_rate or largest is None:
        return change, config, state
    part = min(before.fraction, LARGEST)
    value = part * largest
    if SLOWER * part * largest <= state.learning_rate <= LARGEST * largest:
        return change, config, state
    carried = _own(value, config, fewer)
    words = f"{change.words}, with a learning rate of {number(carried)} (so much of 2/λ₁ as before)"
    return _with_given(replace(change, words=words), config, state, fewer, carried)


def _own(rate: float, config: RunConfig, fewer: Fewer) -> float:
    """A rate of half the sum over fewer points, in the config's own units."""
    return float(f"{rate / fewer.factor / half_sums(config.training.loss, fewer.points):.3g}")


def _with_given(
    change: Change, config: RunConfig, state: InitialState, fewer: Fewer, value: float
) -> tuple[Change, RunConfig, InitialState]:
    """The change with a rate of its own."""
    given = GivenRate(value=value)
    changed = config.model_copy(update={"training": config.training.model_copy(update={"learning_rate": given})})
    change = Change(change.words, {**change.changes, "training.learning_rate": given})
    return change, changed, with_config(state, fewer.thin(changed))


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


def _with_its_rate(
    change: Change | None,
    config: RunConfig,
    dataset: Table | None,
    state: InitialState,
    waves: Waves,
    fewer: Fewer,
    before: Trial | None,
) -> Generator[Progress, None, tuple[Change | None, RunConfig, InitialState]]:
    """A given rate is carried over to the changed kernel, and is then part of the change; a rehearsed one is chosen."""
    rate, largest = config.training.learning_rate, state.largest_stable_rate
    if rate.kind == "rehearsed" and rate.value is None and largest is not None:
        kept = before is not None and before.config.training.learning_rate.kind == "rehearsed"
        size = sizes(config, dataset)
        if kept and before is not None and before.fraction >= SLOW:
            chosen: RehearsedRate | None = rate.model_copy(update={"value": before.fraction * largest})
        elif surely_too_large(size.n, size.parameters, size.multiply_adds) and change is None:
            chosen = None  # as the run itself will have it
        else:
            chosen = yield from chosen_stages(state, waves)
        if chosen is None or chosen.value is None:
            return change, config, state
        if change is None or not change.of_rate:
            return change, config, with_config(state, with_rate(state.config, chosen))
        value = _own(chosen.value, config, fewer)
        part = number(float(f"{chosen.value / largest:.2g}"))
        words = f"a learning rate of {number(value)} ({part} of 2/λ₁, found by rehearsal)"
        return _with_given(Change(words, change.changes), config, state, fewer, value)
    if rate.kind != "given" or change is None or before is None or change.of_rate or largest is None:
        return change, config, state
    part = min(before.fraction, LARGEST)
    value = part * largest
    if SLOWER * part * largest <= state.learning_rate <= LARGEST * largest:
        return change, config, state
    carried = float(f"{value / fewer.factor / half_sums(config.training.loss, fewer.points):.3g}")
    given = GivenRate(value=carried)
    changed = config.model_copy(update={"training": config.training.model_copy(update={"learning_rate": given})})
    changes: Changes = {**change.changes, "training.learning_rate": given}
    words = f"{change.words}, with a learning rate of {number(carried)} (so much of 2/λ₁ as before)"
    return replace(change, words=words, changes=changes), changed, with_config(state, fewer.thin(changed))


def _silent(stages: Stages[T]) -> Generator[Progress, None, T]:
    """Other stages, told as no progress."""
    return telling(stages, lambda: Progress(0, 0.0, 0.0))
