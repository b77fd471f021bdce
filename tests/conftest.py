"""For every test: PyTorch keeps to one thread and to the CPU, and numerics' shapes and types are checked at run time.

`-m gpu` leaves a machine's card in sight, for the tests that ask for one.
"""

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack

import hypothesis
import pytest
import torch

from ntkscope.starting import importing
from tests import typechecks

collecting = ExitStack()
collecting.enter_context(importing())
typechecks.install()

from ntkscope.experiment.card_probe import look_at_card  # noqa: E402
from ntkscope.experiment.theory import rehearsed  # noqa: E402
from tests.pretend_cuda import Card, pretend_cuda  # noqa: E402

torch.set_num_threads(1)
FIRST = (
    "tests/api/test_kills", "tests/api/test_restart", "tests/runs", "tests/store", "tests/executors",
    "tests/experiment/test_presets", "tests/api",
)  # fmt: skip
hypothesis.settings.register_profile("untimed", deadline=None)  # other checks use the processors too
hypothesis.settings.load_profile("untimed")


def pytest_configure(config: pytest.Config) -> None:
    """Before anything asks: what is tested on a machine with a card is what is tested on one without."""
    if not re.search(r"(?<!not )\bgpu\b", config.getoption("markexpr")):
        os.environ["CUDA_VISIBLE_DEVICES"] = ""


def pytest_collection_finish() -> None:
    collecting.close()


def pytest_unconfigure() -> None:
    """Also in the process that hands tests out, which collects none."""
    collecting.close()


def pytest_runtest_setup() -> None:
    typechecks.begin_test()


@pytest.fixture(autouse=True)
def brief_rehearsals(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rehearsal before a run takes an eighth of its work, but where `whole_rehearsals` stands."""
    if request.node.get_closest_marker("whole_rehearsals") is None:
        monkeypatch.setattr(rehearsed, "LEAST_WORK", rehearsed.LEAST_WORK / 8)
        monkeypatch.setattr(rehearsed, "MOST_WORK", rehearsed.MOST_WORK / 8)


@pytest.fixture
def card() -> Iterator[Card]:
    """The pretend card."""
    with pretend_cuda() as made:
        yield made


@pytest.fixture(params=["pretend", pytest.param("real", marks=pytest.mark.gpu)])
def cuda(request: pytest.FixtureRequest) -> Iterator[Card | None]:
    """The pretend card, and a real one (None) where `-m gpu` asks for it."""
    if request.param == "pretend":
        with pretend_cuda() as made:
            yield made
        return
    if not torch.cuda.is_available():
        pytest.skip("needs a CUDA device, and -m gpu")
    look_at_card.cache_clear()
    yield None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """First those that wait for others, while other checks have the processors; then the files with the longest tests,
    or one process would end long after the other.

    Browser tests come last: Playwright keeps an event loop running, under which asyncio.run refuses to start.
    """

    def place(item: pytest.Item) -> tuple[bool, int]:
        first = (i for i, name in enumerate(FIRST) if item.nodeid.startswith(name))
        return item.get_closest_marker("e2e") is not None, next(first, len(FIRST))

    items.sort(key=place)
