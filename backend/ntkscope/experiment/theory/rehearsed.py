"""A run, rehearsed: its own network, seeds, precision and waves through numerics/rehearsal.py, as events have it."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ntkscope.experiment.schedule import Steps
from ntkscope.experiment.theory.initial_state import InitialState
from ntkscope.experiment.theory.outlook import is_lazy
from ntkscope.experiment.theory.rehearsed_words import ending_sentence, too_large, wave_sentence
from ntkscope.experiment.theory.waves import Waves
from ntkscope.numerics.rehearsal import rehearse_stages
from ntkscope.numerics.rehearsal_leaps import Control, Costs, Training, Watched
from ntkscope.numerics.rehearsal_range import FACTORS, Crossings
from ntkscope.numerics.rehearsal_result import Progress, Rehearsal
from ntkscope.schemas.rehearsal import DrawnRehearsal, RehearsedCourse, RehearsedWave
from ntkscope.schemas.wave import WaveForecast

MOST_POINTS, MOST_PARAMETERS = 1024, 10_000_000
LEAST_WORK, MOST_WORK = 1.6e10, 8e10  # multiply-adds: about a second on one core, about five
SHARE = 0.1  # of the training's own work, between the two
FARTHEST = 1_000_000  # steps that are asked about, of a shorter run
LARGEST_STEP = 100_000_000  # that a config may ask for
GRID_SHARE = 0.5  # of the work, for the function on the grid; where it would take more it is not told
LARGEST_LOSS = 1e60
SMALLEST = 1e-300  # a squared length that is divided by, and a limit that is watched


def budget(initial: InitialState) -> float:
    """Multiply-adds that a rehearsal of this run may take: the same on every machine."""
    training = initial.last_step * Costs.of(initial.network, len(initial.kernel.residual)).step
    return min(MOST_WORK, max(LEAST_WORK, SHARE * training))


def training_of(
    initial: InitialState, waves: Waves, horizon: int, *, steps: Steps | None = None, grid: bool = False
) -> Training:
    """What is rehearsed: the run's waves watched at epsilon of their size.

    Args:
        initial: The run at step 0.
        waves: What its target is made of.
        horizon: The last step that is asked about.
        steps: That are drawn, up to the run's last.
        grid: Whether the function on the grid is told.
    """
    probe, seen = initial.probe, waves.sizes > 0
    grid_inputs = probe.grid_inputs if grid else probe.grid_inputs[:0]
    return Training(
        network=initial.network,
        inputs=probe.inputs,
        goal=probe.targets + probe.offset,
        grid_inputs=grid_inputs,
        grid_offset=probe.grid_offset[: len(grid_inputs)],
        learning_rate=initial.learning_rate,
        # a wave of some 1e-323 has a share that no double holds
        watched=Watched(waves.map[seen], (initial.config.recording.epsilon * waves.sizes[seen]).clamp_min(SMALLEST)),
        horizon=horizon,
        drawn=None if steps is None else initial.last_step,
        asked=frozenset() if steps is None else frozenset(steps.tolist()),
    )


def horizon_of(initial: InitialState, waves: Waves) -> int:
    """The last step that a preview asks about: later than the run's, where there are waves to be learnt."""
    if not bool((waves.sizes > 0).any()):
        return initial.last_step
    return min(max(FARTHEST, 10 * initial.last_step), max(LARGEST_STEP, initial.last_step))


def rehearsed_stages(
    initial: InitialState, waves: Waves, steps: Steps, horizon: int, control: Control | None = None
) -> Generator[Progress, None, RehearsedRun | None]:
    """Rehearses a run, with a stop every some tenths of a second; None for one that is too large.

    Args:
        initial: The run at step 0.
        waves: What its target is made of.
        steps: At which the run is recorded.
        horizon: The last step that is asked about: the run's, or a later one.
        control: How, and for how much work; None: as before a run.
    """
    if left_out(initial) is not None:
        return None
    control = control or Control(work=budget(initial))
    costs, points = Costs.of(initial.network, len(initial.kernel.residual)), len(initial.kernel.residual)
    nodes = control.nodes * (1 + math.log10(initial.last_step))
    drawn = nodes * len(initial.probe.grid_inputs) * costs.outputs / points
    grid = drawn <= GRID_SHARE * control.work
    asked = training_of(initial, waves, horizon, steps=steps, grid=grid)
    found = yield from rehearse_stages(asked, control)
    return RehearsedRun(initial, waves, found, horizon, grid)


def may_be_rehearsed(points: int, parameters: int) -> bool:
    """Whether a run is small enough."""
    return points <= MOST_POINTS and parameters <= MOST_PARAMETERS


def left_out(initial: InitialState) -> str | None:
    """Why a run is not rehearsed, for the reader; None where it is."""
    points, parameters = len(initial.kernel.residual), initial.network.parameter_count
    if may_be_rehearsed(points, parameters):
        return None
    return too_large(points, MOST_POINTS, parameters, MOST_PARAMETERS)


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

    def function(self, step: int) -> Tensor | None:
        """(g,) on the grid: between two nodes as far along as the residual is; None where it is not told."""
        nodes = self.rehearsal.nodes
        at = bisect_left(nodes, step, key=lambda node: node.step)
        residual = self.rehearsal.residuals.get(step)
        if not self.grid or at == len(nodes) or residual is None:
            return None
        before, after = nodes[max(0, at - 1)], nodes[at]
        if step == after.step:
            return after.function
        way = after.residual - before.residual
        part = float((residual - before.residual) @ way) / max(float(way @ way), SMALLEST)
        return before.function + part * (after.function - before.function)

    def error(self, step: int, residual: Tensor) -> float:
        """||r - r_rehearsed|| / ||r(0)|| of the residual (n,) measured at a step; NaN at a step off the plan."""
        rehearsed, size = self.rehearsal.residuals.get(step), float(self.initial.kernel.residual.norm())
        return float((residual - rehearsed).norm()) / size if rehearsed is not None and size > 0 else math.nan

    def describe(self, forecasts: list[WaveForecast]) -> DrawnRehearsal:
        """As events have it, and without its course a preview.

        Args:
            forecasts: K_0's own, one for each wave.
        """
        told = self.rehearsal
        crossings = iter(told.watched)
        return DrawnRehearsal(
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
            budget=told.budget,
            at_risk=told.at_risk,
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
        lazy = is_lazy(self.initial.config.network, float(self.initial.kernel.residual.norm()))
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
        steps = sorted(self.rehearsal.residuals)
        residuals = torch.stack([self.rehearsal.residuals[step] for step in steps])
        coefficients = np.stack([initial.coefficients(residual) for residual in residuals])
        return RehearsedCourse(
            steps=steps,
            loss=(0.5 * (residuals**2).sum(dim=1)).clamp_max(LARGEST_LOSS).numpy(),
            remaining=initial.groups.remaining(coefficients),
            learnt=initial.groups.learnt(coefficients),
            wave_errors=self.waves.errors_along(residuals).numpy(),
            nodes=[node.step for node in nodes],
            largest_eigenvalues=np.array([float(node.eigenvalues[0]) for node in nodes]),
            drift=np.array([node.drift for node in nodes]),
            function=np.stack([node.function.numpy() for node in nodes]) if self.grid else None,
        )
