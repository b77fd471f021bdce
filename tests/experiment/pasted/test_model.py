"""Pasted models: what is taken of them, what is named, what is refused; and nothing of them is ever run."""

from pathlib import Path
from typing import Any

import pytest

from ntkscope.errors import InvalidInput
from ntkscope.experiment.pasted.model import read_model, with_changes
from ntkscope.schemas.config import RunConfig

WHOLE = """
import torch
from torch import nn, optim

hidden = 200
model = nn.Sequential(
    nn.Linear(1, hidden), nn.ReLU(),
    nn.Linear(hidden, hidden // 4), nn.ReLU(inplace=True),
    nn.Linear(50, 1, bias=True),
).to("cuda")
criterion = nn.MSELoss()
optimizer = optim.SGD(model.parameters(), lr=2e-3)
for epoch in range(15_000):
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
"""
PRINTED = """
Sequential(
  (0): Linear(in_features=2, out_features=64, bias=False)
  (act): LeakyReLU(negative_slope=0.2)
  (block): Sequential(
    (0): Linear(in_features=64, out_features=32, bias=False)
    (1): LeakyReLU(negative_slope=0.2)
  )
  (2): Linear(in_features=32, out_features=1, bias=False)
)
"""
KERAS = """
model = keras.Sequential()
model.add(keras.Input(shape=(3,)))
model.add(layers.Dense(64, activation=tf.nn.tanh))
model.add(layers.Dense(64, activation="tanh"))
model.add(layers.Dense(1))
model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.05), loss="mse")
"""


def network(text: str) -> dict[str, Any]:
    changes = read_model(text).changes
    return {name.removeprefix("network."): value for name, value in changes.items() if name.startswith("network.")}


def test_a_whole_script_of_pytorch_fills_the_config() -> None:
    pasted = read_model(WHOLE)
    assert (pasted.ignored, pasted.inputs) == ([], 1)
    made = with_changes(RunConfig(), pasted.changes)
    assert (made.network.width, made.network.depth, made.network.activation) == ([200, 50], 2, "relu")
    assert (made.network.parameterization, made.network.initialization) == ("standard", "torch_linear")
    assert (made.network.centered, made.network.bias, made.network.encoding.kind) == (False, True, "none")
    assert (made.training.loss, made.training.stop.steps) == ("mean", 15_000)
    assert made.training.learning_rate.model_dump() == {"kind": "given", "value": 0.002}


def test_a_printed_module_and_one_in_another() -> None:
    found = network(PRINTED)
    assert (found["width"], found["activation"], found["leaky_slope"]) == ([64, 32], "leaky_relu", 0.2)
    assert found["bias"] is False
    assert read_model(PRINTED).inputs == 2


def test_keras() -> None:
    pasted = read_model(KERAS)
    assert (pasted.inputs, pasted.ignored) == (3, [])
    found = network(KERAS)
    assert (found["width"], found["depth"], found["activation"], found["initialization"]) == (64, 2, "tanh", "glorot")
    assert pasted.changes["training.loss"] == "mean"
    assert pasted.changes["training.learning_rate"]["value"] == 0.05


