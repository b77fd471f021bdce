"""What a kernel predicts for as long as it stays as it is: K_0 and Theta for a whole run, each K_t until the next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import torch
from jaxtyping import Float
from torch import Tensor

from ntkscope.numerics.dynamics import predict
from ntkscope.numerics.law import Law
from ntkscope.numerics.spectrum import Spectrum
from ntkscope.numerics.stages import Stages, pieces

LARGEST = 1e60  # above 2/lambda_1 a prediction grows without end; it is not followed beyond


@dataclass(frozen=True)
class FrozenKernel:
    """A constant kernel, and the network where it begins.

    Args:
        spectrum: Of K(X, X).
        cross_kernel: K(x*, X); None where only the training points are predicted.
        residual: f(X) - y at the start.
        function: f(x*) at the start.
    """

    spectrum: Spectrum
    cross_kernel: Float[Tensor, "g n"] | None
    residual: Float[Tensor, " n"]
    function: Float[Tensor, " g"]

    @cached_property
    def coefficients(self) -> Float[Tensor, " n"]:
        """Of the residual at the start, in the kernel's modes."""
        return self.spectrum.mode_coefficients(self.residual)

    def predict(self, law: Law, step: Float[Tensor, " steps"]) -> KernelPrediction:
        """The network so many steps after the start.

        Raises:
            ValueError: a step is negative.
        """
        if bool((step < 0).any()):
            raise ValueError(f"a prediction only goes forward; you gave step {float(step.min()):g}")
        return KernelPrediction(self, law, step.to(self.residual.device))


@dataclass(frozen=True)
class KernelPrediction:
    """The network at T steps; each array is found when it is first read, and none is followed beyond +-1e60.

    Args:
        kernel: That predicts.
        law: By which its modes move.
        step: From the kernel's start; may be infinite.
    """

    kernel: FrozenKernel
    law: Law
    step: Float[Tensor, " steps"]

    @cached_property
    def coefficients(self) -> Float[Tensor, "steps n"]:
        """Of the residual, in the kernel's modes."""
        start = self.kernel.coefficients
        remaining = self.law.remaining(self.kernel.spectrum.eigenvalues, self.step)
        return _bounded(torch.where(start == 0, 0.0, remaining * start))

    @cached_property
    def residual(self) -> Float[Tensor, "steps n"]:
        """f(X) - y."""
        return _bounded(self.coefficients @ self.kernel.spectrum.modes.T)

    @cached_property
    def loss(self) -> Float[Tensor, " steps"]:
        """1/2 sum r^2."""
        return 0.5 * (self.coefficients**2).sum(dim=1)

    @cached_property
    def factor(self) -> Float[Tensor, "steps n"]:
        """As `Law.factor` has it."""
        return _bounded(self.law.factor(self.kernel.spectrum.eigenvalues, self.step))

    @cached_property
    def function(self) -> Float[Tensor, "steps g"]:
        """f(x*).

        Raises:
            ValueError: the kernel was given without its values at new points.
        """
        kernel = self.kernel
        if kernel.cross_kernel is None:
            raise ValueError("a function needs the kernel at its points; give cross_kernel")
        return _bounded(predict(kernel.spectrum, kernel.cross_kernel, kernel.residual, kernel.function, self.factor))

    def function_stages(self) -> Stages[None]:
        """Finds `function`, with a stop every some tenths of a second; then it is there when it is read."""
        (steps, n), g = self.factor.shape, len(self.kernel.function)
        found = []
        for part in pieces(steps, n * (n + g)):
            found.append(replace(self, step=self.step[part]).function)
            yield
        self.__dict__["function"] = torch.cat(found)  # where a cached property keeps its value


def _bounded(values: Tensor) -> Tensor:
    return values.clamp(-LARGEST, LARGEST)
