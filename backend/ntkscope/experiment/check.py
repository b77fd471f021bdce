"""What refuses a config before its run waits: what a preview would say of it, as far as that is found at once."""

from ntkscope.experiment.estimate import estimate_cost
from ntkscope.experiment.problem.build import build
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.theory.initial_state import initial
from ntkscope.schemas.config import RunConfig

AT_ONCE = 1.0  # seconds; where a kernel of zeros takes longer to find, the run itself ends with that sentence


def check_start(config: RunConfig, dataset: Table | None = None) -> None:
    """Refuses data that cannot be laid out, and a kernel from which no rate follows.

    Raises:
        InvalidInput: the config or its data cannot be run; the message is that of a preview.
    """
    build(config, dataset)
    network, rate = config.network, config.training.learning_rate
    may_be_zero = not network.bias or network.sigma_b == 0  # else the last bias alone keeps the kernel above 0
    if may_be_zero and rate.kind != "given" and estimate_cost(config, dataset).preview_seconds <= AT_ONCE:
        initial(config, dataset)
