"""One leap of a rehearsal: many steps of gradient descent by the average of the kernels at both of its ends."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from jaxtyping import Complex, Float
from torch import Tensor

from ntkscope.numerics.empirical_ntk import empirical_ntk_stages, row_work
from ntkscope.numerics.frozen_kernel import FrozenKernel, KernelPrediction
from ntkscope.numerics.law import GradientDescent
from ntkscope.numerics.mlp import MLP
from ntkscope.numerics.spectrum import Spectrum, spectrum
from ntkscope.numerics.stages import Stages

CALL = 4e5  # multiply-adds in whose time a layer's small operations are called, whatever their size
KERNEL_CALLS = 8  # of those for a layer of a kernel, and as many for its eigendecomposition
EIGEN = 6.0  # multiply-adds of an eigendecomposition, over n^3, at the speed of a product (measured, n = 32 to 512)


@dataclass(frozen=True)
class Control:
    """How a rehearsal goes. All of it is counted, nothing timed: the answer is the same on every machine.

    Args:
        work: Multiply-adds in all; about a second on one core.
        first: Share of them for real steps at the start, where the kernel moves most and a rate that is too large
            shows. With none of them a third of the diverging runs was missed.
        tolerance: Error of a leap that is aimed at. Ten times less costs three times the leaps, and is no better.
        accepted: Largest error of a leap, over the tolerance.
        growth: Largest factor from a leap to the next: where the kernel rests, any number of steps takes some 20.
        shrink: Smallest factor, after a leap that was accepted and after one that was not.
        edge: learning rate * lambda_1 from which on only real steps are taken: at 2 no law of a constant kernel holds.
        learnt: Of its limit; where every watched row is smaller, the rehearsal ends.
        settled: At the edge a row may come back: it ends only this much later than the last step above a limit.
        diverged: Times the residual's norm at the start, as a training is ended.
        faded: Of the residual's norm at the start, below which nothing is followed: near the round-off of float32.
        risk: learning rate * lambda_1 from which on a network whose activation has no largest value may end badly.
        more: Times the work where that was met: there only real steps tell how it ends.
        nodes: Told for each decade of steps.
        look: Steps between two kernels among the first real steps, over those that a leap costs.
    """

    work: float = 1.6e10
    first: float = 0.25
    tolerance: float = 0.1
    accepted: float = 3.0
    growth: float = 4.0
    shrink: tuple[float, float] = (0.3, 0.1)
    edge: float = 1.95
    learnt: float = 0.3
    settled: float = 1.6
    diverged: float = 1e4
    faded: float = 1e-6
    risk: float = 3.0
    more: float = 2.0
    nodes: int = 8
    look: int = 8


@dataclass(frozen=True)
class Costs:
    """What each part takes, in multiply-adds: counted, never timed, so that every machine decides alike."""

    step: float
    kernel: float  # with its eigendecomposition
    product: float  # J^T v, and the network moved by it
    outputs: float  # at the training points

    @classmethod
    def of(cls, network: MLP, n: int) -> Costs:
        """Of a network at n points."""
        layers, point = len(network.weights), n * row_work(network)
        grams = n * n * sum(sum(weight.shape) for weight in network.weights) / 2
        calls = CALL * layers
        return cls(
            step=3 * point + calls,
            kernel=2 * point + grams + EIGEN * n**3 + KERNEL_CALLS * (calls + CALL),
            product=3 * point + 2 * network.parameter_count + 4 * calls,
            outputs=point + calls,
        )

    @property
    def leap(self) -> float:
        """One that is accepted."""
        return 2 * self.kernel + 3 * self.product + self.outputs


@dataclass(frozen=True)
class Watched:
    """Linear maps of the residual, each of which is learnt when its size is at most its limit.

    Args:
        rows: W_k, as `wave_map` gives them.
        limits: Positive, in the residual's units.
        least: Norms of a residual count as so much at least: below it is round-off.
    """

    rows: Complex[Tensor, "F n"]
    limits: Float[Tensor, " F"]
    least: float = 1e-300

    def sizes(self, residuals: Float[Tensor, "T n"]) -> Float[Tensor, "T F"]:
        """|W_k r|."""
        return (residuals.to(self.rows.dtype) @ self.rows.T).abs()

    def apart(self, one: Float[Tensor, " n"], other: Float[Tensor, " n"], residual: Float[Tensor, " n"]) -> float:
        """How far two residuals are apart, over the one that both come from: the norm's, or the worst watched row's.

        A row counts half of its limit at least: below that it is learnt, and its own size tells nothing.
        """
        difference = one - other
        if not bool(torch.isfinite(difference).all()):
            return math.inf
        worst = float(difference.norm()) / max(float(residual.norm()), self.least)
        if not len(self.limits):
            return worst
        moved, size = self.sizes(torch.stack([difference, residual]))
        return max(worst, float((moved / torch.maximum(size, self.limits / 2)).max()))


@dataclass(frozen=True)
class Training:
    """What is rehearsed.

    Args:
        network: At step 0; it is not moved. Real steps are taken in its precision.
        inputs: X, encoded.
        goal: What its output is to be there: the targets, and the output at step 0 where that is taken off.
        grid_inputs: Where the function is told.
        grid_offset: Taken off the output there.
        learning_rate: eta.
        watched: What is to be learnt.
        horizon: The last step that is asked about.
        drawn: The last step that is drawn: before it nothing ends although all is learnt, and no node is told beyond
            the first that is as late. None: nodes are told as far as it goes.
        asked: Steps whose residual is told.
    """

    network: MLP
    inputs: Float[Tensor, "n d"]
    goal: Float[Tensor, " n"]
    grid_inputs: Float[Tensor, "g d"]
    grid_offset: Float[Tensor, " g"]
    learning_rate: float
    watched: Watched
    horizon: int
    drawn: int | None = None
    asked: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Place:
    """The network at a step, exactly: its parameters in float64, f - goal, and its kernel."""

    step: int
    network: MLP
    residual: Float[Tensor, " n"]
    kernel: Float[Tensor, "n n"]
    spectrum: Spectrum

    @property
    def frozen(self) -> FrozenKernel:
        """What this kernel predicts of the training points from here on."""
        return FrozenKernel(self.spectrum, None, self.residual, self.residual.new_zeros(0))


def at_place(step: int, network: MLP, inputs: Tensor, goal: Tensor) -> Stages[Place | None]:
    """The place of this network; None where its residual or its kernel is not finite."""
    residual = network(inputs)[:, 0] - goal
    kernel = yield from empirical_ntk_stages(network, inputs)
    if not bool(torch.isfinite(residual).all() & torch.isfinite(kernel).all()):
        return None
    return Place(step, network, residual, kernel, spectrum(kernel))


@dataclass(frozen=True)
class Path:
    """The way of a leap, from its start on: the law of the average kernel, and the parameters that it moves.

    Args:
        first: The network where it starts.
        second: And where the kernel of the start alone would lead.
        average: Of the kernels of both, with the residual at the start.
        law: Of the steps that training takes.
        inputs: X.
    """

    first: MLP
    second: MLP
    average: FrozenKernel
    law: GradientDescent
    inputs: Float[Tensor, "n d"]

    def residuals(self, steps: Float[Tensor, " T"]) -> Float[Tensor, "T n"]:
        """So many steps after the start, by the law."""
        return self.average.predict(self.law, steps).residual

    def part(self, steps: int, whole: int) -> float:
        """How far along the way of the whole leap the parameters are after so many steps; 1 at its end.

        They move by J^T v, v = s_k(K) r: the product of that with the whole motion, over the whole one's square.
        """
        both = self.average.predict(self.law, torch.tensor([float(steps), float(whole)], dtype=torch.float64))
        moves = both.factor * self.average.coefficients
        products = (moves * moves[1]) @ self.average.spectrum.eigenvalues.clamp_min(0)
        return float(products[0] / products[1]) if float(products[1]) > 0 else 1.0

    def network(self, steps: int) -> MLP:
        """theta - (J + J*)^T s_k(K) r / 2."""
        moves = move(self.average.predict(self.law, _one(steps))) / 2
        found = self.first.copy()
        for network in (self.first, self.second):
            found.descend(network.gradients(self.inputs, moves), 1.0)
        return found


@dataclass(frozen=True)
class Leap:
    """What came of a leap.

    Args:
        error: How far the residual under the first kernel, under the average and that of the moved network itself are
            apart, as `Watched.apart` has it; infinite where it met the edge of stability.
        path: None where it went too far to be followed.
        network: At its end.
        work: That it took.
    """

    error: float
    path: Path | None
    network: MLP | None
    work: float


def leap(
    place: Place,
    steps: int,
    law: GradientDescent,
    inputs: Float[Tensor, "n d"],
    goal: Float[Tensor, " n"],
    watched: Watched,
    control: Control,
) -> Stages[Leap]:
    """Tries a leap of so many steps; the first of the three residuals that is too far from another ends it.

    Args:
        place: Where it starts.
        steps: k.
        law: Of the training.
        inputs: X.
        goal: What the network's output is to be there.
        watched: By which the error is measured, beside the norm.
        control: The largest error, and the edge of stability.

    Source: theory, section 10.
    """
    costs = Costs.of(place.network, len(inputs))
    held = place.frozen.predict(law, _one(steps))
    second = place.network.copy()
    second.descend(second.gradients(inputs, move(held)), 1.0)
    other = yield from empirical_ntk_stages(second, inputs)
    work = costs.product + costs.kernel
    if not bool(torch.isfinite(other).all()):
        return Leap(math.inf, None, None, work)
    average = FrozenKernel(spectrum((place.kernel + other) / 2), None, place.residual, place.frozen.function)
    yield
    if law.learning_rate * float(average.spectrum.eigenvalues[0]) >= control.edge:
        return Leap(math.inf, None, None, work)
    path = Path(place.network, second, average, law, inputs)
    accepted = control.accepted * control.tolerance
    predicted = path.residuals(_one(steps))[0]
    error = watched.apart(predicted, held.residual[0], place.residual)
    if error > accepted:
        return Leap(error, None, None, work)
    network = path.network(steps)
    error = max(error, watched.apart(network(inputs)[:, 0] - goal, predicted, place.residual))
    work += 2 * costs.product + costs.outputs
    return Leap(error, path if error <= accepted else None, network, work)


def move(prediction: KernelPrediction) -> Float[Tensor, " n"]:
    """s_k(K) r = Q diag((1 - (1 - eta lambda)^k) / lambda) Q^T r, the sum of eta r over the steps: J^T moves by it."""
    kernel = prediction.kernel
    return kernel.spectrum.modes @ (prediction.factor[0] * kernel.coefficients)


def _one(step: int) -> Float[Tensor, " 1"]:
    return torch.tensor([float(step)], dtype=torch.float64)
