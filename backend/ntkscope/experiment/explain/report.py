"""The report: the config rehearsed, then its changes, then those on top of the best."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from ntkscope.errors import NtkscopeError
from ntkscope.experiment.estimate import Limits, check_limits, memory_bytes, sizes
from ntkscope.experiment.explain.candidates import WIDER, candidates
from ntkscope.experiment.explain.causes import causes
from ntkscope.experiment.explain.fewer import FEWEST, Fewer
from ntkscope.experiment.explain.sentences import enough, helps, learns, misses, others, trust
from ntkscope.experiment.explain.trial import Change, Trial
from ntkscope.experiment.explain.trials import WORK, try_stages
from ntkscope.experiment.measure.endings import Facts
from ntkscope.experiment.pasted.model import with_changes
from ntkscope.experiment.problem.build import build
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.theory.rehearsed import MOST_PARAMETERS, MOST_POINTS, may_be_rehearsed
from ntkscope.experiment.theory.rehearsed_words import too_large
from ntkscope.numerics.rehearsal_result import Progress
from ntkscope.numerics.stages import complete, telling
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.explanation import ExplainedSentence, Explanation, TriedConfig

FIRST_WORK = 3.2e10  # multiply-adds, for the config itself: about two seconds on one core
LONG_WORK = 1.6e11  # the same, where the kernel moves on when that is done: about eight seconds
LEARNT = 0.02  # of what counts: below, nothing needs to change
CLEARLY = 0.7  # of what is left without the change
CLEAR = 0.015  # of the target: a smaller gain is none
GAIN = 0.1  # of the target: a larger one is clear
ALIKE, MARGIN = 0.25, (0.005, 0.02)  # of what is left: a change that leaves so much more helps alike, and is milder
SECOND = 6  # changes that are tried on top of the best
MOST_SENTENCES = 8
AT_FIRST = 0.4  # of the work, for the config itself


def explain(config: RunConfig, dataset: Table | None = None, limits: Limits | None = None) -> Explanation:
    """`explain_stages`, without a stop."""
    return complete(explain_stages(config, dataset, limits))


def explain_stages(
    config: RunConfig, dataset: Table | None = None, limits: Limits | None = None
) -> Generator[Progress, None, Explanation]:
    """Rehearses a config and some changes of it, with a stop every some tenths of a second; says what came of them.

    Args:
        config: What would be run.
        dataset: The table of a config whose points are an uploaded data set.
        limits: Changes beyond them are not tried.

    Raises:
        NtkscopeError: the config cannot be run.
    """
    fewer = Fewer.of(config, dataset)
    parameters = sizes(config, dataset).parameters
    if not may_be_rehearsed(fewer.taken, parameters):
        text = too_large(fewer.taken, MOST_POINTS, parameters, MOST_PARAMETERS)
        numbers = {"points": float(fewer.taken), "parameters": float(parameters)}
        alone = ExplainedSentence(kind="trust", text=text, numbers=numbers)
        return _explanation(config, build(config, dataset).notices, [alone], [])
    base = yield from _base(config, dataset, fewer)
    problem = build(config, dataset)
    facts = Facts.of(problem, config)
    said = [learns(base), *misses(base)]
    if base.badly < LEARNT:
        said += [enough(base), trust(base)]
        return _explanation(config, problem.notices, said, [(base, False)])
    changes = candidates(base, dataset)
    first = yield from _tried(base, changes, dataset, limits, AT_FIRST, 0.7)
    said += causes(base, facts, first)
    good = helping(first, base)
    second: list[Trial] = []
    if good:
        best = good[0]
        said.append(helps(best, base, len(first)))
        if best.badly >= LEARNT:
            more = [change for change in candidates(best, dataset) if not _repeats(change, best.change)][:SECOND]
            second = yield from _tried(best, more, dataset, limits, 0.7, 1.0)
        better = helping(second, best)
        if better:
            said.append(helps(better[0], best, len(second), best.change))
    useless = [trial for trial in first if trial not in good]
    said += [*others(good[1:], useless, base), trust(base)]
    helped = {id(trial) for trial in good}
    every = [(base, False), *((trial, id(trial) in helped) for trial in first)]
    every += [(_on_top(trial, good[0]), clearly(trial, good[0])) for trial in second]
    return _explanation(config, problem.notices, said, every)


def _repeats(change: Change, before: Change | None) -> bool:
    """Whether a change is of nothing but what was changed already."""
    return before is not None and set(change.changes) <= set(before.changes)


def _on_top(trial: Trial, best: Trial) -> Trial:
    """A trial that changes the best further, as a change of the config itself."""
    both = None if best.change is None or trial.change is None else best.change.and_also(trial.change)
    return replace(trial, change=both)


def _base(config: RunConfig, dataset: Table | None, fewer: Fewer) -> Generator[Progress, None, Trial]:
    """The config itself; with more work and on fewer points where it moves on when its work is done."""
    stages = try_stages(None, config, dataset, fewer, work=FIRST_WORK, farther=True)
    base = yield from _telling(stages, 0.0, AT_FIRST / 2)
    if not (base.beyond and base.moves):
        return base
    fewer = Fewer.of(config, dataset, FEWEST)
    stages = try_stages(None, config, dataset, fewer, work=LONG_WORK, farther=True)
    return (yield from _telling(stages, AT_FIRST / 2, AT_FIRST))


def explain_bytes(config: RunConfig, dataset: Table | None) -> int:
    """Memory that a report takes at its peak, from above: that of the widest network which may be tried."""
    width = config.network.width
    wider = config.network.model_copy(update={"width": WIDER * width if isinstance(width, int) else width})
    return memory_bytes(sizes(config.model_copy(update={"network": wider}), dataset))


def clearly(trial: Trial, base: Trial) -> bool:
    """Whether a change leaves clearly less of the target."""
    if trial.ends_badly or not trial.badly <= base.badly - CLEAR:
        return False
    return trial.badly <= max(CLEARLY * base.badly, base.badly - GAIN)


def helping(trials: list[Trial], base: Trial) -> list[Trial]:
    """The changes that help clearly, the best first: where some do, those that are better than the target's mean."""
    good = [trial for trial in trials if clearly(trial, base)]
    useful = [trial for trial in good if trial.badly <= 1 - GAIN]
    return ranked(useful or good)


