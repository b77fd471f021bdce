"""Mistakes with devices that are planted in a copy of the sources, and that the tests over the pretend card find.

Each is one that PyTorch on a CPU alone would never notice.
"""

import signal
from pathlib import Path

import pytest

from tests.planted import copied, planted, stands_once, tried

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


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory.mktemp("planted"))


@pytest.mark.parametrize("name", list(PLANTED))
def test_what_is_planted_still_stands_there_once(name: str) -> None:
    assert stands_once(PLANTED[name])


@pytest.mark.soak
def test_without_a_mistake_they_pass(tree: Path) -> None:
    done = tried(tree, CAUGHT_BY)
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.soak
@pytest.mark.parametrize("name", list(PLANTED))
def test_it_is_found(tree: Path, name: str) -> None:
    with planted(tree, PLANTED[name]):
        done = tried(tree, CAUGHT_BY)
    # PyTorch's autograd ends the process where it meets two devices of which one pretends.
    assert done.returncode in (1, -signal.SIGABRT), done.stdout[-3000:]
