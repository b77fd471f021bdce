"""How a rehearsal ends badly, or may."""

from dataclasses import replace
from typing import Any

import pytest

from ntkscope.numerics.rehearsal import _Rehearsing, rehearse, rehearse_stages
from ntkscope.numerics.rehearsal_leaps import Control, Place
from tests.numerics.rehearsals import LEAPS, train, training


def test_a_rate_that_is_too_large_is_named_with_its_step() -> None:
    asked = training("gelu", size=10.0, fraction=6.0, depth=2)
    said, trained = rehearse(asked), train(asked)
    assert trained.diverged
    assert said.ended == "diverges"
    assert said.reach == len(trained.residuals) - 1
    assert said.peak > 2
    assert all(crossed.for_good.step is None for crossed in said.watched)


@pytest.mark.parametrize(("phi", "factor"), [("gelu", 2.0), ("tanh", 1.0)])
def test_a_budget_that_ends_far_beyond_the_edge_leaves_a_risk(phi: str, factor: float) -> None:
    """A bounded activation stays: its budget is the usual one, and nothing is said."""
    asked, work = training(phi, width=24, depth=2, size=20.0, fraction=0.9, horizon=3000), 2e8
    said = rehearse(asked, Control(work=work))
    assert (said.ended, said.peak > said.control.risk) == ("budget", True)
    assert said.at_risk == (factor > 1)
    assert said.budget == factor * work
    assert 0.5 * said.budget < said.work < 1.1 * said.budget
    stages = rehearse_stages(asked, Control(work=work))
    parts = [progress.work for progress in stages]
    assert parts == sorted(parts)
    calm = rehearse(asked, Control(work=work, risk=1.1 * said.peak))
    assert (calm.ended, calm.at_risk, calm.budget) == ("budget", False, work)
    whole = rehearse(replace(asked, horizon=said.reach), Control(work=10 * work))
    assert (whole.ended, whole.at_risk, whole.peak > said.control.risk) == ("horizon", False, True)


def test_no_leap_leads_over_the_edge(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the kernel does on the way there decides how it goes on: real steps alone tell."""
    asked, rejected = training("relu", seed=2, width=24, depth=2, size=10.0, fraction=0.5, horizon=1500), []
    arrivals: list[float] = []
    unpatched = _Rehearsing._leap

    def watched(self: _Rehearsing, place: Place, length: int) -> Any:
        reached, error = yield from unpatched(self, place, length)
        if reached is None:
            rejected.append(length)
        else:
            arrivals.append(asked.learning_rate * float(reached.spectrum.eigenvalues[0]))
        return reached, error

    monkeypatch.setattr(_Rehearsing, "_leap", watched)
    said = rehearse(asked, LEAPS)
    assert said.peak > 2
    assert max(arrivals) <= said.control.edge
    assert len(rejected) > 0


def test_a_layer_that_dies_is_named() -> None:
    """A large rate throws every unit of a narrow layer below 0."""
    died = 0
    for seed in range(20):
        asked = training("relu", seed=seed, width=6, depth=3, size=3.0, fraction=1.5, horizon=100)
        trained = train(asked)
        if trained.dead and not trained.diverged:
            died += 1
            said = rehearse(asked)
            assert said.ended == "dies"
            assert said.reach <= asked.horizon
    assert died >= 2
