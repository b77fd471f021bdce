"""The curve through drawn points, against a twin in plain loops."""

import itertools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ntkscope.numerics.monotone_cubic import monotone_cubic

KNOTS = ([0.0, 1.0, 3.0, 4.0, 7.0], [1.0, 3.0, 3.0, -2.0, 0.0])


def slow_slopes(x: list[float], y: list[float]) -> list[float]:
    h = [b - a for a, b in itertools.pairwise(x)]
    d = [(b - a) / step for (a, b), step in zip(itertools.pairwise(y), h, strict=True)]
    if len(d) == 1:
        return [d[0], d[0]]

    def end(h0: float, h1: float, d0: float, d1: float) -> float:
        slope = ((2 * h0 + h1) * d0 - h0 * d1) / (h0 + h1)
        if slope == 0 or d0 == 0 or (slope > 0) != (d0 > 0):
            return 0.0
        if (d1 == 0 or (d0 > 0) != (d1 > 0)) and abs(slope) > 3 * abs(d0):
            return 3 * d0
        return slope

    found = [end(h[0], h[1], d[0], d[1])]
    for i in range(1, len(d)):
        a, b = d[i - 1], d[i]
        if a == 0 or b == 0 or (a > 0) != (b > 0):
            found.append(0.0)
        else:
            w, v = 2 * h[i] + h[i - 1], h[i] + 2 * h[i - 1]
            found.append((w + v) / (w / a + v / b))
    return [*found, end(h[-1], h[-2], d[-1], d[-2])]


def slow(x: list[float], y: list[float], at: float, period: float | None = None) -> float:
    """By the power series of each piece."""
    if period is not None:
        at = x[0] + (at - x[0]) % period
        x = [*(value - period for value in x), *x, *(value + period for value in x)]
        y = [*y, *y, *y]
    if at <= x[0]:
        return y[0]
    if at >= x[-1]:
        return y[-1]
    slopes = slow_slopes(x, y)
    i = max(j for j in range(len(x) - 1) if x[j] <= at)
    h, s = x[i + 1] - x[i], at - x[i]
    chord = (y[i + 1] - y[i]) / h
    c, d = (3 * chord - 2 * slopes[i] - slopes[i + 1]) / h, (slopes[i] + slopes[i + 1] - 2 * chord) / h**2
    return y[i] + slopes[i] * s + c * s**2 + d * s**3


def curve(x: list[float], y: list[float], at: list[float], period: float | None = None) -> list[float]:
    values = [torch.tensor(one, dtype=torch.float64) for one in (x, y, at)]
    return monotone_cubic(*values, period=period).tolist()  # type: ignore[no-any-return]


STEPS = st.lists(st.tuples(st.floats(0.01, 1.0), st.floats(-3, 3)), min_size=2, max_size=12)


@settings(max_examples=60, deadline=None)
@given(steps=STEPS, closed=st.booleans())
def test_it_is_the_twin_and_stays_between_its_neighbours(steps: list[tuple[float, float]], closed: bool) -> None:
    x, y = list(itertools.accumulate(step for step, _ in steps)), [value for _, value in steps]
    period = (x[-1] - x[0]) * 1.1 if closed else None
    at = [x[0] + (x[-1] - x[0]) * i / 40 for i in range(-8, 49)]
    found = curve(x, y, at, period)
    assert found == pytest.approx([slow(x, y, one, period) for one in at], abs=1e-9)
    for one, value in zip(at, found, strict=True):
        beside = [j for j in range(len(x) - 1) if x[j] <= one <= x[j + 1]]
        if beside:
            low, high = sorted(y[beside[0] : beside[0] + 2])
            assert low - 1e-12 <= value <= high + 1e-12


def test_it_goes_through_the_points_and_is_constant_outside() -> None:
    x, y = KNOTS
    assert curve(x, y, [*x, -5.0, 99.0]) == [*y, 1.0, 0.0]
    assert curve(x, y, [2.0]) == [3.0]  # no bump over two equal values


def test_a_line_stays_a_line() -> None:
    assert curve([0, 1, 4, 5], [0, 2, 8, 10], [0.3, 2.5, 4.9]) == pytest.approx([0.6, 5.0, 9.8], abs=1e-14)
    assert curve([0, 2], [1, 5], [0.5]) == [2.0]


def test_round_a_circle_it_has_no_seam() -> None:
    x, y, turn = [0.5, 2.0, 4.0], [0.0, 1.0, -1.0], 2 * math.pi
    assert curve(x, y, [0.1, 0.1 + turn, 0.1 - 3 * turn], turn) == pytest.approx(3 * [slow(x, y, 0.1, turn)], abs=1e-12)
    eps = 1e-6
    before, at, after = curve(x, y, [0.5 - eps, 0.5, 0.5 + eps], turn)
    assert (at - before) / eps == pytest.approx((after - at) / eps, abs=1e-4)


def test_any_size_is_as_good() -> None:
    x, y = KNOTS
    wide = curve([1e12 * value / 7 for value in x], [1e12 * value for value in y], [1e12 * 2.7 / 7])
    tiny = curve([1e-300 * value for value in x], y, [2.7e-300])
    assert [value / 1e12 for value in wide] == pytest.approx(tiny, rel=1e-12)
    assert tiny == pytest.approx([slow(x, y, 2.7)], rel=1e-12)
