"""Logs of version 1: what the reader makes of the old names, and what it finds in the Started before."""

from typing import Any

import msgpack
import numpy as np
import pytest

from ntkscope.schemas.event import Checkpoint, Finished, Frame, KernelFrame, Started
from ntkscope.wire.codec import decode, decode_fields, encode, in_this_version
from ntkscope.wire.sequence import decode_log
from ntkscope.wire.version_1 import LAWS
from tests.cases import of
from tests.pinned.logs import CONFIGS, read


def raw(data: bytes) -> dict[str, Any]:
    """The fields as they were written; an array as its float32 values."""

    def unpack(fields: dict[str, Any]) -> Any:
        if fields.keys() == {"shape", "float32"}:
            return np.frombuffer(fields["float32"], "<f4").reshape(fields["shape"])
        return fields

    found: dict[str, Any] = msgpack.unpackb(data, object_hook=unpack)
    return found


def first(name: str, kind: str) -> bytes:
    return next(data for data in read(name) if raw(data)["type"] == kind)


@pytest.mark.parametrize("name", CONFIGS)
def test_every_event_is_one_of_this_version(name: str) -> None:
    data = read(name)
    assert all("version" not in raw(item) for item in data)
    for before, event in zip(data, decode_log(data), strict=True):
        old = raw(before)
        assert (event.version, event.seq, event.type) == (2, old["seq"], old["type"])
        assert next(iter(msgpack.unpackb(in_this_version(before)))) == "version"


def test_a_started_has_the_same_numbers_under_its_new_names() -> None:
    data = first("interval", "started")
    old, event = raw(data), decode(data)
    assert isinstance(event, Started)
    assert event.largest_stable_rate == old["stability_limit"]
    assert event.largest_stable_eigenvalue == 2 / old["learning_rate"]
    assert (event.epsilon, event.centered) == (event.config.recording.epsilon, event.config.network.centered)
    assert event.steps == old["steps"].tolist()
    assert all(type(step) is int for step in event.steps + event.kernel_steps)
    assert event.times == [step * old["learning_rate"] for step in event.steps]
    for law in LAWS:
        np.testing.assert_array_equal(event.laws[law].remaining, old[law]["remaining"])
    assert [group.significant for group in event.groups] == [group["counts"] for group in old["groups"]]
    assert [group.resolved for group in event.groups] == [group["drawn"] for group in old["groups"]]
    assert event.infinite is not None
    assert event.infinite.truncation_error == old["infinite"]["quadrature_error"]


@pytest.mark.parametrize("name", CONFIGS)
def test_frames_have_their_steps_among_those_of_started(name: str) -> None:
    events = list(decode_log(read(name)))
    begin, frames = of(events, Started)[-1], of(events, Frame)
    for frame in frames:
        assert begin.times[begin.steps.index(frame.step)] == frame.time  # exactly


def test_a_frame_has_its_predictions_by_name() -> None:
    data = first("circle", "frame")
    old, event = raw(data), decode(data)
    assert isinstance(event, Frame)
    predicted = event.predicted
    np.testing.assert_array_equal(predicted["frozen"].function, old["function_predicted"])
    np.testing.assert_array_equal(predicted["infinite"].function, old["function_infinite"])
    np.testing.assert_array_equal(predicted["ensemble"].function, old["ensemble"]["mean"])
    np.testing.assert_array_equal(predicted["ensemble"].spread, old["ensemble"]["standard_deviation"])
    assert {name: one.distance for name, one in predicted.items()} == old["distances"]
    np.testing.assert_array_equal(event.residual_spectrum, old["spectrum"])
    assert event.median_errors == {law: old[f"median_error_{law}"] for law in LAWS}


