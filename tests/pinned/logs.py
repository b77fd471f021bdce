"""Runs whose logs are kept as version 1 of the events wrote them, and the database that held three of them: the past
that must still open. No program writes such bytes any more.

    python -m tests.pinned.logs

writes what is made of them today anew: what the server sends for each log, as bytes and as JSON. Whoever does so names
the reason in the commit.

The circle was paused and then extended by a version that planned the added steps alone, with a law of their own. The
same run with one plan and one law over all of it is `extended`.
"""

from collections.abc import Iterable
from pathlib import Path

from ntkscope.experiment.measure import clock
from ntkscope.experiment.trainer import train
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import Checkpoint, RunEvent, Tick
from ntkscope.wire.codec import encode, to_json
from ntkscope.wire.sequence import decode_log, split
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


def sent(name: str) -> list[bytes]:
    """What a server of this version sends for a pinned log."""
    return [encode(event) for event in decode_log(read(name)) if not isinstance(event, Checkpoint)]


def main() -> None:
    for name in CONFIGS:
        data = sent(name)
        (FOLDER / f"{name}.sent").write_bytes(b"".join(data))
        (FOLDER / f"{name}.json").write_bytes(b"[" + b",\n".join(map(to_json, data)) + b"]\n")
    print("Then, in frontend/: PIN_FIGURES=1 npx vitest run src/charts/pinned.test.ts")


if __name__ == "__main__":
    main()
