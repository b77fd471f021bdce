"""Which processor and which build a run's numbers come from: on the same ones they are the same bit for bit."""

import platform
from functools import cache
from pathlib import Path

import torch

from ntkscope import __version__

CPUINFO = Path("/proc/cpuinfo")


@cache
def processor(cpuinfo: Path = CPUINFO) -> str:
    """The processor's model, as the system names it."""
    try:
        lines = cpuinfo.read_text(errors="replace").splitlines()
    except OSError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


def build() -> str:
    """This program and the PyTorch under it, by version and commit."""
    return f"ntkscope {__version__}, PyTorch {torch.__version__} ({str(torch.version.git_version)[:12]})"
