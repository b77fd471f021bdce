"""What pydantic found wrong, in plain words: expected, got, remedy."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from ntkscope.errors import nearest
from ntkscope.schemas.base import Model
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.run import RunPatch, RunRequest
from ntkscope.schemas.sweep import SweepRequest

LONGEST = 80  # characters of a value that are repeated to the user
MOST = 20  # errors that are described
PLACES = ("body", "query", "path", "header")
BESIDE = "beside config"


class FieldProblem(Model):
    """One thing wrong with one field."""

    where: str
    expected: str
    got: str
    remedy: str


def describe(errors: Sequence[Mapping[str, Any]], data: Any) -> list[FieldProblem]:
    """The first errors in words, at most MOST. Takes milliseconds for each: not for the event loop.

    Args:
        errors: As pydantic lists them.
        data: What was validated; it tells a field of a path from the name of a union's branch.
    """
    return [_describe(error, data) for error in errors[:MOST]]


def _describe(error: Mapping[str, Any], data: Any) -> FieldProblem:
    kind, context, given = str(error["type"]), error.get("ctx", {}), error.get("input")
    where = _where(error["loc"], data)
    field = str(error["loc"][-1]) if error["loc"] else ""
    if kind == "missing":
        return FieldProblem(where=where, expected="A value.", got="nothing", remedy="Add this field.")
    if kind == "extra_forbidden":
        return FieldProblem(
            where=where,
            expected="Only fields that are known here.",
            got=f"'{field[:LONGEST]}'",
            remedy=_of_branch(field, where, data) or _unknown(field, where),
        )
    if kind == "value_error":
        return _own_words(where, str(context.get("error", error["msg"])), given)
    describe = WORDS.get(kind)
    if describe is None:
        expected, remedy = f"{error['msg']}.", "Change the value."
    else:
        expected, remedy = describe(context)
    if kind in ("literal_error", "union_tag_invalid", "enum"):
        options = str(context.get("expected") or context.get("expected_tags", ""))
        names = [name.strip(" '") for name in options.replace(" or ", ",").split(",")]
        wrong = context.get("tag", given)
        remedy = (isinstance(wrong, str) and nearest(wrong, names)) or remedy
        given = wrong
    return FieldProblem(where=where, expected=expected, got=_shown(given), remedy=remedy)


def _own_words(where: str, message: str, given: Any) -> FieldProblem:
    """A validator of ours says "expected; you gave got. Remedy"."""
    expected, _, rest = message.partition("; you gave ")
    got, _, remedy = rest.partition(". ")
    return FieldProblem(
        where=where,
        expected=expected[:1].upper() + expected[1:] + "." * (not expected.endswith(".")),
        got=got or _shown(given),
        remedy=remedy or "Change one of the values.",
    )


Words = Callable[[Mapping[str, Any]], tuple[str, str]]


def _range(text: str, key: str) -> Words:
    return lambda context: (f"A number {text} {context[key]:,}.", "Choose a value in this range.")


def _fixed(expected: str, remedy: str) -> Words:
    return lambda _context: (expected, remedy)


def _length(noun: str) -> Words:
    def words(context: Mapping[str, Any]) -> tuple[str, str]:
        least, most = context.get("min_length"), context.get("max_length")
        bound = f"at least {least}" if most is None else f"at most {most}"
        return f"{bound.capitalize()} {noun}.", "Make it longer." if most is None else "Make it shorter."

    return words


NUMBER = _fixed("A number.", "Write digits, as in 0.5 or 1e-3, without a unit or quotes.")
WHOLE = _fixed("A whole number.", "Write digits only, as in 64.")
TEXT = _fixed("Text.", "Put it in quotes.")
OBJECT = _fixed("Named fields in braces.", 'Send a JSON object, as in {"config": {}}.')
WORDS: dict[str, Words] = {
    "greater_than": _range("above", "gt"),
    "greater_than_equal": _range("of at least", "ge"),
    "less_than": _range("below", "lt"),
    "less_than_equal": _range("of at most", "le"),
    "finite_number": _fixed("A finite number.", "NaN and infinity cannot be used; leave the field out instead."),
    **dict.fromkeys(("float_type", "float_parsing"), NUMBER),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float", "int_parsing_size"), WHOLE),
    **dict.fromkeys(("bool_type", "bool_parsing"), _fixed("true or false.", "Write one of the two, without quotes.")),
    "string_type": TEXT,
    "string_unicode": _fixed("Text that can be written in UTF-8.", "Remove the half characters, \\ud800 to \\udfff."),
    "string_too_short": _length("characters"),
    "string_too_long": _length("characters"),
    "string_pattern_mismatch": lambda context: (
        f"Text of the form {context['pattern']}.",
        "Copy it from where it was shown.",
    ),
    "list_type": _fixed("A list.", "Write it in brackets, as in [1, 3]."),
    "too_short": _length("items"),
    "too_long": _length("items"),
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type"), OBJECT),
    "literal_error": lambda context: (f"One of {context['expected']}.", "Choose one of these."),
    "union_tag_invalid": lambda context: (f"A kind of {context['expected_tags']}.", "Choose one of these."),
    "union_tag_not_found": _fixed("A field 'kind' that says which it is.", "Add it; GET /api/schema lists the kinds."),
    "json_invalid": lambda context: (
        f"A JSON document; this one breaks: {context.get('error', 'it cannot be read')}.",
        "Check quotes, commas and brackets.",
    ),
}


def _where(location: Sequence[str | int], data: Any) -> str:
    """The path as the user wrote it: without the place, the envelope, and the names of unions' branches."""
    parts = list(location)
    if parts and parts[0] in PLACES:
        if parts[0] != "body":
            return ".".join(map(str, parts[1:]))
        parts = parts[1:]
    path, here = [], data
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        if isinstance(here, Mapping) and part in here:
            here = here[str(part)]
        elif isinstance(here, Sequence) and isinstance(part, int) and part < len(here):
            here = here[part]
        elif not last or not isinstance(here, Mapping) or here.get("kind") == part:
            continue
        path.append(str(part))
    if path[:1] == ["config"] and len(path) > 1:
        path = path[1:]
    return ".".join(path)[:200]


