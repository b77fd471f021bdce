"""What is said of a config before training: K_0's answers at once, then a rehearsal's; the rate, and the cost."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from ntkscope.experiment.estimate import Speeds, estimate_cost
from ntkscope.experiment.measure.endings import Condition, Facts
from ntkscope.experiment.measure.notices import choice_notices, rehearsal_warnings
from ntkscope.experiment.measure.recorder import Recorder
from ntkscope.experiment.measure.scale_warnings import scale_warnings
from ntkscope.experiment.measure.sentences import rate_notices
from ntkscope.experiment.measure.units import in_own_units
from ntkscope.experiment.measure.wave_course import WaveCourse
from ntkscope.experiment.problem.build import Problem, build
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.problem.loss import loss_notices
from ntkscope.experiment.schedule import kernel_steps, recording_steps
from ntkscope.experiment.theory.frozen import theory
from ntkscope.experiment.theory.initial_state import InitialState, initial, with_config
from ntkscope.experiment.theory.learnt import forgotten, wave_forecasts
from ntkscope.experiment.theory.offers import steps_offers
from ntkscope.experiment.theory.outlook import is_lazy, large_start, unlearnt
from ntkscope.experiment.theory.rate_search import chosen_stages, with_rate
from ntkscope.experiment.theory.rehearsed import RehearsedRun, horizon_of, left_out, rehearsed_stages
from ntkscope.experiment.theory.waves import Waves
from ntkscope.numerics import complete
from ntkscope.numerics.rehearsal_result import Progress
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import Started
from ntkscope.schemas.event_parts import Suggestion
from ntkscope.schemas.preview import KernelPreview, Preview, PreviewedTarget, WaveAnswer
from ntkscope.schemas.rehearsal import Rehearsed
from ntkscope.schemas.training import RehearsedRate


@dataclass(frozen=True)
class Begun:
    """What K_0 says, and what the rehearsal goes on from: nothing where it is left out."""

    state: InitialState | None
    waves: Waves
    scales: list[Suggestion]
    preview: Preview


@dataclass(frozen=True)
class Foreseen:
    """All that is said before a step.

    Args:
        preview: In words and numbers.
        started: As the run would begin, with its rehearsal, to be drawn; None where none is rehearsed. It says nothing
            of infinite width, which may take seconds.
    """

    preview: Preview
    started: Started | None


def preview(config: RunConfig, dataset: Table | None = None, on: Speeds | None = None) -> Preview:
    """The whole preview, rehearsal and all, on the CPU; it takes no step of the run itself.

    Args:
        config: What would be run.
        dataset: The table of a config whose points are an uploaded data set.
        on: The speeds of what the run would compute on; None: this machine's processor.

    Raises:
        NtkscopeError: the config cannot be run.
    """
    begun = begin_preview(config, dataset, on)
    return complete(rehearse_preview(begun, complete(choose_rate(begun)))).preview


def begin_preview(config: RunConfig, dataset: Table | None = None, on: Speeds | None = None) -> Begun:
    """K_0's answers: decomposes it, takes no step. A rehearsed rate that is not chosen yet is the most it may be.

    Args:
        config: What would be run.
        dataset: The table of a config whose points are an uploaded data set.
        on: As of `preview`.

    Raises:
        NtkscopeError: the config cannot be run.
    """
    cost = estimate_cost(config, dataset, on)
    state = initial(config, dataset)
    waves = Waves.of(state.problem, state.config.data)
    answers = _answers(state, waves, cost.step_seconds)
    scales = scale_warnings(state, Facts.of(state.problem, config), Condition.at_start(state))
    missing = left_out(state)
    said = Preview(
        status="rehearsing" if missing is None else "ready",
        config=config,
        cost=cost,
        spectrum=_spectrum(state, answers),
        target=_target(state.problem),
        rehearsing=None,
        rehearsal=None,
        offers=[],
        notices=[*_notices(state), *([] if missing is None else [missing])],
        warnings=_warnings(state, answers, scales, None),
        remedies=[scale for scale in scales if scale.changes],
    )
    return Begun(state if missing is None else None, waves, scales, said)


def choose_rate(begun: Begun) -> Generator[Progress, None, RehearsedRate | None]:
    """The choice of a rate that is to be rehearsed; None where there is none to make, or it would take too long."""
    return None if begun.state is None else (yield from chosen_stages(begun.state, begun.waves))


def rehearse_preview(begun: Begun, rate: RehearsedRate | None) -> Generator[Progress, None, Foreseen]:
    """The same with the rehearsal's answers, and a stop every some tenths of a second.

    Args:
        begun: What K_0 says.
        rate: That was chosen; K_0's answers are then those at this rate.
    """
    state, said = begun.state, begun.preview
    if state is None:
        return Foreseen(said, None)
    if rate is not None:
        state = with_config(state, with_rate(state.config, rate))
    steps = recording_steps(state.last_step, state.config.recording.frames)
    found = yield from rehearsed_stages(state, begun.waves, steps, horizon_of(state, begun.waves))
    answers = _answers(state, begun.waves, said.cost.step_seconds)
    told = None
    if found is not None:
        told = found.describe(wave_forecasts(state, begun.waves))
        kept = [told.waves[at] for at, wave in enumerate(begun.waves.describe()) if wave.is_told]
        told = in_own_units(told.model_copy(update={"waves": kept}), state.problem.target_scaling)
    warnings = _warnings(state, answers, begun.scales, told)
    whole = said.model_copy(
        update={
            "status": "ready",
            "spectrum": _spectrum(state, answers),
            "rehearsal": told and told.without_course(),
            "offers": steps_offers(told.waves, said.cost.step_seconds) if told else [],
            "notices": [*_notices(state), *choice_notices(state)],
            "warnings": [*(rehearsal_warnings(found) if found else []), *warnings],
        }
    )
    return Foreseen(whole, _started(state, found) if found else None)


def _started(state: InitialState, found: RehearsedRun) -> Started:
    """The event with which this run would begin."""
    steps = recording_steps(state.last_step, state.config.recording.frames)
    kernels = kernel_steps(steps, state.config.recording.kernel_frames)
    return Recorder(theory(state, steps), None, WaveCourse.of(state), found, kernels).started()


def preview_cost(config: RunConfig, dataset: Table | None = None, on: Speeds | None = None) -> Preview:
    """The cost alone, at once, and what the data say of themselves; arguments as in `preview`.

    Raises:
        NtkscopeError: the data cannot be built.
    """
    problem = build(config, dataset)
    cost = estimate_cost(config, dataset, on)
    return Preview(
        status="cost",
        config=config,
        cost=cost,
        spectrum=None,
        target=_target(problem),
        rehearsing=None,
        rehearsal=None,
        offers=[],
        notices=problem.notices,
        warnings=[],
        remedies=[],
    )


def _target(problem: Problem) -> PreviewedTarget | None:
    """What is drawn before the first step, in the person's own units; nothing for more than one input."""
    if problem.geometry not in ("interval", "circle"):
        return None
    told = PreviewedTarget(
        geometry=problem.geometry,
        inputs=problem.inputs[:, 0],
        targets=problem.targets.numpy(),
        grid=problem.grid_inputs[:, 0],
        grid_target=None if problem.grid_target is None else problem.grid_target.numpy(),
    )
    return in_own_units(told, problem.target_scaling)


def _notices(state: InitialState) -> list[str]:
    """What the data say of themselves, and what the units of the loss make of the rate."""
    return [
        *state.problem.notices,
        *loss_notices(state.config.training, len(state.problem.targets), state.learning_rate),
    ]


def _warnings(
    state: InitialState, answers: list[WaveAnswer], scales: list[Suggestion], rehearsed: Rehearsed | None
) -> list[str]:
    """Of the rate, the scales, the start, and of what is not learnt: by the rehearsal once it is there."""
    times, forgotten_by = forgotten(state)
    return [
        *rate_notices(state.learning_rate, state.largest_stable_rate),
        *(scale.sentence for scale in scales),
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
    told = KernelPreview(
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
    return in_own_units(told, state.problem.target_scaling)
