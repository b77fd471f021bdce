"""The base of every model: frozen, and closed to unknown fields."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Finite = Annotated[float, Field(ge=-1e12, le=1e12)]


class Model(BaseModel):
    """A value: it never changes after it was made, and refuses fields it does not know."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        arbitrary_types_allowed=True,
        json_schema_serialization_defaults_required=True,
    )


def field(
    default: Any = ...,
    *,
    title: str,
    help: str,
    unit: str = "",
    advanced: bool = False,
    show_if: dict[str, Any] | None = None,
    with_table: bool = False,
    names_column: bool = False,
    drawing: bool = False,
    with_drawing: bool = False,
    **constraints: Any,
) -> Any:
    """A field that the page's form can draw: plain label, one sentence of help, unit.

    Args:
        default: As in pydantic; `...` makes the field required.
        title: The label, in plain language.
        help: One sentence beside the field.
        unit: Shown after the value.
        advanced: Folded away until asked for.
        names_column: Its text is the name of a table's column.
        drawing: It and the field `with_drawing` beside it are points that are drawn, not typed.
        with_drawing: Drawn with that field, not in a row of its own.
        with_table: Chosen where the table is shown, not in a row of its own.
        show_if: Sibling fields and the values (one or a list) for which this one has an effect.
        constraints: Passed on to `pydantic.Field` (ge, le, min_length, ...).
    """
    extra: dict[str, Any] = {}
    if unit:
        extra["unit"] = unit
    if advanced:
        extra["advanced"] = True
    if names_column:
        extra["names_column"] = True
    if with_table:
        extra["with_table"] = True
    if drawing:
        extra["drawing"] = True
    if with_drawing:
        extra["with_drawing"] = True
    if show_if:
        extra["show_if"] = show_if
    return Field(default, title=title, description=help, json_schema_extra=extra or None, **constraints)
