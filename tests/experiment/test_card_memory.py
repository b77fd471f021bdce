"""What a run takes on the card: estimated from above, compared before the start, and said when it was too little."""

from typing import Any

import pytest
import torch

from ntkscope.errors import CardFull
from ntkscope.experiment import placement
from ntkscope.experiment.card_memory import WORKSPACE, card_bytes, fits_now
from ntkscope.experiment.estimate import memory_bytes, readable_bytes, sizes
from ntkscope.experiment.placement import place_here
from ntkscope.experiment.trainer import train
from ntkscope.schemas.placement import ON_CPU, Placement
from tests.cases import config, run
from tests.pretend_cuda import Card

BRIEF = {"training__stop__steps": 16, "recording__frames": 4, "recording__kernel_frames": 2}
ON_CARD = Placement(device="cuda")
MANY = {"data__points": {"kind": "random", "n": 96, "d": 2}, "data__target": {"kind": "formula", "text": "x1"}}
WIDE = {"network__width": 512, "network__depth": 2, "data__points": {"kind": "interval", "n": 8}, "data__grid": 8}
CASES: list[dict[str, Any]] = [MANY, WIDE, WIDE | {"training__precision": "float32"}, {"recording__hessian": True}]


@pytest.mark.parametrize("eigen", ["cpu", "cuda"])
@pytest.mark.parametrize("changes", CASES)
def test_the_estimate_is_above_what_is_taken_and_not_far(
    card: Card, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], eigen: str
) -> None:
    monkeypatch.setattr(placement, "CARD_EIGEN_POINTS", 1 if eigen == "cuda" else 10**9)
    settings = config(training__device="cuda", network__activation="erf", **(BRIEF | changes))
    estimated = card_bytes(settings, eigen=eigen) - WORKSPACE
    card.peak_bytes = 0
    run(settings)
    assert estimated / 8 <= card.peak_bytes <= estimated


def test_it_is_another_one_than_the_host_s() -> None:
    few, many = (config(recording__frames=n, network__width=16) for n in (10, 1000))
    assert card_bytes(few) == card_bytes(many)
    assert memory_bytes(sizes(few)) < memory_bytes(sizes(many))
    assert card_bytes(config(training__precision="float32")) < card_bytes(config(training__precision="float64"))


def test_a_run_that_does_not_fit_is_refused_before_it_begins_with_both_figures(card: Card) -> None:
    settings = config(training__device="cuda")
    chosen = place_here(settings)
    card.free_bytes = card_bytes(settings) - 1
    assert not fits_now(settings, None, chosen)
    assert fits_now(settings, None, ON_CPU)
    card.reset()
    with pytest.raises(CardFull) as refused:
        next(train(settings, placement=chosen))
    assert not card.touched
    assert readable_bytes(card.free_bytes) in refused.value.expected
    assert readable_bytes(card_bytes(settings)) in refused.value.got


def test_what_this_process_keeps_for_later_is_free_to_it(card: Card, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = config(training__device="cuda")
    card.free_bytes = card_bytes(settings) - 100
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda: 300)
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda: 200)
    assert fits_now(settings, None, ON_CARD)
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda: 201)
    assert not fits_now(settings, None, ON_CARD)


def test_a_card_that_runs_out_of_memory_is_an_error_of_the_program_s_own(card: Card) -> None:
    settings = config(training__device="cuda")
    chosen = place_here(settings)
    card.most_elements = 16 * 64 - 1  # no room for a layer's values
    with pytest.raises(CardFull) as refused:
        list(train(settings, placement=chosen))
    for remedy in ("kernel frames", "float32", "device cpu"):
        assert remedy in refused.value.remedy
    assert refused.value.__context__ is None, "its trace would hold what was on the card"


@pytest.mark.parametrize("says", ["CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling", "CUDA error: out of memory"])
def test_so_is_one_whose_libraries_do(card: Card, says: str) -> None:
    settings = config(training__device="cuda")
    chosen = place_here(settings)
    card.fault = says
    with pytest.raises(CardFull):
        list(train(settings, placement=chosen))


def test_another_error_stays_what_it_is(card: Card) -> None:
    settings = config(training__device="cuda")
    chosen = place_here(settings)
    card.fault = "CUDA error: an illegal memory access was encountered"
    with pytest.raises(RuntimeError, match="illegal memory access"):
        list(train(settings, placement=chosen))
