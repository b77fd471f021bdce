"""From a config to what is trained: points, encoded inputs, targets, grid, network."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.problem.points import Geometry, lay_points
from ntkscope.experiment.problem.scaling import InputScaling
from ntkscope.experiment.problem.seeds import generator
from ntkscope.experiment.problem.split import grid_values, held_out, split, taken
from ntkscope.experiment.problem.target_scaling import TargetScaling, checked_size
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
    where data.scale_inputs asks for it), `encoded` as the network does. Targets are as they are trained on (scaled,
    where data.scale_targets asks for it), but for `observed`, which is `targets` in the person's own units.
    `grid_tested`: the points of the grid that were held out; None where the error is told on all of it.
    `start` and `length`: the range over which frequencies count periods.
    """

    geometry: Geometry
    inputs: FloatArray
    coordinates: Float[Tensor, "n d"]
    encoded: Float[Tensor, "n features"]
    observed: FloatArray
    targets: Float[Tensor, " n"]
    clean: Float[Tensor, " n"]
    grid_inputs: FloatArray
    grid_encoded: Float[Tensor, "g features"]
    grid_target: Float[Tensor, " g"] | None
    grid_shape: list[int]
    grid_tested: NDArray[np.bool_] | None
    equispaced: Literal["circle", "interval"] | None
    start: float
    length: float
    notices: list[str]
    architecture: Architecture
    target_scaling: TargetScaling

    @property
    def held_out(self) -> list[int] | None:
        """Numbers of the grid's points that are data held out; None where there are none."""
        return None if self.grid_tested is None else np.flatnonzero(self.grid_tested).tolist()

    def test_error(self, function: Float[Tensor, " g"]) -> float | None:
        """Mean squared error of a function on the grid, where points are held out on those; None where y is unknown."""
        if self.grid_target is None:
            return None
        known = ~torch.isnan(self.grid_target)
        if self.grid_tested is not None:
            known &= torch.from_numpy(self.grid_tested)
        return float(((function - self.grid_target)[known] ** 2).mean()) if known.any() else None


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
    if dataset is not None and data.points.kind == "dataset":
        dataset = taken(dataset, data.points, config.seed)
    laid = lay_points(data, config.seed, dataset)
    function = target_function(data.target, laid, config.seed)
    if function is None:
        assert dataset is not None, "the schema lets a table's target go with its own points only"
        every = dataset.y
    else:
        every = function(laid.inputs, laid.coordinates)
    held, left_out = held_out(data, laid, dataset, config.seed), np.isnan(every)
    trained = ~held & ~left_out
    points = split(laid, trained, held & ~left_out)
    grid = function(points.grid_inputs, points.grid_coordinates) if function else grid_values(points, every)
    scale = 1.0
    if data.norm is not None and data.scale_targets == "none":
        scale = data.norm / checked_size(float(np.linalg.norm(every[trained])), data.norm)
    own = scale * every[trained]
    target_scaling = TargetScaling.of(own, data.scale_targets, data.norm)
    observed = own
    if data.noise > 0:
        drawn = torch.randn(len(own), generator=generator(config.seed, "noise"), dtype=torch.float64)
        observed = own + data.noise * drawn.numpy()
    targets = torch.from_numpy(target_scaling(observed))
    scaling = InputScaling.of(points, data.scale_inputs)
    coordinates = torch.from_numpy(scaling(points.coordinates))
    encoded = _encode(config, coordinates)
    return Problem(
        geometry=points.geometry,
        inputs=points.inputs,
        coordinates=coordinates,
        encoded=encoded,
        observed=observed,
        targets=targets,
        clean=torch.from_numpy(target_scaling(own)),
        grid_inputs=points.grid_inputs,
        grid_encoded=_encode(config, torch.from_numpy(scaling(points.grid_coordinates))),
        grid_target=None if grid is None else torch.from_numpy(target_scaling(scale * grid)),
        grid_shape=points.grid_shape,
        grid_tested=points.grid_tested,
        equispaced=points.equispaced,
        start=points.start,
        length=points.length,
        notices=[
            *([] if dataset is None else dataset.notices),
            *_left_out(int(left_out.sum()), int((held & ~left_out).sum()), len(every)),
            *scaling.notices,
            *target_scaling.notices,
            *_notices(encoded, targets),
        ],
        architecture=architecture_of(config.network),
        target_scaling=target_scaling,
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


def _encode(config: RunConfig, x: Float[Tensor, "n d"]) -> Float[Tensor, "n features"]:
    match config.network.encoding:
        case NoEncoding():
            return x
        case FourierFeatures(rows=rows, spread=spread):
            matrix = fourier_matrix(rows, x.shape[1], spread, generator(config.seed, "encoding"))
            return fourier_features(x, matrix)
        case Positional(octaves=octaves):
            return positional(x, octaves)


def _left_out(left_out: int, held: int, n: int) -> list[str]:
    """How many of the points that were laid are not trained on."""
    notices = []
    if left_out:
        are = "is" if left_out == 1 else "are"
        notices.append(f"{left_out:,} of {n:,} points {are} left out, where the formula says nan.")
    if held:
        notices.append(f"{held:,} of {n:,} points are held out: the test error is that on them.")
    return notices


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