def ranked(trials: list[Trial]) -> list[Trial]:
    """The best first: of those that leave nearly as little as the best, the one that comes first."""
    rest, found = list(trials), []
    while rest:
        least = min(trial.badly for trial in rest)
        limit = least + min(max(ALIKE * least, MARGIN[0]), MARGIN[1])
        found.append(next(trial for trial in rest if trial.badly <= limit))
        rest = [trial for trial in rest if trial is not found[-1]]
    return found


def _tried(
    base: Trial, changes: list[Change], dataset: Table | None, limits: Limits | None, begin: float, end: float
) -> Generator[Progress, None, list[Trial]]:
    """The changed configs, each rehearsed; those that cannot be run are left out."""
    found = []
    for at, change in enumerate(changes):
        low, high = (begin + (end - begin) * part / len(changes) for part in (at, at + 1))
        try:
            config = with_changes(base.config, change.changes)
            if limits is not None:
                check_limits(config, limits, dataset)
            if sizes(config, dataset).parameters > MOST_PARAMETERS:
                continue
            # more steps of the same training: as much work as the training itself had
            work = base.run.rehearsal.control.work if change.of_steps else WORK
            found.append(
                (yield from _telling(try_stages(change, config, dataset, base.fewer, base, work=work), low, high))
            )
        except (NtkscopeError, ValueError):
            continue
    return found


def _telling(stages: Generator[Progress, None, Trial], begin: float, end: float) -> Generator[Progress, None, Trial]:
    """A trial, whose progress is a part of the whole report's."""
    return telling(stages, lambda told: Progress(told.step, begin + (end - begin) * told.work, told.peak))


def _explanation(
    config: RunConfig, notices: list[str], said: list[ExplainedSentence], trials: list[tuple[Trial, bool]]
) -> Explanation:
    return Explanation(
        status="ready",
        config=config,
        part=1.0,
        notices=notices,
        sentences=said[:MOST_SENTENCES],
        tried=[_row(trial, helped) for trial, helped in trials],
    )


def _row(trial: Trial, helped: bool) -> TriedConfig:
    between, found = trial.left_between, trial.run.rehearsal
    diverged = trial.residual is None
    return TriedConfig(
        words=trial.change.words if trial.change else "",
        changes=trial.change.changes if trial.change else {},
        ended=found.ended,
        share=0.0 if diverged else 1 - trial.left,
        share_between=None if between is None or diverged else 1 - between,
        error=0.0 if diverged else trial.error,
        waves_learnt=trial.waves_learnt,
        waves=len(found.watched),
        helps=helped,
    )
