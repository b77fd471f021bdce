"""What is said of a rehearsal: every sentence a claim from named numbers, made here and nowhere else."""

from ntkscope.experiment.format import number, percent
from ntkscope.experiment.theory.outlook import count
from ntkscope.numerics.rehearsal_leaps import Control
from ntkscope.schemas.rehearsal import Ending, RangeClass

HARDLY = 0.1  # drift below which a kernel hardly moves
EDGE, RISK = Control().edge, Control().risk
# Rehearsals of random trainings that left a risk, and those of them whose training ended badly (benchmarks/edge.py).
LEFT_AT_RISK, ENDED_BADLY = 41, 1
REMEDY = 'A rate of the kind "rehearsed" looks for one that does not; half of this one may do.'


def wave_sentence(
    *,
    step: int | None,
    first_step: int | None,
    kind: RangeClass,
    factors: tuple[float, float],
    horizon: int,
    reach: int,
    ended: Ending,
    drift: float,
    peak: float,
    never: str | None,
) -> str:
    """How exactly the step of one wave is known, and from what.

    Args:
        step: From which on it is learnt; None: not within the horizon.
        first_step: Where it is for the first time.
        kind: Of its range.
        factors: The true step over the rehearsed one, at least and at most.
        horizon: The last step that was asked about.
        reach: The last that was rehearsed.
        ended: How the rehearsal did.
        drift: Of the kernel at its end.
        peak: Largest learning rate * lambda_1.
        never: What is said where the wave is never learnt, surely.
    """
    if never is not None and step is None:
        return never
    within = f"Not within {count(horizon, 'step')}"
    if ended == "diverges":
        return f"Never for good: the training diverges at step {reach:,}."
    if ended == "dies" and step is None:
        return f"{within}: all units of a hidden layer are dead by step {reach:,}."
    if kind in ("calm", "edge") and step is None:
        return f"{within}."
    least, most = factors
    if kind == "calm":
        few = step is not None and (most - 1) * step < 2  # steps are whole
        return f"{_motion(drift)}: the step is known to ±{'1' if few else f'{100 * (most - 1):.0f} %'}."
    if kind == "edge":
        first = "" if first_step is None else f" first reached about step {first_step:,}, it may come back;"
        return (
            f"The learning rate meets the edge of stability (ηλ₁ up to {number(peak)}):{first} "
            "the exact step is not determined."
        )
    edge = f"the learning rate meets the edge of stability (ηλ₁ up to {number(peak)})"
    beyond = f"Rehearsed to step {reach:,}{f'; {edge}' if kind == 'edge beyond the budget' else ''}; "
    if step is None:
        return f"{beyond}by the kernel there not within {count(horizon, 'step')}."
    if step > reach:
        return f"{beyond}beyond that by the kernel there: {least:g} to {most:g} times this step."
    return f"{beyond}below its limit until there, it may come back: {least:g} to {most:g} times this step."


def ending_sentence(
    ended: Ending, *, reach: int, kernels: int, steps_taken: int, drift: float, growth: float, peak: float
) -> str:
    """How a rehearsal ended, and how far the kernel moved in it."""
    how = {
        "learnt": f"Rehearsed to step {reach:,}: every wave is learnt.",
        "horizon": f"Rehearsed to step {reach:,}, the last that was asked about.",
        "budget": f"Rehearsed to step {reach:,}: its budget ends there. Later answers stand on the kernel there.",
        "diverges": f"Rehearsed: the training diverges at step {reach:,}.",
        "dies": f"Rehearsed: all units of a hidden layer are dead by step {reach:,}.",
    }[ended]
    spent = f"{count(kernels, 'kernel')}, {count(steps_taken, 'real step')}"
    moved = f"{_motion(drift)}; λ₁ reaches {number(growth)} times its start, ηλ₁ {number(peak)}"
    return f"{how} {moved} ({spent})."


