"""Event <-> msgpack and JSON. Bytes are made once, in the worker; they are stored and sent as they are.

A message is a msgpack map with the event's fields. An array is the map
`{"shape": [rows, ...], "float32": bytes}` of little-endian values in C order; a missing value is NaN.
Scalars are float64.
"""

from dataclasses import dataclass
from typing import Any

import msgpack
import numpy as np
from numpy.typing import NDArray

from ntkscope.schemas.event import EVENT, RunEvent

LARGEST = float(np.finfo(np.float32).max)


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


def decode(data: bytes) -> RunEvent:
    """The event of these bytes, its arrays as float64.

    Raises:
        pydantic.ValidationError: the bytes hold no event of this version.
    """
    return EVENT.validate_python(decode_fields(data))


def decode_fields(data: bytes) -> dict[str, Any]:
    """The event's fields as plain values and arrays, not validated."""
    fields: dict[str, Any] = msgpack.unpackb(data, object_hook=_unpack)
    return fields


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


def _pack(value: NDArray[np.float64]) -> dict[str, Any]:
    clamped = np.clip(value, -LARGEST, LARGEST).astype("<f4")
    return {"shape": list(value.shape), "float32": clamped.tobytes()}


def _unpack(fields: dict[str, Any]) -> Any:
    if fields.keys() == {"shape", "float32"}:
        return np.frombuffer(fields["float32"], dtype="<f4").astype(np.float64).reshape(fields["shape"])
    return fields
