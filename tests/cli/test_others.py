"""preview, why, presets, doctor."""

import json
from pathlib import Path

import pytest

from ntkscope.experiment.explain import report
from ntkscope.experiment.theory import rate_search
from tests.cases import config
from tests.cli.conftest import Cli


def test_a_preview_says_when_each_wave_is_learnt(cli: Cli) -> None:
    answer = cli("preview", "two-sines")

    assert answer.code == 0
    for words in ("Learning rate", "2/λ₁", "parameters", "for good", "frequency", "typed", "step", "yes"):
        assert words in answer.words
    for words in ("by K₀", "rehearsed", "range", "Rehearsed to step", "All waves by step"):
        assert words in answer.words


def test_a_preview_as_json_is_the_api_s(cli: Cli) -> None:
    Path("a.json").write_text(config().model_dump_json())
    made = json.loads(cli("preview", "a.json", "--json").output)

    assert made["status"] == "ready"
    assert len(made["spectrum"]["eigenvalues"]) == 16


def test_why_says_what_is_learnt_and_what_to_set(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "FIRST_WORK", 1e9)
    monkeypatch.setattr(report, "WORK", 3e8)
    monkeypatch.setattr(rate_search, "LEAST_WORK", 3e8)
    Path("a.csv").write_text("year,count\n" + "".join(f"{1900 + k},{(k - 5) ** 2}\n" for k in range(12)))
    told = cli("why", "a.csv")
    assert told.code == 0
    for words in ("x is year", "1. Within 4,000 steps it learns", "How far to trust this"):
        assert words in told.words
    rate = {"kind": "given", "value": 0.02}
    Path("a.json").write_text(config(training__learning_rate=rate, training__stop={"steps": 20}).model_dump_json())
    told = cli("why", "a.json")
    assert "if it is one of nn.MSELoss" in told.words
    assert "training.loss = mean" in told.words
    made = json.loads(cli("why", "a.json", "--json").output)
    assert made["status"] == "ready"
    assert len(made["sentences"]) <= 8


def test_why_of_too_much_is_refused(cli: Cli) -> None:
    Path("a.json").write_text(json.dumps({"network": {"width": 10_000_000, "depth": 3}}))

    assert "NTKSCOPE_MAX_PARAMETERS" in cli("why", "a.json").error


def test_a_preview_of_too_much_is_refused(cli: Cli) -> None:
    Path("a.json").write_text(json.dumps({"network": {"width": 10_000_000, "depth": 3}}))

    assert "NTKSCOPE_MAX_PARAMETERS" in cli("preview", "a.json").error


def test_a_python_file_is_a_model_that_is_read(cli: Cli) -> None:
    Path("net.py").write_text(
        "net = nn.Sequential(nn.Linear(1, 24), nn.ReLU(), nn.Linear(24, 1))\n"
        "torch.optim.Adam(net.parameters())\nnn.MSELoss()\n"
    )
    answer = cli("preview", "net.py", "--json")
    assert json.loads(answer.output)["config"]["network"]["width"] == 24
    assert "Adam is not taken" in answer.error
    Path("net.py").write_text("nn.Sequential(nn.Conv2d(1, 8, 3), nn.Linear(8, 1))")
    assert "nn.Conv2d(1, 8, 3)" in cli("preview", "net.py").error


def test_a_preview_as_pytorch_is_a_script(cli: Cli) -> None:
    Path("a.json").write_text(config().model_dump_json())
    text = cli("preview", "a.json", "--pytorch").output
    compile(text, "script.py", "exec")
    assert "torch.optim.SGD(model.parameters(), lr=" in text


def test_presets_are_listed_and_told_about(cli: Cli) -> None:
    assert "two-sines" in cli("presets").output
    told = cli("presets", "two-sines").words
    assert "Check:" in told
    assert "Source:" in told
    assert "ntkscope run two-sines:width-64" in told
    assert "circle-harmonics" in cli("presets", "none").error


def test_the_doctor_looks_and_makes_nothing(cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("ntkscope.cli.doctor.BUILT", tmp_path / "none")
    answer = cli("doctor")

    assert answer.code == 1
    for words in ("PyTorch", "Device", "the first start will make", "not built", "npm ci && npm run build", "Node"):
        assert words in answer.words
    assert list(Path.cwd().iterdir()) == []


def test_the_doctor_is_content_where_all_is_there(cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "index.html").write_text("built")
    monkeypatch.setattr("ntkscope.cli.doctor.BUILT", tmp_path / "static")
    monkeypatch.setenv("PATH", "")  # no node: it is not needed to run

    assert cli("doctor").code == 0


def test_the_doctor_tells_of_a_database_that_cannot_be_used(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.db").write_text("a shopping list, long enough to be looked at " * 30)
    monkeypatch.setenv("NTKSCOPE_DATABASE_URL", "sqlite:///a.db")
    answer = cli("doctor")

    assert answer.code == 1
    assert "file is not a database" in answer.words


def test_help_is_there_for_all(cli: Cli) -> None:
    for command in ((), ("serve",), ("run",), ("preview",), ("presets",), ("doctor",)):
        answer = cli(*command, "--help")
        assert answer.code == 0
        assert "Usage" in answer.output


def test_a_scan_is_a_table_with_a_sentence(cli: Cli) -> None:
    Path("a.json").write_text(config().model_dump_json())
    answer = cli("scan", "a.json", "--field", "network.width", "--values", "8, 32,-1")

    for words in ("a: network.width", "held-out error", "rehearsal", "-1: network.width should be", "waves up to"):
        assert words in answer.words
    made = json.loads(cli("scan", "a.json", "--field", "network.bias", "--values", "true,false", "--json").output)
    assert [found["value"] for found in made["answers"]] == [True, False]
    assert "Write them as in --values 16,64,256." in cli("scan", "a.json", "--field", "seed", "--values", "1,1").error
