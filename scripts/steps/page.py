"""Builds the page into the Python package when its packages or its sources changed."""

import os
from pathlib import Path

from steps import node, stamps
from steps.common import ROOT, run

FRONTEND = ROOT / "frontend"
STATIC = ROOT / "backend/ntkscope/static"
LOCKS = [FRONTEND / "package.json", FRONTEND / "package-lock.json"]
NOT_SOURCES = {"node_modules", "dist", "test-results", ".svelte-kit"}


def sources() -> list[Path]:
    """Every file that the page is made of."""
    files = []
    for folder, folders, names in os.walk(FRONTEND):
        folders[:] = [name for name in folders if name not in NOT_SOURCES]
        files += [Path(folder, name) for name in names]
    return files


def build(*, with_packages: bool) -> None:
    """Brings the page up to date; with_packages also node_modules, which the page's own checks need."""
    locks, content = stamps.digest(LOCKS), stamps.digest(sources())
    built = stamps.read("page") == content and (STATIC / "index.html").exists()
    # npm writes this file last, so it stands for a whole node_modules.
    fetched = stamps.read("node_modules") == locks and (FRONTEND / "node_modules/.package-lock.json").exists()
    if built and (fetched or not with_packages):
        return
    tool = node.find()
    if not fetched:
        print("Installing the page's packages (about 70 MB).", flush=True)
        run(
            [*tool.npm, "ci", "--include=dev", "--no-audit", "--no-fund"],
            "npm could not install the page's packages; its message stands above. The first start needs the network.",
            cwd=FRONTEND,
            env=tool.environment(),
        )
        stamps.write("node_modules", locks)
    if not built:
        print("Building the page.", flush=True)
        run([*tool.npm, "run", "build"], "The page could not be built.", cwd=FRONTEND, env=tool.environment())
        stamps.write("page", content)
