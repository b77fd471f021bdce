"""Where the server listens, and where it does not."""

import re
import socket
from pathlib import Path

import pytest

import ntkscope
from ntkscope.api.app import create_app
from ntkscope.cli.serve import here, listen
from ntkscope.cli.settings import unknown_variables
from ntkscope.cli.tokens import with_tokens
from ntkscope.errors import NtkscopeError, Unavailable
from tests.cli.conftest import Cli
from tests.servers import settings_in


def test_a_port_that_is_taken_names_another(tmp_path: Path) -> None:
    with listen(settings_in(tmp_path)) as first:
        port = first.getsockname()[1]
        with pytest.raises(Unavailable, match=f"{port}, which is taken.*make run PORT={port + 1}"):
            listen(settings_in(tmp_path, port=port))


def test_a_port_is_free_again_at_once(tmp_path: Path) -> None:
    with listen(settings_in(tmp_path)) as first:
        port = first.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)), first.accept()[0]:
            pass
    listen(settings_in(tmp_path, port=port)).close()


def test_an_address_of_another_machine(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"192\.0\.2\.1"):
        listen(settings_in(tmp_path, host="192.0.2.1"))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "node7.example"])
def test_it_is_not_opened_to_others_by_mistake(tmp_path: Path, host: str) -> None:
    settings = settings_in(tmp_path, host=host)
    with pytest.raises(Unavailable, match="NTKSCOPE_TOKEN"):
        create_app(settings)

    drawn = with_tokens(settings, ask=False)
    assert min(len(drawn.token), len(drawn.viewer_token)) >= 32
    assert drawn.token != drawn.viewer_token
    assert with_tokens(settings, ask=False).token != drawn.token
    create_app(drawn)


def test_on_this_machine_it_is_open_unless_a_token_is_asked_for_or_set(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    assert with_tokens(settings, ask=False) == settings
    assert with_tokens(settings, ask=True).token
    set_ = with_tokens(settings.model_copy(update={"token": "0123456789abcdef"}), ask=False)
    assert set_.token == "0123456789abcdef"
    assert set_.viewer_token


def test_a_token_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("0123456789abcdef\n")
    settings = settings_in(tmp_path, token_file=str(tmp_path / "secret"))
    assert with_tokens(settings, ask=False).token == "0123456789abcdef"


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"token": "short"}, "at least 16"),
        ({"viewer_token": "with blanks and more"}, "without blanks"),
        ({"token": "0123456789abcdef", "viewer_token": "0123456789abcdef"}, "the same twice"),
        ({"token_file": "/none/there"}, "cannot be read"),
        ({"token_file": "/dev/null"}, "is empty"),
    ],
)
def test_a_token_that_is_none(tmp_path: Path, change: dict[str, str], what: str) -> None:
    with pytest.raises(NtkscopeError, match=what) as refused:
        with_tokens(settings_in(tmp_path, **change), ask=False)
    assert all(value not in str(refused.value) for name, value in change.items() if not name.endswith("file"))


def test_the_settings_do_not_show_their_tokens(tmp_path: Path) -> None:
    assert "0123456789abcdef" not in repr(settings_in(tmp_path, token="0123456789abcdef"))


def test_the_link_that_is_printed_is_one_that_a_browser_can_open(tmp_path: Path) -> None:
    assert here(settings_in(tmp_path, host="0.0.0.0", port=8000, base_path="/lab")) == "http://127.0.0.1:8000/lab/"
    assert here(settings_in(tmp_path, host="::", port=8000)) == "http://[::1]:8000/"
    assert here(settings_in(tmp_path, host="node7", port=8000)) == "http://node7:8000/"


def test_a_database_that_cannot_be_had(cli: Cli) -> None:
    answer = cli("serve", "--port", "0", "--database", "sqlite:///none/a.db")

    assert answer.code == 1
    assert "Make the folder" in answer.error


@pytest.mark.parametrize(
    ("option", "value", "setting"),
    [("--port", "99999", "NTKSCOPE_PORT"), ("--base-path", "lab", "NTKSCOPE_BASE_PATH"),
     ("--workers", "0", "NTKSCOPE_WORKERS")],
)  # fmt: skip
def test_an_option_that_cannot_be(cli: Cli, option: str, value: str, setting: str) -> None:
    answer = cli("serve", option, value)

    assert answer.code == 1
    assert setting in answer.error
    assert value in answer.error


def test_a_variable_that_cannot_be(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NTKSCOPE_MAX_POINTS", "many")
    answer = cli("doctor")

    assert answer.code == 1
    assert "NTKSCOPE_MAX_POINTS" in answer.error
    assert '"many"' in answer.error


def test_a_variable_that_is_no_setting_is_named_with_the_nearest(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NTKSCOPE_DATABASE", "sqlite:///mine.db")
    monkeypatch.setenv("NTKSCOPE_WORKERS", "1")
    answer = cli("serve", "--port", "0", "--database", "sqlite:///none/a.db")

    assert "NTKSCOPE_DATABASE is no setting and changes nothing. Did you mean 'NTKSCOPE_DATABASE_URL'?" in answer.error
    assert "NTKSCOPE_WORKERS" not in answer.error


def test_every_variable_that_the_program_reads_is_known() -> None:
    """Whatever name stands in the sources is a setting, or one of the others."""
    root = Path(ntkscope.__file__).parent
    read = {name for path in root.rglob("*.py") for name in re.findall(r'"(NTKSCOPE_[A-Z_]+)"', path.read_text())}

    assert unknown_variables(read) == []
    assert "NTKSCOPE_DEBUG" in read


def test_the_help_names_the_variable_of_the_database(cli: Cli) -> None:
    assert "NTKSCOPE_DATABASE_URL" in cli("serve", "--help").words
