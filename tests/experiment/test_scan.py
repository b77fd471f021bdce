"""A scan against what training does, and its bad values."""

import numpy as np
import pytest

from ntkscope.errors import InvalidInput
from ntkscope.experiment import scan as module
from ntkscope.experiment.axes import with_value
from ntkscope.experiment.preview import preview
from ntkscope.experiment.scan import scan
from ntkscope.experiment.theory.initial_state import initial
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import Finished, Frame
from ntkscope.schemas.scan import ScanRequest
from ntkscope.schemas.sweep import AxisValue
from tests.cases import config, of, run

WAVES = {"kind": "sinusoids", "frequencies": [1, 2, 3], "amplitudes": [1, 0.7, 0.5]}
CIRCLE = config(
    data__points={"kind": "circle", "n": 16},
    data__target=WAVES,
    network__sigma_w=3,
    network__sigma_b=1,
    training__stop={"steps": 300},
)
FOURIER = config(
    data__points={"kind": "interval", "n": 12, "hold_out": True, "low": 0, "high": 1, "include_end": False},
    data__target=WAVES,
    network__encoding={"kind": "fourier", "rows": 16, "spread": 2},
    network__activation="relu",
    training__stop={"steps": 200},
)


def measured(settings: RunConfig) -> tuple[float, float]:
    """The frequency up to which a real run has learnt all waves, and its error at the end."""
    events = run(settings)
    highest = 0.0
    for wave in sorted(of(events, Finished)[-1].waves, key=lambda wave: wave.frequency):
        if wave.source != "mean" and wave.measured_step is None:
            break
        highest = wave.frequency
    error = of(events, Frame)[-1].held_out_error
    assert error is not None
    return highest, error


@pytest.mark.parametrize(
    ("base", "field", "values"),
    [(CIRCLE, "network.width", [4, 64]), (FOURIER, "network.encoding.spread", [0.5, 8])],
)
def test_it_says_what_training_does(base: RunConfig, field: str, values: list[AxisValue]) -> None:
    made = scan(ScanRequest(config=base, field=field, values=values))

    reaches = []
    for answer in made.answers:
        found = answer.found
        assert found is not None
        assert found.by == "rehearsal"
        highest, error = measured(with_value(base, field, answer.value))
        assert found.frequency == highest
        assert found.held_out_error == pytest.approx(error, rel=0.02)
        reaches.append(highest)
    assert reaches[0] < reaches[-1]
    assert made.status == "ready"
    assert made.part == 1.0
    assert made.sentence is not None


def test_its_eigenvalues_and_rate_are_those_of_the_preview() -> None:
    [answer] = scan(ScanRequest(config=CIRCLE, field="network.sigma_w", values=[2.5])).answers
    said = preview(with_value(CIRCLE, "network.sigma_w", 2.5)).spectrum

    assert answer.found is not None
    assert said is not None
    assert answer.found.ranks == list(range(1, 17))
    np.testing.assert_array_equal(answer.found.eigenvalues, said.eigenvalues)
    assert answer.found.learning_rate == said.learning_rate
    assert answer.found.steps == said.end_step


def test_without_work_the_kernel_at_the_start_answers_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SCAN_WORK", 1.0)
    [answer] = scan(ScanRequest(config=CIRCLE, field="network.width", values=[64])).answers
    state = initial(with_value(CIRCLE, "network.width", 64))

    assert answer.found is not None
    assert (answer.found.by, answer.found.held_out_by) == ("kernel", "kernel")
    assert answer.found.reason == "The rehearsal came to step 0 of 300 within its work."
    end = state.kernel.predict(state.training_law, module.torch.tensor([300.0]))
    assert answer.found.held_out_error == pytest.approx(state.problem.test_error(end.function[0]))
    assert answer.sentence.endswith(f"by the kernel at the start. Predicted held-out error "
                                    f"{module.scan_words.number(answer.found.held_out_error or 0)}.")  # fmt: skip


def test_bad_values_have_a_sentence_and_the_others_go_on() -> None:
    made = scan(ScanRequest(config=CIRCLE, field="network.width", values=[0, "wide", 16]))

    assert [answer.found is None for answer in made.answers] == [True, True, False]
    assert made.answers[0].error == (
        "network.width should be greater than or equal to 1. You gave network.width = 0. "
        "Take this value out of its axis."
    )
    assert "'wide'" in (made.answers[1].error or "")
    with pytest.raises(InvalidInput, match=r"Did you mean 'network.width'\?"):
        scan(ScanRequest(config=CIRCLE, field="network.widht", values=[16]))


def test_a_kernel_that_takes_too_long_is_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "START_SECONDS", 0.0)
    [answer] = scan(ScanRequest(config=CIRCLE, field="network.width", values=[16])).answers
    assert "Take fewer values" in (answer.error or "")


def test_a_rate_that_diverges_is_told() -> None:
    [answer] = scan(ScanRequest(config=CIRCLE, field="training.learning_rate.fraction", values=[5.0])).answers
    assert answer.sentence == "Training diverges, by rehearsal."
    assert answer.found is not None
    assert answer.found.held_out_error is None


def test_its_error_is_in_the_target_s_own_units() -> None:
    table = RunConfig.model_validate(
        {**CIRCLE.model_dump(), "data": {**CIRCLE.data.model_dump(), "scale_targets": "standardize"}}
    )
    [answer] = scan(ScanRequest(config=table, field="network.width", values=[64])).answers
    assert answer.found is not None
    assert answer.found.held_out_error == pytest.approx(measured(with_value(table, "network.width", 64))[1], rel=0.02)


def test_of_many_eigenvalues_the_first_and_last_are_told() -> None:
    ranks = module._ranks(2048)
    assert (ranks[0], ranks[-1]) == (1, 2048)
    assert len(ranks) <= module.MOST_RANKS
    assert ranks == sorted(set(ranks))
