"""The trainer: a generator of events that knows no queue, callback, socket or file (design, point 1)."""

from collections.abc import Generator
from itertools import count

import numpy as np
import torch

from ntkscope.experiment.measure.clock import Clock
from ntkscope.experiment.measure.prepare import Prepared, prepare
from ntkscope.experiment.measure.recorder import Moment, all_learnt, frame, function_values, is_finite, kernel_frame
from ntkscope.experiment.measure.sentences import cancelled_early, finished, started
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.theory.frozen import theory
from ntkscope.numerics import euler_step
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import OFF_PLAN, Checkpoint, Command, Frame, KernelFrame, Reason, RunEvent, Tick

Events = Generator[RunEvent, Command | None, None]
DIVERGED = 1e8  # times the loss at the start
CHECK_EVERY = 8  # steps between looks at the loss: fixed, so that a run ends at the same step on every machine


def train(
    config: RunConfig,
    *,
    dataset: Table | None = None,
    resume: Checkpoint | None = None,
    last_seq: int = 0,
    since: int | None = None,
    threads: int = 1,
) -> Events:
    """Train and measure: Started, then Frames and KernelFrames, Finished and a Checkpoint; Ticks in between.

    Args:
        config: What to run.
        dataset: The table of a config whose points are an uploaded data set.
        resume: Go on from here.
        last_seq: The log's last seq where a run is resumed; numbering goes on from it.
        since: With `resume`: the config is the one of the checkpoint, whose `Started` has been told with the plan of
            the steps after this one (-1: all). The run goes on with what is left of it, as if it had never stopped.
            None: the config asks for more steps, a plan of its own that begins with another `Started`.
        threads: Threads of the numerics; set for the whole process.

    Yields:
        Events. A reply to a Tick by `send` is a command: `pause` is answered by a Checkpoint and a paused
        Tick, whose reply is `resume` or `cancel`; `cancel` by a Frame of the last state and Finished. Before
        Started a `pause` waits until the first Frame; `cancel` is answered by Finished alone.

    Raises:
        NtkscopeError: the config cannot be run; before the first event.
    """
    torch.set_num_threads(threads)
    prepared, command = yield from _prepare(config, dataset, resume, since)
    if prepared is None:
        yield cancelled_early(resume, last_seq + 1)
        if resume:  # from which it can still be extended
            yield resume.model_copy(update={"seq": last_seq + 2, "moving_kernel": b""})
        return
    del resume  # its parameters need not stay in memory
    yield from _Run(prepared, last_seq).events(command)


def _prepare(
    config: RunConfig, dataset: Table | None, resume: Checkpoint | None, since: int | None
) -> Generator[RunEvent, Command | None, tuple[Prepared | None, Command | None]]:
    """Ticks while the kernel is computed; returns what is prepared, None once it is cancelled, and the last command."""
    stages, clock = prepare(config, dataset, resume, since), Clock()
    last = yield _waiting(resume)
    while last != "cancel":
        try:
            next(stages)
        except StopIteration as end:
            return end.value, last
        if clock.due():
            clock.ticked(0)
            last = (yield _waiting(resume)) or last
    return None, last


def _waiting(resume: Checkpoint | None) -> Tick:
    """A sign of life while the kernel is computed."""
    return Tick(
        seq=0,
        step=resume.step if resume else 0,
        time=resume.time if resume else 0.0,
        loss=0.0,
        wall_seconds=resume.wall_seconds if resume else 0.0,
        steps_per_second=0.0,
        seconds_left=None,
        paused=False,
    )


