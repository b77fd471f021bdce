"""The same problem on fewer points, so that a dozen rehearsals of it take seconds."""

from dataclasses import dataclass

from ntkscope.experiment.estimate import sizes
from ntkscope.experiment.problem.build import build
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.theory.rehearsed import MOST_POINTS
from ntkscope.experiment.theory.waves import Waves
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.data import Data
from ntkscope.schemas.hold_out import EveryKth
from ntkscope.schemas.training import GivenRate, RehearsedRate

ENOUGH, FEWEST = 200, 100  # points
PER_PERIOD = 8  # points of a wave's period, that still show it
JUDGED = 5  # every so many rows of a table are held out, to judge what lies between the others
LEAST_JUDGED = 40  # rows of which some can be spared


@dataclass(frozen=True)
class Fewer:
    """How a config's points are thinned.

    Args:
        points: n of the config itself.
        taken: Of them that are laid; as many where they are few.
        judged: Whether rows are held out to judge by, beside those that the config holds out.
    """

    points: int
    taken: int
    judged: bool

    @classmethod
    def of(cls, config: RunConfig, dataset: Table | None, enough: int = ENOUGH) -> "Fewer":
        """Enough points for every wave of the target, and at least so many."""
        n, points = sizes(config, dataset).n, config.data.points
        table = points.kind == "dataset"
        judged = table and config.data.hold_out.kind == "none" and n >= LEAST_JUDGED
        if n <= enough or points.kind == "arcs":
            return cls(n, n, judged)
        waves = Waves.of(build(config, dataset), config.data)
        most = max((wave.frequency for wave in waves.describe() if wave.amplitude > 0), default=0.0)
        return cls(n, min(n, MOST_POINTS, max(enough, round(PER_PERIOD * most))), judged)

    @property
    def factor(self) -> float:
        """Points of the config over those that are trained on here: a rate is so many times larger here."""
        kept = (1 - 1 / JUDGED) if self.judged else 1.0
        return self.points / (self.taken * kept)

    def thin(self, config: RunConfig) -> RunConfig:
        """The config on fewer points; rates and norms follow, so that the network learns as fast."""
        if self.factor == 1:
            return config
        data, training = config.data, config.training
        return config.model_copy(
            update={
                "data": self._data(data),
                "training": training.model_copy(update={"learning_rate": self._rate(config)}),
            }
        )

    def _data(self, data: Data) -> Data:
        changes: dict[str, object] = {}
        if self.taken < self.points:
            points = data.points
            if points.kind == "dataset":
                subset = "even" if points.subset == "all" else points.subset
                changes["points"] = points.model_copy(update={"subset": subset, "most_rows": self.taken})
            else:
                changes["points"] = points.model_copy(update={"n": self.taken})
        if self.judged:
            changes["hold_out"] = EveryKth(k=JUDGED)
        if data.norm is not None:
            changes["norm"] = data.norm / self.factor**0.5
        return data.model_copy(update=changes)

    def _rate(self, config: RunConfig) -> object:
        rate = config.training.learning_rate
        if isinstance(rate, GivenRate) and config.training.loss != "mean":
            return rate.model_copy(update={"value": rate.value * self.factor})
        if isinstance(rate, RehearsedRate) and rate.value is not None:
            return rate.model_copy(update={"value": rate.value * self.factor})
        return rate
