"""What is found of a card: one that computes, one that does not, an old driver, none."""

import os
import time
import warnings
from collections.abc import Callable

import pytest
import torch

from ntkscope.experiment import machine
from ntkscope.experiment.card import ABSENT
from ntkscope.experiment.card_probe import look_at_card
from ntkscope.experiment.machine import card_speed, machine_speed
from tests.pretend_cuda import SPEED, Card

NO_KERNEL = (
    "CUDA error: no kernel image is available for execution on the device\n"
    "CUDA kernel errors might be asynchronously reported at some other API call"
)
OLD = "The NVIDIA driver on your system is too old (found version 11040). Please update your GPU driver."


def test_one_that_computes_is_described(card: Card) -> None:
    found = look_at_card()
    assert (found.state, found.title) == ("ready", "Pretend GPU (compute capability 9.0)")
    assert (found.free_bytes, found.total_bytes, found.speed) == (8 << 30, 8 << 30, SPEED)
    assert found.computes
    assert card.kernels


def test_it_is_looked_at_once(card: Card) -> None:
    found = look_at_card()
    card.reset()
    assert look_at_card() is found
    assert not card.touched


def test_one_without_kernels_does_not_compute_whatever_pytorch_says(card: Card) -> None:
    card.fault = NO_KERNEL
    assert torch.cuda.is_available()
    found = look_at_card()
    assert not found.computes
    assert found.title == "Pretend GPU (compute capability 9.0)"
    assert found.trouble == NO_KERNEL.splitlines()[0]


def test_one_that_computes_wrongly_is_refused(card: Card, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "equal", lambda *_: False)
    assert look_at_card().trouble == "a product of two 64 x 64 matrices came back wrong"


def without(monkeypatch: pytest.MonkeyPatch, says: str, warns: bool = False) -> Callable[[], object]:
    """A PyTorch built for CUDA that finds no card, and says so when it is asked."""

    def there() -> bool:
        if warns:
            warnings.warn(f"CUDA initialization: {says}", stacklevel=2)
        return False

    def init() -> None:
        raise RuntimeError(says)

    monkeypatch.setattr(torch.version, "cuda", "13.0")
    monkeypatch.setattr(torch.cuda, "is_available", there)
    monkeypatch.setattr(torch.cuda, "init", init)
    return look_at_card.__wrapped__


def test_a_driver_that_is_too_old_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch._C, "_cuda_getDriverVersion", lambda: 11040, raising=False)
    found = without(monkeypatch, OLD, warns=True)()
    assert (found.state, found.trouble, found.driver) == ("refused", OLD, "11.4")


@pytest.mark.parametrize("says", ["Found no NVIDIA driver on your system. Please check", "No CUDA GPUs are available"])
def test_where_there_is_none_there_is_nothing_to_tell(monkeypatch: pytest.MonkeyPatch, says: str) -> None:
    assert without(monkeypatch, says)() == ABSENT


def test_tests_see_no_card_of_the_machine() -> None:
    assert os.environ["CUDA_VISIBLE_DEVICES"] == ""
    assert look_at_card.__wrapped__() == ABSENT


def test_the_wait_for_the_card_is_no_part_of_its_speed(card: Card, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wait takes as long as many kernels do; here 20 times as long as a product on this processor."""
    wait = max(0.002, 20 * machine_speed().per_multiply_add * machine.SIDE**3)
    monkeypatch.setattr(torch.cuda, "synchronize", lambda: time.sleep(wait))
    monkeypatch.setattr(machine, "BATCH_SECONDS", 10 * wait)
    monkeypatch.setattr(machine, "CARD_EIGEN_SIDE", 32)
    monkeypatch.setattr(machine, "LARGEST_SIDE", machine.SIDE)
    found = card_speed()
    assert found.per_call < wait / 5
    assert found.per_element * machine.ELEMENTS < wait / 2
    assert found.per_multiply_add < 6 * machine_speed().per_multiply_add
