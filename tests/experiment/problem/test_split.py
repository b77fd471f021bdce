"""Points held out, rows chosen, points left out: counted here; a run on what is left is the run on that alone."""

from typing import Any

import numpy as np
import pytest

from ntkscope.errors import InvalidInput, TooLarge
from ntkscope.experiment.estimate import Limits, check_limits, sizes
from ntkscope.experiment.problem.build import Problem, build
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.problem.table_reader import read_csv
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.event import Frame, Started
from tests.cases import config, of, run

EVERY = {"kind": "every", "k": 3}
RNG = np.random.default_rng(0)
SETS: dict[str, dict[str, Any]] = {
    "interval": {"kind": "interval", "n": 12},
    "circle": {"kind": "circle", "n": 12},
    "arcs": {"kind": "arcs", "counts": [5, 7]},
    "random": {"kind": "random", "n": 12, "d": 1},
    "plane": {"kind": "random", "n": 12, "d": 2},
    "many": {"kind": "random", "n": 12, "d": 4},
}


def table(n: int = 12, d: int = 1, held: bool = False) -> Table:
    x = np.sort(RNG.uniform(-1, 1, (n, d)), axis=0)
    return Table("t", x, x[:, 0] ** 2, [*(f"in{i}" for i in range(d)), "out"], np.arange(n) % 4 == 0 if held else None)


def tabled(hold_out: dict[str, Any], given: Table, **points: Any) -> RunConfig:
    data = {"points": {"kind": "dataset", "sha256": "a" * 64} | points, "target": {"kind": "dataset"}}
    return config(**{f"data__{name}": value for name, value in (data | {"hold_out": hold_out}).items()})


def on_test(problem: Problem) -> tuple[np.ndarray, np.ndarray]:
    """Inputs of the held-out points, and the target there."""
    assert problem.grid_tested is not None
    assert problem.grid_target is not None
    return problem.grid_inputs[problem.grid_tested], problem.grid_target.numpy()[problem.grid_tested]


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize(
    "hold_out",
    [EVERY, {"kind": "fraction", "fraction": 0.25}, {"kind": "range", "low": 0.2, "high": 9}],
    ids=lambda one: str(one["kind"]),
)
def test_every_point_set_is_cut_in_two(name: str, hold_out: dict[str, Any]) -> None:
    all_of_it = build(config(data__points=SETS[name]))
    cut = build(config(data__points=SETS[name], data__hold_out=hold_out))
    inputs, _ = on_test(cut)
    both = np.concatenate([cut.inputs, inputs])
    assert sorted(map(tuple, both)) == sorted(map(tuple, all_of_it.inputs))
    if hold_out["kind"] == "every":
        np.testing.assert_array_equal(np.sort(inputs, axis=0), np.sort(all_of_it.inputs[2::3], axis=0))
    if hold_out["kind"] == "fraction":
        assert len(inputs) == 3
        other = build(config(data__points=SETS["interval"], data__hold_out=hold_out, seed=1))
        if name == "interval":
            assert on_test(other)[0].tolist() != inputs.tolist()  # drawn by the seed
    if hold_out["kind"] == "range":
        assert (inputs[:, 0] >= 0.2).all()
        assert (cut.inputs[:, 0] < 0.2).all()
    cells = int(np.prod(cut.grid_shape))
    assert len(cut.grid_inputs) == (cells + len(inputs) if cut.geometry == "plane" else cells)
    if cut.geometry in ("interval", "circle"):
        assert (np.diff(cut.grid_inputs[:, 0]) >= 0).all()  # a curve is drawn through them


def test_a_run_is_that_of_the_points_that_are_left_and_its_error_is_on_the_others() -> None:
    given = table()
    rest = np.arange(12) % 3 != 2
    events = run(tabled(EVERY, given), dataset=given)
    alone = run(tabled({"kind": "none"}, given), dataset=Table("t", given.x[rest], given.y[rest], given.columns))
    (begun,) = of(events, Started)
    assert begun.grid_target is not None
    held = np.isfinite(begun.grid_target)
    assert begun.held_out == np.flatnonzero(held).tolist()
    np.testing.assert_array_equal(begun.grid[held], given.x[~rest])
    np.testing.assert_array_equal(begun.grid_target[held], given.y[~rest])
    assert any(notice.startswith("4 of 12 points are held out") for notice in begun.notices)
    for frame, other in zip(of(events, Frame), of(alone, Frame), strict=True):
        assert frame.loss == pytest.approx(other.loss, rel=1e-9)
        assert frame.held_out_error == pytest.approx(((frame.function[held] - given.y[~rest]) ** 2).mean(), rel=1e-6)
        assert other.held_out_error is None


def test_inputs_are_scaled_by_what_is_trained_on() -> None:
    given = table()
    held = {"kind": "range", "column": "in0", "low": float(given.x[8, 0]), "high": 2}
    settings = tabled(held, given)
    data = settings.data.model_copy(update={"scale_inputs": "unit", "scale_targets": "standardize"})
    problem = build(settings.model_copy(update={"data": data}), given)
    assert float(problem.coordinates.max()) == pytest.approx(1)
    assert problem.target_scaling.centre == pytest.approx(given.y[:8].mean())
    assert float(problem.grid_encoded.max()) > 1  # beyond what is trained on


