"""Small runs take one thread."""

from ntkscope.runs.threads import threads_for
from tests.cases import config


def test_the_flagship_takes_one_thread_and_a_wide_deep_network_all() -> None:
    assert threads_for(config(), None, 7) == 1
    assert threads_for(config(network__width=1024, data__points__n=32), None, 7) == 1
    assert threads_for(config(network__width=2048, network__depth=4, data__points__n=512), None, 7) == 7
    assert threads_for(config(network__width=2048, network__depth=4, data__points__n=512), None, 1) == 1
