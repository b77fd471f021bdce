"""What events are made of.

Shapes: n training points, g evaluation points, m followed modes (leading ones of K_0), G groups of them, T recording
times; Theta is the kernel of the same network at infinite width.
"""

from typing import Annotated, Literal

from ntkscope.schemas.array import Matrix, Vector
from ntkscope.schemas.base import Model
from ntkscope.schemas.network import Encoding
from ntkscope.schemas.training import LearningRate
from ntkscope.schemas.units import SIZE, VALUE


class Machine(Model):
    """Where the run runs."""

    device: str
    device_name: str
    precision: str
    threads: int
    torch_version: str
    # With device, precision and threads: where these are the same, so are the numbers, bit for bit.
    processor: str | None = None  # None in earlier logs, as `build`
    build: str | None = None


class Bending(Model):
    """How far the hidden units still bend what they see, at the last kernel frame; for a run that goes on."""

    step: int
    flat: list[float]  # a share for each hidden layer: units without slope at any training point
    straight: list[float]  # the same: slopes that are the unit's usual one
    rank: int  # eigenvalues of the kernel above the noise floor
    left: float  # of sum (y - mean y)^2: what the residual has


class Group(Model):
    """Modes (0-based numbers) that share an eigenvalue and are drawn, tested and predicted as one.

    `significant`: its start is at least 5 % of the residual's norm and its eigenvalue above the noise floor, so it
    enters medians. `resolved`: its start and its eigenvalue are above their floors at all.
    """

    modes: list[int]
    eigenvalue: float  # mean over the group
    start_magnitude: Annotated[float, SIZE]
    significant: bool
    resolved: bool
    frequency: float | None
    learning_time: float | None


class Predictions(Model):
    """One law's frozen-kernel prediction at the T recording times."""

    remaining: Matrix  # (T, G) ||c_g(t)|| / ||c_g(0)||
    learnt: Matrix  # (T, G) 1 - <c_g(t), c_g(0)> / ||c_g(0)||^2
    loss: Vector  # (T,)


class FrequencyFit(Model):
    """lambda ~ frequency^exponent on log-log axes, over a kernel's followed modes above the floor.

    Up to a quarter of the number of points: near its half aliasing flattens the fall.
    """

    frequencies: Literal["all", "odd", "even"]
    exponent: float
    standard_error: float | None  # None for two frequencies
    lowest: float
    highest: float
    count: int
    lowest_eigenvalue: float | None  # of the fitted line at both ends
    highest_eigenvalue: float | None


class KernelModes(Model):
    """A kernel's spectrum, and the residual at time 0 in its modes: what K_0 and Theta are both described by."""

    eigenvalues: Vector  # (n,) descending
    noise_floor: float
    mode_coefficients: Annotated[Vector, SIZE]  # (m,) of the residual at time 0
    mode_frequencies: Vector  # (m,) input-space frequency of each mode; NaN where undefined
    groups: list[Group]  # G of them for K_0, H for Theta
    frequency_fits: list[FrequencyFit]


class InfiniteWidth(KernelModes):
    """The kernel of the same network at infinite width, Theta, scaled as K_0 is (theory, section 3).

    Under mean_field it is that of ntk over the width, under standard the leading order in the width.
    """

    distance: float | None  # ||K_0 - Theta||_F / ||Theta||_F; None for a Theta of 0
    truncation_error: float  # relative to sqrt(Theta_ii Theta_jj); 0 for a closed form
    loss: Vector | None  # (T,) that Theta predicts, in the law that is drawn; NaN once it has grown a thousandfold
    slices: Matrix | None  # (s, c) of Theta, as in KernelSlices
    kernel: Vector | None = None  # of Theta, as in KernelAtPoints


class KernelSlices(Model):
    """Some rows of K_0, so that K(x_0, .) can be seen: s of the training points against c of them."""

    rows: list[int]  # 0-based numbers of the s points x_0
    columns: list[int]  # of the c points against which a row is drawn
    values: Matrix  # (s, c)


class KernelAtPoints(Model):
    """K_t on p of the training points, at most 64, in the order of the input where there is one."""

    points: list[int]  # their 0-based numbers
    kernel: Vector  # (p (p + 1) / 2,) the upper triangle, row by row
    modes: Matrix  # (p, k) of the leading groups, at most 8 modes, each group turned to be nearest to that of K_0
    pull: Annotated[Vector, SIZE]  # (p,) -eta r_j: one step on point j alone moves f there by K_ij times this
    # (33, 2) where there are two training points: how far parameter steps of length 1 move f at both; else None.
    ellipse: Annotated[Matrix | None, SIZE]


