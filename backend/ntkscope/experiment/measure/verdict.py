"""Does the kernel at the start predict this run? Three numbers over all records so far, and the words they allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ntkscope.experiment.format import number
from ntkscope.schemas.event_parts import Verdict, VerdictCause, VerdictWord

Array = NDArray[np.float64]
MOVED = 0.01  # of a group's start: what has moved less has shown nothing yet
HOLDS, ROUGHLY, WORST = 0.05, 0.20, 0.20
EXPLAINS = 0.5  # of what is to be explained
LARGEST = 1e60  # predictions of a mode that grows are followed up to here


@dataclass(frozen=True)
class Groups:
    """The groups of modes that are judged: those that count.

    Args:
        modes: Of each, 0-based.
        floors: (G,) the noise floor as a part of each group's start.
        epsilon: Below this part of its start a mode is called learnt; what is smaller is judged by it.
    """

    modes: list[list[int]]
    floors: Array
    epsilon: float


@dataclass(frozen=True)
class Motion:
    """What the kernel frames so far say of the kernel.

    Args:
        drift: The largest ||K_t - K_0||_F / ||K_0||_F so far.
        moving_error: Of the prediction that takes up each K_t, at the last kernel frame; None where there is none.
        frozen_error: Of K_0's prediction there.
    """

    drift: float
    moving_error: float | None = None
    frozen_error: float | None = None

    @property
    def explains(self) -> bool:
        """Whether the kernel's motion accounts for most of what K_0's prediction is off by."""
        moving, frozen = self.moving_error, self.frozen_error
        return moving is not None and frozen is not None and moving < EXPLAINS * frozen


def group_errors(measured: Array, predicted: Array, groups: Groups) -> Array:
    """|measured - predicted| / max(|measured|, |predicted|, epsilon) at each record, (R, G); NaN where not compared.

    A group is compared once measurement or prediction has moved by over 1 % of its start, while neither is below its
    floor. What grows is compared as what falls is.

    Args:
        measured: (R, G) part of the start that is left: with its sign where a group is one mode, else the norm's.
        predicted: (R, G) the same of the kernel at the start.
        groups: The columns.
    """
    predicted = np.clip(np.nan_to_num(predicted, nan=LARGEST), -LARGEST, LARGEST)
    moved = (np.abs(1 - measured) > MOVED) | (np.abs(1 - predicted) > MOVED)
    seen = moved & (np.abs(measured) >= groups.floors) & (np.abs(predicted) >= groups.floors)
    size = np.maximum(np.maximum(np.abs(measured), np.abs(predicted)), groups.epsilon)
    errors: Array = np.where(seen, np.abs(measured - predicted) / size, np.nan)
    return errors


def verdict(
    function_errors: Array, measured: Array, predicted: Array, groups: Groups, motion: Motion | None
) -> Verdict | None:
    """What the records so far say of the prediction; None before anything has moved, or where E is not known.

    Args:
        function_errors: (R,) ||r - r_predicted|| / ||r(0)|| at each record, of the residuals on the training points.
        measured: (R, G) as in `group_errors`.
        predicted: (R, G).
        groups: The columns.
        motion: What the kernel frames say; None where there is none after the start.
    """
    if not len(function_errors) or np.isnan(function_errors).any():
        return None
    function = float(min(function_errors.max(), LARGEST))
    errors = group_errors(measured, predicted, groups)
    compared = np.isfinite(errors)
    if not compared.any() and function < MOVED:
        return None
    modes = worst = None
    named: list[int] = []
    rising = _rising(measured, predicted)
    leaks = False
    if compared.any():
        modes = float(np.median(errors[compared]))
        at, who = np.unravel_index(int(np.where(compared, errors, -1.0).argmax()), errors.shape)
        worst = float(errors[at, who])
        named = [mode + 1 for mode in groups.modes[int(who)]]
        leaks = bool(rising[who])
    word = _word(function, modes or 0.0, worst or 0.0)
    cause = None if word == "holds" else _cause(function, motion, leaks)
    return Verdict(
        word=word,
        cause=cause,
        text=f"Prediction {word}{_because(cause, motion, function, named, worst or 0.0)}",
        function_error=function,
        modes_error=modes,
        worst_error=worst,
        worst_modes=named,
        drift=None if motion is None else motion.drift,
        rising=tuple(mode + 1 for group in np.flatnonzero(rising) for mode in groups.modes[group]),
    )


def _word(function: float, modes: float, worst: float) -> VerdictWord:
    if function < HOLDS and modes < HOLDS and worst < WORST:
        return "holds"
    return "roughly holds" if function < ROUGHLY and modes < ROUGHLY else "fails"


def _cause(function: float, motion: Motion | None, leaks: bool) -> VerdictCause | None:
    """Why the prediction is off, where the measurements tell.

    The whole function: the moving kernel's prediction, which knows all of K_t, is off by less than half as much. One
    mode of a function that is predicted well: a mode alone only falls, so what rises comes from the others.
    """
    if function < HOLDS:
        return "leakage" if leaks else None
    return "kernel_moved" if motion and motion.explains else None


def _rising(measured: Array, predicted: Array) -> NDArray[np.bool_]:
    """(G,) whether a group has risen from its smallest by most of what it is off by, and was never above its start.

    A rise of less than what counts as a motion is none.
    """
    sizes = np.nan_to_num(np.abs(measured))
    off = np.nan_to_num(np.abs(measured - predicted)).max(axis=0, initial=0.0)
    rise = (sizes - np.minimum.accumulate(sizes)).max(axis=0, initial=0.0)
    bounded = (sizes <= sizes[0] * (1 + MOVED)).all(axis=0)
    found: NDArray[np.bool_] = bounded & (rise >= np.maximum(EXPLAINS * off, MOVED))
    return found


def _because(cause: VerdictCause | None, motion: Motion | None, function: float, named: list[int], worst: float) -> str:
    """The cause where it is known, else what is off most."""
    if cause == "kernel_moved" and motion:
        return f": the kernel moved {_share(motion.drift)}"
    if cause == "leakage":
        return f": other modes leak into {group_name(named)}"
    if function >= HOLDS:
        return f": the function is off by {_share(function)}"
    if worst >= WORST:
        return f": {group_name(named)} {'is' if len(named) == 1 else 'are'} off by {_share(worst)}"
    return ""


def _share(value: float) -> str:
    """2.1 %, 68 %, 1,230 times."""
    if value >= 10:
        return f"{number(value)} times its start"
    return f"{100 * value:.0f} %" if value >= 0.0995 else f"{100 * value:.2g} %"


def group_name(named: Sequence[int]) -> str:
    """Mode 3, modes 3 and 4, modes 3 to 7: by their 1-based numbers."""
    first, last = named[0], named[-1]
    if len(named) == 1:
        return f"mode {first}"
    return f"modes {first} and {last}" if len(named) == 2 else f"modes {first} to {last}"
