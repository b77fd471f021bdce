"""Sweeps and their runs, as they are written and read."""

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from ntkscope.experiment.axes import members
from ntkscope.experiment.width_study import STUDIED
from ntkscope.schemas.event import Frame
from ntkscope.schemas.run import RunSummary
from ntkscope.schemas.sweep import SweepAxis, SweepRequest
from ntkscope.store.database import Database
from ntkscope.store.run_store import RunStore
from ntkscope.store.sweep_store import StoredMember, StoredSweep, SweepStore
from ntkscope.store.sweep_writes import delete_sweep, insert_member, insert_sweep, interrupt_sweeps, update_sweep
from ntkscope.store.tables import SWEEPS
from ntkscope.store.writes import append_events, insert_run
from ntkscope.wire.codec import EncodedEvent, encode
from tests.fake_trainer import checkpoint, frame
from tests.store.test_run_store import summary

REQUEST = SweepRequest(name="Größe", axes=[SweepAxis(field="network.width", values=[64, 128])])


# As ntkscope 0.1 wrote it, when an axis could be one of three fields.
EARLIER = """
{"name":"ReLU, widths 64 to 256","config":{"data":{"points":{"kind":"interval","n":32,"low":-1.0,"high":1.0,
"include_end":true,"hold_out":false},"target":{"kind":"sinusoids","frequencies":[1.0,3.0],"amplitudes":[1.0,0.5],
"phases":[0.0],"draw":"none"},"noise":0.0,"norm":null,"grid":256},"network":{"width":1024,"depth":1,
"activation":"erf","leaky_slope":0.01,"rbf_gamma":1.0,"parameterization":"ntk","sigma_w":4.0,"sigma_b":2.0,
"bias":true,"output_scale":1.0,"encoding":{"kind":"none"},"centered":true},"training":{"learning_rate":{"kind":"auto",
"fraction":0.5},"stop":{"steps":4000,"time":null,"loss":null,"wall_seconds":null,"all_learnt":false},"device":"auto",
"precision":"float64"},"recording":{"frames":160,"kernel_frames":24,"hessian":false,"modes":64,"epsilon":0.1},
"seed":0},"axes":[{"field":"network.width","values":[64,256]},{"field":"network.parameterization","values":["ntk",
"mean_field"]},{"field":"seed","values":[0,1]}]}
"""


def fill(database: Database, sweeps: list[StoredSweep], runs: list[RunSummary]) -> SweepStore:
    with database.engine.begin() as connection:
        for sweep in sweeps:
            insert_sweep(connection, sweep)
        for run in runs:
            insert_run(connection, run)
    return SweepStore(database.engine)


def sweep(sweep_id: str, created_at: float = 1.0) -> StoredSweep:
    return StoredSweep(sweep_id, "running", created_at, None, REQUEST)


def test_a_sweep_comes_back_as_it_went(database: Database) -> None:
    store = fill(database, [sweep("s")], [])

    assert store.sweep("s") == sweep("s")
    assert store.sweep("t") is None
    with database.engine.begin() as connection:
        update_sweep(connection, "s", state="completed", ended_at=3.5)
    assert store.sweep("s") == StoredSweep("s", "completed", 1.0, 3.5, REQUEST)


def test_a_sweep_of_an_earlier_version_opens_and_has_the_same_runs(database: Database) -> None:
    store = fill(database, [sweep("s")], [])
    with database.engine.begin() as connection:
        connection.execute(update(SWEEPS).values(request=EARLIER))
    found = store.sweep("s")

    assert isinstance(found, StoredSweep)
    made = members(found.request)
    assert len(made) == found.request.total == 8
    assert made[5].values == {"network.width": 256, "network.parameterization": "ntk", "seed": 1}
    assert made[5].config.network == found.request.config.network.model_copy(update={"width": 256})
    assert STUDIED.issuperset(axis.field for axis in found.request.axes)


