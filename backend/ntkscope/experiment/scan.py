"""A scan before training: a config over the values of one field, each by rehearsal within its work, else by K_0."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from ntkscope.errors import NtkscopeError
from ntkscope.experiment import scan_words
from ntkscope.experiment.axes import check_field, with_value
from ntkscope.experiment.estimate import estimate_cost
from ntkscope.experiment.measure.units import in_own_units
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.theory.initial_state import InitialState, initial_stages, with_config
from ntkscope.experiment.theory.learnt import wave_forecasts
from ntkscope.experiment.theory.rate_search import chosen_stages, with_rate
from ntkscope.experiment.theory.rehearsed import RehearsedRun, left_out, rehearsed_stages
from ntkscope.experiment.theory.waves import Waves, wave_range
from ntkscope.numerics.rehearsal_leaps import Control
from ntkscope.numerics.rehearsal_result import Progress
from ntkscope.numerics.stages import complete, telling
from ntkscope.numerics.wave_reach import reached, waves_left
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.rehearsal import BAD_ENDINGS
from ntkscope.schemas.scan import Scan, ScanAnswer, ScanFinding, ScanRequest, ScanSource, ScanWave
from ntkscope.schemas.sweep import AxisValue

SCAN_WORK = 2e11  # multiply-adds of all rehearsals of a scan: some ten seconds; what one leaves is the next's
FIRST_WORK = 4e9  # of each, at most, in real steps at its start: as many as before a run of that size
START_SECONDS = 30.0  # of all kernels at the start, as they are estimated
MOST_RANKS = 96  # eigenvalues that are told of each value
MOST_FREQUENCIES = 256  # that are looked at
NODES = 1  # that a rehearsal tells for each decade: only its end is asked for

Load = Callable[[RunConfig], Table | None]


@dataclass(frozen=True)
class Member:
    """One value: its config and table, or why it has none."""

    value: AxisValue
    config: RunConfig | None
    table: Table | None
    error: str | None


def scan_members(request: ScanRequest, load: Load) -> list[Member]:
    """The configs of a scan's values; a value that no run can take has a sentence instead.

    Args:
        request: What is asked.
        load: The table that a config names, once the config has passed the limits.

    Raises:
        InvalidInput: the config does not have the field.
    """
    check_field(request.config, request.field)
    return [_member(request, value, load) for value in request.values]


def _member(request: ScanRequest, value: AxisValue, load: Load) -> Member:
    try:
        config = with_value(request.config, request.field, value)
        return Member(value, config, load(config), None)
    except NtkscopeError as error:
        return Member(value, None, None, error.sentence)


def scan(request: ScanRequest, load: Load = lambda _: None) -> Scan:
    """`scan_stages`, without a stop; arguments as of `scan_members`."""
    return complete(scan_stages(request.field, scan_members(request, load)))


def scan_stages(field: str, members: Sequence[Member]) -> Generator[Scan, None, Scan]:
    """Looks at one value after another on the CPU, and tells every some tenths of a second how far it is.

    Args:
        field: That is scanned.
        members: Its values.
    """
    answers: list[ScanAnswer] = []
    work, seconds = SCAN_WORK, START_SECONDS
    for at, member in enumerate(members):
        if member.config is None:
            answers.append(_nothing(member.value, member.error or ""))
            continue
        takes = estimate_cost(member.config, member.table).preview_seconds
        if takes > seconds:
            answers.append(_nothing(member.value, scan_words.too_long(takes, seconds)))
            continue
        seconds -= takes

        def tell(progress: Progress | None, done: int = at) -> Scan:
            part = 0.0 if progress is None else progress.work
            return _told(field, members, answers, (done + part) / len(members))

        try:
            found, spent = yield from telling(_finding(member.config, member.table, work / (len(members) - at)), tell)
            work -= spent
            answers.append(ScanAnswer(value=member.value, found=found, error=None, sentence=scan_words.finding(found)))
        except NtkscopeError as error:
            answers.append(_nothing(member.value, error.sentence))
    return _told(field, members, answers, 1.0)


def _nothing(value: AxisValue, why: str) -> ScanAnswer:
    return ScanAnswer(value=value, found=None, error=why, sentence=why)


def _told(field: str, members: Sequence[Member], answers: list[ScanAnswer], part: float) -> Scan:
    ready = len(answers) == len(members)
    return Scan(
        status="ready" if ready else "running",
        field=field,
        total=len(members),
        part=part,
        answers=list(answers),
        sentence=scan_words.together(answers) if ready else None,
    )


def _finding(
    config: RunConfig, table: Table | None, work: float
) -> Generator[Progress | None, None, tuple[ScanFinding, float]]:
    """What is found of one config, and the multiply-adds that its rehearsal took."""
    state = yield from initial_stages(config, table)
    waves = Waves.of(state.problem, config.data)
    rate = yield from chosen_stages(state, waves)
    if rate is not None:
        state = with_config(state, with_rate(state.config, rate))
    steps = np.array([0, state.last_step])
    control = Control(work=work, first=min(Control.first, FIRST_WORK / work), nodes=NODES, more=1.0)
    rehearsed = yield from rehearsed_stages(state, waves, steps, state.last_step, control)
    spent = 0.0 if rehearsed is None else rehearsed.rehearsal.work
    return in_own_units(_found(state, waves, rehearsed), state.problem.target_scaling), spent


def _found(state: InitialState, waves: Waves, rehearsed: RehearsedRun | None) -> ScanFinding:
    spectrum, last = state.kernel.spectrum, state.last_step
    law, end = state.training_law, torch.tensor([float(state.last_step)], dtype=torch.float64)
    remaining = law.remaining(spectrum.eigenvalues, end)[0]
    above = spectrum.eigenvalues > spectrum.noise_floor
    told = rehearsed.rehearsal if rehearsed is not None else None
    reason = left_out(state)
    if told is not None and told.ended == "budget":
        reason, rehearsed = scan_words.no_further(told.reach, last), None
    by: ScanSource = "kernel" if rehearsed is None else "rehearsal"
    function = None if rehearsed is None else rehearsed.function(last)
    bad = rehearsed is not None and told is not None and told.ended in BAD_ENDINGS
    error = (
        None
        if bad
        else state.problem.test_error(state.kernel.predict(law, end).function[0] if function is None else function)
    )
    error = error if error is not None and math.isfinite(error) else None
    ranks = _ranks(len(spectrum.eigenvalues))
    learnt = _waves(state, waves, rehearsed)
    return ScanFinding(
        by=by,
        reason=reason,
        ranks=ranks,
        eigenvalues=[float(spectrum.eigenvalues[rank - 1]) for rank in ranks],
        noise_floor=spectrum.noise_floor,
        learning_rate=state.learning_rate,
        steps=last,
        modes=len(spectrum.eigenvalues),
        modes_learnt=int((above & (remaining.abs() <= state.config.recording.epsilon)).sum()),
        waves=learnt,
        frequency=_up_to(learnt),
        reach=_reach(state, remaining),
        held_out_error=error,
        held_out_by=None if error is None else "kernel" if function is None else "rehearsal",
        drift=told.drift if told is not None and math.isfinite(told.drift) else None,
        ended=None if told is None else told.ended,
    )


def _ranks(count: int) -> list[int]:
    """All of few; log-spaced ones of many, the first and the last among them."""
    if count <= MOST_RANKS:
        return list(range(1, count + 1))
    return sorted({round(rank) for rank in np.geomspace(1, count, MOST_RANKS).tolist()})


def _waves(state: InitialState, waves: Waves, rehearsed: RehearsedRun | None) -> list[ScanWave]:
    forecasts = wave_forecasts(state, waves)
    told = [None] * len(forecasts) if rehearsed is None else rehearsed.describe(forecasts).waves
    steps = [
        (wave.frequency, wave.step if by is None else by.step)
        for wave, by in zip(forecasts, told, strict=True)
        if wave.source != "mean" and wave.amplitude > 0
    ]
    return [
        ScanWave(frequency=frequency, step=step if step is not None and step <= state.last_step else None)
        for frequency, step in sorted(steps, key=lambda entry: entry[0])
    ]


def _up_to(waves: Sequence[ScanWave]) -> float | None:
    """The frequency up to which all are learnt; 0: not one."""
    if not waves:
        return None
    highest = 0.0
    for wave in waves:
        if wave.step is None:
            break
        highest = wave.frequency
    return highest


def _reach(state: InitialState, remaining: torch.Tensor) -> int | None:
    problem = state.problem
    if problem.inputs.shape[1] != 1:
        return None
    start, length = wave_range(problem, state.config.data)
    position = (torch.from_numpy(problem.inputs[:, 0].copy()) - start) / length
    most = min(MOST_FREQUENCIES, (len(position) - 1) // 2)  # beyond it the points tell no wave from a slower one
    frequencies = torch.arange(1, most + 1, dtype=torch.float64)
    return reached(waves_left(state.kernel.spectrum, remaining, position, frequencies), state.config.recording.epsilon)
