"""What is learnt: where the points lie, and the target on them."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ntkscope.schemas.base import Finite, Model, field
from ntkscope.schemas.dataset import DatasetPoints
from ntkscope.schemas.drawn import Drawn
from ntkscope.schemas.hold_out import HoldNothingOut, HoldOut

MAX_FREQUENCIES = 64
Frequency = Annotated[float, Field(gt=0, le=10_000)]


class Interval(Model):
    """n equally spaced points on [low, high] (or [low, high)), one input dimension."""

    kind: Literal["interval"] = "interval"
    n: int = field(32, title="Points, n", help="Number of training points.", ge=1, le=8192)
    low: Finite = field(-1.0, title="From", help="Left end of the interval.")
    high: Finite = field(1.0, title="To", help="Right end of the interval.")
    include_end: bool = field(
        True,
        title="Include the right end",
        help="Off for a periodic target, whose two ends are one point.",
        advanced=True,
    )
    hold_out: bool = field(
        False,
        title="Hold out every other point",
        help="Lays 2n points, trains on the even ones and tests on the odd ones.",
        advanced=True,
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low < self.high:
            raise ValueError(
                f"the interval's left end must be below its right end; you gave {self.low} and {self.high}"
            )
        return self


class Circle(Model):
    """n points on the unit circle at angles 2 pi j / n; inputs (cos theta, sin theta)."""

    kind: Literal["circle"] = "circle"
    n: int = field(64, title="Points, n", help="Number of equally spaced training points.", ge=1, le=8192)
    hold_out: bool = field(
        False,
        title="Hold out every other point",
        help="Lays 2n points, trains on the even ones and tests on the odd ones.",
        advanced=True,
    )


class Arcs(Model):
    """The unit circle cut into equal arcs, each with its own number of equally spaced points."""

    kind: Literal["arcs"] = "arcs"
    counts: list[Annotated[int, Field(ge=1, le=8192)]] = field(
        [20, 40, 80],
        title="Points per arc",
        help="One number for each arc, in order of angle.",
        min_length=1,
        max_length=32,
    )


class RandomPoints(Model):
    """n random inputs in d dimensions, drawn by the run's seed."""

    kind: Literal["random"] = "random"
    n: int = field(64, title="Points, n", help="Number of training points.", ge=1, le=8192)
    d: int = field(2, title="Input dimension, d", help="Number of inputs of the network.", ge=1, le=4096)
    distribution: Literal["normal", "uniform", "sphere"] = field(
        "normal",
        title="Drawn from",
        help="Normal: N(0, 1) each; uniform: [-1, 1] each; sphere: uniform on the sphere of radius sqrt d.",
    )


Points = Annotated[Interval | Circle | Arcs | RandomPoints | DatasetPoints, Field(discriminator="kind")]


class Sinusoids(Model):
    """sum_k A_k sin(2 pi k (x - origin)/length + phase_k).

    Args: a frequency k counts periods over the interval's length, with origin 0, so on [-1, 1] the terms
    are sin(pi k x + phase); on a circle they are sin(k theta + phase); for random or uploaded inputs the
    phase is pi k x1.
    """

    kind: Literal["sinusoids"] = "sinusoids"
    frequencies: list[Frequency] = field(
        [1.0, 3.0],
        title="Frequencies",
        help="Periods over the interval or the circle.",
        min_length=1,
        max_length=MAX_FREQUENCIES,
    )
    amplitudes: list[Finite] = field(
        [1.0],
        title="Amplitudes",
        help="One for each frequency, or a single one for all.",
        min_length=1,
        max_length=MAX_FREQUENCIES,
    )
    phases: list[Finite] = field(
        [0.0],
        title="Phases",
        help="One for each frequency, or a single one for all.",
        unit="rad",
        min_length=1,
        max_length=MAX_FREQUENCIES,
        show_if={"draw": ["none"]},
    )
    draw: Literal["none", "phases", "coefficients"] = field(
        "none",
        title="Drawn by the seed",
        help="Phases: uniform on the circle. Coefficients: sine and cosine parts normal, times the amplitude.",
        advanced=True,
    )

    @model_validator(mode="after")
    def _same_length(self) -> Self:
        for name in ("amplitudes", "phases"):
            given = len(getattr(self, name))
            if given not in (1, len(self.frequencies)):
                raise ValueError(
                    f"{name} must have 1 or {len(self.frequencies)} values, one for each frequency; you gave {given}"
                )
        return self


