"""The log over REST: the same bytes, from any place; and the prediction at any time."""

import csv
import io
from typing import Any

import msgpack
import numpy as np
import pytest

from ntkscope.runs.recording import RECORDED
from ntkscope.wire.codec import decode, to_json
from ntkscope.wire.sequence import split
from tests.cases import config
from tests.fake_trainer import FAST, STEADY, behaving
from tests.servers import Server, seqs

MSGPACK = {"accept": "application/msgpack"}


def test_events_as_json_and_as_stored_are_the_same(real: Server) -> None:
    address = f"api/runs/{RECORDED}/events"
    page = real.client.get(address, params={"limit": 1000})
    data = real.client.get(address, params={"limit": 1000}, headers=MSGPACK)
    events = split(data.content)

    assert page.headers["content-type"] == "application/json"
    assert data.headers["content-type"] == "application/msgpack"
    assert page.json()["last_seq"] == real.get(RECORDED)["last_seq"]
    assert page.content == b'{"events":[%s],"last_seq":%d}' % (
        b",".join(map(to_json, events)),
        page.json()["last_seq"],
    )
    assert [msgpack.unpackb(event) for event in events] == real.follow(RECORDED)[0]


def test_pages_follow_each_other_without_a_gap(real: Server) -> None:
    address, seen, after = f"api/runs/{RECORDED}/events", [], 0
    while page := real.client.get(address, params={"after": after, "limit": 7}).json()["events"]:
        assert len(page) <= 7
        seen += seqs(page)
        after = seen[-1]

    assert seen == seqs(real.follow(RECORDED)[0])


def test_a_real_run_arrives_as_it_was_trained(real: Server) -> None:
    run = real.submit(config())
    events, code, _ = real.follow(run["id"])
    stored = split(real.client.get(f"api/runs/{run['id']}/events?limit=1000", headers=MSGPACK).content)

    assert code == 1000
    assert [msgpack.unpackb(data) for data in stored] == [event for event in events if event["seq"]]
    assert decode(stored[0]).type == "started"
    assert decode(stored[-1]).type == "finished"


@pytest.mark.parametrize(
    ("query", "where"),
    [({"after": 10**9}, "after"), ({"after": -1}, "after"), ({"limit": 0}, "limit"), ({"limit": "x"}, "limit")],
)
def test_a_place_that_cannot_be(real: Server, query: dict[str, int], where: str) -> None:
    refused = real.client.get(f"api/runs/{RECORDED}/events", params=query)

    assert refused.status_code == 422
    assert refused.json()["where"] == where
    assert refused.json()["remedy"]


@pytest.mark.parametrize("law", ["gradient_flow", "gradient_descent"])
def test_the_prediction_is_the_one_that_was_recorded(real: Server, law: str) -> None:
    started, *rest = (decode(event) for event in split(
        real.client.get(f"api/runs/{RECORDED}/events?limit=1000", headers=MSGPACK).content
    ))  # fmt: skip
    frames = [event for event in rest if event.type == "frame"]
    assert started.type == "started"
    for at in (0, 5, len(frames) - 1):
        answer = real.client.get(
            f"api/runs/{RECORDED}/prediction", params={"time": started.times[at], "law": law}
        ).json()
        recorded = getattr(started, law)
        assert answer["time"] == pytest.approx(started.times[at], rel=1e-6)
        assert answer["loss"] == pytest.approx(recorded.loss[at], rel=1e-5)
        remaining = np.array(answer["remaining"], dtype=float)  # None, of groups not drawn, as NaN
        np.testing.assert_allclose(remaining, recorded.remaining[at], rtol=1e-4, atol=1e-6)
        if law == started.law:
            np.testing.assert_allclose(
                answer["function"], frames[at].predicted["frozen"].function, rtol=1e-4, atol=1e-5
            )


def test_the_prediction_between_records_lies_between_them(real: Server) -> None:
    answers = [
        real.client.get(f"api/runs/{RECORDED}/prediction", params={"time": time, "law": "gradient_flow"}).json()
        for time in (0, 0.01, 0.0123, 0.02, 1e6)
    ]
    losses = [answer["loss"] for answer in answers]

    assert losses == sorted(losses, reverse=True)
    assert answers[0]["time"] == 0


@pytest.mark.parametrize("time", ["-1", "-inf", "nan", "soon", ""])
def test_a_time_that_is_none(real: Server, time: str) -> None:
    refused = real.client.get(f"api/runs/{RECORDED}/prediction", params={"time": time})

    assert refused.status_code == 422
    assert refused.json()["where"] == "time"


def test_a_run_that_has_not_begun_has_no_prediction(fake: Server) -> None:
    first = fake.submit(behaving(STEADY, 100_000))
    waiting = fake.submit(behaving(FAST))
    refused = fake.client.get(f"api/runs/{waiting['id']}/prediction?time=1")
    fake.post(first["id"], "cancel")

    assert refused.status_code == 409
    assert refused.json()["remedy"]


