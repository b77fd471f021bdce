"""The examples of the README and of docs run as they are printed, but for the server's address."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ntkscope.executors.inline import InlineExecutor
from ntkscope.experiment import trainer
from ntkscope.experiment.trainer import train
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import RunEvent
from tests.servers import Server, serving, settings_in

ROOT = Path(__file__).parents[2]
ADDRESS = "http://127.0.0.1:8000"


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", (ROOT / page).read_text(), re.DOTALL | re.MULTILINE)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(settings_in(tmp_path), executor=InlineExecutor(1, train)) as running:
        yield running


def test_the_notebook_example(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = blocks("README.md", "python")
    names: dict[str, Any] = {}
    exec(code, names)
    assert len(names["figure"].data) == 12
    assert "Reached the last step" in capsys.readouterr().out


def test_the_python_example_of_the_api(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, _ = blocks("docs/api.md", "python")
    exec(code.replace(ADDRESS, server.url.rstrip("/")), {})
    printed = capsys.readouterr().out
    assert "frequency 3 is learnt at step" in printed
    assert "completed" in printed


def test_the_width_study_of_the_api(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    _, code, _ = blocks("docs/api.md", "python")
    exec(code.replace(ADDRESS, server.url.rstrip("/")), {})
    said, distance, drift = capsys.readouterr().out.splitlines()
    assert said == "Completed: 6 of 6 runs are done."
    assert re.fullmatch(r"distance ~ width\^-0\.\d\d, in theory -0\.5", distance)
    assert re.fullmatch(r"drift ~ width\^-(0|1)\.\d\d, in theory -1\.0", drift)


def test_the_sweep_over_other_fields_of_the_api(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    *_, code = blocks("docs/api.md", "python")
    exec(code.replace(ADDRESS, server.url.rstrip("/")), {})
    printed = capsys.readouterr().out.splitlines()
    assert [line.partition(" of the limit")[0] for line in printed] == [
        f"{activation} at {fraction}" for activation in ("relu", "tanh", "erf") for fraction in (0.25, 0.5, 4.5)
    ]
    for line in printed:
        assert ("diverged" if " 4.5 " in line else "completed at step 300, loss 0.") in line


def test_the_example_of_any_module(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = blocks("docs/any-module.md", "python")
    exec(code, {})
    printed = capsys.readouterr().out.splitlines()
    said = re.findall(r"^    (.*)$", (ROOT / "docs/any-module.md").read_text().split("It prints\n")[1], re.MULTILINE)
    assert [line for line in printed if "checked" not in line] == [line for line in said if "checked" not in line]
    assert float(printed[1].split()[-1]) < 1e-12


def test_the_three_remarks_run_as_they_are_printed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With trainings of a few steps: their figures are asked for in `make soak`."""

    def brief(config: RunConfig) -> Iterator[RunEvent]:
        short = config.model_dump()
        short["training"]["stop"]["steps"] = 20
        short["recording"].update(frames=4, kernel_frames=3)
        return train(RunConfig.model_validate(short))

    monkeypatch.setattr(trainer, "train", brief)
    names: dict[str, Any] = {}
    for code in blocks("docs/remarks.md", "python"):
        exec(code, names)
    printed = capsys.readouterr().out
    assert len(re.findall(r"K_0 is (.*)% from its limit", printed)) == 3
    assert len(re.findall(r"(.*): (.*)% from the trained network", printed)) == 4
    assert "learning time ~ eigenvalue^" in printed


@pytest.mark.soak
def test_the_three_remarks_have_their_figures(capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, Any] = {}
    for code in blocks("docs/remarks.md", "python"):
        exec(code, names)
    printed = capsys.readouterr().out
    near, nearer, nearest = (float(percent) for percent in re.findall(r"K_0 is (.*)% from its limit", printed))
    assert near > 2 * nearer > 4 * nearest
    assert re.search(r"distance: width\^-0\.\d\d, expected -0\.5", printed)
    assert re.search(r"drift: width\^-(0|1)\.\d\d, expected -1\.0", printed)
    apart = dict(re.findall(r"(.*): (.*)% from the trained network", printed))
    assert len(apart) == 4
    assert all(float(percent) < 10 for percent in apart.values())
    assert re.search(r"learning time ~ eigenvalue\^-(0\.9|1\.[01])\d, in theory -1", printed)
    assert re.search(r"eigenvalue ~ frequency\^-(1\.9|2\.[0-3])\d over odd frequencies", printed)


def test_the_curl_example(server: Server) -> None:
    (code,) = blocks("README.md", "sh")
    answer = subprocess.run(
        ["bash", "-ec", code.replace(ADDRESS, server.url.rstrip("/"))], capture_output=True, text=True, check=True
    )
    first, end = json.JSONDecoder().raw_decode(answer.stdout)
    assert first["name"] == "from curl"
    assert json.loads(answer.stdout[end:])["runs"][0]["id"] == first["id"]
