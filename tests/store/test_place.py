"""Where a run that was killed goes on, and whether it has ended, read off logs of every shape."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from ntkscope.experiment.measure.moved import origin
from ntkscope.schemas.event import RunEvent, Started
from ntkscope.store.database import Database
from ntkscope.store.place import CheckpointPlace, Place, log_end
from ntkscope.store.run_store import RunStore
from ntkscope.store.tables import EVENTS
from ntkscope.store.writes import append_events, settle_run
from ntkscope.wire.codec import EncodedEvent, encode
from tests.cases import config, of, small_run
from tests.fake_trainer import checkpoint, finished, frame
from tests.store.test_run_store import fill, summary

CONFIG = config()
STARTED = of(small_run(), Started)[0]


def log(database: Database, shape: str) -> RunStore:
    """S: Started; f1: a frame at step 1; c1: a checkpoint there; e1: the end there. A `c` in between is kept, however
    many there are: each is added alone."""
    store = fill(database, summary("a", state="running", config=CONFIG, digest=CONFIG.digest()))
    for seq, word in enumerate(shape.split(), 1):
        step = int(word[1:] or 0)
        made: dict[str, RunEvent] = {
            "S": STARTED.model_copy(update={"seq": seq}),
            "f": frame(seq, step or 1).model_copy(update={"step": step}),
            "c": checkpoint(seq, step),
            "e": finished(seq, step),
        }
        event = made[word[0]]
        with database.engine.begin() as connection:
            append_events(connection, [EncodedEvent("a", seq, event.type, encode(event))])
    return store


@pytest.mark.parametrize(
    ("shape", "place"),
    [
        ("", Place(0, False, -1, -1, None, -1)),
        ("S", Place(1, True, -1, -1, None, -1)),
        ("S f0 f1", Place(3, True, 1, -1, None, -1)),
        ("S f0 c1 f2 f3", Place(5, True, 3, -1, CheckpointPlace(3, 1), -1)),
        ("S f0 c1 f2 c2", Place(5, True, 2, -1, CheckpointPlace(5, 2), -1)),
        # An extension: before it has told anything, once it has begun, and with a checkpoint of its own.
        ("S f0 e5 c5", Place(4, False, 0, -1, CheckpointPlace(4, 5), None)),
        ("S f0 e5 c5 S f6", Place(6, True, 6, -1, CheckpointPlace(4, 5), None)),
        ("S f0 e5 c5 S f6 c7 f8", Place(8, True, 8, -1, CheckpointPlace(7, 7), 5)),
        # Extended, cancelled before it began, extended again.
        ("S f0 e5 c5 e5 c5 S c7", Place(8, True, 0, -1, CheckpointPlace(8, 7), 5)),
    ],
)
def test_where_it_goes_on(database: Database, shape: str, place: Place) -> None:
    found = log(database, shape).place("a")
    assert replace(found, origin="") == place
    assert found.origin == (origin(STARTED.machine) if place.started else "")
    assert found.extended().origin == ""


def test_a_damaged_started_does_not_say_where_the_run_was_trained(database: Database) -> None:
    store = log(database, "S f0 c1")
    with database.engine.begin() as connection:
        connection.execute(update(EVENTS).where(EVENTS.c.seq == 1).values(bytes=b"\x81"))
    assert store.place("a") == Place(3, True, 0, -1, CheckpointPlace(3, 1), -1)


@pytest.mark.parametrize(
    ("shape", "ends"), [("S f1", False), ("S f1 e1", True), ("S e1 c1", True), ("S e1 c1 S", False)]
)
def test_a_run_whose_log_has_its_end_has_ended(database: Database, shape: str, ends: bool) -> None:
    store = log(database, shape)
    with database.engine.begin() as connection:
        assert settle_run(connection, "a", CONFIG.digest(), 9.0) is ends
    run = store.run("a")
    assert run is not None
    assert run.state == ("completed" if ends else "running")
    assert run.sentence == ("Reached the last step." if ends else "")


def test_one_that_was_to_be_extended_has_not(database: Database) -> None:
    log(database, "S f1 e1 c1")
    with database.engine.begin() as connection:
        assert log_end(connection, "a", config(training__stop__steps=900).digest()) is None


def test_a_log_keeps_its_newest_checkpoint(database: Database) -> None:
    store = log(database, "S c1 f2 c3 f4 c5")
    with database.engine.begin() as connection:
        late = encode(checkpoint(2, 1))
        append_events(connection, [EncodedEvent("b", 2, "checkpoint", late)])
    assert store.last_checkpoint("a") == CheckpointPlace(6, 5)
    assert [seq for seq, _ in store.events("a", 0, 9)] == [1, 3, 5]
    assert store.last_checkpoint("b") == CheckpointPlace(2, 1)
