"""Several steps as one CUDA graph: a card is told of all their kernels by one call."""

import logging
from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from ntkscope.numerics.euler_step import EulerStep

LOGGER = logging.getLogger("ntkscope")


def plain_steps(step: EulerStep, targets: Float[Tensor, " n"], learning_rate: float, count: int) -> Float[Tensor, " n"]:
    """Takes the steps one by one.

    Args:
        step: Moves the parameters in place.
        targets: As in `EulerStep`.
        learning_rate: As there.
        count: How many; at least one.

    Returns:
        The residual before the last of them.
    """
    residual = targets
    for _ in range(count):
        residual = step(targets, learning_rate)
    return residual


def step_graph(
    step: EulerStep, targets: Float[Tensor, " n"], learning_rate: float, count: int
) -> Callable[[], Tensor] | None:
    """What does `plain_steps` at every call by the same kernels, launched at once; parameters stay as they are now.

    Arguments as in `plain_steps`, which are those of every call; each overwrites what the one before returned.

    Returns:
        None where there is no card, or where it refuses the capture, which the program's log says.

    Source: "CUDA graphs" in PyTorch's notes on CUDA; a first step outside of the capture lets the libraries make what
    they cannot make inside of it.
    """
    if not targets.is_cuda:
        return None
    parameters = [*step.weights, *step.biases]
    before = [parameter.clone() for parameter in parameters]
    try:
        beside = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        beside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(beside):
            step(targets, learning_rate)
        torch.cuda.current_stream().wait_stream(beside)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, capture_error_mode="thread_local"):
            residual = plain_steps(step, targets, learning_rate, count)
    except RuntimeError as error:
        LOGGER.warning("Steps are launched one by one: the card refused a CUDA graph of them: %s", error)
        return None
    finally:
        for parameter, values in zip(parameters, before, strict=True):
            parameter.copy_(values)

    def replay() -> Tensor:
        graph.replay()
        return residual

    return replay
