"""Places in the queue."""

from ntkscope.executors.base import Job
from ntkscope.runs.live import Live, LiveRuns
from ntkscope.runs.memory import Memory
from tests.fake_trainer import FAST, behaving
from tests.store.test_run_store import summary

READY = range(2)  # every slot of these tests


def runs(slots: int, *ids: str) -> LiveRuns:
    made = LiveRuns(slots, Memory(1))
    for run_id in ids:
        made.add(Live(summary(run_id), Job(run_id, behaving(FAST))))
    return made


def begin(live: LiveRuns) -> str:
    found = live.next(READY)
    assert found is not None
    slot, run = found
    run.slot, run.state, run.job = slot, "running", None
    return run.run.id


def test_nobody_begins_before_a_slot_is_free() -> None:
    live = runs(1, "a", "b")
    assert begin(live) == "a"
    assert live.next(READY) is None
    live.release("a")
    assert begin(live) == "b"


def test_those_ahead_are_those_who_train_and_those_who_wait_longer() -> None:
    live = runs(2, "a", "b", "c", "d", "e")
    begin(live), begin(live)
    live["d"].held = True

    assert [live.ahead(run_id) for run_id in "abcde"] == [0, 0, 2, 0, 3]


def test_one_that_waits_for_its_own_slot_does_not_stop_the_others() -> None:
    live = runs(2, "a", "b", "c")
    begin(live), begin(live)
    live.release("a")
    live["a"].state = "queued"  # it goes on, but only in slot 0
    live.last_in_line("a")
    live["b"].state = "completed"
    assert begin(live) == "c"
    assert live["c"].slot == 0
    live.remove("b")
    assert live.next(READY) is None
    live.remove("c")
    assert begin(live) == "a"


def test_the_number_that_waits_counts_the_held_ones_not() -> None:
    live = runs(1, "a", "b", "c")
    begin(live)
    live["b"].state = "paused"

    assert live.queued() == 1


def test_a_slot_whose_worker_is_not_ready_is_left_alone() -> None:
    live = runs(2, "a", "b")
    assert live.next(()) is None
    found = live.next({1})
    assert found is not None
    assert (found[0], found[1].run.id) == (1, "a")
    assert live.next({1}) is None
