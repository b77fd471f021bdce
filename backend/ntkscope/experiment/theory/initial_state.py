"""The state of a run at step 0: data, network, K_0, its modes, the learning rate."""

import math
import sys
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ntkscope.errors import InvalidInput
from ntkscope.experiment.problem.build import Problem, build, network_stages
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.problem.loss import half_sums, loss_to_stop_at
from ntkscope.experiment.theory.frequencies import fourier_rows
from ntkscope.experiment.theory.modes import ModeGroups, coefficient_floor, describe_modes, mode_frequencies
from ntkscope.experiment.theory.probe import Probe
from ntkscope.numerics import (
    LAWS,
    MLP,
    FrozenKernel,
    Law,
    Stages,
    UnitSlopes,
    complete,
    output_stages,
    spectrum,
    unit_slopes,
)
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import TRAINING_LAW
from ntkscope.schemas.placement import ON_CPU, Placement
from ntkscope.schemas.training import LossName

Array = NDArray[np.float64]
FUNCTION_ROUND_OFF = 100.0  # times the floor of one coefficient: a function is a sum of many


@dataclass(frozen=True)
class InitialState:
    """What everything later is measured against; the kernel and all that follows from it in float64.

    Shapes: n training points, g grid points, m followed modes.
    """

    config: RunConfig
    placement: Placement
    problem: Problem
    network: MLP  # at step 0, on the run's device, in its precision
    probe: Probe
    matrix: Tensor  # (n, n) K_0
    kernel: FrozenKernel  # K_0 with its modes, the residual and the function at step 0: it predicts the whole run
    slopes: UnitSlopes  # of the hidden units, at the training points
    groups: ModeGroups
    mode_frequencies: Array  # (m,)
    fourier_rows: Tensor  # (F, n) complex: |rows @ residual| is its spectrum
    learning_rate: float
    largest_stable_rate: float | None  # 2 / lambda_1(K_0)
    last_step: int
    coefficient_floor: float

    @property
    def training_law(self) -> Law:
        """Of the steps that training takes."""
        return LAWS[TRAINING_LAW](self.learning_rate)

    @property
    def followed(self) -> int:
        """m leading modes that every frame follows."""
        return len(self.groups.start)

    @property
    def loss(self) -> float:
        """1/2 ||f_0 - y||^2."""
        return 0.5 * float(self.kernel.residual @ self.kernel.residual)

    @property
    def loss_to_stop_at(self) -> float | None:
        """1/2 ||f - y||^2 at or below which training ends; None: at none."""
        return loss_to_stop_at(self.config.training, len(self.problem.targets))

    @property
    def function_floor(self) -> float:
        """Norm on the grid below which a function is round-off."""
        return (
            FUNCTION_ROUND_OFF
            * self.coefficient_floor
            * math.sqrt(len(self.kernel.function) / len(self.kernel.residual))
        )

    def coefficients(self, residual: Tensor) -> Array:
        """(m,) of a residual (n,), in the followed modes of K_0."""
        found: Array = (self.kernel.spectrum.leading(self.followed).T @ residual).numpy()
        return found


# Above which a rate times the factors of a layer may be no number of this precision any more.
LARGEST_RATE: dict[str, float] = {"float32": 1e30, "float64": math.inf}
LARGEST_TIME = 1e290  # rate times lambda_1 times steps


def initial(config: RunConfig, dataset: Table | None = None, placement: Placement = ON_CPU) -> InitialState:
    """Build the run's problem and network and decompose its kernel.

    Raises:
        InvalidInput: the config or its data cannot be run; the message says why.
    """
    return complete(initial_stages(config, dataset, placement))


def initial_stages(
    config: RunConfig, dataset: Table | None = None, placement: Placement = ON_CPU
) -> Stages[InitialState]:
    """`initial`, with a stop every some tenths of a second; the eigendecomposition alone has none."""
    problem = build(config, dataset)
    yield
    device, dtype = placement.device, getattr(torch, config.training.precision)
    network = (yield from network_stages(problem, config.seed, device)).to(dtype=dtype)
    inputs = problem.encoded.to(device, dtype)
    grid_inputs = problem.grid_encoded.to(device, dtype)
    yield
    output = (yield from output_stages(network, inputs))[:, 0].double().cpu()
    grid_output = (yield from output_stages(network, grid_inputs))[:, 0].double().cpu()
    zeros = torch.zeros_like(output), torch.zeros_like(grid_output)
    # What the network adds to the drawn function at step 0 is its f_0, or nothing where that is subtracted.
    outputs = output, grid_output
    offsets, (fitted, function) = (outputs, zeros) if config.network.centered else (zeros, outputs)
    probe = Probe(inputs, grid_inputs, problem.targets, *offsets)
    matrix, cross_kernel = yield from probe.kernel_stages(network)
    _check_finite(output, matrix)
    decomposed = spectrum(matrix)
    yield
    kernel = FrozenKernel(decomposed, cross_kernel, fitted - problem.targets, function)
    rate, largest = learning_rate(config, float(decomposed.eigenvalues[0]), len(problem.targets))
    floor = coefficient_floor(problem.targets, output, config.training.precision)
    groups = describe_modes(kernel, problem, config.recording, floor, rate)
    yield
    return InitialState(
        config=config,
        placement=placement,
        problem=problem,
        network=network,
        probe=probe,
        matrix=matrix,
        kernel=kernel,
        slopes=unit_slopes(network, inputs),
        groups=groups,
        mode_frequencies=mode_frequencies(decomposed, problem, len(groups.start)).numpy(),
        fourier_rows=fourier_rows(problem),
        learning_rate=rate,
        largest_stable_rate=largest,
        last_step=last_step(config, rate),
        coefficient_floor=floor,
    )


