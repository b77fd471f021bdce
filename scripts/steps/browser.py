"""Finds a Chromium for the browser tests: $CHROMIUM, an installed one, apt-get as root, Playwright's own."""

import os
import shutil
import subprocess
from pathlib import Path

from steps import apt
from steps.common import PYTHON, SetupProblem

NAMES = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
PLACES = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
]
PLAYWRIGHTS_OWN = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


def runs(program: str) -> bool:
    """Whether it is a browser: Ubuntu's chromium-browser is only a pointer to a snap."""
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0


def installed() -> str | None:
    """An installed Chrome or Chromium."""
    candidates = [*map(shutil.which, NAMES), *PLACES]
    return next((name for name in candidates if name and Path(name).exists() and runs(name)), None)


def by_apt() -> str | None:
    """Debian's Chromium, where we may install it: the one without windows takes a third less work."""
    return installed() if apt.install("Chromium", "chromium-headless-shell", "chromium") else None


def by_playwright() -> str | None:
    """Playwright's own Chromium, downloaded where it is not there yet."""
    print("Asking Playwright for its own Chromium (about 300 MB, once).", flush=True)
    if subprocess.call([PYTHON, "-m", "playwright", "install", "chromium"]) != 0:
        return None
    program = subprocess.run([PYTHON, "-c", PLAYWRIGHTS_OWN], capture_output=True, text=True).stdout.strip()
    return program if program and runs(program) else None


def find() -> str:
    """The browser's path, from the first of the four ways that has one."""
    named = os.environ.get("CHROMIUM")
    if named:
        if runs(named):
            return named
        raise SetupProblem(f"CHROMIUM={named} does not run. Name a Chrome or Chromium, or leave it unset.")
    found = installed() or by_apt() or by_playwright()
    if found is None:
        raise SetupProblem(
            "The browser tests need Chrome or Chromium, and none of the four ways gave one:\n"
            "  1. CHROMIUM=/path/to/chromium is not set\n"
            "  2. no Chrome or Chromium is installed\n"
            "  3. apt-get install chromium needs root and a Debian\n"
            "  4. Playwright's own (.venv/bin/python -m playwright install chromium) could not be had\n"
            "Do one of them and run  make test  again."
        )
    return found
