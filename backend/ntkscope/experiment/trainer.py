"""The trainer: a generator of events that knows no queue, callback, socket or file (design, point 1)."""

from collections.abc import Generator
from itertools import count

import numpy as np
import torch

from ntkscope.experiment.announce import finished, started
from ntkscope.experiment.clock import Clock
from ntkscope.experiment.datasets import Table
from ntkscope.experiment.history import History
from ntkscope.experiment.measure import Moment, all_learnt, frame, function_values, is_finite, kernel_frame
from ntkscope.experiment.moving import Moving
from ntkscope.experiment.schedule import kernel_steps, recording_steps
from ntkscope.experiment.slices import Slices
from ntkscope.experiment.start import Start, start
from ntkscope.experiment.theory import theory
from ntkscope.experiment.wide import Wide
from ntkscope.numerics import MLP, euler_step
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import Checkpoint, Command, Frame, KernelFrame, Reason, RunEvent, Tick

Events = Generator[RunEvent, Command | None, None]
DIVERGED = 1e8  # times the loss at the start
CHECK_EVERY = 8  # steps between looks at the loss: fixed, so that a run ends at the same step on every machine


def train(
    config: RunConfig,
    *,
    dataset: Table | None = None,
    resume: Checkpoint | None = None,
    last_seq: int = 0,
    threads: int = 1,
) -> Events:
    """Train and measure: Started, then Frames and KernelFrames, Finished and a Checkpoint; Ticks in between.

    Args:
        config: What to run.
        dataset: The table of a config whose points are an uploaded data set.
        resume: Go on from here; the config then asks for more steps.
        last_seq: The log's last seq where a run is resumed; numbering goes on from it.
        threads: Threads of the numerics; set for the whole process.

    Yields:
        Events. A reply to a Tick by `send` is a command: `pause` is answered by a Checkpoint and a paused
        Tick, whose reply is `resume` or `cancel`; `cancel` by Finished.

    Raises:
        NtkscopeError: the config cannot be run; before the first event.
    """
    torch.set_num_threads(threads)
    yield _waiting()
    run = _Run(start(config, dataset), resume, last_seq)
    yield from run.events()


def _waiting() -> Tick:
    """A first sign of life, before the kernel is computed."""
    return Tick(
        seq=0,
        step=0,
        time=0.0,
        loss=0.0,
        wall_seconds=0.0,
        steps_per_second=0.0,
        seconds_left=None,
        paused=False,
    )


class _Run:
    """The state that changes while a run goes on."""

    def __init__(self, begun: Start, resume: Checkpoint | None, last_seq: int) -> None:
        self.start = begun
        self.network: MLP = begun.network.copy()
        self.seq = count(last_seq + 1)
        self.clock = Clock(resume.wall_seconds if resume else 0.0)
        self.step = 0
        self.loss = 0.5 * float(begun.residual @ begun.residual)
        self.loss_limit = DIVERGED * self.loss or float("inf")
        steps = recording_steps(begun.last_step, begun.config.recording.frames)
        kernels = kernel_steps(steps, begun.config.recording.kernel_frames)
        if resume:
            self.network.load_bytes(resume.parameters)
            self.step = resume.step
            steps, kernels = steps[steps > self.step], kernels[kernels > self.step]
        self.theory, self.kernels = theory(begun, steps), kernels
        self.wide, self.slices = Wide.begin(begun, self.theory), Slices.choose(begun.problem)
        self.history = History(begun, self.theory)
        if resume:
            self.history.restore(resume, theory(begun, resume.recorded_steps.astype(np.int64)))
        self.moving = Moving.resume(begun, self.network, resume) if resume else Moving.begin(begun)
        goal = begun.problem.targets + begun.offset
        self.goal = goal.to(begun.inputs)
        self.euler_step = euler_step(self.network, begun.inputs)

    def events(self) -> Events:
        yield started(self.start, self.theory, self.wide, self.slices, self.kernels, next(self.seq))
        reason: Reason = self._last_reason()
        for at, target in enumerate(self.theory.steps):
            ended = yield from self._advance(int(target))
            ended = ended or (yield from self._record(at))
            if ended:
                reason = ended
                break
        yield self._finished(reason)
        if reason != "diverged":
            yield self._checkpoint()

    def _last_reason(self) -> Reason:
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
            if self.clock.due():
                ended = yield from self._tick()
                if ended:
                    return ended
                if stop.wall_seconds is not None and self.clock.seconds() >= stop.wall_seconds:
                    return "wall_seconds"
        return None

    def _record(self, at: int) -> Generator[RunEvent, Command | None, Reason | None]:
        """Measure at recording time `at`; returns why the run ends here, if it does."""
        stop = self.start.config.training.stop
        with torch.no_grad():
            fitted, grid = function_values(self.start, self.network)
            residual = fitted - self.start.problem.targets
            self.loss = 0.5 * float(residual @ residual)
            if not (self.loss <= self.loss_limit and is_finite(fitted, grid)):
                return "diverged"
            measured = frame(
                self.start, self.theory, self.wide, self.history, self._moment(), at, fitted, grid
            )  # fmt: skip
        yield self._numbered(measured)
        if self.step in self.kernels:
            with torch.no_grad():
                event = kernel_frame(
                    self.start, self.network, self._moment(), self.moving, self.slices, fitted, grid
                )  # fmt: skip
            if event is not None:
                yield self._numbered(event)
        if self.clock.due():
            ended = yield from self._tick()
            if ended:
                return ended
        if self.network.activation.can_die and self.network.hidden_derivatives_all_zero(self.start.inputs):
            return "dead_units"
        if stop.loss is not None and self.loss <= stop.loss:
            return "loss"
        if stop.all_learnt and all_learnt(self.start, measured.remaining):
            return "all_learnt"
        return None

    def _tick(self) -> Generator[RunEvent, Command | None, Reason | None]:
        """Tell the progress, and obey the reply."""
        self.clock.ticked(self.step)
        command = yield self._progress(paused=False)
        if command == "pause":
            self.clock.pause()
            yield self._checkpoint()
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

    def _checkpoint(self) -> Checkpoint:
        groups = len(self.start.groups)
        return Checkpoint(
            seq=next(self.seq),
            step=self.step,
            wall_seconds=self.clock.seconds(),
            parameters=self.network.to_bytes(),
            recorded_steps=np.array(self.history.steps, dtype=np.float64),
            recorded_remaining=np.array(self.history.remaining).reshape(-1, groups),
            recorded_learnt=np.array(self.history.learnt).reshape(-1, groups),
            moving=self.moving.to_bytes(self.step) if self.moving else b"",
        )
