"""How many steps are enough, from when each wave is learnt."""

import math

from ntkscope.experiment.format import duration
from ntkscope.experiment.theory.rehearsed import LARGEST_STEP
from ntkscope.experiment.theory.rehearsed_words import offer
from ntkscope.schemas.rehearsal import RehearsedWave, StepsOffer

APART = 1.5  # times as late as the one before: then all but the last is an offer of its own


def steps_offers(waves: list[RehearsedWave | None], step_seconds: float) -> list[StepsOffer]:
    """For all waves that are learnt, and for all of them but the last, where that saves much.

    Args:
        waves: Of the target; None where it holds nothing of one.
        step_seconds: Of a step on this machine.
    """
    asked = [wave for wave in waves if wave is not None]
    found = sorted((wave for wave in asked if wave.step is not None), key=lambda wave: wave.step or 0)
    ends = [wave for at, wave in enumerate(found) if at == len(found) - 1 or _apart(wave, found[at + 1])]
    return [
        made
        for wave in ends[-2:]
        if (made := _offer(wave, len(asked) - 1 - found.index(wave), step_seconds)) is not None
    ]


def round_up(value: float) -> int:
    """To two figures: 64,000 for 63,213."""
    unit = int(10 ** max(0, len(str(math.ceil(value))) - 2))
    return math.ceil(value / unit) * unit


def _apart(wave: RehearsedWave, after: RehearsedWave) -> bool:
    return (after.step or 0) > APART * (wave.step or 0)


def _offer(wave: RehearsedWave, missing: int, step_seconds: float) -> StepsOffer | None:
    steps = round_up(wave.step_high or 0)
    if not wave.step or not wave.step_high or steps > LARGEST_STEP:
        return None
    return StepsOffer(
        steps=steps,
        step=wave.step,
        step_low=wave.step_low,
        step_high=wave.step_high,
        seconds=step_seconds * steps,
        text=offer(missing, wave.step, wave.step_low, wave.step_high, duration(step_seconds * steps)),
    )
