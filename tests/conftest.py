"""For every test: shapes and types of numerics are checked at run time, and PyTorch keeps to one thread."""

import hypothesis
import pytest
import torch
from jaxtyping import install_import_hook

import tests.typechecks  # noqa: F401  (the hook below finds it by name, without importing it)

install_import_hook("ntkscope.numerics", "tests.typechecks.checked")
torch.set_num_threads(1)
hypothesis.settings.register_profile("untimed", deadline=None)  # other checks use the processors too
hypothesis.settings.load_profile("untimed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: Playwright keeps an event loop running, under which asyncio.run refuses to start."""
    items.sort(key=lambda item: item.get_closest_marker("e2e") is not None)
