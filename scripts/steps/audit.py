"""Asks for known vulnerabilities of every pinned package: Python's by pip-audit, the page's by npm audit."""

import json
import subprocess
from dataclasses import dataclass, field
from typing import Any

from steps import node, python_packages
from steps.common import PYTHON, ROOT
from steps.page import FRONTEND

PIP_AUDIT = [str(PYTHON), "-m", "pip_audit", "-r", "constraints.txt", "--no-deps", "--disable-pip"]
QUIETLY = ["--progress-spinner", "off", "--format", "json"]
SECONDS = 300
FOUND, UNKNOWN = 1, 2  # exit statuses: something is known; not everything could be asked


@dataclass
class Report:
    """What one of the two says.

    Args:
        packages: How many were asked about.
        known: A line on each vulnerability.
        unasked: Packages of which nothing was answered.
        failure: Why nothing was answered at all.
    """

    packages: int = 0
    known: list[str] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)
    failure: str = ""

    def sentence(self, whose: str) -> str:
        """The outcome, on one line."""
        if self.failure:
            return (
                f"{whose}: nothing could be asked ({self.failure}). Run it again where the network reaches the service."
            )
        missing = (
            f" {len(self.unasked)} could not be asked about: {', '.join(self.unasked[:5])}" if self.unasked else ""
        )
        missing += ", ..." if len(self.unasked) > 5 else ""
        asked = self.packages - len(self.unasked)
        return f"{whose}: {asked} packages, {len(self.known)} known vulnerabilities.{missing and missing + '.'}"


def audit() -> int:
    """Prints what is known; 0 where nothing is, and everything was asked."""
    python_packages.require("audit")
    tool = node.find()
    python = python_report(*_said([*PIP_AUDIT, *QUIETLY], ROOT))
    page = page_report(*_said([*tool.npm, "audit", "--json"], FRONTEND, tool.environment()))
    for report, whose in ((python, "Python"), (page, "The page")):
        print(report.sentence(whose))
        for line in report.known:
            print(f"  {line}")
    if python.known or page.known:
        return FOUND
    return UNKNOWN if any(report.failure or report.unasked for report in (python, page)) else 0


def python_report(said: str, complained: str) -> Report:
    """pip-audit's JSON. Where it reaches no service it may end well, with every package left out."""
    found = _json(said)
    if not isinstance(found.get("dependencies"), list):
        return Report(failure=_last(complained))
    packages = found["dependencies"]
    unasked = [package["name"] for package in packages if "skip_reason" in package]
    if len(unasked) == len(packages):
        return Report(failure=packages[0]["skip_reason"] if packages else "no package is pinned")
    known = [
        f"{package['name']} {package['version']}: {one['id']}, mended in {', '.join(one['fix_versions']) or 'none'}"
        for package in packages
        for one in package.get("vulns", [])
    ]
    return Report(len(packages), known, unasked)


def page_report(said: str, complained: str) -> Report:
    """npm's JSON, of version 7 or newer."""
    found = _json(said)
    if not isinstance(found.get("vulnerabilities"), dict):
        return Report(failure=str(found.get("message") or _last(complained)))
    known = [
        f"{name} {one['range']}: {one['severity']}, {'mended' if one['fixAvailable'] else 'not mended'}"
        for name, one in sorted(found["vulnerabilities"].items())
    ]
    return Report(found["metadata"]["dependencies"]["total"], known)


def _said(command: list[str], folder: Any, environment: dict[str, str] | None = None) -> tuple[str, str]:
    """What a program prints, and what it complains of; its exit status says less than both."""
    try:
        ended = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return "", f"no answer within {SECONDS} s"
    return ended.stdout, ended.stderr


def _json(said: str) -> dict[str, Any]:
    try:
        found = json.loads(said)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _last(complained: str) -> str:
    lines = [line.strip() for line in complained.splitlines() if line.strip()]
    return lines[-1][:200] if lines else "it said nothing"
