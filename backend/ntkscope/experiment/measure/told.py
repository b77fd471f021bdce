"""What the log of a run has beyond the checkpoint from which it goes on: it is trained again, and not told again."""

from collections.abc import Generator
from dataclasses import dataclass
from itertools import count

from ntkscope.schemas.event import Checkpoint, Command, Frame, KernelFrame, RunEvent, Started, Tick

Events = Generator[RunEvent, Command | None, None]


@dataclass(frozen=True)
class Told:
    """How far a log has come.

    Args:
        seq: Of its last event.
        started: Whether it has the Started of the steps to come.
        frame: The step of its last Frame; -1 for none.
        kernel: The step of its last KernelFrame; -1 for none.
        origin: Where it was trained, as `measure.moved.origin`; empty where that is not known.
    """

    seq: int
    started: bool
    frame: int
    kernel: int
    origin: str = ""

    def has(self, event: RunEvent) -> bool:
        """Whether the log has this event of the steps since the checkpoint."""
        match event:
            case Started():
                return self.started
            case Frame(step=step):
                return step <= self.frame
            case KernelFrame(step=step):
                return step <= self.kernel
            case Checkpoint(step=step):  # from it, the steps up to the last frame would be told again
                return step < self.frame
            case _:
                return False


def untold(events: Events, told: Told) -> Events:
    """The events that the log does not have, numbered on from its last; Ticks pass, and so do the replies to them.

    Where a checkpoint was written depends on the clock, so the numbers of the first time cannot be told again: what
    is in the log is known by its step.
    """
    numbers = count(told.seq + 1)
    reply: Command | None = None
    while True:
        try:
            event = events.send(reply)
        except StopIteration:
            return
        reply = None
        if isinstance(event, Tick):
            reply = yield event
        elif not told.has(event):
            yield event.model_copy(update={"seq": next(numbers)})
