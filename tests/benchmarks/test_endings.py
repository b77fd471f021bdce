"""One click mends what ended badly: five runs here, all fifty of the benchmark in the soak."""

import importlib
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def endings(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(BENCHMARKS)
    return importlib.import_module("endings")


@pytest.mark.parametrize(
    ("seed", "outcome"),
    [(8, "diverged"), (11, "diverged"), (78, "saturated"), (108, "dead_units"), (165, "dead_units")],
)
def test_five_are_mended(endings: ModuleType, seed: int, outcome: str) -> None:
    config = endings.candidate(seed)
    ended, _, finished = endings.ending(config)
    assert ended == outcome
    assert "seed" not in finished.sentence + finished.suggestion.sentence
    assert endings.mended(config, ended, finished)["mended"]


@pytest.mark.soak
def test_forty_eight_of_fifty_are_mended(endings: ModuleType) -> None:
    rows = endings.measure(50)
    assert {row["ended"] for row in rows} == {"diverged", "dead_units", "saturated"}
    assert sum(row["mended"] for row in rows) >= 48
