"""The rehearsal: what a training will do, before it does it, by real steps and leaps of the moving kernel.

Real gradient descent at the start, then leaps (rehearsal_leaps.py): each moves the parameters by many steps at once,
and measures residual and kernel at its end exactly, so that errors do not pile up. Source: theory, section 10.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Generator
from dataclasses import replace
from typing import TypeVar

import torch
from torch import Tensor

from ntkscope.numerics.diagnostics import LARGEST, drift
from ntkscope.numerics.euler_step import euler_step
from ntkscope.numerics.law import GradientDescent
from ntkscope.numerics.mlp import MLP
from ntkscope.numerics.rehearsal_leaps import Control, Costs, Place, Training, at_place, leap
from ntkscope.numerics.rehearsal_range import Record, looked_at
from ntkscope.numerics.rehearsal_result import Ending, Node, Progress, Rehearsal
from ntkscope.numerics.stages import PIECE, Stages, complete, telling

T = TypeVar("T")
SETTLING = 128  # steps more, after which what came back at the edge of stability counts as settled


def rehearse(training: Training, control: Control | None = None) -> Rehearsal:
    """`rehearse_stages`, without a stop."""
    return complete(rehearse_stages(training, control))


def rehearse_stages(training: Training, control: Control | None = None) -> Generator[Progress, None, Rehearsal]:
    """Rehearses a training on the CPU, with a stop every some tenths of a second.

    Args:
        training: Which.
        control: How, and for how much work. The kernel at the start is computed in any case.

    Raises:
        ValueError: a limit is not positive.
    """
    if bool((training.watched.limits <= 0).any()):
        raise ValueError("a watched row needs a limit above 0; leave out those that can never be learnt")
    return _Rehearsing(training, control or Control()).stages()


class _Rehearsing:
    """The state that changes while a rehearsal goes on."""

    def __init__(self, training: Training, control: Control) -> None:
        self.training, self.control, self.law = training, control, GradientDescent(training.learning_rate)
        self.watched = training.watched
        self.inputs, self.goal = training.inputs.double().cpu(), training.goal.double().cpu()
        self.stepped = training.inputs.to("cpu", training.network.dtype), self.goal.to(training.network.dtype)
        self.grid, self.grid_offset = training.grid_inputs.double().cpu(), training.grid_offset.double().cpu()
        self.costs = Costs.of(training.network, len(self.inputs))
        self.burst = max(4, min(64, round(self.costs.leap / self.costs.step)))  # real steps that cost a leap
        self.first = int(control.first * control.work / self.costs.step)
        self.record, self.nodes = Record(training.watched, training.asked), list[Node]()
        self.mark = 0  # the step from which on another node is due
        self.taken = self.kernels = 0
        self.work = self.part = self.peak = self.largest = 0.0

    def stages(self) -> Generator[Progress, None, Rehearsal]:
        """From the start to the end."""
        start = yield from self._arrive(0, self.training.network.to("cpu", torch.float64))
        if start is None:
            raise ValueError("a rehearsal needs a finite output and kernel at the start; change the network's scales")
        self.start, norm = start.kernel, float(start.residual.norm())
        self.largest_norm = min(self.control.diverged * norm or LARGEST, LARGEST)
        self.watched = replace(self.watched, least=max(self.control.faded * norm, self.watched.least))
        self._write(start)
        place, wanted, reach = start, 0, 0
        while (ended := self._ended(place)) is None:
            real = self.taken < self.first or wanted <= self.burst or self._contraction(place) > self.control.edge
            if real:
                reached, reach = yield from self._real_steps(place)
                if reached is None:
                    ended = "diverges"
                    break
                error = self._error(place, reached)
                length = max(self.burst, reached.step - place.step)
            else:
                length = min(wanted, self.training.horizon - place.step)
                reached, error = yield from self._leap(place, length)
            factor = math.sqrt(self.control.tolerance / max(error, 1e-9))
            if reached is None:
                wanted = min(length // 2, int(length * max(self.control.shrink[1], 0.8 * factor)))
            else:
                wanted = int(length * max(self.control.shrink[0], min(self.control.growth, 0.9 * factor)))
                place, reach = reached, reached.step
                self._write(place)
        return self._rehearsal(start, place, ended, reach)

    def _ended(self, place: Place) -> Ending | None:
        control, settled = self.control, place.step > self.control.settled * self.record.above + SETTLING
        sizes = self.record.sizes[-1][-1]
        if not float(place.residual.norm()) <= self.largest_norm:
            return "diverges"
        if self.training.network.activation.can_die and place.network.hidden_derivatives_all_zero(self.inputs):
            return "dies"
        small = len(sizes) and bool((sizes < control.learnt * self.watched.limits).all())
        drawn = place.step >= (self.training.drawn or 0)
        if drawn and small and (self.peak < control.edge or settled):
            return "learnt"
        if place.step >= self.training.horizon:
            return "horizon"
        dearest = max(self.costs.leap, self.burst * self.costs.step + self.costs.kernel)
        return "budget" if self.work + dearest > self._budget() else None

    def _at_risk(self) -> bool:
        """Whether it may end badly: what a bounded activation sends on does not grow from step to step."""
        return self.peak >= self.control.risk and not self.training.network.activation.is_bounded

    def _budget(self) -> float:
        return self.control.work * (self.control.more if self._at_risk() else 1.0)

    def _contraction(self, place: Place) -> float:
        return self.law.learning_rate * float(place.spectrum.eigenvalues[0])

    def _error(self, place: Place, reached: Place) -> float:
        """Of the kernel at a place, seen from where real steps led."""
        predicted = place.frozen.predict(self.law, torch.tensor([float(reached.step - place.step)]).double())
        error = self.watched.apart(reached.residual, predicted.residual[0], place.residual)
        return max(error, self.control.tolerance) if self._contraction(place) > self.control.edge else error

    def _arrive(self, step: int, network: MLP) -> Generator[Progress, None, Place | None]:
        """The place of a network; None where it is not finite."""
        place = yield from self._told(at_place(step, network, self.inputs, self.goal), step)
        self.work += self.costs.kernel
        self.kernels += 1
        return place

    def _write(self, place: Place) -> None:
        """Writes a place down, after all that comes before it."""
        self.record.add(torch.tensor([float(place.step)], dtype=torch.float64), place.residual[None])
        self.peak = max(self.peak, self._contraction(place))
        self.largest = max(self.largest, float(place.spectrum.eigenvalues[0]))
        if place.step >= self.mark:
            self._node(place.step, place.residual, place.spectrum.eigenvalues, place.network, place.kernel)

    def _real_steps(self, place: Place) -> Generator[Progress, None, tuple[Place | None, int]]:
        """A burst of real steps up to the next node, and the step where it ended; no place where it diverged."""
        control, horizon = self.control, self.training.horizon
        watched = self.taken < self.first or self._contraction(place) > control.edge  # rather than a try for a leap
        most = (control.look if watched else 1) * self.burst
        paid = int((self._budget() - self.work - self.costs.kernel) / self.costs.step)
        count = max(1, min(most, paid, horizon - place.step, self.mark - place.step))
        network = place.network.to(dtype=self.training.network.dtype)
        inputs, goal = self.stepped
        take, piece = euler_step(network, inputs), max(1, int(PIECE / self.costs.step))
        residuals = place.residual.new_empty(count, len(place.residual))
        for at in range(count):
            residuals[at] = take(goal, self.law.learning_rate)
            if (at + 1) % piece == 0:
                yield self._progress(place.step + at)
        self.work += count * self.costs.step
        self.taken += count
        grown = torch.nonzero(~(residuals.norm(dim=1) <= self.largest_norm))[:, 0]
        finite = int(grown[0]) if len(grown) else count
        if finite > 1:
            steps = torch.arange(place.step + 1, place.step + finite, dtype=torch.float64)
            self.record.add(steps, residuals[1:finite])
        if len(grown):
            return None, place.step + finite
        reached = yield from self._arrive(place.step + count, network.to(dtype=torch.float64))
        return reached, place.step + count

    def _leap(self, place: Place, length: int) -> Generator[Progress, None, tuple[Place | None, float]]:
        """A leap and its error; no place where it went too far."""
        trial = leap(place, length, self.law, self.inputs, self.goal, self.watched, self.control)
        found = yield from self._told(trial, place.step)
        self.work += found.work
        self.kernels += 1
        if found.path is None or found.network is None:
            return None, found.error
        reached = yield from self._arrive(place.step + length, found.network)
        if reached is None or self._contraction(reached) > self.control.edge:
            return None, math.inf  # no leap leads over the edge: how the kernel comes there decides what follows
        steps = self.record.between(place.step, place.step + length)
        if len(steps):
            self.record.add(steps, found.path.residuals(steps - place.step))
        while self.mark < place.step + length:
            after = self.mark - place.step
            residual = found.path.residuals(torch.tensor([float(after)], dtype=torch.float64))[0]
            kernel = torch.lerp(place.kernel, reached.kernel, found.path.part(after, length))
            self._node(self.mark, residual, found.path.average.spectrum.eigenvalues, found.path.network(after), kernel)
            self.work += 2 * self.costs.product
            yield self._progress(place.step)
        return reached, found.error

    def _node(self, step: int, residual: Tensor, eigenvalues: Tensor, network: MLP, kernel: Tensor) -> None:
        function = network(self.grid)[:, 0] - self.grid_offset
        self.nodes.append(Node(step, residual, eigenvalues, function, self._drift(kernel)))
        self.work += len(self.grid) * self.costs.outputs / len(self.inputs)
        self.mark = max(step + 1, math.ceil(step * 10 ** (1 / self.control.nodes)))
        if not self._draws(step):
            self.mark = self.training.horizon + 1

    def _drift(self, kernel: Tensor) -> float:
        return min(drift(kernel, self.start), sys.float_info.max)

    def _draws(self, step: int) -> bool:
        """Whether nodes after this one are told."""
        return self.training.drawn is None or step < self.training.drawn

    def _told(self, stages: Stages[T], step: int) -> Generator[Progress, None, T]:
        """The result of other stages."""
        return telling(stages, lambda _: self._progress(step))

    def _progress(self, step: int) -> Progress:
        self.part = max(self.part, min(1.0, self.work / max(self._budget(), 1.0)))
        return Progress(step, self.part, self.peak)

    def _rehearsal(self, start: Place, place: Place, ended: Ending, reach: int) -> Rehearsal:
        horizon = self.training.horizon
        # modes that would alternate or grow have met what changes the kernel: they shrink as fast as they can
        bounded = place.spectrum.eigenvalues.clamp(0, 1 / self.law.learning_rate)
        rest = replace(place.frozen, spectrum=replace(place.spectrum, eigenvalues=bounded))
        if ended in ("budget", "dies") and place.step < horizon:
            steps = looked_at(place.step, horizon + 1)
            self.record.add(steps, rest.predict(self.law, steps - place.step).residual)
        if self._draws(self.nodes[-1].step) and self.nodes[-1].step < place.step:
            self._node(place.step, place.residual, place.spectrum.eigenvalues, place.network, place.kernel)
        size = float(start.spectrum.eigenvalues[0])
        return Rehearsal(
            nodes=self.nodes,
            residuals={step: residual for step, residual in self.record.residuals.items() if step <= reach},
            network=place.network,
            rest=rest,
            watched=self.record.crossings(
                horizon=horizon,
                reach=horizon if ended == "learnt" else reach,
                at_edge=self.peak >= self.control.edge,
                diverges=ended == "diverges",
            ),
            ended=ended,
            reach=reach,
            peak=self.peak,
            growth=self.largest / size if size > 0 else 1.0,
            drift=self._drift(place.kernel),
            kernels=self.kernels,
            steps=self.taken,
            work=self.work,
            budget=self._budget(),
            at_risk=ended == "budget" and self._at_risk(),
            control=self.control,
        )
