"""Training without a server."""

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ntkscope.experiment.format import number
from ntkscope.runs.recording import read_recording
from ntkscope.wire.codec import decode, to_json
from ntkscope.wire.sequence import split
from tests.cases import config
from tests.cli.conftest import Cli
from tests.servers import GENEROUS

SMALL = config().model_dump(mode="json")


def write(name: str, fields: object) -> None:
    """Into the folder of the test."""
    Path(name).write_text(fields if isinstance(fields, str) else json.dumps(fields))


def test_a_file_is_trained_and_its_modes_are_told(cli: Cli) -> None:
    write("small.json", SMALL)
    answer = cli("run", "small.json")

    assert answer.code == 0
    assert "Reached the last step: step 200" in answer.words
    for heading in ("mode", "eigenvalue", "predicted t", "measured t", "median error"):
        assert heading in answer.output
    assert re.search(r"^Prediction (holds|roughly holds|fails)", answer.output, re.MULTILINE)
    assert "24 frames" in answer.output


def test_a_rehearsed_rate_is_chosen_before_and_its_steps_are_told_beside_the_measured(cli: Cli) -> None:
    write("rehearsed.json", config(training__learning_rate={"kind": "rehearsed"}).model_dump(mode="json"))
    answer = cli("run", "rehearsed.json", "--out", "run.events")

    assert answer.code == 0
    assert "This is no promise: of 30" in answer.words
    assert "Rehearsed to step" in answer.words
    for heading in ("by K₀", "rehearsed", "range", "measured"):
        assert heading in answer.output
    started = decode(next(iter(split(Path("run.events").read_bytes()))))
    assert started.type == "started"
    assert started.config.training.learning_rate.kind == "rehearsed"
    assert started.config.training.learning_rate.value == started.learning_rate


def test_toml_says_the_same_as_json(cli: Cli) -> None:
    write("a.toml", "seed = 5\n[data.points]\nkind = 'interval'\nn = 8\n[network]\nwidth = 16\n"
                    "[training.stop]\nsteps = 20\n")  # fmt: skip
    write("a.json", {"seed": 5, "data": {"points": {"kind": "interval", "n": 8}}, "network": {"width": 16},
                     "training": {"stop": {"steps": 20}}})  # fmt: skip
    lines = [json.loads(cli("run", name, "--json").output.splitlines()[0]) for name in ("a.toml", "a.json")]

    assert lines[0]["config"] == lines[1]["config"]
    assert lines[0]["eigenvalues"] == lines[1]["eigenvalues"]


def test_events_as_lines_and_as_a_file_are_the_same(cli: Cli) -> None:
    write("small.json", SMALL)
    answer = cli("run", "small.json", "--json", "--out", "small.events")
    events = split(Path("small.events").read_bytes())

    assert answer.output.encode().splitlines() == [to_json(event) for event in events]
    assert [decode(event).type for event in (events[0], events[-1])] == ["started", "finished"]
    assert "Reached the last step" in answer.error  # the words go elsewhere
    assert read_recording(Path("small.events"))[0].config == config()


def test_the_first_variant_of_a_preset_or_the_one_that_is_named(cli: Cli) -> None:
    started = json.loads(cli("run", "two-sines:width-64", "--json").output.splitlines()[0])

    assert started["config"]["network"]["width"] == 64


def test_a_run_that_diverges_is_told_and_fails(cli: Cli) -> None:
    rate = {"kind": "auto", "fraction": 20}
    write("fast.json", config(training__learning_rate=rate, network__activation="relu").model_dump(mode="json"))
    answer = cli("run", "fast.json")

    assert answer.code == 1
    assert "2/λ₁" in answer.output
    assert "a quarter of 2/λ₁ as learning rate" in " ".join(answer.output.split())


def test_a_table_is_trained_on(cli: Cli) -> None:
    from hashlib import sha256

    table = b"x1,y\n0,1\n1,2\n2,0\n"
    Path("t.csv").write_bytes(table)
    Path("other.csv").write_bytes(b"x1,y\n0,1\n")
    points = {"kind": "dataset", "sha256": sha256(table).hexdigest()}
    fields = config(data__points=points, data__target={"kind": "dataset"}).model_dump(mode="json")
    write("t.json", fields)

    assert cli("run", "t.json", "--dataset", "t.csv").code == 0
    assert "--dataset FILE.csv" in cli("run", "t.json").error
    assert "which is another" in cli("run", "t.json", "--dataset", "other.csv").error
    assert "no such file" in cli("run", "t.json", "--dataset", "none.csv").error


YEARS = "YEAR,COUNT,NAME\n" + "".join(f"{1900 + i},{i * i if i != 3 else ''},ox\n" for i in range(12))


def test_a_table_alone_is_a_run_and_says_how_it_was_read(cli: Cli) -> None:
    write("years.csv", YEARS)
    answer = cli("preview", "years.csv")

    assert answer.code == 0
    for said in (
        "y is COUNT, the last column of numbers; x is YEAR.",
        "Left out, since they hold text: NAME.",
        "Inputs of 1,900 to 1,911 are scaled to [−1, 1] for the network.",
        "The target, 0 to 121, is given mean 0 and deviation 1.",
        "1 of 12 rows left out, with an empty cell or one that is no number (line 5).",
        "What is trained on is y minus its mean",
    ):
        assert answer.words.count(said) == 1, said
    made = json.loads(cli("preview", "years.csv", "--hold-out", "range:1909:1911", "--json").output)
    assert made["config"]["data"]["points"]["x"] == ["YEAR"]
    assert made["config"]["data"]["hold_out"] == {"kind": "range", "column": "", "low": 1909, "high": 1911}
    assert "3 of 11 points are held out" in " ".join(made["notices"])


