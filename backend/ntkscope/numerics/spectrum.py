"""A kernel's eigenvalues and modes: order, sign, noise floor, groups, and modes at new points."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor

NEAR = 1e-8  # eigenvalues nearer than this times the largest have no eigenvectors of their own
NEARLY_LARGEST = 1 - 1e-6  # entries this near the largest decide the sign together: the first of them does
ASYMMETRY = 1e-6  # of the largest entry; above any round-off of a product, below any real asymmetry


@dataclass(frozen=True)
class Spectrum:
    """K = modes @ diag(eigenvalues) @ modes.T.

    Args:
        eigenvalues: Descending, of the unnormalised kernel, in 1/time; round-off may leave some below 0.
        modes: Orthonormal eigenvectors as columns; the largest entry of each is positive.
        noise_floor: n u lambda_1, u the unit round-off: eigenvalues at or below it are round-off.
    """

    eigenvalues: Float[Tensor, " n"]
    modes: Float[Tensor, "n n"]
    noise_floor: float

    @property
    def count_above_floor(self) -> int:
        """Number of modes whose eigenvalue is more than round-off."""
        return int((self.eigenvalues > self.noise_floor).sum())

    def mode_coefficients(self, residual: Float[Tensor, " n"] | Float[Tensor, "n m"]) -> Tensor:
        """modes.T @ residual, signed: how much of the residual lies in each mode."""
        return self.modes.T @ residual

    def leading(self, k: int) -> Float[Tensor, "n k"]:
        """The k modes of the largest eigenvalues.

        Raises:
            ValueError: there are not so many.
        """
        n = len(self.eigenvalues)
        if not 1 <= k <= n:
            raise ValueError(f"a kernel on {n} points has 1 to {n} modes; you asked for {k}. Ask for {n} at most")
        return self.modes[:, :k]

    @property
    def stability_limit(self) -> float:
        """2 / lambda_1, the largest stable learning rate of gradient descent; infinity for a kernel of 0."""
        largest = float(self.eigenvalues[0])
        return 2 / largest if largest > 0 else math.inf


def unit_roundoff(dtype: torch.dtype) -> float:
    """Half the distance from 1 to the next number: 2^-53 in float64, 2^-24 in float32."""
    return torch.finfo(dtype).eps / 2


def noise_floor(eigenvalues: Float[Tensor, " n"]) -> float:
    """n u lambda_1, of all n eigenvalues of a kernel: what is at or below it is round-off."""
    largest = float(eigenvalues.max()) if len(eigenvalues) else 0.0
    return len(eigenvalues) * unit_roundoff(eigenvalues.dtype) * max(largest, 0.0)


def is_semidefinite(eigenvalues: Float[Tensor, " n"]) -> bool:
    """Whether none of a kernel's eigenvalues is further below 0 than round-off explains."""
    if not len(eigenvalues):
        return True
    # a backward-stable eigensolver errs by a small multiple of the floor; a sum of products adds its own
    allowed = max(16 * noise_floor(eigenvalues), 1e-10 * float(eigenvalues.max()))
    return float(eigenvalues.min()) >= -allowed


def without_round_off(eigenvalues: Float[Tensor, " n"]) -> Float[Tensor, " n"]:
    """The eigenvalues, those that round-off left below 0 set to 0.

    Raises:
        ValueError: one is further below 0 than round-off explains; the message names its index and value.
    """
    if not is_semidefinite(eigenvalues):
        lowest, where = eigenvalues.min(0)
        raise ValueError(f"an eigenvalue must not be negative; eigenvalue {int(where)} is {float(lowest):.6g}")
    return eigenvalues.clamp_min(0)


