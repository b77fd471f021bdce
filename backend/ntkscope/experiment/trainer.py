"""The trainer: a generator of events that knows no queue, callback, socket or file (design, point 1)."""

from collections.abc import Generator

import numpy as np
import torch
from torch import Tensor

from ntkscope.experiment.card_memory import check_room, is_card_full, ran_out
from ntkscope.experiment.machine import this_machine
from ntkscope.experiment.measure.cadence import Cadence
from ntkscope.experiment.measure.clock import Clock
from ntkscope.experiment.measure.moved import origin, with_move
from ntkscope.experiment.measure.prepare import Prepared, prepare, ticking
from ntkscope.experiment.measure.sentences import cancelled_early
from ntkscope.experiment.measure.states import KernelState, NetworkState
from ntkscope.experiment.measure.told import Events, Told, untold
from ntkscope.experiment.placement import place_here
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.theory.probe import Values
from ntkscope.numerics import LARGEST, drift, euler_step, spectrum, step_graph
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import Checkpoint, Command, Reason, RunEvent, Tick
from ntkscope.schemas.placement import Placement

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
    placement: Placement | None = None,
    told: Told | None = None,
    cadence: Cadence | None = None,
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
        placement: Where it computes, as it was chosen before; None: it is chosen here.
        told: What the log of a run that was killed has already: those events are computed again, and not told again.
        cadence: How often a Checkpoint comes in between; None: only at a pause and at the end.

    Yields:
        Events. A reply to a Tick by `send` is a command: `pause` is answered by a Checkpoint and a paused
        Tick, whose reply is `resume` or `cancel`; `cancel` by a Frame of the last state and Finished. Before
        Started a `pause` waits until the first Frame; `cancel` is answered by Finished alone.

    Raises:
        NtkscopeError: the config cannot be run, before the first event; the card is full, at any time.
    """
    events = _events(config, dataset, resume, last_seq, since, threads, placement, told, cadence)
    return untold(events, told) if told else events


def _events(
    config: RunConfig,
    dataset: Table | None,
    resume: Checkpoint | None,
    last_seq: int,
    since: int | None,
    threads: int,
    placement: Placement | None,
    told: Told | None,
    cadence: Cadence | None,
) -> Events:
    torch.set_num_threads(threads)
    placement = place_here(config, dataset, placement)
    check_room(config, dataset, placement)
    events = _train(config, dataset, resume, last_seq, since, placement, told, cadence)
    del resume  # whoever takes it up frees it
    try:
        yield from events
    except RuntimeError as error:
        if placement.device == "cpu" or not is_card_full(error):
            raise
    else:
        return
    # Outside of the handler: the error's trace holds what was on the card.
    raise ran_out(config, dataset, placement)


def _train(
    config: RunConfig,
    dataset: Table | None,
    resume: Checkpoint | None,
    last_seq: int,
    since: int | None,
    placement: Placement,
    told: Told | None,
    cadence: Cadence | None,
) -> Events:
    stages = prepare(config, dataset, resume, since, first_seq=last_seq + 1, placement=placement)
    prepared, command = yield from ticking(stages, resume)
    if prepared is None:
        yield cancelled_early(resume, last_seq + 1)
        if resume:  # from which it can still be extended
            yield resume.model_copy(update={"seq": last_seq + 2, "moving_kernel": b""})
        return
    resumed = resume is not None
    del resume  # its parameters need not stay in memory
    announced = resumed and since is not None
    yield from _Run(prepared, command, cadence, told).events(announced)


class _Run:
    """The state that changes while a run goes on: network, clock, step, commands.

    Args:
        prepared: The run, ready to go on.
        command: What it heard while it was prepared.
        cadence: How often it leaves a checkpoint.
        told: Of a run that was killed: what its log has already.
    """

    def __init__(self, prepared: Prepared, command: Command | None, cadence: Cadence | None, told: Told | None) -> None:
        self.initial, self.recorder, self.network = prepared.initial, prepared.recorder, prepared.network
        self.step, self.loss, self.pending = prepared.step, prepared.loss, command
        self.clock = Clock(prepared.wall_seconds)
        self.loss_limit = min(DIVERGED * self.initial.loss or LARGEST**2, LARGEST**2)
        self.goal = self.initial.probe.goal
        self.euler_step = euler_step(self.network, self.initial.probe.inputs)
        self.many_steps = step_graph(self.euler_step, self.goal, self.initial.learning_rate, CHECK_EVERY)
        self.recorded = self.step or -1  # the last step with a frame
        self.told = told
        self.cadence, self.kept = cadence, (self.step, self.clock.seconds())  # at the last checkpoint

    def events(self, announced: bool) -> Events:
        """All events of the run, whose Started has been told or has not."""
        if not announced:
            yield self.recorder.started()
        reason = yield from self._train()
        if self.recorded != self.step and reason != "diverged":
            ended = yield from self._record_frame(self._state(self._values()))
            reason = ended or reason
        loss = self.loss if np.isfinite(self.loss) else None
        finished = self.recorder.finished(reason, self.step, loss, self.clock.seconds())
        if self.told:
            here = origin(this_machine(self.initial.probe.inputs.device.type, self.initial.config.training.precision))
            finished = with_move(finished, self.told.origin, here, self.told.frame)
        yield finished
        if reason != "diverged":
            yield self._checkpoint()

    def _train(self) -> Generator[RunEvent, Command | None, Reason]:
        """Go from record to record; returns why the run ends."""
        for target in self.recorder.steps:
            ended = yield from self._advance(int(target))
            ended = ended or (yield from self._record())
            if ended:
                return ended
        return "steps" if self.initial.last_step == self.initial.config.training.stop.steps else "time"

    def _advance(self, target: int) -> Generator[RunEvent, Command | None, Reason | None]:
        """Take steps up to `target`; returns why the run ends before it, if it does."""
        stop, goal = self.initial.config.training.stop, self.initial.loss_to_stop_at
        while self.step < target:
            residual = self._step(target)
            if self.step % CHECK_EVERY == 0:
                self.loss = 0.5 * float(residual.double() @ residual.double())
                if not self.loss <= self.loss_limit:
                    return "diverged"
                if goal is not None and self.loss <= goal:
                    return "loss"
            if self.pending or self.clock.due():
                ended = yield from self._tick()
                if ended:
                    return ended
                if stop.wall_seconds is not None and self.clock.seconds() >= stop.wall_seconds:
                    return "wall_seconds"
        return None

    def _step(self, target: int) -> Tensor:
        """One step; on a card as many as there are between two looks at the loss; the residual before the last."""
        if self.many_steps and self.step % CHECK_EVERY == 0 and target - self.step >= CHECK_EVERY:
            self.step += CHECK_EVERY
            return self.many_steps()
        self.step += 1
        return self.euler_step(self.goal, self.initial.learning_rate)

    def _record(self) -> Generator[RunEvent, Command | None, Reason | None]:
        """Measure what is due at this step; returns why the run ends here, if it does."""
        stop, values = self.initial.config.training.stop, self._values()
        state = self._state(values)
        ended = yield from self._record_frame(state)
        if ended:
            return ended
        if self.step in self.recorder.kernel_steps:
            measured = self._kernel_state(values)
            if measured:
                yield self.recorder.kernel_frame(state, measured)
        if values.dead:
            return "dead_units"
        goal = self.initial.loss_to_stop_at
        if goal is not None and self.loss <= goal:
            return "loss"
        if stop.all_learnt and self.all_learnt:
            return "all_learnt"
        # Last: a run that pauses here has done with this step.
        return (yield from self._tick()) if self.pending or self.clock.due() else None

    def _record_frame(self, state: NetworkState) -> Generator[RunEvent, Command | None, Reason | None]:
        """Tell the state; one that is no longer finite ends the run instead."""
        residual = state.fitted - self.initial.problem.targets
        self.loss = 0.5 * float(residual @ residual)
        if not (self.loss <= self.loss_limit and state.can_be_told):
            return "diverged"
        measured = self.recorder.frame(state)
        self.recorded = self.step
        self.all_learnt = self.initial.groups.all_below(measured.remaining, self.initial.config.recording.epsilon)
        yield measured
        return None

    @torch.no_grad()
    def _values(self) -> Values:
        return self.initial.probe.values(self.network)

    def _state(self, values: Values) -> NetworkState:
        return NetworkState(self.step, self._time(), self.clock.seconds(), values.fitted, values.function)

    @torch.no_grad()
    def _kernel_state(self, values: Values) -> KernelState | None:
        """None where the kernel has grown beyond what float64 can square: nothing is measured of it."""
        initial, probe, rate = self.initial, self.initial.probe, self.initial.learning_rate
        measured = probe.measured(
            self.network, initial.network, values, rate, initial.placement.eigen, at_start=self.step == 0
        )
        kernel, cross_kernel = measured.kernels or (initial.matrix, initial.kernel.cross_kernel)
        if cross_kernel is None or not np.isfinite(drift(kernel, initial.matrix)):
            return None
        return KernelState(
            kernel,
            cross_kernel,
            initial.kernel.spectrum if self.step == 0 else spectrum(kernel, measured.decomposed),
            slopes=measured.slopes,
            identity=probe.identity(values, measured.after, kernel, rate),
            hessian=probe.hessian(self.network) if initial.config.recording.hessian else None,
            parameter_drift=measured.moved,
        )

    def _tick(self) -> Generator[RunEvent, Command | None, Reason | None]:
        """Tell the progress, and do what the reply says, or what was said while the run was prepared."""
        self.clock.ticked(self.step)
        command = (yield self._progress(paused=False)) or self.pending
        self.pending = None
        if command is None and self._checkpoint_due():
            yield self._checkpoint(paused=True)
        if command == "pause":
            self.clock.pause()
            yield self._checkpoint(paused=True)
            while command not in ("resume", "cancel"):
                command = yield self._progress(paused=True)
            self.clock.go_on()
        return "cancelled" if command == "cancel" else None

    def _time(self) -> float:
        return self.step * self.initial.learning_rate

    def _progress(self, paused: bool) -> Tick:
        speed = self.clock.steps_per_second
        return Tick(
            seq=0,
            step=self.step,
            time=self._time(),
            loss=self.loss,
            wall_seconds=self.clock.seconds(),
            steps_per_second=speed,
            seconds_left=(self.initial.last_step - self.step) / speed if speed > 0 else None,
            paused=paused,
        )

    def _checkpoint_due(self) -> bool:
        step, seconds = self.kept
        last = self.initial.last_step
        return self.cadence is not None and self.cadence.due(self.clock.seconds() - seconds, self.step - step, last)

    def _checkpoint(self, paused: bool = False) -> Checkpoint:
        self.kept = self.step, self.clock.seconds()
        return self.recorder.checkpoint(self.step, self.clock.seconds(), self.network.to_bytes(), paused=paused)
