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
        Tick, whose reply is `resume` or `cancel`; `cancel` by Finished.

    Raises:
        NtkscopeError: the config cannot be run; before the first event.
    """
    torch.set_num_threads(threads)
    yield _waiting(resume)
    run = _Run(start(config, dataset), resume, last_seq, since)
    del resume  # its parameters need not stay in memory
    yield from run.events()


def _waiting(resume: Checkpoint | None) -> Tick:
    """A first sign of life, before the kernel is computed."""
    return Tick(
        seq=0,
        step=resume.step if resume else 0,
        time=0.0,
        loss=0.0,
        wall_seconds=resume.wall_seconds if resume else 0.0,
        steps_per_second=0.0,
        seconds_left=None,
        paused=False,
    )


class _Run:
    """The state that changes while a run goes on."""

    def __init__(self, begun: Start, resume: Checkpoint | None, last_seq: int, since: int | None) -> None:
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
            with torch.no_grad():
                residual = function_values(begun, self.network)[0] - begun.problem.targets
                self.loss = 0.5 * float(residual @ residual)
            planned = self.step if since is None else since
            steps, kernels = steps[steps > planned], kernels[kernels > planned]
        self.theory, self.kernels = theory(begun, steps), kernels
        self.wide, self.slices = Wide.begin(begun, self.theory), Slices.choose(begun.problem)
        self.history = History(begun, self.theory)
        if resume:
            self.history.restore(resume, theory(begun, resume.recorded_steps.astype(np.int64)))
        self.announced = since is not None
        self.done = int(np.isin(steps, self.history.steps).sum())  # of the plan
        self.moving: Moving | None
        if resume is None:
            self.moving = Moving.begin(begun)
        elif self.announced:
            self.moving = Moving.again(begun, resume)
        else:
            self.moving = Moving.resume(begun, self.network, resume)
        goal = begun.problem.targets + begun.offset
        self.goal = goal.to(begun.inputs)
        self.euler_step = euler_step(self.network, begun.inputs)

    def events(self) -> Events:
        if not self.announced:
            yield started(self.start, self.theory, self.wide, self.slices, self.kernels, next(self.seq))
        reason: Reason = self._last_reason()
        for at in range(self.done, len(self.theory.steps)):
            ended = yield from self._advance(int(self.theory.steps[at]))
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
        if self.network.activation.can_die and self.network.hidden_derivatives_all_zero(self.start.inputs):
            return "dead_units"
        if stop.loss is not None and self.loss <= stop.loss:
            return "loss"
        if stop.all_learnt and all_learnt(self.start, measured.remaining):
            return "all_learnt"
        # Last: a run that pauses here has done with this step.
        return (yield from self._tick()) if self.clock.due() else None

    def _tick(self) -> Generator[RunEvent, Command | None, Reason | None]:
        """Tell the progress, and obey the reply."""
        self.clock.ticked(self.step)
        command = yield self._progress(paused=False)
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
            moving_kernel=self.moving.kernel_to_bytes() if self.moving and paused else b"",
        )
