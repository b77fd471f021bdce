"""Iterates one generator: the only place that replies to ticks."""

from collections.abc import Callable

from ntkscope.executors.base import RunGenerator
from ntkscope.schemas.event import Command, Finished, RunEvent, Tick


def drive(
    generator: RunGenerator,
    emit: Callable[[RunEvent], None],
    next_command: Callable[[], Command | None],
    reply: Command | None = None,
) -> Finished | None:
    """Iterates until the end or a pause.

    Args:
        generator: A fresh one, or one that paused.
        emit: Called with every event.
        next_command: Asked at every tick.
        reply: The first reply to a paused generator.

    Returns:
        The last Finished; None where the generator paused and waits for its reply.

    Raises:
        RuntimeError: the generator ended without having said how.
    """
    finished: Finished | None = None
    while True:
        try:
            event = generator.send(reply)
        except StopIteration:
            if finished is None:
                raise RuntimeError("the run ended without saying how") from None
            return finished
        reply = None
        emit(event)
        if isinstance(event, Finished):
            finished = event
        elif isinstance(event, Tick):
            if event.paused:
                return None
            reply = next_command()