class _Run:
    """The state that changes while a run goes on."""

    def __init__(self, prepared: Prepared, last_seq: int) -> None:
        self.start, self.network, self.step = prepared.start, prepared.network, prepared.step
        self.theory, self.kernels, self.wide = prepared.theory, prepared.kernels, prepared.wide
        self.slices, self.history, self.moving = prepared.slices, prepared.history, prepared.moving
        self.seq = count(last_seq + 1)
        self.clock = Clock(prepared.wall_seconds)
        self.announced, self.done, self.loss = prepared.announced, prepared.done, prepared.loss
        self.loss_limit = DIVERGED * 0.5 * float(self.start.residual @ self.start.residual) or float("inf")
        goal = self.start.problem.targets + self.start.offset
        self.goal = goal.to(self.start.inputs)
        self.euler_step = euler_step(self.network, self.start.inputs)
        self.recorded = self.step or -1  # the last step with a frame
        self.pending: Command | None = None

    def events(self, command: Command | None) -> Events:
        """All events of the run, which heard this command while it was prepared."""
        self.pending = command
        if not self.announced:
            yield started(self.start, self.theory, self.wide, self.slices, self.kernels, next(self.seq))
        reason = yield from self._train()
        if self.recorded != self.step and reason != "diverged":
            reason = (yield from self._record_frame()) or reason
        yield self._finished(reason)
        if reason != "diverged":
            yield self._checkpoint()

    def _train(self) -> Generator[RunEvent, Command | None, Reason]:
        """Go from record to record; returns why the run ends."""
        for target in self.theory.steps[self.done :]:
            ended = yield from self._advance(int(target))
            ended = ended or (yield from self._record())
            if ended:
                return ended
        return "steps" if self.start.last_step == self.start.config.training.stop.steps else "time"

    def _advance(self, target: int) -> Generator[RunEvent, Command | None, Reason | None]:
        """Take steps up to `target`; returns why the run ends before it, if it does."""
        stop = self.start.config.training.stop
        while self.step < target:
            residual = self.euler_step(self.goal, self.start.learning_rate)
            self.step += 1
            if self.step % CHECK_EVERY == 0:
                self.loss = 0.5 * float(residual.double() @ residual.double())
                if not self.loss <= self.loss_limit:
                    return "diverged"
                if stop.loss is not None and self.loss <= stop.loss:
                    return "loss"
            if self.pending or self.clock.due():
                ended = yield from self._tick()
                if ended:
                    return ended
                if stop.wall_seconds is not None and self.clock.seconds() >= stop.wall_seconds:
                    return "wall_seconds"
        return None

    def _record(self) -> Generator[RunEvent, Command | None, Reason | None]:
        """Measure what is due at this step; returns why the run ends here, if it does."""
        stop = self.start.config.training.stop
        ended = yield from self._record_frame()
        if ended:
            return ended
        if self.step in self.kernels:
            with torch.no_grad():
                event = kernel_frame(
                    self.start, self.network, self._moment(), self.moving, self.slices, self.fitted, self.grid
                )  # fmt: skip
            if event is not None:
                if self.step > 0:
                    self.history.add_kernel(event.drift, event.moving)
                yield self._numbered(event)
        if self.network.activation.can_die and self.network.hidden_derivatives_all_zero(self.start.inputs):
            return "dead_units"
        if stop.loss is not None and self.loss <= stop.loss:
            return "loss"
        if stop.all_learnt and all_learnt(self.start, self.remaining):
            return "all_learnt"
        # Last: a run that pauses here has done with this step.
        return (yield from self._tick()) if self.pending or self.clock.due() else None

    def _record_frame(self) -> Generator[RunEvent, Command | None, Reason | None]:
        """Measure the state; one that is no longer finite ends the run instead.

        A step off the plan, where a run ended between two records, has predictions of its own.
        """
        with torch.no_grad():
            self.fitted, self.grid = function_values(self.start, self.network)
            residual = self.fitted - self.start.problem.targets
            self.loss = 0.5 * float(residual @ residual)
            if not (self.loss <= self.loss_limit and is_finite(self.fitted, self.grid)):
                return "diverged"
            predicted, wide, at = self.theory, self.wide, int(np.searchsorted(self.theory.steps, self.step))
            planned = self.step == predicted.steps[at]
            if not planned:
                predicted = theory(self.start, np.array([self.step]), self.theory.law)
                wide, at = wide.at(predicted) if wide else None, 0
            measured = frame(
                self.start, predicted, wide, self.history, self._moment(), at, self.fitted, self.grid
            )  # fmt: skip
        if not planned:
            self.history.extra = 1
            measured = measured.model_copy(update={"index": OFF_PLAN})
        self.recorded, self.remaining = self.step, measured.remaining
        yield self._numbered(measured)
        return None

    def _tick(self) -> Generator[RunEvent, Command | None, Reason | None]:
        """Tell the progress, and do what the reply says, or what was said while the run was prepared."""
        self.clock.ticked(self.step)
        command = (yield self._progress(paused=False)) or self.pending
        self.pending = None
        if command == "pause":
            self.clock.pause()
            yield self._checkpoint(paused=True)
            while command not in ("resume", "cancel"):
                command = yield self._progress(paused=True)
            self.clock.go_on()
        return "cancelled" if command == "cancel" else None

    def _moment(self) -> Moment:
        return Moment(self.step, self._time(), self.clock.seconds())

    def _numbered(self, event: Frame | KernelFrame) -> RunEvent:
        return event.model_copy(update={"seq": next(self.seq)})

    def _time(self) -> float:
        return self.step * self.start.learning_rate

    def _progress(self, paused: bool) -> Tick:
        speed = self.clock.steps_per_second
        return Tick(
            seq=0,
            step=self.step,
            time=self._time(),
            loss=self.loss,
            wall_seconds=self.clock.seconds(),
            steps_per_second=speed,
            seconds_left=(self.start.last_step - self.step) / speed if speed > 0 else None,
            paused=paused,
        )

    def _finished(self, reason: Reason) -> RunEvent:
        loss = self.loss if np.isfinite(self.loss) else None
        return finished(self.start, self.history, reason, next(self.seq), self.step, loss, self.clock.seconds())

    def _checkpoint(self, paused: bool = False) -> Checkpoint:
        steps, remaining, learnt = self.history.planned()
        motion = self.history.motion
        return Checkpoint(
            seq=next(self.seq),
            step=self.step,
            time=self._time(),
            wall_seconds=self.clock.seconds(),
            parameters=self.network.to_bytes(),
            recorded_steps=steps,
            recorded_remaining=remaining,
            recorded_learnt=learnt,
            recorded_function_errors=np.array(self.history.function_errors[: len(steps)]),
            drift=motion.drift if motion else None,
            moving_error=motion.moving_error if motion else None,
            frozen_error=motion.frozen_error if motion else None,
            moving=self.moving.to_bytes(self.step) if self.moving else b"",
            moving_kernel=self.moving.kernel_to_bytes() if self.moving and paused else b"",
        )
