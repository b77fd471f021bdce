"""Looks at the graphics card: whether it computes, what it is, what is free on it, how fast it is.

Only a worker, or a program that trains by itself, looks. The server's own process takes a worker's word.
"""

import warnings
from functools import cache

import torch

from ntkscope.experiment.card import ABSENT, Card
from ntkscope.experiment.machine import card_speed

SIDE = 64  # of the product that is checked; its entries are whole numbers far below 2^53, so that it is exact
NOBODY_THERE = ("Found no NVIDIA driver", "No CUDA GPUs are available")


def may_have_card() -> bool:
    """Whether this PyTorch could use one at all. Touches none."""
    return torch.version.cuda is not None


@cache
def look_at_card() -> Card:
    """Looks once, by a small product whose result is known: PyTorch says that CUDA is there also of a card for which
    its wheel has no kernels, and of one that another process holds alone."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an old driver's: what it says is asked for below
        there = torch.cuda.is_available()
    if not there:
        return _why_there_is_none()
    name = capability = ""
    try:
        name, capability = torch.cuda.get_device_name(), "{}.{}".format(*torch.cuda.get_device_capability())
        _check_product()
        free, total = torch.cuda.mem_get_info()
        speed = card_speed()
        torch.cuda.empty_cache()
    except Exception as error:  # whatever the driver says: the card is not used, and the reason is told
        return Card("refused", name, capability, _driver(), trouble=first_line(error))
    return Card("ready", name, capability, _driver(), free, total, speed)


def free_on_card() -> int:
    """Bytes that this process can still take there: what nobody has, and what its own cache keeps."""
    free, _ = torch.cuda.mem_get_info()
    return int(free) + torch.cuda.memory_reserved() - torch.cuda.memory_allocated()


def first_line(error: Exception) -> str:
    """The driver's sentence, without PyTorch's advice on debugging below it."""
    lines = str(error).strip().splitlines()
    return lines[0].strip() if lines else type(error).__name__


def _check_product() -> None:
    """A product and a sum in float64, to the bit.

    Raises:
        RuntimeError: they are wrong, or what PyTorch raises where they cannot be computed.
    """
    counted = torch.arange(SIDE * SIDE, dtype=torch.float64).view(SIDE, SIDE)
    there = counted.to("cuda")
    found = (there @ there + there).cpu()
    if not torch.equal(found, counted @ counted + counted):
        raise RuntimeError(f"a product of two {SIDE} x {SIDE} matrices came back wrong")


def _why_there_is_none() -> Card:
    """Nothing to say without CUDA, a driver or a card; a driver that is too old is told."""
    if not may_have_card():
        return ABSENT
    try:
        torch.cuda.init()  # type: ignore[no-untyped-call]
    except Exception as error:  # the driver's sentence, which is_available keeps to itself
        trouble = first_line(error)
        return ABSENT if trouble.startswith(NOBODY_THERE) else Card("refused", driver=_driver(), trouble=trouble)
    return ABSENT


def _driver() -> str:
    """The newest CUDA that the driver knows, such as 13.0; empty where it does not say."""
    ask = getattr(torch._C, "_cuda_getDriverVersion", None)
    try:
        version = int(ask()) if ask else 0
    except Exception:  # it is told that it cannot be told
        version = 0
    return f"{version // 1000}.{version % 1000 // 10}" if version else ""
