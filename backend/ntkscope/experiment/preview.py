"""What theory says of a config before training: K_0's spectrum, learning times, the rate, and the cost."""

from ntkscope.experiment.estimate import estimate_cost
from ntkscope.experiment.measure.endings import Condition, Facts, start_warnings
from ntkscope.experiment.measure.sentences import rate_notices
from ntkscope.experiment.problem.build import Problem, build
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.theory.initial_state import InitialState, initial
from ntkscope.experiment.theory.learnt import forgotten, wave_forecasts
from ntkscope.experiment.theory.outlook import large_start, large_target, unlearnt
from ntkscope.experiment.theory.waves import Waves
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.preview import KernelPreview, Preview, PreviewedTarget, WaveAnswer


def preview(config: RunConfig, dataset: Table | None = None) -> Preview:
    """The whole preview: decomposes K_0, takes no step.

    Raises:
        NtkscopeError: the config cannot be run.
    """
    cost = estimate_cost(config, dataset)
    state = initial(config, dataset)
    answers = _answers(state, cost.step_seconds)
    times, forgotten_by = forgotten(state)
    return Preview(
        status="ready",
        config=config,
        cost=cost,
        spectrum=_spectrum(state, answers),
        target=_target(state.problem),
        notices=state.problem.notices,
        warnings=[
            *rate_notices(state.learning_rate, state.largest_stable_rate),
            *start_warnings(config, Facts.of(state.problem, config), Condition.at_start(state)),
            *large_target(
                config.network,
                residual=float(state.kernel.residual.norm()),
                start=float((state.kernel.residual + state.problem.targets).norm()),
                target=float(state.problem.targets.norm()),
                times=times,
            ),
            *large_start(times, forgotten_by, state.last_step),
            *unlearnt(answers, state.kernel.spectrum.count_above_floor, len(state.kernel.residual), state.last_step),
        ],
    )


def preview_cost(config: RunConfig, dataset: Table | None = None) -> Preview:
    """The cost alone, at once, and what the data say of themselves.

    Raises:
        NtkscopeError: the data cannot be built.
    """
    problem = build(config, dataset)
    return Preview(
        status="cost",
        config=config,
        cost=estimate_cost(config, dataset),
        spectrum=None,
        target=_target(problem),
        notices=problem.notices,
        warnings=[],
    )


def _target(problem: Problem) -> PreviewedTarget | None:
    """What is drawn before the first step; nothing for more than one input."""
    if problem.geometry not in ("interval", "circle"):
        return None
    return PreviewedTarget(
        geometry=problem.geometry,
        inputs=problem.inputs[:, 0],
        targets=problem.targets.numpy(),
        grid=problem.grid_inputs[:, 0],
        grid_target=None if problem.grid_target is None else problem.grid_target.numpy(),
    )


def _answers(state: InitialState, step_seconds: float) -> list[WaveAnswer]:
    """Of every part of the target of which there is something to be said."""
    found = wave_forecasts(state, Waves.of(state.problem, state.config.data))
    return [
        WaveAnswer(**wave.model_dump(), seconds=None if wave.step is None else step_seconds * wave.step)
        for wave in found
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
