"""What is said of a config before training: K_0's answers at once, then a rehearsal's; the rate, and the cost."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from ntkscope.experiment.estimate import estimate_cost
from ntkscope.experiment.measure.endings import Condition, Facts, start_warnings
from ntkscope.experiment.measure.notices import choice_notices, rehearsal_warnings
from ntkscope.experiment.measure.sentences import rate_notices
from ntkscope.experiment.problem.build import build
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.schedule import recording_steps
from ntkscope.experiment.theory.initial_state import InitialState, initial, with_config
from ntkscope.experiment.theory.learnt import forgotten, wave_forecasts
from ntkscope.experiment.theory.offers import steps_offers
from ntkscope.experiment.theory.outlook import is_lazy, large_start, large_target, unlearnt
from ntkscope.experiment.theory.rate_search import chosen_stages, with_rate
from ntkscope.experiment.theory.rehearsed import horizon_of, left_out, rehearsed_stages
from ntkscope.experiment.theory.waves import Waves
from ntkscope.numerics import complete
from ntkscope.numerics.rehearsal import Progress
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.preview import KernelPreview, Preview, WaveAnswer
from ntkscope.schemas.rehearsal import Rehearsed
from ntkscope.schemas.training import RehearsedRate


@dataclass(frozen=True)
class Begun:
    """What K_0 says, and what the rehearsal goes on from: nothing where it is left out."""

    state: InitialState | None
    waves: Waves
    preview: Preview


def preview(config: RunConfig, dataset: Table | None = None) -> Preview:
    """The whole preview, rehearsal and all; it takes no step of the run itself.

    Raises:
        NtkscopeError: the config cannot be run.
    """
    begun = begin_preview(config, dataset)
    return complete(rehearse_preview(begun, complete(choose_rate(begun))))


def begin_preview(config: RunConfig, dataset: Table | None = None) -> Begun:
    """K_0's answers: decomposes it, takes no step. A rehearsed rate that is not chosen yet is the most it may be.

    Raises:
        NtkscopeError: the config cannot be run.
    """
    cost = estimate_cost(config, dataset)
    state = initial(config, dataset)
    waves = Waves.of(state.problem, state.config.data)
    answers = _answers(state, waves, cost.step_seconds)
    missing = left_out(state)
    said = Preview(
        status="rehearsing" if missing is None else "ready",
        config=config,
        cost=cost,
        spectrum=_spectrum(state, answers),
        rehearsing=None,
        rehearsal=None,
        offers=[],
        notices=[*state.problem.notices, *([] if missing is None else [missing])],
        warnings=_warnings(state, answers, None),
    )
    return Begun(state if missing is None else None, waves, said)


def choose_rate(begun: Begun) -> Generator[Progress, None, RehearsedRate | None]:
    """The choice of a rate that is to be rehearsed; None where there is none to make, or it would take too long."""
    return None if begun.state is None else (yield from chosen_stages(begun.state, begun.waves))


def rehearse_preview(begun: Begun, rate: RehearsedRate | None) -> Generator[Progress, None, Preview]:
    """The same with the rehearsal's answers, and a stop every some tenths of a second.

    Args:
        begun: What K_0 says.
        rate: That was chosen; K_0's answers are then those at this rate.
    """
    state, said = begun.state, begun.preview
    if state is None:
        return said
    if rate is not None:
        state = with_config(state, with_rate(state.config, rate))
    steps = recording_steps(state.last_step, state.config.recording.frames)
    found = yield from rehearsed_stages(state, begun.waves, steps, horizon_of(state, begun.waves))
    answers = _answers(state, begun.waves, said.cost.step_seconds)
    told = None
    if found is not None:
        told = found.describe(wave_forecasts(state, begun.waves))
        kept = [told.waves[at] for at, wave in enumerate(begun.waves.describe()) if wave.is_told]
        told = told.model_copy(update={"waves": kept})
    return said.model_copy(
        update={
            "status": "ready",
            "spectrum": _spectrum(state, answers),
            "rehearsal": told,
            "offers": steps_offers(told.waves, said.cost.step_seconds) if told else [],
            "notices": [*said.notices, *choice_notices(state)],
            "warnings": [*(rehearsal_warnings(found) if found else []), *_warnings(state, answers, told)],
        }
    )


def preview_cost(config: RunConfig, dataset: Table | None = None) -> Preview:
    """The cost alone, at once, and what the data say of themselves.

    Raises:
        NtkscopeError: the data cannot be built.
    """
    notices = build(config, dataset).notices
    cost = estimate_cost(config, dataset)
    return Preview(
        status="cost",
        config=config,
        cost=cost,
        spectrum=None,
        rehearsing=None,
        rehearsal=None,
        offers=[],
        notices=notices,
        warnings=[],
    )


def _warnings(state: InitialState, answers: list[WaveAnswer], rehearsed: Rehearsed | None) -> list[str]:
    """Of the rate, the start, the target's size, and of what is not learnt: by the rehearsal once it is there."""
    times, forgotten_by = forgotten(state)
    return [
        *rate_notices(state.learning_rate, state.largest_stable_rate),
        *start_warnings(state.config, Facts.of(state.problem, state.config), Condition.at_start(state)),
        *large_target(
            state.config.network,
            residual=float(state.kernel.residual.norm()),
            start=float((state.kernel.residual + state.problem.targets).norm()),
            target=float(state.problem.targets.norm()),
            times=times,
        ),
        *large_start(times, forgotten_by, state.last_step),
        *unlearnt(
            answers,
            state.kernel.spectrum.count_above_floor,
            len(state.kernel.residual),
            state.last_step,
            lazy=is_lazy(state.config.network, float(state.kernel.residual.norm())),
            rehearsed=rehearsed,
        ),
    ]


def _answers(state: InitialState, waves: Waves, step_seconds: float) -> list[WaveAnswer]:
    """Of every part of the target of which there is something to be said."""
    return [
        WaveAnswer(**wave.model_dump(), seconds=None if wave.step is None else step_seconds * wave.step)
        for wave in wave_forecasts(state, waves)
        if wave.is_told
    ]


def _spectrum(state: InitialState, waves: list[WaveAnswer]) -> KernelPreview:
    decomposed, end = state.kernel.spectrum, state.last_step * state.learning_rate
    learnt = [group for group in state.groups.groups if group.learning_time is not None and group.learning_time <= end]
    return KernelPreview(
        eigenvalues=decomposed.eigenvalues.numpy(),
        noise_floor=decomposed.noise_floor,
        below_floor=len(decomposed.eigenvalues) - decomposed.count_above_floor,
        groups=state.groups.groups,
        learning_rate=state.learning_rate,
        largest_stable_rate=state.largest_stable_rate,
        end_step=state.last_step,
        end_time=end,
        groups_learnt=len(learnt),
        waves=waves,
    )
