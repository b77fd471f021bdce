"""A pretend CUDA device for a CPU-only PyTorch: real numbers, CUDA's rules about devices.

`with pretend_cuda() as card:` makes torch.cuda.is_available() true. A tensor that is made on, or moved to, "cuda" is
then a wrapper that says device cuda:0 and holds a CPU tensor. Operations compute on the CPU and refuse what CUDA
refuses: mixing devices (0-dim CPU tensors are let through in pointwise operations alone), .numpy() of a CUDA tensor,
a CPU generator for a draw on CUDA. `card` counts kernels, host-device copies and synchronisations, runs out of memory
or fails when it is told to, and captures CUDA graphs (tests/pretend_graph.py).

What it cannot show: kernels missing on CUDA, rounding, speed, real memory, the driver. The backend interface that it
uses is experimental: PyTorch is pinned (constraints.txt).
"""

from __future__ import annotations

import contextlib
import sys
import weakref
from collections import Counter
from collections.abc import Iterator
from types import FrameType
from typing import Any
from unittest import mock

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten, tree_map
from torch.utils.backend_registration import _setup_privateuseone_for_python_backend

from ntkscope.experiment import card_probe
from ntkscope.experiment.speed import Speed
from tests.pretend_graph import Capture, PretendGraph, captured, no_stream
from tests.pretend_operations import COPYING, INDEXING, SYNCHRONISING, VIEWS_OR_ALLOCATIONS, aten

_setup_privateuseone_for_python_backend(rename="pretend")  # a device with a guard and streams, for autograd
INNER = torch.device("pretend", 0)  # what C++ sees
CUDA = torch.device("cuda", 0)  # what the program sees
CPU = torch.device("cpu")
SPEED = Speed(1e-12, 1e-11, 1e-11, 5e-6, 1e-10)  # that the card is said to have: measuring it takes a second here


class DeviceMismatch(RuntimeError):
    """What CUDA refuses."""


class Pretend(torch.Tensor):
    """Says cuda:0; holds a CPU tensor."""

    held: Tensor
    __slots__ = ("held",)

    @staticmethod
    def __new__(cls, held: Tensor) -> Pretend:
        made = torch.Tensor._make_wrapper_subclass(
            cls, held.size(), strides=held.stride(), storage_offset=held.storage_offset(),
            dtype=held.dtype, layout=held.layout, device=INNER, requires_grad=False,
        )  # fmt: skip
        made.held = held
        if Card.now is not None:
            Card.now.hold(held, made)
        return made

    @property
    def device(self) -> torch.device:  # type: ignore[override]
        return CUDA

    @property
    def is_cuda(self) -> bool:  # type: ignore[override]
        return True

    __torch_function__ = torch._C._disabled_torch_function_impl

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        card = Card.now
        assert card is not None, "a pretend CUDA tensor is used outside of pretend_cuda()"
        return card.compute(func, args, kwargs or {})

    def __repr__(self) -> str:  # type: ignore[override]
        return f"Pretend({self.held!r})"


