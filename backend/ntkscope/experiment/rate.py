"""A config whose rate is to be rehearsed, with the rate that the rehearsal chose: as it is stored and trained."""

from ntkscope.experiment.estimate import sizes
from ntkscope.experiment.preview import begin_preview, choose_rate
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.theory.rate_search import surely_too_large, with_rate
from ntkscope.numerics import complete
from ntkscope.schemas.config import RunConfig


def waits_for_rate(config: RunConfig, dataset: Table | None = None) -> bool:
    """Whether there is a rate to be chosen, by a rehearsal that is not too large; found at once."""
    rate, size = config.training.learning_rate, sizes(config, dataset)
    return (
        rate.kind == "rehearsed"
        and rate.value is None
        and not surely_too_large(size.n, size.parameters, size.multiply_adds)
    )


def settled(config: RunConfig, dataset: Table | None = None) -> RunConfig:
    """The config with its rate. One without a choice to make is returned as it is.

    Raises:
        NtkscopeError: the config cannot be run.
    """
    if not waits_for_rate(config, dataset):
        return config
    rate = complete(choose_rate(begin_preview(config, dataset)))
    return config if rate is None else with_rate(config, rate)
