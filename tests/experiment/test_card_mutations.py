"""Mistakes with devices that are planted in a copy of the sources, and that the tests over the pretend card find.

Each is one that PyTorch on a CPU alone would never notice.
"""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CAUGHT_BY = [
    "tests/numerics/test_cuda.py",
    "tests/experiment/test_card_runs.py",
    "tests/experiment/test_card_memory.py",
    "tests/executors/test_card.py",
]
# (file, what stands there, the mistake)
PLANTED = {
    "inputs stay on the CPU": (
        "experiment/theory/initial_state.py",
        "inputs = problem.encoded.to(device, dtype)",
        "inputs = problem.encoded.to(dtype)",
    ),
    "the goal stays on the CPU": (
        "experiment/theory/probe.py",
        "return (self.targets + self.offset).to(self.inputs)",
        "return (self.targets + self.offset).to(self.inputs.dtype)",
    ),
    "the targets of a trial step stay there": (
        "experiment/theory/probe.py",
        "return self.offset.to(self.inputs.device), self.targets.to(self.inputs.device)",
        "return self.offset, self.targets",
    ),
    "constants of a step stay there": (
        "numerics/euler_step.py",
        "(x.new_zeros(()), x.new_ones(()))",
        "(x.new_zeros(()), torch.ones(1, dtype=x.dtype))",
    ),
    "a buffer is made there": (
        "numerics/euler_step.py",
        "self.slopes = [x.new_empty(len(x), width) for width in hidden]",
        "self.slopes = [torch.empty(len(x), width, dtype=x.dtype) for width in hidden]",
    ),
    "Lanczos begins there": ("numerics/hessian.py", "dtype=torch.float64).to(x.device)", "dtype=torch.float64)"),
    "the network is drawn on the card": (
        "numerics/draw.py",
        "values, first = torch.empty(count, dtype=torch.float64), 0",
        'values, first = torch.empty(count, dtype=torch.float64, device="cuda"), 0',
    ),
    "a copy forgets its device": (
        "numerics/mlp.py",
        "device, dtype = device or self.device, dtype or self.dtype",
        'device, dtype = device or "cpu", dtype or self.dtype',
    ),
    "parameters are read on the card": (
        "numerics/mlp.py",
        "parameter.detach().cpu().numpy()",
        "parameter.detach().numpy()",
    ),
    "a prediction keeps its steps' device": (
        "numerics/frozen_kernel.py",
        "KernelPrediction(self, law, step.to(self.residual.device))",
        "KernelPrediction(self, law, step)",
    ),
    "a look at the loss at every step": (
        "experiment/trainer.py",
        "            if self.step % CHECK_EVERY == 0:\n                self.loss",
        "            if True:\n                self.loss",
    ),
    "one wait a layer for dead units": (
        "numerics/mlp.py",
        "*((slope == 0).all() for slope in self.forward_signals(x).slopes)",
        "*(x.new_tensor(bool((slope == 0).all())) for slope in self.forward_signals(x).slopes)",
    ),
    "two copies a frame": (
        "numerics/transfer.py",
        "if len(tensors) == 1 or not any(tensor.is_cuda for tensor in tensors):",
        "if True:",
    ),
    "two waits a product of the Hessian": ("numerics/hessian.py", "LOOK_AHEAD if x.is_cuda else 1", "1"),
    "a capture that moves the network": (
        "numerics/step_graph.py",
        "            parameter.copy_(values)\n",
        "            values.copy_(parameter)\n",
    ),
    "a graph of one step too few": (
        "experiment/trainer.py",
        "self.initial.learning_rate, CHECK_EVERY)",
        "self.initial.learning_rate, CHECK_EVERY - 1)",
    ),
    "modes of the card by rows": ("experiment/theory/probe.py", "(found[0], found[1].T)", "(found[0], found[1])"),
    "no look at the free memory": (
        "experiment/card_memory.py",
        "    if needs > free:",
        "    if needs > free and not needs:",
    ),
    "a full card that nobody empties": ("executors/worker.py", "if full:", "if full and not full:"),
}


def tried(tree: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-m", "not soak and not gpu", "-p", "no:cacheprovider"]
    path = os.pathsep.join([str(tree / "backend"), str(tree)])
    return subprocess.run(
        [*command, *CAUGHT_BY],
        cwd=tree,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources and the tests."""
    made = tmp_path_factory.mktemp("planted")
    shutil.copy(ROOT / "pyproject.toml", made)
    for folder in ("backend", "tests"):
        shutil.copytree(ROOT / folder, made / folder, ignore=shutil.ignore_patterns("__pycache__", "static"))
    return made


@pytest.mark.parametrize("name", list(PLANTED))
def test_what_is_planted_still_stands_there_once(name: str) -> None:
    file, right, _ = PLANTED[name]
    assert (ROOT / "backend" / "ntkscope" / file).read_text(encoding="utf-8").count(right) == 1


@pytest.mark.soak
def test_without_a_mistake_they_pass(tree: Path) -> None:
    done = tried(tree)
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.soak
@pytest.mark.parametrize("name", list(PLANTED))
def test_it_is_found(tree: Path, name: str) -> None:
    file, right, wrong = PLANTED[name]
    place = tree / "backend" / "ntkscope" / file
    text = place.read_text(encoding="utf-8")
    place.write_text(text.replace(right, wrong), encoding="utf-8")
    try:
        done = tried(tree)
    finally:
        place.write_text(text, encoding="utf-8")
    # PyTorch's autograd ends the process where it meets two devices of which one pretends.
    assert done.returncode in (1, -signal.SIGABRT), done.stdout[-3000:]