def spectrum(
    kernel: Float[Tensor, "n n"], decomposed: tuple[Float[Tensor, " n"], Float[Tensor, "n n"]] | None = None
) -> Spectrum:
    """The eigendecomposition of a symmetric kernel.

    Args:
        kernel: To be decomposed.
        decomposed: What `torch.linalg.eigh` gave for it elsewhere, such as on a card; None: it is found here.

    Raises:
        ValueError: the kernel is not symmetric, or holds a NaN or an infinity.
    """
    scale = float(kernel.abs().max())
    if not math.isfinite(scale):
        row, column = divmod(int((~torch.isfinite(kernel)).flatten().int().argmax()), kernel.shape[1])
        raise ValueError(f"a kernel must be finite; entry ({row}, {column}) is {float(kernel[row, column])}")
    asymmetry = float((kernel - kernel.T).abs().max())
    if asymmetry > ASYMMETRY * scale:
        raise ValueError(f"a kernel must be symmetric; it differs from its transpose by {asymmetry:.3g}")
    ascending, vectors = torch.linalg.eigh(kernel) if decomposed is None else decomposed
    eigenvalues, modes = ascending.flip(0), vectors.flip(1)
    magnitudes = modes.abs()
    leading = (magnitudes >= NEARLY_LARGEST * magnitudes.amax(0)).int().argmax(0)
    modes = modes * torch.sign(modes.gather(0, leading[None]))
    return Spectrum(eigenvalues, modes, noise_floor(eigenvalues))


def eigenvalue_groups(
    eigenvalues: Float[Tensor, " n"],
    noise_floor: float,
    frequencies: Sequence[float] | Float[Tensor, " n"] | None = None,
) -> list[list[int]]:
    """Modes that must be drawn, tested and predicted as one, as 0-based numbers in order of their eigenvalues.

    Above the floor, eigenvalues nearer than 1e-8 lambda_1 (or than the floor) chain into one group; below it
    every mode stands alone.

    Args:
        eigenvalues: Descending.
        noise_floor: As `Spectrum` has it.
        frequencies: Of each mode on an equispaced circle. Modes of the same frequency above 0 are then paired
            two by two, in order of their eigenvalues, whatever the split of the two.

    Source: theory, section 2.
    """
    values = eigenvalues.tolist()
    above = [i for i, value in enumerate(values) if value > noise_floor]
    near = max(NEAR * values[0], noise_floor) if values else 0.0
    joined = {i: i for i in range(len(values))}

    def root(i: int) -> int:
        while joined[i] != i:
            i = joined[i]
        return i

    for i, j in pairwise(above):
        if values[i] - values[j] < near:
            joined[root(j)] = root(i)
    if frequencies is not None:
        waiting: dict[float, int] = {}
        for i in above:
            frequency = float(frequencies[i])
            if not frequency > 0:
                continue
            if frequency in waiting:
                joined[root(i)] = root(waiting.pop(frequency))
            else:
                waiting[frequency] = i
    groups: dict[int, list[int]] = {}
    for i in range(len(values)):
        groups.setdefault(root(i), []).append(i)
    return sorted(groups.values())


def modes_at(
    spectrum: Spectrum, cross_kernel: Float[Tensor, "new n"], most: int | None = None
) -> Float[Tensor, "new k"]:
    """The k modes above the floor at new points: q_i(x*) = K(x*, X) q_i / lambda_i.

    Args:
        spectrum: Of K(X, X).
        cross_kernel: K(x*, X).
        most: No more than so many leading ones; None takes all.

    Source: Nystrom's extension; theory, section 4.
    """
    k = spectrum.count_above_floor if most is None else min(most, spectrum.count_above_floor)
    return cross_kernel @ spectrum.modes[:, :k] / spectrum.eigenvalues[:k]


def rotate_pair(modes: Float[Tensor, "n 2"], angles: Float[Tensor, " n"]) -> Float[Tensor, "n 2"]:
    """The pair of modes of one frequency on a circle, rotated in its plane to the nearest cosine and sine.

    Args:
        modes: Two orthonormal columns.
        angles: Of the points on the circle, in radians.
    """
    n = len(angles)
    waves = torch.arange(n // 2 + 1, dtype=angles.dtype, device=angles.device)[:, None] * angles
    cosines, sines = torch.cos(waves), torch.sin(waves)
    frequency = int(((cosines @ modes) ** 2 + (sines @ modes) ** 2).sum(1).argmax())
    target = torch.stack([cosines[frequency], sines[frequency]], dim=1)
    left, _, right = torch.linalg.svd(modes.T @ target)
    rotation: Tensor = left @ right
    return modes @ rotation
