"""Writes that must be done in the end, whatever the database says now: tried again here, and nowhere else."""

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_delay, stop_never
from tenacity import wait_random_exponential as wait_random

from ntkscope.errors import Unwritable

T = TypeVar("T")
LOGGER = logging.getLogger("ntkscope")
DATABASE = (SQLAlchemyError, Unwritable)  # what it raises; neither says anything of what was to be written
LONGEST_WAIT = 2.0  # seconds between two tries; the first come sooner


async def persistently(
    what: Callable[[], Awaitable[T]],
    *also: type[Exception],
    seconds: float | None = None,
) -> T:
    """The result of `what`, called again while the database refuses.

    Args:
        what: Must be harmless to repeat.
        also: Other errors that are a reason to try again.
        seconds: How long; for ever if None. Then the last error is raised.
    """
    again = AsyncRetrying(
        retry=retry_if_exception_type((*DATABASE, *also)),
        wait=wait_random(multiplier=0.1, max=LONGEST_WAIT),
        stop=stop_never if seconds is None else stop_after_delay(seconds),
        before_sleep=_log,
        reraise=True,
    )
    result: T = await again(what)
    return result


def _log(state: RetryCallState) -> None:
    """The first failure, and ever fewer of those that follow."""
    if state.attempt_number & (state.attempt_number - 1) == 0 and state.outcome is not None:
        LOGGER.warning("refused, and tried again (%d): %s", state.attempt_number, state.outcome.exception())
