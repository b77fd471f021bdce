"""Only pages of this server may talk to it."""

import contextlib
import http.client
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError
from websockets.exceptions import InvalidStatus

from ntkscope.api.security import is_loopback
from tests.servers import GENEROUS, Server, fake_executor, serving, settings_in

EVIL = "http://evil.example"


def post(server: Server, **headers: str) -> int:
    return server.client.post("api/runs/nobody/cancel", headers=headers).status_code


def test_a_foreign_page_can_change_nothing(fake: Server) -> None:
    assert post(fake, origin=EVIL) == 403
    assert post(fake, origin="null") == 403
    assert post(fake, origin="http://127.0.0.1.evil.example") == 403
    refused = fake.client.delete("api/runs/nobody", headers={"origin": EVIL})
    assert refused.json()["where"] == "Origin"
    assert "NTKSCOPE_ALLOWED_HOSTS" in refused.json()["remedy"]


def test_a_foreign_page_can_open_no_socket(fake: Server) -> None:
    with pytest.raises(InvalidStatus, match="403"), fake.socket("nobody", origin=EVIL):
        pass


def test_our_own_pages_and_programs_can(fake: Server) -> None:
    assert post(fake) == 404  # no such run: it came through
    assert post(fake, origin=fake.url.rstrip("/")) == 404
    # The page's development server hands its own address on as Host.
    assert post(fake, origin="http://localhost:5173", host="localhost:5173") == 404
    with fake.socket("nobody", origin=fake.url.rstrip("/")):
        pass


def test_another_port_of_this_machine_is_another_site(fake: Server) -> None:
    assert post(fake, origin="http://localhost:5173") == 403
    assert post(fake, origin="http://127.0.0.1:1") == 403
    assert post(fake, origin="http://127.0.0.1") == 403
    assert post(fake, origin="ftp://127.0.0.1:21", host="127.0.0.1:21") == 403
    assert post(fake, origin="http://[::1]:80", host="[::1]") == 404
    with pytest.raises(InvalidStatus, match="403"), fake.socket("nobody", origin="http://127.0.0.1:1"):
        pass


def raw(server: Server, method: str, path: str, *headers: tuple[str, str]) -> int:
    """The status of a request whose headers a well-behaved client would not send."""
    place = server.url.split("/")[2]
    with contextlib.closing(http.client.HTTPConnection(place, timeout=GENEROUS)) as connection:
        connection.putrequest(method, path, skip_host=True)
        for name, value in headers:
            connection.putheader(name, value)
        connection.endheaders()
        return connection.getresponse().status


@pytest.mark.parametrize(
    "host", ["evil.example@127.0.0.1", "127.0.0.1/evil.example", "127.0.0.1:80:80", "127.0.0.1#", "[::1", "a b", ""]
)
def test_a_host_that_two_readers_may_read_in_two_ways(fake: Server, host: str) -> None:
    assert raw(fake, "GET", "/api/health", ("Host", host)) == 403


def test_one_host_and_no_more(fake: Server) -> None:
    own = fake.url.split("/")[2]
    cancel = "/api/runs/nobody/cancel"

    assert raw(fake, "GET", "/api/health", ("Host", own)) == 200
    assert raw(fake, "GET", "/api/health") == 403
    assert raw(fake, "GET", "/api/health", ("Host", own), ("Host", "evil.example")) == 403
    assert raw(fake, "GET", "/api/health", ("Host", own), ("Host", own)) == 403
    assert raw(fake, "POST", cancel, ("Host", own), ("Origin", f"http://{own}")) == 404
    assert raw(fake, "POST", cancel, ("Host", own), ("Origin", f"http://{own}"), ("Origin", EVIL)) == 403


def test_a_name_that_points_here_is_not_our_name(fake: Server) -> None:
    for path in ("api/health", "api/runs", ""):
        refused = fake.client.get(path, headers={"host": "evil.example:8000"})
        assert refused.status_code == 403
        assert refused.json()["where"] == "Host"
    assert fake.client.get("api/health", headers={"host": "localhost:1"}).status_code == 200


def test_a_named_proxy_is_let_in(tmp_path: Path) -> None:
    with serving(settings_in(tmp_path, allowed_hosts="lab.example, other.example")) as server:
        headers = {"host": "lab.example"}
        assert server.client.get("api/health", headers=headers).status_code == 200
        assert server.client.get("api/health", headers={"host": "evil.example"}).status_code == 403
        assert post(server, host="lab.example", origin="https://lab.example") == 404
        # The proxy may call us by our own name.
        assert post(server, origin="https://lab.example") == 404
        assert post(server, origin="https://lab.example:8443") == 403
    with serving(settings_in(tmp_path, allowed_hosts="lab.example:8443")) as server:
        assert post(server, host="lab.example", origin="https://lab.example:8443") == 404
        assert post(server, origin="https://lab.example:8443") == 404


def test_a_server_that_was_told_to_listen_everywhere_takes_any_name(tmp_path: Path) -> None:
    with serving(settings_in(tmp_path, host="0.0.0.0", token="an owner's own token")) as server:
        server.client.headers["authorization"] = "Bearer an owner's own token"
        assert server.client.get("api/health", headers={"host": "node7:8000"}).status_code == 200
        assert post(server, host="node7:8000", origin="http://node7:8000") == 404
        assert post(server, host="node7:8000", origin=EVIL) == 403


@pytest.mark.parametrize("path", ["", "api/health", "api/nothing", "docs", "docs/docs.js"])
def test_every_answer_has_the_headers(fake: Server, path: str) -> None:
    headers = fake.client.get(path).headers

    assert "default-src 'self'" in headers["content-security-policy"]
    assert "script-src" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_no_other_site_is_given_leave_to_read(fake: Server) -> None:
    answers: list[httpx.Response] = [
        fake.client.get("api/runs", headers={"origin": EVIL}),
        fake.client.options("api/runs", headers={"origin": EVIL, "access-control-request-method": "POST"}),
    ]

    assert not any("access-control-allow-origin" in answer.headers for answer in answers)


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("localhost", True), ("127.0.0.1", True), ("127.8.9.1", True), ("::1", True), ("a.localhost", True),
        ("0.0.0.0", False), ("192.168.0.4", False), ("localhost.example", False), ("", False),
    ],
)  # fmt: skip
def test_loopback(name: str, ours: bool) -> None:
    assert is_loopback(name) is ours


def test_no_other_page_shows_ours_in_a_frame_unless_it_is_named(fake: Server, tmp_path: Path) -> None:
    headers = fake.client.get("api/health").headers
    assert headers["content-security-policy"].endswith("frame-ancestors 'self'")
    assert headers["x-frame-options"] == "SAMEORIGIN"
    named = settings_in(tmp_path, frame_ancestors="https://lms.example.org, http://*.school.example:8080")
    with serving(named, fake_executor()) as server:
        headers = server.client.get("api/health").headers
    assert headers["content-security-policy"].endswith("'self' https://lms.example.org http://*.school.example:8080")
    assert "x-frame-options" not in headers  # it knows no other page than ours


@pytest.mark.parametrize(
    "parents", ["lms.example.org", "https://a.example; script-src *", "https://a.example/path", ","]
)
def test_a_parent_that_is_no_origin_is_refused(tmp_path: Path, parents: str) -> None:
    with pytest.raises(ValidationError, match="frame_ancestors"):
        settings_in(tmp_path, frame_ancestors=parents)
