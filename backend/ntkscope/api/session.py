"""Signing in and out of the page, where the server asks for a token."""

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from ntkscope.api.access import Access
from ntkscope.api.gate import client_of, cookies_of, set_cookie
from ntkscope.api.problems import RESPONSES
from ntkscope.api.sign_in import sign_in_page
from ntkscope.errors import TooOften
from ntkscope.schemas.base import Model

router = APIRouter(prefix="/api/session", tags=["session"], responses=RESPONSES)


class Session(Model):
    """GET /api/session: who this browser is; `open` where the server asks nobody, `none` for one not signed in."""

    role: Literal["owner", "viewer", "open", "none"]
    person: str = ""  # the name of an owner whose token has one


@router.get("")
def get_session(request: Request) -> Session:
    """Who this browser is."""
    access: Access = request.app.state.access
    cookie = cookies_of(request.headers).get(request.app.state.cookie, "")
    if access.open:
        return Session(role="open")
    known = cookie and not access.wait(client_of(request.scope), cookie)
    visitor = access.of_cookie(cookie, client_of(request.scope)) if known else None
    return Session(role="none") if visitor is None else Session(role=visitor.role, person=visitor.name)


@router.post("", include_in_schema=False)  # a page's form, whose answer is another page
def sign_in(request: Request, token: Annotated[str, Form(max_length=200)]) -> Response:
    """Takes a token from the page's form, answers with a cookie and the way to the page."""
    access: Access = request.app.state.access
    address = client_of(request.scope)
    if wait := access.wait(address):
        raise TooOften.of(wait)
    visitor = None if access.open else access.of_token(token, address)
    if visitor is None and not access.open:
        page = sign_in_page(f"{request.scope['root_path']}/api/session", wrong=True)
        return HTMLResponse(page, HTTPStatus.UNAUTHORIZED)
    response = RedirectResponse(f"{request.scope['root_path']}/", status_code=303)
    if visitor is not None:
        set_cookie(response, request.scope, request.app.state.cookie, access.new_cookie(visitor))
    return response


@router.delete("", status_code=204)
def sign_out(request: Request, response: Response) -> None:
    """Forgets this browser."""
    response.delete_cookie(request.app.state.cookie, path=f"{request.scope['root_path']}/")
