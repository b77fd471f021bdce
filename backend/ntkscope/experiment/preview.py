"""What theory says of a config before training: K_0's spectrum, learning times, the rate, and the cost."""

from ntkscope.experiment.estimate import estimate_cost
from ntkscope.experiment.format import number
from ntkscope.experiment.measure.endings import Condition, Facts, start_warnings
from ntkscope.experiment.measure.sentences import rate_notices
from ntkscope.experiment.problem.build import build
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.schedule import recording_steps
from ntkscope.experiment.theory.frozen import theory
from ntkscope.experiment.theory.initial_state import InitialState, initial
from ntkscope.experiment.theory.learning_frequencies import learning_frequencies
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.preview import LearningFrequency, Preview, Spectrum


def preview(config: RunConfig, dataset: Table | None = None) -> Preview:
    """The whole preview: decomposes K_0, takes no step.

    Raises:
        NtkscopeError: the config cannot be run.
    """
    cost = estimate_cost(config, dataset)
    state = initial(config, dataset)
    frequencies = learning_frequencies(state, cost.step_seconds)
    return Preview(
        status="ready",
        config=config,
        cost=cost,
        spectrum=_spectrum(state, frequencies),
        notices=state.problem.notices,
        warnings=[
            *rate_notices(state.learning_rate, state.largest_stable_rate),
            *start_warnings(config, Facts.of(state.problem, config), Condition.at_start(state)),
            *_unlearnt(state, frequencies),
        ],
    )


def preview_cost(config: RunConfig, dataset: Table | None = None) -> Preview:
    """The cost alone, at once, and what the data say of themselves.

    Raises:
        NtkscopeError: the data cannot be built.
    """
    notices = build(config, dataset).notices
    cost = estimate_cost(config, dataset)
    return Preview(status="cost", config=config, cost=cost, spectrum=None, notices=notices, warnings=[])


def _spectrum(state: InitialState, frequencies: list[LearningFrequency]) -> Spectrum:
    decomposed, end = state.kernel.spectrum, state.last_step * state.learning_rate
    recorded = recording_steps(state.last_step, state.config.recording.frames)
    groups = theory(state, recorded).groups
    learnt = [group for group in groups if group.learning_time is not None and group.learning_time <= end]
    return Spectrum(
        eigenvalues=decomposed.eigenvalues.numpy(),
        noise_floor=decomposed.noise_floor,
        below_floor=len(decomposed.eigenvalues) - decomposed.count_above_floor,
        groups=groups,
        learning_rate=state.learning_rate,
        stability_limit=state.largest_stable_rate,
        end_step=state.last_step,
        end_time=end,
        groups_learnt=len(learnt),
        frequencies=frequencies,
    )


def _unlearnt(state: InitialState, frequencies: list[LearningFrequency]) -> list[str]:
    """The answer to "why can't my net fit oscillations?", where this run is one that cannot.

    Above 2/lambda_1 there is none: the law of the kernel at the start says that everything grows.
    """
    if state.largest_stable_rate is not None and state.learning_rate > state.largest_stable_rate:
        return []
    never = [found.frequency for found in frequencies if found.step is None]
    late = [found for found in frequencies if found.step is not None and not found.within_run]
    warnings = []
    if never:
        warnings.append(
            f"{_named(never)} will not be learnt, however long the run: the kernel at the start cannot see "
            f"{'it' if len(never) == 1 else 'them'}. Change the biases, the depth, the encoding or the activation."
        )
    if late:
        most = max(found.step or 0 for found in late)
        warnings.append(
            f"{_named([found.frequency for found in late])} will not be learnt within {state.last_step:,} steps: "
            f"with the kernel at the start it takes {number(float(most))}. Take more steps, or a network or "
            "encoding whose eigenvalues fall less steeply."
        )
    return warnings


def _named(frequencies: list[float]) -> str:
    names = [number(frequency) for frequency in frequencies[:8]] + ["…"] * (len(frequencies) > 8)
    return f"{'Frequency' if len(frequencies) == 1 else 'Frequencies'} {', '.join(names)}"
