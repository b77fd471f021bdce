"""The loss in whose units a rate and a loss to stop at are given; everything is computed with half the sum."""

from ntkscope.experiment.format import number
from ntkscope.schemas.training import LossName, Training


def half_sums(loss: LossName, points: int) -> float:
    """How many times 1/2 sum r^2 this loss is: so many times smaller a rate of it is than one of half the sum."""
    return {"half_sum": 1.0, "sum": 2.0, "mean": 2.0 / points}[loss]


def loss_to_stop_at(training: Training, points: int) -> float | None:
    """1/2 sum r^2 at or below which training ends; None: at none."""
    loss = training.stop.loss
    return None if loss is None else loss / half_sums(training.loss, points)


def loss_notices(training: Training, points: int, rate: float) -> list[str]:
    """What the given rate and the loss to stop at are for half the sum; of an automatic rate, what it is for the loss.

    Args:
        training: With the loss in whose units they are given.
        points: n.
        rate: Of half the sum of squares.
    """
    if training.loss == "half_sum":
        return []
    times, name = half_sums(training.loss, points), NAMES[training.loss].format(points=f"{points:,}")
    said = f"The rate {number(rate)} of half the sum of squares is {number(rate / times)} of {name}"
    if training.learning_rate.kind == "given":
        said = f"The rate {number(training.learning_rate.value)} of {name} is {number(rate)} of half the sum of squares"
    goal = loss_to_stop_at(training, points)
    if goal is not None and training.stop.loss is not None:
        said += f", the loss to stop at, {number(training.stop.loss)}, is {number(goal)}"
    return [f"{said}. Losses, times and 2/λ₁ are told of half the sum."]


NAMES: dict[LossName, str] = {
    "half_sum": "half the sum of squares",
    "sum": "the sum of squares (MSELoss of reduction sum)",
    "mean": "the mean of squares over {points} points (MSELoss as it is)",
}
