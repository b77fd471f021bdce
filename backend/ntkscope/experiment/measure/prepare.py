"""All that a run needs before its first step, computed with stops in between."""

from dataclasses import dataclass

import numpy as np

from ntkscope.experiment.measure.history import History
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.schedule import Steps, kernel_steps, recording_steps
from ntkscope.experiment.theory.frozen import Theory, theory
from ntkscope.experiment.theory.initial_state import Start, start_stages
from ntkscope.experiment.theory.moving import Moving
from ntkscope.experiment.theory.slices import Slices
from ntkscope.experiment.theory.wide import Wide
from ntkscope.numerics import MLP, Stages, output_stages
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import Checkpoint


@dataclass(frozen=True)
class Prepared:
    """A run that can go on: from step 0, or from a checkpoint."""

    start: Start
    network: MLP  # at `step`
    step: int
    loss: float  # at `step`
    wall_seconds: float  # already spent training
    theory: Theory  # of the steps that are to be recorded
    done: int  # how many of them have been
    announced: bool  # whether a Started has told of them
    kernels: Steps  # those of them at which the kernel is measured
    wide: Wide | None
    slices: Slices
    history: History
    moving: Moving | None


def prepare(
    config: RunConfig, dataset: Table | None = None, resume: Checkpoint | None = None, since: int | None = None
) -> Stages[Prepared]:
    """Builds, decomposes and predicts, with a stop every some tenths of a second.

    An eigendecomposition has none: some 20 seconds on one core for 4,096 points.

    Args:
        config: What to run.
        dataset: The table of a config whose points are an uploaded data set.
        resume: Where to go on from.
        since: As in `train`.

    Raises:
        NtkscopeError: the config cannot be run.
    """
    start = yield from start_stages(config, dataset)
    network, residual = start.network.copy(), start.residual
    steps = recording_steps(start.last_step, config.recording.frames)
    kernels = kernel_steps(steps, config.recording.kernel_frames)
    if resume:
        network.load_bytes(resume.parameters)
        output = (yield from output_stages(network, start.inputs))[:, 0].double().cpu()
        residual = output - start.offset - start.problem.targets
        planned = resume.step if since is None else since
        steps, kernels = steps[steps > planned], kernels[kernels > planned]
    predicted = theory(start, steps)
    yield
    yield from predicted.drawn.function_stages()
    wide = yield from Wide.begin(start, predicted)
    history = History(start, predicted)
    if resume:
        history.restore(resume, theory(start, resume.recorded_steps.astype(np.int64)))
    yield
    moving: Moving | None
    if resume is None:
        moving = Moving.begin(start)
    elif since is not None:
        moving = Moving.again(start, resume)
    else:
        moving = yield from Moving.resume(start, network, resume)
    return Prepared(
        start=start,
        network=network,
        step=resume.step if resume else 0,
        loss=0.5 * float(residual @ residual),
        wall_seconds=resume.wall_seconds if resume else 0.0,
        theory=predicted,
        done=int(np.isin(steps, history.steps).sum()),
        announced=since is not None,
        kernels=kernels,
        wide=wide,
        slices=Slices.choose(start.problem),
        history=history,
        moving=moving,
    )