def bad_end(ended: Ending, reach: int, rate: float, peak: float) -> list[str]:
    """A warning before the start; nothing where the rehearsal goes on to its end."""
    match ended:
        case "diverges":
            return [
                f"This training will diverge, at about step {reach:,}: rehearsed at the learning rate {number(rate)}, "
                f"ηλ₁ reaches {number(peak)}. {REMEDY}"
            ]
        case "dies":
            return [
                f"All units of a hidden layer will be dead by about step {reach:,}: rehearsed at the learning rate "
                f"{number(rate)}. {REMEDY}"
            ]
    return []


def possible_end(at_risk: bool, reach: int, rate: float, peak: float, *, can_die: bool) -> list[str]:
    """A warning before the start of what a rehearsal did not come to; nothing where there is nothing to fear.

    Args:
        at_risk: As `Rehearsal` has it.
        reach: The last step that was rehearsed.
        rate: The learning rate.
        peak: Largest learning rate * lambda_1 up to there.
        can_die: Whether units of this activation can.
    """
    if not at_risk:
        return []
    ends = "diverge, or lose all units of a hidden layer," if can_die else "diverge"
    return [
        f"This training may {ends} after step {reach:,}, where the rehearsal's budget ends: at the learning rate "
        f"{number(rate)} ηλ₁ reached {number(peak)}, and from {RISK:g} on a network whose activation has no largest "
        f"value does not always settle. Of {LEFT_AT_RISK} rehearsals of random trainings that left it like this, "
        f"{ENDED_BADLY} came before such an end. {REMEDY}"
    ]


def chosen_rate(rate: float, limit: float, most: float, growth: float | None) -> str:
    """Why a rehearsed rate is what it is.

    Args:
        rate: That was chosen.
        limit: 2 / lambda_1 of the kernel at the start.
        most: The largest part of the limit that was allowed.
        growth: Largest lambda_1 over that of the start, rehearsed at this rate; None where nothing was rehearsed.
    """
    part = number(float(f"{rate / limit:.3g}"))
    if growth is None:
        return (
            f"Learning rate {number(rate)}, {part} of 2/λ₁: not rehearsed, since that would take longer than the "
            "budget of work that a rate has."
        )
    peak = 2 * rate / limit * growth
    grows = f"λ₁ grows to {number(growth)} times its start, ηλ₁ to {number(peak)}"
    if peak >= EDGE:
        return (
            f"Learning rate {number(rate)}, {part} of 2/λ₁: the smallest that was tried, and the rehearsal does not "
            f"survive it ({grows})."
        )
    which = "as much as is allowed" if rate >= most * limit * (1 - 1e-9) else "the largest that the rehearsal survives"
    return (
        f"Learning rate {number(rate)}, {part} of 2/λ₁: {which} ({grows}). This is no promise: of 30 random trainings "
        "at such a rate 28 kept ηλ₁ below 2."
    )


def too_large(points: int, most_points: int, parameters: int, most_parameters: int) -> str:
    """Why there is no rehearsal."""
    found = count(points, "point") if points > most_points else count(parameters, "parameter")
    most = most_points if points > most_points else most_parameters
    return f"Not rehearsed: {found}, and a rehearsal takes {most:,} at most. K₀'s answers stand alone."


def offer(missing: int, step: int, low: int, high: int, clock: str) -> str:
    """How many steps are enough: 'All waves but the last by step 58,000 (52,000 to 64,000): 41 s here'.

    Args:
        missing: Waves that are later, or never learnt.
        step: By which the others are.
        low: The earliest.
        high: The latest.
        clock: How long the run then takes.
    """
    others = "" if missing == 0 else " but the last" if missing == 1 else f" but {missing}"
    return f"All waves{others} by step {step:,} ({low:,} to {high:,}): {clock} here"


def _motion(drift: float) -> str:
    if drift < HARDLY:
        return f"The kernel hardly moves (by {percent(drift)})"
    return f"The kernel moves by {percent(drift) if drift < 10 else f'{number(drift)} times itself'}"
