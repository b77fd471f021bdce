"""The state of a run at step 0: data, network, K_0, its modes, the learning rate."""

import math
import sys
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ntkscope.errors import InvalidInput, Unavailable
from ntkscope.experiment.problem.build import Problem, build, network_stages
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.schedule import check_steps
from ntkscope.experiment.theory.frequencies import fourier_rows
from ntkscope.experiment.theory.modes import coefficient_floor, describe_modes, mode_frequencies
from ntkscope.numerics import (
    LAWS,
    MLP,
    FrozenKernel,
    Law,
    Spectrum,
    Stages,
    complete,
    empirical_ntk_stages,
    output_stages,
    spectrum,
)
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import TRAINING_LAW
from ntkscope.schemas.event_parts import Group

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Start:
    """What everything later is measured against; kernel, modes and residual in float64.

    Shapes: n training points, g grid points, p parameters.
    """

    config: RunConfig
    problem: Problem
    network: MLP  # at step 0, on the run's device, in its precision
    inputs: Tensor  # (n, d) encoded, on the device, in its precision
    grid_inputs: Tensor  # (g, d)
    fitted: Tensor  # (n,) what the network adds to the drawn function at step 0: f_0, or 0 if centered
    grid_function: Tensor  # (g,) the same on the grid
    offset: Tensor  # (n,) subtracted from the network's output: 0, or f_0 if centered
    grid_offset: Tensor  # (g,)
    kernel: Tensor  # (n, n) K_0
    cross_kernel: Tensor  # (g, n)
    spectrum: Spectrum
    residual: Tensor  # (n,) at step 0
    fourier_rows: Tensor  # (F, n) complex: |rows @ residual| is its spectrum
    mode_coefficients: Tensor  # (n,) of the residual
    followed: int  # m leading modes that every frame follows
    mode_frequencies: Array  # (m,)
    groups: list[Group]
    learning_rate: float
    stability_limit: float | None
    last_step: int
    coefficient_floor: float

    @property
    def frozen(self) -> FrozenKernel:
        """K_0, which predicts the whole run."""
        return FrozenKernel(self.spectrum, self.cross_kernel, self.residual, self.grid_function)

    @property
    def training_law(self) -> Law:
        """Of the steps that training takes."""
        return LAWS[TRAINING_LAW](self.learning_rate)

    @property
    def leading_modes(self) -> int:
        """As many as count, at least 1; more where that would cut a group, whose modes have no directions."""
        wanted = max(1, sum(len(group.modes) for group in self.groups if group.counts))
        return max(mode + 1 for group in self.groups if min(group.modes) < wanted for mode in group.modes)


def start(config: RunConfig, dataset: Table | None = None) -> Start:
    """Build the run's problem and network and decompose its kernel.

    Raises:
        InvalidInput: the config or its data cannot be run; the message says why.
        Unavailable: a GPU is asked for where there is none.
    """
    return complete(start_stages(config, dataset))


def start_stages(config: RunConfig, dataset: Table | None = None) -> Stages[Start]:
    """`start`, with a stop every some tenths of a second; the eigendecomposition alone has none."""
    check_steps(config.training.stop.steps)
    problem = build(config, dataset)
    yield
    device, dtype = choose_device(config), getattr(torch, config.training.precision)
    network = (yield from network_stages(problem, config.seed, device)).to(dtype=dtype)
    inputs = problem.encoded.to(device, dtype)
    grid_inputs = problem.grid_encoded.to(device, dtype)
    yield
    output = (yield from output_stages(network, inputs))[:, 0].double().cpu()
    grid_output = (yield from output_stages(network, grid_inputs))[:, 0].double().cpu()
    kernel = (yield from empirical_ntk_stages(network, inputs)).double().cpu()
    cross_kernel = (yield from empirical_ntk_stages(network, grid_inputs, inputs)).double().cpu()
    centered = config.network.centered
    zero, grid_zero = torch.zeros_like(output), torch.zeros_like(grid_output)
    offset, fitted = (output, zero) if centered else (zero, output)
    residual = fitted - problem.targets
    decomposed = spectrum(kernel)
    yield
    coefficients = decomposed.mode_coefficients(residual)
    followed = min(config.recording.modes, len(residual))
    rate, limit = learning_rate(config, float(decomposed.eigenvalues[0]))
    floor = coefficient_floor(problem.targets, output, config.training.precision)
    frequencies = mode_frequencies(decomposed, problem, followed).numpy()
    yield
    return Start(
        config=config,
        problem=problem,
        network=network,
        inputs=inputs,
        grid_inputs=grid_inputs,
        fitted=fitted,
        grid_function=grid_zero if centered else grid_output,
        offset=offset,
        grid_offset=grid_output if centered else grid_zero,
        kernel=kernel,
        cross_kernel=cross_kernel,
        spectrum=decomposed,
        residual=residual,
        fourier_rows=fourier_rows(problem),
        mode_coefficients=coefficients,
        followed=followed,
        mode_frequencies=frequencies,
        groups=describe_modes(
            decomposed,
            coefficients[:followed],
            problem,
            residual_norm=float(residual.norm()),
            coefficient_floor=floor,
            epsilon=config.recording.epsilon,
            learning_rate=rate,
        ),
        learning_rate=rate,
        stability_limit=limit,
        last_step=last_step(config, rate),
        coefficient_floor=floor,
    )


def choose_device(config: RunConfig) -> str:
    """`cuda` where it is asked for, or there and asked for as `auto`; else `cpu`."""
    asked = config.training.device
    if asked == "cuda" and not torch.cuda.is_available():
        raise Unavailable(
            "A CUDA device must be there to train on one.",
            "device cuda on a machine without one",
            "Choose device cpu or auto.",
            "training.device",
        )
    return "cuda" if asked != "cpu" and torch.cuda.is_available() else "cpu"


def learning_rate(config: RunConfig, largest_eigenvalue: float) -> tuple[float, float | None]:
    """The learning rate and 2/lambda_1(K_0), None where that is beyond the range of float64.

    Raises:
        InvalidInput: an automatic rate is asked for and the kernel is zero, or the rate is no positive number.
    """
    limit = 2 / largest_eigenvalue if largest_eigenvalue > 2 / sys.float_info.max else None
    choice = config.training.learning_rate
    if choice.kind == "given":
        return choice.value, limit
    if limit is None:
        raise InvalidInput(
            "The kernel's largest eigenvalue must be positive for an automatic learning rate.",
            "a kernel of zeros (no unit is active)",
            "Give a learning rate of your own, or change the seed or the biases.",
            "training.learning_rate",
        )
    rate = choice.fraction * limit
    if not 0 < rate < math.inf:
        raise InvalidInput(
            "An automatic learning rate within the range of float64.",
            f"{choice.fraction:g} of 2/λ₁ = {limit:g}",
            "Give a learning rate of your own, or a fraction near 1.",
            "training.learning_rate.fraction",
        )
    return rate, limit


def last_step(config: RunConfig, rate: float) -> int:
    """The last step of the run: its largest number of steps, or the one at its largest time if that is sooner."""
    stop = config.training.stop
    if stop.time is None or stop.time / rate >= stop.steps:
        return stop.steps
    return max(1, int(np.ceil(stop.time / rate * (1 - 1e-12))))
