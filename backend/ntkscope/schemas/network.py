"""Which network is trained."""

from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from ntkscope.schemas.base import Model, field
from ntkscope.schemas.width import OneOrEach


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
    "relu", "leaky_relu", "tanh", "sigmoid", "erf", "gelu", "silu", "softplus", "elu", "selu", "sin", "cos",
    "gaussian", "rbf", "linear",
]  # fmt: skip
Parameterization = Literal["ntk", "standard", "mean_field"]
InitializationName = Literal["normal", "torch_linear", "glorot", "he"]


class Network(Model):
    """A multilayer perceptron with one output (theory, section 3)."""

    width: Annotated[int | list[int], OneOrEach()] = field(
        1024,
        title="Width",
        help="Hidden units in every layer; or one number for each layer, as in 200, 50, 10.",
    )
    depth: int = field(
        1,
        title="Hidden layers",
        help="Number of hidden layers: that of the widths, where they are a list.",
        ge=1,
        le=64,
    )
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
        help="ntk: the kernel has a limit. standard: no factors, as in PyTorch and Keras. mean_field: output over a "
        "further sqrt(width); features move at any width.",
    )
    initialization: InitializationName = field(
        "normal",
        title="Initialization",
        help="normal: by σ_w and σ_b. torch_linear: PyTorch's nn.Linear. glorot: Keras's Dense. he: for ReLU. The last "
        "three go with standard scaling, and σ_w and σ_b are then not read.",
    )
    sigma_w: float = field(
        4.0,
        title="Weight scale, σ_w",
        help="Standard deviation of the weights, before 1/sqrt(width). PyTorch and Keras have rules of their own: "
        "initialization.",
        show_if={"initialization": ["normal"]},
        gt=0,
        le=1e3,
    )
    sigma_b: float = field(
        2.0,
        title="Bias scale, σ_b",
        help="Standard deviation of the biases.",
        show_if={"initialization": ["normal"]},
        ge=0,
        le=1e3,
    )
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

    @model_validator(mode="before")
    @classmethod
    def _depth_of_a_list(cls, data: Any) -> Any:
        """A list of widths says the depth; one of equal widths is the number, so that one network is one config."""
        if not isinstance(data, dict) or not isinstance(data.get("width"), list | tuple) or not data["width"]:
            return data
        widths = list(data["width"])
        data = {"depth": len(widths), **data}
        alike = all(type(width) is type(widths[0]) and width == widths[0] for width in widths)
        return {**data, "width": widths[0]} if alike and data["depth"] == len(widths) else data

    @field_validator("depth")
    @classmethod
    def _as_many_as_widths(cls, depth: int, info: ValidationInfo) -> int:
        widths = info.data.get("width")
        if isinstance(widths, list) and depth != len(widths):
            raise ValueError(
                f"as many hidden layers as there are widths, {len(widths)}; you gave {depth}. "
                "Leave the number of layers out, or change the list of widths"
            )
        return depth

    @field_validator("initialization")
    @classmethod
    def _goes_with_standard(cls, initialization: str, info: ValidationInfo) -> str:
        scaling = info.data.get("parameterization", "standard")  # one that is wrong itself is told of by itself
        if initialization != "normal" and scaling != "standard":
            raise ValueError(
                f"the initialization {initialization} goes with network.parameterization = standard, which has no "
                f"factors; you gave {scaling}. Choose standard, or the initialization normal"
            )
        return initialization

    @property
    def widths(self) -> list[int]:
        """Of each hidden layer."""
        return [self.width] * self.depth if isinstance(self.width, int) else self.width

    @property
    def last_width(self) -> int:
        """Units of the last hidden layer: as many terms as the output has, which its size and its laziness go by."""
        return self.widths[-1]
