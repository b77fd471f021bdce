"""What theory says of a config before training: K_0's spectrum, learning times, the rate, and the cost."""

from ntkscope.experiment.announce import rate_notices
from ntkscope.experiment.build import build
from ntkscope.experiment.datasets import Table
from ntkscope.experiment.estimate import estimate_cost
from ntkscope.experiment.learning_frequencies import learning_frequencies
from ntkscope.experiment.start import Start, start
from ntkscope.experiment.words import number
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.preview import LearningFrequency, Preview, Spectrum


def preview(config: RunConfig, dataset: Table | None = None) -> Preview:
    """The whole preview: decomposes K_0, takes no step.

    Raises:
        NtkscopeError: the config cannot be run.
    """
    cost = estimate_cost(config, dataset)
    begun = start(config, dataset)
    frequencies = learning_frequencies(begun, cost.step_seconds)
    return Preview(
        status="ready",
        config=config,
        cost=cost,
        spectrum=_spectrum(begun, frequencies),
        notices=begun.problem.notices,
        warnings=[
            *rate_notices(begun.learning_rate, begun.stability_limit),
            *_unlearnt(frequencies, begun.last_step),
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


def _spectrum(begun: Start, frequencies: list[LearningFrequency]) -> Spectrum:
    decomposed, end = begun.spectrum, begun.last_step * begun.learning_rate
    learnt = [group for group in begun.groups if group.learning_time is not None and group.learning_time <= end]
    return Spectrum(
        eigenvalues=decomposed.eigenvalues.numpy(),
        noise_floor=decomposed.noise_floor,
        below_floor=len(decomposed.eigenvalues) - decomposed.count_above_floor,
        groups=begun.groups,
        learning_rate=begun.learning_rate,
        stability_limit=begun.stability_limit,
        end_step=begun.last_step,
        end_time=end,
        groups_learnt=len(learnt),
        frequencies=frequencies,
    )


def _unlearnt(frequencies: list[LearningFrequency], last_step: int) -> list[str]:
    """The answer to "why can't my net fit oscillations?", where this run is one that cannot."""
    late = [frequency for frequency in frequencies if not frequency.within_run]
    if not late:
        return []
    names = ", ".join(number(frequency.frequency) for frequency in late[:8]) + (", ..." if len(late) > 8 else "")
    noun = "Frequency" if len(late) == 1 else "Frequencies"
    needed = [frequency.step for frequency in late]
    if None in needed:
        reason = "with this kernel it never happens" if len(late) == 1 else "with this kernel some never are"
        return [f"{noun} {names} will not be learnt: {reason}. Change the network, its encoding or the rate."]
    most = max(step for step in needed if step is not None)
    return [
        f"{noun} {names} will not be learnt within this run's {last_step:,} steps: theory asks for {most:,}. "
        "Take more steps, or a network or encoding whose eigenvalues fall less steeply."
    ]
