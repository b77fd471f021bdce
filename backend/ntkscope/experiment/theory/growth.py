"""A prediction that grows without bound is told up to where it is a thousand times as large as what it began with."""

import torch
from torch import Tensor

from ntkscope.experiment.format import number
from ntkscope.numerics import KernelPrediction

MOST_GROWN = 1e3  # of the residual's norm: a run itself is called diverged at 10⁴


def followed(loss: Tensor, first: float) -> Tensor:
    """Whether predicted losses are still told, beside the loss at the start, each; NaN is not."""
    return loss <= MOST_GROWN**2 * first


def growth_notices(name: str, prediction: KernelPrediction, first: float) -> list[str]:
    """Where the prediction of a kernel ends, and why; empty where it is followed to the end.

    Args:
        name: Of the kernel, at the beginning of a sentence.
        prediction: At the run's recorded steps.
        first: The loss at the start.
    """
    beyond = torch.nonzero(~followed(prediction.loss, first))[:, 0]
    if not len(beyond):
        return []
    product = prediction.law.learning_rate * float(prediction.kernel.spectrum.eigenvalues[0])
    why = f"at this rate its fastest mode grows (ηλ₁ = {number(product)})" if product > 2 else "its values grow"
    last = int(prediction.step[int(beyond[0]) - 1]) if int(beyond[0]) else 0
    return [f"{name}: {why}; what it predicts is told up to step {last:,}."]
