"""How the network is trained, when training stops, and what is recorded."""

from typing import Annotated, Literal

from pydantic import Field

from ntkscope.schemas.base import Model, field


class AutoRate(Model):
    """eta = fraction * 2 / lambda_1(K_0)."""

    kind: Literal["auto"] = "auto"
    fraction: float = field(
        0.5,
        title="Fraction of the limit",
        help="The limit is 2/λ₁, where the fastest mode stops shrinking. 0.5 kills it in one step.",
        gt=0,
        le=100,
    )


class GivenRate(Model):
    """The learning rate itself."""

    kind: Literal["given"] = "given"
    value: float = field(
        0.01,
        title="Learning rate, η",
        help="In units of the chosen loss. Time is the rate of half the sum times the number of steps.",
        gt=0,
        le=1e12,
    )


class RehearsedRate(Model):
    """The largest part of 2 / lambda_1(K_0) at which a rehearsal stays below the edge of stability.

    What it found is filled in when the run is submitted, and stored with it; an extension keeps it.
    """

    kind: Literal["rehearsed"] = "rehearsed"
    most: float = field(
        0.5,
        title="At most this fraction of the limit",
        help="The limit is 2/λ₁ of the kernel at the start; the rehearsal finds how much of it the training survives.",
        gt=0,
        le=1,
    )
    value: float | None = field(
        None, title="Learning rate, η", help="Found when the run is started.", advanced=True, gt=0, le=1e300
    )
    growth: float | None = field(
        None,
        title="Growth of λ₁",
        help="Found with the rate: the largest λ₁ of the rehearsal over that of the start.",
        advanced=True,
        gt=0,
        le=1e300,
    )


LearningRate = Annotated[AutoRate | GivenRate | RehearsedRate, Field(discriminator="kind")]


class Stop(Model):
    """When training ends: at the first of these. `steps` is always there, so every run has a largest time."""

    steps: int = field(4000, title="Steps, at most", help="Largest number of updates.", ge=1, le=100_000_000)
    time: float | None = field(
        None, title="Stop at time", help="Time is η times steps. Empty: only the steps count.", gt=0, le=1e15
    )
    loss: float | None = field(
        None,
        title="Stop at loss",
        help="Ends once the loss is at or below this, in its own units: those of the loss that is chosen.",
        advanced=True,
        gt=0,
        le=1e30,
    )
    wall_seconds: float | None = field(
        None, title="Stop after", help="Wall clock spent training.", unit="s", advanced=True, gt=0, le=1e7
    )
    all_learnt: bool = field(
        False,
        title="Stop when all is learnt",
        help="Ends once every mode above the noise floor is below ε of its start.",
        advanced=True,
    )


LossName = Literal["half_sum", "sum", "mean"]


class Training(Model):
    """Full-batch gradient descent on L = 1/2 sum r^2: Euler steps of gradient flow, t = eta * step.

    `loss` says in whose units the given rate and the loss to stop at are; everything else is told of half the sum.
    """

    learning_rate: LearningRate = field(AutoRate(), title="Learning rate", help="Automatic, or a number of your own.")
    loss: LossName = field(
        "half_sum",
        title="Loss",
        help="Whose units the rate and the loss to stop at are in: ½ Σ r², Σ r², or the mean of r² (nn.MSELoss). What "
        "is measured is told of ½ Σ r².",
    )
    stop: Stop = field(Stop(), title="When to stop", help="Training ends at the first of these.")
    device: Literal["auto", "cpu", "cuda"] = field(
        "auto", title="Device", help="auto takes the GPU where there is one and a step is large enough.", advanced=True
    )
    precision: Literal["float32", "float64"] = field(
        "float64", title="Precision", help="Of the network. The kernel is float64 in any case.", advanced=True
    )


class Recording(Model):
    """What is written down, on a grid that is logarithmic in time."""

    frames: int = field(
        160, title="Frames", help="Cheap records: loss, modes, the function.", ge=2, le=1000, advanced=True
    )
    kernel_frames: int = field(
        24,
        title="Kernel frames",
        help="Records with the whole kernel K_t: eigenvalues and drift.",
        ge=0,
        le=1000,
        advanced=True,
    )
    hessian: bool = field(
        False,
        title="Hessian",
        help="Adds the largest eigenvalue of the loss's Hessian to every kernel frame.",
        advanced=True,
    )
    modes: int = field(
        64, title="Modes", help="Leading modes of K₀ that every frame follows.", ge=1, le=256, advanced=True
    )
    epsilon: float = field(
        0.1,
        title="Learnt below, ε",
        help="A mode is learnt once it is below this fraction of its start.",
        gt=0,
        lt=1,
        advanced=True,
    )
