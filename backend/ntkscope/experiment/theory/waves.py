"""What a target of one input is made of, and how much of each part anything on the points holds."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from jaxtyping import Complex, Float
from torch import Tensor

from ntkscope.experiment.problem.build import Problem
from ntkscope.experiment.problem.formula import compile_formula
from ntkscope.experiment.problem.formula_waves import named_waves
from ntkscope.numerics import FrozenKernel, Law
from ntkscope.numerics.waves import find_waves, wave_map
from ntkscope.schemas.data import Data, Formula, Sinusoids
from ntkscope.schemas.wave import Source, Wave

ROUND_OFF = 1e-10  # of the target: a wave of 10,000 periods is evaluated to 1e-11


@dataclass(frozen=True)
class Waves:
    """The mean (entry 0), the waves that were typed, then those that were found; empty for more than one input.

    Which waves there are is asked of the target without its noise, in which nobody looks for any; how large each is,
    of the target with its noise, since that is what is trained on: so an error is 1 where the network is 0.

    Args:
        frequencies: Periods over the range.
        sources: Of each.
        map: W with |W_k v| = root mean square over the points of wave k's part in v (n,).
        sizes: |y_k| = |W_k y|; 0 where the points see nothing of it, or only noise.
        left: Root mean square of what no wave explains of y.
    """

    frequencies: tuple[float, ...]
    sources: tuple[Source, ...]
    map: Complex[Tensor, "F n"]
    sizes: Float[Tensor, " F"]
    left: float

    @classmethod
    def of(cls, problem: Problem, data: Data) -> Waves:
        """Made from the data alone: no kernel, no network."""
        n, y = len(problem.targets), problem.targets
        if problem.inputs.shape[1] != 1:
            nothing = torch.zeros(0, dtype=torch.float64)
            return cls((), (), torch.zeros((0, n), dtype=torch.complex128), nothing, float(y.norm()) / math.sqrt(n))
        start, length = wave_range(problem, data)
        position = (torch.from_numpy(problem.inputs[:, 0].copy()) - start) / length
        typed = _typed(problem, data, length)
        found = find_waves(position, problem.clean, typed, whole=problem.geometry == "circle")
        frequencies = (0.0, *typed, *found)
        sources: list[Source] = ["mean"]
        sources.extend("typed" for _ in typed)
        sources.extend("found" for _ in found)
        rows = wave_map(position, torch.tensor(frequencies, dtype=torch.float64))
        both = torch.stack([problem.clean, y])
        seen = (_sizes(rows, both) > ROUND_OFF * both.norm(dim=1)[:, None] * rows.norm(dim=1)).all(dim=0)
        return cls(
            frequencies,
            tuple(sources),
            rows,
            torch.where(seen, _sizes(rows, y[None])[0], 0.0),
            _left(rows[seen], y),
        )

    @property
    def shares(self) -> Float[Tensor, " F"]:
        """|y_k|^2 of mean^2 + sum |y_j|^2 + left^2."""
        squares = self.sizes**2
        total = float(squares.sum()) + self.left**2
        return squares / total if total > 0 else squares

    def describe(self) -> list[Wave]:
        """As preview and events have it."""
        return [
            Wave(frequency=frequency, source=source, amplitude=amplitude, share=share)
            for frequency, source, amplitude, share in zip(
                self.frequencies, self.sources, self.sizes.tolist(), self.shares.tolist(), strict=True
            )
        ]

    def errors(self, residual: Float[Tensor, " n"]) -> Float[Tensor, " F"]:
        """e_k = |r_k| / |y_k| of a residual f - y: 1 for a network that is 0; NaN where |y_k| is 0."""
        return self.errors_along(residual[None])[0]

    def predicted(self, frozen: FrozenKernel, law: Law, steps: Float[Tensor, " T"]) -> Float[Tensor, "T F"]:
        """The errors that a constant kernel predicts at these steps."""
        return self.errors_along(frozen.predict(law, steps).residual)

    def errors_along(self, residuals: Float[Tensor, "T n"]) -> Float[Tensor, "T F"]:
        """The same of several residuals."""
        return torch.where(self.sizes > 0, _sizes(self.map, residuals) / self.sizes, torch.nan)


def wave_range(problem: Problem, data: Data) -> tuple[float, float]:
    """(start, length) of the range over which frequencies count periods.

    The problem's own; a table of numbers has none, so it is from its lowest to its highest, except where the target's
    frequencies are given in periods over [-1, 1].
    """
    if data.points.kind != "dataset" or data.target.kind not in ("formula", "dataset"):
        return problem.start, problem.length
    low, high = float(problem.inputs.min()), float(problem.inputs.max())
    return low, (high - low) or 1.0


def _typed(problem: Problem, data: Data, length: float) -> list[float]:
    """The frequencies that a person wrote down, each once."""
    match data.target:
        case Sinusoids(frequencies=frequencies):
            return list(dict.fromkeys(frequencies))
        case Formula(text=text):
            # On a circle x is the cosine of the angle: a sine of it is no wave.
            circle = problem.geometry == "circle"
            position = ("theta", "θ") if circle else ("x", "x1")
            names = ["x", "x1", "x2", *position] if circle else position
            angular = named_waves(compile_formula(text, names), position)
            # 13 figures: 3 for the 2.9999999999999996 that 3 * pi over a length may give.
            waves = [float(f"{omega * length / (2 * math.pi):.13g}") for omega in angular]
            return [wave for wave in dict.fromkeys(waves) if 0 < wave < math.inf]
    return []


def _sizes(rows: Complex[Tensor, "F n"], values: Float[Tensor, "T n"]) -> Float[Tensor, "T F"]:
    """|W_k v| of T rows v; real products, since v is real."""
    return torch.hypot(values @ rows.real.T, values @ rows.imag.T)


def _left(rows: Complex[Tensor, "F n"], y: Float[Tensor, " n"]) -> float:
    """Root mean square of what the rows' span does not explain; it is that of the waves themselves."""
    span = torch.cat([rows.real, rows.imag])
    span = span[span.norm(dim=1) > 0]
    span = (span / span.norm(dim=1, keepdim=True)).T
    weights = torch.linalg.lstsq(span, y[:, None], driver="gelsd").solution
    return float((y - (span @ weights)[:, 0]).norm()) / math.sqrt(len(y))
