"""CUDA graphs of the pretend card: what is captured is not done, and is done again, in the same memory, at each replay.

As on a real card a capture refuses to wait for the device and to copy between it and the host.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.utils._pytree import tree_flatten


class Capture:
    """Operations on the tensors that the card holds, in order, with the tensors that they made."""

    def __init__(self) -> None:
        self._done: list[tuple[Any, Any, Any, list[Tensor]]] = []

    def record(self, func: Any, args: Any, kwargs: dict[str, Any]) -> Any:
        """Makes the results' memory, and leaves everything else as it was."""
        given = [leaf for leaf in tree_flatten((args, kwargs))[0] if isinstance(leaf, Tensor)]
        before = [(tensor, tensor.clone()) for tensor in written(func, args, kwargs)]
        result = func(*args, **kwargs)
        for tensor, values in before:
            tensor.copy_(values)
        memory = {tensor.untyped_storage().data_ptr() for tensor in given}
        made = [leaf for leaf in tree_flatten(result)[0] if isinstance(leaf, Tensor)]
        fresh = [tensor for tensor in made if tensor.untyped_storage().data_ptr() not in memory]
        if fresh or func._schema.is_mutable:  # a view stays one
            self._done.append((func, args, kwargs, fresh))
        for tensor in fresh:
            if tensor.is_floating_point():
                tensor.fill_(torch.nan)  # nothing has been computed yet
        return result

    def replay(self) -> None:
        for func, args, kwargs, fresh in self._done:
            result = func(*args, **kwargs)
            if fresh:
                made = [leaf for leaf in tree_flatten(result)[0] if isinstance(leaf, Tensor)]
                for place, values in zip(fresh, made, strict=True):
                    place.copy_(values)


def written(func: Any, args: Any, kwargs: dict[str, Any]) -> list[Tensor]:
    """The arguments that an operation changes."""
    arguments = func._schema.arguments
    given = {argument.name: value for argument, value in zip(arguments, args, strict=False)} | kwargs
    changed = [argument.name for argument in arguments if argument.alias_info and argument.alias_info.is_write]
    return [given[name] for name in changed if isinstance(given.get(name), Tensor)]


class PretendGraph:
    """In place of torch.cuda.CUDAGraph."""

    def __init__(self, card: Any) -> None:
        self._card, self.capture = card, Capture()

    def replay(self) -> None:
        self._card.replays += 1
        with torch._C._DisableTorchDispatch():
            self.capture.replay()


class _Stream:
    def wait_stream(self, _: Any) -> None:
        """There is one order only."""


def no_stream(*_: Any) -> Any:
    return _Stream()


@contextlib.contextmanager
def captured(card: Any, graph: PretendGraph) -> Iterator[None]:
    """In place of torch.cuda.graph."""
    card.capture = graph.capture
    try:
        yield
    finally:
        card.capture = None
