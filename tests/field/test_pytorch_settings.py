"""Public questions whose settings are PyTorch's: typed as they are, they mean what they mean there."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from ntkscope.experiment.preview import preview
from ntkscope.experiment.theory.initial_state import initial
from ntkscope.numerics import MLP, empirical_ntk, spectrum
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.network import Network

FOLDER = Path(__file__).parent
ABOVE = "is above 2/λ₁"


def fields(name: str) -> dict[str, Any]:
    return json.loads((FOLDER / f"{name}.json").read_text())  # type: ignore[no-any-return]


def test_a_rate_of_the_mean_trains_as_it_does_in_pytorch() -> None:
    """2e-3 with nn.MSELoss over 1,500 points is 2 * 2e-3 / 1500 of half the sum."""
    typed = fields("forum_sin2x_rate_as_typed")
    assert any(ABOVE in text for text in preview(RunConfig.model_validate(typed)).warnings)
    typed["training"]["loss"] = "mean"
    typed["network"]["initialization"] = "torch_linear"
    said = preview(RunConfig.model_validate(typed))
    assert not any(ABOVE in text for text in said.warnings)
    assert said.spectrum is not None
    assert said.spectrum.learning_rate == pytest.approx(2 * 2e-3 / 1500)
    (units,) = (text for text in said.notices if "mean of squares over 1,500 points" in text)
    assert "is 2.67×10⁻⁶ of half the sum of squares" in units


def test_pytorch_s_own_start_is_its_own() -> None:
    """λ of K_0: 1148 and 299 for torch.manual_seed(0) and 64 points on [-1, 1], where σ_w = 4, σ_b = 2 give 1e5."""
    points = {"kind": "interval", "n": 64, "include_end": True}
    chosen = {"width": 256, "depth": 2, "activation": "relu", "parameterization": "standard"}
    chosen["initialization"] = "torch_linear"
    begun = initial(RunConfig.model_validate({"data": {"points": points}, "network": chosen}))
    torch.manual_seed(0)
    layers = [nn.Linear(1, 256), nn.Linear(256, 256), nn.Linear(256, 1)]
    weights = [layer.weight.detach().double().T for layer in layers]
    own = MLP.from_parameters(weights, [layer.bias.detach().double() for layer in layers], begun.problem.architecture)
    found = spectrum(empirical_ntk(own, begun.problem.encoded)).eigenvalues
    assert found[:2].tolist() == pytest.approx([1148.39, 298.99], abs=0.01)
    assert 750 < float(begun.kernel.spectrum.eigenvalues[0]) < 1250  # another seed's
    left = fields("forum_sin2x_standard_defaults")["network"]
    assert Network.model_validate(left).initialization == "normal"  # and stays what it was


def test_sigmoid_is_known() -> None:
    said = preview(RunConfig.model_validate(fields("x4_sigmoid")))
    assert said.spectrum is not None
    assert any("The target is large" in text for text in said.warnings)
