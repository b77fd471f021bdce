"""A run is what PyTorch does: nn.Sequential, nn.MSELoss and torch.optim.SGD by hand, from the same initial weights."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from ntkscope.experiment.theory.initial_state import initial
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import Finished, Frame, Started
from tests.cases import config, of, run

STEPS = 60
LOSSES = {
    "half_sum": lambda f, y: nn.MSELoss(reduction="sum")(f, y) / 2,
    "sum": nn.MSELoss(reduction="sum"),
    "mean": nn.MSELoss(),
}
MODULES = {
    "relu": nn.ReLU(), "tanh": nn.Tanh(), "sigmoid": nn.Sigmoid(), "elu": nn.ELU(), "selu": nn.SELU(),
    "gelu": nn.GELU(), "silu": nn.SiLU(), "softplus": nn.Softplus(), "leaky_relu": nn.LeakyReLU(0.01),
}  # fmt: skip
CIRCLE, PLANE = {"kind": "circle", "n": 13}, {"kind": "random", "n": 20, "d": 2}
PRODUCT = {"kind": "formula", "text": "x1*x2"}
SETTINGS: dict[str, dict[str, Any]] = {
    "relu, as PyTorch does": {"activation": "relu", "initialization": "torch_linear", "loss": "mean", "rate": 0.05},
    "three widths": {
        "activation": "relu", "width": [40, 20, 7], "initialization": "torch_linear", "loss": "mean", "rate": 0.1,
    },
    "tanh, as Keras does": {"activation": "tanh", "depth": 2, "initialization": "glorot", "loss": "mean", "rate": 0.05},
    "sigmoid, the sum": {"activation": "sigmoid", "initialization": "glorot", "loss": "sum", "rate": 3e-3},
    "elu by he": {"activation": "elu", "depth": 2, "initialization": "he", "loss": "mean", "rate": 0.01},
    "selu, points at 0": {"activation": "selu", "initialization": "glorot", "loss": "mean", "rate": 0.02},
    "relu by he, points at 0": {"activation": "relu", "depth": 3, "initialization": "he", "loss": "sum", "rate": 1e-3},
    "silu, no biases": {
        "activation": "silu", "initialization": "torch_linear", "bias": False, "loss": "mean", "rate": 0.3,
        "points": CIRCLE,
    },
    "gelu, half the sum, two inputs": {
        "activation": "gelu", "width": [30, 15], "initialization": "torch_linear", "rate": 0.01, "points": PLANE,
        "target": PRODUCT,
    },
    "softplus, normal": {"activation": "softplus", "sigma_w": 1.0, "sigma_b": 0.1, "loss": "mean", "rate": 0.02},
    "leaky relu, float32": {
        "activation": "leaky_relu", "depth": 2, "initialization": "torch_linear", "loss": "mean", "rate": 0.05,
        "precision": "float32",
    },
}  # fmt: skip


def settings(chosen: dict[str, Any]) -> RunConfig:
    chosen = dict(chosen)
    fields = {
        "training__learning_rate": {"kind": "given", "value": chosen.pop("rate")},
        "training__loss": chosen.pop("loss", "half_sum"),
        "training__precision": chosen.pop("precision", "float64"),
        "training__stop": {"steps": STEPS},
        "data__points": chosen.pop("points", {"kind": "interval", "n": 16}),
        "data__target": chosen.pop("target", {"kind": "sinusoids", "frequencies": [1, 2]}),
        "recording__frames": STEPS + 1,
    }
    network = {"parameterization": "standard", "centered": False, "width": 32, **chosen}
    if isinstance(network["width"], list):
        network["depth"] = len(network["width"])
    return config(**fields, **{f"network__{name}": value for name, value in network.items()})


def by_hand(made: RunConfig) -> nn.Sequential:
    """The network as a PyTorch user writes it, with the run's initial weights copied in."""
    start = initial(made)
    sizes = [start.probe.inputs.shape[1], *made.network.widths, 1]
    layers: list[nn.Module] = []
    for index, (fan_in, fan_out) in enumerate(pairwise(sizes)):
        linear = nn.Linear(fan_in, fan_out, bias=made.network.bias, dtype=start.network.dtype)
        with torch.no_grad():
            linear.weight.copy_(start.network.weights[index].T)
            if start.network.biases is not None:
                linear.bias.copy_(start.network.biases[index])
        layers += [linear, MODULES[made.network.activation]]
    return nn.Sequential(*layers[:-1])


@pytest.mark.parametrize("name", SETTINGS)
def test_step_by_step_to_round_off(name: str) -> None:
    made = settings(SETTINGS[name])
    events = run(made)
    start, frames = initial(made), of(events, Frame)
    assert [frame.step for frame in frames] == list(range(STEPS + 1))
    model, x = by_hand(made), start.probe.inputs
    y = start.problem.targets.to(x)[:, None]
    rate = made.training.learning_rate
    assert rate.kind == "given"
    optimizer, loss = torch.optim.SGD(model.parameters(), lr=rate.value), LOSSES[made.training.loss]
    tolerance = 1e-11 if x.dtype == torch.float64 else 1e-5
    for frame in frames:
        fitted = model(x)
        np.testing.assert_allclose(frame.fitted, fitted.detach().double().numpy()[:, 0], rtol=0, atol=tolerance)
        optimizer.zero_grad()
        loss(fitted, y).backward()
        optimizer.step()
    assert frames[-1].loss < 0.97 * frames[0].loss  # it moved at all


def test_the_loss_to_stop_at_and_what_is_said_of_its_units() -> None:
    """The run ends where PyTorch's mean is at the number that was given; everything else is of half the sum."""
    chosen = settings(SETTINGS["relu, as PyTorch does"])
    whole = of(run(chosen), Frame)
    goal = float(2 * whole[40].loss / 16 * (1 + 1e-9))
    stop = chosen.training.stop.model_copy(update={"loss": goal})
    stopped = run(chosen.model_copy(update={"training": chosen.training.model_copy(update={"stop": stop})}))
    (started,), (finished,) = of(stopped, Started), of(stopped, Finished)
    assert (finished.reason, finished.step) == ("loss", 40)
    assert started.learning_rate == pytest.approx(2 * 0.05 / 16)
    said = next(notice for notice in started.notices if "mean" in notice)
    assert said.startswith(
        "The rate 0.0500 of the mean of squares over 16 points (MSELoss as it is) is 0.00625 of half the sum"
    )
    assert "the loss to stop at" in said
