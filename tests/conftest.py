"""For every test: shapes and types of numerics are checked at run time, and PyTorch keeps to one thread."""

import torch
from jaxtyping import install_import_hook

install_import_hook("ntkscope.numerics", "beartype.beartype")
torch.set_num_threads(1)
