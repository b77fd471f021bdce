"""What a run says of its rate before the first step, and how it ended; endings.py says what to change."""

from ntkscope.experiment.format import number
from ntkscope.experiment.theory.initial_state import InitialState
from ntkscope.schemas.event import Checkpoint, Outcome, Reason

OUTCOMES: dict[Reason, Outcome] = {
    "diverged": "diverged",
    "dead_units": "dead_units",
    "cancelled": "cancelled",
}


def sentence(initial: InitialState, reason: Reason, step: int, loss: float | None) -> str:
    """How the run ended, in one or two sentences."""
    at = f"step {step:,}, t = {number(step * initial.learning_rate)}"
    if reason == "diverged":
        rate, limit = initial.learning_rate, initial.largest_stable_rate
        grew = "The loss is no longer finite" if loss is None else "The loss passed 10⁸ times its start"
        if limit is None:
            return f"{grew} at {at}."
        side = "above" if rate > limit else "below"
        return (
            f"{grew} at {at}. Learning rate {number(rate)} is {side} 2/λ₁ = {number(limit)} of the kernel at the start."
        )
    return {
        "steps": f"Reached the last step: {at}.",
        "time": f"Reached the last time: {at}.",
        "loss": f"The loss reached {number(loss or 0)} at {at}.",
        "wall_seconds": f"The time allowed on the clock is used up, at {at}.",
        "all_learnt": f"Every mode above round-off is learnt, at {at}.",
        "dead_units": f"All units of a hidden layer are dead at {at}: no training point activates any of them, so the "
        "network is a constant.",
        "cancelled": f"Cancelled at {at}.",
    }[reason]


def cancelled_sentence(resume: Checkpoint | None) -> str:
    """How a run ended that was cancelled before Started."""
    where = f"it went on from step {resume.step:,}" if resume else "its first step"
    return f"Cancelled before {where}, while its kernel was computed."


def rate_notices(learning_rate: float, largest_stable_rate: float | None) -> list[str]:
    """A warning where the rate is above 2/lambda_1(K_0); such a run may still converge, so never a refusal."""
    if largest_stable_rate is None or learning_rate <= largest_stable_rate:
        return []
    return [
        f"Learning rate {number(learning_rate)} is above 2/λ₁ = {number(largest_stable_rate)}: with a constant kernel "
        "the fastest mode would grow. The run may still converge if the kernel moves."
    ]
