"""The learning rate of a changed config: carried over to its kernel where it was given, else chosen by rehearsal."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from ntkscope.experiment.estimate import sizes
from ntkscope.experiment.explain.fewer import Fewer
from ntkscope.experiment.explain.trial import Change, Trial
from ntkscope.experiment.format import number
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.problem.loss import half_sums
from ntkscope.experiment.theory.initial_state import InitialState, with_config
from ntkscope.experiment.theory.rate_search import chosen_stages, surely_too_large, with_rate
from ntkscope.experiment.theory.waves import Waves
from ntkscope.numerics.rehearsal_result import Progress
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.training import GivenRate, RehearsedRate

SLOW = 0.25  # of 2/lambda_1: below, a rate that is rehearsed is looked for anew once something else is changed
LARGEST = 0.5  # of 2/lambda_1, for a given rate that is carried over to another kernel
SLOWER = 0.5  # of the part of 2/lambda_1 that it was: below, a given rate is carried over, too

Changed = tuple[Change | None, RunConfig, InitialState]


def with_its_rate(
    change: Change | None,
    config: RunConfig,
    dataset: Table | None,
    state: InitialState,
    waves: Waves,
    fewer: Fewer,
    before: Trial | None,
) -> Generator[Progress, None, Changed]:
    """The change, the config and its start with the rate that is rehearsed: part of the change, where it is new.

    Args:
        change: None: the config as it is.
        config: With the change.
        dataset: Its table.
        state: At step 0, on fewer points.
        waves: What its target is made of.
        fewer: Which points.
        before: What is changed, as it was tried.
    """
    rate, largest = config.training.learning_rate, state.largest_stable_rate
    if largest is None or rate.kind == "auto":
        return change, config, state
    if rate.kind == "given":
        return _carried(change, config, state, fewer, before, largest)
    if rate.value is not None:
        return change, config, state
    chosen = yield from _chosen(change, config, dataset, state, waves, before, largest)
    if chosen is None or chosen.value is None:
        return change, config, state
    if change is None or not change.of_rate:
        return change, config, with_config(state, with_rate(state.config, chosen))
    found = _in_own_units(chosen.value, config, fewer)
    words = f"a learning rate of {number(found)} ({_rounded(chosen.value / largest)} of 2/λ₁, found by rehearsal)"
    return _with_given(replace(change, words=words), config, state, fewer, found)


def _chosen(
    change: Change | None,
    config: RunConfig,
    dataset: Table | None,
    state: InitialState,
    waves: Waves,
    before: Trial | None,
    largest: float,
) -> Generator[Progress, None, RehearsedRate | None]:
    """A rehearsed rate: as large a part of 2/lambda_1 as before, where that was large; None: as much as it may be."""
    rate, size = config.training.learning_rate, sizes(config, dataset)
    assert rate.kind == "rehearsed", "asked of such a rate only"
    if before is not None and before.config.training.learning_rate.kind == "rehearsed" and before.fraction >= SLOW:
        return rate.model_copy(update={"value": before.fraction * largest})
    if change is None and surely_too_large(size.n, size.parameters, size.multiply_adds):
        return None  # as the run itself will have it
    return (yield from chosen_stages(state, waves))


def _carried(
    change: Change | None, config: RunConfig, state: InitialState, fewer: Fewer, before: Trial | None, largest: float
) -> Changed:
    """A given rate that is too large for the changed kernel, or much smaller a part of 2/lambda_1 than it was."""
    if change is None or before is None or change.keeps_kernel:
        return change, config, state
    part = min(before.fraction, LARGEST)
    if SLOWER * part * largest <= state.learning_rate <= LARGEST * largest:
        return change, config, state
    carried = _in_own_units(part * largest, config, fewer)
    words = f"{change.words}, with a learning rate of {number(carried)} ({_rounded(part)} of 2/λ₁)"
    return _with_given(replace(change, words=words), config, state, fewer, carried)


def _in_own_units(rate: float, config: RunConfig, fewer: Fewer) -> float:
    """A rate of half the sum over fewer points, in the config's own units."""
    own = rate / fewer.factor / half_sums(config.training.loss, fewer.points)
    return float(f"{own:.3g}")


def _with_given(change: Change, config: RunConfig, state: InitialState, fewer: Fewer, value: float) -> Changed:
    """The change with a rate of its own."""
    given = GivenRate(value=value)
    changed = config.model_copy(update={"training": config.training.model_copy(update={"learning_rate": given})})
    change = replace(change, changes={**change.changes, "training.learning_rate": given})
    return change, changed, with_config(state, fewer.thin(changed))


def _rounded(value: float) -> str:
    return number(float(f"{value:.2g}"))
