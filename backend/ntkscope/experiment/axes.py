"""The configs of a sweep, or of a scan: the base config with the axes' values put in."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from ntkscope.errors import InvalidInput, nearest
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.sweep import AxisValue, SweepAxis, SweepRequest

LONGEST = 80  # characters of what came that are repeated to the user
KIND = "kind"  # the field of a union that says which of its kinds is chosen
Tree = Mapping[str, Any]


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

    Another `kind` comes with the defaults of its own fields.

    Raises:
        InvalidInput: a field that the base config does not have, or a value that its field cannot take; names both.
    """
    base = request.config.model_dump()
    known = leaves(base)
    for number, axis in enumerate(request.axes):
        if axis.field not in known:
            raise _unknown(axis.field, f"axes.{number}.field", base, known)
    made = []
    for values in combinations(request.axes):
        changed: Tree = base
        # Kinds first: another one replaces all fields beside it.
        for path in sorted(values, key=lambda path: path.rpartition(".")[2] != KIND):
            changed = _with(changed, path.split("."), values[path])
        made.append(Member(values, _validated(changed, values, request.axes)))
    return made


def check_field(config: RunConfig, field: str) -> None:
    """Refuses a field that the config does not have, or that no axis can take.

    Raises:
        InvalidInput: names the field, and one that is like it.
    """
    base = config.model_dump()
    if field not in (known := leaves(base)):
        raise _unknown(field, "field", base, known)


def with_value(config: RunConfig, field: str, value: AxisValue) -> RunConfig:
    """The config with one value in one field.

    Raises:
        InvalidInput: as `members`.
    """
    return members(SweepRequest(config=config, axes=[SweepAxis(field=field, values=[value])]))[0].config


def leaves(base: Tree) -> list[str]:
    """The dotted names of the fields that hold one number, text, switch or nothing; no list."""
    return list(_leaves(base, ""))


def _leaves(tree: Tree, above: str) -> Iterator[str]:
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{above}{name}.")
        elif not isinstance(value, list):
            yield f"{above}{name}"


def _with(tree: Tree, path: Sequence[str], value: AxisValue) -> dict[str, Any]:
    """A copy with the value at the path; what is beside the path is shared."""
    first, *rest = path
    if first == KIND and value != tree[KIND]:
        return {KIND: value}
    return {**tree, first: _with(tree[first], rest, value) if rest else value}


def _unknown(field: str, where: str, base: Tree, known: Sequence[str]) -> InvalidInput:
    above, _, last = field.rpartition(".")
    beside = [path for path in known if path.rpartition(".")[0] == above]
    if f"{above}.{KIND}" in beside:
        names = ", ".join(path.rpartition(".")[2] for path in beside)
        remedy = f"Here {above} is of kind '{_at(base, f'{above}.{KIND}')}', of which an axis can take {names}."
    elif _holds_list(base, field):
        remedy = "Here it holds a list. Give the base configuration one number instead."
    elif inside := [path for path in known if path.startswith(f"{field}.")]:
        remedy = f"Take one of its fields, such as '{inside[0]}'."
    else:
        alike = [path for path in known if path.rpartition(".")[2] == last]
        remedy = (f"Did you mean '{alike[0]}'?" if alike else nearest(field, known)) or "GET /api/schema lists them."
    return InvalidInput(
        expected="A field of the configuration that holds one number, text or switch, as in network.width.",
        got=f"'{field[:LONGEST]}'",
        remedy=remedy,
        where=where,
    )


def _holds_list(base: Tree, field: str) -> bool:
    here: Any = base
    for name in field.split("."):
        here = here.get(name) if isinstance(here, Mapping) else None
    return isinstance(here, list)


def _at(tree: Tree, path: str) -> Any:
    for name in path.split("."):
        tree = tree[name]
    return tree


def _validated(changed: Tree, values: Mapping[str, AxisValue], axes: Sequence[SweepAxis]) -> RunConfig:
    try:
        return RunConfig.model_validate(changed, strict=True)
    except ValidationError as error:
        first = error.errors()[0]
    place = _place(first["loc"], changed)
    paths = [path for path in values if path == place or path.startswith(f"{place}.")]
    if first["type"] in ("extra_forbidden", "missing"):  # another kind does not have the field, or needs it
        paths.append(f"{place.rpartition('.')[0]}.{KIND}")
    paths = paths or list(values)  # what is wrong is no single field's doing
    numbers = [number for number, axis in enumerate(axes) if axis.field in paths]
    raise InvalidInput(
        expected=_expected(first, place),
        got=", ".join(f"{path} = {_shown(values[path])}" for path in paths),
        remedy="Take this value out of its axis.",
        where=f"axes.{numbers[0]}.values",
    )


def _shown(value: AxisValue) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value)[:LONGEST]


def _place(location: Sequence[str | int], changed: Tree) -> str:
    """The dotted name of what is wrong: pydantic's location without the names of the unions' branches."""
    path: list[str] = []
    here: Any = changed
    for part in map(str, location):
        if isinstance(here, Mapping) and part not in here and part == here.get(KIND):
            continue
        path.append(part)
        here = here.get(part) if isinstance(here, Mapping) else None
    return ".".join(path)


def _expected(error: Any, place: str) -> str:
    """What pydantic found wrong, with the name of the field."""
    context = error.get("ctx", {})
    match error["type"]:
        case "extra_forbidden":
            return f"A kind that has the field {place}."
        case "missing":
            return f"A kind whose fields all have defaults; {place} has none."
        case "union_tag_invalid":
            return f"{place}.{KIND} should be one of {context['expected_tags']}."
        case "value_error":
            said = str(context["error"]).partition("; you gave ")[0]
            return f"{said[:1].upper()}{said[1:]}."
    return f"{error['msg'].replace('Input should', f'{place} should')}."
