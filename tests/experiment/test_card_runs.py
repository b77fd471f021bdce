"""Whole runs on a card: over the pretend one with the CPU's events to the bit, and with few waits and copies."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
import torch

from ntkscope.experiment import placement
from ntkscope.experiment.card_probe import look_at_card
from ntkscope.experiment.measure import clock
from ntkscope.experiment.trainer import CHECK_EVERY, train
from ntkscope.numerics import ACTIVATIONS
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import Checkpoint, Frame, KernelFrame, RunEvent, Started, Tick
from ntkscope.wire.codec import encode
from tests.cases import config, of, run, stored
from tests.pretend_cuda import Card, pretend_cuda

CIRCLE = {"kind": "circle", "n": 8}
SPHERE = {"kind": "random", "n": 8, "d": 3, "distribution": "sphere"}
LINEAR = {"kind": "formula", "text": "x1 - x2"}
BRIEF = {
    "training__stop__steps": 64, "recording__frames": 12, "recording__kernel_frames": 3, "data__grid": 9,
    "data__points": {"kind": "interval", "n": 8}, "network__width": 16,
}  # fmt: skip
RUNS: dict[str, dict[str, Any]] = {
    "relu, float32, Hessian": {
        "network__activation": "relu", "network__depth": 2, "training__precision": "float32",
        "recording__hessian": True,
    },
    "tanh on a circle": {"data__points": CIRCLE, "network__activation": "tanh", "network__centered": False},
    "gelu in three dimensions": {"data__points": SPHERE, "data__target": LINEAR, "network__activation": "gelu"},
    "silu, mean field": {"network__activation": "silu", "network__parameterization": "mean_field"},
    "diverging": {"network__activation": "erf", "training__learning_rate": {"kind": "auto", "fraction": 30.0}},
    "dead": {
        "network__activation": "relu", "network__width": 2, "network__sigma_b": 0.0, "network__centered": False,
        "training__learning_rate": {"kind": "auto", "fraction": 3.0},
    },
}  # fmt: skip


def small(device: str, **changes: Any) -> RunConfig:
    return config(training__device=device, **(BRIEF | changes))


def plain(events: Iterable[RunEvent]) -> list[bytes]:
    """Their bytes without the clock, and without what names the device."""
    made = []
    for event in events:
        alike: dict[str, Any] = {"wall_seconds": 0.0} if hasattr(event, "wall_seconds") else {}
        if isinstance(event, Started):
            machine = event.machine.model_copy(update={"device": "", "device_name": ""})
            alike |= {"machine": machine, "config": event.config.model_copy(update={"training": RunConfig().training})}
        made.append(encode(event.model_copy(update=alike)))
    return made


@pytest.mark.parametrize("name", list(RUNS))
def test_a_run_on_the_card_is_the_run_on_the_cpu(name: str) -> None:
    with pretend_cuda() as card:
        there = run(small("cuda", **RUNS[name]))
    assert plain(there) == plain(run(small("cpu", **RUNS[name])))
    assert of(there, Started)[0].machine.device_name == "Pretend GPU"
    assert card.kernels


@pytest.mark.soak
@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("name", list(ACTIVATIONS))
def test_every_activation_on_the_card_is_that_on_the_cpu(name: str, precision: str) -> None:
    shape: dict[str, Any] = {"network__activation": name, "network__depth": 2, "training__precision": precision}
    # autograd's formula for silu' is another one on a device that PyTorch does not know
    shape["recording__hessian"] = name != "silu"
    with pretend_cuda():
        there = run(small("cuda", **shape))
    assert plain(there) == plain(run(small("cpu", **shape)))


@pytest.mark.gpu
@pytest.mark.parametrize("name", ["tanh on a circle", "gelu in three dimensions", "silu, mean field"])
def test_on_a_real_card_it_is_so_to_round_off(name: str) -> None:
    if not torch.cuda.is_available():
        pytest.skip("needs a CUDA device, and -m gpu")
    there, here = run(small("cuda", **RUNS[name])), run(small("cpu", **RUNS[name]))
    assert [event.type for event in there] == [event.type for event in here]
    for one, other in zip(of(there, Frame), of(here, Frame), strict=True):
        assert np.abs(one.function - other.function).max() <= 1e-8 * (1 + np.abs(other.function).max())
    for one, other in zip(of(there, KernelFrame), of(here, KernelFrame), strict=True):
        assert np.abs(one.eigenvalues - other.eigenvalues).max() <= 1e-8 * other.eigenvalues.max()


def test_kernel_frames_decomposed_on_the_card(card: Card, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = plain(run(small("cpu")))
    monkeypatch.setattr(placement, "CARD_EIGEN_POINTS", 8)
    card.reset()
    assert plain(run(small("cuda"))) == expected
    assert card.kernels["_linalg_eigh"] == 2  # of three kernel frames, the first of which has K_0's


def counted(card: Card, **changes: Any) -> dict[str, int]:
    """Waits and copies of a whole run."""
    look_at_card()  # once in a process
    card.reset()
    run(small("cuda", **changes))
    return {"waits": sum(card.syncs.values()), "copies": card.copies, "replays": card.replays}


@pytest.mark.parametrize("graph", [True, False])
def test_more_steps_wait_once_in_eight(card: Card, monkeypatch: pytest.MonkeyPatch, graph: bool) -> None:
    if not graph:
        monkeypatch.setattr("ntkscope.experiment.trainer.step_graph", lambda *_: None)
    few, many = (
        counted(card, network__activation="erf", network__depth=2, training__stop__steps=steps, recording__frames=2)
        for steps in (40, 104)
    )
    looks = (104 - 40) / CHECK_EVERY
    assert many["waits"] - few["waits"] == looks
    assert many["copies"] == few["copies"]
    assert many["replays"] - few["replays"] == (looks if graph else 0)


@pytest.mark.parametrize("name", ["relu", "erf"])
def test_a_frame_takes_one_copy_and_a_kernel_frame_two_more(card: Card, name: str) -> None:
    """The dead-units test, the identity and the units' slopes come with them."""
    shape = {"network__activation": name, "network__depth": 2, "training__stop__steps": 40}
    few, more, most = (
        counted(card, recording__frames=frames, recording__kernel_frames=kernels, **shape)
        for frames, kernels in ((8, 2), (14, 2), (14, 5))
    )
    assert more["copies"] - few["copies"] == 14 - 8
    assert most["copies"] - more["copies"] == 2 * (5 - 2)
    assert most["waits"] == more["waits"] == few["waits"]


