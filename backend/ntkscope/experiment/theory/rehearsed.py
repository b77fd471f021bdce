"""A run, rehearsed: its own network, seeds, precision and waves through numerics/rehearsal.py, told in the house's words."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from ntkscope.experiment.theory.initial_state import InitialState
from ntkscope.experiment.theory.outlook import lazy_scale
from ntkscope.experiment.theory.rehearsed_words import SURELY_LAZY, ending_sentence, too_large, wave_sentence
from ntkscope.experiment.theory.waves import Waves
from ntkscope.numerics.rehearsal import Node, Progress, Rehearsal, rehearse_stages
from ntkscope.numerics.rehearsal_leaps import Control, Costs, Training, Watched
from ntkscope.numerics.rehearsal_range import FACTORS, Crossings
from ntkscope.schemas.rehearsal import Rehearsed, RehearsedCourse, RehearsedWave
from ntkscope.schemas.wave import WaveForecast

MOST_POINTS = 1024
LEAST_WORK, MOST_WORK = 1.6e10, 8e10  # multiply-adds: about a second on one core, about five
SHARE = 0.1  # of the training's own work, between the two
FARTHEST = 1_000_000  # steps that are asked about, of a shorter run
LARGEST_STEP = 100_000_000  # that a config may ask for
GRID_SHARE = 0.5  # of the work, for the function on the grid; where it would take more it is not told
LARGEST_LOSS = 1e60


def budget(initial: InitialState) -> float:
    """Multiply-adds that a rehearsal of this run may take: the same on every machine."""
    training = initial.last_step * Costs.of(initial.network, len(initial.kernel.residual)).step
    return min(MOST_WORK, max(LEAST_WORK, SHARE * training))


def training_of(initial: InitialState, waves: Waves, *, horizon: int, grid: bool = True) -> Training:
    """What is rehearsed: the run's waves watched at epsilon of their size, its function drawn up to its last step."""
    probe, seen = initial.probe, waves.sizes > 0
    grid_inputs = probe.grid_inputs if grid else probe.grid_inputs[:0]
    return Training(
        network=initial.network,
        inputs=probe.inputs,
        goal=probe.targets + probe.offset,
        grid_inputs=grid_inputs,
        grid_offset=probe.grid_offset[: len(grid_inputs)],
        learning_rate=initial.learning_rate,
        watched=Watched(waves.map[seen], initial.config.recording.epsilon * waves.sizes[seen]),
        horizon=horizon,
        drawn=initial.last_step,
    )


def horizon_of(initial: InitialState, waves: Waves) -> int:
    """The last step that is asked about: later than the run's, where there are waves to be learnt."""
    if not bool((waves.sizes > 0).any()):
        return initial.last_step
    return min(max(FARTHEST, 10 * initial.last_step), max(LARGEST_STEP, initial.last_step))


def rehearsed_stages(initial: InitialState, waves: Waves) -> Generator[Progress, None, RehearsedRun | None]:
    """Rehearses a run, with a stop every some tenths of a second; None for one with too many points.

    Args:
        initial: The run at step 0.
        waves: What its target is made of.
    """
    if left_out(initial) is not None:
        return None
    work, horizon = budget(initial), horizon_of(initial, waves)
    costs, points = Costs.of(initial.network, len(initial.kernel.residual)), len(initial.kernel.residual)
    nodes = Control().nodes * (1 + math.log10(initial.last_step))
    drawn = nodes * len(initial.probe.grid_inputs) * costs.outputs / points
    grid = drawn <= GRID_SHARE * work
    asked = training_of(initial, waves, horizon=horizon, grid=grid)
    found = yield from rehearse_stages(asked, Control(work=work))
    return RehearsedRun(initial, waves, found, horizon, grid)


def left_out(initial: InitialState) -> str | None:
    """Why a run is not rehearsed, for the reader; None where it is."""
    points = len(initial.kernel.residual)
    return too_large(points, MOST_POINTS) if points > MOST_POINTS else None


