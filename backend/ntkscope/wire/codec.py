"""Event <-> msgpack and JSON. Bytes are made once, in the worker; they are stored and sent as they are.

A message is a msgpack map with the event's fields, `version` first. An array is the map
`{"shape": [rows, ...], "float32": bytes}` of little-endian values in C order; a missing value is NaN.
Other numbers are float64 or integers. Bytes of an earlier version are read as if they were of this one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgpack
import numpy as np
from numpy.typing import NDArray

from ntkscope.schemas.event import EVENT, RunEvent
from ntkscope.wire.version_1 import Fields, upgrade

LARGEST = float(np.finfo(np.float32).max)
VERSION = msgpack.packb("version")  # the first key of an event's map, since version 2
LARGE_MAP = b"\xde"  # begins a map of 16 fields and more, whose head is 3 bytes; another's is 1
Before = Callable[[], Fields | None]  # finds the fields of the Started before an event in its log


def _unknown() -> None:
    """For an event whose log is not known."""


@dataclass(frozen=True, slots=True)
class EncodedEvent:
    """A run's event on its way from the worker into the store."""

    run: str
    seq: int
    type: str
    data: bytes


def encode(event: RunEvent) -> bytes:
    """The event's msgpack bytes. Values beyond float32's range are clamped to it, never sent as infinity."""
    packed: bytes = msgpack.packb(event.model_dump(), default=_pack)
    return packed


def decode(data: bytes, started: Before = _unknown) -> RunEvent:
    """The event of these bytes, its arrays as float64.

    Args:
        data: Of one event.
        started: As `version_1.upgrade` has it, for bytes that may be of an earlier version.

    Raises:
        pydantic.ValidationError: the bytes hold no event of this version or an earlier one.
    """
    return EVENT.validate_python(decode_fields(data, started))


def decode_fields(data: bytes, started: Before = _unknown) -> Fields:
    """The event's fields as plain values and arrays, not validated."""
    fields: Fields = msgpack.unpackb(data, object_hook=_unpack)
    return upgrade(fields, started)


def in_this_version(data: bytes, started: Before = _unknown) -> bytes:
    """The event of these bytes as this version writes it. What cannot be read stays as it is: its reader says so."""
    if data.startswith(VERSION, 3 if data.startswith(LARGE_MAP) else 1):
        return data
    try:
        return encode(decode(data, started))
    except (ValueError, KeyError, TypeError, AttributeError):
        return data


def decode_first(data: bytes, name: str) -> Any:
    """A field of the event whose bytes begin so; what comes after the field may be missing.

    Raises:
        ValueError: it is not among the fields that are there.
    """
    unpacker = msgpack.Unpacker()
    unpacker.feed(data)
    try:
        for _ in range(unpacker.read_map_header()):
            if unpacker.unpack() == name:
                return unpacker.unpack()
            unpacker.skip()
    except msgpack.OutOfData:
        pass
    raise ValueError(f"these {len(data)} bytes do not reach a field '{name}'")


def to_json(data: bytes) -> bytes:
    """The same event as JSON text; missing values are null."""
    return EVENT.dump_json(decode(data))


def in_wire_precision(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """As who reads the bytes has them: float32's digits, clamped to its range."""
    return _clamped(values).astype(np.float64)


def _clamped(values: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.clip(values, -LARGEST, LARGEST).astype("<f4")


def _pack(value: NDArray[np.float64]) -> dict[str, Any]:
    return {"shape": list(value.shape), "float32": _clamped(value).tobytes()}


def _unpack(fields: dict[str, Any]) -> Any:
    if fields.keys() == {"shape", "float32"}:
        return np.frombuffer(fields["float32"], dtype="<f4").astype(np.float64).reshape(fields["shape"])
    return fields
