"""Each worked example of CONTRIBUTING.md, applied to a copy of the tree, does what it says."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ntkscope.executors.inline import InlineExecutor
from ntkscope.experiment.trainer import train
from tests.house.examples import EXAMPLES, ROOT, applied
from tests.servers import serving, settings_in, wait_for

pytestmark = pytest.mark.soak
BUILT = (".*", "node_modules", "static", "*.egg-info", "__pycache__", "*.db*")
DRAWN = """
import { expect, it } from "vitest";
import { functionChart } from "./charts/function";
import { DEFAULT_VIEW } from "./run/view";
import { replayed } from "./test/recordings";

it("draws the curve and says how far the network is from it", () => {
  const run = replayed("../settled.events", "run");
  const figure = functionChart.figure(run, { ...DEFAULT_VIEW, predictions: ["settled"] }, "light");
  const curve = figure.data.find(({ name }) => name === "K₀, t → ∞");
  expect(curve?.y.every(Number.isFinite)).toBe(true);
  expect(figure.legend.map(({ text }) => text).find((text) => text.startsWith("K₀, t → ∞"))).toMatch(/\\d\\s%$/);
});
"""
Copy = Callable[[str], Path]


@pytest.fixture(scope="module")
def types(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What mypy remembers from one copy to the next."""
    return str(tmp_path_factory.mktemp("mypy"))


@pytest.fixture
def copy(tmp_path: Path, types: str) -> Copy:
    """A copy of the tree with this example applied."""

    def made(title: str) -> Path:
        root = tmp_path / "tree"
        shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns(*BUILT))
        (root / "frontend/node_modules").symlink_to((ROOT / "frontend/node_modules").resolve())
        for path, text in applied(EXAMPLES[title], root).items():
            (root / path).write_text(text, encoding="utf-8")
        call(root, sys.executable, "-m", "mypy", "--cache-dir", types)
        return root

    return made


