"""The built page, the documentation, and what is there before the page is built."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from ntkscope.api.pages import BUILT
from tests.servers import Server, serving, settings_in


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, built: Path) -> Iterator[Server]:
    with serving(settings_in(tmp_path_factory.mktemp("site"), recording=True), built=built) as server:
        yield server


def test_the_page_is_at_the_root_and_at_its_views(site: Server) -> None:
    for path in ("", "runs", "notes"):
        answer = site.client.get(path)
        assert "assets/a-1f.js" in answer.text
        assert answer.headers["content-type"].startswith("text/html")
        assert answer.headers["cache-control"] == "no-cache"


def test_assets_are_kept_by_the_browser(site: Server) -> None:
    answer = site.client.get("assets/a-1f.js")

    assert "immutable" in answer.headers["cache-control"]
    assert "javascript" in answer.headers["content-type"]


def fetched(site: Server, path: str, **headers: str) -> tuple[int, httpx.Headers, bytes]:
    """Status, headers and body as it was sent, not decoded."""
    with site.client.stream("GET", path, headers=headers) as answer:
        return answer.status_code, answer.headers, b"".join(answer.iter_raw())


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("br;q=0, gzip;q=0.5", "gzip"), ("br;q=1.0", "br"),
        ("identity", None), ("br;q=0.000", None), ("", None),
    ],
)  # fmt: skip
def test_what_was_compressed_at_the_build_is_sent_to_who_takes_it(
    site: Server, built: Path, accepted: str, encoding: str | None
) -> None:
    plain = (built / "assets" / "a-1f.js").read_bytes()
    _, headers, body = fetched(site, "assets/a-1f.js", **{"accept-encoding": accepted})

    assert headers.get("content-encoding") == encoding
    assert headers["vary"] == "Accept-Encoding"
    assert "javascript" in headers["content-type"]
    assert body == {"br": b"as brotli", "gzip": gzip.compress(plain, mtime=0), None: plain}[encoding]
    assert int(headers["content-length"]) == len(body)


def test_a_page_that_the_browser_has_is_not_sent_again(site: Server) -> None:
    tags = set()
    for accepted in ("br", "gzip", "identity"):
        _, headers, _ = fetched(site, "assets/a-1f.js", **{"accept-encoding": accepted})
        again = {"accept-encoding": accepted, "if-none-match": headers["etag"]}
        status, same, body = fetched(site, "assets/a-1f.js", **again)
        assert (status, body) == (304, b"")
        assert same["etag"] == headers["etag"]
        assert same["vary"] == "Accept-Encoding"
        tags.add(headers["etag"])
    assert len(tags) == 3
    assert fetched(site, "", **{"if-none-match": '"another"'})[0] == 200


LARGE = 10_000  # bytes


@pytest.mark.skipif(not (BUILT / "index.html").is_file(), reason="the page is not built")
def test_the_build_has_each_large_script_compressed() -> None:
    written = [path for path in BUILT.glob("assets/*.*") if path.suffix in (".js", ".css")]
    scripts = [path for path in written if path.stat().st_size >= LARGE]

    assert scripts
    for script in scripts:
        assert gzip.decompress(script.with_name(script.name + ".gz").read_bytes()) == script.read_bytes()
        assert script.with_name(script.name + ".br").stat().st_size < 0.5 * script.stat().st_size


@pytest.mark.parametrize(
    "path",
    [
        "assets/none.js",
        "deep/er",
        "api",
        "api/none",
        "favicon.none",
        "%2e%2e/outside.txt",
        "..%2foutside.txt",
        "assets/%00",
        "%00",
        "docs/%00",
        "assets/" + 300 * "a",
        "." + 300 * "a",
    ],
)
def test_what_is_not_there_is_a_problem(site: Server, path: str) -> None:
    answer = site.client.get(path)

    assert answer.status_code == 404
    assert "outside" not in answer.text.replace("outside.txt", "")
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_page_that_is_not_built_says_how(tmp_path: Path) -> None:
    with serving(settings_in(tmp_path), built=tmp_path / "none") as server:
        answer = server.client.get("")

    assert answer.status_code == 503
    assert "make setup" in answer.text
    assert "npm run build" in answer.text


def test_the_documentation_asks_no_other_host(site: Server) -> None:
    for path in ("docs", "docs/docs.js", "docs/docs.css"):
        answer = site.client.get(path)
        assert answer.status_code == 200
        assert not re.search(r"(https?:)?//[a-z]", answer.text.replace("// Lists", ""))


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_every_operation_is_described(site: Server) -> None:
    for method, path, operation in operations(site.client.get("openapi.json").json()):
        assert operation.get("description"), (method, path)
        assert operation["tags"], (method, path)


def test_every_example_works(site: Server) -> None:
    """What /docs fills in can be sent as it is: first what makes things, then the rest."""
    document = site.client.get("openapi.json").json()
    order = {"post": 0, "get": 1, "patch": 2, "delete": 3}
    done, made = set(), {}
    for method, path, operation in sorted(operations(document), key=lambda o: (order[o[0]], "{" in o[1])):
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "path":
                name = parameter["name"]
                path = path.replace(f"{{{name}}}", made.get(name) or parameter["schema"].get("examples", [""])[0])
        query = {
            parameter["name"]: parameter["schema"]["examples"][0]
            for parameter in operation.get("parameters", [])
            if parameter["in"] == "query" and parameter["required"]
        }
        content = operation.get("requestBody", {}).get("content", {})
        if method == "post" and path.endswith(("/pause", "/resume", "/cancel", "/extend")):
            continue  # commands need a run that trains; test_runs.py and test_sweeps.py give them one
        if "text/csv" in content:
            body = {"content": content["text/csv"]["example"], "headers": {"content-type": "text/csv"}}
        elif content:
            media = content["application/json"]
            body = {"json": next(iter(media.get("examples", {"": {"value": {}}}).values()))["value"]}
        else:
            body = {}
        answer = site.client.request(method, path[1:], params=query, **body)
        assert answer.status_code in (200, 201, 204), (method, path, answer.text)
        if (method, path) == ("post", "/api/sweeps"):
            made["sweep_id"] = answer.json()["id"]
        done.add((method, path))
    assert ("post", "/api/preview") in done
    assert ("get", "/api/runs/recorded/prediction") in done


def test_the_types_of_events_are_in_the_document(site: Server) -> None:
    schemas = site.client.get("openapi.json").json()["components"]["schemas"]

    assert {"Started", "Frame", "KernelFrame", "Tick", "Finished", "RunConfig", "Problem"} <= schemas.keys()
    assert "Checkpoint" not in schemas
    assert not any(name.endswith(("-Input", "-Output")) for name in schemas)