class Ensemble(Model):
    """The distribution of f over networks of infinite width that differ in their draw alone: a Gaussian process."""

    mean: Annotated[Vector, VALUE]  # (g,) on the grid
    standard_deviation: Annotated[Vector, SIZE]  # (g,)


class PredictedFunction(Model):
    """What one prediction says of f at one time, and how far the trained network is from it."""

    function: Annotated[Vector, VALUE]  # (g,) on the grid; of an ensemble the mean
    spread: Annotated[Vector | None, SIZE]  # (g,) standard deviation of an ensemble; None of one network
    distance: float | None  # ||f_trained - f_predicted|| / ||f_predicted|| on the grid; None where it is 0 or no number


class Identity(Model):
    """||f_{k+1} - f_k + eta K_t r_k|| / ||eta K_t r_k|| beside its round-off floor (theory, section 1)."""

    error: float | None  # None below the floor
    floor: float


class MovingPrediction(Model):
    """What K_t, taken at every kernel frame so far, predicts at this one (theory, section 5).

    It starts from r(0) and is never corrected by a measurement: (I - eta K_j)^steps, interval by interval. Where
    the prediction of K_0 leaves the measured curve and this one does not, the kernel's motion explains it.
    """

    mode_coefficients: Annotated[Vector, SIZE]  # (m,) of the residual, in the basis of K_0
    remaining: Vector  # (G,) as in Frame
    learnt: Vector  # (G,)
    loss: float | None  # None, and NaN in the arrays, once it has grown a thousandfold: nothing is told of it then
    function: Annotated[Vector, VALUE]  # (g,) on the grid
    fitted: Annotated[Vector, VALUE]  # (n,) on the training points
    error: float | None  # ||r_predicted - r|| / ||r(0)||; None where r(0) is 0
    frozen_error: float | None  # the same of K_0 alone, by gradient descent's law
    distance: float | None  # on the grid, as in PredictedFunction


class HessianSharpness(Model):
    """The largest eigenvalue of the loss's Hessian; lambda_1(K_t) is that of its Gauss-Newton part."""

    largest: float
    error: float  # bound on its distance to an eigenvalue
    products: int  # Hessian-vector products that it took


class ModeRow(Model):
    """A line of the closing table: one group of modes."""

    modes: list[int]  # 1-based, as they are labelled
    eigenvalue: float
    significant: bool
    predicted_learning_time: float | None  # None below the floor
    measured_learning_time: float | None  # from then on below epsilon of its start; None where it is not at the end
    lost: bool  # it was below, and is not at the end
    median_error: float | None


class LearningTimeFit(Model):
    """Measured learning time ~ eigenvalue^slope on log-log axes, beside the -1 of ln(1/epsilon)/lambda.

    Over significant groups that were learnt, whose eigenvalue is below half the largest: faster ones are gone within
    a few steps, which their eigenvalue alone does not tell.
    """

    slope: float
    standard_error: float | None  # None for two groups
    count: int
    lowest: float  # eigenvalue
    highest: float
    time_at_lowest: float  # of the fitted line
    time_at_highest: float


Changes = dict[str, int | float | bool | str | LearningRate | Encoding | None]


class Suggestion(Model):
    """What to change so that a run which diverged, died or saturated ends otherwise; from what was measured of it.

    `changes` are the config's new values by dotted field, all to be set at once.
    """

    changes: Changes
    sentence: str


VerdictWord = Literal["holds", "roughly holds", "fails"]
VerdictCause = Literal["kernel_moved", "leakage"]


class Verdict(Model):
    """Whether the kernel at the start predicts the run, over all records so far.

    It holds where function_error < 5 %, modes_error < 5 % and worst_error < 20 %; it roughly holds where the first
    two are below 20 %. A group's error is |measured - predicted| / max(|measured|, |predicted|, epsilon), each as a
    part of the group's start.
    """

    word: VerdictWord
    cause: VerdictCause | None  # where the measurements tell it
    text: str
    function_error: float  # E: the largest ||r - r_predicted|| / ||r(0)|| on the training points
    modes_error: float | None  # M: median error of significant groups, once they have moved by 1 %, above the floor
    worst_error: float | None  # W: the largest of these errors
    worst_modes: list[int]  # 1-based numbers of its group; empty where none is compared
    drift: float | None  # the largest ||K_t - K_0||_F / ||K_0||_F so far; None without kernel frames
    rehearsal: VerdictWord | None = None  # the same of the rehearsal, by its error alone, as far as it went
    rehearsed_error: float | None = None  # the largest ||r - r_rehearsed|| / ||r(0)|| until there
    rising: tuple[int, ...] = ()  # 1-based significant modes that rose after they had fallen: others leak into them
