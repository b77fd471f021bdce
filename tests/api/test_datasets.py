"""Tables: sent, found, trained on."""

import asyncio
import gzip
import hashlib
from typing import Any

import pytest

from ntkscope.api import datasets
from ntkscope.schemas.data import Data
from tests.cases import config
from tests.servers import Server, wait_for

TABLE = b"x1,x2,y\n0,0,1\n0.5,1,2\n1,0.5,-1\n"
SHA = hashlib.sha256(TABLE).hexdigest()


def test_a_table_as_a_body_and_as_a_form_is_the_same(fake: Server) -> None:
    info = {"sha256": SHA, "name": "t.csv", "rows": 3, "columns": ["x1", "x2", "y"], "kind": "csv"}
    pasted = fake.client.post("api/datasets?name=t.csv", content=TABLE, headers={"content-type": "text/csv"})
    formed = fake.client.post("api/datasets", files={"file": ("other.csv", TABLE)})

    assert (pasted.status_code, pasted.json()) == (201, info)
    assert (formed.status_code, formed.json()) == (201, info)  # kept once, under its first name
    assert fake.client.get(f"api/datasets/{SHA}").json() == info
    assert fake.client.get(f"api/datasets/{SHA}/csv").content == TABLE


def test_a_form_without_a_file(fake: Server) -> None:
    refused = fake.client.post("api/datasets", files={"other": ("a.csv", TABLE)})

    assert refused.status_code == 422
    assert refused.json()["where"] == "file"


def test_a_table_that_is_not_here(fake: Server) -> None:
    assert fake.client.get(f"api/datasets/{'0' * 64}").status_code == 404
    assert fake.client.get("api/datasets/short").status_code == 422


def test_a_run_on_a_table(real: Server) -> None:
    real.client.post("api/datasets", content=TABLE)
    points = {"kind": "dataset", "sha256": SHA}
    run = real.submit(config(data__points=points, data__target={"kind": "dataset"}))
    events, code, reason = real.follow(run["id"])

    assert (code, reason) == (1000, "completed")
    assert events[[e["type"] for e in events].index("started")]["inputs"]["shape"] == [3, 2]
    spectrum = wait_for(lambda: real.client.post("api/preview", json=run["config"]).json()["spectrum"])
    assert len(spectrum["eigenvalues"]) == 3


def read(server: Server, data: bytes, query: str = "") -> dict[str, Any]:
    answer = server.client.post(f"api/datasets/read?{query}", content=data, headers={"content-type": "text/csv"})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_table_is_shown_before_anything_is_stored(fake: Server) -> None:
    data = b"day;value\n2001-01-01;1,5\n2002-01-01;\n2003-01-01;2,5\n"
    shown = read(fake, data)
    assert shown["first_rows"] == [["2001", "1.5"], ["2002", "\u2013"], ["2003", "2.5"]]
    assert (shown["rows"], shown["dropped"]) == (3, 1)
    assert "1 row with an empty cell (line 3)" in shown["problem"]
    sha = shown["data"]["points"]["sha256"]
    assert sha == hashlib.sha256(data).hexdigest()
    assert fake.client.get(f"api/datasets/{sha}").status_code == 404
    dropped = read(fake, data, "missing=drop")
    assert dropped["problem"] is None
    assert read(fake, data, "x=2&y=1&missing=drop")["data"]["points"]["x"] == ["value"]
    assert fake.client.post("api/datasets", content=data).status_code == 422
    assert fake.client.post("api/datasets?missing=drop", content=data).json()["rows"] == 2
    assert fake.client.get(f"api/datasets/{sha}/read?missing=drop").json() == dropped


def test_a_packed_table_is_kept_as_it_came(fake: Server) -> None:
    data = gzip.compress(b"YEAR,SUNACTIVITY\n1700,5\n1701,11\n", mtime=0)
    info = fake.client.post("api/datasets?name=sunspots.csv.gz", files={"file": ("s.csv.gz", data)}).json()
    assert info["columns"] == ["YEAR", "SUNACTIVITY"]
    back = fake.client.get(f"api/datasets/{info['sha256']}/csv")
    assert (back.content, back.headers["content-type"]) == (data, "application/gzip")


@pytest.mark.parametrize(
    ("query", "where"), [("decimal=dot", "decimal"), ("x=" + "a" * 300, "x.0"), ("x=zzz", "data.points.x")]
)
def test_a_choice_that_cannot_be_is_refused(fake: Server, query: str, where: str) -> None:
    for path in ("api/datasets", "api/datasets/read"):
        refused = fake.client.post(f"{path}?{query}", content=TABLE, headers={"content-type": "text/csv"})
        assert refused.status_code == 422
        assert refused.json()["where"] == where


def test_a_run_keeps_its_choices_and_its_export_has_the_headings_in_own_units(real: Server) -> None:
    data = b"t;a;b\n" + b"".join(b"%d;%d,5;%s\n" % (1900 + i, i * i, b"" if i == 3 else b"1") for i in range(8))
    shown = read(real, data, "x=t&y=a&missing=drop")
    assert shown["data"]["scale_inputs"] == "unit"
    real.client.post("api/datasets?y=a&missing=drop", content=data)
    settings = config().model_copy(update={"data": Data.model_validate(shown["data"])})
    run = real.submit(settings)
    real.until(run["id"], "completed")
    assert run["config"]["data"]["points"]["decimal"] == "comma"
    text = real.client.get(f"api/runs/{run['id']}/dataset.csv").text
    assert text.splitlines()[:2] == ["t,a", "1900.0,0.5"]
    assert len(text.splitlines()) == 9  # the empty cell is in a column that is not used


def test_reading_a_table_is_not_done_on_the_event_loop(real: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    loops: list[bool] = []
    before = datasets.read_table

    def watched(*arguments: Any) -> Any:
        loops.append(asyncio._get_running_loop() is not None)
        return before(*arguments)

    monkeypatch.setattr(datasets, "read_table", watched)
    read(real, TABLE)
    assert loops == [False]


def test_a_table_to_be_read_may_be_as_long_as_one_to_be_kept(fake: Server) -> None:
    rows = b"x,y\n" + b"0.25,0.5\n0.5,1\n" * 20_000
    assert read(fake, rows)["rows"] == 40_000
    assert fake.client.post("api/datasets/read", content=b"1" * 5_000_000).status_code == 413
