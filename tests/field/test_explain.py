"""What the report says of problems that strangers had: the right answer, and the switch that it asks for."""

import importlib
from pathlib import Path

import pytest

from ntkscope.experiment.explain.report import explain
from ntkscope.schemas.explanation import Explanation
from tests.field.test_preview import read

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
# Words of a sentence, and the fields that a switch sets.
ANSWERS = {
    "se320289_n400": (
        ["starts 41 times as large as the target", "frequency 1.59, of which 77", "it learns 2"],
        [{"network.centered"}],
    ),
    "se280372_parabola": (
        ["All biases start at 0", "has 3 modes above round-off for 100 points", "only move if the kernel does"],
        [{"network.bias", "network.sigma_b"}],
    ),
    "pt27131_n1000": (["all units of a hidden layer are dead", "The target is large"], [{"data.scale_targets"}]),
    "ds51468_squares": (
        ["all units of a hidden layer are dead", "The target is large"],
        [{"data.scale_inputs", "data.scale_targets"}],
    ),
    "ds51468_scaled": (["it learns 99.9"], []),
    "low_amplitude": (["frequency 1, of which 14", "frequency 20, of which 99"], [{"network.encoding"}]),
    "small_typed_frequency": (["frequency 1 by step", "frequency 5, of which"], [{"network.encoding"}]),
    "sunspots_raw": (
        ["With inputs of 1,700 to 2,008", "of the units have no slope", "lie below round-off and hold 96."],
        [{"data.scale_inputs"}],
    ),
    "forum_sin2x": (["Not learnt by step 15,000: frequency 4.77"], [{"training.stop.steps"}]),
    "forum_sin2x_rate_as_typed": (
        ["diverges at step 1", "if it is one of nn.MSELoss, which is a mean, it is 750 times smaller"],
        [{"training.loss"}],
    ),
    "forum_sin2x_standard_defaults": (
        ["diverges at step", "starts 68 times as large"],
        [{"network.initialization", "network.bias"}, {"training.loss"}],
    ),
    "x4_sigmoid": (
        ["Inputs of -100 to 99.5 are far from 1", "The target is large"],
        [{"data.scale_inputs", "data.scale_targets"}],
    ),
    "ln_zero_ln": (["it learns 99"], []),
    "step_where": (["it learns nothing", "The target is large"], [{"data.scale_inputs"}]),
}


def check(made: Explanation, words: list[str], fields: list[set[str]]) -> None:
    told = " ".join(sentence.text for sentence in made.sentences)
    assert [one for one in words if one not in told] == []
    switched = [set(switch.changes) for sentence in made.sentences for switch in sentence.switches]
    for wanted in fields:
        assert any(wanted <= found for found in switched), (wanted, switched)
    assert len(made.sentences) <= 8
    assert "never" not in told


def test_what_is_learnt_up_to_its_noise_needs_no_change() -> None:
    made = explain(read("pt27131_n100"))
    check(made, ["it learns 99.", "learnt for good frequency 1 by step", "Nothing needs to change"], [])


@pytest.mark.soak
@pytest.mark.parametrize("name", ANSWERS)
def test_each_problem_has_its_answer_and_its_switch(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    made, _ = importlib.import_module("field").report(name)
    check(made, *ANSWERS[name])


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("equispaced_table", "learnt for good frequency 1 by step 9, frequency 3 by step"),
        ("sunspots_original_head", "y is SUNACTIVITY, the last column of numbers; x is YEAR."),
        ("co2_original_head", "1 of 4 rows left out, with an empty cell"),
        ("space_separated", "The first line holds numbers"),
        ("eu_decimal_comma", "it learns 100 %"),
        ("thousands_comma", "1408 if the comma separates thousands, 1.408 if it begins the decimals"),
        ("ln_zero", "To leave that point out, write nan if x == 0.0 else log(x)"),
    ],
)
def test_tables_and_refusals(name: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    assert words in importlib.import_module("field").says(name)
