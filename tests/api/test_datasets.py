"""Tables: sent, found, trained on."""

import hashlib

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
