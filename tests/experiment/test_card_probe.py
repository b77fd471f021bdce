"""What is found of a card: one that computes, one that does not, an old driver, none."""

import os
import warnings
from collections.abc import Callable

import pytest
import torch

from ntkscope.experiment import machine
from ntkscope.experiment.card import ABSENT
from ntkscope.experiment.card_probe import look_at_card
from ntkscope.experiment.machine import _large, card_speed
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
    """By a clock on which a kernel takes 10 us and a wait 50 us, whatever they do."""
    waits: list[int] = []
    monkeypatch.setattr(torch.cuda, "synchronize", lambda: waits.append(1))
    monkeypatch.setattr(machine, "perf_counter", lambda: 1e-5 * sum(card.kernels.values()) + 5e-5 * len(waits))
    for name, size in (("SIDE", 16), ("LARGEST_SIDE", 16), ("ELEMENTS", 64), ("MOST_ELEMENTS", 64)):
        monkeypatch.setattr(machine, name, size)
    monkeypatch.setattr(machine, "CARD_EIGEN_SIDE", 16)
    found = card_speed()
    for one_kernel in (found.per_call, found.per_element * 64, found.per_transcendental * 64):
        assert one_kernel == pytest.approx(1e-5, rel=0.02)
    assert found.per_multiply_add * 16**3 == pytest.approx(1e-5, rel=0.02)


def test_what_is_timed_grows_until_it_takes_a_while(card: Card, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a clock on which an element takes 1 us."""
    elements: list[int] = []

    def work(x: torch.Tensor) -> None:
        elements.append(x.numel())

    monkeypatch.setattr(machine, "perf_counter", lambda: 1e-6 * sum(elements))
    start = torch.zeros(16).to("cuda")
    assert len(_large(start, work, lambda x: x.repeat(2), 2**20)) == 1024  # 1 ms, and no longer below 5/8 of one
    assert len(_large(start, work, lambda x: x.repeat(2), 64)) == 64
