"""What is said of a scan: every sentence from named numbers, made here and nowhere else."""

from collections.abc import Sequence

from ntkscope.experiment.format import duration, frequency, number
from ntkscope.experiment.theory.outlook import count
from ntkscope.schemas.rehearsal import Ending
from ntkscope.schemas.scan import ScanAnswer, ScanFinding
from ntkscope.schemas.sweep import AxisValue

BEST_BY = 0.9  # of the runner-up: an error that is hardly smaller names no value


def shown(value: AxisValue) -> str:
    """A value as people write it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return value if isinstance(value, str) else frequency(float(value))


def too_long(seconds: float, left: float) -> str:
    """Why a value is not looked at."""
    return (
        f"The kernel at the start alone would take about {duration(seconds)}, and the scan has {duration(left)} left "
        "for it. Take fewer values, a smaller network or fewer points."
    )


def no_further(reach: int, steps: int) -> str:
    """Why a rehearsal that did not come to the end is not what is told."""
    return f"The rehearsal came to step {reach:,} of {steps:,} within its work."


def finding(found: ScanFinding) -> str:
    """One value: what is learnt, what is left, and from what that is known."""
    by = "by rehearsal" if found.by == "rehearsal" else "by the kernel at the start"
    if found.ended is not None and found.by == "rehearsal" and (bad := _ends_badly(found.ended)):
        return f"{bad}, by rehearsal."
    return f"{_learnt(found)}, {by}.{_error(found)}"


def _ends_badly(ended: Ending) -> str | None:
    return {"diverges": "Training diverges", "dies": "All units of a hidden layer die"}.get(ended)


def _learnt(found: ScanFinding) -> str:
    within = f"within {count(found.steps, 'step')}"
    if found.frequency is None:
        return f"{found.modes_learnt:,} of {count(found.modes, 'mode')} learnt {within}"
    if found.frequency == 0:
        return f"Not one wave of the target is learnt {within}"
    if all(wave.step is not None for wave in found.waves):
        return f"All waves of the target, up to frequency {frequency(found.frequency)}, are learnt {within}"
    return f"Waves up to frequency {frequency(found.frequency)} are learnt {within}"


def _error(found: ScanFinding) -> str:
    if found.held_out_error is None:
        return ""
    aside = ", by the kernel at the start" if found.by == "rehearsal" and found.held_out_by == "kernel" else ""
    return f" Predicted held-out error {number(found.held_out_error)}{aside}."


def together(answers: Sequence[ScanAnswer]) -> str | None:
    """What all values say: where most is learnt, and where the predicted error is smallest."""
    found = [(answer.value, answer.found) for answer in answers if answer.found is not None]
    if len(found) < 2:
        return None
    said = [sentence for sentence in (_highest(found), _smallest(found)) if sentence]
    return " ".join(said) or None


def _highest(found: Sequence[tuple[AxisValue, ScanFinding]]) -> str | None:
    reaches = [(value, one.frequency) for value, one in found if one.frequency is not None]
    if len(reaches) < 2:
        return None
    low, high = min(reach for _, reach in reaches), max(reach for _, reach in reaches)
    if low == high:
        return f"Every value learns the target's waves up to frequency {frequency(high)}." if high else None
    at = next(value for value, reach in reaches if reach == high)
    return f"Most is learnt at {shown(at)}: waves up to frequency {frequency(high)}; least is {frequency(low)}."


def _smallest(found: Sequence[tuple[AxisValue, ScanFinding]]) -> str | None:
    errors = sorted(
        ((one.held_out_error, value) for value, one in found if one.held_out_error is not None),
        key=lambda entry: entry[0],
    )
    if len(errors) < 2:
        return None
    (best, value), (second, _) = errors[:2]
    if best > BEST_BY * second:
        return f"The smallest predicted held-out errors, about {number(best)}, are too near each other to name a value."
    return f"The predicted held-out error is smallest at {shown(value)}: {number(best)}."