@dataclass(frozen=True)
class RehearsedRun:
    """A rehearsal of a run.

    Args:
        initial: The run at step 0.
        waves: What its target is made of.
        rehearsal: What came of it.
        horizon: The last step that was asked about.
        grid: Whether its nodes have the function on the grid.
    """

    initial: InitialState
    waves: Waves
    rehearsal: Rehearsal
    horizon: int
    grid: bool

    @cached_property
    def steps(self) -> list[int]:
        """Of the nodes."""
        return [node.step for node in self.rehearsal.nodes]

    def residual(self, step: int) -> Tensor | None:
        """(n,) at a step: between two nodes along the logarithm of the step; None beyond the last."""
        nodes, at = self.rehearsal.nodes, int(np.searchsorted(self.steps, step))
        if at == len(nodes):
            return None
        before, after = nodes[max(0, at - 1)], nodes[at]
        part = _part(before, after, step)
        return before.residual + part * (after.residual - before.residual)

    def describe(self, forecasts: list[WaveForecast]) -> Rehearsed:
        """As preview and events have it.

        Args:
            forecasts: K_0's own, one for each wave.
        """
        told = self.rehearsal
        crossings = iter(told.watched)
        return Rehearsed(
            waves=[self._wave(next(crossings), one) if one.amplitude > 0 else None for one in forecasts],
            ended=told.ended,
            reach=told.reach,
            horizon=self.horizon,
            peak=told.peak,
            growth=told.growth,
            drift=told.drift,
            kernels=told.kernels,
            steps_taken=told.steps,
            work=told.work,
            budget=told.control.work,
            sentence=ending_sentence(
                told.ended,
                reach=told.reach,
                kernels=told.kernels,
                steps_taken=told.steps,
                drift=told.drift,
                growth=told.growth,
                peak=told.peak,
            ),
            course=self._course(),
        )

    def _wave(self, crossed: Crossings, forecast: WaveForecast) -> RehearsedWave:
        found, told = crossed.for_good, self.rehearsal
        lazy = float(self.initial.kernel.residual.norm()) < SURELY_LAZY * lazy_scale(self.initial.config.network)
        sure = lazy and forecast.step is None and forecast.reason != "rate"
        return RehearsedWave(
            step=found.step,
            step_low=found.low,
            step_high=found.high,
            first_step=crossed.first.step,
            range=found.kind,
            within_run=found.step is not None and found.step <= self.initial.last_step,
            sentence=wave_sentence(
                step=found.step,
                first_step=crossed.first.step,
                kind=found.kind,
                factors=FACTORS[found.kind]["for good"],
                horizon=self.horizon,
                reach=told.reach,
                ended=told.ended,
                drift=told.drift,
                peak=told.peak,
                never=forecast.sentence if sure else None,
            ),
        )

    def _course(self) -> RehearsedCourse:
        initial, nodes = self.initial, self.rehearsal.nodes
        residuals = torch.stack([node.residual for node in nodes])
        coefficients = np.stack([initial.coefficients(residual) for residual in residuals])
        return RehearsedCourse(
            steps=self.steps,
            times=[initial.learning_rate * step for step in self.steps],
            loss=(0.5 * (residuals**2).sum(dim=1)).clamp_max(LARGEST_LOSS).numpy(),
            largest_eigenvalues=np.array([float(node.eigenvalues[0]) for node in nodes]),
            remaining=initial.groups.remaining(coefficients),
            learnt=initial.groups.learnt(coefficients),
            function=np.stack([node.function.numpy() for node in nodes]) if self.grid else None,
        )


def _part(before: Node, after: Node, step: int) -> float:
    """How far a step is from one node to the next, 1 at the second."""
    if step == after.step or before.step == 0:
        return step / after.step if after.step else 1.0
    return math.log(step / before.step) / math.log(after.step / before.step)
