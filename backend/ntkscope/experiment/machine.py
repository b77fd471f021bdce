"""This machine: what a run's device is called, and how fast it is."""

import platform
from collections.abc import Callable
from functools import cache, partial
from time import perf_counter
from typing import Any, Literal

import torch
from torch import Tensor

from ntkscope.experiment.processor import build, processor
from ntkscope.experiment.speed import Speed
from ntkscope.schemas.event_parts import Machine

SIDE = 192  # of the matrices that are multiplied and decomposed: small enough to take a millisecond on a core
ELEMENTS = 2**15
LARGEST_SIDE, MOST_ELEMENTS = 4096, 2**24  # of those for a card: 128 MiB each
CARD_EIGEN_SIDE = 512
# On a card the call that waits for it takes 10 to 50 us whatever was done, so that what is timed must last far longer.
BATCH_SECONDS = 0.005
MOST_CALLS = 512
Device = Literal["cpu", "cuda"]


def this_machine(device: str, precision: str) -> Machine:
    """Where a run on this device runs."""
    return Machine(
        device=device,
        device_name=torch.cuda.get_device_name() if device == "cuda" else platform.processor() or platform.machine(),
        precision=precision,
        threads=torch.get_num_threads(),
        torch_version=str(torch.__version__),
        processor=processor(),
        build=build(),
    )


@cache
def machine_speed() -> Speed:
    """The processor's."""
    matrix, line = _random(SIDE), torch.linspace(-2, 2, ELEMENTS, dtype=torch.float64)
    symmetric, single = matrix @ matrix.T, line[:1]
    call = _least_seconds(lambda: single + single, repeats=50)
    return Speed(
        per_multiply_add=_least_seconds(lambda: matrix @ matrix) / SIDE**3,
        per_element=_least_seconds(lambda: line + line) / ELEMENTS,
        per_transcendental=_least_seconds(lambda: torch.tanh(line)) / ELEMENTS,
        per_call=call,
        per_cubed_row=_least_seconds(lambda: torch.linalg.eigh(symmetric)[0], repeats=2) / SIDE**3,
    )


def card_speed() -> Speed:
    """The card's: of work that is as large as it must be for the card to be busy, many calls between two waits."""
    matrix = _large(_random(SIDE).to("cuda"), lambda x: x @ x, lambda x: x.repeat(2, 2), LARGEST_SIDE**2)
    line = torch.linspace(-2, 2, ELEMENTS, dtype=torch.float64).to("cuda")
    line = _large(line, torch.tanh, lambda x: x.repeat(4), MOST_ELEMENTS)
    single, symmetric = line[:1], _random(CARD_EIGEN_SIDE).to("cuda")
    symmetric = symmetric @ symmetric.T
    return Speed(
        per_multiply_add=_seconds_of_many(lambda: matrix @ matrix) / len(matrix) ** 3,
        per_element=_seconds_of_many(lambda: line + line) / len(line),
        per_transcendental=_seconds_of_many(lambda: torch.tanh(line)) / len(line),
        per_call=_seconds_of_many(lambda: single + single),
        per_cubed_row=_batch_seconds(lambda: torch.linalg.eigh(symmetric)[0], 1) / CARD_EIGEN_SIDE**3,
    )


def _large(x: Tensor, work: Callable[[Tensor], Any], grow: Callable[[Tensor], Tensor], most: int) -> Tensor:
    """Grown until the work on it takes a while, or until it has so many elements."""
    while x.numel() < most and _batch_seconds(partial(work, x), 1) < BATCH_SECONDS / 8:
        x = grow(x)
    return x


def _random(side: int) -> Tensor:
    return torch.randn(side, side, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def _least_seconds(work: Callable[[], Any], repeats: int = 5) -> float:
    """The shortest of some trials: other programs only ever add to it."""
    work()
    trials = []
    for _ in range(repeats):
        begun = perf_counter()
        work()
        trials.append(perf_counter() - begun)
    return min(trials)


def _seconds_of_many(work: Callable[[], Any]) -> float:
    """Of one call on the card, from batches that last far longer than the wait at their end."""
    calls = 1
    while calls < MOST_CALLS and _batch_seconds(work, calls) < BATCH_SECONDS:
        calls *= 2
    return min(_batch_seconds(work, calls) for _ in range(3)) / calls


def _batch_seconds(work: Callable[[], Any], calls: int) -> float:
    """Of so many calls, after one that is not counted, and of one wait for the card."""
    work()
    torch.cuda.synchronize()
    begun = perf_counter()
    for _ in range(calls):
        work()
    torch.cuda.synchronize()
    return perf_counter() - begun
