"""make audit: what is known of the pinned packages, and a sentence where nobody could be asked."""

import json
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

from .conftest import PROJECT

CLEAN = {"name": "rich", "version": "15.0.0", "vulns": []}
HOLED = {"name": "urllib3", "version": "2.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1"]}]}
LEFT_OUT = {"name": "ours", "skip_reason": "Dependency not found on PyPI and could not be audited: ours (1)"}


@pytest.fixture
def audit(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(PROJECT / "scripts")
    from steps import audit

    yield audit
    for name in [name for name in sys.modules if name == "steps" or name.startswith("steps.")]:
        del sys.modules[name]


def said(*packages: dict[str, object]) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


@pytest.mark.parametrize(
    ("answer", "complaint", "sentence"),
    [
        (said(CLEAN), "", "P: 1 packages, 0 known vulnerabilities."),
        (said(CLEAN, HOLED), "", "P: 2 packages, 1 known vulnerabilities."),
        (said(CLEAN, LEFT_OUT), "", "P: 1 packages, 0 known vulnerabilities. 1 could not be asked about: ours."),
        (said(LEFT_OUT), "No known vulnerabilities found", "P: nothing could be asked (Dependency not found"),
        ("", "a\nConnectionError: no route to host\n", "P: nothing could be asked (ConnectionError: no route to host)"),
        ("<html>", "", "P: nothing could be asked (it said nothing)"),
    ],
)
def test_what_pip_audit_says(audit: ModuleType, answer: str, complaint: str, sentence: str) -> None:
    assert audit.python_report(answer, complaint).sentence("P").startswith(sentence)


def test_a_vulnerability_is_named_with_what_mends_it(audit: ModuleType) -> None:
    assert audit.python_report(said(HOLED), "").known == ["urllib3 2.0: PYSEC-1, mended in 2.1"]
    one = {"range": "<4.1", "severity": "high", "fixAvailable": False}
    answer = {"vulnerabilities": {"vite": one}, "metadata": {"dependencies": {"total": 7}}}
    report = audit.page_report(json.dumps(answer), "")
    assert report.known == ["vite <4.1: high, not mended"]
    assert report.sentence("The page") == "The page: 7 packages, 1 known vulnerabilities."


def test_what_npm_says_without_a_service(audit: ModuleType) -> None:
    answer = json.dumps({"message": "405 Method Not Allowed - POST https://registry.example", "error": {}})
    assert audit.page_report(answer, "").sentence("The page") == (
        "The page: nothing could be asked (405 Method Not Allowed - POST https://registry.example). "
        "Run it again where the network reaches the service."
    )


def test_make_audit_asks_both_and_fails_where_neither_answers(checkout) -> None:
    result = checkout.make("audit")
    assert result.returncode != 0
    assert "Python: nothing could be asked" in result.stdout
    assert "The page: nothing could be asked" in result.stdout
    assert any(call.startswith("npm audit --json") for call in checkout.calls())
