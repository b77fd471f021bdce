"""The recorded run that an empty database shows: a file made by `ntkscope run six-frequencies --out FILE`."""

import time
from pathlib import Path

from ntkscope.schemas.event import Finished, Started
from ntkscope.schemas.run import RunSummary
from ntkscope.wire.codec import EncodedEvent
from ntkscope.wire.sequence import decode_log, split

RECORDED = "recorded"  # the run's id: there is one in a database


def read_recording(path: Path) -> tuple[RunSummary, list[EncodedEvent]]:
    """The run and its events.

    Raises:
        ValueError: the file holds no whole run of this version.
    """
    data = split(path.read_bytes())
    events = list(decode_log(data))
    if not events or not isinstance(events[0], Started) or not isinstance(events[-1], Finished):
        raise ValueError(f"{path} does not hold a run from its start to its end")
    first, last = events[0], events[-1]
    now = time.time()
    run = RunSummary(
        id=RECORDED,
        name="A recorded run: six frequencies",
        tags=[],
        state=last.outcome,
        sentence=last.sentence,
        created_at=now,
        started_at=now - last.wall_seconds,
        ended_at=now,
        deleted_at=None,
        ahead=0,
        last_seq=last.seq,
        config=first.config,
        digest=first.config.digest(),
        recorded=True,
    )
    rows = [EncodedEvent(RECORDED, event.seq, event.type, item) for event, item in zip(events, data, strict=True)]
    return run, rows