# Fields that came to version 1 one after another: its first logs have none of them.
LATER = {
    "started": ["target_power", "frequency_fits", "infinite", "grid_modes", "mode_wave_vectors", "slices"],
    "frame": ["function_infinite", "ensemble", "distances", "infinite_remaining"],
    "kernel_frame": [
        "mode_coefficients", "remaining", "slices", "leading_modes", "subspace_overlap", "target_alignment", "trace",
        "effective_rank", "condition_number", "moving", "hessian",
    ],
    "checkpoint": ["time", "moving", "moving_kernel"],
    "finished": ["learning_time_fit"],
}  # fmt: skip


@pytest.mark.parametrize("kind", LATER)
def test_what_an_early_log_does_not_have_is_none(kind: str) -> None:
    fields = msgpack.unpackb(first("circle", kind))
    event = decode(msgpack.packb({name: value for name, value in fields.items() if name not in LATER[kind]}))
    match event:
        case Started():
            assert (event.infinite, event.slices, event.target_power, event.frequency_fits) == (None, None, None, [])
        case Frame():
            assert set(event.predicted) == {"frozen"}
            assert event.predicted["frozen"].distance is None
        case KernelFrame():
            assert (event.moving, event.hessian, event.trace) == (None, None, None)
        case Checkpoint():
            assert (event.time, event.moving, event.moving_kernel) == (0.0, b"", b"")
        case Finished():
            assert event.learning_time_fit is None


def test_a_second_started_is_joined_to_the_first() -> None:
    data = read("circle")
    before, added = (raw(item) for item in data if raw(item)["type"] == "started")
    _, whole = of(decode_log(data), Started)
    assert whole.steps == [*before["steps"], *added["steps"]]
    assert whole.steps == sorted(set(whole.steps))
    assert whole.kernel_steps == [*before["kernel_steps"], *added["kernel_steps"]]
    for law in LAWS:
        for name in ("remaining", "learnt", "loss"):
            both = np.concatenate([before[law][name], added[law][name]])
            np.testing.assert_array_equal(getattr(whole.laws[law], name), both)
    assert whole.infinite is not None
    np.testing.assert_array_equal(
        whole.infinite.loss, np.concatenate([before["infinite"]["loss"], added["infinite"]["loss"]])
    )
    assert whole.config.training.stop.steps == added["config"]["training"]["stop"]["steps"]


def test_it_keeps_the_law_of_the_first() -> None:
    data = read("circle")
    before, added = (raw(item) for item in data if raw(item)["type"] == "started")
    assert before["law"] != added["law"]
    _, whole = of(decode_log(data), Started)
    assert (whole.law, whole.law_difference) == (before["law"], before["law_difference"])
    assert [group.learning_time for group in whole.groups] == [group["learning_time"] for group in before["groups"]]


def test_planned_steps_that_were_never_reached_give_way_to_the_added_ones() -> None:
    data = [item for item in read("circle") if raw(item)["type"] == "started"]
    second = msgpack.unpackb(data[1])
    early = np.array([50, 400], "<f4")  # the plan of the first goes on to 200
    rows = {"shape": [2, len(second["groups"])], "float32": bytes(8 * len(second["groups"]))}
    law = {"remaining": rows, "learnt": rows, "loss": {"shape": [2], "float32": bytes(8)}}
    second |= {name: {"shape": [2], "float32": early.tobytes()} for name in ("steps", "times", "kernel_steps")}
    second |= dict.fromkeys(LAWS, law) | {"infinite": None}
    first_one, whole = of(decode_log([data[0], msgpack.packb(second)]), Started)
    kept = [step for step in first_one.steps if step < 50]
    assert whole.steps == [*kept, 50, 400]
    assert whole.infinite is None
    assert whole.laws["gradient_flow"].remaining.shape[0] == len(whole.laws["gradient_flow"].loss) == len(kept) + 2


def test_what_was_upgraded_stays_as_it_is() -> None:
    for name in CONFIGS:
        data = [encode(event) for event in decode_log(read(name))]
        assert [encode(event) for event in decode_log(data)] == data
        assert decode_fields(data[0])["version"] == 2
