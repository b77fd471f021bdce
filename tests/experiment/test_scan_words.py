"""Sentences of a scan, from named numbers."""

from typing import Any

import pytest

from ntkscope.experiment.scan_words import finding, shown, together
from ntkscope.schemas.scan import ScanAnswer, ScanFinding, ScanWave

WAVES = [ScanWave(frequency=1, step=10), ScanWave(frequency=2, step=40), ScanWave(frequency=3, step=None)]


def found(**changes: Any) -> ScanFinding:
    fields: dict[str, Any] = {
        "by": "rehearsal", "reason": None, "ranks": [1, 2], "eigenvalues": [2.0, 1.0], "noise_floor": 0.0,
        "learning_rate": 0.5, "steps": 1200, "modes": 2, "modes_learnt": 1, "waves": WAVES, "frequency": 2.0,
        "reach": 2, "held_out_error": 0.0213, "held_out_by": "rehearsal", "drift": 0.1, "ended": "horizon",
    }  # fmt: skip
    return ScanFinding(**{**fields, **changes})


def answer(value: Any, **changes: Any) -> ScanAnswer:
    return ScanAnswer(value=value, found=found(**changes), error=None, sentence="")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "Waves up to frequency 2 are learnt within 1,200 steps, by rehearsal. Predicted held-out error 0.0213."),
        (
            {"waves": WAVES[:2], "held_out_error": None},
            "All waves of the target, up to frequency 2, are learnt within 1,200 steps, by rehearsal.",
        ),
        (
            {"frequency": 0.0, "by": "kernel", "held_out_error": None, "steps": 1},
            "Not one wave of the target is learnt within 1 step, by the kernel at the start.",
        ),
        (
            {"frequency": None, "waves": [], "held_out_by": "kernel"},
            "1 of 2 modes learnt within 1,200 steps, by rehearsal. "
            "Predicted held-out error 0.0213, by the kernel at the start.",
        ),
        ({"ended": "diverges"}, "Training diverges, by rehearsal."),
        ({"ended": "dies"}, "All units of a hidden layer die, by rehearsal."),
    ],
)
def test_one_value(changes: dict[str, Any], said: str) -> None:
    assert finding(found(**changes)) == said


def test_together_the_highest_wave_and_the_smallest_error_are_named() -> None:
    assert together([answer(16, frequency=1.0, held_out_error=0.5), answer(64)]) == (
        "Most is learnt at 64: waves up to frequency 2; least is 1. "
        "The predicted held-out error is smallest at 64: 0.0213."
    )
    assert together([answer("relu"), answer("tanh", held_out_error=0.0214)]) == (
        "Every value learns the target's waves up to frequency 2. "
        "The smallest predicted held-out errors, about 0.0213, are too near each other to name a value."
    )
    nothing = {"frequency": None, "held_out_error": None}
    assert together([answer(1, **nothing), answer(2, **nothing)]) is None
    assert together([answer(1)]) is None


def test_values_as_people_write_them() -> None:
    assert [shown(value) for value in (True, False, "relu", 4096, 0.1, 1e-5)] == [
        "on", "off", "relu", "4,096", "0.1", "1.00×10⁻⁵",
    ]  # fmt: skip
