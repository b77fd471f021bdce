"""How far a run's log has come, and where the run can go on: read off the log alone."""

from dataclasses import dataclass, replace

from sqlalchemy import Connection, Function, LargeBinary, func, select

from ntkscope.experiment.measure.moved import origin
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event_parts import Machine
from ntkscope.store.tables import EVENTS
from ntkscope.wire.codec import decode_fields, decode_first

HEAD = 4096  # bytes of an event in which its first fields are


@dataclass(frozen=True)
class CheckpointPlace:
    """Where a run can go on."""

    seq: int  # of its checkpoint
    step: int


@dataclass(frozen=True)
class Place:
    """Where a run that was killed goes on.

    Args:
        seq: Of the last event; 0 for none.
        started: Whether the log has the Started of the steps after the checkpoint.
        frame: The step of its last frame; -1 for none.
        kernel: The step of its last kernel frame; -1 for none.
        checkpoint: The newest one; None where the run begins again, and tells nothing twice.
        since: The step after which the plan begins that the checkpoint belongs to, -1 for all; None where the
            checkpoint is the end before an extension, whose plan begins with it.
        origin: Where the log says that it was trained, as `measure.moved.origin`.
    """

    seq: int
    started: bool
    frame: int
    kernel: int
    checkpoint: CheckpointPlace | None
    since: int | None
    origin: str = ""

    def extended(self) -> "Place":
        """Where another plan begins, of which nothing is told yet."""
        return replace(self, started=False, since=None, origin="")


@dataclass(frozen=True)
class LogEnd:
    """How a log says that its run ended."""

    outcome: str
    sentence: str


def head() -> Function[bytes]:
    """An event's first fields: step and time come before whatever is long."""
    return func.substr(EVENTS.c.bytes, 1, HEAD, type_=LargeBinary)


def place(connection: Connection, run_id: str) -> Place:
    """How far the run's log has come."""
    kinds = _kinds(connection, run_id)
    last = {kind: seq for seq, kind in kinds}
    started, checkpoint = last.get("started", 0), last.get("checkpoint", 0)
    end = max((seq for seq, kind in kinds if kind == "finished" and seq < started), default=0)
    over = last.get("finished", 0) > started  # what comes now is an extension that has told nothing yet

    def step(seq: int | None) -> int:
        return decode_first(_head_of(connection, run_id, seq), "step") if seq else -1

    return Place(
        seq=kinds[-1][0] if kinds else 0,
        started=started > 0 and not over,
        frame=step(last.get("frame")),
        kernel=step(last.get("kernel_frame")),
        checkpoint=CheckpointPlace(checkpoint, step(checkpoint)) if checkpoint else None,
        since=None if over or 0 < checkpoint < started else step(end),
        origin=_origin(connection, run_id, started) if started and not over else "",
    )


def log_end(connection: Connection, run_id: str, digest: str) -> LogEnd | None:
    """How the log says that the run of this config ended; None while it does not, also before an extension."""
    last = {kind: seq for seq, kind in _kinds(connection, run_id)}
    started, finished = last.get("started", 0), last.get("finished", 0)
    if finished <= started:
        return None
    if started:
        chosen = select(EVENTS.c.bytes).where(EVENTS.c.run == run_id, EVENTS.c.seq == started)
        fields = decode_fields(connection.execute(chosen).scalar_one())
        if RunConfig.model_validate(fields["config"]).digest() != digest:
            return None
    data = _head_of(connection, run_id, finished)
    return LogEnd(decode_first(data, "outcome"), decode_first(data, "sentence"))


def _origin(connection: Connection, run_id: str, started: int) -> str:
    chosen = select(EVENTS.c.bytes).where(EVENTS.c.run == run_id, EVENTS.c.seq == started)
    try:
        return origin(Machine.model_validate(decode_fields(connection.execute(chosen).scalar_one())["machine"]))
    except (ValueError, KeyError):  # a damaged one says nothing
        return ""


def _kinds(connection: Connection, run_id: str) -> list[tuple[int, str]]:
    """Every event of the log, in order, by its seq and type."""
    chosen = select(EVENTS.c.seq, EVENTS.c.type).where(EVENTS.c.run == run_id).order_by(EVENTS.c.seq)
    return [(seq, kind) for seq, kind in connection.execute(chosen)]


def _head_of(connection: Connection, run_id: str, seq: int) -> bytes:
    data: bytes = connection.execute(select(head()).where(EVENTS.c.run == run_id, EVENTS.c.seq == seq)).scalar_one()
    return data
