"""The container files and the deployment page say what the settings and the security need."""

import re
import tomllib

import pytest
import yaml

from ntkscope.api.services import FAREWELL_SECONDS
from ntkscope.cli.serve import SHUTDOWN_SECONDS
from ntkscope.executors.process import CLOSING_SECONDS
from ntkscope.runs.scheduler import ROWS_SECONDS
from ntkscope.settings import Settings


@pytest.fixture(scope="module")
def project(pytestconfig):
    """The repository's root."""
    return pytestconfig.rootpath


@pytest.fixture(scope="module")
def instructions(project):
    """The Dockerfile's instructions, continuation lines joined."""
    text = re.sub(r"\\\n\s*", "", (project / "Dockerfile").read_text())
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_the_bases_are_the_two_slim_images(instructions):
    bases = [line.split()[1] for line in instructions if line.startswith("FROM")]
    assert set(bases) == {"python:3.11-slim", "node:22-slim"}
    assert bases[-1] == "python:3.11-slim"


def test_the_server_does_not_run_as_root(instructions):
    last = max(number for number, line in enumerate(instructions) if line.startswith("FROM"))
    users = [line.split()[1] for line in instructions[last:] if line.startswith("USER")]
    assert users == ["1000:1000"]


def test_health_is_checked_and_the_index_of_pytorch_can_be_chosen(instructions):
    assert any(line.startswith("HEALTHCHECK") and "/api/health" in line for line in instructions)
    assert 'ARG TORCH_INDEX=""' in instructions


def test_compose_publishes_on_loopback_only_and_keeps_the_database(project, instructions):
    service = yaml.safe_load((project / "docker-compose.yml").read_text())["services"]["ntkscope"]
    assert service["ports"] == ["127.0.0.1:8000:8000"]
    assert service["build"]["args"] == {"TORCH_INDEX": "${TORCH_INDEX:-}"}
    assert "deploy" not in service
    folder = service["volumes"][0].split(":")[1]
    assert any(f"NTKSCOPE_DATABASE_URL=sqlite:///{folder}/" in line for line in instructions)


def test_the_container_may_write_its_volume_and_nothing_else(project):
    service = yaml.safe_load((project / "docker-compose.yml").read_text())["services"]["ntkscope"]
    assert service["read_only"] is True
    assert service["tmpfs"] == ["/tmp"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_compose_waits_for_the_checkpoints_of_a_server_that_stops(project):
    service = yaml.safe_load((project / "docker-compose.yml").read_text())["services"]["ntkscope"]
    grace = float(service["stop_grace_period"].removesuffix("s"))
    retiring = Settings.model_fields["stop_seconds"].default + FAREWELL_SECONDS
    assert grace >= retiring + SHUTDOWN_SECONDS + CLOSING_SECONDS + ROWS_SECONDS


def test_beyond_loopback_compose_asks_for_a_token_of_ones_own(project):
    text = (project / "docker-compose.public.yml").read_text()
    override = yaml.load(text, Loader=_WithOverride)
    service = override["services"]["ntkscope"]
    assert service["environment"] == {"NTKSCOPE_TOKEN_FILE": "/run/secrets/ntkscope_token"}
    assert service["secrets"] == ["ntkscope_token"]
    assert override["secrets"]["ntkscope_token"]["file"].startswith("${NTKSCOPE_TOKEN_FILE:?")
    assert service["ports"] == ["${NTKSCOPE_PUBLISH:-0.0.0.0}:8000:8000"]


class _WithOverride(yaml.SafeLoader):
    """Compose's tag for a list that replaces the other file's."""


_WithOverride.add_constructor("!override", lambda loader, node: loader.construct_sequence(node))


def test_the_override_reserves_a_gpu_takes_the_wheel_with_cuda_and_changes_nothing_else(project):
    override = yaml.safe_load((project / "docker-compose.gpu.yml").read_text())
    service = override["services"]["ntkscope"]
    (device,) = service["deploy"]["resources"]["reservations"]["devices"]
    assert device == {"driver": "nvidia", "count": 1, "capabilities": ["gpu"]}
    assert service["build"] == {"args": {"TORCH_INDEX": ""}}  # also where the environment names an index
    assert service["environment"] == {"NVIDIA_DRIVER_CAPABILITIES": "compute,utility"}
    assert list(override) == ["services"]
    assert list(service) == ["build", "environment", "deploy"]


@pytest.mark.parametrize("page", ["README.md", "docs/deploy.md"])
def test_the_least_driver_and_card_are_named_and_how_to_see_that_it_is_used(project, page):
    text = (project / page).read_text()
    for words in ("580", "7.5", "ntkscope doctor"):
        assert words in text


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented_with_its_default(project, name):
    row = re.search(
        rf"^\| `NTKSCOPE_{name.upper()}` \| `?([^|`]*)`? \|", (project / "docs/deploy.md").read_text(), re.M
    )
    assert row, f"docs/deploy.md has no row for NTKSCOPE_{name.upper()}"
    default = Settings.model_fields[name].default
    assert row[1].strip() == ("empty" if default == "" else str(default).lower())


def test_every_data_file_of_the_package_is_installed_with_it(project):
    data = tomllib.loads((project / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["ntkscope"]
    package = project / "backend/ntkscope"
    listed = {file for pattern in data for file in package.glob(pattern)}
    others = {file for file in package.rglob("*") if file.is_file() and file.suffix not in (".py", ".pyc")}
    assert others - listed == set()


def test_the_readme_states_both_sizes(project):
    text = (project / "README.md").read_text()
    assert "2.7 GB" in text
    assert "200 MB" in text