def call(root: Path, *command: str, cwd: str = ".") -> str:
    """What it prints; with the copy's own package."""
    environment = os.environ | {"PYTHONPATH": str(root / "backend")}
    done = subprocess.run(command, cwd=root / cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


def python(root: Path, code: str) -> None:
    """Runs it with `events` of 16 points, width 64 and 200 steps at hand, and other fields: `network__width=8`."""
    call(root, sys.executable, "-c", f"from tests.cases import *\nfrom ntkscope.schemas.event import *\n{code}")


def page(root: Path, *tests: str) -> None:
    """Generates the page's types anew, runs these of its tests, and checks its types without them.

    Tests spell out what there is; whoever adds something extends them.
    """
    if shutil.which("npm") is None:
        pytest.skip("The page's part of this example is NOT checked: npm is not on PATH. Install Node.js.")
    openapi = "import json\nfrom ntkscope.api.app import create_app\nfrom ntkscope.settings import Settings\n"
    document = call(root, sys.executable, "-c", f"{openapi}print(json.dumps(create_app(Settings()).openapi()))")
    (root / "openapi.json").write_text(document, encoding="utf-8")
    call(root, "npm", "run", "types", "--", str(root / "openapi.json"), cwd="frontend")
    call(root, "npx", "vitest", "run", *tests, cwd="frontend")
    shutil.rmtree(root / "frontend/src/test")
    for test in (root / "frontend/src").rglob("*.test.ts"):
        test.unlink()
    call(root, "npm", "run", "check", cwd="frontend")


def test_a_target_is_trained(copy: Copy) -> None:
    root = copy("A target")
    python(root, """
started, *_, finished, _ = run(config(data__target={"kind": "triangle"}))
for x, y in ((started.inputs, started.targets), (started.grid, started.grid_target)):
    assert max(abs(y - (1 - 2 * abs(x[:, 0])))) < 1e-12
assert finished.outcome == "completed"
""")  # fmt: skip


def test_an_activation_is_trained_and_has_its_infinite_width(copy: Copy) -> None:
    root = copy("An activation")
    python(root, """
started, *_, finished, _ = run(config(network__activation="arctan", network__width=2048, network__sigma_w=1.5))
assert started.infinite.distance < 0.1 and finished.outcome == "completed"
""")  # fmt: skip
    call(root, sys.executable, "-m", "pytest", "tests/numerics/test_activations.py", "-k", "arctan and not definition")


def test_a_field_is_recorded_and_older_logs_have_none(copy: Copy) -> None:
    root = copy("A field of an event")
    python(root, """
from ntkscope.wire.codec import decode, encode
import msgpack
started, *rest = run(config())
frames = of(rest, Frame)
assert all(frame.largest_residual == max(abs(frame.fitted - started.targets)) for frame in frames)
older = msgpack.unpackb(encode(frames[0]))
assert older.pop("largest_residual") > 0
assert decode(msgpack.packb(older)).largest_residual is None
""")  # fmt: skip
    page(root, "src/charts/help.test.ts", "src/charts/pinned.test.ts")


def test_a_chart_holds_what_every_chart_does(copy: Copy) -> None:
    charts = ("catalogue", "figures", "help")
    page(copy("A chart"), *(f"src/charts/{name}.test.ts" for name in charts), "src/test")


def test_a_preset_passes_its_check(copy: Copy) -> None:
    root = copy("A preset")
    python(root, """
import numpy as np
from ntkscope.experiment.presets import preset, presets
assert [one.id for one in presets()][-1] == "chirp"
(variant,) = preset("chirp").variants
started, *rest = run(variant.config)
half = min(of(rest, Frame), key=lambda frame: abs(frame.step - 1000))
wrong = (half.fitted - started.targets) ** 2
assert np.mean(wrong[:32]) < np.mean(wrong[32:]) / 10, (np.mean(wrong[:32]), np.mean(wrong[32:]))
""")  # fmt: skip


def test_an_axis_is_swept(tmp_path: Path) -> None:
    body = json.loads(EXAMPLES["An axis of a sweep"].text)
    with serving(settings_in(tmp_path), executor=InlineExecutor(1, train)) as server:
        sweep = server.client.post("api/sweeps", json=body).json()

        def ended() -> dict[str, object] | None:
            found = dict(server.client.get(f"api/sweeps/{sweep['id']}").json())
            return found if found["state"] == "completed" else None

        assert (wait_for(ended)["done"], sweep["total"]) == (4, 4)


def test_a_law_is_told_by_every_run(copy: Copy) -> None:
    root = copy("A law")
    python(root, """
import numpy as np
started, *_, finished, _ = run(config())
assert set(finished.median_errors) == set(started.laws) == {"decaying_flow", "gradient_flow", "gradient_descent"}
time = started.learning_rate * 1000 * np.log1p(np.array(started.steps) / 1000)
said = started.laws["decaying_flow"].remaining[:, 0]
assert np.allclose(said, np.exp(-started.eigenvalues[0] * time), atol=1e-12)
""")  # fmt: skip
    call(root, sys.executable, "-m", "pytest", "tests/numerics/test_law.py", "-k", "not over_the_eigenvalue")
    page(root, "src/charts/figures.test.ts", "src/charts/help.test.ts")


def test_a_curve_is_told_and_drawn(copy: Copy) -> None:
    root = copy("A curve over the function")
    python(root, """
started, *rest = run(config(training__stop__steps=4000))
frames = of(rest, Frame)
assert frames[-1].predicted["settled"].distance < frames[0].predicted["settled"].distance / 2
from ntkscope.wire.codec import encode
open("settled.events", "wb").write(b"".join(map(encode, [started, *rest])))
""")  # fmt: skip
    (root / "frontend/src/settled.test.ts").write_text(DRAWN, encoding="utf-8")
    page(root, "src/settled.test.ts", "src/charts/pinned.test.ts", "src/charts/help.test.ts")
