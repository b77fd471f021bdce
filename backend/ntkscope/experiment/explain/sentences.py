"""What is learnt, what is not, what helps and how far to trust it: every sentence from named numbers."""

from __future__ import annotations

import torch

from ntkscope.experiment.explain.fewer import JUDGED
from ntkscope.experiment.explain.trial import Change, Trial
from ntkscope.experiment.format import frequency, number, percent
from ntkscope.experiment.theory.rehearsed_words import EDGE, HARDLY
from ntkscope.numerics.rehearsal_range import FACTORS
from ntkscope.schemas.explanation import ExplainedSentence, Switch
from ntkscope.schemas.rehearsal import RangeClass
from ntkscope.schemas.wave import Wave

MOST_WAVES = 5
BETWEEN = 0.02  # of the target: by so much less is learnt between the points that it is said
NOTHING = 0.005  # of the target


def learns(base: Trial) -> ExplainedSentence:
    """How much of the target, by how much the network is then off, and which waves."""
    found, last, share = base.run.rehearsal, base.state.last_step, 1 - base.left
    numbers = {"steps": float(last), "varies": base.varies}
    if found.ended == "diverges":
        text = f"It learns nothing: rehearsed, the training diverges at step {found.reach:,}."
        return ExplainedSentence(kind="learns", text=text, numbers={**numbers, "diverges at": float(found.reach)})
    numbers |= {"share": share, "error": base.error}
    if found.ended == "dies":
        text = (
            f"It ends at about step {found.reach:,}, where all units of a hidden layer are dead and what is drawn is "
            f"constant: the root mean square error is {number(base.error)} on a target that varies by "
            f"{number(base.varies)}."
        )
        return ExplainedSentence(kind="learns", text=text, numbers={**numbers, "dies at": float(found.reach)})
    begin = f"Within {last:,} steps it learns"
    if base.beyond and base.moves:
        begin = (
            f"Rehearsed to step {found.reach:,}; with the kernel there, which still moves, it learns by step {last:,}"
        )
        numbers["rehearsed to"] = float(found.reach)
    what = "nothing of the target" if share < NOTHING else f"{_share(share)} of the target"
    text = f"{begin} {what} (root mean square error {number(base.error)}; the target varies by {number(base.varies)})"
    learnt = [
        f"{_name(wave)} by step {step:,}"
        for wave, step in _waves(base)
        if step is not None and step <= last and (wave.source != "mean" or wave.share > NOTHING)
    ]
    between = base.left_between
    if between is not None and between > base.left + BETWEEN:
        text += f"; {_where(base)} {_share(1 - between)}"
        numbers["share between"] = 1 - between
    if learnt:
        text += f"; learnt for good {_listed(learnt)}"
    return ExplainedSentence(kind="learns", text=f"{text}.", numbers=numbers)


def misses(base: Trial) -> list[ExplainedSentence]:
    """The waves that are not learnt within the steps: what is left of each, and when it is learnt if at all."""
    found, last = base.run.rehearsal, base.state.last_step
    if found.ended == "diverges" or base.residual is None:
        return []
    left = base.run.waves.errors(base.residual).tolist()
    seen = [at for at, wave in enumerate(base.run.waves.describe()) if wave.amplitude > 0]
    late = [
        (wave, step, left[at])
        for at, (wave, step) in zip(seen, _waves(base), strict=True)
        if step is None or step > last
    ]
    late = [one for one in late if one[0].source == "typed" or one[0].share > NOTHING]
    if not late:
        return []
    late_by = "" if found.ended == "dies" else f" (not by step {base.run.horizon:,})"
    named = [
        f"{_name(wave)}, of which {percent(part)} is left"
        + (f" (learnt by step {step:,})" if step is not None and found.ended != "dies" else late_by)
        for wave, step, part in late[:MOST_WAVES]
    ]
    text = f"Not learnt by step {last:,}: {'; '.join(named)}"
    if len(late) > MOST_WAVES:
        text += f"; and {len(late) - MOST_WAVES} more"
    numbers = {f"left of {_name(wave)}": part for wave, _, part in late[:MOST_WAVES]}
    return [ExplainedSentence(kind="misses", text=f"{text}.", numbers=numbers)]


def helps(best: Trial, base: Trial, count: int, before: Change | None = None) -> ExplainedSentence:
    """The change that helps most.

    Args:
        best: With it.
        base: Without it.
        count: Changes that were tried.
        before: What was changed already, on top of which it is.
    """
    assert best.change is not None, "a change is what helps"
    begin = f"What helps most of {count} changes that were rehearsed: {best.change.words}"
    if before is not None:
        begin = f"On top of that helps most, of {count}: {best.change.words}"
    text = f"{begin}. Then {_result(best)}, instead of {_brief(base)}{_off(base)}."
    numbers = {"share": 1 - best.left, "error": best.error}
    if base.residual is not None:
        numbers |= {"share without it": 1 - base.left, "error without it": base.error}
    whole = best.change if before is None else before.and_also(best.change)
    return ExplainedSentence(kind="change", text=text, numbers=numbers, switches=[_switch(whole)])


