"""Units of the hidden layers: one number for all of them, or a list of one for each."""

from collections.abc import Callable
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticKnownError, core_schema

MOST_UNITS, MOST_LAYERS = 10_000_000, 64


class OneOrEach:
    """Annotates `int | list[int]`: what is wrong is told of the field itself, not of a branch of a union."""

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """One number is checked as any whole number is, and so is each of a list."""
        return core_schema.no_info_wrap_validator_function(
            _one_or_each,
            core_schema.int_schema(ge=1, le=MOST_UNITS),
            serialization=core_schema.plain_serializer_function_ser_schema(lambda value: value),
        )

    def __get_pydantic_json_schema__(
        self, _schema: core_schema.CoreSchema, _handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """The limits of a number stand outside of the two branches: they hold for both, and the server lowers them."""
        whole = {"type": "integer", "minimum": 1, "maximum": MOST_UNITS}
        each = {"type": "array", "items": whole, "minItems": 1, "maxItems": MOST_LAYERS}
        return {"anyOf": [{"type": "integer"}, each], "minimum": 1, "maximum": MOST_UNITS}


def _one_or_each(value: Any, check: Callable[[Any], int]) -> int | list[int]:
    if not isinstance(value, list | tuple):
        return check(value)
    known = {"field_type": "List", "actual_length": len(value)}
    if not value:
        raise PydanticKnownError("too_short", known | {"min_length": 1})
    if len(value) > MOST_LAYERS:
        raise PydanticKnownError("too_long", known | {"max_length": MOST_LAYERS})
    return [check(one) for one in value]
