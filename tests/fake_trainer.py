"""A trainer that measures nothing and behaves as its config's seed says, for tests of what is around trainers."""

import os
import signal
import time
from collections.abc import Generator
from typing import Any

import numpy as np

from ntkscope.errors import InvalidInput
from ntkscope.experiment.measure.cadence import Cadence
from ntkscope.experiment.measure.told import Told, untold
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import Checkpoint, Command, Finished, Frame, LawName, RunEvent, Tick
from ntkscope.schemas.event_parts import PredictedFunction
from ntkscope.schemas.placement import Placement
from ntkscope.schemas.training import Recording, Stop, Training

PATH = "tests.fake_trainer:train"
FAST, STEADY, STUCK, RAISES, INVALID, KILLED, LEAVES, SILENT = range(8)
STEADY_SECONDS = 0.01
EMPTY = np.zeros(0)
NO_ERRORS: dict[LawName, float | None] = {"gradient_flow": None, "gradient_descent": None}


def behaving(seed: int, steps: int = 20) -> RunConfig:
    """A config whose run behaves so; every step is a frame."""
    training = Training(stop=Stop(steps=steps))
    return RunConfig(training=training, recording=Recording(frames=2, kernel_frames=0), seed=seed)


def train(
    config: RunConfig,
    *,
    dataset: Any = None,
    resume: Checkpoint | None = None,
    last_seq: int = 0,
    since: int | None = None,
    threads: int = 1,
    placement: Placement | None = None,
    told: Told | None = None,
    cadence: Cadence | None = None,
) -> Generator[RunEvent, Command | None, None]:
    """Frames and ticks, one of each a step; then the end that the config's seed asks for. No checkpoints in between."""
    events = _events(config, resume, last_seq)
    return untold(events, told) if told else events


def _events(config: RunConfig, resume: Checkpoint | None, last_seq: int) -> Generator[RunEvent, Command | None, None]:
    if config.seed == INVALID:
        raise InvalidInput("A run that can be run.", "this one", "Take another seed.", "seed")
    seq, step = last_seq, resume.step if resume else 0
    command: Command | None = None
    while step < config.training.stop.steps and command != "cancel":
        step += 1
        seq += 1
        yield frame(seq, step)
        _misbehave(config.seed, step)
        command = yield tick(step)
        if command == "pause":
            seq += 1
            yield checkpoint(seq, step)
            while command not in ("resume", "cancel"):
                command = yield tick(step, paused=True)
    if config.seed == SILENT:
        return
    yield finished(seq + 1, step, cancelled=command == "cancel")
    yield checkpoint(seq + 2, step)


def _misbehave(seed: int, step: int) -> None:
    if seed == STEADY:
        time.sleep(STEADY_SECONDS)
    elif seed == STUCK and step == 3:
        time.sleep(600)
    elif seed == RAISES and step == 3:
        raise ZeroDivisionError("of the test's own making")
    elif seed == KILLED and step == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    elif seed == LEAVES and step == 3:
        os._exit(7)


def frame(seq: int, step: int) -> Frame:
    return Frame(
        seq=seq,
        step=step,
        time=float(step),
        wall_seconds=0.0,
        loss=1 / step,
        held_out_error=None,
        mode_coefficients=np.full(4, float(step)),
        remaining=EMPTY,
        learnt=EMPTY,
        function=EMPTY,
        predicted={"frozen": PredictedFunction(function=EMPTY, spread=None, distance=None)},
        infinite_remaining=None,
        fitted=EMPTY,
        residual_spectrum=EMPTY,
        modes_learnt=0,
        median_errors=NO_ERRORS,
        wave_errors=EMPTY,
        wave_errors_predicted=EMPTY,
        verdict=None,
    )


def tick(step: int, paused: bool = False) -> Tick:
    return Tick(
        seq=0,
        step=step,
        time=float(step),
        loss=1.0,
        wall_seconds=0.0,
        steps_per_second=1.0,
        seconds_left=None,
        paused=paused,
    )


def checkpoint(seq: int, step: int) -> Checkpoint:
    return Checkpoint(
        seq=seq,
        step=step,
        time=float(step),
        wall_seconds=0.0,
        parameters=b"parameters",
        recorded_steps=[],
        recorded_remaining=np.zeros((0, 0)),
        recorded_learnt=np.zeros((0, 0)),
        recorded_kernel_steps=[],
        recorded_wave_errors=None,
        recorded_function_errors=EMPTY,
        drift=None,
        moving_error=None,
        frozen_error=None,
        moving=b"",
        moving_kernel=b"",
    )


def finished(seq: int, step: int, cancelled: bool = False) -> Finished:
    return Finished(
        seq=seq,
        outcome="cancelled" if cancelled else "completed",
        sentence="Cancelled." if cancelled else "Reached the last step.",
        reason="cancelled" if cancelled else "steps",
        step=step,
        time=float(step),
        loss=1.0,
        wall_seconds=0.0,
        median_errors=NO_ERRORS,
        suggestion=None,
        rows=[],
        learning_time_fit=None,
        waves=[],
        verdict=None,
    )
