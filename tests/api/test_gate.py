"""Who is let in, where the server asks for a token."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from ntkscope.api.access import MOST_WRONG, WITHIN, Access, Attempts, Visitor, people_of
from ntkscope.api.app import create_app
from ntkscope.errors import InvalidInput
from tests.fake_trainer import FAST, behaving
from tests.servers import GENEROUS, Server, serving, settings_in, wait_for

OWNER, VIEWER = "the-owner's-own-token", "the-viewers-own-token"
HTML = {"accept": "text/html"}


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory, built: Path) -> Iterator[Server]:
    """A server that asks for tokens."""
    settings = settings_in(tmp_path_factory.mktemp("closed"), token=OWNER, viewer_token=VIEWER)
    with serving(settings, built=built) as server:
        yield server


@pytest.fixture
def stranger(closed: Server) -> Iterator[httpx.Client]:
    """A browser that has not been here."""
    with httpx.Client(base_url=closed.url, timeout=GENEROUS) as client:
        yield client


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def every_address() -> list[tuple[str, str]]:
    """(method, path) of all that the server answers, with a name in the place of each parameter."""
    paths = create_app(settings_in(Path("/none"))).openapi()["paths"]
    described = [
        (method.upper(), re.sub(r"\{[^}]*\}", "nobody", path).lstrip("/"))
        for path, methods in paths.items()
        for method in methods
    ]
    pages = ["", "docs", "docs/docs.js", "openapi.json", "metrics", "sweep"]
    return [*described, *(("GET", page) for page in pages)]


def test_a_stranger_gets_nothing_but_health_and_the_sign_in(stranger: httpx.Client) -> None:
    let_in = {path for method, path in every_address() if stranger.request(method, path).status_code != 401}
    assert let_in == {"api/health", "api/health/live", "api/health/ready", "api/session"}
    assert len(every_address()) > 30


@pytest.mark.parametrize(
    "path",
    ["", "index.html", "assets/a-1f.js", "api/healthy", "api/health/../runs", "API/HEALTH", "/api/health/%2e%2e/runs"],
)
def test_no_way_round(stranger: httpx.Client, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code in (401, 404)
    assert "let page" not in answer.text


def test_a_refusal_says_what_to_do(stranger: httpx.Client) -> None:
    refused = stranger.get("api/runs")
    assert refused.headers["www-authenticate"] == "Bearer"
    assert refused.json()["type"] == "urn:ntkscope:problem:unauthorized"
    assert "link that the server printed" in refused.json()["remedy"]
    page = stranger.get("", headers=HTML)
    assert page.status_code == 401
    assert '<form method="post" action="/api/session">' in page.text
    assert "<script" not in page.text


def test_the_owner_does_everything_and_a_viewer_looks(closed: Server, stranger: httpx.Client) -> None:
    body = {"config": behaving(FAST).model_dump(mode="json")}
    refused = stranger.post("api/runs", json=body, headers=bearer(VIEWER))
    assert refused.status_code == 403
    assert "owner" in refused.json()["remedy"]
    made = stranger.post("api/runs", json=body, headers=bearer(OWNER))
    assert made.status_code == 201
    run = f"api/runs/{made.json()['id']}"
    assert stranger.get(run, headers=bearer(VIEWER)).status_code == 200
    assert stranger.delete(run, headers=bearer(VIEWER)).status_code == 403
    assert stranger.patch(run, json={"name": "x"}, headers=bearer(VIEWER)).status_code == 403
    assert stranger.delete(run, headers=bearer(OWNER)).status_code == 200


def test_a_viewer_can_change_nothing_at_any_address(stranger: httpx.Client) -> None:
    for method, path in every_address():
        if method not in ("GET", "HEAD") and not path.startswith("api/session"):
            assert stranger.request(method, path, headers=bearer(VIEWER)).status_code == 403, (method, path)


@pytest.mark.parametrize(("token", "role"), [(OWNER, "owner"), (VIEWER, "viewer")])
def test_the_link_signs_a_browser_in(stranger: httpx.Client, token: str, role: str) -> None:
    answer = stranger.get("", params={"run": "a b", "token": token}, headers=HTML)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/?run=a+b"  # the token is in no address any more
    cookie = answer.headers["set-cookie"]
    assert token not in cookie
    assert all(word in cookie for word in ("HttpOnly", "SameSite=lax", "Path=/;", "Max-Age"))
    assert "Secure" not in cookie  # over http a browser would drop it
    assert stranger.get("", headers=HTML).text.startswith("<!doctype html><script")
    assert stranger.get("api/session").json() == {"role": role, "person": ""}
    assert stranger.delete("api/session").status_code == 204
    assert stranger.get("", headers=HTML).status_code == 401


def test_behind_tls_the_cookie_is_for_tls_alone(stranger: httpx.Client) -> None:
    answer = stranger.get("", params={"token": OWNER}, headers={"x-forwarded-proto": "https"})
    assert "Secure" in answer.headers["set-cookie"]


def test_the_form_signs_in_too(stranger: httpx.Client) -> None:
    wrong = stranger.post("api/session", data={"token": "wrong"})
    assert wrong.status_code == 401
    assert "That is no token of this server." in wrong.text
    assert stranger.post("api/session", data={"token": VIEWER}).headers["location"] == "/"
    assert stranger.get("api/session").json() == {"role": "viewer", "person": ""}
    assert (
        stranger.post("api/session", data={"token": OWNER}, headers={"origin": "http://evil.example"}).status_code
        == 403
    )


def test_sockets_ask_too(closed: Server, stranger: httpx.Client) -> None:
    made = stranger.post("api/runs", json={"config": behaving(FAST).model_dump(mode="json")}, headers=bearer(OWNER))
    run = made.json()["id"]
    with pytest.raises(InvalidStatus, match="403"), closed.socket(run):
        pass
    with closed.socket(run, additional_headers=bearer(VIEWER)) as socket:
        assert socket.recv()
    stranger.get("", params={"token": VIEWER}, headers=HTML)
    cookie = "; ".join(f"{name}={value}" for name, value in stranger.cookies.items())
    with closed.socket(run, additional_headers={"cookie": cookie}) as socket:
        assert socket.recv()
    with pytest.raises(InvalidStatus, match="403"), closed.socket(run, additional_headers={"cookie": cookie + "0"}):
        pass


def test_a_cookie_that_was_tampered_with_is_none(closed: Server) -> None:
    access = Access(OWNER, VIEWER)
    cookie = access.new_cookie(Visitor("viewer"))
    assert access.of_cookie(cookie, "a") == Visitor("viewer")
    assert Access(OWNER, VIEWER).of_cookie(cookie, "a") == Visitor("viewer")  # it outlives the server
    assert Access("another owner's token", VIEWER).of_cookie(cookie, "a") is None
    for wrong in (cookie.replace("viewer", "owner"), cookie[:-1], cookie + "0", "viewer", "owner..", "", "é", OWNER):
        assert access.of_cookie(wrong, "a") is None, wrong


def test_after_ten_wrong_tokens_a_minute_an_address_waits(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, token=OWNER, viewer_token=VIEWER)
    with serving(settings) as server, httpx.Client(base_url=server.url) as inside:
        inside.get("", params={"token": VIEWER}, headers=HTML)
        assert inside.get("api/runs").status_code == 200
        found = [server.client.get("api/runs", headers=bearer(f"guess {number}")).status_code for number in range(12)]
        assert found == [401] * MOST_WRONG + [429] * 2
        right = server.client.get("api/runs", headers=bearer(OWNER))
        assert right.status_code == 429  # or guessing would go on
        assert 0 < int(right.headers["retry-after"]) <= WITHIN + 1
        assert server.client.get("", params={"token": OWNER}, headers=HTML).status_code == 401
        assert server.client.post("api/session", data={"token": OWNER}).status_code == 429
        assert server.client.get("api/health").status_code == 200
        assert inside.get("api/runs").status_code == 200  # who was signed in stays


def test_wrong_tokens_are_forgotten_and_so_are_addresses() -> None:
    attempts = Attempts()
    for second in range(MOST_WRONG):
        attempts.note("a", float(second))
    assert attempts.wait("a", 9.0) == WITHIN - 9
    assert attempts.wait("a", WITHIN + 1) == 0
    assert attempts.wait("b", 9.0) == 0
    for number in range(20_000):
        attempts.note(str(number), 10.0)
    assert len(attempts.wrong) == 10_000


def test_one_token_alone_has_no_viewers() -> None:
    access = Access(OWNER)
    assert access.of_token("", "a") is None
    assert access.of_token(OWNER, "a") == Visitor("owner")
    assert not access.open
    assert Access("").open


ANNA, BEN = "annas-own-long-token", "bens-own-long-token"


def test_a_person_s_token_is_an_owner_s_with_a_name(tmp_path: Path) -> None:
    people = f"anna {ANNA}, ben {BEN}"
    body = {"config": behaving(FAST).model_dump(mode="json")}
    axes = [{"field": "network.width", "values": [8, 16]}]
    with serving(settings_in(tmp_path, token=OWNER, viewer_token=VIEWER, people=people)) as server:
        for token, name in ((ANNA, "anna"), (BEN, "ben"), (OWNER, "")):
            made = server.client.post("api/runs", json=body, headers=bearer(token))
            assert (made.status_code, made.json()["person"]) == (201, name)
        sweep = server.client.post("api/sweeps", json=body | {"axes": axes}, headers=bearer(BEN)).json()["id"]
        runs = wait_for(lambda: found if len(found := members(server, sweep)) == 2 else None)
        assert {run["person"] for run in runs} == {"ben"}
        with httpx.Client(base_url=server.url) as browser:
            browser.get("", params={"token": ANNA}, headers=HTML)
            assert browser.get("api/session").json() == {"role": "owner", "person": "anna"}
            assert browser.post("api/runs", json=body).json()["person"] == "anna"


def members(server: Server, sweep: str) -> list[dict[str, object]]:
    answer = server.client.get("api/runs", params={"sweep": sweep}, headers=bearer(OWNER))
    return list(answer.json()["runs"])


def test_a_person_s_cookie_is_worth_nothing_under_another_name_or_token() -> None:
    access = Access(OWNER, VIEWER, {"anna": ANNA, "ben": BEN})
    cookie = access.new_cookie(Visitor("owner", "anna"))
    assert access.of_cookie(cookie, "a") == Visitor("owner", "anna")
    for wrong in (cookie.replace("anna", "ben"), cookie.replace("~anna", ""), cookie.replace("owner", "viewer")):
        assert access.of_cookie(wrong, "a") is None
    assert Access(OWNER, VIEWER, {"anna": BEN}).of_cookie(cookie, "a") is None
    assert Access(OWNER, VIEWER).of_cookie(cookie, "a") is None


@pytest.mark.parametrize(
    "text", ["anna", "anna short", f"an/na {ANNA}", f"anna {ANNA}, anna {BEN}", "anna tök€n-tök€n-tök€n"]
)
def test_people_without_a_name_or_a_token_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="NTKSCOPE_PEOPLE"):
        people_of(text)
    assert people_of(f"anna {ANNA}\n\nben {BEN}\n") == {"anna": ANNA, "ben": BEN}
