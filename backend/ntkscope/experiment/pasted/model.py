"""The text of a model -> the config's fields that it says, and what could not be taken."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from ntkscope.experiment.pasted.layers import KNOWN, NO_BEND, Affine, Bend, Inputs, LeftOut, Part, layers_of, parts_of
from ntkscope.experiment.pasted.source import REMEDY, Source, called, refused, shown
from ntkscope.experiment.pasted.training import read_training
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.model import PastedModel
from ntkscope.schemas.width import MOST_LAYERS


def read_model(text: str) -> PastedModel:
    """The fields by their dotted names, for a config whose other fields stay.

    Args:
        text: Of an nn.Sequential or a Keras Sequential or list of Dense layers, with whatever stands around it.

    Raises:
        InvalidInput: it is no such text, or has a layer that no network here has; says at which line.
    """
    source = Source(text)
    framework = "keras" if any(called(call) == "Dense" for call in source.calls()) else "torch"
    layers, ignored = _layers(source)
    parts = [part for layer in layers for part in parts_of(source, layer, framework)]
    affine = [part for part in parts if isinstance(part, Affine)]
    changes = _network(affine, _bends(parts))
    training, not_taken = read_training(source, framework)
    counts = [part.count for part in parts if isinstance(part, Inputs)] + [one.inputs for one in affine if one.inputs]
    ignored += [part.sentence for part in parts if isinstance(part, LeftOut)]
    return PastedModel(changes=changes | training, ignored=[*ignored, *not_taken], inputs=next(iter(counts), None))


def with_changes(config: RunConfig, changes: Mapping[str, Any]) -> RunConfig:
    """A config with other values of some fields, by their dotted names."""
    fields = config.model_dump()
    for name, value in changes.items():
        *path, last = name.split(".")
        place = fields
        for key in path:
            place = place[key]
        place[last] = value
    return RunConfig.model_validate(fields)


def _layers(source: Source) -> tuple[list[ast.expr], list[str]]:
    """Those of the first Sequential that is in no other, and of what is added to it; else of the first list of them."""
    calls = list(source.calls())
    made = [call for call in calls if called(call) == "Sequential"]
    added = [call.args[0] for call in calls if called(call) == "add" and len(call.args) == 1]
    inner = {id(source.resolved(layer)) for call in made for layer in layers_of(source, call)}
    if outer := [call for call in made if id(call) not in inner]:
        others = [f"The Sequential of line {call.lineno} is left out: there is one before it." for call in outer[1:]]
        return [*layers_of(source, outer[0]), *added], others
    for node in ast.walk(source.tree):
        if isinstance(node, ast.List | ast.Tuple) and any(_is_layer(part) for part in node.elts):
            return node.elts, []
    loose = [statement.value for statement in source.tree.body if isinstance(statement, ast.Expr)]
    if any(_is_layer(one) for one in loose):
        return list(loose), []
    expected = "A model as nn.Sequential(...), or as a list of Dense layers."
    if classes := [node for node in ast.walk(source.tree) if isinstance(node, ast.ClassDef)]:
        got, remedy = "a class, whose forward says how its layers follow", "Write the layers as nn.Sequential(...)."
        raise refused(expected, got, remedy, classes[0])
    raise refused(expected, "a text without one", REMEDY)


def _is_layer(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and called(node) in ("Linear", "Dense")


def _bends(parts: Sequence[Part]) -> list[list[Bend]]:
    """The activations behind each affine layer."""
    behind: list[list[Bend]] = []
    for part in parts:
        if isinstance(part, Affine):
            behind.append([])
        elif isinstance(part, Bend):
            if not behind:
                raise refused(KNOWN, f"'{shown(part.node)}' before the first of them", "Take it out.", part.node)
            behind[-1].append(part)
    return behind


def _network(affine: Sequence[Affine], behind: Sequence[Sequence[Bend]]) -> dict[str, Any]:
    if not 2 <= len(affine) <= MOST_LAYERS + 1:
        remedy = "Paste a model of at least one hidden layer and an output."
        raise refused(f"2 to {MOST_LAYERS + 1} layers of nn.Linear or Dense.", f"{len(affine)}", remedy)
    for before, after in pairwise(affine):
        if after.inputs is not None and after.inputs != before.units:
            got, remedy = f"'{shown(after.node)}' behind {before.units} units", "Make the two numbers equal."
            raise refused(f"A layer that takes {before.units} inputs.", got, remedy, after.node)
    last = affine[-1]
    if last.units != 1:
        raise refused("One output.", f"'{shown(last.node)}'", "Runs learn one number for each point.", last.node)
    if behind[-1]:
        node = behind[-1][0].node
        raise refused(
            "An output without an activation.", f"'{shown(node)}' behind the last layer", "Take it out.", node
        )
    hidden = [bends[0] if bends else None for bends in behind[:-1]]
    twice = next((bends[1] for bends in behind[:-1] if len(bends) > 1), None)
    if twice:
        raise refused("One activation behind a layer.", f"'{shown(twice.node)}' as well", "Take it out.", twice.node)
    kinds = list(
        dict.fromkeys((NO_BEND, ()) if one is None else (one.name, tuple(one.shape.items())) for one in hidden)
    )
    if len(kinds) > 1:
        names = ", ".join(f"{name}{dict(shape) or ''}" for name, shape in kinds)
        raise refused("The same activation behind every hidden layer.", names, "Take one of them.", affine[0].node)
    for name, values in (
        ("biases", {one.bias for one in affine}),
        ("initializer", {one.initialization for one in affine}),
    ):
        if len(values) > 1:
            raise refused(f"The same {name} in every layer.", "several", "Take one of them.", affine[0].node)
    widths = [one.units for one in affine[:-1]]
    activation, shape = kinds[0]
    return {
        "network.width": widths[0] if len(set(widths)) == 1 else widths,
        "network.depth": len(widths),
        "network.activation": activation,
        "network.parameterization": "standard",
        "network.initialization": affine[0].initialization,
        "network.bias": affine[0].bias,
        "network.output_scale": 1.0,
        "network.centered": False,
        "network.encoding": {"kind": "none"},
    } | {f"network.{name}": value for name, value in shape}