@pytest.mark.parametrize("column", ["in1", "x2", "2", "IN1"])
def test_a_range_is_of_an_input_by_name_or_number(column: str) -> None:
    given = table(d=3)
    cut = build(tabled({"kind": "range", "column": column, "low": 0.0, "high": 1}, given), given)
    np.testing.assert_array_equal(on_test(cut)[0], given.x[given.x[:, 1] >= 0])
    with pytest.raises(InvalidInput, match="An input: in0, in1, in2"):
        build(tabled({"kind": "range", "column": "zzz", "low": 0.0, "high": 1}, given), given)


def test_a_column_of_the_table_marks_what_is_held_out() -> None:
    marks = {"test": "train", "1": "0", "yes": "no", "True": "False", "validation": "training"}
    for held, kept in marks.items():
        lines = "".join(f"{i},{i * i},{held if i % 4 == 0 else kept}\n" for i in range(12))
        given = read_csv(f"a,b,split\n{lines}".encode(), held="split")
        assert given.columns == ["a", "b"]
        settings = tabled({"kind": "column", "column": "split"}, given)
        assert on_test(build(settings, given))[0][:, 0].tolist() == [0, 4, 8]
    nothing = read_csv(b"a,b,split\n1,2,0\n2,3,0\n", held="split")
    with pytest.raises(InvalidInput, match="a choice that holds none out"):
        build(tabled({"kind": "column", "column": "split"}, nothing), nothing)


def test_two_ways_and_a_column_of_no_table_are_refused() -> None:
    with pytest.raises(ValueError, match="one way of holding points out"):
        config(data__points={"kind": "interval", "n": 8, "hold_out": True}, data__hold_out=EVERY)
    with pytest.raises(InvalidInput, match="A table, for a column"):
        build(config(data__hold_out={"kind": "column", "column": "a"}))


def test_all_of_them_or_none_cannot_be_held_out() -> None:
    for low, high, got in ((5, 6, "none"), (-2, 2, "all of them")):
        with pytest.raises(InvalidInput, match=f"holds {got} out"):
            build(config(data__hold_out={"kind": "range", "low": low, "high": high}))


def test_rows_are_chosen_evenly_or_by_the_seed() -> None:
    given = table(n=100)
    even = build(tabled({"kind": "none"}, given, subset="even", most_rows=12), given)
    np.testing.assert_array_equal(even.inputs, given.x[np.linspace(0, 99, 12).round().astype(int)])
    assert "12 of 100 rows are taken, equally spaced." in even.notices
    settings = tabled({"kind": "none"}, given, subset="random", most_rows=12)
    first, again = build(settings, given), build(settings, given)
    other = build(settings.model_copy(update={"seed": 5}), given)
    assert first.inputs.tolist() == again.inputs.tolist() != other.inputs.tolist()
    assert set(map(tuple, first.inputs)) <= set(map(tuple, given.x))
    assert sizes(settings, given).n == 12


def test_a_million_rows_are_refused_with_the_subset_as_remedy() -> None:
    given = read_csv(b"x,y\n" + b"1,2\n3,4\n" * 500_000)
    allowed = Limits(max_parameters=10**9, max_points=4096, max_memory_bytes=10**12, max_steps=10**9)
    with pytest.raises(TooLarge, match=r"At most 4,096 training points\..* 1,000,000") as caught:
        check_limits(tabled({"kind": "none"}, given), allowed, given)
    assert caught.value.where == "data.points.subset"
    assert "even or random" in caught.value.remedy
    check_limits(tabled({"kind": "none"}, given, subset="even", most_rows=4096), allowed, given)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("nan if x == 0 else ln(x*x)", lambda x: x != 0),
        ("where(x > 0, log(x), nan)", lambda x: x > 0),
        ("x + where(abs(x) < 0.5, nan, 1)", lambda x: abs(x) >= 0.5),
        ("nan if x < 0 else (np.nan if x > 0.9 else x)", lambda x: (x >= 0) & (x <= 0.9)),
    ],
)
def test_a_formula_leaves_points_out(text: str, kept: Any) -> None:
    points = {"kind": "interval", "n": 21, "low": -1, "high": 1}
    events = run(config(data__points=points, data__target={"kind": "formula", "text": text}))
    (begun,) = of(events, Started)
    x = np.linspace(-1, 1, 21)
    np.testing.assert_array_equal(begun.inputs[:, 0], x[kept(x)])
    assert begun.grid_target is not None
    np.testing.assert_array_equal(np.isfinite(begun.grid_target), kept(begun.grid[:, 0]))
    left = int((~kept(x)).sum())
    assert f"{left} of 21 points {'is' if left == 1 else 'are'} left out, where the formula says nan." in begun.notices
    assert all(np.isfinite(frame.held_out_error or 0.0) for frame in of(events, Frame))


def test_what_a_refused_formula_is_told_to_write_is_taken() -> None:
    points = {"kind": "interval", "n": 11, "low": -1, "high": 1}
    with pytest.raises(InvalidInput) as caught:
        build(config(data__points=points, data__target={"kind": "formula", "text": "ln(x*x)"}))
    written = caught.value.remedy.partition("write ")[2]
    assert written == "nan if x == 0.0 else ln(x*x)"
    problem = build(config(data__points=points, data__target={"kind": "formula", "text": written}))
    assert len(problem.inputs) == 10
    for text in ("sqrt(x)", "(-x)**0.5"):
        with pytest.raises(InvalidInput, match="write nan if CONDITION else"):
            build(config(data__points=points, data__target={"kind": "formula", "text": text}))
    with pytest.raises(InvalidInput, match="leaves out every point"):
        build(config(data__target={"kind": "formula", "text": "nan + x"}))
