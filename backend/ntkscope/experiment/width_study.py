"""What runs of several widths say together: distance to the kernel of infinite width, drift, and their slopes."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import torch

from ntkscope.experiment.problem.build import architecture_of
from ntkscope.numerics import Activation, log_log_fit
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import KernelFrame, RunEvent, Started
from ntkscope.schemas.network import Parameterization
from ntkscope.schemas.sweep import StudyPoint, StudySlope, WidthStudy

SAME = 1e-6  # relative: eigenvalues in a log are float32
Quantity = Literal["distance", "drift"]
STUDIED = {"network.width", "network.parameterization", "seed"}  # runs that differ in these alone make a study


@dataclass(frozen=True)
class Measured:
    """What one run says of its width; of several widths, the last hidden layer's."""

    parameterization: Parameterization
    activation: Activation
    width: int
    distance: float | None  # ||K_0 - Theta||_F / ||Theta||_F; None where Theta is not known
    scaled_times: tuple[float, ...]  # lambda_1(K_0) t of the kernel frames, ascending
    drifts: tuple[float, ...]  # ||K_t - K_0||_F / ||K_0||_F at these


def measured(config: RunConfig, events: Iterable[RunEvent]) -> Measured:
    """The record of a run, from its log or straight from its trainer; other events are passed over."""
    distance, largest = None, 0.0
    drifts: dict[float, float] = {}
    for event in events:
        match event:
            case Started():
                largest = float(event.eigenvalues[0])
                distance = event.infinite.distance if event.infinite else None
            case KernelFrame():
                drifts[largest * event.time] = event.drift
    return Measured(
        parameterization=config.network.parameterization,
        activation=architecture_of(config.network).activation,
        width=config.network.last_width,
        distance=distance,
        scaled_times=tuple(sorted(drifts)),
        drifts=tuple(drifts[time] for time in sorted(drifts)),
    )


def width_study(records: Sequence[Measured]) -> WidthStudy:
    """Means over the runs of each width, and their slopes; drifts are compared at equal lambda_1(K_0) t.

    Args:
        records: Of runs that have completed, alike but for width, parameterization and seed. Any number of them:
            scalings are answered in the order in which they come, widths in ascending order.
    """
    compared_at = common_time(records)
    groups: dict[tuple[Parameterization, int], list[Measured]] = {}
    for record in records:
        groups.setdefault((record.parameterization, record.width), []).append(record)
    scalings = list(dict.fromkeys(record.parameterization for record in records))
    keys = sorted(groups, key=lambda key: (scalings.index(key[0]), key[1]))
    points = [_point(groups[key], compared_at) for key in keys]
    slopes = []
    for parameterization in scalings:
        of_scaling = [point for point in points if point.parameterization == parameterization]
        activation = groups[parameterization, of_scaling[0].width][0].activation
        for quantity in ("distance", "drift"):
            slope = _slope(of_scaling, quantity, expected_slope(quantity, parameterization, activation))
            if slope is not None:
                slopes.append(slope)
    return WidthStudy(compared_at=compared_at, points=points, slopes=slopes)


def common_time(records: Iterable[Measured]) -> float | None:
    """The largest lambda_1(K_0) t that every run with kernel frames has reached."""
    reached = [record.scaled_times[-1] for record in records if record.scaled_times and record.scaled_times[-1] > 0]
    return min(reached, default=None)


def drift_at(record: Measured, scaled_time: float | None) -> float | None:
    """The drift at lambda_1(K_0) t: exact at a kernel frame, between two of them linear on log-log axes.

    None where it is outside of the frames, or next to one whose drift or time is 0: that has no logarithm.
    """
    if scaled_time is None:
        return None
    frames = list(zip(record.scaled_times, record.drifts, strict=True))
    for time, drift in frames:
        if math.isclose(time, scaled_time, rel_tol=SAME):
            return drift
    for (time, drift), (next_time, next_drift) in pairwise(frames):
        if time < scaled_time < next_time:
            if not (time > 0 and drift > 0 and next_drift > 0):
                return None
            part = math.log(scaled_time / time) / math.log(next_time / time)
            return float(drift * (next_drift / drift) ** part)
    return None


def expected_slope(quantity: Quantity, parameterization: Parameterization, activation: Activation) -> float | None:
    """What theory, section 3, says of the exponent in the width; None where it says nothing."""
    if quantity == "distance":
        return -0.5
    if parameterization == "standard" or activation.is_linear:
        return None
    if parameterization == "mean_field":
        return 0.0
    return -0.75 if activation.has_kink else -1.0


def _point(records: Sequence[Measured], compared_at: float | None) -> StudyPoint:
    distance, distance_error = _mean([record.distance for record in records])
    drift, drift_error = _mean([drift_at(record, compared_at) for record in records])
    return StudyPoint(
        parameterization=records[0].parameterization,
        width=records[0].width,
        runs=len(records),
        distance=distance,
        distance_error=distance_error,
        drift=drift,
        drift_error=drift_error,
    )


def _mean(values: Sequence[float | None]) -> tuple[float | None, float | None]:
    """Of those that are known, with its standard error."""
    known = np.array([value for value in values if value is not None])
    if not len(known):
        return None, None
    error = float(known.std(ddof=1)) / math.sqrt(len(known)) if len(known) > 1 else None
    return float(known.mean()), error


def _slope(points: Sequence[StudyPoint], quantity: Quantity, expected: float | None) -> StudySlope | None:
    """Of the means that are above 0; None for fewer than two widths of them."""
    known = [(point.width, mean) for point in points if (mean := getattr(point, quantity))]
    if len(known) < 2:
        return None
    widths, means = torch.tensor(known, dtype=torch.float64).T
    fit = log_log_fit(widths, means)
    return StudySlope(
        parameterization=points[0].parameterization,
        quantity=quantity,
        slope=fit.slope,
        standard_error=fit.standard_error,
        count=fit.count,
        expected=expected,
        lowest_width=known[0][0],
        highest_width=known[-1][0],
        at_lowest=fit.at_lowest,
        at_highest=fit.at_highest,
    )