def _check_finite(output: Tensor, matrix: Tensor) -> None:
    """Refuses a network that is beyond the range of its numbers before a step."""
    for name, values in (("an output", output), ("a kernel", matrix)):
        if not bool(torch.isfinite(values).all()):
            raise InvalidInput(
                "A network whose output and kernel are finite at the start.",
                f"one with {name} that is not",
                "Take smaller weights, biases or inputs, or fewer layers.",
                "network",
            )


def with_config(state: InitialState, config: RunConfig) -> InitialState:
    """The same start with another rate or end: what follows from these alone is found anew."""
    rate, _ = learning_rate(config, float(state.kernel.spectrum.eigenvalues[0]), len(state.kernel.residual))
    return replace(
        state,
        config=config,
        groups=describe_modes(state.kernel, state.problem, config.recording, state.coefficient_floor, rate),
        learning_rate=rate,
        last_step=last_step(config, rate),
    )


def learning_rate(config: RunConfig, largest_eigenvalue: float, points: int) -> tuple[float, float | None]:
    """The learning rate and 2/lambda_1(K_0), None where that is beyond the range of float64; both of half the sum.

    A rehearsed rate that is not chosen yet is the most that it may be.

    Raises:
        InvalidInput: an automatic rate is asked for and the kernel is zero, or the rate is no positive number.
    """
    largest_stable = 2 / largest_eigenvalue if largest_eigenvalue > 2 / sys.float_info.max else None
    rate = _asked_rate(config, largest_stable, points)
    precision, steps = config.training.precision, config.training.stop.steps
    if rate < LARGEST_RATE[precision] and rate * steps * max(largest_eigenvalue, 1.0) < LARGEST_TIME:
        return rate, largest_stable
    raise InvalidInput(
        f"A learning rate within the range of {precision}, and in that of float64 times λ₁ and the number of steps.",
        f"{rate:g}, λ₁ = {largest_eigenvalue:g} and {steps:,} steps",
        "Give a smaller rate.",
        "training.learning_rate",
    )


def _asked_rate(config: RunConfig, largest_stable: float | None, points: int) -> float:
    """The rate of half the sum that the config asks for."""
    choice = config.training.learning_rate
    if choice.kind == "given":
        return _of_half_the_sum(choice.value, config.training.loss, points)
    if choice.kind == "rehearsed" and choice.value is not None:
        return choice.value
    if largest_stable is None:
        raise InvalidInput(
            "The kernel's largest eigenvalue must be positive for an automatic learning rate.",
            "a kernel of zeros (no unit is active)",
            "Give a learning rate of your own, or change the seed or the biases.",
            "training.learning_rate",
        )
    fraction, name = (choice.fraction, "fraction") if choice.kind == "auto" else (choice.most, "most")
    rate, precision = fraction * largest_stable, config.training.precision
    if not 0 < rate < LARGEST_RATE[precision]:
        raise InvalidInput(
            f"An automatic learning rate within the range of {precision}.",
            f"{fraction:g} of 2/λ₁ = {largest_stable:g}",
            "Give a learning rate of your own, or a fraction near 1.",
            f"training.learning_rate.{name}",
        )
    return rate


def _of_half_the_sum(given: float, loss: LossName, points: int) -> float:
    """A rate of this loss as one of half the sum of squares."""
    rate = given * half_sums(loss, points)
    if rate > 0:
        return rate
    raise InvalidInput(
        "A learning rate that is above 0 in float64 for half the sum of squares, too.",
        f"{given:g} of the loss that is chosen, over {points:,} points",
        "Give a larger rate.",
        "training.learning_rate",
    )


def last_step(config: RunConfig, rate: float) -> int:
    """The last step of the run: its largest number of steps, or the one at its largest time if that is sooner."""
    stop = config.training.stop
    if stop.time is None or stop.time / rate >= stop.steps:
        return stop.steps
    return max(1, int(np.ceil(stop.time / rate * (1 - 1e-12))))
