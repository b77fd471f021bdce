"""What theory says of a config before training: K_0's spectrum, learning times, the rate, and the cost."""

from ntkscope.experiment.estimate import estimate_cost
from ntkscope.experiment.measure.sentences import rate_notices
from ntkscope.experiment.problem.build import build
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.theory.initial_state import Start, start
from ntkscope.experiment.theory.learnt import forgotten, wave_answers
from ntkscope.experiment.theory.outlook import large_start, large_target, unlearnt
from ntkscope.experiment.theory.waves import Waves
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.preview import Preview, Spectrum, WaveAnswer


def preview(config: RunConfig, dataset: Table | None = None) -> Preview:
    """The whole preview: decomposes K_0, takes no step.

    Raises:
        NtkscopeError: the config cannot be run.
    """
    cost = estimate_cost(config, dataset)
    begun = start(config, dataset)
    answers = wave_answers(begun, Waves.of(begun.problem, config.data), cost.step_seconds)
    times, forgotten_by = forgotten(begun)
    return Preview(
        status="ready",
        config=config,
        cost=cost,
        spectrum=_spectrum(begun, answers),
        notices=begun.problem.notices,
        warnings=[
            *rate_notices(begun.learning_rate, begun.stability_limit),
            *large_target(
                config.network,
                residual=float(begun.residual.norm()),
                start=float(begun.fitted.norm()),
                target=float(begun.problem.targets.norm()),
                times=times,
            ),
            *large_start(times, forgotten_by, begun.last_step),
            *unlearnt(answers, begun.spectrum.count_above_floor, len(begun.residual), begun.last_step),
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


def _spectrum(begun: Start, waves: list[WaveAnswer]) -> Spectrum:
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
        waves=waves,
    )
