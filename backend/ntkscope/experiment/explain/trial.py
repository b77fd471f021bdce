"""A changed config, rehearsed up to the last step that was asked for: what is then learnt of the target."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from ntkscope.experiment.explain.fewer import Fewer
from ntkscope.experiment.theory.initial_state import InitialState
from ntkscope.experiment.theory.rehearsed import RehearsedRun
from ntkscope.experiment.theory.rehearsed_words import EDGE, HARDLY
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event_parts import Changes
from ntkscope.schemas.rehearsal import BAD_ENDINGS

ROUND_OFF = 1e-12
MISSING = 0.05  # of the target: what a wave weighs that is not learnt, however small it is


@dataclass(frozen=True)
class Change:
    """What is changed.

    Args:
        words: For the reader, as in 'inputs scaled to [−1, 1]'.
        changes: The config's new values by dotted field.
    """

    words: str
    changes: Changes

    @property
    def of_rate(self) -> bool:
        """Whether the rate itself, or its units, are what is changed."""
        return any(name in ("training.learning_rate", "training.loss") for name in self.changes)

    @property
    def keeps_kernel(self) -> bool:
        """Whether the kernel at the start is the same with it."""
        return all(name.startswith("training.") for name in self.changes)

    @property
    def of_steps(self) -> bool:
        """Whether it is the number of steps, and nothing else."""
        return all(name.startswith("training.stop") for name in self.changes)

    def and_also(self, other: Change) -> Change:
        """Both; where both say something of a field, the other counts."""
        return Change(f"{self.words} and {other.words}", {**self.changes, **other.changes})


@dataclass(frozen=True)
class Trial:
    """A rehearsed config.

    Args:
        change: What it changes; None: the config as it is.
        config: On all of its points.
        fewer: On which points it was rehearsed.
        run: Its rehearsal, on those.
        residual: (n,) f - y at the last step; None where the training diverges before.
        function: (g,) on the grid at the last step; None there too.
    """

    change: Change | None
    config: RunConfig
    fewer: Fewer
    run: RehearsedRun
    residual: Tensor | None
    function: Tensor | None

    @property
    def state(self) -> InitialState:
        """At step 0, on the points that were rehearsed."""
        return self.run.initial

    @property
    def about(self) -> Tensor:
        """(n,) of the target without noise: about its mean, unless it is nothing else."""
        return _about(self.state.problem.clean)

    @property
    def wrong(self) -> Tensor | None:
        """(n,) f - y without noise, at the last step."""
        problem = self.state.problem
        return None if self.residual is None else self.residual + problem.targets - problem.clean

    @property
    def left(self) -> float:
        """Of the target about its mean: mean square error over mean square; infinite where it diverges."""
        return _part(self.wrong, self.about)

    @property
    def left_between(self) -> float | None:
        """The same where the network was not trained; None where the target is not known there."""
        problem = self.state.problem
        if problem.grid_target is None:
            return None
        known = ~torch.isnan(problem.grid_target)
        if problem.grid_tested is not None:
            known &= torch.from_numpy(problem.grid_tested)
        if not bool(known.any()):
            return None
        target = problem.grid_target[known]
        return _part(None if self.function is None else self.function[known] - target, _about(target))

    @property
    def error(self) -> float:
        """Root mean square of f - y without noise, in the person's own units."""
        if self.wrong is None:
            return float("inf")
        return _root_mean_square(self.wrong) * self.state.problem.target_scaling.spread

    @property
    def varies(self) -> float:
        """Root mean square of what is to be learnt, in the person's own units."""
        return _root_mean_square(self.about) * self.state.problem.target_scaling.spread

    @property
    def waves_learnt(self) -> int:
        """For good, within the steps."""
        steps = [found.for_good.step for found in self.run.rehearsal.watched]
        return sum(step is not None and step <= self.state.last_step for step in steps)

    @property
    def badly(self) -> float:
        """What counts: the larger part that is left, and a little for each wave that is not learnt."""
        waves = len(self.run.rehearsal.watched)
        missing = (waves - self.waves_learnt) / waves if waves else 0.0
        return max(self.left, self.left_between or 0.0) + MISSING * missing

    @property
    def ends_badly(self) -> bool:
        """Whether it diverges, or all units of a layer die."""
        return self.run.rehearsal.ended in BAD_ENDINGS

    @property
    def beyond(self) -> bool:
        """Whether the rehearsal ended before the last step, of which the kernel where it ended tells then."""
        found = self.run.rehearsal
        return found.ended == "budget" and found.reach < self.state.last_step

    @property
    def moves(self) -> bool:
        """Whether the kernel moves, so that the sizes of target and width matter."""
        found = self.run.rehearsal
        return found.drift >= HARDLY or found.peak >= EDGE or self.ends_badly

    @property
    def fraction(self) -> float:
        """Learning rate over 2/lambda_1."""
        largest = self.state.largest_stable_rate
        return 0.0 if largest is None else self.state.learning_rate / largest


def _about(values: Tensor) -> Tensor:
    about = values - values.mean()
    return about if float(about.norm()) > ROUND_OFF * float(values.norm()) else values


def _part(wrong: Tensor | None, whole: Tensor) -> float:
    if wrong is None:
        return float("inf")
    size = float(whole @ whole)
    return float(wrong @ wrong) / size if size > 0 else 0.0


def _root_mean_square(values: Tensor) -> float:
    return float(values.norm()) / math.sqrt(len(values))
