"""What is said of scales before the first step: each sentence by a rule, with its numbers and a switch that works."""

from typing import Any

import numpy as np
import pytest

from ntkscope.experiment.measure.endings import Condition, Facts
from ntkscope.experiment.measure.scale_warnings import hidden_by_mean, scale_warnings
from ntkscope.experiment.preview import preview
from ntkscope.experiment.theory.initial_state import initial
from ntkscope.schemas.config import RunConfig
from tests.cases import config, first_event


def said(settings: RunConfig) -> list[tuple[str, dict[str, Any]]]:
    state = initial(settings)
    found = scale_warnings(state, Facts.of(state.problem, settings), Condition.at_start(state))
    return [(each.sentence, dict(each.changes)) for each in found]


def changed(settings: RunConfig, changes: dict[str, Any]) -> RunConfig:
    fields = settings.model_dump()
    for path, value in changes.items():
        *parts, name = path.split(".")
        part = fields
        for each in parts:
            part = part[each]
        part[name] = value
    return RunConfig.model_validate(fields)


def formula(text: str, **points: Any) -> dict[str, Any]:
    return {
        "data__points": {"kind": "interval", "n": 24, "low": -1, "high": 1} | points,
        "data__target": {"kind": "formula", "text": text},
    }


CASES = [
    (formula("sin(x/20)", low=1700, high=2008), "With inputs of 1,700 to 2,008", {"data.scale_inputs": "unit"}),
    (formula("919 + 168*sin(9*x)"), "The target's mean is", {"data.scale_targets": "standardize"}),
    (formula("5 + sin(9*x)"), "The target's mean is", {"data.scale_targets": "subtract_mean"}),
    (formula("50*sin(9*x)"), "The target is large", {"data.norm": 4.0, "data.scale_targets": "standardize"}),
    (formula("sin(9*x)"), None, {}),
]


@pytest.mark.parametrize(("changes", "begins", "switch"), CASES)
def test_a_fault_of_scale_has_its_sentence_and_a_switch_that_ends_it(
    changes: dict[str, Any], begins: str | None, switch: dict[str, Any]
) -> None:
    settings = config(**changes)
    found = [(sentence, switches) for sentence, switches in said(settings) if begins and sentence.startswith(begins)]
    if begins is None:
        assert said(settings) == []
        return
    ((sentence, switches),) = found
    assert switches == switch
    after = [sentence for sentence, _ in said(changed(settings, switches))]
    assert not [other for other in after if other.startswith(begins)]
    made = preview(settings)
    assert sentence in made.warnings
    assert sentence in [remedy.sentence for remedy in made.remedies]
    assert sentence in first_event(settings).notices


def test_the_numbers_of_a_hidden_mean_are_those_counted_here() -> None:
    settings = config(**formula("919 + 168*sin(9*x)"))
    x = np.linspace(-1, 1, 24)
    y = 919 + 168 * np.sin(9 * x)
    (sentence,) = (sentence for sentence, _ in said(settings) if "mean is" in sentence)
    assert f"{100 * y.mean() ** 2 / (y**2).mean():.3g} %" in sentence
    assert f"which lies {y.std():.3g} about it" in sentence


def test_a_constant_and_a_mean_that_is_gone_are_no_hidden_mean() -> None:
    for text, scale in (("7 + 0*x", "none"), ("919 + 168*sin(9*x)", "subtract_mean")):
        settings = config(**formula(text), data__scale_targets=scale)
        assert hidden_by_mean(settings, Facts.of(initial(settings).problem, settings)) == []
