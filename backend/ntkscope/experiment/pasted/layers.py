"""Calls of layers -> what they say of a network: affine layers, activations, and what is left out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ntkscope.experiment.pasted.source import DEEPEST, Source, called, refused, shown
from ntkscope.schemas.network import ActivationName, InitializationName
from ntkscope.schemas.width import MOST_UNITS

KNOWN = "Layers of nn.Linear or Dense with an activation between them."


@dataclass(frozen=True)
class Affine:
    """nn.Linear, or Dense without its activation."""

    node: ast.AST
    inputs: int | None  # None where the text does not say
    units: int
    bias: bool
    initialization: InitializationName


@dataclass(frozen=True)
class Bend:
    """An activation, with the fields that shape it."""

    node: ast.AST
    name: ActivationName
    shape: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class LeftOut:
    """What the network here does not have; a sentence says so."""

    sentence: str


@dataclass(frozen=True)
class Inputs:
    """Keras's Input: how many there are."""

    count: int


Part = Affine | Bend | LeftOut | Inputs
# Keras names its activations in lower case, PyTorch its layers in capitals; these are both.
PLAIN: dict[str, ActivationName] = {
    "relu": "relu", "tanh": "tanh", "sigmoid": "sigmoid", "elu": "elu", "selu": "selu", "gelu": "gelu",
    "silu": "silu", "swish": "silu", "softplus": "softplus",
}  # fmt: skip
NO_BEND: ActivationName = "linear"
# Arguments that an activation may have as they are here; any other value is another function.
FIXED: dict[str, dict[str, Any]] = {
    "elu": {"alpha": 1.0},
    "gelu": {"approximate": ("none", False)},
    "softplus": {"beta": 1.0},
    "relu": {"max_value": None, "negative_slope": 0.0, "threshold": 0.0},
}
POSITIONAL = {"elu": "alpha", "gelu": "approximate", "softplus": "beta", "leakyrelu": "negative_slope"}
SLOPES = {"torch": 0.01, "keras": 0.3}  # of a leaky relu that says none
KERNELS: dict[str, InitializationName] = {"glorot_uniform": "glorot", "he_normal": "he"}
LEAVES = ("Dropout", "Dropout1d", "AlphaDropout", "GaussianDropout", "GaussianNoise", "BatchNorm1d", "LayerNorm",
          "BatchNormalization", "LayerNormalization", "RMSNorm")  # fmt: skip
NOTHING = ("Identity", "Flatten", "Unflatten")


def parts_of(source: Source, node: ast.expr, framework: str, depth: int = 0) -> Iterator[Part]:
    """What one layer of a Sequential, or a Sequential in it, says.

    Args:
        source: The text.
        node: The layer.
        framework: "torch" or "keras", whose defaults hold where names are the same.
        depth: Sequentials around it.

    Raises:
        InvalidInput: a layer that no network here has.
    """
    node = source.resolved(node)
    source.look(node)
    if not isinstance(node, ast.Call) or depth > DEEPEST:
        raise refused(KNOWN, f"'{shown(node)}'", "Write the layer itself, as in nn.Linear(1, 64).", node)
    name = called(node)
    if name == "Sequential":
        for layer in layers_of(source, node):
            yield from parts_of(source, layer, framework, depth + 1)
    elif name == "Linear":
        yield _linear(source, node)
    elif name == "Dense":
        yield from _dense(source, node)
    elif name in ("Input", "InputLayer"):
        yield from _inputs(source, node)
    elif name in LEAVES:
        yield LeftOut(f"{shown(node)} is left out: the network here has no such layer.")
    elif name == "Activation":
        given = source.arguments(node, ("activation",))
        yield from _named(source, given["activation"]) if "activation" in given else ()
    elif name not in NOTHING:
        yield _bend(source, node, framework)


def layers_of(source: Source, call: ast.Call) -> list[ast.expr]:
    """The layers that a Sequential is given: one by one, as a list, or by names in an OrderedDict."""
    found: list[ast.expr] = []
    for argument in call.args:
        inner = argument.value if isinstance(argument, ast.Starred) else argument
        match source.resolved(inner):
            case ast.List(elts=layers) | ast.Tuple(elts=layers):
                found += layers
            case ast.Call() as made if called(made) == "OrderedDict" and made.args:
                found += _values(source.resolved(made.args[0]))
            case _:
                found.append(inner)
    return found + [keyword.value for keyword in call.keywords if keyword.arg == "layers"]


def _values(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.Dict):
        return node.values
    pairs = node.elts if isinstance(node, ast.List | ast.Tuple) else []
    return [pair.elts[1] for pair in pairs if isinstance(pair, ast.Tuple | ast.List) and len(pair.elts) == 2]