class Card(TorchDispatchMode):
    now: Card | None = None

    def __init__(self) -> None:
        super().__init__()
        self.kernels: Counter[str] = Counter()
        self.syncs: Counter[str] = Counter()
        self.to_host: Counter[str] = Counter()
        self.to_device: Counter[str] = Counter()
        self.replays = 0  # of CUDA graphs: one launch each
        self.most_elements = 2**62  # of one tensor: above, the card is out of memory
        self.fault = ""  # what every operation fails with, in the driver's words
        self.free_bytes = 8 << 30
        self.capture: Capture | None = None
        self.peak_bytes = 0
        self._users: Counter[int] = Counter()  # wrappers of each piece of memory, by its address
        self._bytes = 0

    def hold(self, held: Tensor, wrapper: Pretend) -> None:
        """Counts a piece of memory for as long as a tensor on the card uses it."""
        storage = held.untyped_storage()
        place, size = storage.data_ptr(), storage.nbytes()
        if place:
            self._bytes += size if not self._users[place] else 0
            self._users[place] += 1
            self.peak_bytes = max(self.peak_bytes, self._bytes)
            weakref.finalize(wrapper, self._leave, place, size)

    def _leave(self, place: int, size: int) -> None:
        self._users[place] -= 1
        self._bytes -= size if not self._users[place] else 0

    def reset(self) -> None:
        for counter in (self.kernels, self.syncs, self.to_host, self.to_device):
            counter.clear()
        self.replays = 0

    @property
    def copies(self) -> int:
        """Between host and card, in both directions."""
        return sum(self.to_host.values()) + sum(self.to_device.values())

    @property
    def touched(self) -> bool:
        """Whether anything was done on it."""
        return bool(self.kernels or self.syncs or self.copies or self.replays)

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if not types and (kwargs.get("device") is None or torch.device(kwargs["device"]).type != "pretend"):
            return func(*args, **kwargs)  # on the CPU alone
        return self.compute(func, args, kwargs)

    def compute(self, func: Any, args: Any, kwargs: dict[str, Any]) -> Any:
        if torch._C._dispatch_has_kernel_for_dispatch_key(func.name(), "CompositeImplicitAutograd"):
            with self:  # in inference mode what is made of other operations comes whole
                return func.decompose(*args, **kwargs)
        leaves, _ = tree_flatten((args, kwargs))
        tensors = [leaf for leaf in leaves if isinstance(leaf, Tensor)]
        ours = [tensor for tensor in tensors if isinstance(tensor, Pretend)]
        packet = func.overloadpacket
        device = kwargs.get("device")
        asked = torch.device(device) if device is not None else None
        if not ours and (asked is None or asked.type != "pretend"):
            return func(*args, **kwargs)
        if self.fault:
            raise RuntimeError(self.fault)
        self._refuse(func, packet, tensors, ours, asked, kwargs)
        target = asked or (INNER if ours else CPU)
        if packet is aten.copy_:
            target = INNER if isinstance(args[0], Pretend) else CPU
        wrappers = {id(tensor.held): tensor for tensor in ours}
        inner_args, inner_kwargs = tree_map(lambda x: x.held if isinstance(x, Pretend) else x, (args, kwargs))
        if asked is not None:
            inner_kwargs["device"] = CPU
        self._count(func, packet, args, ours, asked, target)
        if self.capture is None:
            result = func(*inner_args, **inner_kwargs)
        else:
            result = self.capture.record(func, inner_args, inner_kwargs)
        if target.type == "pretend" and isinstance(result, Tensor) and result.numel() > self.most_elements:
            raise torch.OutOfMemoryError(f"CUDA out of memory. Tried to allocate {result.numel() * 8 / 2**20:.2f} MiB.")

        def back(value: Any) -> Any:
            if not isinstance(value, Tensor) or isinstance(value, Pretend):
                return value
            if id(value) in wrappers:
                return wrappers[id(value)]  # in place, or out=
            return Pretend(value) if target.type == "pretend" else value

        if packet is aten.copy_ and target.type == "cpu":
            return args[0]
        if torch.Tag.inplace_view in func.tags:  # such as squeeze_: the wrapper's own shape changes with it
            with torch._C._DisableTorchDispatch():
                func(*args, **kwargs)
        for wrapper in ours:  # out= may have resized
            if wrapper.shape != wrapper.held.shape:
                raise DeviceMismatch(f"{func} resized its output from {tuple(wrapper.shape)}")
        return tree_map(back, result)

    def _refuse(self, func: Any, packet: Any, tensors: Any, ours: Any, asked: Any, kwargs: Any) -> None:
        generator = kwargs.get("generator")
        if generator is not None and generator.device.type != "cuda" and (ours or (asked and asked.type == "pretend")):
            raise DeviceMismatch(f"{func}: Expected a 'cuda' device type for generator but found 'cpu'")
        if not ours or len(ours) == len(tensors) or packet in COPYING:
            return
        foreign = [tensor for tensor in tensors if not isinstance(tensor, Pretend)]
        if packet in INDEXING and isinstance(tensors[0], Pretend):
            return  # CPU indices (and values of 0 dimensions) are moved
        pointwise = torch.Tag.pointwise in func.tags or packet is aten.where
        if packet not in INDEXING and pointwise and all(tensor.ndim == 0 for tensor in foreign):
            out = kwargs.get("out")
            written = out if out is not None else (tensors[0] if func._schema.is_mutable else None)
            if written is None or isinstance(written, Pretend):
                return
        raise DeviceMismatch(
            f"{func}: tensors on cuda:0 and cpu: "
            + ", ".join(f"{'cuda' if isinstance(t, Pretend) else 'cpu'}{tuple(t.shape)}" for t in tensors)
        )

    def _count(self, func: Any, packet: Any, args: Any, ours: Any, asked: Any, target: Any) -> None:
        name = packet.__name__
        waits = packet in SYNCHRONISING and ours
        moves = packet in COPYING and bool(ours) != (target.type == "pretend")
        if self.capture is not None and (waits or moves):
            raise RuntimeError("CUDA error: operation not permitted when stream is capturing")
        if waits:
            self.syncs[f"{name} {_where()}"] += 1
        elif (
            packet is aten.index
            and ours
            and any(isinstance(i, Tensor) and i.dtype == torch.bool for i in args[1] if i is not None)
        ):
            self.syncs[f"bool index {_where()}"] += 1
        if packet is aten._to_copy or packet is aten.copy_:
            source = args[1] if packet is aten.copy_ else args[0]
            if isinstance(source, Pretend) and target.type == "cpu":
                self.to_host[_where()] += 1
                return
            if not isinstance(source, Pretend) and target.type == "pretend":
                self.to_device[_where()] += 1
                return
        if name not in VIEWS_OR_ALLOCATIONS and not getattr(func, "is_view", False):
            self.kernels[name] += 1


