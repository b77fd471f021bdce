"""Why a network does not learn its target: each cause a sentence from named numbers, the gravest first."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from ntkscope.experiment.explain.trial import Trial
from ntkscope.experiment.format import number, percent
from ntkscope.experiment.measure.endings import FEW_MODES, LEFT, MOST_FLAT, Condition, Facts, from_start
from ntkscope.experiment.problem.loss import half_sums
from ntkscope.experiment.theory.learnt import forgotten
from ntkscope.experiment.theory.outlook import STARTS_LARGE, fitting_norm
from ntkscope.schemas.explanation import ExplainedSentence, Switch

MOST = 2
TOO_LARGE = 4.0  # ||y|| over what keeps the kernel near its start: from there on a third and more met the edge
SLOW = 0.1  # of 2/lambda_1
HALF = 0.5  # of a mode: what has kept more of itself is not learnt
MUCH = 0.05  # of the target's mean square
MOSTLY = 0.3  # left of the target: noise is no cause before most of it is learnt
HIDES = 0.95  # of the target's mean square, that is its mean's


def causes(base: Trial, facts: Facts, trials: list[Trial]) -> list[ExplainedSentence]:
    """At most two of them.

    Args:
        base: The config as it is, rehearsed.
        facts: Of its data, on all points.
        trials: Of changes: that of the loss's units is a switch of its cause.
    """
    found = _causes(base, facts, trials)
    return [one for one, _ in zip(found, range(MOST), strict=False)]


def _causes(base: Trial, facts: Facts, trials: list[Trial]) -> Iterator[ExplainedSentence]:
    yield from _rate_too_large(base, trials)
    yield from _few_modes(base, facts)
    yield from _large_start(base)
    yield from _mean(base, facts)
    yield from _large_target(base, facts)
    yield from _slow(base)
    yield from _noise(base)


def _rate_too_large(base: Trial, trials: list[Trial]) -> Iterator[ExplainedSentence]:
    training, limit = base.config.training, base.state.largest_stable_rate
    if base.fraction < 1 or limit is None:
        return
    times = base.fraction
    text = (
        f"The learning rate is {number(float(f'{times:.3g}'))} times 2/λ₁, the limit of the kernel at the start, "
        "so the error grows from step to step."
    )
    numbers = {"rate over limit": times}
    if training.learning_rate.kind == "given" and training.loss != "mean":
        factor = half_sums(training.loss, base.fewer.points) / half_sums("mean", base.fewer.points)
        text += (
            f" It is read as a rate of half the sum of squares; if it is one of nn.MSELoss, which is a mean, it is "
            f"{number(factor)} times smaller."
        )
        numbers["sum over mean"] = factor
    switches = [
        Switch(words=trial.change.words, changes=trial.change.changes)
        for trial in trials
        if trial.change is not None and "training.loss" in trial.change.changes and not trial.ends_badly
    ]
    yield ExplainedSentence(kind="cause", text=text, numbers=numbers, switches=switches)


def _few_modes(base: Trial, facts: Facts) -> Iterator[ExplainedSentence]:
    """Saturated units, biases of 0, or another reason why the kernel has no mode for the target."""
    start, network = Condition.at_start(base.state), base.config.network
    if start.left <= LEFT or start.rank > FEW_MODES * start.points:
        return
    numbers = {
        "modes above round-off": float(start.rank),
        "modes": float(start.points),
        "of the target below": start.left,
        "units without slope": start.flat,
    }
    zero = network.initialization in ("glorot", "he") or (network.initialization == "normal" and network.sigma_b == 0)
    zero = zero or not network.bias
    far = facts.scalable and facts.inputs.is_far
    if start.saturated and (not zero or start.flat >= MOST_FLAT):
        yield _cause(f"{from_start(facts, start)}.", numbers)
        return
    has = f"the kernel at the start has {start.rank:,} modes above round-off for {start.points:,} points"
    held = f"{percent(start.left)} of the target about its mean lies in the others, which only move if the kernel does"
    if zero:
        why = "There are no biases" if not network.bias else "All biases start at 0"
        bends = ", and units of one input with a kink then all bend at 0" if _kinks_at_zero(base) else ""
        yield _cause(f"{why}{bends}: {has}; {held}.", numbers)
        return
    inputs = f" Inputs of {number(facts.inputs.low)} to {number(facts.inputs.high)} are far from 1." if far else ""
    yield _cause(f"No such mode: {has}; {held}.{inputs}", numbers)


def _kinks_at_zero(base: Trial) -> bool:
    activation = base.state.problem.architecture.activation
    return activation.has_kink and base.state.problem.encoded.shape[1] == 1


def _large_start(base: Trial) -> Iterator[ExplainedSentence]:
    times, step = forgotten(base.state)
    if times < STARTS_LARGE:
        return
    when = "" if step is None else f", and with the kernel at the start is busy forgetting that until step {step:,}"
    yield _cause(
        f"The network starts {number(float(f'{times:.2g}'))} times as large as the target about its mean{when}.",
        {"start over target": times, **({} if step is None else {"forgotten at step": float(step)})},
    )


def _large_target(base: Trial, facts: Facts) -> Iterator[ExplainedSentence]:
    norm = fitting_norm(base.config.network)
    found = base.run.rehearsal
    if norm is None or facts.target_norm <= TOO_LARGE * norm or not base.moves:
        return
    yield _cause(
        f"The target is large for this network: ‖y‖ = {number(facts.target_norm)}, and up to {number(norm)} the kernel "
        f"stays near its start; here it moves by {_moved(found.drift)} and ηλ₁ reaches {number(found.peak)} (above 2 "
        "training is unstable).",
        {"norm": facts.target_norm, "fitting norm": norm, "drift": found.drift, "largest rate * λ₁": found.peak},
    )


def _mean(base: Trial, facts: Facts) -> Iterator[ExplainedSentence]:
    share = facts.target.mean_share
    if base.config.data.scale_targets != "none" or not HIDES < share < 1:
        return
    yield _cause(
        f"The target's mean is {percent(share)} of its mean square, so the network first learns that number.",
        {"mean's share": share},
    )


def _slow(base: Trial) -> Iterator[ExplainedSentence]:
    """What the rate and the steps leave, by the kernel at the start; and why it is so much."""
    state, spectrum, about = base.state, base.state.kernel.spectrum, base.about
    whole, above = float(about @ about), base.state.kernel.spectrum.count_above_floor
    if whole == 0 or base.ends_badly or base.fraction >= 1 or state.largest_stable_rate is None:
        return
    parts = spectrum.mode_coefficients(about)[:above] ** 2
    kept = (1 - state.learning_rate * spectrum.eigenvalues[:above]).abs() ** state.last_step
    late = parts[kept > HALF]
    share = float(late.sum()) / whole
    if share <= MUCH:
        return
    steep = float(spectrum.eigenvalues[0]) * state.learning_rate * state.last_step / float(torch.log(torch.tensor(2.0)))
    if base.fraction < SLOW:
        yield _cause(
            f"The learning rate is {percent(base.fraction)} of 2/λ₁, what the kernel at the start allows, and "
            f"{percent(share)} of the target lies in modes that {state.last_step:,} steps at it do not half learn.",
            {"rate over limit": base.fraction, "of the target in slow modes": share, "steps": float(state.last_step)},
        )
        return
    yield _cause(
        f"{percent(share)} of the target lies in modes whose eigenvalue is less than 1/{number(float(f'{steep:.2g}'))} "
        f"of the largest: {state.last_step:,} steps do not half learn them.",
        {"of the target in slow modes": share, "λ₁ over λ": steep, "steps": float(state.last_step)},
    )


def _noise(base: Trial) -> Iterator[ExplainedSentence]:
    noise = base.config.data.noise
    if noise == 0 or base.varies == 0 or base.left > MOSTLY:
        return
    share = noise**2 / (noise**2 + base.varies**2)
    if share > MUCH / 5:
        yield _cause(
            f"The noise, of deviation {number(noise)}, is {percent(share)} of what the targets vary: the loss need not "
            "go below it, and what a network learns of it is no part of the target.",
            {"noise": noise, "noise's share": share},
        )


def _moved(drift: float) -> str:
    return percent(drift) if drift < 10 else f"{number(drift)} times itself"


def _cause(text: str, numbers: dict[str, float]) -> ExplainedSentence:
    return ExplainedSentence(kind="cause", text=text, numbers=numbers)
