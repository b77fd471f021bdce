"""What is said before a run follows from the numbers that it names."""

from typing import Any

import pytest

from ntkscope.experiment.theory.outlook import count, large_start, large_target, never, unlearnt
from ntkscope.schemas.network import Network
from ntkscope.schemas.preview import WaveAnswer


def answer(frequency: float, step: int | None, *, within: bool = True, **fields: Any) -> WaveAnswer:
    kept = {"source": "typed", "amplitude": 1.0, "share": 0.5, "remains": 0.0, "reason": None, "sentence": None}
    said = {"frequency": frequency, "step": step, "time": step, "seconds": step, "within_run": within}
    return WaveAnswer.model_validate(kept | said | fields)


def lost(frequency: float, reason: str, remains: float = 0.0) -> WaveAnswer:
    return answer(frequency, None, within=False, reason=reason, remains=remains, sentence="said elsewhere")


def large(network: dict[str, Any], residual: float, **others: float) -> list[str]:
    numbers = {"start": 0.0, "target": residual, "times": 0.0} | others
    return large_target(Network.model_validate(network), residual=residual, **numbers)


@pytest.mark.parametrize(("value", "text"), [(0, "0 steps"), (1, "1 step"), (2, "2 steps"), (12345, "12,345 steps")])
def test_plurals(value: int, text: str) -> None:
    assert count(value, "step") == text


def test_never_is_said_of_the_kernel_at_the_start_with_its_numbers() -> None:
    text = never("unseen", [0.918], 3, 100)
    assert text == (
        "not with the kernel at the start, because that kernel has 3 modes above round-off for 100 points, "
        "which leave 91.8 % of it; if the kernel moves, later."
    )
    assert "1 mode above round-off for 100 points, which leaves 20 %, 5 % of them" in never(
        "unseen", [0.2, 0.05], 1, 100
    )
    rate = never("rate", [0.0], 3, 100)
    assert rate.startswith("not with the kernel at the start, because no step at this rate makes a mode smaller")
    assert rate.endswith("if the kernel moves, later.")


def test_each_reason_has_its_sentence_and_its_remedy() -> None:
    rows = [lost(3, "unseen", 1.0), lost(5, "unseen", 0.5), lost(1, "rate"), lost(16, "absent"), answer(2, 7)]
    absent, rate, unseen = unlearnt(rows, 8, 16, 100)
    assert absent == "Frequency 16: the target holds nothing of it at these points."
    assert rate.startswith("Frequency 1: not with the kernel at the start")
    assert rate.endswith("Take a learning rate below 2/λ₁.")
    assert unseen.startswith("Frequencies 3, 5: not with the kernel at the start")
    assert "100 %, 50 % of them" in unseen
    assert unseen.endswith("Change the biases, the depth, the encoding or the activation.")
    assert unlearnt([answer(2, 7)], 8, 16, 100) == []


def test_what_comes_after_the_end_says_when_and_of_which_kernel() -> None:
    mean = answer(0.0, 30, within=False, source="mean")
    (late,) = unlearnt([mean, answer(2.5, 500, within=False), answer(1, 1)], 8, 16, 1)
    assert late.startswith("The mean and frequency 2.5: not within 1 step; with the kernel at the start it takes 500.")


def test_a_large_start_is_told_with_the_step_at_which_it_is_forgotten() -> None:
    assert large_start(2.9, 5, 100) == []
    (text,) = large_start(41.2, 924, 3000)
    assert text.startswith("The network starts 41 times as large as the target about its mean;")
    assert "it first forgets its start, by step 924 " in text
    assert "after the end of this run" not in text
    assert "after the end of this run" in large_start(41.2, 924, 900)[0]
    assert "it never forgets its start" in large_start(41.2, None, 900)[0]


NTK: dict[str, Any] = {"width": 64}  # sqrt(width) = 8


@pytest.mark.parametrize(
    ("network", "largest"),
    [
        (NTK, 16.0),
        ({"width": [8, 64]}, 16.0),  # the last layer's
        (NTK | {"output_scale": 10}, 160.0),  # as the network itself learns y / 10
        (NTK | {"parameterization": "standard", "depth": 2}, 16.0),
        (NTK | {"parameterization": "standard"}, 1024.0),  # 2 width^1.5: the first layer moves width times less
    ],
)
def test_a_target_is_large_above_twice_its_scale(network: dict[str, Any], largest: float) -> None:
    assert large(network, largest) == []
    (text,) = large(network, 1.01 * largest)
    assert "The target is large for this network: ‖f₀ − y‖ = " in text
    assert "between 2 and 10 a third to a half reached it" in text
    assert "above 10 most reached it, with λ₁ 4 to 21 times its start" in large(network, 6 * largest)[0]


def test_where_features_move_at_any_size_nothing_is_said_of_size() -> None:
    assert large(NTK | {"parameterization": "mean_field"}, 1e6) == []


def test_what_would_hold_the_kernel_is_said_in_numbers() -> None:
    assert large(NTK, 40)[0].endswith("scale the target to a norm of 4 or less, or take a width of 6,400.")
    # a start that is too large itself is left out first: neither a norm of the target nor a width would do
    text = large(NTK, 40, start=20, target=35, times=0.6)[0]
    assert text.endswith("scale the target to a norm of 4 or less and start from zero (centered).")
    assert "take a width" not in large(NTK, 4000)[0]
    assert "take a width" not in large({"width": [8, 64]}, 40)[0]  # there are several


def test_a_start_that_is_large_is_not_told_of_the_target() -> None:
    assert large(NTK, 200, start=200, target=5, times=40) == []
    assert "‖y‖ = 20" in large(NTK, 200, start=200, target=20, times=10)[0]
