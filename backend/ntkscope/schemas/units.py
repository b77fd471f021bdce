"""What happens to a number of an event when the target is scaled (data.scale_targets).

Said where the field is: `Annotated[Vector, SIZE]`. A field that says nothing is free of the target's units, or a loss,
which stays that of what is trained on.
"""

from enum import Enum


class Unit(Enum):
    """How a number follows the target's scale."""

    VALUE = "of the function: times the spread, plus the mean"
    SIZE = "a difference or a norm: times the spread"
    SQUARE = "a squared difference: times the spread twice"


VALUE, SIZE, SQUARE = Unit.VALUE, Unit.SIZE, Unit.SQUARE
