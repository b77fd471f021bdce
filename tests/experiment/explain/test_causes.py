"""Each cause is said where its number asks for it, and not where it does not."""

from typing import Any

import pytest

from ntkscope.experiment.explain.causes import MOST, causes
from ntkscope.experiment.explain.fewer import Fewer
from ntkscope.experiment.explain.trials import try_stages
from ntkscope.experiment.measure.endings import Facts
from ntkscope.experiment.problem.build import build
from ntkscope.numerics import complete
from tests.cases import config


def said(**changes: Any) -> list[str]:
    asked = config(**changes)
    base = complete(try_stages(None, asked, None, Fewer.of(asked, None), work=1e9))
    found = causes(base, Facts.of(build(asked), asked), [])
    assert len(found) <= MOST
    assert all(sentence.numbers for sentence in found)
    return [sentence.text for sentence in found]


GIVEN: dict[str, Any] = {"kind": "given", "value": 1e3}
HALF: dict[str, Any] = {"kind": "interval", "n": 16, "low": 0, "high": 1}
RELU: dict[str, Any] = {"network__activation": "relu", "network__sigma_b": 0}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"training__learning_rate": GIVEN}, "times 2/λ₁, the limit of the kernel at the start"),
        ({"training__learning_rate": GIVEN}, "if it is one of nn.MSELoss, which is a mean, it is 8 times smaller"),
        ({"data__points": {"kind": "interval", "n": 16, "low": 1700, "high": 2000}}, "With inputs of 1,700 to 2,000"),
        (
            {**RELU, "data__points": HALF},
            "All biases start at 0, and units of one input with a kink then all bend at 0",
        ),
        ({"network__bias": False, "network__activation": "relu", "data__points": HALF}, "There are no biases"),
        ({"network__activation": "linear"}, "No such mode: the kernel at the start has 2 modes above round-off"),
        (
            {"network__centered": False, "data__target": {"kind": "formula", "text": "sin(pi*x)/20"}},
            "times as large as the target about its mean, and with the kernel at the start is busy forgetting",
        ),
        ({"data__target": {"kind": "formula", "text": "40*sin(pi*x)"}}, "The target is large for this network: ‖y‖ = "),
        (
            {"data__target": {"kind": "formula", "text": "50 + sin(pi*x)"}},
            "The target's mean is 100 % of its mean square",
        ),
        (
            {"training__learning_rate": {"kind": "given", "value": 1e-7}},
            "of 2/λ₁, what the kernel at the start allows, and 100 %",
        ),
        ({"data__target": {"kind": "formula", "text": "sin(7*pi*x)"}}, "200 steps do not half learn them"),
        ({"data__noise": 0.5}, "The noise, of deviation 0.500, is"),
    ],
)
def test_each_cause_has_its_sentence(changes: dict[str, Any], words: str) -> None:
    assert any(words in text for text in said(**changes))


def test_what_is_well_has_no_cause() -> None:
    assert said(data__target={"kind": "sinusoids", "frequencies": [1], "amplitudes": [0.1]}) == []


def test_a_rate_of_the_mean_is_not_said_to_be_another() -> None:
    assert not any("MSELoss" in text for text in said(training__learning_rate=GIVEN, training__loss="mean"))


def test_a_large_target_of_a_kernel_that_stays_is_no_cause() -> None:
    far = {"data__points": {"kind": "interval", "n": 16, "low": 1700, "high": 2000}, "network__width": 512}
    assert not any("target is large" in text for text in said(**far))
