"""Runs that end badly: what was measured -> whether units are saturated, a sentence on it, and what to change."""

from __future__ import annotations

from dataclasses import dataclass, replace

from torch import Tensor

from ntkscope.experiment.format import number
from ntkscope.experiment.measure.states import KernelState, NetworkState
from ntkscope.experiment.problem.build import Problem
from ntkscope.experiment.problem.scaling import Spread
from ntkscope.experiment.theory.initial_state import InitialState
from ntkscope.numerics import UnitSlopes
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import Outcome
from ntkscope.schemas.event_parts import Bending, Changes, Suggestion
from ntkscope.schemas.training import AutoRate

MOST_FLAT = 0.9  # of a layer's units: above, hardly anything passes it
MOST_STRAIGHT = 0.95  # of every layer's slopes: above, the network hardly differs from an affine function
FEW_MODES = 0.5  # of the points
LEFT = 0.1  # of the target about its mean: below, nothing is amiss
LAZY = 0.3  # ||y|| / (output scale sqrt(width)) up to which the kernel stays near its start (docs/theory.md, section 3)
FRACTION = 0.25  # of 2/lambda_1: leaves room for lambda_1 to grow fourfold
SIGMA = 2.0


@dataclass(frozen=True)
class Condition:
    """How far a network can still bend what it sees, at one step.

    Args:
        step: When.
        slopes: Of its hidden units at the training points.
        linear: Whether its activation is, so that straight units are no finding.
        rank: Eigenvalues of its kernel above the noise floor.
        points: n, of which there are at most so many.
        left: Of sum (y - mean y)^2: at the start the share in modes below the floor, later that of the residual.
    """

    step: int
    slopes: UnitSlopes
    linear: bool
    rank: int
    points: int
    left: float

    @classmethod
    def at_start(cls, initial: InitialState) -> Condition:
        """At step 0: what K_0 cannot learn."""
        decomposed, targets = initial.kernel.spectrum, initial.problem.targets
        rank, about = decomposed.count_above_floor, targets - targets.mean()
        left = _share(decomposed.mode_coefficients(about)[rank:], about)
        linear = initial.problem.architecture.activation.is_linear
        return cls(0, initial.slopes, linear, rank, len(targets), left)

    def later(self, state: NetworkState, measured: KernelState, rank: int, targets: Tensor) -> Condition:
        """The same network further on: what is not learnt.

        Args:
            state: Of the network.
            measured: Its kernel and slopes.
            rank: Of the kernel.
            targets: (n,)
        """
        left = _share(state.fitted - targets, targets - targets.mean())
        return replace(self, step=state.step, slopes=measured.slopes, rank=rank, left=left)

    def again(self, told: Bending) -> Condition:
        """The same network as a checkpoint told of it."""
        return replace(
            self, step=told.step, slopes=UnitSlopes(told.flat, told.straight), rank=told.rank, left=told.left
        )

    def told(self) -> Bending:
        """For a checkpoint."""
        return Bending(
            step=self.step, flat=self.slopes.flat, straight=self.slopes.straight, rank=self.rank, left=self.left
        )

    @property
    def flat(self) -> float:
        """Share of units without slope, of the layer where it is largest."""
        return max(self.slopes.flat, default=0.0)

    @property
    def straight(self) -> float:
        """Share of slopes that are their unit's usual one, of the layer where it is smallest."""
        return min(self.slopes.straight, default=0.0)

    @property
    def saturated(self) -> bool:
        """Whether the units bend so little that the kernel has few modes, and this leaves a part of the target."""
        stuck = self.flat >= MOST_FLAT or (self.straight >= MOST_STRAIGHT and not self.linear)
        return stuck and self.rank <= FEW_MODES * self.points and self.left > LEFT

    @property
    def says(self) -> str:
        """The shares, in words."""
        if self.flat >= MOST_FLAT or self.straight < MOST_STRAIGHT:
            return f"{_percent(self.flat)} of the units have no slope at any training point"
        return f"{_percent(self.straight)} of the units' slopes are the same at every training point"


@dataclass(frozen=True)
class Facts:
    """What is known of the data before the first step.

    Args:
        inputs: As the encoding sees them.
        scalable: Whether data.scale_inputs can change them: it has not, and they are on no circle.
        target: In the person's own units, before noise.
        target_norm: Of what is trained on, before noise.
    """

    inputs: Spread
    scalable: bool
    target: Spread
    target_norm: float

    @classmethod
    def of(cls, problem: Problem, config: RunConfig) -> Facts:
        """Of a run's problem."""
        return cls(
            inputs=Spread.of(problem.coordinates.numpy()),
            scalable=config.data.scale_inputs == "none" and problem.geometry != "circle",
            target=Spread.of(problem.target_scaling.back(problem.clean.numpy())[:, None]),
            target_norm=float(problem.clean.norm()),
        )

    @property
    def inputs_to_blame(self) -> bool:
        """Whether the inputs are not what networks are made for, and can be scaled."""
        return self.scalable and self.inputs.needs_scaling


