"""Runs whose logs are kept as they were first written, and how to write them: the past that must still open.

    python -m tests.pinned.logs [NAME ...]

writes the logs anew, their JSON, and the database that holds the first three, and prints what is left to do. Whoever
does so names the reason in the commit.

The circle was paused and then extended by a version that planned the added steps alone, with a law of their own: its
log stays as that version wrote it. The same run as it is written today, one plan and one law over all of it, is
`extended`.
"""

import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL

from ntkscope.experiment.measure import clock
from ntkscope.experiment.trainer import train
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import Checkpoint, Finished, RunEvent, Started, Tick
from ntkscope.schemas.run import RunSummary
from ntkscope.store.database import make_engine
from ntkscope.store.migrations import migrate
from ntkscope.store.writes import append_events, insert_run
from ntkscope.wire.codec import EncodedEvent, decode, encode, to_json
from ntkscope.wire.sequence import split
from tests.cases import config

FOLDER = Path(__file__).parent
DATABASE = FOLDER / "schema-2.sqlite"
PAUSED_AT, EXTENDED_TO = 40, 400

CONFIGS: dict[str, RunConfig] = {
    "interval": config(
        data__noise=0.05, network__width=32, training__precision="float32", recording__frames=32,
        recording__kernel_frames=8, recording__modes=16,
    ),
    "circle": config(
        data__points={"kind": "circle", "n": 16}, network__width=24, network__depth=2, network__activation="relu",
        network__centered=False, recording__frames=16, recording__kernel_frames=4, recording__modes=13,
        recording__hessian=True,
    ),
    "plane": config(
        data__points={"kind": "random", "n": 16, "d": 2, "distribution": "uniform"},
        data__target={"kind": "formula", "text": "sin(2*x1) + x2"}, data__grid=49, network__width=128,
        network__activation="tanh", training__learning_rate={"kind": "auto", "fraction": 2.0},
        recording__frames=80, recording__kernel_frames=20, recording__modes=16,
    ),
}  # fmt: skip
CONFIGS["extended"] = CONFIGS["circle"]
OLDER = ["circle"]  # not written anew
IN_DATABASE = ["interval", "circle", "plane"]


def record(name: str) -> list[RunEvent]:
    """The run of this name, as its log has it; `extended` is paused on its way before it is extended."""
    if name != "extended":
        return _stored(train(CONFIGS[name]))
    before, clock.TICK_SECONDS = clock.TICK_SECONDS, 0.0  # a Tick after every step: a pause at a given one
    try:
        first = _paused(CONFIGS[name], PAUSED_AT)
    finally:
        clock.TICK_SECONDS = before
    end = first[-1]
    assert isinstance(end, Checkpoint)
    stop = CONFIGS[name].training.stop.model_copy(update={"steps": EXTENDED_TO})
    longer = CONFIGS[name].training.model_copy(update={"stop": stop})
    further = train(CONFIGS[name].model_copy(update={"training": longer}), resume=end, last_seq=end.seq)
    return first + _stored(further)


def read(name: str) -> list[bytes]:
    """The bytes of each event of a pinned log."""
    return split((FOLDER / f"{name}.events").read_bytes())


def _stored(events: Iterable[RunEvent]) -> list[RunEvent]:
    return [event for event in events if not isinstance(event, Tick)]


def _paused(settings: RunConfig, at: int) -> list[RunEvent]:
    """A whole run that waits at one step for two Ticks."""
    training, events, waited = train(settings), [], 0
    event = next(training, None)
    while event is not None:
        events.append(event)
        command = None
        if isinstance(event, Tick) and event.step == at:
            waited += event.paused
            command = "resume" if waited == 2 else None if event.paused else "pause" if waited == 0 else None
        try:
            event = training.send(command)
        except StopIteration:
            event = None
    return _stored(events)


def write_log(name: str) -> None:
    """Trains, and writes the log and its JSON."""
    events = record(name)
    (FOLDER / f"{name}.events").write_bytes(b"".join(encode(event) for event in events))
    sent = [to_json(encode(event)) for event in events if not isinstance(event, Checkpoint)]
    (FOLDER / f"{name}.json").write_bytes(b"[" + b",\n".join(sent) + b"]\n")


def write_database() -> None:
    """A database with three of the logs, in the schema of today's program."""
    DATABASE.unlink(missing_ok=True)
    engine = make_engine(URL.create("sqlite", database=str(DATABASE)))
    with engine.begin() as connection:
        migrate(connection)
        for order, name in enumerate(IN_DATABASE):
            data = read(name)
            events = [decode(item) for item in data]
            insert_run(connection, _row(name, events, 1.7e9 + order))
            append_events(
                connection,
                [EncodedEvent(name, event.seq, event.type, item) for event, item in zip(events, data, strict=True)],
            )
    with closing(engine.raw_connection()) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
    engine.dispose()


def _row(name: str, events: list[RunEvent], created: float) -> RunSummary:
    started = [event for event in events if isinstance(event, Started)][-1]
    finished = [event for event in events if isinstance(event, Finished)][-1]
    return RunSummary(
        id=name,
        name=f"Pinned: {name}",
        tags=["pinned"],
        state=finished.outcome,
        sentence=finished.sentence,
        created_at=created,
        started_at=created,
        ended_at=created + finished.wall_seconds,
        deleted_at=None,
        ahead=0,
        last_seq=events[-1].seq,
        config=started.config,
        digest=started.config.digest(),
        recorded=False,
    )


def main(names: list[str]) -> None:
    for name in names or [name for name in CONFIGS if name not in OLDER]:
        write_log(name)
    if not names or set(names) & set(IN_DATABASE):
        write_database()
    print("Then, in frontend/: PIN_FIGURES=1 npx vitest run src/charts/pinned.test.ts")


if __name__ == "__main__":
    main(sys.argv[1:])
