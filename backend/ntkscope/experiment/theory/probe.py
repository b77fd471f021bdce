"""Where a network is measured: the points, the targets, and what is subtracted from its output."""

from dataclasses import dataclass

import numpy as np
from torch import Tensor

from ntkscope.numerics import MLP, Stages, complete, empirical_ntk_stages, hessian_sharpness, identity_error
from ntkscope.schemas.event_parts import HessianSharpness, Identity


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

    def values(self, network: MLP) -> tuple[Tensor, Tensor]:
        """The drawn function on the training points (n,) and on the grid (g,)."""
        fitted = network(self.inputs)[:, 0].double().cpu() - self.offset
        return fitted, network(self.grid_inputs)[:, 0].double().cpu() - self.grid_offset

    def kernels(self, network: MLP) -> tuple[Tensor, Tensor]:
        """K(X, X) (n, n) and K(x*, X) (g, n)."""
        return complete(self.kernel_stages(network))

    def kernel_stages(self, network: MLP) -> Stages[tuple[Tensor, Tensor]]:
        """`kernels`, with a stop every some tenths of a second."""
        kernel = (yield from empirical_ntk_stages(network, self.inputs)).double().cpu()
        return kernel, (yield from empirical_ntk_stages(network, self.grid_inputs, self.inputs)).double().cpu()

    def identity(self, network: MLP, kernel: Tensor, learning_rate: float) -> Identity | None:
        """||f_{k+1} - f_k + eta K_t r_k|| over ||eta K_t r_k||, by one trial step on a copy (theory, section 1).

        Args:
            network: As it is now.
            kernel: (n, n) its own.
            learning_rate: eta.

        Returns:
            None where the network stands still.
        """
        before = network(self.inputs)[:, 0].cpu()
        residual = before.double() - self.offset - self.targets
        trial = network.copy()
        trial.descend(trial.gradients(self.inputs, residual.to(self.inputs)), learning_rate)
        error, floor = identity_error(before, trial(self.inputs)[:, 0].cpu(), kernel, residual, learning_rate)
        if not (np.isfinite(error) and np.isfinite(floor)):
            return None
        return Identity(error=error if error > floor else None, floor=floor)

    def hessian(self, network: MLP) -> HessianSharpness:
        """The largest eigenvalue of the loss's Hessian."""
        found = hessian_sharpness(network, self.inputs, self.targets + self.offset)
        return HessianSharpness(largest=found.largest, error=found.error, products=found.products)
