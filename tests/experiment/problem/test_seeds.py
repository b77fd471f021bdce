"""Random streams."""

import torch

from ntkscope.experiment.problem.seeds import generator


def draw(seed: int, stream: str) -> list[float]:
    return torch.rand(4, generator=generator(seed, stream)).tolist()  # type: ignore[arg-type]


def test_a_stream_repeats() -> None:
    assert draw(5, "noise") == draw(5, "noise")


def test_streams_and_seeds_differ() -> None:
    streams = [draw(seed, stream) for seed in (0, 1, 2**53 - 1) for stream in ("network", "noise", "target")]
    assert len({tuple(numbers) for numbers in streams}) == 9
