"""In whose units a rate and a loss to stop at are given, and what is said of it."""

import pytest

from ntkscope.errors import InvalidInput
from ntkscope.experiment.problem.loss import half_sums, loss_notices, loss_to_stop_at
from ntkscope.experiment.theory.initial_state import learning_rate
from ntkscope.schemas.training import AutoRate, GivenRate, LossName, Stop, Training
from tests.cases import config


@pytest.mark.parametrize(("loss", "value"), [("half_sum", 7.0), ("sum", 14.0), ("mean", 1.4)])
def test_each_loss_is_so_many_half_sums(loss: LossName, value: float) -> None:
    """Residuals 1, 2, 3, 0 and 0: half their sum of squares is 7."""
    residual = [1.0, 2.0, 3.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    assert half_sums(loss, len(residual)) * 0.5 * sum(r * r for r in residual) == pytest.approx(value)
    training = Training(loss=loss, stop=Stop(loss=value))
    assert loss_to_stop_at(training, len(residual)) == pytest.approx(7.0)


def test_of_half_the_sum_nothing_is_said() -> None:
    assert loss_notices(Training(learning_rate=GivenRate(value=1.0)), 16, 1.0) == []


def test_a_given_rate_and_a_loss_to_stop_at_are_told_in_both_units() -> None:
    training = Training(loss="sum", learning_rate=GivenRate(value=0.5), stop=Stop(loss=0.25))
    assert loss_notices(training, 16, 1.0) == [
        "The rate 0.500 of the sum of squares (MSELoss of reduction sum) is 1 of half the sum of squares, the loss to "
        "stop at, 0.250, is 0.125. Losses, times and 2/λ₁ are told of half the sum."
    ]


def test_an_automatic_rate_is_told_as_the_loss_has_it() -> None:
    (said,) = loss_notices(Training(loss="mean", learning_rate=AutoRate()), 1000, 0.004)
    assert said.startswith("The rate 0.00400 of half the sum of squares is 2 of the mean of squares over 1,000 points")


def test_a_rate_that_is_none_of_half_the_sum_is_refused() -> None:
    smallest = config(training__learning_rate={"kind": "given", "value": 5e-324}, training__loss="mean")
    with pytest.raises(InvalidInput, match="Give a larger rate"):
        learning_rate(smallest, 1.0, 1000)
