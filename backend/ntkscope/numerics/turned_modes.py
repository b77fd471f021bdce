"""Modes of a kernel that moves, side by side: the sign of each, and the turn of a group, are arbitrary."""

import math

import torch
from jaxtyping import Float
from torch import Tensor


def turned(modes: Float[Tensor, "n k"], towards: Float[Tensor, "n k"]) -> Float[Tensor, "n k"]:
    """The same space's basis that is nearest to another one: Q R with R orthogonal and ||Q R - Q'||_F least.

    Args:
        modes: Q, orthonormal columns: the modes of one group.
        towards: Q', those that they are compared with.

    Source: the orthogonal Procrustes problem, Schoenemann 1966.
    """
    left, _, right = torch.linalg.svd(modes.T @ towards)
    found: Tensor = modes @ (left @ right)
    return found


def reachable(eigenvalues: Float[Tensor, " 2"], modes: Float[Tensor, "2 2"], count: int) -> Float[Tensor, "count 2"]:
    """An ellipse: how far a parameter step of length 1 moves f at two points, J u over all |u| = 1, u in J's rows.

    Its half axes are sqrt(lambda_i) q_i. The last point is the first.

    Args:
        eigenvalues: Of K = J J^T on two points.
        modes: Its eigenvectors as columns.
        count: Points of the curve.
    """
    angle = 2 * math.pi * torch.arange(count, dtype=modes.dtype) / (count - 1)
    circle = torch.stack([torch.cos(angle), torch.sin(angle)], dim=1)
    found: Tensor = (circle * eigenvalues.clamp_min(0).sqrt()) @ modes.T
    return found