def test_a_run_s_data_can_be_downloaded_and_trained_again(real: Server) -> None:
    table = real.client.get(f"api/runs/{RECORDED}/dataset.csv")
    rows = list(csv.DictReader(io.StringIO(table.text)))
    started = decode(split(real.client.get(f"api/runs/{RECORDED}/events?limit=1", headers=MSGPACK).content)[0])
    assert started.type == "started"

    assert table.headers["content-type"].startswith("text/csv")
    assert f"ntkscope-{RECORDED}.csv" in table.headers["content-disposition"]
    np.testing.assert_allclose([float(row["y"]) for row in rows], started.targets, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose([float(row["x1"]) for row in rows], started.inputs[:, 0], rtol=1e-6, atol=1e-7)
    uploaded = real.client.post("api/datasets", content=table.content, headers={"content-type": "text/csv"})
    again = config(
        data__points={"kind": "dataset", "sha256": uploaded.json()["sha256"]}, data__target={"kind": "dataset"}
    )
    assert real.until(real.submit(again)["id"], "completed", "failed")["state"] == "completed"


def test_each_kernel_predicts_and_says_how_far_the_network_is(real: Server) -> None:
    address, answers = f"api/runs/{RECORDED}/prediction", {}
    for kernel in ("frozen", "infinite", "moving"):
        answers[kernel] = real.client.get(address, params={"time": 0.1, "kernel": kernel}).json()
        assert answers[kernel]["kernel"] == kernel
        assert 0 < answers[kernel]["distance"] < 0.2
        assert answers[kernel]["ensemble"] is None  # the recorded run is centered
    assert answers["moving"]["distance"] < answers["frozen"]["distance"] < answers["infinite"]["distance"]
    assert answers["frozen"]["frame_time"] == pytest.approx(0.1, rel=0.05)


@pytest.mark.parametrize("kernel", ["frozen", "infinite", "moving"])
def test_a_prediction_is_compared_with_the_nearest_record_and_reads_no_others(
    real: Server, monkeypatch: pytest.MonkeyPatch, kernel: str
) -> None:
    address = f"api/runs/{RECORDED}"
    events = [decode(data) for data in split(real.client.get(f"{address}/events?limit=1000", headers=MSGPACK).content)]
    times = {
        kind: np.array([event.time for event in events if event.type == kind]) for kind in ("frame", "kernel_frame")
    }
    decoded: list[bytes] = []

    def counted(data: bytes) -> Any:
        decoded.append(data)
        return decode(data)

    monkeypatch.setattr("ntkscope.api.events.decode", counted)
    for time in (0, 1e-6, *np.geomspace(times["frame"][1], 2 * times["frame"][-1], 12), "inf"):
        decoded.clear()
        answer = real.client.get(f"{address}/prediction", params={"time": time, "kernel": kernel}).json()
        asked = 1e9 if time == "inf" else float(time)
        if kernel == "moving":
            asked = times["kernel_frame"][np.argmin(np.abs(times["kernel_frame"] - asked))]
        elif time != "inf":
            asked = answer["time"]
        assert answer["frame_time"] == times["frame"][np.argmin(np.abs(times["frame"] - asked))]
        assert len(decoded) <= 9 < len(events) / 10  # whatever the log's length


@pytest.mark.parametrize("kernel", ["frozen", "infinite", "moving"])
def test_a_prediction_in_the_limit(real: Server, kernel: str) -> None:
    answer = real.client.get(f"api/runs/{RECORDED}/prediction", params={"time": "inf", "kernel": kernel}).json()
    assert answer["distance"] < 0.05
    assert answer["loss"] < 2e-3
    assert (answer["time"] is None) == (kernel != "moving")


def test_a_run_without_kernel_frames_has_no_moving_kernel(real: Server) -> None:
    run = real.submit(config(recording__kernel_frames=0))
    real.until(run["id"], "completed", "failed")
    address = f"api/runs/{run['id']}/prediction"
    refused = real.client.get(address, params={"time": 1, "kernel": "moving"})
    assert refused.status_code == 409
    assert refused.json()["where"] == "kernel"
    assert real.client.get(address, params={"time": 1}).status_code == 200


def test_a_run_that_is_not_centered_has_an_ensemble(real: Server) -> None:
    run = real.submit(config(network__centered=False))
    real.until(run["id"], "completed", "failed")
    address = f"api/runs/{run['id']}/prediction"
    early, late = (
        real.client.get(address, params={"time": time, "kernel": "infinite"}).json()["ensemble"] for time in (0, "inf")
    )
    assert np.mean(late["standard_deviation"]) < 0.5 * np.mean(early["standard_deviation"])
    np.testing.assert_allclose(early["mean"], 0, atol=1e-12)
    assert real.client.get(address, params={"time": 1}).json()["ensemble"] is None
