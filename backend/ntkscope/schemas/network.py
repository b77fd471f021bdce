"""Which network is trained."""

from typing import Annotated, Literal

from pydantic import Field

from ntkscope.schemas.base import Model, field


class NoEncoding(Model):
    """The network sees the coordinates themselves."""

    kind: Literal["none"] = "none"


class FourierFeatures(Model):
    """sqrt 2 [cos 2 pi B x, sin 2 pi B x] with B_ij ~ N(0, spread^2) (Tancik et al. 2020)."""

    kind: Literal["fourier"] = "fourier"
    rows: int = field(32, title="Rows", help="Rows of B: half the number of features.", ge=1, le=4096)
    spread: float = field(
        4.0, title="Spread", help="Small: smooth and underfit. Large: wild between the points.", gt=0, le=1e4
    )


class Positional(Model):
    """sqrt 2 [cos, sin](2^j pi x), j = 0 .. octaves - 1."""

    kind: Literal["positional"] = "positional"
    octaves: int = field(4, title="Octaves", help="Highest frequency is 2^(octaves - 1) pi.", ge=1, le=20)


Encoding = Annotated[NoEncoding | FourierFeatures | Positional, Field(discriminator="kind")]
ActivationName = Literal[
    "relu", "leaky_relu", "tanh", "erf", "gelu", "silu", "softplus", "sin", "cos", "gaussian", "rbf", "linear"
]
Parameterization = Literal["ntk", "standard", "mean_field"]


class Network(Model):
    """A multilayer perceptron with one output (theory, section 3)."""

    width: int = field(1024, title="Width", help="Hidden units in every layer.", ge=1, le=10_000_000)
    depth: int = field(1, title="Hidden layers", help="Number of hidden layers.", ge=1, le=64)
    activation: ActivationName = field("erf", title="Activation", help="The nonlinearity of the hidden layers.")
    leaky_slope: float = field(
        0.01,
        title="Slope below zero",
        help="Of the leaky ReLU: 0 is ReLU, 1 is linear, −1 the absolute value.",
        show_if={"activation": ["leaky_relu"]},
        ge=-1,
        le=1,
    )
    rbf_gamma: float = field(
        1.0,
        title="Sharpness, γ",
        help="Covariance after a hidden layer falls like exp(−γ |z − z′|²) of what enters it: a Gaussian kernel.",
        show_if={"activation": ["rbf"]},
        gt=0,
        le=1e3,
    )
    parameterization: Parameterization = field(
        "ntk",
        title="Scaling",
        help="ntk: the kernel has a limit. standard: PyTorch's own. mean_field: output over a further sqrt(width); "
        "features move at any width.",
    )
    sigma_w: float = field(
        4.0,
        title="Weight scale, σ_w",
        help="Standard deviation of the weights, before 1/sqrt(width).",
        gt=0,
        le=1e3,
    )
    sigma_b: float = field(2.0, title="Bias scale, σ_b", help="Standard deviation of the biases.", ge=0, le=1e3)
    bias: bool = field(True, title="Biases", help="Whether the layers have biases at all.", advanced=True)
    output_scale: float = field(
        1.0,
        title="Output scale, α",
        help="Multiplies the network's output. Large: lazy, the kernel stands still. Small: features move.",
        gt=0,
        le=1e6,
        advanced=True,
    )
    encoding: Encoding = field(
        NoEncoding(),
        title="Input encoding",
        help="What is done to the coordinates before the first layer.",
    )
    centered: bool = field(
        True,
        title="Start from zero",
        help="Trains f(x; θ) − f(x; θ₀), so that the residual at the start is exactly −y.",
        advanced=True,
    )
