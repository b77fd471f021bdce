"""A run as some twenty lines of plain PyTorch: the same points, the same initial weights, the same losses."""

import base64
from itertools import pairwise

import numpy as np
from torch import Tensor

from ntkscope.errors import InvalidInput
from ntkscope.experiment.problem.build import Problem
from ntkscope.experiment.problem.loss import half_sums
from ntkscope.experiment.problem.seeds import torch_seed
from ntkscope.experiment.theory.initial_state import last_step
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.network import Encoding, FourierFeatures, InitializationName, Network, NoEncoding, Positional
from ntkscope.schemas.training import LossName

MOST_WRITTEN = 600  # numbers that are written as one reads them; more are packed
LOSSES: dict[LossName, str] = {
    "half_sum": "lambda f, y: nn.MSELoss(reduction='sum')(f, y) / 2",
    "sum": "nn.MSELoss(reduction='sum')",
    "mean": "nn.MSELoss()",
}
# What is done for each layer; nothing for torch_linear, whose layers draw themselves when they are made.
WEIGHTS: dict[InitializationName, str] = {
    "normal": "layer.weight.data = {deviation} * torch.randn(layer.in_features, layer.out_features).T.contiguous()",
    "glorot": "nn.init.xavier_uniform_(layer.weight)",
    "he": "nn.init.kaiming_normal_(layer.weight)",
}
BIASES: dict[InitializationName, str] = {
    "normal": "layer.bias.data = {deviation} * torch.randn(layer.out_features)",
    "glorot": "nn.init.zeros_(layer.bias)",
    "he": "nn.init.zeros_(layer.bias)",
}


def torch_script(config: RunConfig, problem: Problem, learning_rate: float) -> str:
    """The text of a Python file; after it has run, `losses` holds the loss at every step.

    Args:
        config: Of the run.
        problem: Its points and targets.
        learning_rate: Of half the sum of squares.

    Raises:
        InvalidInput: nobody has written the activation in PyTorch's words.
    """
    n, network, training = len(problem.targets), config.network, config.training
    rate = learning_rate / half_sums(training.loss, n)
    phi, own = _activation(problem)
    scale = network.output_scale / (network.last_width**0.5 if network.parameterization == "mean_field" else 1.0)
    output = "model(x)" if scale == 1 else f"{scale!r} * model(x)"
    single = training.precision == "float32"
    lines = [
        f"# {n} points, seed {config.seed}: the losses of the run, from the same initial weights. Needs PyTorch alone.",
        *(["import base64", ""] if _packed(problem) else []),
        "import torch",
        "from torch import nn",
        "",
        "torch.set_default_dtype(torch.float64)",
        f"x = {_numbers(problem.coordinates)}.view({n}, -1)",
        f"y = {_numbers(problem.targets)}.view({n}, 1)",
        *_encoding(network.encoding, config.seed),
        *own,
        *_model(network, problem.encoded.shape[1], phi, torch_seed(config.seed, "network")),
        *(["model, x, y = model.float(), x.float(), y.float()"] if single else []),
        *([f"y = y + ({output}).detach()  # start from zero: f - f_0 learns y"] if network.centered else []),
        f"loss_of = {LOSSES[training.loss]}",
        f"optimizer = torch.optim.SGD(model.parameters(), lr={rate!r})",
        "losses = []",
        f"for step in range({last_step(config, learning_rate) + 1}):",
        f"    loss = loss_of({output}, y)",
        "    losses.append(loss.item())  # before the step",
        "    optimizer.zero_grad()",
        "    loss.backward()",
        "    optimizer.step()",
        'print(f"loss {losses[0]:.6g} at step 0, {losses[-1]:.6g} at step {len(losses) - 1}")',
    ]
    return "\n".join(lines) + "\n"


def _activation(problem: Problem) -> tuple[str, list[str]]:
    """How the model names phi, and the class that it needs where PyTorch has no module of it."""
    phi = problem.architecture.activation
    if not phi.pytorch:
        raise InvalidInput(
            "An activation that is written in PyTorch's words.", phi.name, "Write the script yourself.", "activation"
        )
    if phi.pytorch.startswith("nn."):
        return phi.pytorch, []
    own = ["class Phi(nn.Module):", "    def forward(self, z):", f"        return {phi.pytorch}"]
    return "Phi()", own


def _encoding(encoding: Encoding, seed: int) -> list[str]:
    match encoding:
        case FourierFeatures(rows=rows, spread=spread):
            drawn = f"{spread!r} * torch.randn({rows}, x.shape[1])"
            angles = [f"torch.manual_seed({torch_seed(seed, 'encoding')})", f"angles = 2 * torch.pi * x @ ({drawn}).T"]
        case Positional(octaves=octaves):
            angles = [f"angles = (torch.pi * x[:, :, None] * 2.0 ** torch.arange({octaves})).flatten(1)"]
        case NoEncoding():
            return []
    return [*angles, "x = 2**0.5 * torch.cat([angles.cos(), angles.sin()], 1)"]


def _model(network: Network, inputs: int, phi: str, seed: int) -> list[str]:
    """The layers and their draw: nn.Linear, or one with the parameterization's factors."""
    sizes, bias = [inputs, *network.widths, 1], "" if network.bias else ", bias=False"
    plain = network.parameterization == "standard"
    layer = "nn.Linear" if plain else "Scaled"
    modules = []
    for fan_in, fan_out in pairwise(sizes):
        modules += [f"{layer}({fan_in}, {fan_out}{bias})", phi]
    made = f"model = nn.Sequential({', '.join(modules[:-1])})"
    drawn = f"torch.manual_seed({seed})"
    if network.initialization == "torch_linear":
        return [f"{drawn}  # nn.Linear draws its own weights", made]
    own = [] if plain else [
        "class Scaled(nn.Linear):",
        "    def forward(self, a):",
        f"        z = {network.sigma_w!r} / self.in_features**0.5 * (a @ self.weight.T)",
        f"        return z + {network.sigma_b!r} * self.bias" if network.bias else "        return z",
    ]  # fmt: skip
    weight = f"{network.sigma_w!r} / layer.in_features**0.5" if plain else "1"
    lines = [WEIGHTS[network.initialization].format(deviation=weight)]
    if network.bias:
        lines.append(BIASES[network.initialization].format(deviation=f"{network.sigma_b!r}" if plain else "1"))
    return [*own, made, drawn, "for layer in model[::2]:", *(f"    {line}" for line in lines)]


def _packed(problem: Problem) -> bool:
    return max(problem.coordinates.numel(), problem.targets.numel()) > MOST_WRITTEN


def _numbers(values: Tensor) -> str:
    """As PyTorch reads them back, bit for bit: a list, or where they are many their bytes in base 64."""
    flat = values.flatten().tolist()
    if len(flat) <= MOST_WRITTEN:
        return f"torch.tensor({flat!r})"
    text = base64.b64encode(np.array(flat, dtype="<f8").tobytes()).decode()
    return f'torch.frombuffer(bytearray(base64.b64decode("{text}")), dtype=torch.float64)'
