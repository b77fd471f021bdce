"""Which device a run takes, and what is said of it."""

from typing import Any

import pytest

from ntkscope.errors import CardFull, InvalidInput, NtkscopeError
from ntkscope.experiment.card import ABSENT, Card
from ntkscope.experiment.card_memory import card_bytes
from ntkscope.experiment.estimate import estimate_cost, sizes
from ntkscope.experiment.placement import (
    CARD_EIGEN_POINTS,
    CARD_OPERATIONS,
    needs_card,
    place,
    place_here,
    speeds,
    step_operations,
)
from ntkscope.experiment.trainer import train
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import Started
from ntkscope.schemas.placement import ON_CPU, Placement
from tests.cases import config
from tests.pretend_cuda import SPEED
from tests.pretend_cuda import Card as Pretended

GIB = 2**30
READY = Card("ready", "NVIDIA H200", "9.0", "13.0", 100 * GIB, 140 * GIB, SPEED)
PASCAL = Card("refused", "GTX 1080", "6.1", "12.4", trouble="CUDA error: no kernel image is available.")
OLD_DRIVER = Card("refused", driver="11.4", trouble="The NVIDIA driver on your system is too old.")
LARGE: dict[str, Any] = {"network__width": 2048, "data__points": {"kind": "interval", "n": 256}}


def on(card: Card, device: str = "auto", before: Placement | None = None, **changes: Any) -> Placement:
    return place(config(training__device=device, **changes), None, card, before)


@pytest.mark.parametrize("device", ["auto", "cpu"])
def test_without_a_card_there_is_nothing_to_choose_and_nothing_to_say(device: str) -> None:
    assert on(ABSENT, device, **LARGE) == ON_CPU
    assert on(READY, "cpu", **LARGE) == ON_CPU


def test_a_large_run_takes_the_card_and_a_small_one_the_cpu_each_with_its_reason() -> None:
    small, large = on(READY), on(READY, **LARGE)
    assert (small.device, large.device) == ("cpu", "cuda")
    for placement, settings in ((small, config()), (large, config(**LARGE))):
        assert f"{step_operations(sizes(settings)):,} operations" in placement.reason
        assert f"{CARD_OPERATIONS:,}" in placement.reason
        assert "NVIDIA H200 (compute capability 9.0)" in placement.reason
    assert "although there is" in small.reason


@pytest.mark.parametrize("n", [100, 400])
def test_the_choice_turns_at_one_number_of_operations(n: int) -> None:
    """3 n (d w + w) multiply-adds and 60 n w for the activation, at one hidden layer and one input."""
    width = CARD_OPERATIONS // (n * 66)
    points = {"kind": "interval", "n": n}
    below, above = (config(data__points=points, network__width=w) for w in (width, width + 1))
    assert step_operations(sizes(above)) == n * 66 * (width + 1)
    assert (place(below, None, READY).device, place(above, None, READY).device) == ("cpu", "cuda")
    assert [needs_card(below), needs_card(above)] == [False, True]


def test_cuda_takes_the_card_whatever_the_size() -> None:
    assert on(READY, "cuda") == Placement(device="cuda")
    assert needs_card(config(training__device="cuda"))


@pytest.mark.parametrize("card", [PASCAL, OLD_DRIVER])
def test_a_card_that_does_not_compute(card: Card) -> None:
    """`auto` goes to the CPU with the reason, also for a small run, and `cuda` refuses with the same sentence."""
    what = f"{card.title} does not compute here: {card.trouble.rstrip('.')}"
    for changes in ({}, LARGE):
        placement = on(card, **changes)
        assert placement == Placement(reason=f"Trains on the CPU: {what}.")
    with pytest.raises(InvalidInput) as refused:
        on(card, "cuda")
    assert what in refused.value.got
    assert "doctor" in refused.value.remedy


def test_cuda_without_a_card_is_refused() -> None:
    with pytest.raises(InvalidInput, match="Choose device cpu or auto"):
        on(ABSENT, "cuda")


def test_eigendecompositions_turn_at_one_number_of_points() -> None:
    places = [
        on(READY, "cuda", data__points={"kind": "interval", "n": n}).eigen
        for n in (CARD_EIGEN_POINTS - 1, CARD_EIGEN_POINTS)
    ]
    assert places == ["cpu", "cuda"]


def test_a_card_without_room() -> None:
    needs = card_bytes(config(**LARGE))
    full = Card("ready", "Small GPU", "8.6", "13.0", needs - 1, 2 * needs, SPEED)
    placement = on(full, **LARGE)
    assert placement.device == "cpu"
    assert "Small GPU (compute capability 8.6)" in placement.reason
    with pytest.raises(CardFull, match="free"):
        on(full, "cuda", **LARGE)
    room = Card("ready", "Small GPU", "8.6", "13.0", needs, 2 * needs, SPEED)
    assert on(room, **LARGE).device == "cuda"


@pytest.mark.parametrize("device", ["auto", "cuda"])
def test_a_run_that_goes_on_stays_where_it_was(device: str) -> None:
    """Also where the choice would be another one now; unless that device is gone."""
    before = Placement(device="cuda", eigen="cuda", reason="as it was")
    assert on(READY, device, before) == before
    assert on(READY, device, ON_CPU, **LARGE) == ON_CPU
    if device == "auto":
        assert on(ABSENT, device, before) == ON_CPU
        assert on(PASCAL, device, before).device == "cpu"
    else:
        with pytest.raises(InvalidInput):
            on(ABSENT, device, before)


def test_estimates_take_the_speed_of_the_run_s_device() -> None:
    settings = config(**LARGE)
    there = estimate_cost(settings, None, speeds(place(settings, None, READY), READY))
    here = estimate_cost(settings)
    assert there.step_seconds < here.step_seconds / 10
    assert there.preview_seconds == here.preview_seconds  # previews are made on the CPU


def test_a_run_says_why_it_is_where_it_is(card: Pretended, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = config()
    assert place_here(settings).device == "cpu"
    reasons = [place_here(settings).reason]
    started = [started_by(settings)]
    monkeypatch.setattr("ntkscope.experiment.placement.CARD_OPERATIONS", 1)
    reasons.append(place_here(settings).reason)
    started.append(started_by(settings))
    assert [event.machine.device for event in started] == ["cpu", "cuda"]
    for event, reason in zip(started, reasons, strict=True):
        assert reason in event.notices


def test_a_card_that_was_chosen_elsewhere_and_does_not_compute_here_ends_the_run(card: Pretended) -> None:
    """As where another process holds it alone."""
    card.fault = "CUDA error: all CUDA-capable devices are busy or unavailable"
    with pytest.raises(InvalidInput, match="busy or unavailable"):
        next(train(config(), placement=Placement(device="cuda")))


def started_by(settings: RunConfig) -> Started:
    return next(event for event in train(settings) if isinstance(event, Started))


def test_every_refusal_has_its_three_parts() -> None:
    for card in (ABSENT, PASCAL, OLD_DRIVER, Card("ready", "Tiny", "8.0", "13.0", 1, 1, SPEED)):
        with pytest.raises(NtkscopeError) as refused:
            on(card, "cuda")
        assert all((refused.value.expected, refused.value.got, refused.value.remedy))
        assert refused.value.where == "training.device"
