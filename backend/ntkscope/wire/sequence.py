"""Several events one after another: a recording's file, an answer in msgpack, a log."""

from collections.abc import Iterable, Iterator
from functools import partial

import msgpack

from ntkscope.schemas.event import EVENT, RunEvent
from ntkscope.wire.codec import decode_fields
from ntkscope.wire.version_1 import Fields


def log_fields(data: Iterable[bytes]) -> Iterator[Fields]:
    """The fields of a log's events, in order from its first Started on, also of a log of an earlier version."""
    started: Fields | None = None
    for item in data:
        fields = decode_fields(item, partial(_found, started))
        if fields["type"] == "started":
            started = fields
        yield fields


def _found(started: Fields | None) -> Fields | None:
    return started


def decode_log(data: Iterable[bytes]) -> Iterator[RunEvent]:
    """The events of a log, in order from its first Started on, also of a log of an earlier version.

    Raises:
        pydantic.ValidationError: one of them is no event.
    """
    return map(EVENT.validate_python, log_fields(data))


def split(data: bytes) -> list[bytes]:
    """The bytes of each event of a concatenation.

    Raises:
        ValueError: the last event is cut off, or these are no msgpack maps.
    """
    unpacker = msgpack.Unpacker(max_buffer_size=len(data) + 1)
    unpacker.feed(data)
    events, begun = [], 0
    while begun < len(data):
        try:
            unpacker.skip()
        except msgpack.OutOfData:
            raise ValueError(f"the event that begins at byte {begun} is cut off") from None
        end = unpacker.tell()
        events.append(data[begun:end])
        begun = end
    return events
