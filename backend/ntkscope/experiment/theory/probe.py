"""Where a network is measured: the points, the targets, and what is subtracted from its output."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from ntkscope.numerics import (
    MLP,
    Stages,
    UnitSlopes,
    complete,
    empirical_ntk,
    empirical_ntk_stages,
    hessian_sharpness,
    identity_error,
    parameter_drift,
    to_host,
    unit_slope_shares,
)
from ntkscope.schemas.event_parts import HessianSharpness, Identity


@dataclass(frozen=True)
class Values:
    """A network on the training points and on the grid.

    Args:
        output: (n,) the network's own, on its device, in its precision.
        raw: (n,) the same in float64 on the CPU.
        fitted: (n,) the drawn function on the training points.
        function: (g,) the same on the grid.
        dead: Whether a hidden layer of units that can die lets nothing through.
    """

    output: Tensor
    raw: Tensor
    fitted: Tensor
    function: Tensor
    dead: bool


@dataclass(frozen=True)
class KernelMeasurement:
    """What a network's kernel frame is made of, on the CPU in float64.

    Args:
        kernels: (n, n) and (g, n); None at step 0.
        after: (n,) the network's output after one trial step.
        slopes: Of its hidden units, at the training points.
        decomposed: The kernel's eigenvalues and eigenvectors, as `torch.linalg.eigh` gave them on a card.
        moved: ||theta_t - theta_0|| / ||theta_0||; None where that is beyond float64.
    """

    kernels: tuple[Tensor, Tensor] | None
    after: Tensor
    slopes: UnitSlopes
    decomposed: tuple[Tensor, Tensor] | None
    moved: float | None


@dataclass(frozen=True)
class Probe:
    """Knows no config; its measurements are in float64 on the CPU.

    Args:
        inputs: (n, d) encoded, on the network's device, in its precision.
        grid_inputs: (g, d) likewise.
        targets: (n,) what the output minus the offset is compared with.
        offset: (n,) subtracted from the network's output: f_0 where training is centred, else 0.
        grid_offset: (g,) the same on the grid.
    """

    inputs: Tensor
    grid_inputs: Tensor
    targets: Tensor
    offset: Tensor
    grid_offset: Tensor

    @property
    def goal(self) -> Tensor:
        """(n,) what the network's own output is trained towards, on its device, in its precision."""
        return (self.targets + self.offset).to(self.inputs)

    @cached_property
    def _there(self) -> tuple[Tensor, Tensor]:
        """Offset and targets on the network's device, in float64: copied once a run."""
        return self.offset.to(self.inputs.device), self.targets.to(self.inputs.device)

    def values(self, network: MLP) -> Values:
        """The network as it is now, in one copy from its device."""
        output, function = network(self.inputs)[:, 0], network(self.grid_inputs)[:, 0]
        parts = [output, function]
        if network.activation.can_die:
            parts.append(network.hidden_derivatives_all_zero(self.inputs))
        found = to_host(*parts)
        return Values(output, found[0], found[0] - self.offset, found[1] - self.grid_offset, bool(sum(found[2:])))

    def kernels(self, network: MLP) -> tuple[Tensor, Tensor]:
        """K(X, X) (n, n) and K(x*, X) (g, n)."""
        return complete(self.kernel_stages(network))

    def kernel_stages(self, network: MLP) -> Stages[tuple[Tensor, Tensor]]:
        """`kernels`, with a stop every some tenths of a second."""
        kernel = (yield from empirical_ntk_stages(network, self.inputs)).double().cpu()
        return kernel, (yield from empirical_ntk_stages(network, self.grid_inputs, self.inputs)).double().cpu()

    def measured(
        self, network: MLP, start: MLP, values: Values, learning_rate: float, eigen: str, at_start: bool
    ) -> KernelMeasurement:
        """What needs the kernel, in two copies from the network's device.

        Args:
            network: As it is now.
            start: As it was at step 0.
            values: Its own.
            learning_rate: eta, of the trial step on a copy by which the identity is checked (theory, section 1).
            eigen: The device on which the kernel is decomposed.
            at_start: At step 0, whose kernels are there already.
        """
        trial, (offset, targets) = network.copy(), self._there
        residual = values.output.double() - offset - targets
        trial.descend(trial.gradients(self.inputs, residual.to(self.inputs)), learning_rate)
        after, shares = trial(self.inputs)[:, 0], unit_slope_shares(network, self.inputs)
        del trial  # kernels take memory of their own
        if at_start:
            after, shares = to_host(after, shares)
            return KernelMeasurement(None, after, UnitSlopes.of(shares), None, 0.0)
        kernel = empirical_ntk(network, self.inputs)
        cross_kernel = empirical_ntk(network, self.grid_inputs, self.inputs)
        decomposed = _eigh(kernel) if kernel.device.type == eigen == "cuda" else []
        (kernel,) = to_host(kernel)
        moved = parameter_drift(network.parameters(), start.parameters())
        cross_kernel, after, shares, moved, *found = to_host(cross_kernel, after, shares, moved, *decomposed)
        pair = (found[0], found[1].T) if found else None
        drifted = float(moved) if math.isfinite(moved) else None
        return KernelMeasurement((kernel, cross_kernel), after, UnitSlopes.of(shares), pair, drifted)

    def identity(self, values: Values, after: Tensor, kernel: Tensor, learning_rate: float) -> Identity | None:
        """||f_{k+1} - f_k + eta K_t r_k|| over ||eta K_t r_k|| (theory, section 1).

        Args:
            values: The network's own.
            after: (n,) its output after a trial step.
            kernel: (n, n) its own.
            learning_rate: eta.

        Returns:
            None where the network stands still.
        """
        precision = self.inputs.dtype
        residual = values.raw - self.offset - self.targets
        error, floor = identity_error(values.raw.to(precision), after.to(precision), kernel, residual, learning_rate)
        if not (np.isfinite(error) and np.isfinite(floor)):
            return None
        return Identity(error=error if error > floor else None, floor=floor)

    def hessian(self, network: MLP) -> HessianSharpness:
        """The largest eigenvalue of the loss's Hessian."""
        offset, targets = self._there
        found = hessian_sharpness(network, self.inputs, targets + offset)
        return HessianSharpness(largest=found.largest, error=found.error, products=found.products)


def _eigh(kernel: Tensor) -> list[Tensor]:
    """Eigenvalues, and eigenvectors as rows: column by column is how they lie in memory, and sums depend on that.

    Of a kernel on a card; nothing of one that is not finite, which the card's library refuses.
    """
    try:
        eigenvalues, vectors = torch.linalg.eigh(kernel)
        return [eigenvalues, vectors.T]
    except torch.linalg.LinAlgError:  # type: ignore[attr-defined]
        return []
