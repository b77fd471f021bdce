"""What the command line says of a graphics card."""

from pathlib import Path

import pytest

from tests.cases import config
from tests.cli.conftest import Cli
from tests.pretend_cuda import Card


def test_the_doctor_looks_at_the_card(cli: Cli, card: Card) -> None:
    words = cli("doctor").words
    for said in ("Pretend GPU (compute capability 9.0), which computes", "8.6 GB of 8.6 GB free", "built"):
        assert said in words


def test_the_doctor_says_why_a_card_does_not_compute(cli: Cli, card: Card, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "400")  # in one line
    card.fault = "CUDA error: no kernel image is available for execution on the device"
    answer = cli("doctor")
    assert f"Pretend GPU (compute capability 9.0) does not compute here: {card.fault}" in answer.words
    assert "CPU; " in answer.words


def test_a_preview_says_on_which_device_a_run_would_compute(
    cli: Cli, card: Card, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("a.json").write_text(config().model_dump_json())
    assert "Trains on the CPU, although there is Pretend GPU" in cli("preview", "a.json").words
    card.reset()
    monkeypatch.setattr("ntkscope.experiment.placement.CARD_OPERATIONS", 1)
    assert "Trains on Pretend GPU (compute capability 9.0): a step is" in cli("preview", "a.json").words
    assert not card.kernels, "a preview is computed on the CPU"
