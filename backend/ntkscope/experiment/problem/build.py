"""From a config to what is trained: points, encoded inputs, targets, grid, network."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from ntkscope.errors import InvalidInput
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.problem.points import Geometry, lay_points
from ntkscope.experiment.problem.scaling import InputScaling
from ntkscope.experiment.problem.seeds import generator
from ntkscope.experiment.problem.targets import target_function
from ntkscope.numerics.activations import activation
from ntkscope.numerics.architecture import Architecture
from ntkscope.numerics.encodings import fourier_features, fourier_matrix, positional
from ntkscope.numerics.mlp import MLP
from ntkscope.numerics.stages import Stages, complete
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.network import FourierFeatures, Network, NoEncoding, Positional

FloatArray = NDArray[np.float64]
# The config's fields that shape an activation, by the names of its parameters.
SHAPES = {"leaky_relu": {"alpha": "leaky_slope"}, "rbf": {"gamma": "rbf_gamma"}}


@dataclass(frozen=True)
class Problem:
    """Everything a training needs but the network's parameters; float64 on the CPU.

    `inputs` and `grid_inputs` are as drawn (angles on a circle), `coordinates` as the encoding sees them (scaled,
    where data.scale_inputs asks for it), `encoded` as the network does. `start` and `length`: the range over which
    frequencies count periods.
    """

    geometry: Geometry
    inputs: FloatArray
    coordinates: Float[Tensor, "n d"]
    encoded: Float[Tensor, "n features"]
    targets: Float[Tensor, " n"]
    clean: Float[Tensor, " n"]
    grid_inputs: FloatArray
    grid_encoded: Float[Tensor, "g features"]
    grid_target: Float[Tensor, " g"] | None
    grid_shape: list[int]
    equispaced: Literal["circle", "interval"] | None
    start: float
    length: float
    notices: list[str]
    architecture: Architecture


def build(config: RunConfig, dataset: Table | None = None) -> Problem:
    """Lays the points, evaluates the target and encodes the inputs.

    Args:
        config: What to build.
        dataset: The uploaded table, where the config names one.

    Raises:
        InvalidInput: a formula at fault, or a zero target that is to be scaled.
        NotFound: the config names a table and none is given.
    """
    data = config.data
    points = lay_points(data, config.seed, dataset)
    function = target_function(data.target, points, config.seed)
    grid_target: FloatArray | None
    if function is None:
        assert dataset is not None, "the schema lets a table's target go with its own points only"
        clean, grid_target = dataset.y, None
    else:
        clean = function(points.inputs, points.coordinates)
        grid_target = function(points.grid_inputs, points.grid_coordinates)
    scale = _scale(clean, data.norm)
    targets = torch.from_numpy(scale * clean)
    noisy = targets
    if data.noise > 0:
        state = generator(config.seed, "noise")
        noisy = targets + data.noise * torch.randn(len(clean), generator=state, dtype=torch.float64)
    scaling = InputScaling.of(points, data.scale_inputs)
    coordinates = torch.from_numpy(scaling(points.coordinates))
    encoded = _encode(config, coordinates)
    return Problem(
        geometry=points.geometry,
        inputs=points.inputs,
        coordinates=coordinates,
        encoded=encoded,
        targets=noisy,
        clean=targets,
        grid_inputs=points.grid_inputs,
        grid_encoded=_encode(config, torch.from_numpy(scaling(points.grid_coordinates))),
        grid_target=None if grid_target is None else torch.from_numpy(scale * grid_target),
        grid_shape=points.grid_shape,
        equispaced=points.equispaced,
        start=points.start,
        length=points.length,
        notices=[*scaling.notices, *_notices(encoded, noisy)],
        architecture=architecture_of(config.network),
    )


def build_network(problem: Problem, seed: int, device: str = "cpu") -> MLP:
    """The problem's network at its start, float64."""
    return complete(network_stages(problem, seed, device))


def network_stages(problem: Problem, seed: int, device: str = "cpu") -> Stages[MLP]:
    """`build_network`, with a stop every some tenths of a second."""
    state = generator(seed, "network")
    return MLP.create_stages(problem.encoded.shape[1], problem.architecture, generator=state, device=device)


def architecture_of(network: Network) -> Architecture:
    """The config's network as numerics know it."""
    shaped = {name: getattr(network, field) for name, field in SHAPES.get(network.activation, {}).items()}
    return Architecture(
        depth=network.depth,
        activation=activation(network.activation, **shaped),
        sigma_w=network.sigma_w,
        sigma_b=network.sigma_b,
        width=network.width if isinstance(network.width, int) else tuple(network.width),
        bias=network.bias,
        parameterization=network.parameterization,
        output_scale=network.output_scale,
        initialization=network.initialization,
    )


def _scale(clean: FloatArray, norm: float | None) -> float:
    if norm is None:
        return 1.0
    size = float(np.linalg.norm(clean))
    if size == 0 or not np.isfinite(norm / size):
        raise InvalidInput(
            "A target that is not zero, if it is to be scaled.",
            "a target that is zero at every training point",
            "Choose another target, or leave data.norm empty.",
            "data.norm",
        )
    return norm / size


def _encode(config: RunConfig, x: Float[Tensor, "n d"]) -> Float[Tensor, "n features"]:
    match config.network.encoding:
        case NoEncoding():
            return x
        case FourierFeatures(rows=rows, spread=spread):
            matrix = fourier_matrix(rows, x.shape[1], spread, generator(config.seed, "encoding"))
            return fourier_features(x, matrix)
        case Positional(octaves=octaves):
            return positional(x, octaves)


def _notices(encoded: Float[Tensor, "n features"], targets: Float[Tensor, " n"]) -> list[str]:
    n = len(encoded)
    notices = []
    if n == 1:
        notices.append("There is one training point, so there is one mode and no other to compare it with.")
    rounded = np.round(encoded.numpy() / max(float(encoded.abs().max()), 1e-300), 12) + 0.0
    rows = [row.tobytes() for row in rounded]
    equal = n - len(set(rows))
    if equal:
        by_row: dict[bytes, set[float]] = {}
        for row, target in zip(rows, targets.tolist(), strict=True):
            by_row.setdefault(row, set()).add(target)
        contradict = any(len(values) > 1 for values in by_row.values())
        notices.append(
            f"{equal} training point{'s equal' if equal > 1 else ' equals'} another for the network, so the "
            "kernel has an eigenvalue 0, which never learns"
            + ("; where their targets differ, the difference stays." if contradict else ".")
        )
    if not targets.any():
        notices.append("The target is zero at every training point.")
    return notices
