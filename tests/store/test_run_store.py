"""Rows and events as they are read."""

from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.placement import Placement
from ntkscope.schemas.preset import DatasetInfo
from ntkscope.schemas.run import RunSummary, State
from ntkscope.store.database import Database
from ntkscope.store.large import LARGE
from ntkscope.store.run_store import CheckpointPlace, RunStore
from ntkscope.store.sweep_writes import retire_runs
from ntkscope.store.writes import (
    append_events,
    insert_dataset,
    insert_run,
    interrupt_runs,
    purge_runs,
    update_run,
)
from ntkscope.wire.codec import EncodedEvent, encode
from tests.fake_trainer import checkpoint, frame


def summary(run_id: str, created_at: float = 1.0, state: State = "completed", **changes: object) -> RunSummary:
    config = RunConfig(seed=3)
    fields = {
        "id": run_id,
        "name": "",
        "tags": [],
        "state": state,
        "sentence": "",
        "created_at": created_at,
        "started_at": None,
        "ended_at": None,
        "deleted_at": None,
        "ahead": 0,
        "last_seq": 0,
        "config": config,
        "digest": config.digest(),
        "recorded": False,
    }
    return RunSummary.model_validate(fields | changes)


def fill(database: Database, *runs: RunSummary) -> RunStore:
    with database.engine.begin() as connection:
        for run in runs:
            insert_run(connection, run)
    return RunStore(database.engine)


def test_where_a_run_computes_is_kept_and_may_change(database: Database) -> None:
    before, after = Placement(device="cuda", eigen="cuda", reason="λ"), Placement(reason="it was gone")
    store = fill(database, summary("a", placement=before))
    for placement in (before, after):
        with database.engine.begin() as connection:
            update_run(connection, "a", placement=placement)
        run = store.run("a")
        assert isinstance(run, RunSummary)
        assert run.placement == placement


def test_a_run_comes_back_as_it_went(database: Database) -> None:
    run = summary("a", name="Größe", tags=["λ", "b"], started_at=2.5)
    store = fill(database, run)

    assert store.run("a") == run
    assert store.run("b") is None


def test_pages_are_newest_first_and_leave_deleted_ones_out(database: Database) -> None:
    runs = [summary(str(i), created_at=float(i)) for i in range(5)]
    store = fill(database, *runs, summary("gone", created_at=9.0, deleted_at=10.0))

    total, page = store.runs(limit=2, offset=1)
    assert total == 5
    assert [run.id for run in page] == ["3", "2"]


def test_search_needs_every_word_anywhere(database: Database) -> None:
    store = fill(
        database,
        summary("a", name="Two Sines", tags=["wide"]),
        summary("b", name="two circles"),
        summary("c", name="100%"),
    )

    def found(words: str) -> set[str]:
        return {run.id for run in store.runs(10, search=words)[1]}

    assert found("two") == {"a", "b"}
    assert found("WIDE two") == {"a"}
    assert found("0%") == {"c"}
    assert found("%") == {"c"}
    assert found("'; drop table runs; --") == set()


def test_events_are_read_in_order_without_checkpoints(database: Database) -> None:
    store = fill(database, summary("a"))
    events = [frame(1, 1), checkpoint(2, 1), frame(3, 2), frame(4, 3), checkpoint(5, 3)]
    with database.engine.begin() as connection:
        append_events(connection, [EncodedEvent("a", e.seq, e.type, encode(e)) for e in reversed(events)])

    assert [seq for seq, _ in store.events("a", 0, 10)] == [1, 3, 4]
    assert [seq for seq, _ in store.events("a", 1, 1)] == [3]
    assert store.events("a", 0, 1)[0][1] == encode(frame(1, 1))
    last = store.last_checkpoint("a")
    assert last == CheckpointPlace(5, 3)
    assert store.event("a", 5) == encode(events[-1])
    assert store.last_checkpoint("b") is None
    run = store.run("a")
    assert run is not None
    assert run.last_seq == 5


