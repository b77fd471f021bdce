"""All that a run needs before its first step, computed with stops in between."""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from ntkscope.experiment.measure.clock import Clock
from ntkscope.experiment.measure.recorder import Recorder
from ntkscope.experiment.measure.states import Resumed
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.schedule import kernel_steps, recording_steps
from ntkscope.experiment.theory.initial_state import InitialState, initial_stages
from ntkscope.numerics import MLP, Stages, output_stages
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import Checkpoint, Command, RunEvent, Tick
from ntkscope.schemas.placement import ON_CPU, Placement


@dataclass(frozen=True)
class Prepared:
    """A run that can go on: from step 0, or from a checkpoint."""

    initial: InitialState
    recorder: Recorder
    network: MLP  # at `step`
    step: int
    loss: float  # at `step`
    wall_seconds: float  # already spent training


def prepare(
    config: RunConfig,
    dataset: Table | None = None,
    resume: Checkpoint | None = None,
    since: int | None = None,
    first_seq: int = 1,
    placement: Placement = ON_CPU,
) -> Stages[Prepared]:
    """Builds, decomposes and predicts, with a stop every some tenths of a second.

    An eigendecomposition has none: some 20 seconds on one core for 4,096 points.

    Args:
        config: What to run.
        dataset: The table of a config whose points are an uploaded data set.
        resume: Where to go on from.
        since: As in `train`.
        first_seq: Of the first event.
        placement: Where the run computes.

    Raises:
        NtkscopeError: the config cannot be run.
    """
    initial = yield from initial_stages(config, dataset, placement)
    network, residual, resumed = initial.network.copy(), initial.kernel.residual, None
    steps = recording_steps(initial.last_step, config.recording.frames)
    kernels = kernel_steps(steps, config.recording.kernel_frames)
    if resume:
        network.load_bytes(resume.parameters)
        output = (yield from output_stages(network, initial.probe.inputs))[:, 0].double().cpu()
        residual = output - initial.probe.offset - initial.problem.targets
        # One plan for the whole run: what was recorded before, and what comes after the step at which it begins.
        planned = resume.step if since is None else since
        steps = np.union1d(np.array(resume.recorded_steps, dtype=np.int64), steps[steps > planned])
        kernels = np.union1d(np.array(resume.recorded_kernel_steps, dtype=np.int64), kernels[kernels > planned])
        measured = since is None and resume.moving
        resumed = Resumed(resume, (yield from initial.probe.kernel_stages(network)) if measured else None)
    recorder = yield from Recorder.stages(initial, steps, kernels, first_seq=first_seq, resume=resumed)
    return Prepared(
        initial=initial,
        recorder=recorder,
        network=network,
        step=resume.step if resume else 0,
        loss=0.5 * float(residual @ residual),
        wall_seconds=resume.wall_seconds if resume else 0.0,
    )


def ticking(
    stages: Stages[Prepared], resume: Checkpoint | None
) -> Generator[RunEvent, Command | None, tuple[Prepared | None, Command | None]]:
    """Ticks while the kernel is computed; returns what is prepared, None once it is cancelled, and the last command."""
    clock = Clock()
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
