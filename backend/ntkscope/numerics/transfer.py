"""From a card to the host in one copy: every copy waits until the card has done all that it was told."""

import torch
from torch import Tensor


def to_host(*tensors: Tensor) -> list[Tensor]:
    """The same tensors on the CPU in float64.

    Args:
        tensors: All on one device, of any shapes. From a card they come side by side in one copy, for which the card
            holds them once more.
    """
    if len(tensors) == 1 or not any(tensor.is_cuda for tensor in tensors):
        return [tensor.double().cpu() for tensor in tensors]
    together = torch.cat([tensor.double().flatten() for tensor in tensors]).cpu()
    parts = torch.split(together, [tensor.numel() for tensor in tensors])
    return [part.view(tensor.shape) for part, tensor in zip(parts, tensors, strict=True)]
