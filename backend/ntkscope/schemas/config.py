"""RunConfig: everything a run depends on.

The same config and seed give the same run; bit for bit on one machine, build of PyTorch and thread count.
"""

import hashlib
import json
from functools import reduce
from operator import getitem
from typing import Any

from ntkscope.schemas.base import Model, field
from ntkscope.schemas.data import Data
from ntkscope.schemas.network import Network
from ntkscope.schemas.training import Recording, Training

# Fields that were added later, with their defaults: there they stay out of the digest, so old configs keep theirs.
ADDED: dict[tuple[str, ...], Any] = {
    ("data", "scale_inputs"): "none",
    ("data", "scale_targets"): "none",
    ("data", "hold_out"): {"kind": "none"},
    ("data", "points", "x"): [],
    ("data", "points", "y"): "",
    ("data", "points", "separator"): "auto",
    ("data", "points", "decimal"): "auto",
    ("data", "points", "missing"): "refuse",
    ("data", "points", "subset"): "all",
    ("data", "points", "most_rows"): 1000,
    ("network", "initialization"): "normal",
    ("training", "loss"): "half_sum",
}


class RunConfig(Model):
    """One training, as a value."""

    data: Data = field(Data(), title="Target", help="What is learnt.")
    network: Network = field(Network(), title="Network", help="Which network learns it.")
    training: Training = field(Training(), title="Training", help="How it is trained.")
    recording: Recording = field(Recording(), title="Recording", help="What is written down.")
    seed: int = field(0, title="Seed", help="Fixes everything that is drawn at random.", ge=0, le=2**53 - 1)

    def digest(self) -> str:
        """SHA-256 of the config's canonical JSON: two configs are the same run exactly if this is equal."""
        fields = self.model_dump(mode="json")
        for (*path, name), default in ADDED.items():
            part = reduce(getitem, path, fields)
            if part.get(name) == default:
                del part[name]
        text = json.dumps(fields, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
