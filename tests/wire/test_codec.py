"""Bytes: what is packed comes back, missing values survive, nothing that is not finite reaches JSON."""

import json
import math

import msgpack
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ntkscope.schemas.event import Checkpoint, KernelFrame, Started
from ntkscope.schemas.event_parts import Identity
from ntkscope.wire.codec import LARGEST, decode, decode_fields, decode_first, encode, in_this_version, to_json
from tests.cases import of, small_run
from tests.fake_trainer import checkpoint, tick


def kernel_frame(eigenvalues: list[float]) -> KernelFrame:
    return KernelFrame(
        seq=7,
        step=3,
        time=0.25,
        wall_seconds=1.5,
        eigenvalues=np.array(eigenvalues),
        drift=0.125,
        identity=Identity(error=None, floor=1e-9),
        mode_coefficients=None,
        remaining=None,
        slices=None,
        leading_modes=None,
        subspace_overlap=None,
        target_alignment=None,
        trace=None,
        effective_rank=None,
        condition_number=None,
        moving=None,
        hessian=None,
    )


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False, width=32), max_size=20))
def test_what_fits_float32_comes_back_exactly(eigenvalues: list[float]) -> None:
    event = kernel_frame(eigenvalues)
    back = decode(encode(event))
    assert isinstance(back, KernelFrame)
    np.testing.assert_array_equal(back.eigenvalues, event.eigenvalues)
    assert (back.seq, back.step, back.time, back.identity) == (7, 3, 0.25, event.identity)


def test_arrays_are_little_endian_float32_blocks() -> None:
    fields = msgpack.unpackb(encode(kernel_frame([1.0, -2.0])))
    assert fields["eigenvalues"] == {"shape": [2], "float32": b"\x00\x00\x80\x3f\x00\x00\x00\xc0"}
    assert fields["type"] == "kernel_frame"


def test_a_missing_value_is_nan_on_the_wire_and_null_in_json() -> None:
    data = encode(kernel_frame([1.0, math.nan]))
    assert math.isnan(decode_fields(data)["eigenvalues"][1])
    assert json.loads(to_json(data))["eigenvalues"] == [1.0, None]


def test_values_beyond_float32_are_clamped() -> None:
    assert decode_fields(encode(kernel_frame([1e60, -math.inf])))["eigenvalues"].tolist() == [LARGEST, -LARGEST]


def test_every_event_of_a_run_comes_back_and_reads_as_json() -> None:
    for event in small_run():
        data = encode(event)
        assert encode(decode(data)) == data
        if event.type != "checkpoint":
            text = to_json(data).decode()
            assert "NaN" not in text
            assert "Infinity" not in text
            assert json.loads(text)["seq"] == event.seq


def test_every_event_begins_with_the_version() -> None:
    for event in [*small_run(), tick(1)]:
        data = encode(event)
        assert list(msgpack.unpackb(data))[:1] == ["version"]
        assert data[3 if data[0] == 0xDE else 1 :][:9] == b"\xa7version\x02"
        assert in_this_version(data) is data
    with pytest.raises(ValidationError, match="version"):
        decode(msgpack.packb(tick(1).model_dump() | {"version": 3}))


@given(st.lists(st.integers(0, 10**8), max_size=20))
def test_steps_and_times_come_back_exactly(steps: list[int]) -> None:
    times = [step * 0.1 for step in steps]
    planned = of(small_run(), Started)[0].model_copy(update={"steps": steps, "times": times, "kernel_steps": steps})
    back = decode(encode(planned))
    assert isinstance(back, Started)
    assert (back.steps, back.times, back.kernel_steps) == (steps, times, steps)
    kept = decode(encode(checkpoint(1, 1).model_copy(update={"recorded_steps": steps})))
    assert isinstance(kept, Checkpoint)
    assert kept.recorded_steps == steps


def test_what_is_no_event_stays_as_it_is() -> None:
    for data in (b"", b"x", encode(tick(1))[:-3], msgpack.packb({"type": "frame"}), msgpack.packb([1])):
        assert in_this_version(data) is data


def test_a_matrix_keeps_its_shape() -> None:
    started = small_run()[0]
    assert isinstance(started, Started)
    back = decode(encode(started))
    assert isinstance(back, Started)
    assert back.modes.shape == started.modes.shape == (16, 16)
    np.testing.assert_allclose(back.modes, started.modes, rtol=1e-6)


def test_a_first_field_is_read_without_the_rest() -> None:
    data = encode(checkpoint(3, 12).model_copy(update={"parameters": bytes(10_000)}))

    assert decode_first(data[:100], "step") == 12
    assert decode_first(data, "recorded_remaining")["shape"] == [0, 0]
    for name in ("parameters", "nothing"):
        with pytest.raises(ValueError, match=name):
            decode_first(data[:100], name)