@pytest.mark.parametrize(
    ("text", "activation"),
    [
        ("nn.Sequential(nn.Linear(1, 8), nn.SiLU(), nn.Linear(8, 1))", "silu"),
        ("nn.Sequential(*[nn.Linear(1, 8), nn.GELU(approximate='none'), nn.Linear(8, 1)])", "gelu"),
        ("Sequential(OrderedDict([('a', Linear(1, 8)), ('b', nn.ELU(alpha=1.0)), ('c', Linear(8, 1))]))", "elu"),
        ("layers = [nn.Linear(1, 8), nn.SELU(), nn.Linear(8, 1)]\nnet = nn.Sequential(*layers)", "selu"),
        ("  nn.Linear(1, 8)\n  nn.Softplus()\n  nn.Linear(8, 1)", "softplus"),
        ("[Dense(8, activation='sigmoid'), Dense(1, activation=None)]", "sigmoid"),
        ("[Dense(8), Activation('swish'), Dense(1, activation='linear')]", "silu"),
        ("[Dense(8), LeakyReLU(), Dense(1)]", "leaky_relu"),
        (">>> net = nn.Sequential(\n...     nn.Linear(1, 8),\n...     nn.Tanh(),\n...     nn.Linear(8, 1))", "tanh"),
        ("nn.Sequential(nn.Flatten(), nn.Linear(1, 8), nn.Linear(8, 1))", "linear"),
        ("block = nn.Sequential(nn.Linear(1, 8), nn.ReLU())\nnet = nn.Sequential(block, nn.Linear(8, 1))", "relu"),
    ],
)  # fmt: skip
def test_models_as_people_write_them(text: str, activation: str) -> None:
    found = network(text)
    assert (found["width"], found["activation"]) == (8, activation)
    assert found.get("leaky_slope", 0.3) == 0.3  # Keras's own


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("optim.Adam(net.parameters(), lr=1e-3)", "Adam is not taken"),
        ("optim.SGD(net.parameters(), lr=0.1, momentum=0.9, weight_decay=0)", "Not taken of SGD: momentum;"),
        ("optim.SGD(net.parameters(), lr=args.lr)", "is no number above 0 in the text"),
        ("nn.L1Loss()", "L1Loss is not taken"),
        ("DataLoader(data, batch_size=32)", "every step here sees all points"),
        ("nn.init.xavier_uniform_(net[0].weight)", "drawn as the layers draw them by themselves"),
        ("other = nn.Sequential(nn.Linear(1, 4))", "The Sequential of line 2 is left out"),
        ("net.compile(optimizer='rmsprop', loss='mae')", "mae is not taken"),
        ("optim.SGD(net.parameters(), lr=0.1)", "taken as one of the mean of squares"),
    ],
)
def test_what_is_not_taken_is_named(line: str, said: str) -> None:
    pasted = read_model(f"net = nn.Sequential(nn.Linear(1, 8), nn.ReLU(), nn.Dropout(0.1), nn.Linear(8, 1))\n{line}")
    assert any(said in sentence for sentence in pasted.ignored)
    assert any("nn.Dropout(0.1) is left out" in sentence for sentence in pasted.ignored)
    assert pasted.changes["network.width"] == 8


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        ("nn.Sequential(\n  nn.Conv1d(1, 8, 3), nn.ReLU(),\n  nn.Linear(8, 1))", "line 2", "'nn.Conv1d(1, 8, 3)'"),
        ("[Conv2D(8, 3, activation='relu'), Dense(1)]", "line 1", "'Conv2D(8, 3, activation='relu')'"),
        (
            "nn.Sequential(nn.Linear(1, 8), nn.ReLU(), nn.Linear(8, 2))",
            "line 1",
            "Runs learn one number for each point",
        ),
        ("nn.Sequential(nn.Linear(1, 8), nn.ReLU(), nn.Linear(8, 1), nn.Sigmoid())", "line 1", "behind the last layer"),
        ("nn.Sequential(nn.Linear(1, 8), nn.ReLU(), nn.Linear(4, 1))", "line 1", "behind 8 units"),
        (
            "nn.Sequential(nn.Linear(1, 8), nn.ReLU(), nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 1))",
            "line 1",
            "relu, tanh",
        ),
        ("nn.Sequential(nn.Linear(1, 8), nn.ELU(0.5), nn.Linear(8, 1))", "line 1", "Leave alpha out"),
        ("nn.Sequential(nn.Linear(1, 8), nn.Softmax(), nn.Linear(8, 1))", "line 1", "module_ntk"),
        ("nn.Sequential(nn.Linear(1, 8, bias=False), nn.ReLU(), nn.Linear(8, 1))", "line 1", "The same biases"),
        ("nn.Sequential(nn.Linear(1, n), nn.ReLU(), nn.Linear(n, 1))", "line 1", "A number that stands in the text"),
        ("nn.Sequential(nn.Linear(1, 0), nn.ReLU(), nn.Linear(0, 1))", "line 1", "1 to 10,000,000 units"),
        ("nn.Sequential(nn.Linear(1, 9**9**9), nn.ReLU(), nn.Linear(8, 1))", "line 1", "ordinary size"),
        ("nn.Sequential(nn.Linear(*sizes), nn.ReLU(), nn.Linear(8, 1))", "line 1", "Write them out"),
        ("nn.Sequential(nn.Linear(1, 8, **more), nn.ReLU(), nn.Linear(8, 1))", "line 1", "Write them out"),
        ("import torch\nclass Net(nn.Module):\n    pass", "line 2", "Write the layers as nn.Sequential"),
        ("nn.Linear(1, 1)", "", "at least one hidden layer"),
        ("nn.Sequential(nn.Linear(1, 8),", "line 1", "was never closed"),
        ("print('hello')", "", "a text without one"),
        ("(" * 3000, "line 1", "The text of a model in Python"),
        ("\0", "", "The text of a model in Python"),
        ("1" * 30_000, "", "At most 20,000 characters"),
    ],
)
def test_what_no_network_here_has_is_refused_with_its_line(text: str, where: str, said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_model(text)
    assert caught.value.where == where
    assert said in str(caught.value)


def test_names_in_one_another_do_not_grow_without_end() -> None:
    layers = "".join(f"a{i} = nn.Sequential(a{i + 1}, a{i + 1}, a{i + 1})\n" for i in range(30))
    numbers = "".join(f"n{i} = n{i + 1} + n{i + 1}\n" for i in range(30))
    for text in (
        f"{layers}a30 = nn.Identity()\nnet = nn.Sequential(a0)",
        f"{numbers}n30 = 1\nnet = nn.Sequential(nn.Linear(1, n0), nn.ReLU(), nn.Linear(8, 1))",
        "a = nn.Sequential(b)\nb = nn.Sequential(a)",
        "n = n\nnet = nn.Sequential(nn.Linear(1, n), nn.ReLU(), nn.Linear(8, 1))",
    ):
        with pytest.raises(InvalidInput):
            read_model(text)


@pytest.mark.parametrize(
    "text",
    [
        "-" * 19_990 + "1", "a" + ".b" * 9_990, "f" + "()" * 9_990, "1" + "+1" * 9_900, "[" * 9_000 + "]" * 9_000,
        "lambda: " * 2_000 + "1", "\ud800", "x = " + "9" * 5_000,
        "nn.Sequential(nn.Linear(1, 1" + "+1" * 200 + "), nn.ReLU(), nn.Linear(201, 1))",
    ],
    ids=lambda text: text[:8].encode("ascii", "replace").decode(),
)  # fmt: skip
def test_a_deep_text_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(InvalidInput):
        read_model(text)


def test_nothing_is_run(tmp_path: Path) -> None:
    path = tmp_path / "was-run"
    attack = f"__import__('pathlib').Path({str(path)!r}).touch()"
    for text in (
        f"{attack}\nnn.Sequential(nn.Linear(1, 8), nn.ReLU(), nn.Linear(8, 1))",
        f"nn.Sequential(nn.Linear(1, 8), nn.ReLU(), nn.Linear(8, 1), nn.Identity({attack}))",
    ):
        assert read_model(text).changes["network.width"] == 8
    with pytest.raises(InvalidInput):
        read_model(f"nn.Sequential(nn.Linear(1, {attack}), nn.ReLU(), nn.Linear(8, 1))")
    assert not path.exists()
