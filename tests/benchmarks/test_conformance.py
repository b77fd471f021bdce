"""The conformance script finds what it must find, on temporary copies of the reference file."""

import copy
import importlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.benchmarks.made_reference import reference
from tests.numerics.twins import REFERENCE

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
Case = dict[str, Any]
Run = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Writes a file, checks it, and returns the exit status and what was printed."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    main = importlib.import_module("conformance").main

    def check(content: dict[str, Any], *options: str) -> tuple[int, list[str]]:
        path = tmp_path / "reference.json"
        path.write_text(json.dumps(content))
        status = main([str(path), *options])
        return status, capsys.readouterr().out.splitlines()

    return check


def lines(printed: list[str]) -> list[list[str]]:
    """The comparisons: what is before the summary's blank line."""
    return [line.split() for line in printed[: printed.index("")]]


def outcome(line: list[str]) -> str:
    return line[6]


def quantities(part: str, case: Case) -> int:
    if part == "empirical":
        return 7 if case["dims"][-1] == 1 else 8
    return {"infinite": 4, "predict": 3, "predict_momentum": 2}[part]


PARTS = ("infinite", "empirical", "predict", "predict_momentum")


def test_the_public_file_passes(run: Run, tmp_path: Path) -> None:
    status, printed = run(REFERENCE, "--show-nt", "--json", str(tmp_path / "lines.json"))
    found = lines(printed)
    expected = sum(quantities(part, case) for part in PARTS for case in REFERENCE[part])
    assert (status, len(found)) == (0, expected)
    assert {outcome(line) for line in found} == {"ok"}
    assert printed[-1] == f"{expected} passed, 0 failed, 0 skipped"
    for part in PARTS:
        assert f"{part}: {len(REFERENCE[part])} of {len(REFERENCE[part])} cases checked" in printed
    assert sum("nt=" in line for line in printed) == 64 * 4 + 10 * 2 + 3 * 2
    written = json.loads((tmp_path / "lines.json").read_text())
    assert [row["quantity"] for row in written] == [line[3] for line in found]


def test_other_sizes_pass(run: Run) -> None:
    content = reference()
    status, printed = run(content)
    assert [line for line in lines(printed) if outcome(line) != "ok"] == []
    assert status == 0
    assert len(lines(printed)) == sum(quantities(part, case) for part in PARTS for case in content[part])


def entry(values: list[Any], at: tuple[int, ...]) -> tuple[list[Any], int]:
    """The innermost list and the place in it."""
    for index in at[:-1]:
        values = values[index]
    return values, at[-1]


def largest(values: list[Any], finite: bool = False) -> tuple[float, tuple[int, ...]]:
    numbers = np.array(values, dtype=float)
    magnitudes = np.where(np.isfinite(numbers), np.abs(numbers), 0) if finite else np.abs(numbers)
    at = np.unravel_index(int(magnitudes.argmax()), numbers.shape)
    return float(magnitudes[at]), tuple(int(i) for i in at)


ONE, SEVERAL = 2, 14  # cases of the part empirical with one output and with three
MOVED = [
    *[("infinite", case, f"{name}_hp") for case in (0, 20, 57) for name in ("nngp", "ntk", "nngp_21", "ntk_21")],
    *[("empirical", ONE, name) for name in ("f", "K", "K_21", "eigvals_desc", "abs_mode_residual")],
    *[("empirical", SEVERAL, name) for name in ("f", "K_full", "K_full_21", "K_trace_mean_nt")],
    *[("empirical", SEVERAL, name) for name in ("eigvals_full_desc", "abs_mode_residual_full", "weight_scale")],
    ("empirical", ONE, "bias_scale"),
    *[("predict", 7, name) for name in ("f_train_hp", "f_test_hp", "tau_half_sum_sq")],
    *[("predict_momentum", 0, name) for name in ("f_train_expm", "f_test_expm")],
]


@pytest.mark.parametrize(("part", "index", "column"), MOVED)
def test_one_number_moved_is_one_line_that_fails(run: Run, part: str, index: int, column: str) -> None:
    case = copy.deepcopy(REFERENCE[part][index])
    if column == "bias_scale":
        case[column] *= 1 + 1e-6
    else:
        size, at = largest(case[column], finite=True)
        if column.startswith("abs_mode"):  # its scale is the norm of f - y
            size = float(np.linalg.norm(np.array(case[column])))
        holder, place = entry(case[column], at)
        holder[place] += 1e-6 * size
    status, printed = run({part: [case]}, "--part", part)
    failed = {line[3] for line in lines(printed) if outcome(line) == "FAIL"}
    name = column.removesuffix("_hp").removesuffix("_expm").removesuffix("_nt")
    allowed = {name, column.replace("eigvals", "abs_mode_residual").removesuffix("_desc")}
    assert status == 1
    assert name in failed
    assert failed <= (allowed if "eigvals" in column else {name})


def test_what_is_unknown_is_skipped_and_told(run: Run) -> None:
    content = {part: copy.deepcopy(REFERENCE[part][:2]) for part in PARTS}
    content["infinite"][0]["activation"] = "unknown"
    content["empirical"][1]["parameterization"] = "unknown"
    content["another"] = [{}]
    status, printed = run(content)
    skipped = [line for line in lines(printed) if outcome(line) == "SKIP"]
    assert status == 1
    assert [line[1] for line in skipped] == ["infinite", "empirical", "another"]
    assert "infinite: 1 of 2 cases checked" in printed
    assert printed[-1].endswith("0 failed, 3 skipped")
    assert run(content, "--part", "predict")[0] == 0


def test_an_empty_part_fails(run: Run) -> None:
    content = {part: REFERENCE[part][:1] for part in PARTS} | {"predict": []}
    status, printed = run(content)
    assert status == 1
    assert "predict: 0 of 0 cases checked  FAIL: the part is empty" in printed
    del content["predict"]
    assert run(content)[0] == 1
    assert run(content, "--part", "infinite", "--part", "empirical")[0] == 0


@pytest.mark.parametrize(("part", "column"), [("infinite", "ntk_hp"), ("empirical", "K_21"), ("predict", "t_nt")])
def test_a_missing_quantity_fails(run: Run, part: str, column: str) -> None:
    case = copy.deepcopy(REFERENCE[part][0])
    del case[column]
    status, printed = run({part: [case]}, "--part", part)
    assert status == 1
    assert any(outcome(line) == "FAIL" and column in " ".join(line) for line in lines(printed))


@pytest.mark.parametrize(
    ("result", "note"),
    [
        (lambda k: k.float(), "dtype"),
        (lambda k: k[:-1], "shape"),
        (lambda k: k * float("nan"), "not finite"),
        (lambda k: 1 / 0, "ZeroDivisionError"),
    ],
)
def test_a_product_that_breaks_fails_and_the_rest_is_checked(
    run: Run, monkeypatch: pytest.MonkeyPatch, result: Callable[..., Any], note: str
) -> None:
    parts = importlib.import_module("conformance_parts")
    real = parts.empirical_ntk
    monkeypatch.setattr(parts, "empirical_ntk", lambda net, *x: result(real(net, *x)) if len(x) == 2 else real(net, *x))
    status, printed = run({"empirical": REFERENCE["empirical"][:2]}, "--part", "empirical")
    failed = [line for line in lines(printed) if outcome(line) == "FAIL"]
    assert status == 1
    assert [line[3] for line in failed] == ["K_21", "K_21"]
    assert all(line[4] == "nan" and note in " ".join(line) for line in failed)
    assert len(lines(printed)) == 14
