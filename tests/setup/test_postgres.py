"""The three ways to a PostgreSQL server, its end, and the reason where there is none."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

PROGRAMS = {
    "initdb": 'for data; do :; done; mkdir -p "$data"; echo "initdb" >> "$CALLS"',
    "pg_ctl": 'echo "pg_ctl $1" >> "$CALLS"; [ "$1" != start ] || touch data/postmaster.pid',
    "postgres": "exit 0",
}


@pytest.fixture
def postgres(steps, checkout, monkeypatch, tmp_path):
    """The module, on the checkout's PATH, where nothing is installed and we are not root."""
    from steps import postgres

    monkeypatch.setenv("PATH", str(checkout.bin))
    monkeypatch.setenv("CALLS", str(checkout.log))
    monkeypatch.delenv(postgres.VARIABLE, raising=False)
    monkeypatch.setattr(postgres, "PLACES", str(tmp_path / "debian/[0-9]*/bin"))
    monkeypatch.setattr(postgres.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(postgres.tempfile, "mkdtemp", lambda prefix: str(made(tmp_path / "server")))
    return postgres


def made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def test_the_named_server_comes_first(postgres, checkout, monkeypatch):
    for name, body in PROGRAMS.items():
        checkout.fake(name, body)
    monkeypatch.setenv(postgres.VARIABLE, "postgresql://mine/")
    with postgres.running() as server:
        assert server == postgres.Server("postgresql://mine/")
    assert checkout.calls() == []


def test_an_installed_one_is_started_and_stopped(postgres, checkout, tmp_path):
    for name, body in PROGRAMS.items():
        checkout.fake(name, body)
    with postgres.running() as server:
        assert server.address == f"postgresql://postgres@/postgres?host={tmp_path}/server"
        assert checkout.calls() == ["initdb", "pg_ctl start"]
    assert checkout.calls() == ["pg_ctl stop"]
    assert not (tmp_path / "server").exists()


def test_it_is_stopped_however_the_checks_end(postgres, checkout, tmp_path):
    for name, body in PROGRAMS.items():
        checkout.fake(name, body)
    with pytest.raises(KeyboardInterrupt), postgres.running():
        raise KeyboardInterrupt
    assert checkout.calls()[-1] == "pg_ctl stop"
    assert not (tmp_path / "server").exists()


def test_the_newest_of_debian_s_is_taken(postgres, checkout, tmp_path):
    for version, programs in {"9.6": PROGRAMS, "15": PROGRAMS, "16": ["postgres"]}.items():
        folder = made(tmp_path / f"debian/{version}/bin")
        for name in programs:
            checkout.fake(name, PROGRAMS[name], folder)
    assert postgres.installed() == tmp_path / "debian/15/bin"


def test_root_installs_it_with_apt_get(postgres, checkout, monkeypatch, tmp_path):
    monkeypatch.setattr(postgres.os, "geteuid", lambda: 0)
    monkeypatch.setattr(postgres, "_servant", lambda folder: {})
    places = [checkout.fake(name, body, tmp_path) for name, body in PROGRAMS.items()]
    install = f'case "$1" in install) cp {" ".join(map(str, places))} "{checkout.bin}" ;; esac'
    checkout.fake("apt-get", f'echo "apt-get $*" >> "$CALLS"\n{install}')
    with postgres.running() as server:
        assert server.address
    assert checkout.calls() == [
        "apt-get update -qq",
        "apt-get install -yqq --no-install-recommends postgresql",
        "initdb",
        "pg_ctl start",
        "pg_ctl stop",
    ]


def test_where_there_is_none_the_reason_names_all_ways(postgres, checkout):
    checkout.fake("apt-get", 'echo "apt-get $*" >> "$CALLS"')  # there, but we are not root
    with postgres.running() as server:
        assert not server.address
        for way in (postgres.VARIABLE, "no PostgreSQL is installed", "apt-get install postgresql"):
            assert way in server.absent
    assert checkout.calls() == []


@pytest.mark.parametrize("program", ["initdb", "pg_ctl"])
def test_what_fails_is_named_with_its_last_words(postgres, checkout, tmp_path, program):
    broken = "echo 'it tries' >&2; echo 'no space left' >&2; exit 1"
    for name, body in PROGRAMS.items():
        checkout.fake(name, broken if name == program else body)
    with postgres.running() as server:
        assert server == postgres.Server(absent=f"{checkout.bin}/{program} failed: no space left")
    assert not (tmp_path / "server").exists()


def test_a_real_one_answers_and_is_gone_afterwards(steps, monkeypatch):
    from steps import postgres

    if postgres.installed() is None:
        pytest.skip("no PostgreSQL is installed")
    monkeypatch.delenv(postgres.VARIABLE, raising=False)
    with postgres.running() as server:
        assert server.absent == ""
        engine = create_engine(server.address.replace("postgresql:", "postgresql+psycopg:"))
        with engine.connect() as connection:
            assert connection.execute(text("select 6 * 7")).scalar() == 42
            folder = Path(str(engine.url.query["host"]))
            assert folder.is_dir()
        engine.dispose()
    assert not folder.exists()