def _where() -> str:
    """The nearest line of the package."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and "/ntkscope/" not in frame.f_code.co_filename:
        frame = frame.f_back
    return f"{frame.f_code.co_filename.split('/ntkscope/')[-1]}:{frame.f_lineno}" if frame else "elsewhere"


class _Moves(TorchFunctionMode):
    """ "cuda" means the pretend device; and what PyTorch refuses to do with a subclass, or would do in silence."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = dict(kwargs or {})
        name = getattr(func, "__name__", "")
        if args and isinstance(args[0], Pretend):
            if name == "tolist":
                return args[0].to(CPU).tolist()
            if name in ("numpy", "__array__"):
                raise TypeError("can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu() to copy first.")
        if name == "cuda" and args and isinstance(args[0], Tensor):
            return args[0].to(INNER)
        args = tuple(_translated(argument) for argument in args)
        if "device" in kwargs:
            kwargs["device"] = _translated(kwargs["device"])
            if name in ("tensor", "as_tensor") and kwargs["device"] == INNER:
                del kwargs["device"]
                return func(*args, **kwargs).to(INNER)
        return func(*args, **kwargs)


def _translated(value: Any) -> Any:
    if isinstance(value, str) and value.split(":")[0] == "cuda":
        return INNER
    if isinstance(value, torch.device) and value.type == "cuda":
        return INNER
    return value


@contextlib.contextmanager
def pretend_cuda(name: str = "Pretend GPU") -> Iterator[Card]:
    """A card for as long as the context is open. What the program found out of the machine before is forgotten."""
    card = Card()
    patches = {
        "is_available": lambda: True, "_lazy_init": lambda: None, "init": lambda: None, "is_initialized": lambda: True,
        "synchronize": lambda *a: None, "get_device_name": lambda *a: name, "device_count": lambda: 1,
        "current_device": lambda: 0, "empty_cache": lambda: None, "get_device_capability": lambda *a: (9, 0),
        "mem_get_info": lambda *a: (card.free_bytes, 8 << 30), "memory_reserved": lambda *a: 0,
        "memory_allocated": lambda *a: 0, "CUDAGraph": lambda: PretendGraph(card),
        "graph": lambda graph, **_: captured(card, graph), "Stream": no_stream, "current_stream": no_stream,
        "stream": lambda _: contextlib.nullcontext(),
    }  # fmt: skip
    with contextlib.ExitStack() as stack:
        for function, value in patches.items():
            stack.enter_context(mock.patch.object(torch.cuda, function, value))
        # Inference tensors and wrappers do not go together (version counters); the devices are the same without.
        stack.enter_context(mock.patch.object(torch, "inference_mode", _no_inference))
        Card.now = card
        stack.callback(setattr, Card, "now", None)
        stack.enter_context(_Moves())
        stack.enter_context(card)
        stack.enter_context(mock.patch.object(card_probe, "card_speed", return_value=SPEED))
        card_probe.look_at_card.cache_clear()
        stack.callback(card_probe.look_at_card.cache_clear)
        yield card


def _no_inference(on: bool = True) -> Any:
    return torch.no_grad() if on else contextlib.nullcontext()
