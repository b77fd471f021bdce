"""The program, called in this process."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from ntkscope.cli import main


@dataclass(frozen=True)
class Answer:
    """What a command said."""

    code: int
    output: str
    error: str

    @property
    def words(self) -> str:
        """The output in one line: tables and terminals break it anywhere."""
        return " ".join(self.output.split())


Cli = Callable[..., Answer]


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Cli:
    """Runs a command in an empty folder; a trace never reaches the user."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")

    def call(*arguments: str) -> Answer:
        monkeypatch.setattr("sys.argv", ["ntkscope", *arguments])
        capfd.readouterr()
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
        captured = capfd.readouterr()
        answer = Answer(code, captured.out, " ".join(captured.err.split()))
        assert "Traceback" not in captured.out + captured.err
        return answer

    return call