def test_only_runs_that_have_not_ended_are_interrupted(database: Database) -> None:
    states: list[State] = ["queued", "running", "paused", "completed", "failed"]
    store = fill(database, *(summary(state, state=state) for state in states))
    with database.engine.begin() as connection:
        interrupt_runs(connection, 7.0, "stopped")

    found = {run.id: (run.state, run.ended_at, run.sentence) for run in store.runs(10)[1]}
    for state in ("queued", "running"):
        assert found[state] == ("interrupted", 7.0, "stopped")
    assert found["paused"][0] == "paused"
    assert found["completed"][0] == "completed"
    assert found["failed"][0] == "failed"


def test_purging_takes_the_old_ones_and_their_events(database: Database) -> None:
    store = fill(database, summary("old", deleted_at=1.0), summary("new", deleted_at=9.0), summary("kept"))
    with database.engine.begin() as connection:
        append_events(connection, [EncodedEvent(run, 1, "frame", b"x") for run in ("old", "new", "kept")])
        assert purge_runs(connection, 5.0) == ["old"]

    assert store.run("old") is None
    assert store.events("old", 0, 10) == []
    assert store.run("new") is not None
    assert len(store.events("new", 0, 10)) == len(store.events("kept", 0, 10)) == 1


def test_a_change_leaves_the_rest(database: Database) -> None:
    store = fill(database, summary("a", name="old", tags=["t"]))
    with database.engine.begin() as connection:
        update_run(connection, "a", name="new")

    assert store.run("a") == summary("a", name="new", tags=["t"])


def test_a_table_is_kept_once(database: Database) -> None:
    info = DatasetInfo(sha256="0" * 64, name="first", rows=1, columns=["x1", "y"])
    with database.engine.begin() as connection:
        insert_dataset(connection, info, b"x1,y\n1,2\n", 1.0)
        insert_dataset(connection, info.model_copy(update={"name": "second"}), b"x1,y\n1,2\n", 2.0)

    assert RunStore(database.engine).dataset("0" * 64) == (info, b"x1,y\n1,2\n")
    assert RunStore(database.engine).dataset("1" * 64) is None


def test_a_large_checkpoint_is_kept_once_and_comes_back_as_it_went(database: Database) -> None:
    store = fill(database, summary("a"))
    parameters = bytes(range(256)) * (LARGE // 100)
    large = encode(checkpoint(2, 7).model_copy(update={"parameters": parameters}))
    other = encode(checkpoint(2, 8).model_copy(update={"parameters": parameters[::-1]}))
    with database.engine.begin() as connection:
        append_events(connection, [EncodedEvent("a", 1, "frame", b"x"), EncodedEvent("a", 2, "checkpoint", large)])
        append_events(connection, [EncodedEvent("a", 2, "checkpoint", other), EncodedEvent("a", 3, "frame", b"y")])

    assert store.event("a", 2) == large
    assert store.last_checkpoint("a") == CheckpointPlace(2, 7)
    assert [seq for seq, _ in store.events("a", 0, 9)] == [1, 3]


def test_a_large_event_of_a_transaction_that_fails_is_not_there(database: Database) -> None:
    store = fill(database, summary("a"))
    with database.engine.connect() as connection:
        append_events(connection, [EncodedEvent("a", 1, "frame", bytes(LARGE + 1))])
        connection.rollback()

    assert store.events("a", 0, 9) == []


def test_runs_are_counted_by_person_and_retired_by_age(database: Database) -> None:
    runs = [
        summary(str(number)).model_copy(update={"person": person, "ended_at": ended, "tags": tags, "state": state})
        for number, (person, ended, tags, state) in enumerate(
            [
                ("anna", 5.0, [], "completed"),
                ("anna", 5.0, ["keep"], "completed"),
                ("anna", 50.0, [], "failed"),
                ("", None, [], "running"),
            ]
        )
    ]
    store = fill(database, *runs)
    assert [(one.person, one.runs) for one in store.count_by_person()] == [("anna", 3), ("", 1)]
    with database.engine.begin() as connection:
        retire_runs(connection, ended_before=10.0, now=60.0)
    assert [(one.person, one.runs) for one in store.count_by_person()] == [("anna", 2), ("", 1)]
    gone = store.run("0")
    assert isinstance(gone, RunSummary)
    assert gone.deleted_at == 60.0
