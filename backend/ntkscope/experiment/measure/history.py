"""What was recorded so far, and the figures that summarise it: errors, learning times, the closing table."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ntkscope.experiment.measure.verdict import Groups, Motion, verdict
from ntkscope.experiment.theory.frozen import Theory
from ntkscope.numerics import log_log_fit
from ntkscope.numerics.crossings import step_for_good
from ntkscope.schemas.event import Checkpoint, LawName
from ntkscope.schemas.event_parts import LearningTimeFit, ModeRow, MovingPrediction, Verdict
from ntkscope.wire.codec import in_wire_precision

Array = NDArray[np.float64]
# A mode is compared while it moves: before, there is nothing to see, after, only what the others leak into it.
EARLIEST, LATEST = 0.05, 3.0
SLOWER_THAN = 0.5  # of the largest eigenvalue: faster modes are gone within a few steps


@dataclass(frozen=True)
class Measured:
    """What one record adds.

    Args:
        remaining: (G,) of each group, as in Frame.
        learnt: (G,)
        function_error: ||r - r_predicted|| / ||r(0)||; NaN where an earlier version did not keep it.
        wave_errors: (W,) as in Frame.
        rehearsed_error: ||r - r_rehearsed|| / ||r(0)||; NaN where nothing is rehearsed.
    """

    remaining: Array
    learnt: Array
    function_error: float
    wave_errors: Array
    rehearsed_error: float


@dataclass
class History:
    """Recorded steps with the state of every group at each; grows while the run goes on."""

    theory: Theory
    steps: list[int] = field(default_factory=list)
    remaining: list[Array] = field(default_factory=list)  # (G,) each
    learnt: list[Array] = field(default_factory=list)
    left: list[Array] = field(default_factory=list)  # (G,) each: `remaining`, of a single mode with its sign
    predicted: list[Array] = field(default_factory=list)  # (G,) each: the same of the drawn law
    function_errors: list[float] = field(default_factory=list)  # ||r - r_predicted|| / ||r(0)||; NaN: not known
    rehearsed_errors: list[float] = field(default_factory=list)  # the same of the rehearsal
    wave_errors: list[Array] = field(default_factory=list)  # (W,) each
    kernel_steps: list[int] = field(default_factory=list)
    motion: Motion | None = None
    extra: int = 0  # 1 once the last entry is off the plan: a run that goes on forgets it
    errors: dict[LawName, list[Array]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        initial = self.theory.initial
        groups = initial.groups.groups
        self._counts = np.array([group.significant for group in groups], dtype=bool)
        self._single = np.array([len(group.modes) == 1 for group in groups], dtype=bool)
        judged = [group for group in groups if group.significant]
        floors = np.array([initial.coefficient_floor / group.start_magnitude for group in judged])
        self._judged = Groups([group.modes for group in judged], floors, initial.config.recording.epsilon)

    def add(self, measured: Measured, theory: Theory, at: int) -> None:
        """Record the groups' state at entry `at` of this theory's steps: of the run's, or of a step off the plan.

        In the precision of the wire: a run that comes back from its checkpoint ends with the same figures.
        """
        remaining, learnt = in_wire_precision(measured.remaining), in_wire_precision(measured.learnt)
        self.steps.append(int(theory.steps[at]))
        self.extra += theory is not self.theory
        self.remaining.append(remaining)
        self.learnt.append(learnt)
        self.left.append(self._signed(remaining, learnt))
        drawn = theory.predictions[theory.law]
        self.predicted.append(self._signed(drawn.remaining[at], drawn.learnt[at]))
        self.function_errors.append(float(in_wire_precision(np.array(measured.function_error))))
        self.rehearsed_errors.append(float(in_wire_precision(np.array(measured.rehearsed_error))))
        self.wave_errors.append(measured.wave_errors)
        moving = (theory.mode_times[at] >= EARLIEST) & (theory.mode_times[at] <= LATEST)
        for law, predicted in theory.predictions.items():
            # One mode: with its sign. A group: its norm, since its modes have no direction of their own.
            error = np.where(self._single, abs(learnt - predicted.learnt[at]), abs(remaining - predicted.remaining[at]))
            self.errors[law].append(np.where(self._counts & moving, error, np.nan))

    def add_kernel(self, step: int, drift: float, moving: MovingPrediction | None) -> None:
        """Take up what a kernel frame says of the kernel's motion; at the start there is none."""
        self.kernel_steps.append(step)
        if step == 0:
            return
        largest = max(drift, self.motion.drift) if self.motion else drift
        self.motion = Motion(largest, moving.error, moving.frozen_error) if moving else Motion(largest)

    def verdict(self) -> Verdict | None:
        """Whether the kernel at the start predicts the run, as far as it is recorded."""
        measured, predicted = (np.array(values)[:, self._counts] for values in (self.left, self.predicted))
        errors, rehearsed = np.array(self.function_errors), np.array(self.rehearsed_errors)
        return verdict(errors, measured, predicted, self._judged, self.motion, rehearsed)

    def _signed(self, remaining: Array, learnt: Array) -> Array:
        """What is left of each group: of a single mode with its sign, else the norm's."""
        left: Array = np.where(self._single, 1 - learnt, remaining)
        return left

    def planned(self) -> dict[str, Any]:
        """The planned records, R of them, and the kernel's motion, by the names that a checkpoint has."""
        count, groups = len(self.steps) - self.extra, len(self._counts)
        return {
            "recorded_steps": self.steps[:count],
            "recorded_remaining": np.array(self.remaining[:count]).reshape(-1, groups),
            "recorded_learnt": np.array(self.learnt[:count]).reshape(-1, groups),
            "recorded_kernel_steps": self.kernel_steps,
            "recorded_function_errors": np.array(self.function_errors[:count]),
            "recorded_rehearsed_errors": np.array(self.rehearsed_errors[:count]),
            "recorded_wave_errors": np.array(self.wave_errors[:count]).reshape(count, -1) if count else None,
            "drift": self.motion.drift if self.motion else None,
            "moving_error": self.motion.moving_error if self.motion else None,
            "frozen_error": self.motion.frozen_error if self.motion else None,
        }

    def median_error(self, law: LawName) -> float | None:
        """Median over groups that count and records with 0.05 <= lambda t <= 3; None before there is one."""
        return _median(np.concatenate(self.errors[law])) if self.steps else None

    def median_errors(self) -> dict[LawName, float | None]:
        """Of each law."""
        return {law: self.median_error(law) for law in self.theory.predictions}

    def rows(self) -> list[ModeRow]:
        """The closing table: each group's eigenvalue, learning times (for good, theory, section 2) and error."""
        initial = self.theory.initial
        steps = torch.tensor(self.steps, dtype=torch.float64)
        table, errors = np.array(self.remaining), np.array(self.errors[self.theory.law])
        rows = []
        for column, group in enumerate(initial.groups.groups):
            found = step_for_good(steps, torch.from_numpy(table[:, column]), initial.config.recording.epsilon)
            rows.append(
                ModeRow(
                    modes=[mode + 1 for mode in group.modes],
                    eigenvalue=group.eigenvalue,
                    significant=group.significant,
                    predicted_learning_time=group.learning_time,
                    measured_learning_time=found.time and found.time * initial.learning_rate,
                    lost=found.lost,
                    median_error=_median(errors[:, column]),
                )
            )
        return rows

    def restore(self, checkpoint: Checkpoint, count_waves: int) -> None:
        """Take up what a checkpoint had recorded, at the first of the theory's steps; W waves of the target."""
        errors, waves = checkpoint.recorded_function_errors, checkpoint.recorded_wave_errors
        rehearsed = checkpoint.recorded_rehearsed_errors
        unknown = np.full(count_waves, np.nan)
        for at in range(len(checkpoint.recorded_steps)):
            measured = Measured(
                checkpoint.recorded_remaining[at],
                checkpoint.recorded_learnt[at],
                np.nan if errors is None else float(errors[at]),
                unknown if waves is None else waves[at],
                np.nan if rehearsed is None else float(rehearsed[at]),
            )
            self.add(measured, self.theory, at)
        self.kernel_steps = list(checkpoint.recorded_kernel_steps)
        if checkpoint.drift is not None:
            self.motion = Motion(checkpoint.drift, checkpoint.moving_error, checkpoint.frozen_error)


def learning_time_fit(rows: list[ModeRow]) -> LearningTimeFit | None:
    """The slope of measured learning times against eigenvalues; None for fewer than two different ones.

    Args:
        rows: The closing table, in order of the eigenvalues.
    """
    largest = max((row.eigenvalue for row in rows), default=0.0)
    entering = [
        (row.eigenvalue, row.measured_learning_time)
        for row in rows
        if row.significant and row.measured_learning_time and row.eigenvalue < SLOWER_THAN * largest
    ]
    eigenvalues, times = torch.tensor(entering, dtype=torch.float64).reshape(-1, 2).T
    if len(torch.unique(eigenvalues)) < 2:
        return None
    fit = log_log_fit(eigenvalues, times)
    return LearningTimeFit(
        slope=fit.slope,
        standard_error=fit.standard_error,
        count=fit.count,
        lowest=fit.lowest,
        highest=fit.highest,
        time_at_lowest=fit.at_lowest,
        time_at_highest=fit.at_highest,
    )


def _median(errors: Array) -> float | None:
    finite = errors[np.isfinite(errors)]
    return float(np.median(finite)) if finite.size else None
