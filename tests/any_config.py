"""Configs drawn from the schema that the form is drawn from: a new field is among them without a line here."""

import hashlib
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.problem.table_reader import read_csv
from ntkscope.schemas.config import RunConfig

CSV = b"x,y,held\n-1,0.5,0\n-0.5,2,1\n0,-1e3,0\n0.25,,1\n1,7,0\n"
ROOM = 12  # integers go up to so much above their least, lists have so many items at most: runs are small
SMALL = {"seed": 1000, "steps": 60, "grid": 24}
LARGE = [1e-300, 1e-9, 1e-3, 0.1, 0.5, 1.0, 2.0, 10.0, 1e3, 1e9, 1e300]
FORMULAS = ["sin(pi*x1)", "x1", "0", "1/x1", "exp(9*x1)", "nan if x1 < 0 else 1", "1e12*x1", "x", "theta", "x1 +"]
TEXTS = {
    "text": FORMULAS,
    "sha256": [hashlib.sha256(CSV).hexdigest()],
    "x": ["x", "1", "y"],
    "y": ["", "y", "2"],
    "column": ["", "x", "x1", "held"],
}


def configs() -> st.SearchStrategy[dict[str, Any]]:
    """Bodies that the JSON schema takes; each field is drawn apart, so validators refuse a part of them."""
    schema = RunConfig.model_json_schema()
    return _drawn(schema, schema["$defs"], "")


def table_of(config: RunConfig) -> Table | None:
    """The table of these configs, with the config's choices.

    Raises:
        InvalidInput: it cannot be read so.
    """
    points, hold_out = config.data.points, config.data.hold_out
    held = hold_out.column if hold_out.kind == "column" else None
    return read_csv(CSV, points=points, held=held) if points.kind == "dataset" else None


def _drawn(schema: dict[str, Any], defs: dict[str, Any], name: str) -> st.SearchStrategy[Any]:
    """Values of one part of the schema; `name` is its field's."""
    if "$ref" in schema:
        return st.deferred(lambda: _drawn(defs[schema["$ref"].rsplit("/", 1)[1]], defs, name))
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    for several in ("anyOf", "oneOf"):
        if several in schema:
            limits = {key: value for key, value in schema.items() if key in ("minimum", "maximum")}
            return st.one_of(*(_drawn(limits | part, defs, name) for part in schema[several]))
    return KINDS[schema["type"]](schema, defs, name)


def _object(schema: dict[str, Any], defs: dict[str, Any], _: str) -> st.SearchStrategy[Any]:
    """Some of the fields; the others are left to their defaults, but for what decides how much work a run is."""
    drawn = {name: _drawn(part, defs, name) for name, part in schema.get("properties", {}).items()}
    heavy = {"kind", "data", "network", "training", "recording", "stop", "points", "n", "width", *SMALL}
    needed = heavy | set(schema.get("required", ()))
    here = {name: values for name, values in drawn.items() if name in needed}
    return st.fixed_dictionaries(here, optional={name: drawn[name] for name in drawn if name not in needed})


def _integer(schema: dict[str, Any], _: dict[str, Any], name: str) -> st.SearchStrategy[int]:
    least = schema.get("minimum", 0)
    return st.integers(least, min(schema.get("maximum", least + ROOM), least + SMALL.get(name, ROOM)))


def _number(schema: dict[str, Any], _: dict[str, Any], name: str) -> st.SearchStrategy[float]:
    """The limits themselves, and numbers of every size between them."""
    low, high = schema.get("minimum", schema.get("exclusiveMinimum", -1e12)), schema.get("maximum", 1e12)
    between = [number for size in LARGE for number in (size, -size) if low < number < high]
    return st.sampled_from([*between, high, *([low] if "minimum" in schema else [])])


def _array(schema: dict[str, Any], defs: dict[str, Any], name: str) -> st.SearchStrategy[list[Any]]:
    least = schema.get("minItems", 0)
    return st.lists(_drawn(schema["items"], defs, name), min_size=least, max_size=least + 2)


KINDS: dict[str, Callable[[dict[str, Any], dict[str, Any], str], st.SearchStrategy[Any]]] = {
    "object": _object,
    "integer": _integer,
    "number": _number,
    "array": _array,
    "string": lambda _schema, _defs, name: st.sampled_from(TEXTS[name]),
    "boolean": lambda *_: st.booleans(),
    "null": lambda *_: st.none(),
}
