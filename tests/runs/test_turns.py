"""The queue is fair: between people, and for each between single runs and sweeps."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from ntkscope.executors.base import Job
from ntkscope.runs.live import Live, LiveRuns
from ntkscope.runs.memory import Memory
from ntkscope.runs.turns import Turns
from ntkscope.schemas.run import RunSummary
from tests.fake_trainer import FAST, behaving
from tests.store.test_run_store import summary


def asked(run_id: str, person: str = "", sweep: str | None = None) -> RunSummary:
    return summary(run_id).model_copy(update={"person": person, "sweep": sweep})


def begun(live: LiveRuns) -> str:
    found = live.next(range(8))
    assert found is not None
    slot, run = found
    run.slot, run.state, run.job = slot, "running", None
    return run.run.id


def queue(slots: int, *runs: RunSummary) -> LiveRuns:
    live = LiveRuns(slots, Memory(1))
    for run in runs:
        live.add(Live(run, Job(run.id, behaving(FAST))))
    return live


def one_after_another(live: LiveRuns) -> list[str]:
    order = []
    while live.order():
        order.append(begun(live))
        live.remove(order[-1])
    return order


def test_one_person_s_runs_begin_in_the_order_of_arrival() -> None:
    assert one_after_another(queue(1, *(asked(name) for name in "abcd"))) == list("abcd")


def test_who_comes_after_a_hundred_runs_of_another_waits_for_one() -> None:
    many = [asked(f"a{number}", "anna") for number in range(100)]
    live = queue(1, *many)
    assert begun(live) == "a0"
    live.add(Live(asked("b", "ben"), Job("b", behaving(FAST))))
    assert live.ahead("b") == 1
    assert live.ahead("a1") == 2
    live.remove("a0")
    assert begun(live) == "b"


def test_who_asks_for_one_at_a_time_does_not_come_first_each_time() -> None:
    live = queue(1, asked("b0", "ben"), asked("b1", "ben"), asked("b2", "ben"))
    order = []
    for number in range(3):
        live.add(Live(asked(f"a{number}", "anna"), Job(f"a{number}", behaving(FAST))))
        order += [begun(live)]
        live.remove(order[-1])
    assert order == ["b0", "a0", "b1"]


def test_a_single_run_and_a_sweep_take_turns() -> None:
    runs = [asked(f"s{number}", "anna", "sweep") for number in range(3)] + [
        asked(f"o{number}", "anna") for number in "012"
    ]
    assert one_after_another(queue(1, *runs)) == ["s0", "o0", "s1", "o1", "s2", "o2"]


def test_three_sweeps_are_no_more_than_one_person() -> None:
    runs = [asked(f"{sweep}{number}", "anna", sweep) for sweep in "xyz" for number in range(2)]
    order = one_after_another(queue(1, *runs, asked("b0", "ben"), asked("b1", "ben")))
    assert order[:4] == ["x0", "b0", "y0", "b1"]


def test_slots_are_shared_out() -> None:
    runs = [asked(f"a{number}", "anna") for number in range(4)] + [asked(f"b{number}", "ben") for number in range(2)]
    live = queue(4, *runs)
    assert Counter(begun(live)[0] for _ in range(4)) == {"a": 2, "b": 2}


RUNS = st.lists(st.tuples(st.sampled_from(["", "anna", "ben"]), st.sampled_from([None, "s", "t"])), max_size=14)


@given(RUNS, RUNS)
def test_the_order_is_of_those_that_wait_and_starves_nobody(
    waiting: list[tuple[str, str | None]], training: list[tuple[str, str | None]]
) -> None:
    asked_for = [asked(f"w{number}", *one) for number, one in enumerate(waiting)]
    train = [asked(f"t{number}", *one) for number, one in enumerate(training)]
    turns = Turns()
    for run in train:
        turns.took(run)
    order = turns.order(asked_for, train)

    assert sorted(order) == sorted(run.id for run in asked_for)
    by_id = {run.id: run for run in asked_for}
    share = Counter(run.person for run in train)
    left = Counter(run.person for run in asked_for)
    for run_id in order:
        person = by_id[run_id].person
        assert share[person] == min(share[other] for other in left if left[other])
        share[person] += 1
        left[person] -= 1
    for lane in {(run.person, run.sweep) for run in asked_for}:
        mine = [run.id for run in asked_for if (run.person, run.sweep) == lane]
        assert [run_id for run_id in order if run_id in mine] == mine