def test_without_a_graph_the_same_run(card: Card, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = plain(run(small("cuda")))
    assert card.replays
    card.reset()
    monkeypatch.setattr("ntkscope.experiment.trainer.step_graph", lambda *_: None)
    assert plain(run(small("cuda"))) == expected
    assert not card.replays


def paused(settings: RunConfig, at: int) -> tuple[list[RunEvent], Checkpoint]:
    """What a run stores until it pauses at the first Tick from this step on, and its checkpoint."""
    training, events = train(settings), []
    event = next(training)
    while not isinstance(event, Checkpoint):
        if not isinstance(event, Tick):
            events.append(event)
        event = training.send("pause" if isinstance(event, Tick) and event.step >= at else None)
    training.close()
    return events, event


@pytest.mark.parametrize(("before", "after"), [("cuda", "cpu"), ("cpu", "cuda"), ("cuda", "cuda")])
def test_a_checkpoint_goes_from_one_device_to_another(
    card: Card, monkeypatch: pytest.MonkeyPatch, before: str, after: str
) -> None:
    monkeypatch.setattr(clock, "TICK_SECONDS", 0.0)
    whole = run(small("cpu"))
    first, checkpoint = paused(small(before), at=24)
    rest = stored(train(small(after), resume=checkpoint, last_seq=checkpoint.seq, since=-1))
    frames = [[event.model_copy(update={"seq": 0}) for event in of(events, Frame)] for events in (whole, first + rest)]
    assert plain(frames[0]) == plain(frames[1])
    assert of(rest, Checkpoint)[-1].parameters == of(whole, Checkpoint)[-1].parameters
