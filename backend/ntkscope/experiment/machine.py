"""This machine: the device that a run takes, what it is called, and how fast it is."""

import platform
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from time import perf_counter
from typing import Literal

import torch
from torch import Tensor

from ntkscope.errors import Unavailable
from ntkscope.experiment.processor import build, processor
from ntkscope.schemas.event_parts import Machine

SIDE = 192  # of the matrices that are multiplied and decomposed: small enough to take a millisecond
ELEMENTS = 2**15
Device = Literal["auto", "cpu", "cuda"]


def choose_device(asked: Device) -> Literal["cpu", "cuda"]:
    """`cuda` where it is asked for, or there and asked for as `auto`; else `cpu`.

    Raises:
        Unavailable: a GPU is asked for where there is none.
    """
    if asked == "cuda" and not torch.cuda.is_available():
        raise Unavailable(
            "A CUDA device must be there to train on one.",
            "device cuda on a machine without one",
            "Choose device cpu or auto.",
            "training.device",
        )
    return "cuda" if asked != "cpu" and torch.cuda.is_available() else "cpu"


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


@dataclass(frozen=True)
class Speed:
    """Seconds for a unit of each kind of work, in float64."""

    per_multiply_add: float
    per_element: float  # one that is read and written
    per_transcendental: float  # exp, erf, tanh of one element
    per_call: float
    per_cubed_row: float  # of a symmetric eigendecomposition

    def seconds(self, multiply_adds: int, elements: int, calls: int, transcendental: int = 0) -> float:
        """Time of so much work."""
        return (
            multiply_adds * self.per_multiply_add
            + elements * self.per_element
            + transcendental * self.per_transcendental
            + calls * self.per_call
        )

    def eigen_seconds(self, n: int) -> float:
        """Time of the eigendecomposition of an n x n kernel."""
        return n**3 * self.per_cubed_row + 20 * self.per_call


@cache
def machine_speed(device: Device = "cpu") -> Speed:
    """The speed of the device that a run with this setting takes."""
    chosen = "cuda" if device != "cpu" and torch.cuda.is_available() else "cpu"
    state = torch.Generator().manual_seed(0)
    matrix = torch.randn(SIDE, SIDE, generator=state, dtype=torch.float64).to(chosen)
    symmetric = (matrix @ matrix.T).cpu()
    line = torch.linspace(-2, 2, ELEMENTS, dtype=torch.float64, device=chosen)
    single = line[:1]
    call = _least_seconds(lambda: single + single, chosen, repeats=50)
    return Speed(
        per_multiply_add=_least_seconds(lambda: matrix @ matrix, chosen) / SIDE**3,
        per_element=_least_seconds(lambda: line + line, chosen) / ELEMENTS,
        per_transcendental=_least_seconds(lambda: torch.tanh(line), chosen) / ELEMENTS,
        per_call=call,
        per_cubed_row=_least_seconds(lambda: torch.linalg.eigh(symmetric)[0], "cpu", repeats=2) / SIDE**3,
    )


def _least_seconds(work: Callable[[], Tensor], device: str, repeats: int = 5) -> float:
    """The shortest of some trials: other programs only ever add to it."""
    work()
    trials = []
    for _ in range(repeats):
        _wait(device)
        begun = perf_counter()
        work()
        _wait(device)
        trials.append(perf_counter() - begun)
    return min(trials)


def _wait(device: str) -> None:
    if device == "cuda":
        torch.cuda.synchronize()
