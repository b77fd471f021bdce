"""Events in units of what is trained on -> in the person's own units (data.scale_targets).

Everything before this is computed with the scaled target; each field says itself what becomes of it (schemas/units.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from ntkscope.experiment.problem.target_scaling import TargetScaling
from ntkscope.schemas.base import Model
from ntkscope.schemas.units import Unit

Made = TypeVar("Made", bound=Model)


def in_own_units(made: Made, scaling: TargetScaling) -> Made:
    """An event, a prediction or a part of one, with every value and size in the person's own units."""
    return made if scaling.is_none else _told(made, scaling)


@cache
def units_of(kind: type[Model]) -> dict[str, Unit]:
    """The fields that follow the target's scale, and how."""
    found = {
        name: [unit for unit in field.metadata if isinstance(unit, Unit)] for name, field in kind.model_fields.items()
    }
    return {name: units[0] for name, units in found.items() if units}


def _told(made: Made, scaling: TargetScaling) -> Made:
    factors = {Unit.VALUE: scaling.spread, Unit.SIZE: scaling.spread, Unit.SQUARE: scaling.spread**2}
    changes: dict[str, Any] = {}
    units = units_of(type(made))
    for name in type(made).model_fields:
        value = getattr(made, name)
        if name not in units:
            changes[name] = _parts(value, scaling)
        elif value is not None:
            changes[name] = factors[units[name]] * value + (scaling.centre if units[name] is Unit.VALUE else 0.0)
    return made.model_copy(update=changes)


def _parts(value: Any, scaling: TargetScaling) -> Any:
    if isinstance(value, Model):
        return _told(value, scaling)
    if isinstance(value, Mapping):
        return {key: _parts(part, scaling) for key, part in value.items()}
    if isinstance(value, list) and any(isinstance(part, Model) for part in value):  # None: of a wave that is not there
        return [_parts(part, scaling) for part in value]
    return value
