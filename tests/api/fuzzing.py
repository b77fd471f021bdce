"""The OpenAPI as schemathesis takes it: requests that are small, and what every answer is held to."""

from typing import Any

import schemathesis
from schemathesis import checks
from schemathesis.core.transport import Response
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi import checks as openapi

from tests.servers import Server

# Each is one promise: no fault of ours, and nothing that the OpenAPI does not say.
CHECKS = [
    checks.not_a_server_error,
    openapi.status_code_conformance,
    openapi.content_type_conformance,
    openapi.response_headers_conformance,
    openapi.response_schema_conformance,
]
SIZES = {"steps": 40, "grid": 16, "width": 8, "depth": 2, "n": 8, "rows": 8}


def schema_of(server: Server) -> BaseSchema:
    """What the server says of itself, in whose requests the configs are small: many of them train."""
    schema = schemathesis.openapi.from_url(f"{server.url}openapi.json")

    @schema.hook
    def map_body(context: Any, body: Any) -> Any:
        label = context.operation.label
        if isinstance(body, dict) and label in ("POST /api/runs", "POST /api/sweeps", "POST /api/scan"):
            return body | {"config": smaller(body.get("config", {}))}
        return smaller(body) if label in ("POST /api/preview", "POST /api/explain") else body

    return schema


def smaller(config: Any) -> Any:
    """The same config with no size above `SIZES`; whatever is no config stays as it is."""
    if not isinstance(config, dict):
        return config
    made = dict(config)
    for path in ("data.grid", "data.points.n", "network.width", "network.depth", "training.stop.steps"):
        _shrink(made, path.split("."))
    return made


def _shrink(place: dict[str, Any], path: list[str]) -> None:
    name, *rest = path
    if rest:
        inner = place.get(name, {})
        if isinstance(inner, dict):
            place[name] = dict(inner)
            _shrink(place[name], rest)
    elif not (name == "n" and place.get("kind") not in ("interval", "circle", "random")):
        value, most = place.get(name, SIZES[name]), SIZES[name]
        place[name] = min(value, most) if type(value) is int else value


def checked(case: Any, response: Response) -> None:
    """Holds one answer to `CHECKS`, and a refusal to its three sentences.

    Raises:
        FailureGroup: names what was asked, and which check failed.
    """
    case.validate_response(response, checks=CHECKS)
    if response.status_code >= 400:
        problem = response.json()
        assert problem["expected"], problem
        assert problem["remedy"], problem