def test_its_runs_are_found_by_their_index(database: Database) -> None:
    runs = [
        summary("b", sweep="s", member=1, state="failed", last_seq=4),
        summary("a", sweep="s", member=0),
        summary("deleted", sweep="s", member=2, deleted_at=1.0),
        summary("other", sweep="t", member=0),
        summary("own"),
    ]
    store = fill(database, [sweep("s")], runs)

    assert store.members("s") == {0: StoredMember("a", "completed", "", 0), 1: StoredMember("b", "failed", "", 4)}
    assert list(store.members("s")) == [0, 1]


def test_pages_are_newest_first_with_the_states_of_the_runs(database: Database) -> None:
    runs = [summary(str(i), sweep="1", member=i, state="failed" if i == 2 else "completed") for i in range(4)]
    deleted = summary("deleted", sweep="1", member=9, deleted_at=1.0)
    store = fill(database, [sweep(str(i), float(i)) for i in range(3)], [*runs, deleted])

    total, page = store.sweeps(limit=2, offset=1)
    assert total == 3
    assert [(found.id, states) for found, states in page] == [("1", {"completed": 3, "failed": 1}), ("0", {})]


def test_runs_of_a_sweep_are_listed_where_they_are_asked_for(database: Database) -> None:
    fill(database, [sweep("s")], [summary("a", sweep="s", member=0), summary("own")])
    store = RunStore(database.engine)

    assert [run.id for run in store.runs(10)[1]] == ["own"]
    assert [(run.id, run.sweep, run.member) for run in store.runs(10, sweep="s")[1]] == [("a", "s", 0)]


def test_an_index_belongs_to_one_run_until_another_takes_its_place(database: Database) -> None:
    store = fill(database, [sweep("s")], [summary("old", sweep="s", member=0), summary("kept", sweep="s", member=1)])
    with pytest.raises(IntegrityError), database.engine.begin() as connection:
        insert_run(connection, summary("new", sweep="s", member=0))
    with database.engine.begin() as connection:
        insert_member(connection, summary("new", created_at=7.0, sweep="s", member=0))

    assert {member: run.run_id for member, run in store.members("s").items()} == {0: "new", 1: "kept"}
    old = RunStore(database.engine).run("old")
    assert old is not None
    assert (old.sweep, old.deleted_at) == (None, 7.0)


def test_deleting_takes_its_runs_and_no_others(database: Database) -> None:
    runs = [summary("a", sweep="s", member=0), summary("b", sweep="t", member=0), summary("own")]
    store = fill(database, [sweep("s"), sweep("t")], runs)
    with database.engine.begin() as connection:
        delete_sweep(connection, "s", 7.0)

    assert store.sweep("s") is None
    assert store.sweep("t") is not None
    deleted = {run_id: RunStore(database.engine).run(run_id) for run_id in ("a", "b", "own")}
    assert {run_id: run.deleted_at for run_id, run in deleted.items() if run} == {"a": 7.0, "b": None, "own": None}


def test_only_sweeps_that_run_are_interrupted(database: Database) -> None:
    ended = StoredSweep("ended", "completed", 1.0, 2.0, REQUEST)
    store = fill(database, [sweep("runs"), ended], [])
    with database.engine.begin() as connection:
        interrupt_sweeps(connection, 7.0)

    assert store.sweep("ended") == ended
    assert store.sweep("runs") == StoredSweep("runs", "interrupted", 1.0, 7.0, REQUEST)


def test_events_of_some_types_come_decoded_and_in_order(database: Database) -> None:
    store = fill(database, [], [summary("a")])
    events = [frame(1, 1), checkpoint(2, 1), frame(3, 2)]
    with database.engine.begin() as connection:
        append_events(connection, [EncodedEvent("a", e.seq, e.type, encode(e)) for e in reversed(events)])

    found = list(store.events_of("a", ("frame", "kernel_frame")))
    assert all(isinstance(event, Frame) for event in found)
    assert [event.seq for event in found] == [1, 3]
