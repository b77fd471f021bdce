"""Long computations in pieces: between two of them whoever waits may tell of the progress, or stop."""

from collections.abc import Callable, Generator, Iterator
from typing import TypeVar

A = TypeVar("A")
T = TypeVar("T")
Y = TypeVar("Y")
Stages = Generator[None, None, T]  # yields between pieces, returns the result
PIECE = 1e9  # multiply-adds of a piece: some tenths of a second on one core


def complete(stages: Generator[object, None, T]) -> T:
    """The result, without a stop in between; what the stages tell of their progress is not read."""
    while True:
        try:
            next(stages)
        except StopIteration as end:
            result: T = end.value
            return result


def telling(stages: Generator[A, None, T], tell: Callable[[A], Y]) -> Generator[Y, None, T]:
    """The same stages; at each stop something else is told, made of what they tell."""
    while True:
        try:
            told = next(stages)
        except StopIteration as end:
            result: T = end.value
            return result
        yield tell(told)


def in_one_piece(count: int, work: float) -> bool:
    """Whether so many rows, each of so much work, are one piece."""
    return count * work <= PIECE


def pieces(count: int, work: float) -> Iterator[slice]:
    """The rows 0 .. count - 1 in pieces, at least one piece of at least one row.

    Args:
        count: Of rows.
        work: Multiply-adds that one row takes.
    """
    rows = max(1, int(PIECE / max(work, 1.0)))
    for first in range(0, max(count, 1), rows):
        yield slice(first, min(first + rows, count))