def _shown(value: Any) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        text = f"a {type(value).__name__}"
    return text if len(text) <= LONGEST else text[:LONGEST] + "..."


def _unknown(field: str, where: str) -> str:
    """What to do with a field that is not known where it is."""
    place = _places().get(field)
    if place is None:
        return nearest(field, _places()) or "Remove it; GET /api/schema lists the fields."
    if place == BESIDE:
        return "It is no part of a configuration: where a run is started it stands beside 'config'."
    if place != where:
        return f"Its place is {place}."
    if "." not in place:
        return "Its place is inside 'config'."
    return "Remove it: with the kind that was chosen there is no such field."


def _of_branch(field: str, where: str, data: Any) -> str:
    """The fields that the chosen kind has where this one is no field; empty where there is no kind to choose."""
    place = where.rpartition(".")[0]
    here = data.get("config", data) if isinstance(data, Mapping) else data
    for part in place.split("."):
        here = here.get(part) if isinstance(here, Mapping) else None
    kind = here.get("kind") if isinstance(here, Mapping) else None
    known = _branches().get(place, {}).get(str(kind))
    if known is None:
        return ""
    if not known:
        return f"Remove it: the kind '{kind}' has no fields of its own."
    return nearest(field, known) or f"The kind '{kind}' has: {', '.join(known)}."


@cache
def _branches() -> dict[str, dict[str, list[str]]]:
    """The fields of every kind, beside `kind`, of every union of a configuration, by its place."""
    schema, found = RunConfig.model_json_schema(), dict[str, dict[str, list[str]]]()
    todo: list[tuple[str, Any]] = [("", schema)]
    for path, part in todo:
        part = schema["$defs"][part["$ref"].rpartition("/")[2]] if "$ref" in part else part
        for kind, branch in part.get("discriminator", {}).get("mapping", {}).items():
            properties = schema["$defs"][branch.rpartition("/")[2]]["properties"]
            found.setdefault(path, {})[kind] = [name for name in properties if name != "kind"]
        todo += [(f"{path}.{name}".lstrip("."), inner) for name, inner in part.get("properties", {}).items()]
    return found


@cache
def _places() -> dict[str, str]:
    """Every field that any request knows, and where in a configuration it is."""
    places = dict.fromkeys((*RunRequest.model_fields, *RunPatch.model_fields, *SweepRequest.model_fields), BESIDE)
    schema = RunConfig.model_json_schema()
    todo: list[tuple[str, Any]] = [("", schema)]
    for path, part in todo:  # breadth first: of two places the outer one is named
        part = schema["$defs"][part["$ref"].rpartition("/")[2]] if "$ref" in part else part
        todo += [(path, branch) for branch in (*part.get("oneOf", ()), *part.get("anyOf", ()))]
        for name, inner in part.get("properties", {}).items():
            places.setdefault(name, f"{path}.{name}".lstrip("."))
            todo.append((f"{path}.{name}", inner))
    return places
