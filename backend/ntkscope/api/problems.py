"""Errors as RFC 9457 problem+json: the one place where they become HTTP."""

import json
import logging
import re
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ntkscope.api.validation import FieldProblem, describe
from ntkscope.errors import (
    Conflict,
    Forbidden,
    Gone,
    InvalidInput,
    NotFound,
    NtkscopeError,
    TooLarge,
    TooOften,
    Unauthorized,
    Unavailable,
)
from ntkscope.schemas.base import Model
from ntkscope.store.trouble import in_words

LOGGER = logging.getLogger("ntkscope")
MEDIA_TYPE = "application/problem+json"
STATUS: dict[type[NtkscopeError], int] = {
    InvalidInput: 422,
    TooLarge: 422,
    NotFound: 404,
    Gone: 410,
    Conflict: 409,
    Unavailable: 503,
    Unauthorized: 401,
    Forbidden: 403,
    TooOften: 429,
}


class Problem(Model):
    """An error: what was expected, what came, what to do now (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    expected: str
    got: str
    remedy: str
    where: str
    instance: str
    errors: list[FieldProblem]  # where several fields are wrong, the first of them
    more: int  # further errors, that are not listed


class ProblemResponse(JSONResponse):
    media_type = MEDIA_TYPE

    def render(self, content: Any) -> bytes:
        """With '?' for the halves of characters that a request may hold and UTF-8 may not."""
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


RESPONSES: dict[int | str, dict[str, Any]] = {
    "4XX": {
        "description": "What was expected, what came, what to do now.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}


def from_error(error: NtkscopeError, path: str, status: int = 0) -> ProblemResponse:
    """The answer to one of our own errors."""
    kind = next((kind for kind in type(error).__mro__ if kind in STATUS), None)
    problem = FieldProblem(where=error.where, expected=error.expected, got=error.got, remedy=error.remedy)
    name = type(error).__name__ if kind is None else kind.__name__
    return _response(name, error.title, status or STATUS.get(kind or InvalidInput, 422), [problem], path)


def install(app: FastAPI) -> None:
    """Makes every error of the app a problem, and says so in its OpenAPI."""
    app.add_exception_handler(NtkscopeError, _on_own)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(SQLAlchemyError, _on_database)
    app.add_middleware(Unexpected)
    without = app.openapi

    def with_problems() -> dict[str, Any]:
        made = without()
        described = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        made["components"]["schemas"] |= described.pop("$defs") | {Problem.__name__: described}
        return made

    app.openapi = with_problems  # type: ignore[method-assign]


def _response(
    name: str, title: str, status: int, problems: list[FieldProblem], path: str, more: int = 0
) -> ProblemResponse:
    first = problems[0]
    got = f" You gave {first.got}." if first.got else ""
    problem = Problem(
        type=f"urn:ntkscope:problem:{re.sub('(?<!^)(?=[A-Z])', '-', name).lower()}",
        title=title,
        status=status,
        detail=f"{first.where + ': ' if first.where else ''}{first.expected}{got} {first.remedy}",
        expected=first.expected,
        got=first.got,
        remedy=first.remedy,
        where=first.where,
        instance=path,
        errors=problems if len(problems) > 1 else [],
        more=more,
    )
    return ProblemResponse(problem.model_dump(), status_code=status)


async def _on_own(request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, NtkscopeError)
    return from_error(error, request.url.path)


async def _on_invalid(request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, RequestValidationError)
    errors = error.errors()
    # One at a time: several that compare names would leave the event loop few turns.
    problems = await request.app.state.services.heavy(describe, errors, error.body)
    status = 400 if errors[0]["type"] == "json_invalid" else 422
    more = len(errors) - len(problems)
    return _response("InvalidInput", InvalidInput.title, status, problems, request.url.path, more)


async def _on_http(request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, HTTPException)
    phrase = HTTPStatus(error.status_code).phrase
    path = request.url.path
    if error.status_code == 404:
        words = "An address of this server.", f"'{path[:100]}'", "GET /docs lists the addresses."
    elif error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "another method")
        words = f"One of the methods {allowed} here.", request.method, "GET /docs says what each does."
    else:
        words = f"{error.detail}.".replace("..", "."), "", "Check the request against GET /docs."
    problem = FieldProblem(where="", expected=words[0], got=words[1], remedy=words[2])
    name = "".join(word.capitalize() for word in phrase.split())
    response = _response(name, phrase, error.status_code, [problem], path)
    response.headers.update(error.headers or {})
    return response


async def _on_database(request: Request, error: Exception) -> ProblemResponse:
    LOGGER.error("%s %s: %s", request.method, request.url.path, error)
    unavailable = Unavailable(
        expected="The database must be readable and writable.",
        got=in_words(error),
        remedy="Try again; if it stays, look at the disk and at the database that NTKSCOPE_DATABASE_URL names.",
    )
    return from_error(unavailable, request.url.path)


class Unexpected:
    """Answers errors that no other handler has answered. The trace goes to the server's log, never to the user."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception:
            if scope["type"] != "http" or begun:
                raise
            LOGGER.exception("unexpected error in %s %s", scope["method"], scope["path"])
            problem = FieldProblem(
                where="",
                expected="The server should have answered.",
                got="",
                remedy="This is a fault of the program: its log has the details. Please report it.",
            )
            response = _response("UnexpectedError", "The server made a mistake", 500, [problem], scope["path"])
            await response(scope, receive, watched)
