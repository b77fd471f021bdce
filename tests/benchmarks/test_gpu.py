"""The benchmark of the card runs, as far as that can be seen without one."""

import importlib
from pathlib import Path
from types import ModuleType

import pytest

from ntkscope.experiment.estimate import sizes
from ntkscope.experiment.placement import step_operations
from tests.cases import config

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(BENCHMARKS)
    module = importlib.import_module("gpu")
    monkeypatch.setattr(module, "LONG_ENOUGH", 0.0)
    monkeypatch.setattr(module, "write_json", lambda *_: pytest.fail("a dry run keeps nothing"))
    return module


def test_a_dry_run_fills_every_table(gpu: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    gpu.main(["--dry-run"])
    said = capsys.readouterr().out
    for words in ("Pretend GPU", "graph, ms", "two-sines", "frames a second", "eigh", "x products", "plain PyTorch"):
        assert words in said
    assert "left out" not in said
    assert "None" not in said


def test_what_there_is_no_time_for_is_named(gpu: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    gpu.main(["--dry-run", "--seconds", "0"])
    assert capsys.readouterr().out.count("left out: no time") == 5


def test_without_a_card_it_says_so(gpu: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    gpu.main([])
    assert "no card that computes" in capsys.readouterr().out


def test_twelve_sizes_and_its_operations_are_those_of_the_choice(gpu: ModuleType) -> None:
    assert len(set(gpu.STEPS)) == 12
    settings = config(
        data__points={"kind": "random", "n": 8, "d": 2}, data__target={"kind": "formula", "text": "x1"},
        network__width=16, network__depth=3,
    )  # fmt: skip
    assert gpu.operations(8, 16, 3) == step_operations(sizes(settings))
