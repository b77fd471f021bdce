"""The recorded run that an empty database shows."""

from pathlib import Path

import pytest

from ntkscope.api.services import RECORDING
from ntkscope.runs.recording import RECORDED, read_recording
from ntkscope.wire.codec import encode
from tests.cases import config, run
from tests.fake_trainer import frame


def test_the_bundled_one_is_whole_and_of_this_version() -> None:
    summary, events = read_recording(RECORDING)

    assert summary.recorded
    assert summary.state == "completed"
    assert [event.seq for event in events] == sorted({event.seq for event in events})
    assert summary.last_seq == events[-1].seq
    assert {event.run for event in events} == {RECORDED}


def test_a_run_written_event_after_event_is_read_back(tmp_path: Path) -> None:
    events = [event for event in run(config()) if event.type != "checkpoint"]
    file = tmp_path / "a.events"
    file.write_bytes(b"".join(map(encode, events)))
    summary, rows = read_recording(file)

    assert summary.config == config()
    assert [row.data for row in rows] == [encode(event) for event in events]


@pytest.mark.parametrize("data", [b"", encode(frame(1, 1)), encode(frame(1, 1))[:-3]])
def test_half_a_run_is_refused(data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "a.events"
    file.write_bytes(data)
    with pytest.raises(ValueError, match=r"whole|start to its end|cut off"):
        read_recording(file)
