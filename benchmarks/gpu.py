"""What a graphics card gives: where it overtakes the CPU, and how near each part comes to the card's own speed.

python benchmarks/gpu.py [--seconds 420] [--dry-run]

- steps: one training step at twelve sizes, on the CPU and on the card, one by one and as a CUDA graph; `operations`
  are what the choice of a device counts (experiment/placement.py, CARD_OPERATIONS).
- kernels: `empirical_ntk` beside the card's own matrix products, as many multiply-adds and nothing else.
- eigh: on the CPU and on the card, the modes' way back included (CARD_EIGEN_POINTS).
- runs: preset two-sines from its first event to its last.
- loop: the plain PyTorch way (a module, autograd, SGD) beside a step.

It takes under eight minutes on any machine with a card: what would begin after --seconds is left out and named. With
--dry-run all of it runs over the pretend card of the tests at tiny sizes, so that it cannot rot; nothing is kept then.
"""

import argparse
import contextlib
import math
import sys
import time
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ntkscope.experiment.card_probe import look_at_card
from ntkscope.experiment.placement import CARD_EIGEN_POINTS, CARD_OPERATIONS, OPERATIONS_PER_UNIT
from ntkscope.experiment.presets import preset
from ntkscope.experiment.trainer import CHECK_EVERY, train
from ntkscope.numerics import MLP, Architecture, activation, empirical_ntk, euler_step, step_graph
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import Frame
from ntkscope.schemas.placement import Placement
from report import print_table, write_json

Row = dict[str, Any]
STEPS = [
    (n, width, depth)
    for n, width, depth in (
        (32, 64, 1), (32, 256, 1), (128, 256, 1), (128, 1024, 1), (512, 1024, 1), (1024, 4096, 1),
        (32, 64, 3), (32, 256, 3), (128, 256, 3), (256, 512, 3), (512, 1024, 3), (1024, 2048, 3),
    )
]  # fmt: skip
KERNELS, EIGEN, WIDTH, DEPTH = (1024, 2048, 4096, 8192), (256, 512, 1024, 2048, 4096), 1024, 2
MOST_ON_CPU = 2048  # points of a decomposition there: 4,096 take 20 seconds on one core
TINY_STEPS, TINY_KERNELS, TINY_EIGEN, TINY_WIDTH = [(8, 16, 1), (8, 16, 3)], (16,), (16,), 16
RATE = 1e-6
LONG_ENOUGH = 0.05  # seconds of a batch between two waits for the card


def seconds(work: Callable[[], object], device: str) -> float:
    """Of one call: the best of three batches that last long enough, after one that is not counted."""
    count = 1
    while True:
        took = [_batch(work, device, count) for _ in range(2)][1]
        if took >= LONG_ENOUGH or count >= 4096:
            break
        count *= 2
    return min(took, *(_batch(work, device, count) for _ in range(2))) / count


def _batch(work: Callable[[], object], device: str, count: int) -> float:
    _wait(device)
    begun = time.perf_counter()
    for _ in range(count):
        work()
    _wait(device)
    return time.perf_counter() - begun


def _wait(device: str) -> None:
    if device == "cuda":
        torch.cuda.synchronize()


def network(n: int, width: int, depth: int, device: str) -> tuple[MLP, Tensor, Tensor]:
    """A tanh network of two inputs, its n points and their targets, in float64."""
    generator = torch.Generator().manual_seed(0)
    made = MLP.create(2, Architecture(depth, activation("tanh"), 1.0, 0.1, width), generator=generator, device=device)
    x = torch.randn(n, 2, generator=generator, dtype=torch.float64)
    return made, x.to(device), torch.sin(x[:, 0]).to(device)


def operations(n: int, width: int, depth: int) -> int:
    """Of a step, as the choice of a device counts them."""
    multiply_adds = 2 * width + (depth - 1) * width**2 + width
    return n * (3 * multiply_adds + OPERATIONS_PER_UNIT * width * depth)


def step(n: int, width: int, depth: int) -> Row:
    """Milliseconds of a step."""
    row: Row = {"n": n, "width": width, "depth": depth, "operations": operations(n, width, depth)}
    for device in ("cpu", "cuda"):
        made, x, y = network(n, width, depth, device)
        one = euler_step(made, x)
        row[f"{device}, ms"] = 1e3 * seconds(lambda one=one, y=y: one(y, RATE), device)
        if device == "cuda":
            many = step_graph(one, y, RATE, CHECK_EVERY)
            row["graph, ms"] = None if many is None else 1e3 * seconds(many, device) / CHECK_EVERY
    row["card / CPU"] = (row["graph, ms"] or row["cuda, ms"]) / row["cpu, ms"]
    return row


def kernel(n: int, width: int = WIDTH) -> Row:
    """Milliseconds of K(X, X) in float64, and of the products that its formula names."""
    made, x, _ = network(n, width, DEPTH, "cuda")
    a = torch.randn(n, width, dtype=torch.float64).to("cuda")
    b = torch.randn(width, width, dtype=torch.float64).to("cuda")
    gram, layer = a.new_empty(n, n), a.new_empty(n, width)

    def products() -> None:
        for _ in range(2 * DEPTH):
            torch.mm(a, a.T, out=gram)
        for _ in range(2 * (DEPTH - 1)):
            torch.mm(a, b, out=layer)

    ours, bare = seconds(lambda: empirical_ntk(made, x), "cuda"), seconds(products, "cuda")
    work = 2 * DEPTH * n * n * width + 2 * (DEPTH - 1) * n * width * width
    return {
        "n": n, "width": width, "depth": DEPTH, "ms": 1e3 * ours, "products, ms": 1e3 * bare,
        "products, GFLOP/s": 2e-9 * work / bare, "x products": ours / bare,
    }  # fmt: skip


