"""The plain PyTorch of a run, executed: its losses are the run's."""

from collections.abc import Iterator
from typing import Any, get_args

import numpy as np
import pytest
import torch

from ntkscope.errors import InvalidInput
from ntkscope.experiment.problem.build import build
from ntkscope.experiment.theory.initial_state import initial
from ntkscope.experiment.torch_script import torch_script
from ntkscope.numerics.elementwise import Activation
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import Frame
from ntkscope.schemas.network import ActivationName
from tests.cases import config, of, run

STANDARD = {"network__parameterization": "standard", "network__sigma_w": 1.0, "network__sigma_b": 0.3}
CASES: dict[str, dict[str, Any]] = {
    "the defaults": {},
    "two layers": {"network__depth": 2, "network__activation": "relu"},
    "mean field, scaled output": {"network__parameterization": "mean_field", "network__output_scale": 3.0},
    "no biases": {"network__bias": False, "data__points": {"kind": "circle", "n": 16}},
    "standard": STANDARD | {"network__centered": False},
    "standard without biases": STANDARD | {"network__bias": False, "data__points": {"kind": "circle", "n": 16}},
    "torch_linear of widths": STANDARD | {
        "network__initialization": "torch_linear", "network__width": [40, 20, 7], "network__depth": 3,
        "network__activation": "relu", "network__centered": False, "training__loss": "mean",
    },
    "torch_linear without biases": STANDARD | {
        "network__initialization": "torch_linear", "network__bias": False,
        "data__points": {"kind": "arcs", "counts": [9, 4]},
    },
    "glorot": STANDARD | {"network__initialization": "glorot", "training__loss": "sum", "network__activation": "selu"},
    "he": STANDARD | {"network__initialization": "he", "network__depth": 2, "network__activation": "leaky_relu"},
    "fourier features": {"network__encoding": {"kind": "fourier", "rows": 6, "spread": 1.5}},
    "positional": {"network__encoding": {"kind": "positional", "octaves": 3}, "network__sigma_w": 1.0},
    "two inputs, scaled, with noise": {
        "data__points": {"kind": "random", "n": 20, "d": 2}, "data__scale_inputs": "standardize", "data__noise": 0.1,
        "data__target": {"kind": "formula", "text": "x1*x2"}, "data__norm": 2.0,
    },
    "many points": {"data__points": {"kind": "interval", "n": 700}, "training__stop__steps": 20},
    "single": {"training__precision": "float32"},
    "till a time": {
        "training__stop": {"steps": 500, "time": 0.05}, "training__learning_rate": {"kind": "given", "value": 1e-3},
    },
}  # fmt: skip


@pytest.fixture(autouse=True)
def _default_dtype() -> Iterator[None]:
    before = torch.get_default_dtype()
    yield
    torch.set_default_dtype(before)


def executed(made: RunConfig) -> list[float]:
    names: dict[str, Any] = {}
    exec(compile(torch_script(made, build(made), initial(made).learning_rate), "script.py", "exec"), names)
    losses: list[float] = names["losses"]
    return losses


def agrees(made: RunConfig) -> None:
    losses, frames = executed(made), of(run(made), Frame)
    assert len(losses) == frames[-1].step + 1
    units = {"half_sum": 1.0, "sum": 2.0, "mean": 2.0 / len(frames[0].fitted)}[made.training.loss]
    tolerance = 1e-8 if made.training.precision == "float64" else 1e-3
    expected = [units * frame.loss for frame in frames]
    np.testing.assert_allclose(
        [losses[frame.step] for frame in frames], expected, rtol=tolerance, atol=1e-13 * expected[0]
    )


@pytest.mark.parametrize("name", CASES)
def test_its_losses_are_the_run_s(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    made = config(**CASES[name])
    agrees(made)
    assert capsys.readouterr().out.startswith("loss ")
    lines = torch_script(made, build(made), 0.01).splitlines()
    assert len(lines) <= 36
    assert sum(bool(line.strip()) for line in lines) <= 33


@pytest.mark.parametrize("name", get_args(ActivationName))
def test_every_activation_is_written(name: ActivationName) -> None:
    agrees(config(**STANDARD, network__activation=name, training__stop__steps=20))


@pytest.mark.parametrize(("name", "field", "value"), [("leaky_relu", "leaky_slope", -0.3), ("rbf", "rbf_gamma", 0.4)])
def test_what_shapes_it_is_written_too(name: str, field: str, value: float) -> None:
    shaped = {f"network__{field}": value, "network__activation": name}
    agrees(config(**STANDARD, **shaped, training__stop__steps=20))


def test_the_usual_case_has_twenty_lines_or_so() -> None:
    made = config(**CASES["torch_linear of widths"])
    text = torch_script(made, build(made), 0.01)
    assert len([line for line in text.splitlines() if line.strip()]) <= 20
    assert "nn.Sequential(nn.Linear(1, 40), nn.ReLU(), nn.Linear(40, 20), nn.ReLU(), nn.Linear(20, 7)" in text


def test_an_activation_that_nobody_has_written_is_refused() -> None:
    problem = build(config())
    square = Activation("square", torch.square, lambda z: 2 * z)
    of_another = problem.architecture.__class__(**{**problem.architecture.__dict__, "activation": square})
    other = problem.__class__(**{**problem.__dict__, "architecture": of_another})
    with pytest.raises(InvalidInput, match="written in PyTorch's words"):
        torch_script(config(), other, 0.01)
