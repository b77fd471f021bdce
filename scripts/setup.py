"""Sets ntkscope up in .venv, then runs or tests it: python3 scripts/setup.py run|setup|test|bench|soak|audit.

This file alone is written for any Python, so that an old one can say which is needed; prepare.py has the rest.
"""
# ruff: noqa: RUF005, UP010, UP024, UP031

from __future__ import print_function

import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
VENV_PYTHON = os.path.join(VENV, "bin", "python")
MINIMUM = (3, 11)
NAMES = ["python3.11", "python3", "python3.12", "python3.13", "python3.14", "python"]  # 3.11 is tested most
# Debian and Ubuntu ship venv without ensurepip, which then makes environments without pip.
PROBE = "import sys; print('%d.%d' % sys.version_info[:2]); import ensurepip, venv; print('venv')"


def fail(*lines):
    """Ends with a message instead of a traceback."""
    print("\n".join(lines), file=sys.stderr)
    sys.exit(1)


def probe(python):
    """(version, has venv) of an interpreter, or None where it does not run."""
    try:
        process = subprocess.Popen([python, "-c", PROBE], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        words = process.communicate()[0].decode().split()
    except OSError:
        return None
    if not words:
        return None
    return tuple(int(part) for part in words[0].split(".")), "venv" in words


def install_command(apt, dnf, brew):
    """The command that installs a package on this system, given its name for each tool."""
    folders = os.environ.get("PATH", "").split(os.pathsep)
    for tool, command in (("apt-get", "sudo apt-get"), ("dnf", "sudo dnf"), ("brew", "brew")):
        if any(os.path.exists(os.path.join(folder, tool)) for folder in folders):
            return command + " install " + {"apt-get": apt, "dnf": dnf, "brew": brew}[tool]
    return "the installer of python.org"


def choose_python(wanted):
    """The interpreter that makes .venv: the wanted one, else the first of NAMES that will do."""
    found = []
    for name in [wanted] if wanted else NAMES[:1] + [sys.executable] + NAMES[1:]:
        answer = probe(name)
        if answer is not None and answer[0] >= MINIMUM and answer[1]:
            return name
        if answer is not None:
            found.append((name, "%d.%d" % answer[0], answer[0] >= MINIMUM))
    for name, version, new_enough in found:
        if new_enough:
            apt = "python3-venv    (python%s-venv, where that is not the system's own Python)" % version
            fail(
                "%s is Python %s without a working venv: Debian has it in a package apart." % (name, version),
                "Install it:  " + install_command(apt, "python3-pip", "python@3.11"),
                "Then run the same command again.",
            )
    tried = [wanted] if wanted else NAMES
    seen = ", ".join("%s is Python %s" % item[:2] for item in found) or "none runs of " + ", ".join(tried)
    fail(
        "ntkscope needs Python 3.11 or newer, with venv; here %s." % seen,
        "Install it:  " + install_command("python3.11 python3.11-venv", "python3.11", "python@3.11"),
        "Then run the same command again. Another interpreter: make run PYTHON=/path/to/python",
    )


def venv_is_usable():
    """Whether .venv is whole, has a new enough Python and stands where it was made (its scripts hold its path)."""
    try:
        with open(os.path.join(VENV, "pyvenv.cfg")) as config:
            settings = dict(line.replace(" ", "").strip().split("=", 1) for line in config if "=" in line)
        version = settings.get("version", settings.get("version_info", "0.0")).split(".")
        whole = os.path.exists(VENV_PYTHON) and os.path.exists(os.path.join(VENV, "bin", "pip"))  # pip comes last
        if not whole or tuple(int(part) for part in version[:2]) < MINIMUM:
            return False
        stamps = os.path.join(VENV, "ntkscope-setup.json")
        if not os.path.exists(stamps):
            return True
        with open(stamps) as file:
            return json.load(file).get("root") == ROOT
    except (IOError, OSError, ValueError):
        return False


def main(arguments):
    if os.name == "nt":
        fail("ntkscope's server needs Linux or macOS: on Windows run the same command inside WSL.")
    wanted = None
    if "--python" in arguments:
        place = arguments.index("--python")
        wanted = arguments[place + 1]
        del arguments[place : place + 2]
    if not venv_is_usable():
        python = choose_python(wanted)
        print("Making the environment .venv with " + python)
        sys.stdout.flush()
        if subprocess.call([python, "-m", "venv", "--clear", VENV]) != 0:
            fail("%s could not make the environment %s; its message stands above." % (python, VENV))
    # No process in between, so that signals reach the server.
    os.execv(VENV_PYTHON, [VENV_PYTHON, os.path.join(ROOT, "scripts", "prepare.py")] + arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