def others(helping: list[Trial], useless: list[Trial], base: Trial) -> list[ExplainedSentence]:
    """What else was tried: what helps clearly, too, each alone; and what does not."""
    parts, switches = [], []
    if helping:
        shown = [trial for trial in helping if trial.change][:MOST_WAVES]
        parts.append(f"Each alone also helps clearly: {_each(shown)}")
        switches = [_switch(trial.change) for trial in shown if trial.change]
    if useless:
        verb = "tried without a clear gain" if helping else "Tried without a clear gain"
        parts.append(f"{verb} over {_brief(base)}: {_each(useless[:MOST_WAVES])}")
    if not parts:
        return []
    numbers = {"changes that help": float(len(helping)), "that do not": float(len(useless))}
    return [ExplainedSentence(kind="tried", text=f"{'; '.join(parts)}.", numbers=numbers, switches=switches)]


def _each(trials: list[Trial]) -> str:
    return ", ".join(f"{trial.change.words} ({_brief(trial)})" for trial in trials if trial.change)


def _switch(change: Change) -> Switch:
    return Switch(words=change.words, changes=change.changes)


def enough(base: Trial) -> ExplainedSentence:
    """Where all is learnt there is nothing to change."""
    text = f"Nothing needs to change: {_result(base)}."
    return ExplainedSentence(kind="tried", text=text, numbers={"error": base.error, "share": 1 - base.left})


def trust(base: Trial) -> ExplainedSentence:
    """From the class of the rehearsal, how far the kernel moves in it, and on which points it was made."""
    found, fewer = base.run.rehearsal, base.fewer
    at_edge, beyond = found.peak >= EDGE, base.beyond
    edge: RangeClass = "edge beyond the budget" if beyond else "edge"
    calm: RangeClass = "calm beyond the budget" if beyond else "calm"
    kind = edge if at_edge else calm
    least, most = FACTORS[kind]["for good"]
    moves = percent(found.drift) if found.drift < 10 else f"{number(found.drift)} times itself"
    how = "hardly moves" if found.drift < HARDLY else "moves"
    text = f"How far to trust this: rehearsed without training, the kernel {how} (by {moves})"
    if at_edge:
        text += f", ηλ₁ reaches {number(found.peak)}, beyond the edge of stability at 2"
    if beyond:
        text += f", what is later than step {found.reach:,} stands on the kernel there"
    if not base.ends_badly:
        exact = f"to ±{100 * (most - 1):.0f} %" if kind == "calm" else f"to {least:.2g} to {most:.2g} times"
        text += f", and steps are right {exact}"
        text += f"; the kernel at the start alone says {_share(1 - _frozen(base))}"
    if fewer.taken < fewer.points:
        text += f"; {fewer.taken:,} of {fewer.points:,} points stood for all"
    if fewer.judged:
        text += f"; every {JUDGED}th row was kept apart to judge by"
    numbers = {"drift": found.drift, "reach": float(found.reach), "largest rate * λ₁": found.peak}
    return ExplainedSentence(kind="trust", text=f"{text}.", numbers={**numbers, "least": least, "most": most})


def _frozen(base: Trial) -> float:
    """What the kernel at the start, alone, leaves of the target."""
    state, problem = base.state, base.state.problem
    steps = torch.tensor([float(state.last_step)], dtype=torch.float64)
    wrong = state.kernel.predict(state.training_law, steps).residual[0] + problem.targets - problem.clean
    size = float(base.about @ base.about)
    return float(wrong @ wrong) / size if size > 0 else 0.0


def _waves(base: Trial) -> list[tuple[Wave, int | None]]:
    """Those of which the target holds something, each with when it is learnt for good."""
    seen = [wave for wave in base.run.waves.describe() if wave.amplitude > 0]
    return [(wave, found.for_good.step) for wave, found in zip(seen, base.run.rehearsal.watched, strict=True)]


def _result(trial: Trial) -> str:
    """What comes of a config, in words."""
    found = trial.run.rehearsal
    if found.ended == "diverges":
        return f"divergence at step {found.reach:,}"
    text = f"{_share(1 - trial.left)} is learnt by step {trial.state.last_step:,} (error {number(trial.error)}"
    if found.ended == "dies":
        text = f"dead units at step {found.reach:,} (error {number(trial.error)}"
    between = trial.left_between
    if between is not None and between > trial.left + NOTHING:
        text += f"; {_where(trial)} {_share(1 - between)}"
    if trial.beyond and trial.moves:
        text += f"; rehearsed to step {found.reach:,}, and by the kernel there"
    waves = len(found.watched)
    if waves:
        text += f"; {trial.waves_learnt} of {waves} waves"
    return f"{text})"


def _where(trial: Trial) -> str:
    return "on points kept apart" if trial.state.problem.grid_tested is not None else "between the points"


def _off(trial: Trial) -> str:
    return f" with error {number(trial.error)}" if trial.residual is not None else ""


def _brief(trial: Trial) -> str:
    ended = trial.run.rehearsal.ended
    bad = {"diverges": "divergence", "dies": "dead units"}.get(ended)
    between = trial.left_between
    if bad or between is None or between <= trial.left + BETWEEN:
        return bad or _share(1 - trial.left)
    return f"{_share(1 - trial.left)}, {_where(trial)} {_share(1 - between)}"


def _share(share: float) -> str:
    """99.97 % needs its last figures, since what is left is what counts; below 0 the network is worse than the mean."""
    if share < NOTHING:
        return "nothing"
    return percent(share) if share < 0.99 else f"{min(99.9999, 100 * share):.4g} %"


def _name(wave: Wave) -> str:
    return "the mean" if wave.source == "mean" else f"frequency {frequency(wave.frequency)}"


def _listed(parts: list[str]) -> str:
    shown = parts[:MOST_WAVES]
    return ", ".join(shown) + (f" and {len(parts) - MOST_WAVES} more" if len(parts) > MOST_WAVES else "")
