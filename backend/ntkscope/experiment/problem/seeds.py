"""Independent random streams from one seed."""

import hashlib
from typing import Literal

import torch

Stream = Literal["network", "encoding", "points", "grid", "target", "noise", "subset", "hold_out"]


def generator(seed: int, stream: Stream) -> torch.Generator:
    """A generator on the CPU whose numbers depend on the seed and the stream's name only.

    What one stream draws never shifts another: more noise leaves the network as it was.
    """
    digest = hashlib.sha256(f"ntkscope/{seed}/{stream}".encode()).digest()
    state = torch.Generator(device="cpu")
    state.manual_seed(int.from_bytes(digest[:8], "little") >> 1)
    return state
