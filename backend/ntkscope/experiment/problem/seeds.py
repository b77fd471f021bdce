"""Independent random streams from one seed."""

import hashlib
from typing import Literal

import torch

Stream = Literal["network", "encoding", "points", "grid", "target", "noise", "subset", "hold_out"]


def generator(seed: int, stream: Stream) -> torch.Generator:
    """A generator on the CPU whose numbers depend on the seed and the stream's name only.

    What one stream draws never shifts another: more noise leaves the network as it was.
    """
    state = torch.Generator(device="cpu")
    state.manual_seed(torch_seed(seed, stream))
    return state


def torch_seed(seed: int, stream: Stream) -> int:
    """What `torch.manual_seed` takes for the same numbers."""
    digest = hashlib.sha256(f"ntkscope/{seed}/{stream}".encode()).digest()
    return int.from_bytes(digest[:8], "little") >> 1
