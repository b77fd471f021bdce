"""What is computed in pieces is what is computed at once, and no piece is long."""

from collections.abc import Iterator

import pytest
import torch

from ntkscope.numerics import (
    MLP,
    Architecture,
    FrozenKernel,
    GradientDescent,
    activation,
    complete,
    draw,
    empirical_ntk,
    empirical_ntk_stages,
    output_stages,
    pieces,
    spectrum,
    stages,
)


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "PIECE", 20_000.0)


def stops(computed: Iterator[None]) -> int:
    return sum(1 for _ in computed)


def test_rows_come_once_each_and_a_long_row_alone() -> None:
    for count, work in ((10, 3_000.0), (7, 1e9), (5, 0.0), (1, 20_000.0)):
        rows = [row for part in pieces(count, work) for row in range(part.start, part.stop)]
        assert rows == list(range(count))
    assert [part.stop - part.start for part in pieces(3, 1e9)] == [1, 1, 1]
    assert list(pieces(0, 1.0)) == [slice(0, 0)]


@pytest.mark.parametrize("depth", [0, 1, 3])
def test_the_kernel_and_the_outputs_in_pieces_are_those_at_once(depth: int, monkeypatch: pytest.MonkeyPatch) -> None:
    state = torch.Generator().manual_seed(0)
    network = MLP.create(3, Architecture(depth, activation("tanh"), 1.5, 0.5, 32), generator=state)
    x, other = (torch.randn(n, 3, generator=state, dtype=torch.float64) for n in (40, 23))
    kernels = [complete(empirical_ntk_stages(network, x)), complete(empirical_ntk_stages(network, other, x))]
    output = complete(output_stages(network, x))
    assert stops(empirical_ntk_stages(network, x)) >= 5 * min(depth, 1)
    monkeypatch.setattr(stages, "PIECE", 1e12)
    for found, whole in zip(kernels, (empirical_ntk(network, x), empirical_ntk(network, other, x)), strict=True):
        torch.testing.assert_close(found, whole, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(output, network(x), rtol=1e-12, atol=1e-12)


def test_grad_mode_is_the_callers_own_between_pieces() -> None:
    network = MLP.create(2, Architecture(2, activation("erf"), 1.0, 0.0, 8), generator=torch.Generator().manual_seed(0))
    for _ in empirical_ntk_stages(network, torch.ones(300, 2, dtype=torch.float64)):
        assert torch.is_grad_enabled()


def test_a_network_drawn_in_parts_is_that_of_one_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyTorch draws 16 numbers together and fewer in another way: every length near a multiple of it."""
    monkeypatch.setattr(draw, "TOGETHER", 32)
    for count in (1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 79, 95, 96, 97, 1001):
        state = torch.Generator().manual_seed(count)
        whole = torch.randn(count, generator=torch.Generator().manual_seed(count), dtype=torch.float64)
        network = MLP.create(
            count,
            Architecture(0, activation("erf"), 1.0, 0.0, 8, bias=False, parameterization="standard"),
            generator=state,
        )
        torch.testing.assert_close(network.weights[0][:, 0] * count**0.5, whole, rtol=1e-14, atol=0)


def test_a_function_found_in_pieces_is_the_one_found_at_once() -> None:
    state = torch.Generator().manual_seed(0)
    root, cross = (torch.randn(rows, 30, generator=state, dtype=torch.float64) for rows in (30, 50))
    residual, function = (torch.randn(rows, generator=state, dtype=torch.float64) for rows in (30, 50))
    kernel = FrozenKernel(spectrum(root @ root.T), cross @ root.T, residual, function)
    steps = torch.arange(40, dtype=torch.float64)
    parts, whole = (kernel.predict(GradientDescent(0.001), steps) for _ in range(2))
    assert stops(parts.function_stages()) > 3
    torch.testing.assert_close(parts.__dict__["function"], whole.function, rtol=1e-12, atol=1e-12)
