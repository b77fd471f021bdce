"""Logs of earlier versions open, are read and are trained again to the same numbers."""

import asyncio
import json
import math
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import func, select

from ntkscope.errors import Unavailable
from ntkscope.runs.log import Log
from ntkscope.schemas.event import Checkpoint
from ntkscope.store.database import open_database
from ntkscope.store.migrations import VERSION, found_version, migrate
from ntkscope.store.run_store import RunStore
from ntkscope.store.tables import EVENTS
from ntkscope.wire.codec import decode_fields, encode, to_json
from ntkscope.wire.sequence import decode_log, split
from tests.pinned.logs import CONFIGS, DATABASE, FOLDER, IN_DATABASE, OLDER, read, record, sent

# Of the largest number under the same name: another processor sums in another order. In float32 that is 1e-7 a sum.
TOLERANCE = {"float64": 1e-6, "float32": 1e-3}
# What differs from machine to machine: the clock, errors that are round-off themselves, and, on the circle, the
# directions of modes that share an eigenvalue.
LEFT_OUT = {"wall_seconds", "machine", "identity", "truncation_error"}
# What these logs do not have, and what has another meaning since: how far two laws come apart is said of all steps, not
# of those of the run; learning times are for good, predicted in whole steps of gradient descent. A prediction of
# infinite width that grows without bound ends, with a notice.
LATER = {
    "moving_kernel",
    "checkpoint.time",
    "checkpoint.recorded_kernel_steps",
    "checkpoint.recorded_function_errors",
    "checkpoint.recorded_wave_errors",
    "bending",
    "waves",
    "wave_errors",
    "wave_errors_predicted",
    "lost",
    "rows.measured_learning_time",
    "learning_time_fit",
    "checkpoint.drift",
    "checkpoint.moving_error",
    "checkpoint.frozen_error",
    "verdict",
    "rehearsal",
    "rehearsed",
    "infinite.kernel",
    "at_points",
    "path",
    "parameter_drift",
    "checkpoint.recorded_rehearsed_errors",
    "law_difference",
    "scale_inputs",
    "suggestion",
    "sentence",
    "groups.learning_time",
    "rows.predicted_learning_time",
}
VERDICTLESS = {"interval", "circle", "plane"}
OF_ONE = {
    "extended": {"infinite.mode_coefficients", "infinite_remaining"},
    "plane": {"started.notices", "infinite.loss", "infinite.distance", "infinite.function", "ensemble", "moving"},
}


def numbers_of(events: list[dict[str, Any]], left_out: set[str]) -> tuple[list[Any], dict[str, list[Any]]]:
    """A log's numbers by name, and everything else in order."""
    others: list[Any] = []
    numbers: dict[str, list[Any]] = {}

    def walk(value: Any, path: tuple[str, ...]) -> None:
        name = ".".join(path)
        if path and (path[-1] in left_out or ".".join(path[-2:]) in left_out):
            return
        if isinstance(value, dict):
            for key in value:
                walk(value[key], (*path, key))
        elif isinstance(value, list):
            for item in value:
                walk(item, path)
        elif isinstance(value, (float, np.ndarray)):
            others.append((name, np.shape(value)))
            numbers.setdefault(name, []).append(np.ravel(value))
        else:
            others.append((name, value))

    for event in events:
        walk(event, (event["type"],))
    return others, {name: np.concatenate(values) for name, values in numbers.items()}


def same(found: list[dict[str, Any]], kept: list[dict[str, Any]], tolerance: float, left_out: set[str]) -> None:
    """Asserts that two logs agree, numbers to a tolerance."""
    (others, numbers), (other_kept, numbers_kept) = numbers_of(found, left_out), numbers_of(kept, left_out)
    assert others == other_kept
    for name, values in numbers_kept.items():
        size = float(np.abs(values[np.isfinite(values)]).max(initial=0.0))
        np.testing.assert_allclose(numbers[name], values, rtol=0, atol=tolerance * size, err_msg=name)


@pytest.mark.parametrize("name", CONFIGS)
def test_the_server_sends_them_as_it_did(name: str) -> None:
    data = sent(name)
    assert data == split((FOLDER / f"{name}.sent").read_bytes())
    assert [json.loads(to_json(item)) for item in data] == json.loads((FOLDER / f"{name}.json").read_bytes())


@pytest.mark.parametrize("name", [name for name in CONFIGS if name not in OLDER])
def test_training_again_gives_the_same_log(name: str) -> None:
    trained, kept = ([decode_fields(encode(event)) for event in log] for log in (record(name), decode_log(read(name))))
    for event in trained + kept:
        for key, kind in (("parameters", precision(name)), ("moving", "float64")):
            if isinstance(event.get(key), bytes):
                event[key] = np.frombuffer(event[key], kind)
    same(trained, kept, TOLERANCE[precision(name)], LEFT_OUT | LATER | OF_ONE.get(name, set()))


def test_the_numbers_are_compared_at_all() -> None:
    def event(loss: float, **others: Any) -> list[dict[str, Any]]:
        return [{"type": "frame", "loss": loss, "function": np.array([1.0, math.nan]), **others}]

    same(event(1.0, wall_seconds=1.0), event(1.0 + 1e-7, wall_seconds=2.0), 1e-6, LEFT_OUT)
    with pytest.raises(AssertionError, match="loss"):
        same(event(1.0), event(1.0 + 1e-5), 1e-6, LEFT_OUT)
    with pytest.raises(AssertionError):
        same(event(1.0, law="gradient_flow"), event(1.0, law="gradient_descent"), 1e-6, LEFT_OUT)


def test_a_database_of_schema_2_opens(tmp_path: Path) -> None:
    shutil.copy(DATABASE, tmp_path / "old.db")
    database = open_database(f"sqlite:///{tmp_path}/old.db", "http://here/")
    try:
        store = RunStore(database.engine)
        total, rows = store.runs(10)
        assert (total, {row.id for row in rows}) == (len(IN_DATABASE), set(IN_DATABASE))
        for name in IN_DATABASE:
            data = read(name)
            kept = [one for one, event in zip(data, decode_log(data), strict=True) if not isinstance(event, Checkpoint)]
            assert [one for _, one in store.events(name, 0, 1000)] == kept  # stored bytes are never rewritten
            assert [one for _, one in asyncio.run(Log(store).read(name, 0, 1000))] == sent(name)
            last = asyncio.run(Log(store).read(name, len(data) - 2, 1000))
            assert [one for _, one in last] == sent(name)[-len(last) :]  # without the events before it
            with database.engine.connect() as connection:
                count = connection.execute(select(func.count()).where(EVENTS.c.run == name)).scalar_one()
            assert count == len(read(name))
        assert store.last_checkpoint("circle") is not None
        assert store.last_checkpoint("plane") is None  # it diverged
    finally:
        database.close()


def test_an_older_program_refuses_a_database_that_this_one_has_opened(tmp_path: Path) -> None:
    shutil.copy(DATABASE, tmp_path / "old.db")
    database = open_database(f"sqlite:///{tmp_path}/old.db", "http://here/")
    try:
        with database.engine.begin() as connection:
            assert found_version(connection) == VERSION
            refused = rf"version 2 or older.*version {VERSION}, written by a newer ntkscope.*Update"
            with pytest.raises(Unavailable, match=refused):
                migrate(connection, version=2)
    finally:
        database.close()


def precision(name: str) -> str:
    return CONFIGS[name].training.precision