def decomposition(n: int) -> Row:
    """Milliseconds of an eigendecomposition in float64."""
    made = torch.randn(n, n, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    symmetric = made @ made.T / n
    there = symmetric.to("cuda")
    here = seconds(lambda: torch.linalg.eigh(symmetric), "cpu") if n <= MOST_ON_CPU else math.nan
    card = seconds(lambda: [part.cpu() for part in torch.linalg.eigh(there)], "cuda")
    return {"n": n, "cpu, ms": 1e3 * here, "cuda, ms": 1e3 * card}


def whole_run(device: str, dry: bool) -> Row:
    """Seconds of preset two-sines, and its frames a second."""
    fields = preset("two-sines").variants[0].config.model_dump(mode="json")
    if dry:
        fields["network"]["width"], fields["data"]["points"]["n"], fields["data"]["grid"] = 16, 8, 9
        fields["training"]["stop"]["steps"] = 16
        fields["recording"].update(frames=4, kernel_frames=2)
    settings = RunConfig.model_validate(fields)
    begun, frames = time.perf_counter(), 0
    for event in train(settings, placement=Placement(device=device)):
        frames += isinstance(event, Frame)
    took = time.perf_counter() - begun
    return {
        "device": device, "width": settings.network.width, "steps": settings.training.stop.steps, "seconds": took,
        "frames a second": frames / took,
    }  # fmt: skip


def plain_loop(n: int, width: int, depth: int) -> Row:
    """Milliseconds of a step of torch.optim.SGD on a module of the same shape, on the card."""
    sizes = [2, *[width] * depth]
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(sizes):
        layers += [nn.Linear(inputs, outputs), nn.Tanh()]
    module = nn.Sequential(*layers, nn.Linear(width, 1)).double()
    _, x, y = network(n, width, depth, "cuda")
    parameters = [parameter.detach().to("cuda").requires_grad_() for parameter in module.parameters()]
    names = [name for name, _ in module.named_parameters()]

    def loop() -> None:
        output = torch.func.functional_call(module, dict(zip(names, parameters, strict=True)), x)[:, 0]
        gradients = torch.autograd.grad(0.5 * ((output - y) ** 2).sum(), parameters)
        with torch.no_grad():
            for parameter, gradient in zip(parameters, gradients, strict=True):
                parameter.sub_(gradient, alpha=RATE)

    ours = step(n, width, depth)
    return {
        "n": n, "width": width, "depth": depth, "plain PyTorch, ms": 1e3 * seconds(loop, "cuda"),
        "a step, ms": ours["cuda, ms"], "in a graph, ms": ours["graph, ms"],
    }  # fmt: skip


def measured(name: str, parts: Iterable[Callable[[], Row]], until: float) -> list[Row]:
    """A table, as far as there is time."""
    rows, left_out = [], 0
    for part in parts:
        if time.perf_counter() < until:
            rows.append(part())
        else:
            left_out += 1
    print(f"{name}{f' ({left_out} left out: no time)' if left_out else ''}")
    if rows:
        print_table(rows)
    return rows


def measure(limit: float, dry: bool) -> dict[str, list[Row]]:
    """All tables, the most telling first."""
    until = time.perf_counter() + limit
    steps, kernels, eigen = (TINY_STEPS, TINY_KERNELS, TINY_EIGEN) if dry else (STEPS, KERNELS, EIGEN)
    width, loops = TINY_WIDTH if dry else WIDTH, steps[1::5]
    return {
        "steps": measured("a step", [lambda s=s: step(*s) for s in steps], until),
        "runs": measured("two-sines", [lambda d=d: whole_run(d, dry) for d in ("cpu", "cuda")], until),
        "eigh": measured("eigh", [lambda n=n: decomposition(n) for n in eigen], until),
        "kernels": measured("empirical_ntk", [lambda n=n: kernel(n, width) for n in kernels], until),
        "loop": measured("the plain loop", [lambda s=s: plain_loop(*s) for s in loops], until),
    }


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=420)
    parser.add_argument("--dry-run", action="store_true")
    asked = parser.parse_args(arguments)
    with contextlib.ExitStack() as stack:
        if asked.dry_run:
            sys.path.insert(0, str(Path(__file__).parents[1]))
            from tests.pretend_cuda import pretend_cuda

            stack.enter_context(pretend_cuda())
        card = look_at_card()
        if not card.computes:
            print(f"There is no card that computes here. {card.trouble}")
            return
        print(f"{card.title}, CUDA {torch.version.cuda or '?'}, driver for CUDA {card.driver or '?'}")
        print(f"chosen today: from {CARD_OPERATIONS:,} operations a step; eigh from {CARD_EIGEN_POINTS:,} points\n")
        results = measure(asked.seconds, asked.dry_run)
    if not asked.dry_run:
        write_json("gpu", results)


if __name__ == "__main__":
    main()