def end_sentence(facts: Facts, start: Condition, end: Condition) -> str:
    """What a run's end says of saturated units, in numbers; only for an end that is saturated."""
    if end.step == 0:  # nothing was measured since
        return f"{from_start(facts, start)}."
    if start.saturated:
        return f"{from_start(facts, start)}; {_percent(end.left)} of it is left at step {end.step:,}."
    return (
        f"At step {end.step:,}, {end.says}: of {start.rank:,} modes above round-off at the start {end.rank:,} "
        f"{'is' if end.rank == 1 else 'are'} there, and {_percent(end.left)} of the target about its mean is left."
    )


def closing(
    config: RunConfig, outcome: Outcome, facts: Facts, start: Condition, end: Condition
) -> tuple[str, Suggestion | None]:
    """What a run's end says besides, to be put behind its sentence, and what to change after a bad one."""
    saturated = outcome == "completed" and end.saturated
    remedy = suggestion(config, facts, start) if saturated or outcome in ("diverged", "dead_units") else None
    return f" {end_sentence(facts, start, end)}" if saturated else "", remedy


def suggestion(config: RunConfig, facts: Facts, start: Condition) -> Suggestion | None:
    """The changes that keep a run from ending diverged, dead or saturated; None where all of them are made already.

    Each follows from a number: inputs far from 1 are scaled; where the start is saturated all the same, the weights
    are; a target beyond LAZY sqrt(width) is scaled to it, and noise and the loss to stop at with it; the residual
    starts at -y; the rate is a quarter of the largest stable one.
    """
    network, data, stop = config.network, config.data, config.training.stop
    changes: Changes = {}
    said = []
    if facts.inputs_to_blame:
        changes["data.scale_inputs"] = "unit"
        said.append(f"inputs of {number(facts.inputs.low)} to {number(facts.inputs.high)} scaled to [−1, 1]")
    elif start.saturated and network.initialization == "normal":
        for name, symbol, value in (("sigma_w", "σ_w", network.sigma_w), ("sigma_b", "σ_b", network.sigma_b)):
            if value > SIGMA:
                changes[f"network.{name}"] = SIGMA
                said.append(f"{symbol} = {number(SIGMA)} instead of {number(value)}")
    most = LAZY * network.output_scale * (1.0 if network.parameterization == "mean_field" else network.last_width**0.5)
    if facts.target_norm > most:
        norm = float(f"{most:.3g}")
        factor = norm / facts.target_norm
        changes["data.norm"] = norm
        if data.noise > 0 and data.scale_targets == "none":  # else it is in the person's own units
            changes["data.noise"] = float(f"{data.noise * factor:.3g}")
        if stop.loss is not None:
            changes["training.stop.loss"] = float(f"{stop.loss * factor**2:.3g}")
        said.append(
            f"the target scaled to ‖y‖ = {number(norm)} instead of {number(facts.target_norm)} (this keeps the "
            "kernel near its start; losses are then of the scaled target)"
        )
    if not network.centered:
        changes["network.centered"] = True
        said.append("a start from zero")
    rate = config.training.learning_rate
    if rate.kind != "auto" or rate.fraction > FRACTION:
        changes["training.learning_rate"] = AutoRate(fraction=FRACTION)
        said.append("a quarter of 2/λ₁ as learning rate")
    if changes and stop.time is not None:
        changes["training.stop.time"] = None
        said.append("no stop at a time, which would be another number of steps")
    if not changes:
        return None
    return Suggestion(changes=changes, sentence=f"What was measured asks for {_listed(said)}.")


def from_start(facts: Facts, start: Condition) -> str:
    """Why the kernel at the start sees so little of the target, in numbers."""
    cause = (
        f"With inputs of {number(facts.inputs.low)} to {number(facts.inputs.high)}"
        if facts.inputs_to_blame
        else "At the start"
    )
    return (
        f"{cause}, {start.says}: {start.points - start.rank:,} of {start.points:,} modes lie below round-off and hold "
        f"{_percent(start.left)} of the target about its mean"
    )


def _share(part: Tensor, whole: Tensor) -> float:
    size = float(whole @ whole)
    return float(part @ part) / size if size > 0 else 0.0


def _percent(share: float) -> str:
    return f"{number(100 * share)} %"


def _listed(said: list[str]) -> str:
    return said[0] if len(said) == 1 else f"{'; '.join(said[:-1])}; and {said[-1]}"
