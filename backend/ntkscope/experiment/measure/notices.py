"""What is said of a run before its first step: its data, its rate, its start, its rehearsal, and what is left out."""

from ntkscope.experiment.measure.endings import Condition, Facts
from ntkscope.experiment.measure.scale_warnings import scale_warnings
from ntkscope.experiment.measure.sentences import rate_notices
from ntkscope.experiment.problem.loss import loss_notices
from ntkscope.experiment.theory.growth import growth_notices
from ntkscope.experiment.theory.infinite_kernels import left_out as infinite_left_out
from ntkscope.experiment.theory.initial_state import InitialState
from ntkscope.experiment.theory.rehearsed import RehearsedRun
from ntkscope.experiment.theory.rehearsed import left_out as rehearsal_left_out
from ntkscope.experiment.theory.rehearsed_words import bad_end, chosen_rate, possible_end
from ntkscope.numerics import KernelPrediction


def run_notices(
    initial: InitialState, rehearsed: RehearsedRun | None, infinite: KernelPrediction | None, facts: Facts
) -> list[str]:
    """All of them, in the order in which they are read.

    Args:
        initial: The run at step 0.
        rehearsed: None where that is left out.
        infinite: What infinite width predicts; None where it is left out.
        facts: Of its data.
    """
    rate, points = initial.learning_rate, len(initial.problem.targets)
    said = [*initial.problem.notices, *loss_notices(initial.config.training, points, rate)]
    said += [*rate_notices(rate, initial.largest_stable_rate), *choice_notices(initial)]
    said += [scale.sentence for scale in scale_warnings(initial, facts, Condition.at_start(initial))]
    if rehearsed is not None:
        said += rehearsal_warnings(rehearsed)
    missing = rehearsal_left_out(initial)
    if missing is not None:
        said.append(missing)
    said += (
        [infinite_left_out(initial)] if infinite is None else growth_notices("Infinite width", infinite, initial.loss)
    )
    return [*said, initial.placement.reason] if initial.placement.reason else said


def choice_notices(initial: InitialState) -> list[str]:
    """Why a rehearsed rate is what it is; nothing of another."""
    choice, limit = initial.config.training.learning_rate, initial.largest_stable_rate
    if choice.kind != "rehearsed" or limit is None:
        return []
    return [chosen_rate(initial.learning_rate, limit, choice.most, choice.growth)]


def rehearsal_warnings(rehearsed: RehearsedRun) -> list[str]:
    """A bad end that it names, or that may come after it."""
    found, rate = rehearsed.rehearsal, rehearsed.initial.learning_rate
    can_die = rehearsed.initial.network.activation.can_die
    return [
        *bad_end(found.ended, found.reach, rate, found.peak),
        *possible_end(found.at_risk, found.reach, rate, found.peak, can_die=can_die),
    ]