def test_a_table_is_trained_on_as_it_is(cli: Cli) -> None:
    write("years.csv", YEARS)
    answer = cli("run", "years.csv", "--rows", "6", "--json")
    lines = [json.loads(line) for line in answer.output.splitlines()]

    assert answer.code == 0
    assert lines[0]["config"]["data"]["points"]["sha256"] == hashlib.sha256(YEARS.encode()).hexdigest()
    assert len(lines[0]["targets"]) == 6
    assert lines[-1]["reason"] == "steps"
    assert "y is COUNT" in answer.error  # the words go elsewhere


def test_the_error_on_held_out_points_is_told_at_the_end(cli: Cli) -> None:
    write("small.json", SMALL)
    answer = cli("run", "small.json", "--hold-out", "every:4", "--json")
    frames = [line for line in map(json.loads, answer.output.splitlines()) if line["type"] == "frame"]

    assert f"Mean squared error on the points held out: {number(frames[-1]['held_out_error'])}." in answer.error
    assert "held out:" not in cli("run", "small.json").output


def test_the_options_choose_columns_marks_and_rows(cli: Cli) -> None:
    write("a.csv", "a;b;c\n" + "".join(f"{i},5;{i * i};{i % 2}\n" for i in range(9)))
    points = "--x", "c,1", "--y", "b", "--separator", "semicolon", "--decimal", "comma", "--keep-rows"
    made = json.loads(cli("preview", "a.csv", *points, "--rows", "6", "--random-rows", "--json").output)

    chosen = made["config"]["data"]["points"]
    assert (chosen["x"], chosen["y"], chosen["decimal"], chosen["missing"]) == (["c", "1"], "b", "comma", "refuse")
    assert (chosen["subset"], chosen["most_rows"]) == ("random", 6)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("none.csv",), "no such file"),
        (("years.csv", "--x", "month"), "A column of the table: YEAR, COUNT, NAME"),
        (("years.csv", "--keep-rows"), "1 row with an empty cell (line 5)"),
        (("years.csv", "--hold-out", "some"), "One of every:5, fraction:0.2"),
        (("years.csv", "--hold-out", "every:x"), "data.hold_out.k: A whole number"),
        (("years.csv", "--hold-out", "column:NAME"), "a choice that holds none out"),
        (("years.csv", "--rows", "1"), "A number of at least 2"),
        (("thousands.csv",), "1408 if the comma separates thousands, 1.408 if it begins the decimals"),
        (("two-sines", "--x", "a"), "A table, for options that say how one is read"),
    ],
)
def test_mistakes_with_tables_are_told_in_sentences(cli: Cli, arguments: tuple[str, ...], words: str) -> None:
    write("years.csv", YEARS)
    write("thousands.csv", 'x,y\n"1,408","50"\n"2,100","60"\n')
    answer = cli("preview", *arguments)

    assert answer.code == 1
    assert words in answer.error


@pytest.mark.parametrize(
    ("target", "content", "words"),
    [
        ("nothing", None, "'ntkscope presets' lists"),
        ("two-sines:nothing", None, "width-1024"),
        ("none.toml", None, "no such file"),
        ("a.toml", "seed = ", "TOML"),
        ("a.json", "{", "JSON"),
        ("a.json", {"network": {"widht": 3}}, "Did you mean 'width'?"),
        ("a.json", {"network": {"width": -3}}, "A number of at least 1. You gave -3."),
        ("a.json", {"network": {"width": 30000, "depth": 2}}, "NTKSCOPE_MAX_PARAMETERS"),
        ("a.json", {"data": {"target": {"kind": "formula", "text": "__import__('os')"}}}, "formula"),
    ],
)
def test_mistakes_are_told_in_sentences(cli: Cli, target: str, content: object, words: str) -> None:
    if content is not None:
        write(target, content)
    answer = cli("run", target)

    assert answer.code == 1
    assert words in answer.error


def test_a_fault_of_the_program_shows_no_trace(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("inside")

    monkeypatch.setattr("ntkscope.cli.run.train", fail)
    answer = cli("run", "two-sines")

    assert answer.code == 1
    assert "ZeroDivisionError: inside" in answer.error
    assert "NTKSCOPE_DEBUG" in answer.error


def test_ctrl_c_ends_the_run_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "long.json").write_text(config(training__stop__steps=10_000_000).model_dump_json())
    process = subprocess.Popen(
        [sys.executable, "-c", "from ntkscope.cli import main; main()", "run", "long.json", "--json"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["type"] == "started"
        assert json.loads(process.stdout.readline())["type"] == "frame"
        process.send_signal(signal.SIGINT)
        last = process.stdout.read().splitlines()[-1]
        words = process.stderr.read()
        process.wait(GENEROUS)

    assert json.loads(last)["outcome"] == "cancelled"
    assert process.returncode == 130
    assert "Traceback" not in words