class Step(Model):
    """-1 left of `at`, +1 right of it (0 on it); on a circle the angle runs over [-pi, pi)."""

    kind: Literal["step"] = "step"
    at: Finite = field(0.0, title="Jump at", help="Where the target jumps from -1 to 1.")


class Sawtooth(Model):
    """A rise from -1 to 1, repeated `frequency` times over the interval or the circle."""

    kind: Literal["sawtooth"] = "sawtooth"
    frequency: Frequency = field(2.0, title="Teeth", help="Number of teeth over the interval or the circle.")


class Chirp(Model):
    """A sine whose frequency grows linearly from `start` to `end` over the interval or the circle."""

    kind: Literal["chirp"] = "chirp"
    start: Frequency = field(1.0, title="First frequency", help="Periods per length at the left end.")
    end: Frequency = field(8.0, title="Last frequency", help="Periods per length at the right end.")


class GaussianBump(Model):
    """exp(-(x - centre)^2 / (2 spread^2)); on a circle x is the angle in [-pi, pi)."""

    kind: Literal["gaussian_bump"] = "gaussian_bump"
    centre: Finite = field(0.0, title="Centre", help="Where the bump is highest.")
    spread: float = field(0.2, title="Width of the bump", help="Its standard deviation.", gt=0, le=1e6)


class Formula(Model):
    """The user's own formula in x (or theta on a circle, x1..xd in several dimensions)."""

    kind: Literal["formula"] = "formula"
    text: str = field(
        "sin(pi*x) + 0.3*sin(5*pi*x)",
        title="Formula",
        help="In x or t, or x1, x2, ...; on a circle also theta. sin, cos, exp, ln, sqrt, |x|, a if c else b, ...",
        min_length=1,
        max_length=500,
    )


class DatasetTarget(Model):
    """The column y of the uploaded table whose inputs are the points."""

    kind: Literal["dataset"] = "dataset"


Target = Annotated[
    Sinusoids | Step | Sawtooth | Chirp | GaussianBump | Drawn | Formula | DatasetTarget,
    Field(discriminator="kind"),
]


class Data(Model):
    """Points, target, noise, and the grid on which the function is drawn and the error measured."""

    points: Points = field(Interval(), title="Points", help="Where the training points lie.")
    target: Target = field(Sinusoids(amplitudes=[1.0, 0.5]), title="Target", help="What the network is to learn.")
    noise: float = field(0.0, title="Noise", help="Standard deviation of the noise added to y.", ge=0, le=1e6)
    norm: float | None = field(
        None,
        title="Size of the target, ||y||",
        help="Scales the target so that its norm over the training points is this. Empty: as it is.",
        advanced=True,
        gt=0,
        le=1e9,
    )
    scale_inputs: Literal["none", "unit", "standardize"] = field(
        "none",
        title="Scale the inputs",
        help="What the network sees: the inputs themselves, each mapped to [−1, 1], or each with mean 0 and deviation "
        "1. Charts, targets and exports keep your own units.",
    )
    scale_targets: Literal["none", "subtract_mean", "standardize"] = field(
        "none",
        title="Scale the target",
        help="What the network is trained on: y itself, y minus its mean, or y with mean 0 and deviation 1. Noise, "
        "charts and exports keep your own units; losses and rates are those of what is trained on.",
    )
    hold_out: HoldOut = field(
        HoldNothingOut(), title="Hold points out", help="Points that are not trained on: the error is told on them."
    )
    grid: int = field(
        256,
        title="Evaluation points",
        help="Points between the data where the function is drawn and tested.",
        ge=2,
        le=4096,
        advanced=True,
    )

    @model_validator(mode="after")
    def _target_fits_points(self) -> Self:
        if self.target.kind == "dataset" and self.points.kind != "dataset":
            raise ValueError(
                "a target from a data set needs the data set's points; "
                f"you gave points of kind '{self.points.kind}'. Set data.points.kind to 'dataset'"
            )
        return self

    @model_validator(mode="after")
    def _drawing_fits_points(self) -> Self:
        if self.target.kind == "drawn" and self.points.kind in ("circle", "arcs"):
            self.target.check_circle()
        return self

    @model_validator(mode="after")
    def _one_hold_out(self) -> Self:
        if self.hold_out.kind != "none" and getattr(self.points, "hold_out", False):
            raise ValueError(
                "one way of holding points out; you gave data.points.hold_out and data.hold_out. Leave one of them out"
            )
        return self
