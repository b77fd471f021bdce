"""What theory says before training."""

import pytest

from ntkscope.schemas.event import Started
from ntkscope.wire.codec import decode
from tests.cases import config
from tests.servers import GENEROUS, Server, wait_for


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server waits for the whole answer, however busy this machine is."""
    monkeypatch.setattr("ntkscope.runs.compute.WAIT_SECONDS", GENEROUS)


def test_a_small_config_is_answered_whole(real: Server, patient: None) -> None:
    body = config().model_dump(mode="json")
    first = real.client.post("api/preview", json=body).json()
    made = wait_for(lambda: found if (found := real.client.post("api/preview", json=body).json())["offers"] else None)

    assert (first["status"], first["rehearsal"]) == ("rehearsing", None)
    assert first["spectrum"] == made["spectrum"]
    assert made["status"] == "ready"
    assert len(made["rehearsal"]["waves"]) == len(made["spectrum"]["waves"])
    assert len(made["spectrum"]["eigenvalues"]) == 16
    assert made["spectrum"]["learning_rate"] == pytest.approx(made["spectrum"]["largest_stable_rate"] / 2)
    assert made["cost"]["run_seconds"] > 0
    assert made["config"] == config().model_dump(mode="json")


def test_what_would_be_the_first_event_is_there_with_the_rehearsal(real: Server, patient: None) -> None:
    body = config(seed=5).model_dump(mode="json")
    before = real.client.post("api/preview/started", json=body)
    wait_for(lambda: real.client.post("api/preview", json=body).json()["status"] == "ready")
    after = real.client.post("api/preview/started", json=body)

    assert (before.status_code, before.content) == (204, b"")
    assert after.headers["content-type"] == "application/msgpack"
    started = decode(after.content)
    assert isinstance(started, Started)
    assert started.config == config(seed=5)
    assert started.rehearsal is not None
    assert real.client.post("api/preview/started", json={"seed": "x"}).status_code == 422


def test_a_drawing_is_answered_as_any_target_is(real: Server, patient: None) -> None:
    drawn = {"kind": "drawn", "x": [-1, 0, 1], "y": [0, 2, 0]}
    body = {"data": {"points": {"kind": "interval", "n": 5}, "target": drawn}, "network": {"width": 8}}
    answer = real.client.post("api/preview", json=body).json()

    assert answer["target"]["targets"][::2] == [0, 2, 0]
    assert answer["config"]["data"]["target"] == drawn
    backwards = {"data": {"target": drawn | {"x": [-1, 1, 0]}}}
    refused = real.client.post("api/preview", json=backwards)
    assert (refused.status_code, refused.json()["where"]) == (422, "data.target")
    assert "x[1] = 1.0 and x[2] = 0.0" in refused.json()["detail"]


def test_a_large_one_is_answered_with_its_cost_and_later_whole(real: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ntkscope.runs.compute.WAIT_SECONDS", 0.0)
    body = config(seed=77, data__points__n=512, network__width=2048, network__depth=3).model_dump(mode="json")
    first = real.client.post("api/preview", json=body).json()
    whole = wait_for(lambda: made if (made := real.client.post("api/preview", json=body).json())["spectrum"] else None)

    assert (first["status"], first["spectrum"]) == ("cost", None)
    assert whole["status"] in ("rehearsing", "ready")
    assert whole["cost"]["parameters"] == first["cost"]["parameters"]


def test_one_point_and_equal_points_are_accepted_with_a_notice(real: Server) -> None:
    one = real.client.post("api/preview", json=config(data__points__n=1).model_dump(mode="json"))
    assert one.status_code == 200
    assert one.json()["notices"]
    table = real.client.post("api/datasets", content=b"x1,y\n1,2\n1,2\n0,1\n").json()
    points = {"kind": "dataset", "sha256": table["sha256"]}
    equal = real.client.post(
        "api/preview",
        json=config(data__points=points, data__target={"kind": "dataset"}).model_dump(mode="json"),
    )
    assert equal.status_code == 200
    assert equal.json()["notices"]


def test_a_rate_beyond_the_limit_is_a_warning(real: Server, patient: None) -> None:
    body = config(training__learning_rate={"kind": "auto", "fraction": 2}).model_dump(mode="json")
    made = real.client.post("api/preview", json=body)

    assert made.status_code == 200
    assert made.json()["warnings"]


@pytest.mark.parametrize("path", ["preview", "preview/started", "runs"])
def test_a_card_that_is_not_there_is_a_value_that_cannot_be_used(real: Server, path: str) -> None:
    asked = config(training__device="cuda").model_dump(mode="json")
    answer = real.client.post(f"api/{path}", json={"config": asked} if path == "runs" else asked)
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("training.device:")
    assert "Choose device cpu or auto" in answer.json()["remedy"]
