"""A pasted text is read as a model or refused in a sentence; nothing of it is run, whatever it says."""

import pytest

from ntkscope.experiment.pasted.model import read_model, with_changes
from ntkscope.schemas.config import RunConfig
from tests.experiment.pasted.test_model import PRINTED, WHOLE
from tests.hostile import read_all, texts

GOOD = [
    WHOLE, PRINTED, "nn.Sequential(nn.Linear(1, 64), nn.Tanh(), nn.Linear(64, 1))\n",
    "[Dense(64, activation='relu'), Dense(16, activation='relu'), Dense(1)]\n",
    "model = Sequential()\nmodel.add(Dense(8, activation='tanh', input_shape=(2,)))\nmodel.add(Dense(1))\n",
    "optimizer = torch.optim.SGD(model.parameters(), lr=0.01)\n", "loss = nn.MSELoss()\n", "width = 2**4\n",
    "model.compile(optimizer=SGD(learning_rate=1e-2), loss='mse')\nmodel.fit(x, y, epochs=10)\n",
]  # fmt: skip
BAD = [
    "__import__('os').system('id')\n", "exec('x=1')\n", "nn.Linear(*sizes)\n", "nn.Linear(9**9**9**9, 1)\n", "a = a\n",
    "nn.Sequential(*[nn.Linear(1, 1)] * 10**9)\n", "a = b\nb = a\nnn.Sequential(a, b)\n", "x = 1 / 0\n",
    "-" * 3000 + "1",
    "(" * 150 + ")" * 150, "nn.Linear(-1, 0)\n", "nn.Linear(1.5, True)\n", "nn.Linear('a', None)\n",
    "lr=float('nan')\n",
    "nn.Sequential(nn.Sequential(nn.Sequential()))\n", "class A(nn.Module):\n  def forward(self): pass\n",
    "\0", "\ud800",
    "nn.Dropout(0.5), nn.Softmax()\n", "range(10**18)\n", "1e999", "\\", "'''", "f'{x!r:>{9}}'", "@a\ndef b(): ...\n",
    "a = (1,) * 10**9\n", "Dense(units=10**400)\n", "SGD(lr=-1)\n", "nn.LeakyReLU(1e400)\n", "0777\n", "9" * 5000,
]  # fmt: skip
SIGNS = [
    *"()[]{},.=*/-+'\"\n\t :#@0123456789_ax",
    "nn.",
    "Linear",
    "Dense",
    "ReLU()",
    "Sequential(",
    "lr",
    "**",
    "None",
]


def read(text: str) -> None:
    """As the page does: the text, then the config that it makes, which the schema may refuse as any other."""
    model = read_model(text)
    assert all(isinstance(sentence, str) and sentence for sentence in model.ignored)
    with_changes(RunConfig(), model.changes)


@pytest.mark.parametrize("number", [1000, pytest.param(200_000, marks=[pytest.mark.soak, pytest.mark.timeout(7200)])])
def test_any_text_is_read_or_refused(number: int) -> None:
    told = read_all(read, texts(number, number, GOOD, BAD, SIGNS, ""))

    print(f"{number:,} models: {told.answered:,} read, {told.refused:,} refused, {1e3 * told.longest:.1f} ms")
    assert told.escapes == []
    assert told.answered > number // 10
    assert told.longest < 1.0, told.slowest