def _linear(source: Source, node: ast.Call) -> Affine:
    given = source.arguments(node, ("in_features", "out_features", "bias"))
    for name in ("in_features", "out_features"):
        if name not in given:
            raise refused(
                f"nn.Linear with {name}.", f"'{shown(node)}'", "Write both numbers, as in nn.Linear(1, 64).", node
            )
    inputs, units = (_units(source, given[name]) for name in ("in_features", "out_features"))
    return Affine(node, inputs, units, _switch(source, given, "bias"), "torch_linear")


def _dense(source: Source, node: ast.Call) -> Iterator[Part]:
    given = source.arguments(node, ("units", "activation", "use_bias", "kernel_initializer"))
    if "units" not in given:
        raise refused("Dense with a number of units.", f"'{shown(node)}'", "Write it, as in Dense(64).", node)
    inputs = None
    for name, shape in (("input_shape", given.get("input_shape")), ("input_dim", given.get("input_dim"))):
        if shape is not None:
            inputs = _count(source, shape, name)
    kernel: InitializationName = "glorot"
    if "kernel_initializer" in given:
        said = _text(source, given["kernel_initializer"])
        kernel = KERNELS.get(said, "glorot")
        if said not in KERNELS:
            yield LeftOut(
                f"kernel_initializer={said} is not taken: weights are drawn by glorot, as Dense does by itself."
            )
        elif kernel == "he":
            yield LeftOut("he_normal is drawn without Keras's cut at two standard deviations.")
    for name in ("kernel_regularizer", "bias_regularizer", "bias_initializer", "kernel_constraint"):
        if name in given and _text(source, given[name]) not in ("zeros", "None"):
            yield LeftOut(f"{name} of {shown(node)} is not taken.")
    yield Affine(node, inputs, _units(source, given["units"]), _switch(source, given, "use_bias"), kernel)
    if "activation" in given:
        yield from _named(source, given["activation"])


def _inputs(source: Source, node: ast.Call) -> Iterator[Part]:
    given = source.arguments(node, ("shape",))
    shape = given.get("shape", given.get("input_shape"))
    if shape is not None:
        yield Inputs(_count(source, shape, "shape"))


def _named(source: Source, node: ast.expr) -> Iterator[Bend]:
    """An activation by its name ("relu", or tf.nn.relu), or as a layer."""
    node = source.resolved(node)
    if isinstance(node, ast.Call):
        yield _bend(source, node, "keras")
        return
    name = _text(source, node)
    if name in (NO_BEND, "None"):
        return
    if name not in PLAIN:
        raise refused(f"An activation of {', '.join(PLAIN)}.", f"'{name}'", "Take one of these.", node)
    yield Bend(node, PLAIN[name])


def _bend(source: Source, node: ast.Call, framework: str) -> Bend:
    name = called(node).lower()
    if name != "leakyrelu" and name not in PLAIN:
        remedy = "Take these layers out, or measure the kernel of any module with module_ntk (docs/any-module.md)."
        raise refused(KNOWN, f"'{shown(node)}'", remedy, node)
    given = source.arguments(node, (POSITIONAL.get(name, ""),))
    if name == "leakyrelu":
        slope = next((given[key] for key in ("negative_slope", "alpha") if key in given), None)
        number = SLOPES[framework] if slope is None else source.value(slope)
        if isinstance(number, bool) or not isinstance(number, int | float) or not -1 <= number <= 1:
            raise refused("A slope of -1 to 1.", f"'{shown(node)}'", "Change it.", node)
        return Bend(node, "leaky_relu", {"leaky_slope": float(number)})
    for key, right in FIXED.get(name, {}).items():
        if key in given and source.value(given[key]) not in (right if isinstance(right, tuple) else (right,)):
            raise refused(f"{called(node)} as it is by itself.", f"'{shown(node)}'", f"Leave {key} out.", node)
    return Bend(node, PLAIN[name])


def _units(source: Source, node: ast.expr) -> int:
    value = source.value(node)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_UNITS:
        raise refused(f"A whole number of 1 to {MOST_UNITS:,} units.", f"'{shown(node)}'", "Change it.", node)
    return value


def _count(source: Source, node: ast.expr, name: str) -> int:
    value = source.value(node)
    numbers = [one for one in (value if isinstance(value, tuple) else (value,)) if one is not None]
    if len(numbers) != 1 or isinstance(numbers[0], bool) or not isinstance(numbers[0], int) or numbers[0] < 1:
        raise refused(f"A {name} of one number.", f"'{shown(node)}'", "Inputs are rows of numbers here.", node)
    return numbers[0]


def _switch(source: Source, given: dict[str, ast.expr], name: str) -> bool:
    return bool(source.value(given[name])) if name in given else True


def _text(source: Source, node: ast.expr) -> str:
    """A name in quotes, or the last name of what stands there."""
    node = source.resolved(node)
    if isinstance(node, ast.Constant):
        return str(node.value)
    name = called(node)
    return SNAKE.get(name, name) or shown(node)


SNAKE = {"GlorotUniform": "glorot_uniform", "HeNormal": "he_normal", "Zeros": "zeros"}
