"""Pasted models over REST, and runs as plain PyTorch."""

from collections.abc import Iterator
from typing import Any

import pytest
import torch

from tests.cases import config
from tests.fake_trainer import STEADY, behaving
from tests.servers import Server

MODEL = """
model = nn.Sequential(nn.Linear(1, 32), nn.Sigmoid(), nn.Linear(32, 16), nn.Sigmoid(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
loss = nn.MSELoss()
"""


@pytest.fixture(autouse=True)
def _default_dtype() -> Iterator[None]:
    before = torch.get_default_dtype()
    yield
    torch.set_default_dtype(before)


def test_a_pasted_model_says_what_a_config_is_to_have(real: Server) -> None:
    answer = real.client.post("api/models", json={"text": MODEL})
    assert answer.status_code == 200
    changes = answer.json()["changes"]
    assert (changes["network.width"], changes["network.depth"]) == ([32, 16], 2)
    assert (changes["network.activation"], changes["network.initialization"]) == ("sigmoid", "torch_linear")
    assert changes["training.learning_rate"] == {"kind": "given", "value": 0.1}
    assert answer.json()["ignored"] == ["Not taken of SGD: momentum; training here is plain gradient descent."]


def test_a_convolution_is_refused_with_its_line(real: Server) -> None:
    text = "nn.Sequential(\n  nn.Conv1d(1, 8, 3),\n  nn.ReLU(),\n  nn.Linear(8, 1))"
    answer = real.client.post("api/models", json={"text": text})
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["where"] == "line 2"
    assert problem["got"] == "'nn.Conv1d(1, 8, 3)'"
    assert real.client.post("api/models", json={"text": ""}).status_code == 422
    assert real.client.post("api/models", json={"text": "x" * 30_000}).status_code == 422


def test_a_run_of_that_model_is_copied_as_pytorch(real: Server) -> None:
    changes: dict[str, Any] = real.client.post("api/models", json={"text": MODEL}).json()["changes"]
    made = config(**{name.replace(".", "__"): value for name, value in changes.items()}, training__stop__steps=60)
    run = real.submit(made)
    real.until(run["id"], "completed")
    answer = real.client.get(f"api/runs/{run['id']}/pytorch.py")
    assert answer.headers["content-type"].startswith("text/x-python")
    names: dict[str, Any] = {}
    exec(answer.text, names)
    frames = [one for one in real.client.get(f"api/runs/{run['id']}/events").json()["events"] if one["type"] == "frame"]
    for frame in frames:
        assert names["losses"][frame["step"]] == pytest.approx(2 / 16 * frame["loss"], rel=1e-9)


def test_a_run_without_its_first_event_is_none_yet(fake: Server) -> None:
    first = fake.submit(behaving(STEADY, 10_000))
    waiting = fake.submit(behaving(STEADY))
    answer = fake.client.get(f"api/runs/{waiting['id']}/pytorch.py")
    assert answer.status_code == 409
    assert "Wait for its first event" in answer.text
    for run in (waiting, first):
        fake.post(run["id"], "cancel")
