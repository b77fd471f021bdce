"""The report: eight sentences at most, each with its numbers; what helps really does."""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pytest

from ntkscope.errors import InvalidInput
from ntkscope.experiment.estimate import Limits
from ntkscope.experiment.explain import report
from ntkscope.experiment.explain.report import clearly, explain, explain_stages, helping, ranked
from ntkscope.experiment.explain.trial import Trial
from ntkscope.experiment.pasted.model import with_changes
from ntkscope.experiment.theory import rate_search
from ntkscope.schemas.explanation import Explanation
from tests.cases import config
from tests.experiment.explain.test_trials import trained

FIRST_WORK, WORK = 1e9, 3e8  # enough for so few points
SLOW: dict[str, Any] = {"data__target": {"kind": "formula", "text": "sin(7*pi*x)"}, "training__stop": {"steps": 60}}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "FIRST_WORK", FIRST_WORK)
    monkeypatch.setattr(report, "WORK", WORK)
    monkeypatch.setattr(rate_search, "LEAST_WORK", WORK)


@cache
def slow() -> Explanation:
    """The report of SLOW."""
    return explain(config(**SLOW))


def kinds(made: Explanation) -> list[str]:
    return [sentence.kind for sentence in made.sentences]


def test_what_is_learnt_needs_no_change() -> None:
    made = explain(config(data__target={"kind": "sinusoids", "frequencies": [1], "amplitudes": [0.1]}))
    assert kinds(made) == ["learns", "tried", "trust"]
    assert made.sentences[0].text.startswith("Within 200 steps it learns 9")
    assert "learnt for good frequency 1 by step" in made.sentences[0].text
    assert made.sentences[1].text.startswith("Nothing needs to change")
    assert len(made.tried) == 1


def test_what_helps_helps_when_it_is_trained() -> None:
    asked = config(**SLOW)
    made = slow()
    assert len(made.sentences) <= 8
    assert kinds(made)[:2] == ["learns", "misses"]
    assert kinds(made)[-1] == "trust"
    change = next(sentence for sentence in made.sentences if sentence.kind == "change")
    (switch,) = change.switches
    before, after = trained(asked)[0], trained(with_changes(asked, switch.changes))[0]
    assert 1 - before == pytest.approx(change.numbers["share without it"], abs=0.05)
    assert 1 - after == pytest.approx(change.numbers["share"], abs=0.05)
    assert after < 0.7 * before
    for sentence in made.sentences:
        assert sentence.numbers
    rows = {row.words: row for row in made.tried}
    assert rows[""].share == pytest.approx(1 - before, abs=0.05)
    assert rows[switch.words].helps


def test_every_switch_is_of_the_config_that_was_asked_about() -> None:
    made = slow()
    every = [switch for sentence in made.sentences for switch in sentence.switches]
    assert every
    for switch in every:
        with_changes(made.config, switch.changes)


def test_what_a_server_does_not_allow_is_not_tried() -> None:
    tight = Limits(max_parameters=400, max_points=100, max_memory_bytes=2**33, max_steps=100)
    bound = explain(config(**SLOW), limits=tight)
    assert any("steps" in row.words for row in slow().tried)
    assert not any("steps" in row.words or "width" in row.words for row in bound.tried)


def test_what_is_too_large_is_said_to_be() -> None:
    made = explain(config(data__points={"kind": "arcs", "counts": [1000, 100]}))
    assert [sentence.text for sentence in made.sentences] == [
        "Not rehearsed: 1,100 points, and a rehearsal takes 1,024 at most. K₀'s answers stand alone."
    ]


def test_it_tells_how_far_it_is() -> None:
    parts = [progress.work for progress in explain_stages(config(**SLOW, network__width=256))]
    assert len(set(parts)) > 5
    assert all(0 <= part <= 1 for part in parts)
    assert max(parts) > 0.6


@dataclass(frozen=True)
class Left:
    """As much of a trial as is ranked."""

    badly: float
    ended: str = "horizon"

    @property
    def ends_badly(self) -> bool:
        return self.ended == "dies"


def made(*left: float) -> list[Trial]:
    return [Left(one) for one in left]  # type: ignore[misc]


def test_of_changes_that_help_alike_the_milder_is_taken() -> None:
    trials = made(0.012, 0.4, 0.01, 0.9)
    assert ranked(trials) == [trials[at] for at in (0, 2, 1, 3)]
    trials = made(0.5, 0.3)
    assert ranked(trials) == [trials[1], trials[0]]


@pytest.mark.parametrize(
    ("after", "before", "is_clear"),
    [
        (0.79, 1.0, True),
        (0.95, 1.0, False),
        (0.05, 0.09, True),
        (0.07, 0.09, False),
        (0.001, 0.01, False),
        (0.1, float("inf"), True),
    ],
)
def test_a_gain_is_clear_by_a_part_of_what_is_left_or_by_much(after: float, before: float, *, is_clear: bool) -> None:
    assert clearly(*made(after, before)) == is_clear
    assert not clearly(replace(made(after)[0], ended="dies"), made(before)[0])  # type: ignore[type-var]


def test_where_some_changes_are_better_than_the_mean_others_are_no_help() -> None:
    base, useful, worse = made(70.0, 0.5, 3.0)
    assert helping([worse, useful], base) == [useful]
    assert helping([worse], base) == [worse]


def test_a_rate_read_in_other_units_is_a_switch_of_its_cause() -> None:
    made = explain(config(training__learning_rate={"kind": "given", "value": 0.02}))
    (cause,) = (sentence for sentence in made.sentences if sentence.kind == "cause" and "MSELoss" in sentence.text)
    assert [switch.changes for switch in cause.switches] == [{"training.loss": "mean"}]


def test_a_network_beyond_all_numbers_is_refused() -> None:
    huge = {"network__sigma_w": 1000, "network__depth": 64, "network__activation": "relu"}
    with pytest.raises(InvalidInput, match=r"finite at the start.*smaller weights"):
        explain(config(**huge, network__parameterization="standard"))
