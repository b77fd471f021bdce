"""The configs of a sweep: its base config with the axes' values put in."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from ntkscope.errors import InvalidInput
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.sweep import AxisValue, SweepAxis, SweepRequest


@dataclass(frozen=True)
class Member:
    """One run of a sweep."""

    values: dict[str, AxisValue]
    config: RunConfig


def combinations(axes: Sequence[SweepAxis]) -> list[dict[str, AxisValue]]:
    """Every combination of the axes' values, by field; the last axis changes fastest."""
    fields = [axis.field for axis in axes]
    return [dict(zip(fields, values, strict=True)) for values in itertools.product(*(axis.values for axis in axes))]


def members(request: SweepRequest) -> list[Member]:
    """The runs of a sweep, in the order of `combinations`.

    Raises:
        InvalidInput: a value that its field cannot take; names both.
    """
    base = request.config.model_dump()
    made = []
    for values in combinations(request.axes):
        changed = base
        for path, value in values.items():
            changed = _with(changed, path.split("."), value)
        made.append(Member(values, _validated(changed, values, request.axes)))
    return made


def _with(tree: dict[str, Any], path: Sequence[str], value: AxisValue) -> dict[str, Any]:
    """A copy with the value at the path; what is beside the path is shared."""
    first, *rest = path
    return tree | {first: _with(tree[first], rest, value) if rest else value}


def _validated(changed: dict[str, Any], values: dict[str, AxisValue], axes: Sequence[SweepAxis]) -> RunConfig:
    try:
        config = RunConfig.model_validate(changed, strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        at_fault = [path for path in values if path == place] or list(values)
        numbers = [number for number, axis in enumerate(axes) if axis.field in at_fault]
        raise InvalidInput(
            expected=f"Values that make a configuration. {first['msg']}.",
            got=", ".join(f"{path} = {values[path]!r}" for path in at_fault),
            remedy="Take this value out of its axis.",
            where=f"axes.{numbers[0]}.values",
        ) from None
    return config
