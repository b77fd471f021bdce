"""For every test: shapes and types of numerics are checked at run time, and PyTorch keeps to one thread."""

import torch
from jaxtyping import install_import_hook

import tests.typechecks  # noqa: F401  (the hook below finds it by name, without importing it)

install_import_hook("ntkscope.numerics", "tests.typechecks.checked")
torch.set_num_threads(1)
