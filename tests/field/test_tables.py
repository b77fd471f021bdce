"""Tables that strangers have, unchanged: read, or refused with the sentence that tells what to do."""

import importlib
import json
from pathlib import Path

import numpy as np
import pytest

from ntkscope.errors import InvalidInput
from ntkscope.experiment.preview import preview
from ntkscope.experiment.problem.table_reader import read_csv
from ntkscope.experiment.theory.initial_state import initial
from ntkscope.schemas.config import RunConfig
from tests.cases import first_event

FOLDER = Path(__file__).parent
BENCHMARKS = FOLDER.parents[1] / "benchmarks"
SHIPPED = {
    "sunspots.csv": (["YEAR"], "SUNACTIVITY"),
    "co2.csv": (["date"], "co2"),
    "nile.csv": (["year"], "volume"),
    "engel.csv": (["income"], "foodexp"),
    "stackloss.csv": (["STACKLOSS", "AIRFLOW", "WATERTEMP"], "ACIDCONC"),
    "macrodata.csv": (None, "realint"),
    "iris.csv": (["x1", "x2", "x3", "x4"], "y"),
    "wine_data.csv": (None, "y"),
    "linnerud_exercise.csv": (["Chins", "Situps"], "Jumps"),
    "linnerud_physiological.csv": (["Weight", "Waist"], "Pulse"),
    "diabetes_data_raw.csv": (None, "y"),
    "diabetes_data_raw.csv.gz": (None, "y"),
}


def test_tables_that_packages_ship_are_accepted_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    rows = importlib.import_module("tables").measure([FOLDER / "tables" / name for name in SHIPPED], trains=False)
    assert {row["table"]: row["said"] for row in rows} == dict.fromkeys(SHIPPED, "accepted")
    for row in rows:
        x, y = SHIPPED[row["table"]]
        assert row["y"] == y
        assert x is None or row["x"] == ", ".join(x)
        assert row["scaled"] != "x none, y none"  # none of them is of size 1 around 0


def test_packed_is_as_plain() -> None:
    plain, packed = (read_csv((FOLDER / "tables" / f"diabetes_data_raw.csv{end}").read_bytes()) for end in ("", ".gz"))
    np.testing.assert_array_equal(plain.x, packed.x)
    assert plain.x.shape == (12, 9)


def test_dates_of_eight_digits_and_every_gap_counted() -> None:
    data = (FOLDER / "tables" / "co2.csv").read_bytes()
    with pytest.raises(InvalidInput, match="6 rows with an empty cell"):
        read_csv(data)
    with pytest.raises(InvalidInput, match=r"1 row with an empty cell \(line 4\)"):
        read_csv((FOLDER / "co2_original_head.csv").read_bytes())


@pytest.mark.parametrize(
    ("name", "x", "y"),
    [
        ("sunspots_original_head", [1700, 1701], [5, 11]),
        ("space_separated", None, [157, 183]),
        ("eu_decimal_comma", [0, 0.5], [1.5, 2.25]),
    ],
)
def test_what_was_refused_is_read(name: str, x: list[float] | None, y: list[float]) -> None:
    table = read_csv((FOLDER / f"{name}.csv").read_bytes())
    assert table.y[:2].tolist() == y
    assert x is None or table.x[:2, 0].tolist() == x


def test_years_that_saturate_every_unit_are_diagnosed_and_the_switch_ends_it() -> None:
    """307 of 309 modes hold 96.5 % of the target about its mean; of scaled inputs 40 and more are above the floor."""
    settings = RunConfig.model_validate(json.loads((FOLDER / "sunspots_raw.json").read_text()))
    table = read_csv((FOLDER / "sunspots_raw.csv").read_bytes())
    said = preview(settings, table)
    (remedy,) = (remedy for remedy in said.remedies if "data.scale_inputs" in remedy.changes)
    assert remedy.sentence in said.warnings
    for part in ("inputs of 1,700 to 2,008, 99.9 % of the units", "307 of 309 modes", "hold 96.5 % of the target"):
        assert part in remedy.sentence
    assert remedy.sentence.endswith("Scale the inputs (data.scale_inputs).")
    short = settings.model_copy(
        update={"training": settings.training.model_copy(update={"stop": settings.training.stop.model_copy(
            update={"steps": 2})})}
    )  # fmt: skip
    assert remedy.sentence in first_event(short, dataset=table).notices
    for choice in ("unit", "standardize"):
        scaled = settings.model_copy(update={"data": settings.data.model_copy(update={"scale_inputs": choice})})
        assert initial(scaled, table).kernel.spectrum.count_above_floor > 40
        assert not [each for each in preview(scaled, table).remedies if "data.scale_inputs" in each.changes]


def test_squares_of_a_thousand_are_told_to_scale_x_and_y() -> None:
    said = preview(RunConfig.model_validate(json.loads((FOLDER / "ds51468_squares.json").read_text())))
    assert {name for remedy in said.remedies for name in remedy.changes} >= {"data.scale_inputs", "data.norm"}


def test_the_remedy_of_a_point_without_a_value_leaves_it_out() -> None:
    settings = json.loads((FOLDER / "ln_zero.json").read_text())
    with pytest.raises(InvalidInput) as caught:
        initial(RunConfig.model_validate(settings))
    text = caught.value.remedy.partition("write ")[2]
    assert text.startswith("nan if x == ")
    settings["data"]["target"]["text"] = text
    state = initial(RunConfig.model_validate(settings))
    assert any("1 of" in notice and "left out" in notice for notice in state.problem.notices)
