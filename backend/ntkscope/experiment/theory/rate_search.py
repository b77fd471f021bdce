"""The learning rate that a rehearsal survives: the largest of some fractions of 2/lambda_1 that stays off the edge."""

from collections.abc import Generator
from dataclasses import replace

from ntkscope.experiment.theory.initial_state import InitialState, with_config
from ntkscope.experiment.theory.rehearsed import left_out, may_be_rehearsed, training_of
from ntkscope.experiment.theory.waves import Waves
from ntkscope.numerics.rehearsal import rehearse_stages
from ntkscope.numerics.rehearsal_leaps import Control, Costs
from ntkscope.numerics.rehearsal_result import Progress
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.rehearsal import BAD_ENDINGS
from ntkscope.schemas.training import RehearsedRate

LEAST_WORK, MOST_WORK = 4e9, 1.6e10  # multiply-adds of one rehearsal: a quarter of a second, a second
LEAPS = 12  # that it has work for, between the two
FEWEST = 4  # with fewer nothing is found
TRIALS = 6  # rehearsals at most: the first, four of the bisection, and one for a growth that is not known yet
RUNGS = 13  # fractions that are looked at, each 1/sqrt(2) of the one before: down to 1/64 of the first

Trial = Generator[Progress, None, tuple[bool, float]]


def chosen_stages(initial: InitialState, waves: Waves) -> Generator[Progress, None, RehearsedRate | None]:
    """The rate of this run with its choice, by bisection: five rehearsals at most after the first.

    A rehearsal survives where learning rate * lambda_1 stays below the edge of stability as far as it goes, and
    nothing diverges or dies. That smaller rates survive where larger ones do is taken for granted.

    Args:
        initial: The run at step 0.
        waves: What its target is made of.

    Returns:
        Its stops tell how much of the whole search is done at least.
        None for a run of another kind of rate, for one whose rate is chosen already, and for one that is too large.
    """
    rate, limit = initial.config.training.learning_rate, initial.largest_stable_rate
    if rate.kind != "rehearsed" or rate.value is not None or limit is None or not _affordable(initial):
        return None
    growths: dict[int, float] = {}
    low, high = -1, RUNGS - 1  # the last that is known not to survive, and one that is taken to do
    rung = 0
    while True:
        trial = _trial(initial, waves, rate, limit * rate.most * _part(rung))
        survived, growths[rung] = yield from _of_all(trial, len(growths))
        low, high = (low, rung) if survived else (rung, high)
        if high - low <= 1:
            break
        rung = (low + high) // 2
    if high not in growths:
        trial = _trial(initial, waves, rate, limit * rate.most * _part(high))
        _, growths[high] = yield from _of_all(trial, len(growths))
    return rate.model_copy(update={"value": limit * rate.most * _part(high), "growth": growths[high]})


def _of_all(trial: Trial, before: int) -> Trial:
    """The same trial; its progress is told of the whole search, of which so many are done."""
    while True:
        try:
            progress = next(trial)
        except StopIteration as end:
            done: tuple[bool, float] = end.value
            return done
        yield replace(progress, work=(before + progress.work) / TRIALS)


def with_rate(config: RunConfig, rate: RehearsedRate) -> RunConfig:
    """The config with the choice in it."""
    return config.model_copy(update={"training": config.training.model_copy(update={"learning_rate": rate})})


def _part(rung: int) -> float:
    return float(2 ** (-rung / 2))


def surely_too_large(points: int, parameters: int, multiply_adds: int) -> bool:
    """Whether no rate is looked for, as far as the sizes alone tell.

    Args:
        points: n.
        parameters: Of the network.
        multiply_adds: Of one forward pass at one point; a leap takes 14 passes at least.
    """
    return not may_be_rehearsed(points, parameters) or FEWEST * 14 * points * multiply_adds > MOST_WORK


def _affordable(initial: InitialState) -> bool:
    points = len(initial.kernel.residual)
    return left_out(initial) is None and FEWEST * Costs.of(initial.network, points).leap <= MOST_WORK


def _trial(initial: InitialState, waves: Waves, rate: RehearsedRate, value: float) -> Trial:
    """Whether the training at this rate survives its rehearsal, and by how much lambda_1 grows until it is known."""
    state = with_config(initial, with_rate(initial.config, rate.model_copy(update={"value": value})))
    leap = Costs.of(initial.network, len(initial.kernel.residual)).leap
    control = Control(work=min(MOST_WORK, max(LEAST_WORK, LEAPS * leap)))
    start = value * float(initial.kernel.spectrum.eigenvalues[0])
    stages = rehearse_stages(training_of(state, waves, state.last_step), control)
    while True:
        try:
            progress = next(stages)
        except StopIteration as end:
            found = end.value
            return found.ended not in BAD_ENDINGS and found.peak < control.edge, found.growth
        if progress.peak >= control.edge:
            return False, progress.peak / start
        yield progress
