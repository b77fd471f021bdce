"""The verdict's words follow from its numbers, and break where a number does."""

import numpy as np
import pytest
from numpy.typing import NDArray

from ntkscope.experiment.measure.verdict import LARGEST, Groups, Motion, group_errors, group_name, verdict
from ntkscope.schemas.event_parts import Verdict

Array = NDArray[np.float64]
TIMES = np.linspace(0, 4, 41)


def groups(count: int = 2, floor: float = 1e-12) -> Groups:
    return Groups([[k] for k in range(count)], np.full(count, floor), 0.1)


def falling(*rates: float) -> Array:
    return np.exp(-np.outer(TIMES, rates))


def judged(measured: Array, predicted: Array, function: float = 0.0, motion: Motion | None = None) -> Verdict:
    found = verdict(np.full(len(TIMES), function), measured, predicted, groups(measured.shape[1]), motion)
    assert found is not None
    return found


def test_a_run_on_its_lines_holds() -> None:
    found = judged(falling(1.0, 0.2), falling(1.0, 0.2))
    assert (found.word, found.cause, found.text) == ("holds", None, "Prediction holds")
    assert (found.function_error, found.modes_error, found.worst_error) == (0, 0, 0)


@pytest.mark.parametrize(
    ("function", "word"), [(0.0499, "holds"), (0.0501, "roughly holds"), (0.199, "roughly holds"), (0.201, "fails")]
)
def test_the_function_s_error_alone_decides(function: float, word: str) -> None:
    assert judged(falling(1.0), falling(1.0), function).word == word


def test_one_mode_that_is_off_is_named_however_many_are_right() -> None:
    rates = [1.0] * 19 + [0.5]
    found = judged(falling(*rates), falling(*[1.0] * 19, 0.8))
    assert found.modes_error is not None
    assert found.modes_error < 0.05
    assert found.worst_error is not None
    assert found.worst_error > 0.2
    assert (found.word, found.worst_modes) == ("roughly holds", [20])
    assert found.text == f"Prediction roughly holds: mode 20 is off by {100 * found.worst_error:.0f} %"


def test_a_mode_that_grows_is_compared_beyond_where_its_eigenvalue_says_it_were_gone() -> None:
    growing = 1.5 ** np.arange(len(TIMES))[:, None]
    assert judged(growing, growing).word == "holds"
    assert judged(falling(0.1), growing).word == "fails"
    assert judged(growing, falling(0.1)).word == "fails"


def test_a_prediction_beyond_all_numbers_fails_with_a_number() -> None:
    for beyond in (np.inf, np.nan):
        predicted = falling(1.0)
        predicted[-1] = beyond
        found = verdict(np.full(len(TIMES), np.inf), falling(1.0), predicted, groups(1), None)
        assert found is not None
        assert found.word == "fails"
        assert found.function_error == LARGEST


def test_what_is_below_the_floor_or_has_not_moved_is_not_compared() -> None:
    measured, predicted = np.array([[0.995, 1e-3, 0.5]]), np.array([[1.0, 0.5, 0.4]])
    errors = group_errors(measured, predicted, Groups([[0], [1], [2]], np.full(3, 1e-2), 0.1))
    np.testing.assert_allclose(errors, [[np.nan, np.nan, 0.2]])


def test_what_is_small_is_judged_by_epsilon() -> None:
    errors = group_errors(np.array([[0.02]]), np.array([[1e-9]]), groups(1))
    assert errors[0, 0] == pytest.approx(0.2)


def test_the_kernel_is_blamed_only_where_its_motion_explains_the_error() -> None:
    off = {"measured": falling(0.5), "predicted": falling(1.0), "function": 0.3}
    assert judged(**off, motion=Motion(0.68, 0.02, 0.3)).text == "Prediction fails: the kernel moved 68 %"  # type: ignore[arg-type]
    for motion in (None, Motion(0.68), Motion(0.68, 0.29, 0.3)):
        found = judged(**off, motion=motion)  # type: ignore[arg-type]
        assert (found.cause, found.text) == (None, "Prediction fails: the function is off by 30 %")


def test_leakage_is_what_rises_where_a_mode_alone_only_falls() -> None:
    leaking = falling(1.0)
    leaking[20:, 0] = 0.3 * (TIMES[20:] - TIMES[20])
    found = judged(leaking, falling(1.0), 0.01)
    assert (found.word, found.cause) == ("roughly holds" if (found.modes_error or 0) < 0.2 else "fails", "leakage")
    assert "other modes leak into mode 1" in found.text
    assert found.rising == (1,)
    slow = judged(falling(0.5), falling(1.0), 0.01)  # merely slower
    assert (slow.cause, slow.rising) == (None, ())
    assert "leak" not in slow.text


def test_what_rises_is_named_whatever_the_cause() -> None:
    """Not a passing zero of 1 %, nor what grows beyond its start, nor what only stays behind its line."""
    measured = falling(0.5, 1.0, 1.0, 1.0)
    measured[20:, 1] += 0.3
    measured[20:, 2] += 0.009
    measured[20:, 3] += 1.1
    found = judged(measured, falling(0.5, 1.0, 1.0, 1.0), 0.3, motion=Motion(0.68, 0.02, 0.3))
    assert (found.cause, found.rising) == ("kernel_moved", (2,))


def test_there_is_no_verdict_before_anything_moved_or_where_the_function_s_error_is_unknown() -> None:
    still = np.ones((3, 2))
    assert verdict(np.zeros(3), still, still, groups(), None) is None
    assert verdict(np.array([0.0, np.nan, 0.0]), falling(1, 1)[:3], falling(1, 1)[:3], groups(), None) is None
    assert verdict(np.zeros(0), np.zeros((0, 2)), np.zeros((0, 2)), groups(), None) is None


def test_groups_are_named_by_their_modes() -> None:
    assert [group_name(named) for named in ([3], [3, 4], [3, 4, 5])] == ["mode 3", "modes 3 and 4", "modes 3 to 5"]
