"""Messages between the server and its workers as bytes: a msgpack map of plain fields, and one payload beside it.

Not pickle, which runs whatever its sender asks for: a worker computes with what strangers wrote.
"""

from dataclasses import asdict, fields, replace
from typing import Any

import msgpack
import numpy as np

from ntkscope.executors.base import (
    Begun,
    CommandReceived,
    Died,
    Ended,
    Job,
    Message,
    Order,
    Paused,
    Ready,
    Released,
    Ticked,
    ToWorker,
)
from ntkscope.experiment.card import Card
from ntkscope.experiment.measure.cadence import Cadence
from ntkscope.experiment.measure.told import Told
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.speed import Speed
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.placement import Placement
from ntkscope.wire.codec import EncodedEvent

Letter = ToWorker | Message
PLAIN: dict[str, type[Any]] = {
    kind.__name__: kind for kind in (Order, Begun, Ticked, CommandReceived, Paused, Released, Ended, Died, EncodedEvent)
}
PAYLOAD = "data"  # the field that is not copied into the map
NONE = "None"


def pack(letter: Letter) -> tuple[bytes, bytes]:
    """The map and the payload, which is empty for most.

    Raises:
        TypeError: a job whose checkpoint has not been read yet.
    """
    if letter is None:
        return msgpack.packb({"kind": NONE}), b""
    if isinstance(letter, Job):
        return _pack_job(letter)
    if isinstance(letter, Ready):
        return msgpack.packb({"kind": Ready.__name__, "card": asdict(letter.card)}), b""
    values = {field.name: getattr(letter, field.name) for field in fields(letter)}
    payload = values.pop(PAYLOAD, b"")
    return msgpack.packb({"kind": type(letter).__name__, **values}), payload


def unpack(head: bytes, payload: bytes) -> Letter:
    """The message of these bytes.

    Raises:
        ValueError: they are none.
    """
    values: dict[str, Any] = msgpack.unpackb(head)
    kind = values.pop("kind", "")
    if kind == NONE:
        return None
    if kind == Job.__name__:
        return _job(values, payload)
    if kind == Ready.__name__:
        return Ready(_card(values["card"]))
    if kind not in PLAIN:
        raise ValueError(f"there is no message of the kind '{kind}'")
    made = PLAIN[kind]
    has_payload = any(field.name == PAYLOAD for field in fields(made))
    letter: Letter = made(**values, **({PAYLOAD: payload} if has_payload else {}))
    return letter


def _pack_job(job: Job) -> tuple[bytes, bytes]:
    if callable(job.resume):
        raise TypeError("a job is sent with its checkpoint, not with what reads it")
    table = job.dataset
    values = {
        "kind": Job.__name__,
        "run_id": job.run_id,
        "config": job.config.model_dump_json(),
        "dataset": table
        and {
            "name": table.name,
            "columns": table.columns,
            "shape": table.x.shape,
            "held_out": None if table.held_out is None else table.held_out.tolist(),
            "notices": table.notices,
            "x": np.ascontiguousarray(table.x, "<f8").tobytes(),
            "y": np.ascontiguousarray(table.y, "<f8").tobytes(),
        },
        "resumes": job.resume is not None,
        "since": job.since,
        "threads": job.threads,
        "placement": job.placement and job.placement.model_dump(),
        "told": job.told and asdict(job.told),
        "cadence": job.cadence and asdict(job.cadence),
    }
    return msgpack.packb(values), job.resume or b""


def _job(values: dict[str, Any], payload: bytes) -> Job:
    table, told, cadence = values["dataset"], values["told"], values["cadence"]
    job = Job(
        run_id=values["run_id"],
        config=RunConfig.model_validate_json(values["config"]),
        dataset=table and _table(table),
        since=values["since"],
        threads=values["threads"],
        placement=values["placement"] and Placement(**values["placement"]),
        told=told and Told(**told),
        cadence=cadence and Cadence(**cadence),
    )
    return replace(job, resume=payload) if values["resumes"] else job


def _table(values: dict[str, Any]) -> Table:
    x, y = (np.frombuffer(values[name], "<f8").astype(np.float64) for name in ("x", "y"))
    held_out = None if values["held_out"] is None else np.array(values["held_out"], dtype=bool)
    x = x.reshape(values["shape"])
    return Table(values["name"], x, y, values["columns"], held_out, values["notices"])


def _card(values: dict[str, Any]) -> Card:
    speed = values["speed"]
    return Card(**values | {"speed": speed and Speed(**speed)})
